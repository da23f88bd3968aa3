// Runs laid beside one another: chosen, compared in four modes, shared by their address, kept over a restart.
import { expectAccessible } from "./support/axe";
import { open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import type { Page } from "@playwright/test";

test.use({ ownServer: true });

const runs = (page: Page) => page.getByRole("grid", { name: "Runs" }).locator("tbody").getByRole("row");

/** Of these seeds some patients stop within the years of a run. */
const SEEDS = ["Azure", "Cobalt", "Umber"];

/** Orders a run of the standard protocol and waits until it is over. The same name is always the same run. */
async function order(page: Page, name: string, years = "2"): Promise<void> {
  await page.getByRole("button", { name: "New run" }).click();
  const form = page.getByRole("form", { name: "New run" });
  await form.getByLabel("Patients").fill("60");
  await form.getByLabel("Years").fill(years);
  await form.getByLabel("Seed").fill(String(SEEDS.indexOf(name) + 1));
  await form.getByLabel("Name").fill(name);
  await form.getByRole("button", { name: "Start" }).click();
  await runs(page).filter({ hasText: name }).filter({ hasText: "ran in" }).waitFor();
}

/** Three runs, of which the last is longer, compared from the list. */
async function compareThree(page: Page): Promise<void> {
  await open(page, "/simulations");
  await order(page, "Azure");
  await order(page, "Cobalt");
  await order(page, "Umber", "3");
  for (const name of ["Azure", "Cobalt", "Umber"]) await page.getByRole("checkbox", { name }).check();
  await page.getByRole("group", { name: "Chosen runs" }).getByRole("link", { name: "Compare" }).click();
  await expect(page).toHaveURL(/\/compare\?runs=/);
  await expect(measures(page)).toBeVisible();
}

const measures = (page: Page) => page.getByRole("table", { name: "Measures" });
const mode = (page: Page, name: string) => page.getByRole("navigation", { name: "Mode" }).getByRole("link", { name });
const chart = (page: Page) => page.getByTestId("compare-chart");

test("three runs are compared in four modes, and who is counted and how is chosen", async ({ page }) => {
  await compareThree(page);
  const chips = page.getByRole("list", { name: "Runs that are compared" });
  await expect(chips.getByRole("listitem")).toHaveCount(3);
  await expect(chips.getByText("reference", { exact: true })).toHaveCount(1);
  await expect(chart(page).getByText("Mean vision").first()).toBeVisible();
  await expect(page.getByRole("list", { name: "What does not match" })).toContainText("the longest goes on to month 36");

  await mode(page, "Side by side").click();
  await expect(page).toHaveURL(/mode=side_by_side/);
  await expect(chart(page)).toBeVisible();
  await page.getByRole("navigation", { name: "Time" }).getByRole("link", { name: "Share of run" }).click();
  await expect(page).toHaveURL(/time=normalised/);
  await mode(page, "Difference").click();
  await expect(chart(page).getByText(/Difference in mean vision to/).first()).toBeVisible();
  await page.getByLabel("Measure", { exact: true }).selectOption("Injections so far");
  await expect(chart(page).getByText(/Difference in mean injections so far to/).first()).toBeVisible();

  const stopped = measures(page).getByRole("row", { name: /^Vision at the end/ });
  const everyone = await stopped.textContent();
  await page.getByLabel("Population").selectOption("Still treated");
  await expect(page).toHaveURL(/population=still_treated/);
  await expect(stopped).not.toHaveText(everyone ?? "");

  await mode(page, "Statistical").click();
  const tests = page.getByRole("region", { name: "Tests" });
  for (const name of ["Welch t", "Mann-Whitney", "Kolmogorov-Smirnov", "Cohen's d", "Cliff's delta"]) {
    await expect(tests.getByRole("cell", { name, exact: true })).toHaveCount(6);
  }
  await expect(tests).toContainText("18 p values, corrected together by Holm.");

  await page.getByRole("link", { name: "Cut all at month 24" }).click();
  await expect(page.getByText("until month 24")).toBeVisible();
});

test("a link opens the same view, and it is there after a power cut", async ({ complaints, context, holdfast, page }) => {
  complaints.expect(/Failed to load resource|ERR_/);
  await compareThree(page);
  await mode(page, "Difference").click();
  await page.getByLabel("Measure", { exact: true }).selectOption("Injections so far");
  const makeReference = page.getByRole("link", { name: "Compare with Cobalt" });
  await makeReference.click();
  await expect(chart(page).getByText("Difference in mean injections so far to Cobalt").first()).toBeVisible();
  const table = await measures(page).textContent();
  const address = page.url();

  const other = await context.newPage();
  await open(other, address.replace(holdfast.url, ""));
  await expect(measures(other)).toHaveText(table ?? "");
  await expect(chart(other).getByText("Difference in mean injections so far to Cobalt").first()).toBeVisible();
  await other.close();

  // Away and back, without saying what.
  await page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name: "States" }).click();
  await expect(page).toHaveURL(/\/states/);
  await page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name: "Compare" }).click();
  await expect(measures(page)).toHaveText(table ?? "");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  await holdfast.killAndRestart();
  await open(page, "/compare");
  await expect(measures(page)).toHaveText(table ?? "");
  await expect(chart(page).getByText("Difference in mean injections so far to Cobalt").first()).toBeVisible();
});

