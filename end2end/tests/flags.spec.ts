// Feature flags: switched on a page, followed by every open page, ruled by percentage and by name.
import { expectAccessible } from "./support/axe";
import { open, reload } from "./support/cohort";
import { expect, test } from "./support/fixtures";

test.use({ ownServer: true });

test("a feature that is switched off goes away on an open page, in another browser too, and comes back", async ({ browser, holdfast, page }) => {
  await open(page, "/states/flags");
  const other = await browser.newContext({ baseURL: holdfast.url });
  const query = await other.newPage();
  await open(query);
  await expect(query.getByRole("button", { name: "Save query" })).toBeVisible();
  await page.getByRole("switch", { name: "Saved queries is on" }).click();
  await expect(query.getByRole("button", { name: "Save query" })).toHaveCount(0);
  await expect(page.getByRole("switch", { name: "Saved queries is on" })).not.toBeChecked();
  await reload(query);
  await expect(query.getByRole("button", { name: "Save query" })).toHaveCount(0);
  await page.getByRole("switch", { name: "Saved queries is on" }).click();
  await expect(query.getByRole("button", { name: "Save query" })).toBeVisible();
  await other.close();
});

test("a rule by name wins over the percentage, survives a power cut, and has its history", async ({ browser, complaints, holdfast, page }) => {
  complaints.expect(/Failed to load resource|ERR_/);
  await open(page, "/states/flags");
  const card = page.getByRole("listitem").filter({ hasText: "Parquet download" });
  await card.getByLabel("Percentage").fill("0");
  await card.getByRole("button", { name: "On for me" }).click();
  await card.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByText("Saved. Open pages follow within a second.")).toBeVisible();
  await expect(card).toContainText("on for you");
  await holdfast.killAndRestart();

  await open(page);
  await page.getByRole("button", { name: "Download format" }).click();
  await expect(page.getByRole("link", { name: /^Parquet/ })).toBeVisible();
  const stranger = await browser.newContext({ baseURL: holdfast.url });
  const other = await stranger.newPage();
  await open(other);
  await other.getByRole("button", { name: "Download format" }).click();
  await expect(other.getByRole("link", { name: /^CSV/ })).toBeVisible();
  await expect(other.getByRole("link", { name: /^Parquet/ })).toBeHidden();
  await stranger.close();

  await open(page, "/states/flags");
  await card.getByRole("link", { name: /^v\d+/ }).click();
  await expect(page.getByRole("heading", { name: "Parquet download" })).toBeVisible();
  await expect(page.getByRole("list", { name: "History" }).getByRole("listitem").first()).toContainText("update");
});

test("a percentage that is none is refused in words", async ({ page }) => {
  await open(page, "/states/flags");
  const card = page.getByRole("listitem").filter({ hasText: "Saved queries" });
  await card.getByLabel("Percentage").fill("many");
  await card.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByRole("alert")).toContainText("a number from 0 to 100");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on Flags, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, "/states/flags");
    await expect(page.getByRole("switch").first()).toBeVisible();
    await expectAccessible(page);
  });
}
