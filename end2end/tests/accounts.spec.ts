// People in browsers: an account, a second device that shares its workspace, ends and roles that hold at once.
import type { Browser, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { alive, expectSaved, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import type { Holdfast } from "./support/holdfast";
import { PASSWORD, addUser, logIn } from "./support/people";

test.use({ ownServer: true });

async function another(browser: Browser, holdfast: Holdfast): Promise<Page> {
  const context = await browser.newContext({ baseURL: holdfast.url });
  return context.newPage();
}

test("a person signs up, brings their work along, and shares it live with a second device", async ({ browser, holdfast, page }) => {
  await open(page);
  await page.getByLabel("Study name").fill("Liver");
  await page.getByLabel("Study name").press("Enter");
  await expectSaved(page);
  await page.getByRole("link", { name: "Log in" }).click();
  const form = page.getByRole("form", { name: "Make an account" });
  await form.getByLabel("Name").fill("Ada Lovelace");
  await form.getByLabel("Email").fill("ada@lab.org");
  await form.getByLabel("New password").fill(PASSWORD);
  await form.getByRole("button", { name: "Make account" }).click();
  await expect(page.getByRole("status").filter({ hasText: "it has one now" })).toBeVisible();
  await logIn(page, "ada@lab.org");
  await expect(page.getByLabel("Study name")).toHaveValue("Liver");

  const second = await another(browser, holdfast);
  await logIn(second, "ada@lab.org");
  await expect(second.getByLabel("Study name")).toHaveValue("Liver");
  await second.getByLabel("Study name").fill("Kidney");
  await second.getByLabel("Study name").press("Enter");
  await expect(page.getByLabel("Study name")).toHaveValue("Kidney");

  await page.goto("/account");
  await alive(page);
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByRole("status").filter({ hasText: "You are logged out" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Log in", exact: true })).toBeVisible();
  await open(page);
  await expect(page.getByLabel("Study name")).toHaveValue("PBC trial");
  await expect(second.getByLabel("Study name")).toHaveValue("Kidney");
  await second.context().close();
});

test("another login is ended from the list, and its open page is logged out", async ({ browser, complaints, holdfast, page }) => {
  complaints.expect(/401/);
  addUser(holdfast, "ada@lab.org", "Ada Lovelace", "analyst");
  const other = await another(browser, holdfast);
  await logIn(other, "ada@lab.org");
  await logIn(page, "ada@lab.org");
  await open(page, "/account");
  const sessions = page.getByRole("region", { name: "Where you are logged in" });
  await expect(sessions.getByText("2 sessions")).toBeVisible();
  await expect(sessions.getByRole("row").filter({ hasText: "this one" })).toHaveCount(1);
  await sessions.getByLabel("Your password, to end sessions").fill(PASSWORD);
  await sessions.getByRole("button", { name: /^End Chrome/ }).click();
  await expect(other).toHaveURL(/\/account\?done=ended/);
  await expect(other.getByText("This login was ended")).toBeVisible();
  await expect(sessions.getByText("1 session", { exact: true })).toBeVisible();
  await other.context().close();
});

test("an administrator takes a role away while the page is open", async ({ browser, holdfast, page }) => {
  addUser(holdfast, "ada@lab.org", "Ada Lovelace", "admin");
  addUser(holdfast, "bob@lab.org", "Bob Noyce", "editor");
  const other = await another(browser, holdfast);
  await logIn(other, "bob@lab.org");
  await open(other, "/account");
  await expect(other.getByTestId("role")).toHaveText("editor");
  await logIn(page, "ada@lab.org");
  await open(page, "/account");
  await page.getByLabel("Role of Bob Noyce").selectOption("viewer");
  await expect(other.getByTestId("role")).toHaveText("viewer");
  await page.getByRole("button", { name: "Suspend Bob Noyce" }).click();
  await expect(other).toHaveURL(/\/account\?done=ended/);
  await expect(page.getByRole("row").filter({ hasText: "bob@lab.org" })).toContainText("suspended");
  await other.context().close();
});

test("who is invited makes an account with the link, once", async ({ browser, holdfast, page }) => {
  addUser(holdfast, "ada@lab.org", "Ada Lovelace", "admin");
  await logIn(page, "ada@lab.org");
  await open(page, "/account");
  await page.getByLabel("Role of the invitation").selectOption("editor");
  await page.getByRole("button", { name: "Invite" }).click();
  const link = await page.getByTestId("invitation").innerText();
  const guest = await another(browser, holdfast);
  for (const [email, outcome] of [["bob@lab.org", "it has one now"], ["eve@lab.org", "not good any more"]] as const) {
    await open(guest, link);
    await guest.getByLabel("Name", { exact: true }).fill("Bob");
    await guest.getByLabel("Email").fill(email);
    await guest.getByLabel("New password").fill(PASSWORD);
    await guest.getByRole("button", { name: "Make account" }).click();
    await expect(guest.getByText(outcome)).toBeVisible();
  }
  await guest.context().close();
});

test("an administrator makes a tenant, puts people into it and invites into it, and its own administrator sees nobody else", async ({ browser, holdfast, page }) => {
  addUser(holdfast, "ada@lab.org", "Ada Lovelace", "admin");
  addUser(holdfast, "bob@lab.org", "Bob Noyce", "admin");
  await logIn(page, "ada@lab.org");
  await open(page, "/account");
  await expect(page.getByLabel("Tenant of the invitation")).toHaveCount(0);
  await page.getByLabel("Name of the new tenant").fill("clinic-b");
  await page.getByRole("button", { name: "Make", exact: true }).click();
  await expect(page.getByText("Made. Put people into it, or invite them.")).toBeVisible();
  await page.getByLabel("Tenant of Bob Noyce").selectOption("clinic-b");
  await expect(page.getByText("Moved. What they shared with the others is taken back.")).toBeVisible();
  await expect(page.getByLabel("Tenant of Bob Noyce")).toHaveValue("clinic-b");
  await page.getByLabel("Tenant of the invitation").selectOption("clinic-b");
  await page.getByRole("button", { name: "Invite" }).click();
  const guest = await another(browser, holdfast);
  await open(guest, await page.getByTestId("invitation").innerText());
  await guest.getByLabel("Name", { exact: true }).fill("Eve Ray");
  await guest.getByLabel("Email").fill("eve@clinic.org");
  await guest.getByLabel("New password").fill(PASSWORD);
  await guest.getByRole("button", { name: "Make account" }).click();
  await expect(guest.getByText("it has one now")).toBeVisible();

  const bob = await another(browser, holdfast);
  await logIn(bob, "bob@lab.org");
  await open(bob, "/account");
  const people = bob.getByRole("group", { name: "Users" });
  await expect(people.getByRole("row").filter({ hasText: "@" })).toHaveCount(2);
  await expect(people).toContainText("eve@clinic.org");
  await expect(people).not.toContainText("ada@lab.org");
  await expect(bob.getByLabel("Name of the new tenant")).toHaveCount(0);
  await guest.context().close();
  await bob.context().close();
});

test("a token is shown once, works for a program, and is revoked", async ({ holdfast, page }) => {
  addUser(holdfast, "ada@lab.org", "Ada Lovelace", "analyst");
  await logIn(page, "ada@lab.org");
  await open(page, "/account");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("form", { name: "New token" }).getByLabel("Name").fill("nightly");
  await page.getByRole("button", { name: "Make token" }).click();
  const token = await page.getByTestId("token").innerText();
  const ask = () =>
    fetch(`${holdfast.url}/api/get_me`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: "{}",
    });
  expect(await (await ask()).json()).toMatchObject({ name: "Ada Lovelace" });
  await page.reload();
  await alive(page);
  await expect(page.getByText(token)).toHaveCount(0);
  await page.getByRole("button", { name: "Revoke nightly" }).click();
  await expect(page.getByRole("button", { name: "Revoke nightly" })).toHaveCount(0);
  expect((await ask()).status).toBe(401);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("signing up, logging in with a wrong and the right password, and logging out are plain forms", async ({ page }) => {
    await page.goto("/account");
    const join = page.getByRole("form", { name: "Make an account" });
    await join.getByLabel("Name").fill("Ada Lovelace");
    await join.getByLabel("Email").fill("ada@lab.org");
    await join.getByLabel("New password").fill(PASSWORD);
    await join.getByRole("button", { name: "Make account" }).click();
    for (const password of ["not the password", PASSWORD]) {
      const form = page.getByRole("form", { name: "Log in to Holdfast" });
      await form.getByLabel("Email").fill("ada@lab.org");
      await form.getByLabel("Password").fill(password);
      await form.getByRole("button", { name: "Log in" }).click();
      if (password !== PASSWORD) await expect(page.getByRole("alert")).toContainText("4 tries left");
    }
    await page.getByRole("link", { name: "Account of Ada Lovelace" }).click();
    await expect(page.getByText("ada@lab.org", { exact: true })).toBeVisible();
    await expect(page.getByText("this one")).toBeVisible();
    await page.getByRole("button", { name: "Log out" }).click();
    await expect(page.getByRole("form", { name: "Log in to Holdfast" })).toBeVisible();
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, height] of [[1280, 800], [390, 844]] as const) {
    test(`axe finds nothing serious on the Account page, ${colorScheme}, ${width} px wide`, async ({ browser, holdfast }) => {
      addUser(holdfast, "ada@lab.org", "Ada Lovelace", "admin");
      addUser(holdfast, "bob@lab.org", "Bob Noyce", "viewer");
      const context = await browser.newContext({ baseURL: holdfast.url, colorScheme, viewport: { width, height } });
      const page = await context.newPage();
      await open(page, "/account?problem=credentials&n=4");
      await expectAccessible(page);
      await logIn(page, "ada@lab.org");
      await open(page, "/account");
      await page.getByRole("button", { name: "New token" }).click();
      await page.getByText("Change password").first().click();
      await expect(page.getByRole("region", { name: "Users and roles" })).toBeVisible();
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await context.close();
    });
  }
}
