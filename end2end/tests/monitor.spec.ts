// The Monitor: what the server does, who did what, and a backup that is taken home.
import { readFileSync } from "node:fs";
import { expectAccessible } from "./support/axe";
import { chooseCohort, expectSaved, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";

test.use({ ownServer: true });

test("work shows up in operations and in the feed, by whom", async ({ page }) => {
  await open(page);
  await page.getByLabel("Study name").fill("Liver");
  await page.getByLabel("Study name").press("Enter");
  await chooseCohort(page);
  await expectSaved(page);
  await open(page, "/monitor");
  await expect(page.getByText("healthy")).toBeVisible();
  const feed = page.getByRole("table", { name: "Events" });
  const renamed = feed.getByRole("row").filter({ hasText: "study.name" });
  await expect(renamed.first()).toContainText("Guest");
  const operations = page.getByRole("table", { name: "Operations" });
  await expect(operations.getByRole("row").filter({ hasText: "put" }).first()).toBeVisible();
  const waiting = page.getByRole("table", { name: "Waiting" }).getByRole("row");
  await expect(waiting.filter({ hasText: "Writes that wait to be written" })).toContainText(/\d/);
  await expect(waiting.filter({ hasText: "the index of the search does not have yet" })).toContainText(/\d/);
  await expect(page.getByRole("img", { name: /^Operations, per second: reads now/ })).toBeVisible();
  await page.getByText("Show as table").first().click();
  await expect(page.getByRole("columnheader", { name: "reads" })).toBeVisible();
});

test("the feed follows what happens elsewhere, and holds still while it is paused", async ({ context, page }) => {
  await open(page, "/monitor");
  const feed = page.getByRole("table", { name: "Events" });
  const other = await context.newPage();
  await open(other);
  await chooseCohort(other);
  await expectSaved(other);
  await expect(feed).toContainText("query.filters");
  const pause = page.getByRole("button", { name: "Pause" });
  await pause.click();
  await expect(pause).toHaveAttribute("aria-pressed", "true");
  await other.getByLabel("Study name").fill("Kidney");
  await other.getByLabel("Study name").press("Enter");
  await expectSaved(other);
  await expect(feed).not.toContainText("study.name");
  await pause.click();
  await expect(feed).toContainText("study.name");
});

test("a backup is made, verified and downloaded", async ({ page }) => {
  await open(page, "/monitor");
  await page.getByRole("button", { name: "Back up now" }).click();
  const backups = page.getByRole("list", { name: "Backups" });
  await expect(backups.getByRole("listitem")).toHaveCount(1);
  await expect(backups.getByText("verified", { exact: true })).toBeVisible();
  await expect(page.getByTestId("monitor-tiles")).toContainText("verified");
  const waiting = page.waitForEvent("download");
  await backups.getByRole("link", { name: /^Download holdfast-/ }).click();
  const text = readFileSync(await (await waiting).path(), "utf8");
  expect(text.trim().split("\n").length).toBeGreaterThan(2);
  await page.getByText("How a backup is restored").click();
  await expect(page.getByText("holdfast restore <file>")).toBeVisible();
  await page.reload();
  await expect(backups.getByRole("listitem")).toHaveCount(1);
});

test("the range of the charts is chosen", async ({ page }) => {
  await open(page, "/monitor");
  const day = page.getByRole("button", { name: "24 h" });
  await day.click();
  await expect(day).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("button", { name: "1 h", exact: true })).toHaveAttribute("aria-pressed", "false");
});

test.describe("for who does not administer the server", () => {
  test.use({ ownServer: { HOLDFAST_SERVER__ADMINISTRATION: "nobody" } });

  test("the page says whom it is for, and shows nothing", async ({ page }) => {
    await open(page, "/monitor");
    await expect(page.getByRole("heading", { name: "The Monitor is for administrators" })).toBeVisible();
    await expect(page.getByRole("table")).toHaveCount(0);
  });
});

test("it is usable at the width of a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "/monitor");
  await expect(page.getByRole("button", { name: "Back up now" })).toBeVisible();
  const wider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(wider).toBe(false);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on Monitor, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, "/monitor");
    await expect(page.getByRole("table", { name: "Events" })).toBeVisible();
    await expectAccessible(page);
  });
}
