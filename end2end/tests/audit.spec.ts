// The audit: who did what, what it changed, and whether the log is as it was written.
import { readFileSync } from "node:fs";
import { expectAccessible } from "./support/axe";
import { chooseCohort, expectSaved, open, reload } from "./support/cohort";
import { expect, test } from "./support/fixtures";

test.use({ ownServer: true });

test("what was done is found, opened with its difference, downloaded, and holds together", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectSaved(page);
  await open(page, "/states/audit");
  const changes = page.getByRole("table", { name: "Changes" });
  await expect(changes).toContainText("query.filters");

  await page.getByLabel("State", { exact: true }).fill("QUERY.filters");
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page).toHaveURL(/q=QUERY\.filters/);
  await expect(changes).not.toContainText("study.");
  const row = changes.getByRole("row").nth(1);
  await expect(row).toContainText("Guest");
  await expect(row).toContainText("127.0.0.1");
  await row.getByRole("link").click();
  await expect(page.getByRole("heading", { name: /^Change \d+$/ })).toBeVisible();
  await expect(page.getByTestId("change-lines")).toContainText("+");
  await reload(page);
  await expect(page.getByTestId("change-lines")).toContainText("+");
  await expect(changes.getByRole("row", { selected: true })).toHaveCount(1);

  await page.getByRole("button", { name: "Verify the log" }).click();
  await expect(page.getByTestId("log-checked")).toContainText(/\d+ changes, each as it was written/);
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download as CSV" }).click();
  const rows = readFileSync(await (await waiting).path(), "utf8").trim().split("\n");
  expect(rows[0]).toContain("revision,at,actor,address");
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.slice(1).every((line) => line.includes("query.filters"))).toBe(true);
});

test("a question that cannot be read is answered in words, and the old list stays", async ({ complaints, page }) => {
  complaints.expect(/422/);
  await open(page, "/states/audit");
  const changes = page.getByRole("table", { name: "Changes" });
  await expect(changes.getByRole("row").nth(1)).toBeVisible();
  await page.getByLabel("From", { exact: true }).fill("the lab");
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page.getByRole("alert")).toContainText("must be an IP address");
  await page.getByLabel("From", { exact: true }).fill("192.0.2.99");
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page.getByText("No change fits.")).toBeVisible();
});

test("a change elsewhere shows up by itself", async ({ context, page }) => {
  await open(page, "/states/audit?q=query.filters");
  await expect(page.getByText("No change fits.")).toBeVisible();
  const other = await context.newPage();
  await open(other);
  await chooseCohort(other);
  await expect(page.getByRole("table", { name: "Changes" })).toContainText("query.filters");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on Audit, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, "/states/audit");
    const first = page.getByRole("table", { name: "Changes" }).getByRole("row").nth(1);
    await first.getByRole("link").click();
    await expect(page.getByTestId("change-lines")).toBeVisible();
    await expectAccessible(page);
  });
}
