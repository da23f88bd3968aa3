// From the first start to a merged result, on the sample study with its reference answers.
import { readFile } from "node:fs/promises";
import type { Download, Locator, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { chooseCohort, expectCount, expectMean, expectMerged, expectSaved, open, reload, setAge } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import { filesOf } from "./support/zip";

/** A file about the query, out of the download menu. */
async function about(page: Page, entry: RegExp): Promise<Download> {
  await page.getByRole("button", { name: "Download format" }).click();
  const coming = page.waitForEvent("download");
  await page.getByRole("group", { name: "Download", exact: true }).getByRole("button", { name: entry }).click();
  const download = await coming;
  await page.keyboard.press("Escape");
  return download;
}

async function bytesOf(download: Download): Promise<Buffer> {
  return readFile((await download.path()) ?? "");
}

/** Chooses a file in the menu of saved queries. */
async function bringIn(page: Page, name: string, content: Buffer): Promise<void> {
  await page.getByRole("button", { name: "Save query" }).click();
  await page.getByLabel(/^Import TOML/).setInputFiles({ name, mimeType: "application/toml", buffer: content });
}

/** Scrolls the rows to so many pixels from their top, 28 a row, and from their left. */
async function scrollTo(page: Page, top: number, left = 0): Promise<void> {
  await page.getByRole("grid").evaluate((grid, place) => grid.parentElement?.scrollTo(place), { top, left });
}

/** How many pixels of the columns are scrolled out of sight on the left. */
async function scrolledAside(page: Page): Promise<number> {
  return page.getByRole("grid").evaluate((grid) => grid.parentElement?.scrollLeft ?? 0);
}

/** A column's box in the chooser. */
function box(page: Page, column: string): Locator {
  return page.getByLabel("Tables and columns", { exact: true }).getByRole("checkbox", { name: column, exact: true });
}

/** The names of the result's columns, as its CSV has them; none while it is merged. */
async function headOf(page: Page): Promise<string[]> {
  const href = await page.getByRole("link", { name: "Download CSV" }).getAttribute("href");
  if (!href) return [];
  const csv = await (await page.request.get(href)).text();
  return (csv.split("\n")[0] ?? "").trim().split(",");
}

test("a first visit has the sample study in front of it", async ({ page }) => {
  await open(page);
  await expectCount(page, "312", "1,945");
  await expect(page.getByRole("main")).toContainText(/demographics\s*joined with\s*labs\s*and\s*exams/);
});

test("ages 40 to 60 and sex f are 179 participants and 1,123 rows with mean bili 3.4313, at visit 1 3.5056", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectCount(page, "179", "1,123");
  await expectMerged(page, "1,123");
  await expectMean(page, "bili", "3.4313");
  await page.getByRole("checkbox", { name: "Visit 1", exact: true }).press("Space");
  await expectCount(page, "179", "179");
  await expectMerged(page, "179");
  await expectMean(page, "bili", "3.5056");
});

test("the report tells what each filter left", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  const steps = page.getByRole("complementary", { name: "Cohort" });
  await expect(steps).toContainText("Everyone");
  await expect(steps).toContainText("Age 40 to 60");
  await expect(steps).toContainText("197");
  await expect(steps).toContainText("1,268");
  await expect(steps).toContainText("Sex f");
});

test("the merged result is there again after a refresh, without being merged again", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectMerged(page, "1,123");
  await expectSaved(page);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await reload(page);
  await expectCount(page, "179", "1,123");
  await expectMerged(page, "1,123");
  await expect(page.getByRole("grid").getByText("58.77").first()).toBeVisible();
  expect(asked.filter((path) => path.includes("merge"))).toEqual([]);
});

test("a merge that a newer question overtook is cancelled", async ({ page }) => {
  await open(page);
  await expectMerged(page, "1,945");
  let asked = 0;
  // The first is never answered.
  await page.route("**/api/merge_tables", (route) => {
    asked += 1;
    return asked > 1 ? route.continue() : undefined;
  });
  const cancelled = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/api/merge_tables"));
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expect.poll(() => asked).toBe(1);
  await setAge(page, "40", "60");
  await cancelled;
  await expectMerged(page, "1,123");
});

