// Runs: ordered from a configuration, followed, cancelled, found, tagged, deleted and brought back, kept over a restart.
import { readFileSync } from "node:fs";
import { expectAccessible } from "./support/axe";
import { alive, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import type { Page } from "@playwright/test";

test.use({ ownServer: true });

type Run = { patients: string; years: string; seed?: string; name?: string; tags?: string; over?: boolean; isTwice?: boolean };

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
  const start = form.getByRole("button", { name: "Start" });
  await (run.isTwice ? start.dblclick() : start.click());
}

/** Requests to an endpoint wait until they are released. */
async function hold(page: Page, endpoint: string): Promise<{ asked: number; release: () => void }> {
  const held = { asked: 0, release: () => {} };
  const released = new Promise<void>((release) => (held.release = release));
  await page.route(`**/api/${endpoint}`, async (route) => {
    held.asked += 1;
    await released;
    await route.continue();
  });
  return held;
}

const runs = (page: Page) => page.getByRole("grid", { name: "Runs" }).locator("tbody").getByRole("row");

const IMPORTED_AT_ONCE = 50;
/** A tag for each time: none of them is part of an id. */
const TAGS = ["amaranth", "bistre", "celadon", "drab"];

/** Fills the list with copies of one small run, which come in as packages, fifty at once with a tag. Gives its id. */
async function fill(page: Page, times: number): Promise<string> {
  await order(page, { patients: "10", years: "1", name: "Seed" });
  await expectCompleted(page, "Seed");
  const href = (await page.getByRole("link", { name: "Seed", exact: true }).getAttribute("href")) ?? "";
  const buffer = await (await page.request.get(`${href}/package`)).body();
  const files = Array.from({ length: IMPORTED_AT_ONCE }, (_, at) => ({ name: `${at}.zip`, mimeType: "application/zip", buffer }));
  for (const [at, tag] of TAGS.slice(0, times).entries()) {
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByLabel("Tags, with commas between").fill(tag);
    await page.getByLabel("Packages of runs, or the table of a trial").setInputFiles(files);
    await page.getByTestId("runs-found").filter({ hasText: `${(at + 1) * IMPORTED_AT_ONCE + 1} runs` }).waitFor();
    await expect(page.getByRole("region", { name: "Import", exact: true })).toHaveCount(0);
  }
  return href.replace("/simulations/", "");
}

/** A completed run of this name in the list. */
async function expectCompleted(page: Page, name: string): Promise<void> {
  const row = runs(page).filter({ hasText: name });
  await row.filter({ hasText: "ran in" }).waitFor();
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
  await expect(going).toContainText(/[1-9][\d,]* of 1,000,000 patients/);
  await going.getByRole("button", { name: "Cancel Long" }).click();
  await expect(runs(page).filter({ hasText: "Long" })).toContainText("failed");
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
  await expect(runs(page)).toHaveCount(3);
  await page.getByRole("checkbox", { name: "Azure" }).check();
  await chosen.getByRole("button", { name: "Tag" }).click();
  await chosen.getByLabel("Tag for the chosen runs").fill("nhs-2026");
  await chosen.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("link", { name: "nhs-2026" })).toHaveCount(1);
  await page.getByRole("checkbox", { name: "Azure" }).uncheck();

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
  await expect(other.getByRole("link", { name: "Base case" })).toBeVisible();
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

test("a double click on Start orders one run", async ({ page }) => {
  await open(page, "/simulations");
  const held = await hold(page, "start_run");
  await order(page, { patients: "50", years: "2", name: "Once", isTwice: true });
  await expect(page.getByRole("button", { name: "Start" })).toBeDisabled();
  held.release();
  await expectCompleted(page, "Once");
  await expect(runs(page)).toHaveCount(1);
  expect(held.asked).toBe(1);
});

test("a run goes out as a package and comes in elsewhere with the same checksum", async ({ browser, holdfast, page }) => {
  await open(page, "/simulations");
  await order(page, { patients: "100", years: "2", seed: "7", name: "Carried" });
  await expectCompleted(page, "Carried");
  await page.getByRole("link", { name: "Carried", exact: true }).click();
  const sum = await page.getByTestId("result-checksum").textContent();
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export" }).click();
  const file = await (await coming).path();

  const context = await browser.newContext({ baseURL: holdfast.url });
  const other = await context.newPage();
  await open(other, "/simulations");
  await other.getByRole("button", { name: "Import" }).click();
  await other.getByLabel("Packages of runs, or the table of a trial").setInputFiles({ name: "carried.zip", mimeType: "application/zip", buffer: readFileSync(file) });
  await expectCompleted(other, "Carried");
  await other.getByRole("link", { name: "Carried", exact: true }).click();
  await expect(other.getByTestId("result-checksum")).toHaveText(sum ?? "");
  await expect(other.getByRole("region", { name: "Where it came from" })).toContainText("carried.zip");
  await context.close();
});

