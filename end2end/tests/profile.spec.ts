// Profile: a table described, compared and taken home.
import { readFileSync } from "node:fs";
import { expectAccessible } from "./support/axe";
import { open } from "./support/cohort";
import { expect, test } from "./support/fixtures";

test("a table is described, another one is chosen, and the choice is in the address", async ({ page }) => {
  await open(page, "/profile");
  const columns = page.getByRole("table", { name: "Columns" });
  await expect(columns.getByRole("row").nth(1)).toBeVisible();
  await expect(page.getByTestId("profile-facts")).toContainText("all rows were looked at");
  const choice = page.getByLabel("Table", { exact: true });
  const other = await choice.locator("option").nth(1).textContent();
  await choice.selectOption(other ?? "");
  await expect(page).toHaveURL(new RegExp(`table=${other}`));
  await page.getByRole("button", { name: "All rows" }).click();
  await expect(page).toHaveURL(/extent=full/);
  await page.reload();
  await expect(choice).toHaveValue(other ?? "");
  await expect(page.getByRole("table", { name: "Correlations" })).toBeVisible();
});

test("a profile is taken home as HTML and JSON", async ({ page }) => {
  await open(page, "/profile");
  await expect(page.getByRole("table", { name: "Columns" })).toBeVisible();
  for (const [name, needle] of [["HTML", "<h1>Profile of"], ["JSON", '"correlations"']] as const) {
    const waiting = page.waitForEvent("download");
    await page.getByRole("link", { name }).click();
    expect(readFileSync(await (await waiting).path(), "utf8")).toContain(needle);
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on Profile, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, "/profile");
    await expect(page.getByRole("table", { name: "Columns" })).toBeVisible();
    await expectAccessible(page);
  });
}
