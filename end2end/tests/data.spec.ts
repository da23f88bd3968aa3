// Tables come in, whatever a lab has; what cannot be read says where and why, and stops nothing else.
import { deflateSync } from "node:zlib";
import type { Locator } from "@playwright/test";
import { alive, expectCount, expectSaved, open, reload } from "./support/cohort";
import { expect, test } from "./support/fixtures";

test.use({ ownServer: true });

type File = { name: string; mimeType: string; buffer: Buffer };
const file = (name: string, content: string | Buffer): File => ({ name, mimeType: "text/csv", buffer: Buffer.from(content as string) });
const scores = "id,visit,score\n1,1,5.5\n1,2,6.5\n2,1,7\n";

/** The mouse with files in its hand over the zone, leaving it, or letting go; whether the page takes it up from the browser. */
async function mouse(zone: Locator, does: "dragover" | "dragleave" | "drop", files: Record<string, string>): Promise<boolean> {
  return zone.evaluate(
    (element, { does, files }) => {
      const dataTransfer = new DataTransfer();
      for (const [name, text] of Object.entries(files)) dataTransfer.items.add(new File([text], name, { type: "text/csv" }));
      return !element.dispatchEvent(new DragEvent(does, { dataTransfer, bubbles: true, cancelable: true }));
    },
    { does, files },
  );
}

test("the three tables of the sample study show what is in them", async ({ page }) => {
  await open(page, "/data");
  await expect(page.getByTestId("data-summary")).toHaveText("3 tables, 4,202 rows, 126.8 kB. Source files are read, never rewritten.");
  const labs = page.getByRole("region", { name: "Table labs" });
  await expect(labs).toContainText("1,945 rows, 10 columns");
  await expect(labs.getByRole("row", { name: /^chol/ })).toContainText("55 to 1,775");
  await expect(labs.getByRole("row", { name: /^chol/ })).toContainText("42.2 %");
  await expect(page.getByRole("region", { name: "Table exams" }).getByRole("row", { name: /^ascites/ })).toContainText("yes / no");
  const keys = page.getByRole("complementary", { name: "Merge keys" });
  await expect(keys).toContainText("found");
  await expect(keys).toContainText("1,945 of 1,945 unique");
  await expect(keys).toContainText("They agree in every row");
});

test("a chosen file comes in and can be merged at once", async ({ page }) => {
  await open(page, "/data");
  await page.locator("#hf-files").setInputFiles([file("biopsy scores.csv", scores)]);
  await expect(page.getByRole("region", { name: /Table biopsy/ })).toContainText("3 rows, 3 columns");
  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  await expect(page.getByText("score", { exact: true }).first()).toBeVisible();
});

test("files dropped with the mouse come in, and the zone shows that it would take them", async ({ page }) => {
  await open(page, "/data");
  const zone = page.getByTestId("drop-zone");
  const files = { "first.csv": scores, "second.csv": "id,weight\n1,60\n2,70\n" };
  expect(await mouse(zone, "dragover", files), "otherwise the browser opens the file").toBe(true);
  await expect(zone).toHaveClass(/\bbg-soft\b/);
  await mouse(zone, "dragleave", files);
  await expect(zone).not.toHaveClass(/\bbg-soft\b/);
  await mouse(zone, "dragover", files);
  await expect(zone).toHaveClass(/\bbg-soft\b/);
  expect(await mouse(zone, "drop", files), "otherwise the browser opens the file").toBe(true);
  await expect(zone).not.toHaveClass(/\bbg-soft\b/);
  await expect(page.getByRole("region", { name: "Table first", exact: true })).toContainText("3 rows, 3 columns");
  await expect(page.getByRole("region", { name: "Table second", exact: true })).toContainText("2 rows, 2 columns");
  await expect(page.getByRole("list", { name: "Files on their way" }).getByRole("listitem")).toHaveCount(0);
});

