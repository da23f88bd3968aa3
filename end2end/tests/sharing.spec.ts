// Sharing between people: what others see, live, that it is gone at once when it is taken back, and who may not share.
import type { Browser, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { alive, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import type { Holdfast } from "./support/holdfast";
import { addUser, logIn } from "./support/people";

test.use({ ownServer: true });

async function another(browser: Browser, holdfast: Holdfast): Promise<Page> {
  const context = await browser.newContext({ baseURL: holdfast.url, viewport: { width: 1440, height: 900 } });
  return context.newPage();
}

async function expectAccessibleInBoth(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
}

/** Opens the menu of saved queries. */
async function savedQueries(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save query" }).click();
  await expect(page.getByRole("group", { name: "Saved queries" })).toBeVisible();
}

/** Shares what the open dialog is about with somebody. */
async function shareWith(page: Page, title: string, name: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: `Share ${title}` });
  await dialog.getByLabel("Name, or whole email address").fill(name.slice(0, 3));
  await dialog.getByRole("button", { name: `Share with ${name}` }).click();
  await expect(dialog.getByRole("list", { name: "Who has it" })).toContainText(name);
  await expect(dialog.getByRole("status")).toHaveText(`Shared with ${name}.`);
}

/** Orders a small run and waits until it is over; its id. */
async function run(page: Page, name: string): Promise<string> {
  await open(page, "/simulations");
  await page.getByRole("button", { name: "New run" }).click();
  const form = page.getByRole("form", { name: "New run" });
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("Patients").fill("100");
  await form.getByLabel("Years").fill("2");
  await form.getByRole("button", { name: "Start" }).click();
  // A run that is over is another row than the one it was while it went on.
  const row = page.getByRole("grid", { name: "Runs" }).locator("tbody").getByRole("row").filter({ hasText: name });
  await row.filter({ hasText: "ran in" }).waitFor();
  await row.getByRole("link", { name, exact: true }).click();
  await expect(page.getByTestId("run-status")).toHaveText("completed");
  return new URL(page.url()).pathname.split("/").pop() ?? "";
}

test("a saved query is shared, seen live with its owner's name, used, and gone when it is taken back", async ({ browser, holdfast, page }) => {
  addUser(holdfast, "ada@lab.org", "Ada Lovelace", "analyst");
  addUser(holdfast, "bob@lab.org", "Bob Ray", "analyst");
  const bob = await another(browser, holdfast);
  await logIn(bob, "bob@lab.org");
  await logIn(page, "ada@lab.org");
  await open(page);
  await open(bob);
  await savedQueries(page);
  await page.getByLabel("Name of the query").fill("Women");
  await page.getByRole("group", { name: "Saved queries" }).getByRole("button", { name: "Save", exact: true }).click();
  await savedQueries(bob);
  await expect(bob.getByRole("list", { name: "Queries shared with you" })).toHaveCount(0);

  await savedQueries(page);
  await page.getByRole("button", { name: "Share Women" }).click();
  await shareWith(page, "Women", "Bob Ray");
  await expectAccessibleInBoth(page);
  const shared = bob.getByRole("list", { name: "Queries shared with you" });
  await expect(shared).toContainText("Women");
  await expect(shared).toContainText("from Ada Lovelace");
  await expect(shared.getByRole("button", { name: "Keep a copy of Women" })).toHaveCount(0);

  const dialog = page.getByRole("dialog", { name: "Share Women" });
  await dialog.getByLabel("They may keep a copy, which stays theirs").check();
  await dialog.getByRole("button", { name: "Share with everybody here" }).click();
  await shared.getByRole("button", { name: "Keep a copy of Women" }).click();
  await expect(bob.getByText("Women is among your own queries now.")).toBeVisible();
  for (const name of ["Bob Ray", "everybody here"]) {
    await dialog.getByRole("button", { name: `Take back from ${name}` }).click();
    await expect(dialog.getByRole("status")).toHaveText(`Taken back from ${name}.`);
    await expect(dialog.getByRole("button", { name: `Take back from ${name}` })).toHaveCount(0);
  }
  await expect(dialog).toContainText("Nobody yet.");
  await expect(bob.getByRole("list", { name: "Queries shared with you" })).toHaveCount(0);
  await bob.context().close();
});

