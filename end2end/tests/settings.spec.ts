// Settings: what a person prefers holds on every page; what an operator chose is for administrators, without secrets.
import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { expectMerged, expectSaved, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import { addUser, logIn } from "./support/people";

test.use({ ownServer: { STATE_REDIS_URL: "redis://ada:hush-hush@localhost:6379/0" } });

const SHAPE = "Rows of the merged result";

function theme(page: Page, name: string) {
  return page.getByRole("radio", { name, exact: true });
}

test("a theme chosen here holds at once and after a reload, without a flash", async ({ page }) => {
  await open(page);
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page).toHaveURL(/\/settings$/);
  await expect(page).toHaveTitle("Settings · Holdfast");
  await theme(page, "Dark").check();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "holdfast-dark");
  await expect(page.getByRole("button", { name: "Theme: dark" })).toBeVisible();
  await page.addInitScript(() => {
    const changes: string[] = [];
    Object.assign(globalThis, { themeChanges: changes });
    const observer = new MutationObserver((all) => changes.push(...all.map(({ attributeName }) => String(attributeName))));
    observer.observe(document, { subtree: true, attributeFilter: ["data-theme"] });
  });
  await open(page, "/settings");
  await expect(theme(page, "Dark")).toBeChecked();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "holdfast-dark");
  expect(await page.evaluate(() => (globalThis as unknown as { themeChanges: string[] }).themeChanges)).toEqual([]);
  await page.getByRole("button", { name: "Theme: dark" }).click();
  await expect(theme(page, "As the system")).toBeChecked();
});

test("a page changes with the system's theme for who follows it, and not for who chose one", async ({ page }) => {
  const html = page.locator("html");
  await open(page, "/settings");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(html).toHaveAttribute("data-theme", "holdfast-dark");
  await theme(page, "Light").check();
  await expect(html).toHaveAttribute("data-theme", "holdfast-light");
  await page.emulateMedia({ colorScheme: "light" });
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(html).toHaveAttribute("data-theme", "holdfast-light");
  await theme(page, "As the system").check();
  await expect(html).toHaveAttribute("data-theme", "holdfast-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await expect(html).toHaveAttribute("data-theme", "holdfast-light");
});

test("defaults chosen here are those of Query and Plot, and the other way round", async ({ context, page }) => {
  await open(page, "/settings");
  await page.getByLabel(SHAPE).selectOption("wide");
  await page.getByLabel("Kind of plot").selectOption("box");
  await page.getByRole("checkbox", { name: "Fold the column chooser" }).check();
  await expectSaved(page);
  const other = await context.newPage();
  await open(other);
  await expect(other.getByRole("button", { name: "Wide" })).toHaveAttribute("aria-pressed", "true");
  await expect(other.getByTestId("rows-shown")).toContainText("of 312");
  await expect(other.getByRole("button", { name: "Fold the columns away" })).toHaveCount(0);
  await other.getByRole("button", { name: "Long" }).click();
  await expect(page.getByLabel(SHAPE)).toHaveValue("long");
  // Its result is there before Plot asks for one.
  await expectMerged(other, "1,945");
  await open(other, "/plot");
  const kinds = other.getByRole("group", { name: "Kind of plot" });
  await expect(kinds.getByRole("button", { name: "Box" })).toHaveAttribute("aria-pressed", "true");
});

test("preferences are reset, and the reset is undone", async ({ page }) => {
  await open(page, "/settings");
  await theme(page, "Dark").check();
  await page.getByLabel("Tool on a plot").selectOption("pan");
  await page.getByLabel(SHAPE).selectOption("wide");
  await page.getByRole("button", { name: "Reset preferences" }).click();
  await expect(theme(page, "As the system")).toBeChecked();
  await expect(page.getByLabel("Tool on a plot")).toHaveValue("lasso");
  await expect(page.getByLabel(SHAPE), "the study stays as it is").toHaveValue("wide");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(theme(page, "Dark")).toBeChecked();
  await expect(page.getByLabel("Tool on a plot")).toHaveValue("pan");
  await open(page, "/settings");
  await expect(page.getByLabel("Tool on a plot")).toHaveValue("pan");
});

test("a plot shown as a table is a chart again after a reset of preferences, and a table after its undo", async ({ page }) => {
  await open(page);
  await expectMerged(page, "1,945");
  await page.getByRole("link", { name: "Plot", exact: true }).first().click();
  const button = page.getByRole("button", { name: "Show as table" });
  const table = page.getByTestId("plot-table");
  await button.click();
  await expect(table).toBeVisible();
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Reset preferences" }).click();
  await expect(page.getByRole("region", { name: "Notices" })).toContainText("Preferences are as at first.");
  await page.getByRole("link", { name: "Plot", exact: true }).first().click();
  await expect(button).toHaveAttribute("aria-pressed", "false");
  await expect(table).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(button).toHaveAttribute("aria-pressed", "true");
  await expect(table).toBeVisible();
});

test("the columns, tables and room of the study are told", async ({ page }) => {
  await open(page, "/settings");
  const data = page.getByTestId("settings-data");
  await expect(data).toContainText(/Column of the participant\s*id/);
  await expect(data).toContainText("3 tables");
  await expect(data).toContainText("0 B of 107.4 GB");
  await page.getByRole("link", { name: "Correct the columns on Data" }).click();
  await expect(page.getByRole("complementary", { name: "Merge keys" })).toBeVisible();
});

test("an administrator sees and finds the server's settings, and no secret; others see none", async ({ browser, holdfast, page }) => {
  addUser(holdfast, "ada@lab.org", "Ada Lovelace", "admin");
  addUser(holdfast, "bob@lab.org", "Bob Noyce", "editor");
  await logIn(page, "ada@lab.org");
  await open(page, "/settings");
  await expect(page.getByTestId("server-facts")).toContainText(holdfast.dataDir);
  const settings = page.getByRole("group", { name: "Settings of this server" }).getByRole("row");
  await page.getByLabel("Find a setting").fill("redis_url");
  await expect(settings).toHaveCount(2);
  await expect(settings.last()).toContainText("redis://…@localhost:6379/0");
  await expect(settings.last()).toContainText("environment: STATE_REDIS_URL");
  const source = await (await page.request.get("/settings")).text();
  expect(source).toContain("state.redis_url");
  for (const text of [source, await page.content()]) expect(text).not.toContain("hush-hush");

  const context = await browser.newContext({ baseURL: holdfast.url });
  const other = await context.newPage();
  await logIn(other, "bob@lab.org");
  await open(other, "/settings");
  await expect(other.getByText("Administrators of this server see here")).toBeVisible();
  const theirs = await (await other.request.get("/settings")).text();
  expect(theirs).not.toContain("redis_url");
  expect(theirs).not.toContain(holdfast.dataDir);
  await context.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, height] of [[1280, 800], [390, 844]] as const) {
    test(`axe finds nothing serious on Settings, ${colorScheme}, ${width} px wide`, async ({ browser, holdfast }) => {
      const context = await browser.newContext({ baseURL: holdfast.url, colorScheme, viewport: { width, height } });
      const page = await context.newPage();
      await open(page, "/settings");
      await expect(page.getByLabel("Find a setting")).toBeVisible();
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await context.close();
    });
  }
}
