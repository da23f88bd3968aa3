// The merged result as a picture: six plots, statistics with reference answers, a selection that is a table.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { alive, chooseCohort, expectMerged, expectSaved, open, reload } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import { isIn, type Pair, type Region } from "./support/region";

async function openPlot(page: Page): Promise<void> {
  await open(page);
  await chooseCohort(page);
  await expectMerged(page, "1,123");
  await page.getByRole("link", { name: "Plot", exact: true }).first().click();
  await expect(page.getByTestId("plot-chart")).toBeVisible();
}

async function albuminOnLogBili(page: Page): Promise<void> {
  await page.getByTestId("plot-horizontal").selectOption({ label: "labs.bili" });
  await page.getByTestId("plot-vertical").selectOption({ label: "labs.albumin" });
  await page.getByTestId("plot-colour").selectOption({ label: "exams.stage" });
  await page.getByRole("group", { name: /horizontal/i }).getByRole("button", { name: "Log" }).click();
}

/** Everything that is written in the chart, the numbers of its axes too. */
async function writtenIn(page: Page): Promise<string[]> {
  await expect(page.getByTestId("plot-chart").locator("canvas").first()).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "SVG", exact: true }).click()]);
  const svg = await readFile((await download.path()) ?? "", "utf8");
  return [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map((match) => match[1] ?? "");
}

/** bili and albumin of each row of a file that has both. */
function pairsOf(csv: string): Pair[] {
  const [head = "", ...lines] = csv.trim().split("\n");
  const names = head.trim().split(",");
  const cells = lines.map((line) => line.split(","));
  const pairs = cells.map((row) => [row[names.indexOf("bili")] ?? "", row[names.indexOf("albumin")] ?? ""]);
  return pairs.filter((pair) => !pair.includes("")).map(([bili, albumin]) => [Number(bili), Number(albumin)]);
}

/** Albumin on bili, both linear, is drawn; the points of the whole result. */
async function openAlbuminOnBili(page: Page): Promise<Pair[]> {
  await open(page);
  await chooseCohort(page);
  await expectMerged(page, "1,123");
  const link = page.getByRole("link", { name: "Download CSV" });
  await expect(link).toHaveAttribute("href", /id=/);
  const csv = await (await page.request.get((await link.getAttribute("href")) ?? "")).text();
  await page.getByRole("link", { name: "Plot", exact: true }).first().click();
  await page.getByTestId("plot-horizontal").selectOption({ label: "labs.bili" });
  await page.getByTestId("plot-vertical").selectOption({ label: "labs.albumin" });
  // The names of the axes are those of what is drawn, not of what was asked for.
  await expect.poll(() => writtenIn(page)).toEqual(expect.arrayContaining(["bili", "albumin"]));
  return pairsOf(csv);
}

/** Draws on the chart with a tool in hand, through places in shares of its width and height. */
async function drawWith(page: Page, tool: "Box" | "Lasso", places: Pair[]): Promise<void> {
  const held = page.getByRole("group", { name: "Selection tool" }).getByRole("button", { name: tool, exact: true });
  await held.click();
  await expect(held).toHaveAttribute("aria-pressed", "true");
  const chart = await page.getByTestId("plot-chart").boundingBox();
  if (!chart) throw new Error("the chart is not on screen");
  const pixels = places.map(([x, y]): Pair => [chart.x + x * chart.width, chart.y + y * chart.height]);
  await page.mouse.move(...(pixels[0] ?? [0, 0]));
  await page.mouse.down();
  for (const pixel of pixels.slice(1)) await page.mouse.move(...pixel, { steps: 5 });
  await page.mouse.up();
}

/** What is selected: how many points it is said to have, the part of the plot, and the points of its file. */
async function selected(page: Page): Promise<{ count: number; region: Region; file: Pair[] }> {
  const said = page.getByTestId("plot-selection");
  await expect(said).toContainText(/\d points?, [\d,]+ participants?/);
  const count = Number(/([\d,]+) point/.exec((await said.textContent()) ?? "")?.[1]?.replace(",", ""));
  const link = page.getByRole("region", { name: "Selection", exact: true }).getByRole("link", { name: "CSV", exact: true });
  const address = new URL((await link.getAttribute("href")) ?? "", page.url());
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const file = pairsOf(await readFile((await download.path()) ?? "", "utf8"));
  return { count, region: JSON.parse(address.searchParams.get("region") ?? "null"), file };
}