test("a shared run is read on an open page until it is taken back, and then not by address either", async ({ browser, complaints, holdfast, page }) => {
  complaints.expect(/404/);
  addUser(holdfast, "ada@lab.org", "Ada Lovelace", "analyst");
  addUser(holdfast, "bob@lab.org", "Bob Ray", "analyst");
  await logIn(page, "ada@lab.org");
  const id = await run(page, "Base case");
  const bob = await another(browser, holdfast);
  await logIn(bob, "bob@lab.org");
  await open(bob, "/simulations");
  await page.getByRole("button", { name: "Share Base case" }).click();
  await shareWith(page, "Base case", "Bob Ray");

  const band = bob.getByRole("region", { name: "Runs shared with you" });
  await expect(band).toContainText("Ada Lovelace");
  await band.getByRole("link", { name: "Base case" }).click();
  await expect(bob.getByRole("region", { name: "Whose it is" })).toContainText("Shared by Ada Lovelace");
  await expect(bob.getByRole("form", { name: "Name, tags and notes" })).toHaveCount(0);
  await expect(bob.getByRole("button", { name: "Share Base case" })).toHaveCount(0);
  await expectAccessibleInBoth(bob);

  await page.getByRole("dialog", { name: "Share Base case" }).getByRole("button", { name: "Take back from Bob Ray" }).click();
  await expect(bob.getByRole("alert").filter({ hasText: "There is no run" })).toBeVisible();
  await expect(bob.getByTestId("run-status")).toHaveCount(0);
  await bob.goto(`/simulations/${id}`);
  await expect(bob.getByRole("alert").filter({ hasText: "There is no run" })).toBeVisible();
  const asked = await bob.request.post("/api/get_run", { data: { id }, headers: { origin: holdfast.url } });
  expect(asked.status()).toBe(404);
  await bob.context().close();
});

test("a viewer sees the first rows of a query, and why they are not kept", async ({ holdfast, page }) => {
  addUser(holdfast, "vera@lab.org", "Vera Rubin", "viewer");
  await logIn(page, "vera@lab.org");
  await open(page, "/");
  await expect(page.getByText("Keeping a merged result takes the role analyst.")).toBeVisible();
  await expect(page.getByRole("grid").getByRole("row").nth(1)).toBeVisible();
  await expectAccessibleInBoth(page);
});

test("a viewer has nothing to share with", async ({ holdfast, page }) => {
  addUser(holdfast, "vera@lab.org", "Vera Rubin", "viewer");
  await logIn(page, "vera@lab.org");
  await open(page, "/data");
  await expect(page.getByRole("region", { name: /^Table / }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Share / })).toHaveCount(0);
});

test("a table is taken into one's own study, and people of another tenant see none of it", async ({ browser, holdfast, page }) => {
  addUser(holdfast, "ada@lab.org", "Ada Lovelace", "analyst");
  addUser(holdfast, "bob@lab.org", "Bob Ray", "analyst");
  addUser(holdfast, "lars@other.org", "Lars Ray", "analyst", "--tenant", "other");
  await logIn(page, "ada@lab.org");
  const bob = await another(browser, holdfast);
  const lars = await another(browser, holdfast);
  await logIn(bob, "bob@lab.org");
  await logIn(lars, "lars@other.org");
  await open(page, "/data");
  await open(bob, "/data");
  await open(lars, "/data");
  const card = page.getByRole("region", { name: /^Table / }).first();
  await card.getByRole("button", { name: /^Share / }).click();
  const dialog = page.getByRole("dialog", { name: /^Share / });
  await dialog.getByLabel("Name, or whole email address").fill("Ray");
  await expect(dialog.getByRole("list", { name: "People found" }).getByRole("listitem")).toHaveCount(1);
  await dialog.getByLabel("They may keep a copy, which stays theirs").check();
  await dialog.getByRole("button", { name: "Share with everybody here" }).click();
  const shared = bob.getByRole("region", { name: "Data shared with you" });
  await expect(shared).toContainText("Ada Lovelace");
  await shared.getByRole("button", { name: /^Add .* to my study$/ }).click();
  await expect(bob.getByText("is in your study now.")).toBeVisible();
  await lars.reload();
  await alive(lars);
  await expect(lars.getByRole("region", { name: "Data shared with you" })).toBeHidden();
  await bob.context().close();
  await lars.context().close();
});
