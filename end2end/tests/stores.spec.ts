// Nothing is lost: not by moving around, refreshing, closing the tab, a power cut of the server, a second tab, or a
// network that is away for a while.
import type { Page } from "@playwright/test";
import { alive, chooseCohort, expectCount, expectSaved, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";

test.use({ ownServer: true });

/** One value in every store that a person can set from a page. */
async function setEverything(page: Page): Promise<void> {
  await open(page);
  await chooseCohort(page);
  await page.getByRole("button", { name: "Wide" }).click();
  await page.getByLabel("Study name").fill("Liver study");
  await page.getByLabel("Study name").press("Enter");
  await expectCount(page, "179", "1,123");
  await page.getByRole("button", { name: /^Theme/ }).click();
  await page.getByRole("link", { name: "Plot", exact: true }).first().click();
  await page.getByRole("button", { name: "Box", exact: true }).first().click();
  await expect(page.getByRole("button", { name: "Box", exact: true }).first()).toHaveAttribute("aria-pressed", "true");
  await expectSaved(page);
}

async function expectEverything(page: Page, theme = true): Promise<void> {
  await open(page);
  await expectCount(page, "179", "1,123");
  await expect(page.getByLabel("Age from")).toHaveValue("40");
  await expect(page.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
  await expect(page.getByRole("button", { name: "Wide" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByTestId("rows-shown")).toContainText("of 179");
  await expect(page.getByLabel("Study name")).toHaveValue("Liver study");
  if (theme) await expect(page.getByRole("button", { name: "Theme: light" })).toBeVisible();
  await page.getByRole("link", { name: "Plot", exact: true }).first().click();
  await expect(page.getByRole("button", { name: "Box", exact: true }).first()).toHaveAttribute("aria-pressed", "true");
}

test("everything survives moving around and a refresh", async ({ page }) => {
  await setEverything(page);
  await page.getByRole("link", { name: "Data", exact: true }).first().click();
  await expect(page.getByRole("heading", { name: "Data" })).toBeVisible();
  await expectEverything(page);
  await page.reload();
  await alive(page);
  await expectEverything(page);
});

test("everything survives closing the tab and opening it again", async ({ context, page }) => {
  await setEverything(page);
  await page.close();
  await expectEverything(await context.newPage());
});

test("everything survives a power cut of the server", async ({ complaints, holdfast, page }) => {
  complaints.expect(/Failed to load resource|ERR_/);
  await setEverything(page);
  await holdfast.killAndRestart();
  await expectEverything(page);
});

test("a change made just before a refresh is not lost", async ({ complaints, page }) => {
  // The write may have reached the server before the refresh; the page then finds its own change there.
  complaints.expect(/status of 409 /);
  await open(page);
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await page.reload();
  await alive(page);
  await expect(page.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
  await expectSaved(page);
  await page.reload();
  await expect(page.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
});

test("two tabs see each other's change within a second", async ({ context, page }) => {
  const other = await context.newPage();
  await Promise.all([open(page), open(other)]);
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expect(other.getByRole("checkbox", { name: "f", exact: true })).toBeChecked({ timeout: 1_000 });
  await expectCount(other, "276", "1,708");
});

test("changes to different fields in two tabs at once both hold", async ({ complaints, context, page }) => {
  // Whoever writes second is told of the other's change (409), takes it in and writes again.
  complaints.expect(/status of 409 /);
  const other = await context.newPage();
  await Promise.all([open(page), open(other)]);
  await Promise.all([
    page.getByRole("checkbox", { name: "f", exact: true }).check(),
    other.getByRole("checkbox", { name: "Visit 1", exact: true }).press("Space"),
  ]);
  for (const tab of [page, other]) {
    await expect(tab.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
    await expect(tab.getByRole("checkbox", { name: "Visit 1", exact: true })).toBeChecked();
    await expect(tab.getByRole("checkbox", { name: "Visit 2", exact: true })).not.toBeChecked();
    await expectSaved(tab);
  }
});

test("an edit made offline waits with a mark and is sent when the network is back", async ({ complaints, context, page }) => {
  complaints.expect(/Failed to load resource|ERR_INTERNET_DISCONNECTED/);
  await open(page);
  await context.setOffline(true);
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expect(page.getByTestId("save-chip")).toContainText("1 not saved yet");
  await context.setOffline(false);
  await expectSaved(page);
  await page.reload();
  await expect(page.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
});

test("the theme is right in the first byte", async ({ page }) => {
  await open(page);
  for (const name of ["Theme: light", "Theme: dark"]) {
    await page.getByRole("button", { name: /^Theme/ }).click();
    await expect(page.getByRole("button", { name })).toBeVisible();
  }
  const answer = await page.request.get("/");
  expect(await answer.text()).toContain('data-theme="holdfast-dark"');
});

test("a full session storage keeps preferences in memory, with a notice", async ({ page }) => {
  await open(page);
  await page.evaluate(() => {
    const block = "x".repeat(64 * 1024);
    try {
      for (let index = 0; ; index += 1) sessionStorage.setItem(`fill ${index}`, block);
    } catch {
      // Full.
    }
    try {
      for (let index = 0; ; index += 1) sessionStorage.setItem(`rest ${index}`, "");
    } catch {
      // Full to the last byte.
    }
  });
  await page.getByRole("button", { name: /^Theme/ }).click();
  await expect(page.getByRole("button", { name: "Theme: light" })).toBeVisible();
  await expect(page.getByText("storage is full")).toBeVisible();
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expectSaved(page);
});

test("broken content in session storage is the default, not an error", async ({ context, page }) => {
  await open(page);
  await page.evaluate(() => {
    for (const key of ["hf:ui.theme", "hf:ui.query_panels", "hf:unsent:query.filters"]) sessionStorage.setItem(key, "{broken");
  });
  await context.clearCookies({ name: "hf_ui" });
  await page.reload();
  await alive(page);
  await expect(page.getByRole("button", { name: "Theme: as the system" })).toBeVisible();
  await expectCount(page, "312", "1,945");
});

test("the back button goes to the page before, with its state", async ({ page }) => {
  await open(page);
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await page.getByRole("link", { name: "Data", exact: true }).first().click();
  await expect(page).toHaveURL(/\/data$/);
  await page.getByRole("link", { name: "Plot", exact: true }).first().click();
  await expect(page).toHaveURL(/\/plot$/);
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Data" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
  await page.goForward();
  await expect(page.getByRole("heading", { name: "Data" })).toBeVisible();
});
