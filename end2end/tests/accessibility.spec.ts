// Every page, in light and dark, wide and narrow: axe finds nothing serious, and the keyboard gets everywhere.
import { open } from "./support/cohort";
import { expectAccessible } from "./support/axe";
import { expect, test } from "./support/fixtures";

for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, height] of [[1280, 800], [390, 844]] as const) {
    test(`axe finds nothing serious on any page, ${colorScheme}, ${width} px wide`, async ({ browser, holdfast }) => {
      const context = await browser.newContext({ baseURL: holdfast.url, colorScheme, viewport: { width, height } });
      const page = await context.newPage();
      for (const path of ["/", "/data", "/plot", "/simulations", "/settings", "/nowhere"]) {
        await open(page, path);
        if (path === "/") await expect(page.getByTestId("rows-shown")).toContainText("of 1,945");
        if (path === "/plot") await expect(page.getByTestId("plot-drawn")).toBeVisible();
        await expect(page.locator("html")).toHaveAttribute("data-theme", `holdfast-${colorScheme}`);
        await expectAccessible(page);
      }
      await context.close();
    });
  }
}

test("nothing scrolls sideways at 320 px", async ({ browser, holdfast }) => {
  const context = await browser.newContext({ baseURL: holdfast.url, viewport: { width: 320, height: 640 } });
  const page = await context.newPage();
  for (const path of ["/", "/data", "/plot", "/simulations", "/settings"]) {
    await open(page, path);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320);
  }
  await context.close();
});

test("the first Tab offers a way past the header", async ({ page }) => {
  await open(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to main" })).toBeFocused();
});