test("the result sorts and filters on the server", async ({ page }) => {
  await open(page);
  await expectMerged(page, "1,945");
  const head = page.getByRole("columnheader", { name: "bili" });
  await head.getByRole("button", { name: "bili", exact: true }).click();
  await head.getByRole("button", { name: "bili", exact: true }).click();
  await expect(head).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByRole("grid").getByRole("row").nth(1)).toContainText("41.0");
});

test("the rows are where they were scrolled to after a refresh, and only those are asked for", async ({ page }) => {
  await open(page);
  await expectMerged(page, "1,945");
  await scrollTo(page, 28_000);
  const rows = page.getByTestId("rows-shown");
  await expect(rows).toContainText("Rows 1,001–");
  const row = page.locator("#hf-row-1010");
  await expect(row).toContainText(/\d/);
  const [said, cells] = [await rows.textContent(), await row.textContent()];
  const offsets: number[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/get_page")) offsets.push(request.postDataJSON().request.offset);
  });
  await reload(page);
  await expect(rows).toHaveText(said ?? "");
  await expect(row).toHaveText(cells ?? "");
  await expect(row).toBeInViewport();
  expect(new Set(offsets)).toEqual(new Set([800, 1_000]));
});

test("the rows are where they were scrolled to on coming back, and another order begins at the top", async ({ page }) => {
  await open(page);
  await expectMerged(page, "1,945");
  await scrollTo(page, 28_000);
  const rows = page.getByTestId("rows-shown");
  await expect(rows).toContainText("Rows 1,001–");
  await page.getByRole("link", { name: "Data", exact: true }).first().click();
  await expect(page.getByRole("heading", { name: "Data" })).toBeVisible();
  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  await expect(rows).toContainText("Rows 1,001–");
  await expect(page.locator("#hf-row-1010")).toBeInViewport();
  await page.getByRole("columnheader", { name: "bili" }).getByRole("button", { name: "bili", exact: true }).click();
  await expect(rows).toContainText("Rows 1–");
  await expect(page.locator("#hf-row-0")).toBeInViewport();
  await expectSaved(page);
  await reload(page);
  await expect(rows).toContainText("Rows 1–");
});

test("in a narrow window the columns are where they were scrolled to, after a refresh and on coming back", async ({ page }) => {
  await page.setViewportSize({ width: 1100, height: 700 });
  await open(page);
  await expectMerged(page, "1,945");
  const rows = page.getByTestId("rows-shown");
  await scrollTo(page, 28_000, 300);
  await expect(rows).toContainText("Rows 1,001–");
  await reload(page);
  await expect.poll(() => scrolledAside(page)).toBe(300);
  await expect(rows).toContainText("Rows 1,001–");
  // Without a row that is scrolled away, too.
  await scrollTo(page, 0, 300);
  await expect(rows).toContainText("Rows 1–");
  await reload(page);
  await expect.poll(() => scrolledAside(page)).toBe(300);
  await page.getByRole("link", { name: "Data", exact: true }).first().click();
  await expect(page.getByRole("heading", { name: "Data" })).toBeVisible();
  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  await expect.poll(() => scrolledAside(page)).toBe(300);
});

test("another order and another result are looked at from the column that was in sight", async ({ page }) => {
  await page.setViewportSize({ width: 1100, height: 700 });
  await open(page);
  await expectMerged(page, "1,945");
  const rows = page.getByTestId("rows-shown");
  await scrollTo(page, 28_000, 300);
  await expect(rows).toContainText("Rows 1,001–");
  // A pointer may have to bring the column into sight.
  await page.getByRole("columnheader", { name: "bili" }).getByRole("button", { name: "bili", exact: true }).click();
  await expect(rows).toContainText("Rows 1–");
  const left = await scrolledAside(page);
  expect(left).toBeGreaterThan(0);
  await expectSaved(page);
  await reload(page);
  await expect.poll(() => scrolledAside(page)).toBe(left);
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expectMerged(page, "1,708");
  expect(await scrolledAside(page)).toBe(left);
  await expectSaved(page);
  await reload(page);
  await expectMerged(page, "1,708");
  await expect.poll(() => scrolledAside(page)).toBe(left);
});

