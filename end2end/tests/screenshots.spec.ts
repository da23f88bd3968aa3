// The pictures in docs/screenshots/: each page, wide and on a phone, light and dark, with the reference cohort.
import { fileURLToPath } from "node:url";
import { chooseCohort, expectMerged, expectSaved, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";

const folder = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const pages = { query: "/", data: "/data", plot: "/plot", states: "/states" };

for (const colorScheme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries({ wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } })) {
    test(`${colorScheme} ${size}`, async ({ browser, holdfast }) => {
      const context = await browser.newContext({ baseURL: holdfast.url, colorScheme, viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      await open(page);
      await chooseCohort(page);
      await expectMerged(page, "1,123");
      await expectSaved(page);
      await page.setViewportSize(viewport);
      for (const [name, path] of Object.entries(pages)) {
        await open(page, path);
        if (name === "plot") await expect(page.getByTestId("plot-chart").locator("canvas").first()).toBeVisible();
        if (name === "states") {
          await page.getByRole("link", { name: "query.filters" }).click();
          await expect(page.getByTestId("state-status")).toBeVisible();
        }
        await page.waitForTimeout(600); // Fonts and the chart's first frame.
        await page.screenshot({ path: `${folder}${name}-${colorScheme}-${size}.png` });
      }
      await context.close();
    });
  }
}