test("albumin on log bili in the reference cohort has the reference fit", async ({ page }) => {
  await openPlot(page);
  await albuminOnLogBili(page);
  await expect(page.getByTestId("plot-drawn")).toContainText("1,123 of 1,123 points drawn");
  const statistics = page.getByTestId("plot-statistics");
  await expect(page.getByTestId("plot-equation")).toContainText("3.489");
  await expect(page.getByTestId("plot-equation")).toContainText("0.483");
  for (const figure of ["0.213", "0.0278", "1,123", "3.87", "3.60", "3.48", "3.21"]) await expect(statistics).toContainText(figure);
});

test("each of the six plots draws, and its statistics stand beside it", async ({ page }) => {
  await openPlot(page);
  for (const kind of ["Histogram", "Box", "Violin", "Density", "Visits", "Scatter"]) {
    // "Box" is a plot and a way to select; the plots come first.
    const button = page.getByRole("button", { name: kind, exact: true }).first();
    await button.click();
    await expect(button).toHaveAttribute("aria-pressed", "true");
    await expect(page.getByTestId("plot-chart").locator("canvas").first()).toBeVisible();
    await expect(page.getByTestId("plot-statistics")).not.toBeEmpty();
  }
});

test("a choice by range is a table, survives a refresh, and downloads as CSV", async ({ page }) => {
  await openPlot(page);
  await albuminOnLogBili(page);
  await page.getByRole("button", { name: "Choose by range" }).click();
  await page.getByLabel("bili from").fill("20");
  await page.getByLabel("bili from").press("Enter");
  const selection = page.getByTestId("plot-selection");
  await expect(selection).toContainText(/\d+ points, \d+ participants/);
  const said = await selection.textContent();
  await page.reload();
  await alive(page);
  await expect(selection).toContainText(/(\d+) points/);
  expect((await selection.textContent())?.match(/\d+ points/)?.[0]).toBe(said?.match(/\d+ points/)?.[0]);
  const href = await page.getByRole("link", { name: /CSV/ }).first().getAttribute("href");
  const rows = (await (await page.request.get(href ?? "")).text()).trim().split("\n").length - 1;
  expect(`${rows} points`).toBe(said?.match(/\d+ points/)?.[0]);
});

/** What is selected is what of all points lies in a region of this shape, as said, as a table and as a file. */
async function expectSelected(page: Page, shape: string, all: Pair[]): Promise<Awaited<ReturnType<typeof selected>>> {
  const selection = await selected(page);
  const { count, region, file } = selection;
  expect(region.shape).toBe(shape);
  const inside = all.filter((point) => isIn(region, point));
  expect(inside.length).toBeGreaterThan(0);
  expect(inside.length).toBeLessThan(all.length);
  expect(count).toBe(inside.length);
  expect(file).toEqual(inside);
  const rows = page.getByRole("region", { name: "Selected rows" }).getByRole("row");
  await expect(rows).toHaveCount(1 + Math.min(count, 100));
  return selection;
}

test("a box drawn on the chart is a table of the points in it, and downloads as CSV", async ({ page }) => {
  const all = await openAlbuminOnBili(page);
  await drawWith(page, "Box", [[0.25, 0.2], [0.8, 0.75]]);
  await expectSelected(page, "box", all);
});

test("a lasso drawn on the chart is a table of the points in it, survives a refresh, and downloads as CSV", async ({ page }) => {
  const all = await openAlbuminOnBili(page);
  await drawWith(page, "Lasso", [[0.2, 0.35], [0.45, 0.2], [0.6, 0.5], [0.4, 0.75], [0.22, 0.65]]);
  const selection = await expectSelected(page, "polygon", all);
  await expectSaved(page);
  await reload(page);
  expect(await expectSelected(page, "polygon", all)).toEqual(selection);
});

test("a box drawn on the chart becomes filters that leave its points, and its selection is cleared and brought back", async ({ page }) => {
  await openAlbuminOnBili(page);
  await drawWith(page, "Box", [[0.25, 0.2], [0.8, 0.75]]);
  const { count } = await selected(page);
  const selection = page.getByRole("region", { name: "Selection", exact: true });
  await selection.getByRole("button", { name: "Clear", exact: true }).click();
  await expect(page.getByTestId("plot-selection")).toHaveText("Nothing is selected. Draw on the chart, or choose by range.");
  await page.getByRole("button", { name: "Undo" }).click();
  expect((await selected(page)).count).toBe(count);
  await selection.getByRole("button", { name: "Use as filter" }).click();
  await expect(page.getByRole("region", { name: "Notices" })).toContainText(/Filters set: bili .* to .*, albumin .* to /);
  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  await expect(page.getByRole("group", { name: "Card labs.bili", exact: true })).toBeVisible();
  await expect(page.getByRole("group", { name: "Card labs.albumin", exact: true })).toBeVisible();
  await expect(page.getByTestId("count-rows")).toHaveText(count.toLocaleString("en"));
});