test("a dropped file that is not good says where it is wrong, beside one that is", async ({ complaints, page }) => {
  complaints.expect(/Failed to load resource: .* 4\d\d/);
  await open(page, "/data");
  await mouse(page.getByTestId("drop-zone"), "drop", { "ragged.csv": "id,a,b\n1,2,3\n2,3\n", "good.csv": scores });
  await expect(page.getByRole("region", { name: "Table good", exact: true })).toBeVisible();
  const way = page.getByRole("list", { name: "Files on their way" });
  await expect(way.getByText(/ragged\.csv, line 3/)).toBeVisible();
  await way.getByRole("button", { name: "Dismiss ragged.csv" }).click();
  await expect(way.getByRole("listitem")).toHaveCount(0);
});

test("of several files the good ones go in, and each bad one says where it is wrong", async ({ complaints, page }) => {
  complaints.expect(/Failed to load resource: .* 4\d\d/);
  await open(page, "/data");
  await page.locator("#hf-files").setInputFiles([
    file("ragged.csv", "id,a,b\n1,2,3\n2,3\n"),
    file("twice.csv", "id,a,a\n1,2,3\n"),
    file("empty.csv", ""),
    file("photo.csv", Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), deflateSync(Buffer.alloc(64))])),
    file("quote.csv", 'id,a\n1,"open\n2,3\n'),
    file("good.csv", scores),
    file("latin.csv", Buffer.from("id;visit;stadt;wert\n1;1;Köln;1,5\n2;1;Münster;2,5\n", "latin1")),
  ]);
  await expect(page.getByRole("region", { name: "Table good" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Table latin" })).toContainText("Latin-1");
  const way = page.getByRole("list", { name: "Files on their way" });
  await expect(way.getByText(/ragged\.csv, line 3/)).toBeVisible();
  await expect(way.getByText(/twice\.csv.*a/)).toBeVisible();
  await expect(way.getByText(/empty\.csv.*empty/)).toBeVisible();
  await expect(way.getByText(/photo\.csv.*PNG/)).toBeVisible();
  await expect(way.getByText(/quote\.csv, line 2/)).toBeVisible();
});

test("a duplicate asks, and each answer does what it says", async ({ page }) => {
  await open(page, "/data");
  await page.locator("#hf-files").setInputFiles([file("scores.csv", scores)]);
  await expect(page.getByRole("region", { name: "Table scores" })).toContainText("3 rows");
  await page.locator("#hf-files").setInputFiles([file("scores.csv", `${scores}3,1,8\n`)]);
  const question = page.getByRole("alert").filter({ hasText: "scores.csv is already here" });
  await expect(question).toBeVisible();
  await page.reload();
  await alive(page);
  await question.getByRole("button", { name: "Keep both" }).click();
  await expect(page.getByRole("region", { name: "Table scores_2" })).toContainText("4 rows");
  await expect(page.getByRole("region", { name: "Table scores", exact: true })).toContainText("3 rows");
  await page.locator("#hf-files").setInputFiles([file("scores.csv", `${scores}3,1,8\n3,2,9\n`)]);
  await question.getByRole("button", { name: "Replace" }).click();
  await expect(page.getByRole("region", { name: "Table scores", exact: true })).toContainText("5 rows");
});

test("a removed table comes back by undo, and the sample study by its button", async ({ page }) => {
  await open(page, "/data");
  await page.getByRole("button", { name: "Remove labs" }).click();
  await expect(page.getByRole("region", { name: "Table labs" })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("region", { name: "Table labs" })).toBeVisible();
  for (const name of ["labs", "exams", "demographics"]) {
    await page.getByRole("button", { name: `Remove ${name}` }).click();
    await expect(page.getByRole("region", { name: `Table ${name}` })).toHaveCount(0);
  }
  await page.getByRole("button", { name: "Bring the sample study in" }).click();
  await expect(page.getByTestId("data-summary")).toContainText("3 tables, 4,202 rows");
});

test("filters on a table that is gone are kept and said, not applied", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Add card" }).click();
  await page.getByLabel("Column of the card").fill("stage");
  await page.getByRole("button", { name: /exams\.stage/ }).click();
  await expect(page.getByRole("group", { name: "Card exams.stage" })).toBeVisible();
  await page.getByRole("link", { name: "Data", exact: true }).first().click();
  await page.getByRole("button", { name: "Remove exams" }).click();
  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  await expect(page.getByRole("group", { name: "Card exams.stage" })).toContainText("Not applicable");
  await expectCount(page, "312", "1,945");
});

