// A run's page: its charts in views that have their own address, as pictures, as tables and as CSV.
import { readFile } from "node:fs/promises";
import { expectAccessible } from "./support/axe";
import { alive, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import type { Download, Locator, Page } from "@playwright/test";

test.use({ ownServer: true });

const PATIENTS = 300;

/** Orders a run of five years and opens it. */
async function openRun(page: Page, name = "Azure"): Promise<void> {
  await open(page, "/simulations");
  await page.getByRole("button", { name: "New run" }).click();
  const form = page.getByRole("form", { name: "New run" });
  await form.getByLabel("Patients").fill(String(PATIENTS));
  await form.getByLabel("Years").fill("5");
  await form.getByLabel("Seed").fill("42");
  await form.getByLabel("Name").fill(name);
  await form.getByRole("button", { name: "Start" }).click();
  const row = page.getByRole("grid", { name: "Runs" }).locator("tbody").getByRole("row").filter({ hasText: name });
  await row.filter({ hasText: "ran in" }).waitFor();
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByTestId("run-status")).toHaveText("completed");
}

const views = (page: Page) => page.getByRole("navigation", { name: "Views of the run" });
const figure = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

/** Opens a view. The charts of the view before stay until its own are there. */
async function view(page: Page, name: string): Promise<void> {
  await views(page).getByRole("link", { name, exact: true }).click();
  await expect(views(page).getByRole("link", { name, exact: true })).toHaveAttribute("aria-current", "page");
  const charts = new Map(VIEWS).get(name);
  if (charts) await expect(page.getByRole("button", { name: /^Menu of/ })).toHaveCount(charts.length);
}

/** Chooses from a chart's menu. */
async function choose(chart: Locator, entry: string): Promise<void> {
  await chart.getByRole("button", { name: /^Menu of/ }).click();
  await chart.getByRole("button", { name: entry, exact: false }).last().click();
}

async function saved(page: Page, chart: Locator, entry: string): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent("download"), choose(chart, entry)]);
  return download;
}

/** Rows of a saved CSV; no value of these charts has a comma in it. */
async function rowsOf(download: Download): Promise<string[][]> {
  const text = await readFile((await download.path()) ?? "", "utf8");
  const [head, ...lines] = text.trimEnd().split("\r\n");
  expect(head).toBe("name,series,x,y,low,high,n");
  return lines.map((line) => line.split(","));
}

const VIEWS: [string, string[]][] = [
  ["Overview", ["Mean vision", "Intervals and gaps", "Patient journey", "Cohort flow", "Trajectories"]],
  ["Vision", ["Mean vision", "Baseline and last vision", "Change of vision"]],
  ["Trajectories", ["Trajectories"]],
  ["Intervals", ["Intervals and gaps", "Mean interval by year"]],
  ["Cohort flow", ["Cohort flow"]],
  ["Journey", ["Patient journey"]],
  ["Frequency", ["Injections a year", "Visits a year", "Injections for each visit"]],
  ["Stopping", ["Stopped by reason"]],
];

test("each view shows its charts, says over how many, and draws them", async ({ page }) => {
  await openRun(page);
  for (const [name, charts] of VIEWS) {
    await view(page, name);
    for (const chart of charts) {
      const place = figure(page, chart);
      await expect(place.getByRole("heading", { name: chart })).toBeVisible();
      await expect(place.getByRole("img", { name: chart })).toHaveAccessibleDescription(/\d/);
      await expect(place.locator("canvas").first()).toBeVisible();
    }
    await expect(page.getByText(/n = |of 300 patients/).first()).toBeVisible();
  }
  await view(page, "Audit trail");
  const trail = page.getByRole("table", { name: "Audit trail" });
  await expect(trail).toContainText("ordered");
  await expect(trail).toContainText("completed");
  await view(page, "Protocol");
  await expect(page.getByRole("group", { name: "Protocol" })).toContainText("protocol_type");
});

test("a chart is shown as a table and back", async ({ page }) => {
  await openRun(page);
  await view(page, "Intervals");
  await expect(figure(page, "Mean interval by year")).toBeVisible();
  const chart = figure(page, "Intervals and gaps");
  await choose(chart, "Show as table");
  const table = chart.getByRole("table", { name: "Intervals and gaps" });
  await expect(table).toBeInViewport();
  await expect(table.locator("tbody").getByRole("row")).toHaveCount(7);
  await expect(chart.getByRole("img")).toBeHidden();
  await choose(chart, "Show as chart");
  await expect(chart.getByRole("img")).toBeVisible();
});