test("a package that broke on the way is refused with what is wrong, and nothing is kept", async ({ complaints, page }) => {
  complaints.expect(/422/);
  await open(page, "/simulations");
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByLabel("Packages of runs, or the table of a trial").setInputFiles({ name: "broken.zip", mimeType: "application/zip", buffer: Buffer.from("PK but no package") });
  await expect(page.getByRole("alert")).toContainText("no package of a run");
  await expect(page.getByText("No runs yet.")).toBeVisible();
});

test("the arms of a trial come in as runs when its columns are explained, once also by a double click", async ({ page }) => {
  const rows = ["id,day,trt,bili"];
  for (let id = 1; id <= 12; id += 1) rows.push(`${id},0,${id % 2},${id}.5`, `${id},30,${id % 2},${id}.0`);
  await open(page, "/simulations");
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByLabel("Packages of runs, or the table of a trial").setInputFiles({ name: "pbc.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) });
  const form = page.getByRole("form", { name: "Columns of the trial" });
  await expect(form.getByLabel("Patient")).toHaveValue("id");
  await expect(form.getByLabel("Arm")).toHaveValue("trt");
  await form.getByLabel("Measure").selectOption("bili");
  await expectAccessible(page);
  const held = await hold(page, "import_trial");
  const button = form.getByRole("button", { name: "Import the trial" });
  await button.dblclick();
  await expect(button).toBeDisabled();
  held.release();
  await expect(runs(page)).toHaveCount(2);
  expect(held.asked).toBe(1);
  await page.getByRole("link", { name: "pbc, trt 1", exact: true }).click();
  await expect(page.getByRole("region", { name: "Where it came from" })).toContainText("bili by day");
});

test("facets narrow the list, and a saved search is there after a restart", async ({ complaints, holdfast, page }) => {
  complaints.expect(/Failed to load resource|ERR_/);
  await open(page, "/simulations");
  for (const [name, tags] of [["Azure", "base, nhs"], ["Cobalt", "nhs"], ["Umber", ""]] as const) {
    await order(page, { patients: "50", years: "2", name, tags });
    await expectCompleted(page, name);
  }
  const filter = page.getByRole("complementary", { name: "Filter and memory" });
  await filter.getByRole("group", { name: "Tag" }).getByRole("checkbox", { name: /nhs/ }).check();
  await expect(runs(page)).toHaveCount(2);
  await filter.getByRole("group", { name: "Tag" }).getByRole("checkbox", { name: /base/ }).check();
  await expect(runs(page)).toHaveCount(1);
  await filter.getByLabel("Name of the search").fill("NHS base cases");
  await filter.getByRole("button", { name: "Save" }).click();
  await expect(filter.getByRole("link", { name: "NHS base cases" })).toBeVisible();
  await expect(page.getByText("Saved", { exact: true }).first()).toBeVisible();
  await page.getByLabel("Order").selectOption("Name");
  await holdfast.killAndRestart();
  await open(page, "/simulations");
  await expect(runs(page)).toHaveCount(3);
  await filter.getByRole("link", { name: "NHS base cases" }).click();
  await expect(runs(page)).toHaveCount(1);
  await expect(runs(page)).toContainText("Azure");
});

test("runs are pinned together with the keyboard, and the memory is shown", async ({ page }) => {
  await open(page, "/simulations");
  for (const name of ["Azure", "Umber"]) {
    await order(page, { patients: "50", years: "2", name });
    await expectCompleted(page, name);
  }
  await page.getByRole("checkbox", { name: "Umber" }).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  const chosen = page.getByRole("group", { name: "Chosen runs" });
  await expect(chosen).toContainText("2 runs chosen");
  await chosen.getByRole("button", { name: "Pin", exact: true }).click();
  await expect(page.getByRole("button", { name: "Pin Azure" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("button", { name: "Pin Umber" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByTestId("memory-held")).toContainText("of 536.9 MB");
  await expect(page.getByRole("group", { name: "How well the memory serves" })).toContainText("0 loads");
});

test("two hundred runs are one list that scrolls, with the keyboard too, and stays in place while runs change", async ({ page }) => {
  await open(page, "/simulations");
  const first = await fill(page, 4);
  const grid = page.getByRole("grid", { name: "Runs" });
  const at = (place: number) => grid.locator(`tr[aria-rowindex="${place + 1}"]`);
  await expect(grid).toHaveAttribute("aria-rowcount", "202");
  await grid.focus();
  await page.keyboard.press("End");
  await expect(at(201)).toContainText(first);
  await expect(at(201)).toBeInViewport();
  await expect(grid).toHaveAttribute("aria-activedescendant", "hf-run-200");
  expect(await runs(page).count()).toBeLessThan(60);
  const chosen = page.getByRole("group", { name: "Chosen runs" });
  await page.keyboard.press("Space");
  await expect(chosen).toContainText("1 run chosen");
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await expect(chosen).toContainText("2 runs chosen");

  // A run from the end comes to the top: what is looked at moves on by one place, and not on screen.
  await grid.evaluate((table) => table.parentElement?.scrollTo(0, 4800));
  await expect(at(101)).toContainText("sim_");
  const id = ((await at(101).textContent()) ?? "").match(/sim_[a-z0-9_-]+/)?.[0] ?? "none";
  const seen = runs(page).filter({ hasText: id });
  const before = await seen.boundingBox();
  await page.evaluate(async (id) => {
    const headers = { "content-type": "application/json" };
    await fetch("/api/pin_runs", { method: "POST", headers, body: JSON.stringify({ ids: [id], is_pinned: true }) });
  }, first);
  await expect(seen).toHaveAttribute("aria-rowindex", "103");
  await expect.poll(async () => Math.abs(((await seen.boundingBox())?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(2);
  await expectAccessible(page);

  await grid.focus();
  await page.keyboard.press("Home");
  await expect(at(1)).toContainText(first);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("run-status")).toHaveText("completed");
  expect(page.url()).toContain(first);
  await page.goBack();
  await expect(grid).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByLabel("Search runs")).toBeFocused();
  await page.keyboard.type("celadon");
  await expect(page.getByTestId("runs-found")).toContainText(/^50 runs/);
  await expect(grid).toHaveAttribute("aria-rowcount", "51");
});

test("all runs that were found are tagged, deleted and brought back as one", async ({ page }) => {
  await open(page, "/simulations");
  await fill(page, 2);
  const grid = page.getByRole("grid", { name: "Runs" });
  const chosen = page.getByRole("group", { name: "Chosen runs" });
  await grid.focus();
  await page.keyboard.press("Control+a");
  await expect(chosen).toContainText("101 runs chosen");
  await expect(page.getByRole("checkbox", { name: "All runs" })).toBeChecked();
  await chosen.getByRole("button", { name: "Tag" }).click();
  await chosen.getByLabel("Tag for the chosen runs").fill("everything");
  await chosen.getByRole("button", { name: "Add" }).click();
  const filter = page.getByRole("complementary", { name: "Filter and memory" });
  await expect(filter.getByRole("group", { name: "Tag" }).getByRole("checkbox", { name: /everything/ })).toBeVisible();
  await expect(filter.getByRole("group", { name: "Tag" })).toContainText("everything101");
  await chosen.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("101 runs are deleted.")).toBeVisible();
  await expect(page.getByText("No runs yet.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByTestId("runs-found")).toContainText("101 runs");
  await expect(filter.getByRole("group", { name: "Tag" })).toContainText("everything101");
});

test("on a phone filters, saved searches and the memory are a sheet over the list", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "/simulations");
  for (const [name, tags] of [["Azure", "nhs"], ["Cobalt", ""]] as const) {
    await order(page, { patients: "50", years: "2", name, tags });
    // Without the column that says how long it took.
    await runs(page).filter({ hasText: name }).filter({ hasNotText: "going" }).waitFor();
  }
  expect((await page.getByLabel("Search runs").boundingBox())?.width).toBeGreaterThan(280);
  const button = page.getByRole("button", { name: /^Filter/ });
  const sheet = page.getByRole("dialog", { name: "Filter and memory" });
  await expect(page.getByTestId("memory-held")).toBeHidden();
  await button.click();
  await expect(sheet.getByTestId("memory-held")).toBeVisible();
  await expect(sheet.getByRole("button", { name: "Close filters" })).toBeFocused();
  await sheet.getByRole("checkbox", { name: /nhs/ }).check();
  await expectAccessible(page);
  await sheet.getByRole("button", { name: "Show 1 run" }).click();
  await expect(sheet).toBeHidden();
  await expect(runs(page)).toHaveCount(1);
  await expect(button).toHaveText("Filter1 on");
  await expect(button).toBeFocused();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page);
  await button.click();
  await sheet.getByRole("button", { name: "Clear" }).click();
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await expect(runs(page)).toHaveCount(2);
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