test("a column of dates shows its first and last day, and is filtered by days", async ({ page }) => {
  await open(page, "/data");
  await page.locator("#hf-files").setInputFiles([file("enrolment.csv", "id,enrolled\n1,2024-01-10\n2,2024-02-01\n3,2024-02-29\n4,\n")]);
  const table = page.getByRole("region", { name: "Table enrolment" });
  await expect(table.getByRole("row", { name: /^enrolled/ })).toContainText("2024-01-10 to 2024-02-29");
  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  await page.getByRole("button", { name: "Add card" }).click();
  await page.getByLabel("Column of the card").fill("enrolled");
  await page.getByRole("button", { name: /enrolment\.enrolled/ }).click();
  const card = page.getByRole("group", { name: "Card enrolment.enrolled" });
  const from = card.getByLabel("enrolled from");
  const to = card.getByLabel("enrolled to");
  await expect(from).toHaveAttribute("min", "2024-01-10");
  await expect(to).toHaveAttribute("max", "2024-02-29");
  // Everybody with a date, in 2, 9 and 4 visits.
  await expectCount(page, "3", "15");
  await from.fill("2024-02-01");
  await expectCount(page, "2", "13");
  await to.fill("2024-02-28");
  await expectCount(page, "1", "9");
  await expect(page.getByRole("complementary", { name: "Cohort" })).toContainText("enrolled 2024-02-01 to 2024-02-28");
  await expectSaved(page);
  await reload(page);
  await expect(from).toHaveValue("2024-02-01");
  await expect(to).toHaveValue("2024-02-28");
  await expectCount(page, "1", "9");
  await to.fill("");
  await expectCount(page, "2", "13");
});

test("an upload can be cancelled and leaves nothing", async ({ complaints, page }) => {
  complaints.expect(/Failed to load resource|ERR_/);
  await open(page, "/data");
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  // Four megabytes take longer than the test lives.
  await client.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 20_000 });
  await page.locator("#hf-files").setInputFiles([file("large.csv", `id,a\n${"1,2\n".repeat(1_000_000)}`)]);
  await page.getByRole("button", { name: "Cancel upload of large.csv" }).click();
  await expect(page.getByRole("list", { name: "Files on their way" }).getByRole("listitem")).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("region", { name: "Table large" })).toHaveCount(0);
});

test("keys can be corrected, and the found ones come back", async ({ page }) => {
  await open(page, "/data");
  const keys = page.getByRole("complementary", { name: "Merge keys" });
  await keys.getByLabel("Visit", { exact: true }).selectOption("day");
  await expect(keys).toContainText("chosen");
  await expect(keys).toContainText("id_day (derived)");
  await expect(keys).toContainText("id, day");
  await page.reload();
  await expect(keys).toContainText("id_day (derived)");
  await alive(page);
  await keys.getByRole("button", { name: "Use the found keys" }).click();
  await expect(keys).toContainText("id_visit (derived)");
});

test.describe("where two files may come at once", () => {
  test.use({ ownServer: { HOLDFAST_DATA__FILES: "2" } });

  test("three that are dropped together are all left alone, and two of them come in", async ({ page }) => {
    await open(page, "/data");
    const zone = page.getByTestId("drop-zone");
    await expect(zone).toContainText("2 files at a time");
    await mouse(zone, "drop", { "first.csv": scores, "second.csv": scores, "third.csv": scores });
    const notices = page.getByRole("region", { name: "Notices" });
    await expect(notices).toContainText("3 files at once; at most 2 are taken. Nothing was sent.");
    await expect(page.getByTestId("data-summary")).toContainText("3 tables");
    await mouse(zone, "drop", { "first.csv": scores, "second.csv": scores.replace("5.5", "4.5") });
    await expect(page.getByRole("region", { name: "Table first", exact: true })).toContainText("3 rows");
    await expect(page.getByRole("region", { name: "Table second", exact: true })).toContainText("3 rows");
    await expect(page.getByRole("region", { name: "Table third", exact: true })).toHaveCount(0);
  });
});
