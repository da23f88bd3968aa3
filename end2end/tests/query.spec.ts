// From the first start to a merged result, on the sample study with its reference answers.
import { chooseCohort, expectCount, expectMean, expectMerged, expectSaved, open, setAge } from "./support/cohort";
import { expect, test } from "./support/fixtures";

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
  await page.reload();
  await expectCount(page, "179", "1,123");
  await expect(page.getByRole("grid").getByText("58.77").first()).toBeVisible();
  expect(asked.filter((path) => path.includes("merge"))).toEqual([]);
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

test("a download holds the rows of the result", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectMerged(page, "1,123");
  const link = page.getByRole("link", { name: "Download CSV" });
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