test("an answer is drawn as what it is until the next one comes", async ({ page }) => {
  await compareThree(page);
  await mode(page, "Difference").click();
  const title = (measure: string) => chart(page).getByText(`Difference in mean ${measure} to`).first();
  await expect(title("vision")).toBeVisible();
  let answer = () => {};
  const held = new Promise<void>((release) => (answer = release));
  await page.route("**/api/compare_runs", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByLabel("Measure", { exact: true }).selectOption("Injections so far");
  await expect(page).toHaveURL(/measure=injections/);
  await page.waitForTimeout(500);
  await expect(title("vision")).toBeVisible();
  await expect(title("injections so far")).toHaveCount(0);
  answer();
  await expect(title("injections so far")).toBeVisible();
  await expect(title("vision")).toHaveCount(0);
});

test("runs are added and taken away, and one that is not there is said", async ({ page }) => {
  await open(page, "/compare");
  await expect(page.getByText("Nothing is compared yet.")).toBeVisible();
  await open(page, "/simulations");
  await order(page, "Azure");
  await order(page, "Cobalt");
  await open(page, "/compare");
  await page.getByRole("button", { name: "Choose runs" }).click();
  const chooser = page.getByRole("group", { name: "Choose runs" });
  await chooser.getByRole("checkbox", { name: "Azure" }).check();
  await expect(page.getByText("Choose at least one more")).toBeVisible();
  await chooser.getByLabel("Search completed runs").fill("coba");
  await expect(chooser.getByRole("checkbox")).toHaveCount(1);
  await chooser.getByRole("checkbox", { name: "Cobalt" }).check();
  await expect(measures(page)).toBeVisible();
  await chooser.getByRole("button", { name: "Done" }).click();
  await expect(chooser).toBeHidden();

  const address = new URL(page.url());
  await open(page, `${address.pathname}${address.search},sim_gone`);
  await expect(page.getByRole("list", { name: "What does not match" })).toContainText("sim_gone is not here");
  await expect(measures(page)).toBeVisible();
  await page.getByRole("button", { name: "Take sim_gone away" }).click();
  await expect(page.getByText("sim_gone")).toHaveCount(0);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("group", { name: "Export" }).getByRole("link", { name: "Table as CSV" }).click();
  expect((await download).suggestedFilename()).toBe("comparison.csv");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on Compare, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, "/compare");
    await expectAccessible(page);
    await compareThree(page);
    await page.getByRole("button", { name: "Add run" }).click();
    await expect(page.getByRole("group", { name: "Choose runs" }).getByRole("checkbox").first()).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Export" }).click();
    await expect(page.getByRole("button", { name: "Copy table" })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await mode(page, "Statistical").click();
    await expect(page.getByRole("region", { name: "Tests" })).toBeVisible();
    await expectAccessible(page);
  });
}
