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

test("a cohort is chosen by dates in a plain form", async ({ page }) => {
  await page.goto("/data");
  await page.locator("#hf-files").setInputFiles([
    { name: "enrolment.csv", mimeType: "text/csv", buffer: Buffer.from("id,enrolled\n1,2024-01-10\n2,2024-02-01\n3,2024-02-29\n4,\n") },
  ]);
  await page.getByRole("button", { name: "Send the chosen files" }).click();
  await page.goto("/data");
  await expect(page.getByRole("region", { name: "Table enrolment" }).getByRole("row", { name: /^enrolled/ })).toContainText("2024-01-10 to 2024-02-29");
  await page.goto("/");
  await page.getByRole("combobox", { name: "New card" }).selectOption("enrolment.enrolled");
  await page.getByRole("button", { name: "Apply" }).first().click();
  await expect(page.getByTestId("count-participants")).toHaveText("3");
  await page.getByLabel("enrolled from", { exact: true }).fill("2024-02-01");
  await page.getByRole("button", { name: "Apply" }).first().click();
  await expect(page.getByTestId("count-participants")).toHaveText("2");
  await expect(page.getByLabel("enrolled from", { exact: true })).toHaveValue("2024-02-01");
});

test("a cohort is chosen by a part of a text in a plain form", async ({ page }) => {
  const rows = Array.from({ length: 60 }, (_, at) => `${at + 1},${at % 2 ? "Mild oedema" : "no OEDEMA"} on day ${at}\n`);
  await page.goto("/data");
  await page.locator("#hf-files").setInputFiles([{ name: "notes.csv", mimeType: "text/csv", buffer: Buffer.from(`id,note\n${rows.join("")}`) }]);
  await page.getByRole("button", { name: "Send the chosen files" }).click();
  await page.goto("/data");
  await expect(page.getByRole("region", { name: "Table notes", exact: true })).toBeVisible();
  await page.goto("/");
  await page.getByRole("combobox", { name: "New card" }).selectOption("notes.note");
  await page.getByRole("button", { name: "Apply" }).first().click();
  await expect(page.getByTestId("count-participants")).toHaveText("60");
  await page.getByLabel("note contains", { exact: true }).fill("Oedema");
  await page.getByLabel("note without", { exact: true }).fill("mild");
  await page.getByRole("button", { name: "Apply" }).first().click();
  await expect(page.getByTestId("count-participants")).toHaveText("30");
  await expect(page.getByLabel("note contains", { exact: true })).toHaveValue("Oedema");
  await expect(page.getByLabel("note without", { exact: true })).toHaveValue("mild");
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

test("a plot that scripts showed as a table is a chart again after a plain form reset the preferences", async ({ context, holdfast, page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Apply" }).first().click();
  await expect(page.getByTestId("merge-status")).toContainText("kept with this study");
  const value = encodeURIComponent(JSON.stringify({ "ui.plot_table": true }));
  await context.addCookies([{ name: "hf_ui", value, url: holdfast.url }]);
  await page.goto("/plot");
  await expect(page.getByTestId("plot-table")).toBeVisible();
  await page.goto("/settings");
  await page.getByRole("button", { name: "Reset preferences" }).click();
  await expect(page).toHaveURL(/\/settings$/);
  await page.goto("/plot");
  await expect(page.getByTestId("plot-chart")).toBeAttached();
  await expect(page.getByTestId("plot-table")).toHaveCount(0);
});