test("a box drawn over dates becomes a filter by days", async ({ page }) => {
  const day = (at: number) => new Date(Date.UTC(2024, 0, 1 + 3 * at)).toISOString().slice(0, 10);
  const lines = Array.from({ length: 60 }, (_, at) => `${at + 1},${day(at)},${((at * 7) % 60) + 0.5}\n`);
  await open(page, "/data");
  await page.locator("#hf-files").setInputFiles([{ name: "scans.csv", mimeType: "text/csv", buffer: Buffer.from(`id,scanned,volume\n${lines.join("")}`) }]);
  const table = page.getByRole("region", { name: "Table scans", exact: true });
  await expect(table.getByRole("row", { name: /^scanned/ })).toContainText("2024-01-01 to 2024-06-26");
  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  await expect(page.getByTestId("merge-status")).toContainText("kept with this study");
  await page.getByRole("link", { name: "Plot", exact: true }).first().click();
  await page.getByTestId("plot-horizontal").selectOption({ label: "scans.scanned" });
  await page.getByTestId("plot-vertical").selectOption({ label: "scans.volume" });
  await expect.poll(() => writtenIn(page)).toEqual(expect.arrayContaining(["scanned", "volume"]));
  await drawWith(page, "Box", [[0.25, 0.2], [0.8, 0.75]]);
  const { count } = await selected(page);
  expect(count).toBeGreaterThan(0);
  await page.getByRole("region", { name: "Selection", exact: true }).getByRole("button", { name: "Use as filter" }).click();
  const said = /Filters set: scanned (2024-\d\d-\d\d) to (2024-\d\d-\d\d), volume .* to /;
  const notices = page.getByRole("region", { name: "Notices" });
  await expect(notices).toContainText(said);
  const [, first = "", last = ""] = said.exec((await notices.textContent()) ?? "") ?? [];
  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  const card = page.getByRole("group", { name: "Card scans.scanned", exact: true });
  await expect(card.getByLabel("scanned from")).toHaveValue(first);
  await expect(card.getByLabel("scanned to")).toHaveValue(last);
  await expect(page.getByRole("group", { name: "Card scans.volume", exact: true })).toBeVisible();
  await expect(page.getByTestId("count-rows")).toHaveText(count.toLocaleString("en"));
});

test("PNG and SVG are real pictures", async ({ page }) => {
  await openPlot(page);
  await expect(page.getByTestId("plot-chart").locator("canvas").first()).toBeVisible();
  for (const [name, start] of [["PNG", "\x89PNG"], ["SVG", "<svg"]] as const) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name, exact: true }).click()]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString("latin1").slice(0, 200)).toContain(start);
  }
});

test("the part of a chart that was zoomed to is there after a refresh, and other axes are shown whole", async ({ page }) => {
  await openPlot(page);
  const whole = await writtenIn(page);
  await page.getByRole("button", { name: "Pan", exact: true }).click();
  await page.getByTestId("plot-chart").hover();
  await page.mouse.wheel(0, -500);
  await expect.poll(() => writtenIn(page)).not.toEqual(whole);
  const part = await writtenIn(page);
  await reload(page);
  await expect.poll(() => writtenIn(page)).toEqual(part);
  await page.getByRole("button", { name: "Histogram", exact: true }).click();
  await expect(page.getByTestId("plot-drawn")).toContainText("counted");
  await page.getByRole("button", { name: "Scatter", exact: true }).click();
  await expect(page.getByTestId("plot-drawn")).toContainText("points drawn");
  await expect.poll(() => writtenIn(page)).toEqual(whole);
  await expectSaved(page);
  await reload(page);
  await expect.poll(() => writtenIn(page)).toEqual(whole);
});

test("a chart shown as a table is one in the first byte, after a refresh and on coming back", async ({ page }) => {
  await openPlot(page);
  const button = page.getByRole("button", { name: "Show as table" });
  const table = page.getByTestId("plot-table");
  await button.click();
  await expect(table).toBeVisible();
  expect(await (await page.request.get("/plot")).text()).toContain('data-testid="plot-table"');
  await reload(page);
  await expect(button).toHaveAttribute("aria-pressed", "true");
  await expect(table).toBeVisible();
  await page.getByRole("link", { name: "Data", exact: true }).first().click();
  await expect(page.getByRole("heading", { name: "Data" })).toBeVisible();
  await page.getByRole("link", { name: "Plot", exact: true }).first().click();
  await expect(table).toBeVisible();
});