test("a download holds the rows of the result", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectMerged(page, "1,123");
  const link = page.getByRole("link", { name: "Download CSV" });
  await expect(link).toHaveAttribute("href", /id=/);
  const answer = await page.request.get((await link.getAttribute("href")) ?? "");
  expect(answer.headers()["content-disposition"]).toMatch(/demographics_exams_labs_long_\d{8}_\d{6}\.csv|demographics.*long_\d{8}_\d{6}\.csv/);
  const [head = "", ...lines] = (await answer.text()).trim().split("\n");
  expect(lines).toHaveLength(1123);
  const bili = head.trim().split(",").indexOf("bili");
  const values = lines.map((line) => Number(line.split(",")[bili]));
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(3.4313, 4);
});

test("a query saved under a name comes back", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectCount(page, "179", "1,123");
  await page.getByRole("button", { name: "Save query" }).click();
  await page.getByLabel("Name of the query").fill("Women in midlife");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await setAge(page, "26.28", "78.44");
  await expectCount(page, "276", "1,708");
  await page.getByRole("button", { name: "Save query" }).click();
  await page.getByRole("button", { name: /^Women in midlife/ }).click();
  await expectCount(page, "179", "1,123");
});

test("the wide form has one row a participant", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectMerged(page, "1,123");
  await page.getByRole("button", { name: "Wide" }).click();
  await expectMerged(page, "179");
  await expect(page.getByTestId("result-columns")).not.toHaveText("20 columns");
});

test("Clear can be undone", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectCount(page, "179", "1,123");
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expectCount(page, "312", "1,945");
  await page.getByRole("button", { name: "Undo" }).click();
  await expectCount(page, "179", "1,123");
});

