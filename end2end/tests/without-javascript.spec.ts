// JavaScript off: pages are plain HTML with forms, and state is kept all the same.
import { expect, test } from "./support/fixtures";

test.use({ javaScriptEnabled: false });

test("a cohort is chosen and merged by a plain form, and is there on the next visit", async ({ context, page }) => {
  await page.goto("/");
  await expect(page.getByTestId("count-participants")).toHaveText("312");
  await page.getByLabel("Age from").first().fill("40");
  await page.getByLabel("Age to").first().fill("60");
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await page.getByRole("button", { name: "Apply" }).first().click();
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByTestId("count-participants")).toHaveText("179");
  await expect(page.getByTestId("count-rows")).toHaveText("1,123");
  await expect(page.getByText("58.77").first()).toBeVisible();
  const again = await context.newPage();
  await again.goto("/");
  await expect(again.getByTestId("count-participants")).toHaveText("179");
});

test("the query and its summary are taken home by a plain form", async ({ page }) => {
  await page.goto("/");
  for (const [entry, end] of [["Query (TOML)", ".toml"], ["Summary (ZIP)", ".zip"]] as const) {
    await page.getByRole("button", { name: "Download format" }).click();
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: entry }).click();
    expect((await coming).suggestedFilename()).toContain(end);
    await page.keyboard.press("Escape");
  }
});

test("files are sent, and tables removed, by plain forms", async ({ complaints, page }) => {
  complaints.expect(/status of 422 /);
  await page.goto("/data");
  await expect(page.getByTestId("data-summary")).toContainText("3 tables");
  await page.locator("#hf-files").setInputFiles([
    { name: "plain.csv", mimeType: "text/csv", buffer: Buffer.from("id,visit,x\n1,1,2\n") },
    { name: "bad.csv", mimeType: "text/csv", buffer: Buffer.from("id,x\n1\n2,3,4,5\n") },
  ]);
  await page.getByRole("button", { name: "Send the chosen files" }).click();
  await expect(page.getByText(/bad\.csv, line/)).toBeVisible();
  await page.goto("/data");
  await expect(page.getByRole("region", { name: "Table plain" })).toBeVisible();
  await page.getByRole("button", { name: "Remove plain" }).click();
  await expect(page.getByRole("region", { name: "Table plain" })).toHaveCount(0);
});

test("the merge keys are chosen by a plain form", async ({ page }) => {
  await page.goto("/data");
  const keys = page.getByRole("complementary", { name: "Merge keys" });
  await expect(keys.getByText("found", { exact: true })).toBeVisible();
  await keys.getByRole("button", { name: "Use these keys" }).click();
  await expect(keys.getByText("chosen", { exact: true })).toBeVisible();
});

test("the plot page says what it can without a picture", async ({ page }) => {
  await page.goto("/plot");
  await expect(page.getByRole("heading").first()).toBeVisible();
});

test("theme and defaults are chosen by plain forms, and hold on the other pages", async ({ page }) => {
  await page.goto("/settings");
  await page.getByRole("radio", { name: "Dark", exact: true }).check();
  await page.getByRole("button", { name: "Use this theme" }).click();
  await expect(page).toHaveURL(/\/settings$/);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "holdfast-dark");
  await page.getByLabel("Rows of the merged result").selectOption("wide");
  await page.getByRole("button", { name: "Use these defaults" }).click();
  await expect(page.getByLabel("Rows of the merged result")).toHaveValue("wide");
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "holdfast-dark");
  await expect(page.getByRole("button", { name: "Wide" })).toHaveAttribute("aria-pressed", "true");
  await page.goto("/settings");
  await expect(page.getByTestId("settings-data")).toContainText("0 B of");
  await page.getByRole("button", { name: "Reset preferences" }).click();
  await expect(page.getByRole("radio", { name: "As the system" })).toBeChecked();
});