test("a chart's CSV has every value, and the values add up", async ({ page }) => {
  await openRun(page);
  await view(page, "Cohort flow");
  const flow = await rowsOf(await saved(page, figure(page, "Cohort flow"), "CSV"));
  for (const month of ["0", "12", "60"]) {
    const there = flow.filter((row) => row[2] === month);
    expect(there.reduce((sum, row) => sum + Number(row[3]), 0)).toBe(PATIENTS);
    expect(there.every((row) => row[6] === String(PATIENTS))).toBe(true);
  }
  await view(page, "Vision");
  const vision = await rowsOf(await saved(page, figure(page, "Mean vision"), "CSV"));
  const all = vision.filter((row) => row[1] === "all patients");
  expect(all).toHaveLength(61);
  expect(all.every((row) => row[6] === String(PATIENTS))).toBe(true);
  await view(page, "Journey");
  const journey = await rowsOf(await saved(page, figure(page, "Patient journey"), "CSV"));
  const first = journey.filter((row) => row[1] === "Start: naive");
  expect(first.reduce((sum, row) => sum + Number(row[3]), 0)).toBe(PATIENTS);
});

test("a chart is saved as PNG and as SVG", async ({ page }) => {
  await openRun(page);
  await view(page, "Journey");
  const chart = figure(page, "Patient journey");
  await expect(chart.locator("canvas").first()).toBeVisible();
  const png = await saved(page, chart, "PNG");
  expect(png.suggestedFilename()).toBe("patient-journey.png");
  expect((await readFile((await png.path()) ?? "")).subarray(1, 4).toString()).toBe("PNG");
  const svg = await saved(page, chart, "SVG");
  expect(await readFile((await svg.path()) ?? "", "utf8")).toContain("Year 5");
});

test("the address has the view; it survives a refresh, and another run opens in it", async ({ page }) => {
  await openRun(page);
  await view(page, "Cohort flow");
  await page.getByRole("navigation", { name: "Step of time" }).getByRole("link", { name: "Quarter" }).click();
  await page.getByRole("navigation", { name: "Counts or shares" }).getByRole("link", { name: "Percent" }).click();
  await expect(page).toHaveURL(/view=flow&by=quarter&in=percent/);
  await expect(figure(page, "Cohort flow")).toContainText("quarter by quarter");
  await page.reload();
  await alive(page);
  await expect(figure(page, "Cohort flow")).toContainText("quarter by quarter");
  await page.getByRole("link", { name: "Simulations", exact: true }).last().click();
  await page.getByRole("link", { name: "Azure", exact: true }).click();
  await expect(page).toHaveURL(/view=flow&by=quarter&in=percent/);
  await expect(figure(page, "Cohort flow")).toContainText("quarter by quarter");
});

test("patients are drawn by a seed, and the page says how", async ({ page }) => {
  await openRun(page);
  await view(page, "Trajectories");
  const chart = figure(page, "Trajectories");
  await expect(chart).toContainText("20 of 300 patients, drawn by seed 1 and not chosen");
  const form = page.getByRole("form", { name: "Patients to draw" });
  await form.getByLabel("Patients").fill("5");
  await form.getByLabel("Seed").fill("9");
  await form.getByRole("button", { name: "Draw" }).click();
  await expect(chart).toContainText("5 of 300 patients, drawn by seed 9 and not chosen");
  await expect(page).toHaveURL(/count=5&seed=9/);
});

/** Orders runs of a million patients, one behind the other; the id of the last. They are simulated one at a time. */
async function orderLong(page: Page, count: number): Promise<string> {
  return page.evaluate(async (count) => {
    let id = "";
    for (let seed = 1; seed <= count; seed += 1) {
      const order = { protocol: "aflibercept_te.yaml", patients: 1_000_000, years: 15, seed };
      const headers = { "content-type": "application/json" };
      const answer = await fetch("/api/v1/runs", { method: "POST", headers, body: JSON.stringify(order) });
      id = ((await answer.json()) as { id: string }).id;
    }
    return id;
  }, count);
}

test("a run that was cancelled says why and what to do", async ({ page }) => {
  await open(page, "/simulations");
  // It still waits when it is cancelled, however fast the machine is.
  const id = await orderLong(page, 8);
  await open(page, `/simulations/${id}`);
  await expect(page.getByTestId("run-status")).toHaveText("going");
  await page.getByRole("region", { name: "Run", exact: true }).getByRole("button", { name: "Cancel", exact: true }).click();
  await expect(page.getByTestId("run-status")).toHaveText("failed");
  await expect(page.getByText(/There are no results: cancelled by/)).toBeVisible();
  await expect(views(page).getByRole("link", { name: "Overview" })).toBeHidden();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on Analysis, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openRun(page);
    await expect(figure(page, "Trajectories")).toBeVisible();
    await expectAccessible(page);
    await view(page, "Intervals");
    // The charts of the view before stay until these are there.
    await expect(figure(page, "Mean interval by year")).toBeVisible();
    await choose(figure(page, "Intervals and gaps"), "Show as table");
    await expectAccessible(page);
    await view(page, "Audit trail");
    await expect(page.getByRole("table", { name: "Audit trail" })).toBeVisible();
    await expectAccessible(page);
  });
}

test("a run is read at the width of a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openRun(page);
  await view(page, "Vision");
  await expect(figure(page, "Mean vision").locator("canvas").first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