test("the summary is a ZIP that tells what each filter left and what is in each column", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectCount(page, "179", "1,123");
  const download = await about(page, /^Summary \(ZIP\)/);
  expect(download.suggestedFilename()).toMatch(/^demographics_.*_long_\d{8}_\d{6}\.zip$/);
  const files = filesOf(await bytesOf(download));
  expect((files.get("filtering_report.csv") ?? "").trim().split("\n")).toEqual([
    "Step,Filter Type,Description,Participants Before,After,Removed,Removal %,Cumulative Removal %",
    "0,none,Everyone,312,312,0,0.00,0.00",
    "1,Age,Age 40 to 60,312,197,115,36.86,36.86",
    "2,Sex,Sex f,197,179,18,9.14,42.63",
  ]);
  expect(files.get("data_summary.csv")).toMatch(/^bili,number,1123,0,0\.00,"mean 3\.4313, median 1\.2, /m);
  expect(files.get("data_summary_by_visit.csv")).toMatch(/^1,bili,number,179,0,0\.00,"mean 3\.5056, /m);
  expect(files.get("README.txt")).toContain("179 of 312 participants, 1123 of 1945 rows");
  expect(files.get("query.toml")).toContain("age_range = [40.0, 60.0]");
});

test("a column of free text is filtered by a part of its texts, whatever its case", async ({ page }) => {
  const texts = ["Mild oedema", "no OEDEMA seen", "ascites drained"];
  const rows = Array.from({ length: 60 }, (_, at) => `${at + 1},${texts[at % 3]} on day ${at}\n`);
  await open(page, "/data");
  await page.locator("#hf-files").setInputFiles([{ name: "notes.csv", mimeType: "text/csv", buffer: Buffer.from(`id,note\n${rows.join("")}`) }]);
  const table = page.getByRole("region", { name: "Table notes", exact: true });
  await expect(table.getByRole("row", { name: /^note/ })).toContainText("60 values");
  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  await page.getByRole("button", { name: "Add card" }).click();
  await page.getByLabel("Column of the card").fill("notes.note");
  await page.getByRole("button", { name: /notes\.note/ }).click();
  const card = page.getByRole("group", { name: "Card notes.note", exact: true });
  const contains = card.getByLabel("note contains", { exact: true });
  const without = card.getByLabel("note without", { exact: true });
  const participants = page.getByTestId("count-participants");
  // Everybody with a note.
  await expect(participants).toHaveText("60");
  await contains.fill("oedema");
  await expect(participants).toHaveText("40");
  await without.fill("MILD");
  await expect(participants).toHaveText("20");
  await expect(page.getByRole("complementary", { name: "Cohort" })).toContainText('note contains "oedema" without "MILD"');
  await expectSaved(page);
  await reload(page);
  await expect(contains).toHaveValue("oedema");
  await expect(without).toHaveValue("MILD");
  await expect(participants).toHaveText("20");
  await card.getByRole("button", { name: "Remove card notes.note" }).click();
  await expect(participants).toHaveText("312");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(participants).toHaveText("20");
  await expect(contains).toHaveValue("oedema");
});

test("a column that is left out is not in the result, also after a refresh, and comes back to its place", async ({ page }) => {
  await open(page);
  await expectMerged(page, "1,945");
  await expect.poll(() => headOf(page)).toContain("chol");
  const whole = await headOf(page);
  const others = whole.filter((name) => name !== "chol");
  await box(page, "labs.chol").uncheck();
  await expect(page.getByTestId("columns-taken")).toHaveText("20 of 21");
  await expect(page.getByTestId("result-columns")).toHaveText("19 columns");
  await expect.poll(() => headOf(page)).toEqual(others);
  await expectSaved(page);
  await reload(page);
  await expect(box(page, "labs.chol")).not.toBeChecked();
  await expect.poll(() => headOf(page)).toEqual(others);
  await box(page, "labs.chol").check();
  await expect(page.getByTestId("columns-taken")).toHaveText("21 of 21");
  await expect(page.getByTestId("result-columns")).toHaveText("20 columns");
  await expect.poll(() => headOf(page)).toEqual(whole);
});

test("a table of which no column is taken is not joined, and its rows are not in the result", async ({ page }) => {
  await open(page);
  for (const column of ["day", "ascites", "hepato", "spiders", "edema", "stage"]) await box(page, `exams.${column}`).uncheck();
  await expect(page.getByRole("main")).toContainText(/demographics\s*joined with\s*labs\s*on\s*id\s*visit/);
  await expectCount(page, "312", "1,945");
  for (const column of ["day", "bili", "chol", "albumin", "alk_phos", "ast", "platelet", "protime"]) await box(page, `labs.${column}`).uncheck();
  await expect(page.getByRole("main")).toContainText(/demographics\s*on\s*id/);
  await expectCount(page, "312", "312");
  await expectMerged(page, "312");
  await expect.poll(() => headOf(page)).toEqual(["id", "age", "sex", "trt", "status", "futime"]);
});

test("a column is found by its name, also in a table that is folded", async ({ page }) => {
  await open(page);
  const chooser = page.getByRole("complementary", { name: "Tables and columns" });
  const find = chooser.getByLabel("Find a column", { exact: true });
  await chooser.locator("summary", { hasText: "exams" }).click();
  await expect(box(page, "exams.stage")).toBeHidden();
  await find.fill("STA");
  await expect(chooser.getByRole("checkbox")).toHaveCount(2);
  await expect(box(page, "demographics.status")).toBeVisible();
  await box(page, "exams.stage").uncheck();
  await expect(page.getByTestId("columns-taken")).toHaveText("20 of 21");
  await find.fill("");
  await expect(box(page, "labs.bili")).toBeVisible();
  await expect(box(page, "exams.stage"), "folded as it was").toBeHidden();
});

test("on a phone columns are chosen in a sheet, and the focus comes back from it", async ({ browser, holdfast }) => {
  const context = await browser.newContext({ baseURL: holdfast.url, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await open(page);
  const opener = page.getByRole("button", { name: "Columns", exact: true });
  await opener.click();
  const sheet = page.getByRole("dialog", { name: "Tables and columns" });
  await expect(sheet).toBeVisible();
  await box(page, "labs.chol").uncheck();
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
  await expect(opener).toBeFocused();
  await expect(page.getByTestId("result-columns")).toHaveText("19 columns");
  await context.close();
});

test("a query goes out as TOML, and comes in again after everything was changed", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await page.getByRole("button", { name: "Wide" }).click();
  await expectMerged(page, "179");
  const file = await about(page, /^Query \(TOML\)/);
  expect(file.suggestedFilename()).toMatch(/^demographics_.*_wide_\d{8}_\d{6}\.toml$/);
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await page.getByRole("button", { name: "Long", exact: true }).click();
  await expectCount(page, "312", "1,945");

  const strange = Buffer.concat([await bytesOf(file), Buffer.from('\n[[phenotypic_filters]]\ntable = "scans"\ncolumn = "volume"\nfilter_type = "range"\nmin_val = 1\n')]);
  await bringIn(page, "women.toml", strange);
  const found = page.getByRole("region", { name: "Import of women.toml" });
  await expect(found.getByRole("status")).toHaveText("Leaves 179 participants and 1,123 rows");
  await expect(found.getByRole("list", { name: "Applies", exact: true })).toContainText("Age 40 to 60");
  await expect(found.getByRole("list", { name: "Does not apply" })).toContainText(/card scans\.volume, line \d+: Table scans is not here\./);
  await expectAccessible(page);
  await found.getByRole("button", { name: "Cancel" }).click();
  await expect(found).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expectCount(page, "312", "1,945");

  await bringIn(page, "women.toml", strange);
  await found.getByRole("button", { name: "Apply" }).click();
  await expectCount(page, "179", "1,123");
  await expectMerged(page, "179");
  await expectSaved(page);
  await page.reload();
  await expectCount(page, "179", "1,123");
});

test("an import can be undone", async ({ page }) => {
  await open(page);
  await expectCount(page, "312", "1,945");
  await bringIn(page, "f.toml", Buffer.from('[metadata]\nformat_version = "1.0"\n[cohort_filters]\nsex = ["f"]\n'));
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await expectCount(page, "276", "1,708");
  await page.getByRole("button", { name: "Undo" }).click();
  await expectCount(page, "312", "1,945");
});

test("a file that is no query is refused with its place, and one that is too large before it is sent", async ({ complaints, page }) => {
  complaints.expect(/status of 422 /);
  await open(page);
  await bringIn(page, "old.toml", Buffer.from('[metadata]\nformat_version = "0.9"\n'));
  const group = page.getByRole("group", { name: "Saved queries" });
  await expect(group.getByRole("alert").filter({ hasText: "old.toml, line 2, column 18" })).toBeVisible();
  await page.keyboard.press("Escape");
  await bringIn(page, "large.toml", Buffer.alloc(10 << 20, "#"));
  await expect(group.getByRole("alert").filter({ hasText: "large.toml: this is no query" })).toBeVisible();
});

test("a saved query is exported under its name, with its notes", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectCount(page, "179", "1,123");
  await page.getByRole("button", { name: "Save query" }).click();
  await page.getByLabel("Name of the query").fill("Women in midlife");
  await page.getByLabel("Notes").fill("for July");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await page.getByRole("button", { name: "Save query" }).click();
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export Women in midlife as TOML" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^Women_in_midlife_\d{8}_\d{6}\.toml$/);
  const text = (await bytesOf(download)).toString("utf8");
  expect(text).toContain('user_notes = "for July"');
  expect(text).toContain("age_range = [40.0, 60.0]");
});

test("on a phone a query is brought in and its summary taken home", async ({ browser, holdfast }) => {
  const context = await browser.newContext({ baseURL: holdfast.url, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await open(page);
  await bringIn(page, "f.toml", Buffer.from('[metadata]\nformat_version = "1.0"\n[cohort_filters]\nsex = ["f", "x"]\n'));
  await expect(page.getByRole("list", { name: "Does not apply" })).toContainText("sex x, line 4");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await expectCount(page, "276", "1,708");
  const files = filesOf(await bytesOf(await about(page, /^Summary \(ZIP\)/)));
  expect(files.get("filtering_report.csv")).toContain("1,Sex,Sex f,312,276,36,11.54,11.54");
  await context.close();
});

test.describe("with a cluster that is away", () => {
  // Nobody listens on port 1.
  test.use({ ownServer: { HOLDFAST_QUERY__ENGINE: "ballista://127.0.0.1:1" } });

  test("a result is merged by the server, which says so once", async ({ page }) => {
    await open(page);
    await chooseCohort(page);
    const notice = page.getByRole("region", { name: "Notices" });
    await expect(notice).toContainText("The cluster at 127.0.0.1:1 did not gather this result, so this server did: its scheduler cannot be reached");
    await expectMerged(page, "1,123");
    await expectMean(page, "bili", "3.4313");
    await expect(page.getByTestId("merge-status")).toContainText(/Merged in [\d,]+ ms on this server, kept with this study/);
    await reload(page);
    await expectMerged(page, "1,123");
    await expect(notice).not.toContainText("The cluster");
  });
});
