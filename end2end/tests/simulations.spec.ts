// Runs: ordered from a configuration, followed, cancelled, found, tagged, deleted and brought back, kept over a restart.
import { expectAccessible } from "./support/axe";
import { alive, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import type { Page } from "@playwright/test";

test.use({ ownServer: true });

type Run = { patients: string; years: string; seed?: string; name?: string; tags?: string; over?: boolean };

/** Orders a run of the standard protocol. */
async function order(page: Page, run: Run): Promise<void> {
  await page.getByRole("button", { name: "New run" }).click();
  const form = page.getByRole("form", { name: "New run" });
  await form.getByLabel("Patients").fill(run.patients);
  await form.getByLabel("Years").fill(run.years);
  if (run.seed) await form.getByLabel("Seed").fill(run.seed);
  if (run.name) await form.getByLabel("Name").fill(run.name);
  if (run.tags) await form.getByLabel("Tags").fill(run.tags);
  if (run.over) await form.getByLabel("Recruitment").selectOption("Over the run, by chance");
  await form.getByRole("button", { name: "Start" }).click();
}

const runs = (page: Page) => page.getByRole("table", { name: "Runs" }).locator("tbody").getByRole("row");

/** A completed run of this name in the list. */
async function expectCompleted(page: Page, name: string): Promise<void> {
  const row = runs(page).filter({ hasText: name });
  await expect(row).toContainText("ran in", { timeout: 20_000 });
  await expect(row).not.toContainText("failed");
}

test("a run is ordered, kept over a power cut, and the same seed gives the same result", async ({ complaints, holdfast, page }) => {
  complaints.expect(/Failed to load resource|ERR_/);
  await open(page, "/simulations");
  await expect(page.getByText("No runs yet.")).toBeVisible();
  await order(page, { patients: "200", years: "3", seed: "42", name: "First", tags: "baseline, nhs" });
  await expectCompleted(page, "First");
  await order(page, { patients: "200", years: "3", seed: "42", name: "Again" });
  await expectCompleted(page, "Again");
  await order(page, { patients: "200", years: "3", seed: "43", name: "Other" });
  await expectCompleted(page, "Other");
  await holdfast.killAndRestart();
  const sums: string[] = [];
  for (const name of ["First", "Again", "Other"]) {
    await open(page, "/simulations");
    await page.getByRole("link", { name, exact: true }).click();
    await expect(page.getByTestId("run-status")).toHaveText("completed");
    sums.push((await page.getByTestId("result-checksum").textContent()) ?? "");
  }
  expect(sums[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(sums[1]).toBe(sums[0]);
  expect(sums[2]).not.toBe(sums[0]);
});

test("a long run shows how far it is and is cancelled", async ({ page }) => {
  await open(page, "/simulations");
  await order(page, { patients: "1000000", years: "15", name: "Long" });
  const going = page.getByRole("list", { name: "Runs that are going" });
  await expect(going).toContainText(/[1-9][\d,]* of 1,000,000 patients/, { timeout: 20_000 });
  await going.getByRole("button", { name: "Cancel Long" }).click();
  await expect(runs(page).filter({ hasText: "Long" })).toContainText("failed", { timeout: 20_000 });
  await expect(going).toBeHidden();
});

test("runs are found, tagged together, deleted, and brought back", async ({ page }) => {
  await open(page, "/simulations");
  // None of them is a word that ids are made of.
  for (const name of ["Azure", "Cobalt", "Umber"]) {
    await order(page, { patients: "50", years: "2", name, over: name === "Umber" });
    await expectCompleted(page, name);
  }
  await page.getByRole("checkbox", { name: "Azure" }).check();
  await page.getByRole("checkbox", { name: "Umber" }).check();
  const chosen = page.getByRole("group", { name: "Chosen runs" });
  await expect(chosen).toContainText("2 runs chosen");
  await chosen.getByRole("button", { name: "Tag" }).click();
  await chosen.getByLabel("Tag for the chosen runs").fill("nhs-2026");
  await chosen.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("link", { name: "nhs-2026" })).toHaveCount(2);

  await page.getByLabel("Search runs").fill("coba");
  await expect(runs(page)).toHaveCount(1);
  await expect(runs(page)).toContainText("Cobalt");
  await page.getByLabel("Search runs").fill("");
  await expect(runs(page)).toHaveCount(3);
  await page.getByRole("link", { name: "nhs-2026" }).first().click();
  await expect(runs(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Not only runs with the tag nhs-2026" }).click();

  await page.getByRole("checkbox", { name: "Cobalt" }).check();
  await chosen.getByRole("button", { name: "Delete" }).click();
  await expect(runs(page).filter({ hasText: "Cobalt" })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expectCompleted(page, "Cobalt");
});

test("a run is described, and two tabs see the same", async ({ context, page }) => {
  await open(page, "/simulations");
  await order(page, { patients: "50", years: "2", name: "Draft" });
  await expectCompleted(page, "Draft");
  const other = await context.newPage();
  await open(other, "/simulations");
  await page.getByRole("link", { name: "Draft", exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill("Base case");
  await page.getByRole("textbox", { name: "Notes" }).fill("agreed on Monday");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(other.getByRole("link", { name: "Base case" })).toBeVisible({ timeout: 5_000 });
  await page.reload();
  await alive(page);
  await expect(page.getByRole("textbox", { name: "Notes" })).toHaveValue("agreed on Monday");
});

test("what cannot be simulated is refused with its field", async ({ complaints, page }) => {
  complaints.expect(/422/);
  await open(page, "/simulations");
  await order(page, { patients: "3", years: "5" });
  await expect(page.getByRole("alert")).toContainText("patients");
  await page.getByLabel("Patients").fill("many");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("alert")).toContainText("type a number");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on Simulations, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, "/simulations");
    await order(page, { patients: "50", years: "2", name: "Seen", tags: "base" });
    await expectCompleted(page, "Seen");
    await page.getByRole("checkbox", { name: "Seen" }).check();
    await page.getByRole("button", { name: "New run" }).click();
    await expect(page.getByRole("form", { name: "New run" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Seen", exact: true }).click();
    await expect(page.getByTestId("run-status")).toBeVisible();
    await expectAccessible(page);
  });
}
