// The pictures in docs/screenshots/: each page, wide and on a phone, light and dark, with the reference cohort.
import { fileURLToPath } from "node:url";
import { chooseCohort, expectMerged, expectSaved, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import type { Page } from "@playwright/test";

const folder = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const pages = {
  query: "/",
  data: "/data",
  plot: "/plot",
  states: "/states",
  simulations: "/simulations",
  profile: "/profile",
  monitor: "/monitor",
  configurations: "/configurations",
  editor: "/configurations/aflibercept_te.yaml",
  settings: "/settings",
  account: "/account",
};

/** A run of the standard protocol; its id. */
async function order(page: Page, name: string, seed: string): Promise<string> {
  await open(page, "/simulations");
  await page.getByRole("button", { name: "New run" }).click();
  const form = page.getByRole("form", { name: "New run" });
  await form.getByLabel("Patients").fill("2000");
  await form.getByLabel("Years").fill("5");
  await form.getByLabel("Seed").fill(seed);
  await form.getByLabel("Name").fill(name);
  await form.getByRole("button", { name: "Start" }).click();
  const link = page.getByRole("link", { name, exact: true });
  await page.getByRole("row").filter({ has: link }).filter({ hasText: "ran in" }).waitFor();
  return (await link.getAttribute("href"))?.split("/").pop() ?? "";
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries({ wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } })) {
    test(`${colorScheme} ${size}`, async ({ browser, holdfast }) => {
      const context = await browser.newContext({ baseURL: holdfast.url, colorScheme, viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      await open(page);
      await chooseCohort(page);
      await expectMerged(page, "1,123");
      await expectSaved(page);
      const runs = [await order(page, "Base case", "1"), await order(page, "Another seed", "2"), await order(page, "A third seed", "3")];
      await page.setViewportSize(viewport);
      const all = { ...pages, analysis: `/simulations/${runs[0]}`, compare: `/compare?runs=${runs.join(",")}` };
      for (const [name, path] of Object.entries(all)) {
        await open(page, path);
        if (name === "plot") await expect(page.getByTestId("plot-chart").locator("canvas").first()).toBeVisible();
        if (name === "states") {
          await page.getByRole("link", { name: "query.filters" }).click();
          await expect(page.getByTestId("state-status")).toBeVisible();
        }
        await page.waitForTimeout(name === "analysis" || name === "compare" ? 2_000 : 600); // Fonts and the chart's first frame.
        await page.screenshot({ path: `${folder}${name}-${colorScheme}-${size}.png` });
      }
      await context.close();
    });
  }
}
