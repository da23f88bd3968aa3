// The merged result as a picture: six plots, statistics with reference answers, a selection that is a table.
import type { Page } from "@playwright/test";
import { alive, chooseCohort, expectMerged, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";

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
