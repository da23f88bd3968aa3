// Everything that was written is a state: found, read with its history, compared, moved, rolled back, live.
import { expectAccessible } from "./support/axe";
import { chooseCohort, expectCount, expectSaved, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";

test.use({ ownServer: true });

test("what was chosen on Query is a state with a history, and rolls back live on Query", async ({ complaints, context, page }) => {
  // Rows of a result may be asked for just as a newer one takes its place; Query then shows the newer one's.
  complaints.expect(/status of 404 /);
  await open(page);
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expectSaved(page);
  await page.getByRole("checkbox", { name: "f", exact: true }).uncheck();
  await page.getByRole("checkbox", { name: "m", exact: true }).check();
  await expectSaved(page);
  await expectCount(page, "36", "237");

  const states = await context.newPage();
  await open(states, "/states");
  await states.getByRole("link", { name: "query.filters" }).click();
  await expect(states.getByTestId("state-status")).toHaveText("active");
  const history = states.getByRole("list", { name: "History" });
  await expect(history.getByRole("listitem").last()).toContainText("create");
  await expect(history.getByRole("listitem").last()).toContainText("this workspace");

  await states.getByLabel("Older version").selectOption({ label: "v1" });
  const content = states.getByTestId("state-content");
  await expect(content).toContainText('"f"');
  await expect(content.locator(".bg-del")).toContainText('"f"');
  await expect(content.locator(".bg-add")).toContainText('"m"');
  await states.getByRole("tab", { name: "Patch" }).click();
  await expect(content).toContainText('"op": "replace"');

  await expect(states.getByText(/Writes v\d+ with the content of v1\. Nothing is erased\./)).toBeVisible();
  await states.getByRole("button", { name: "Roll back" }).click();
  await expect(history.getByRole("listitem").first()).toContainText("rollback");
  await expect(page.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
  await expectCount(page, "276", "1,708");
  await states.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("checkbox", { name: "m", exact: true })).toBeChecked();
  await expectCount(page, "36", "237");
});

test("only transitions that the lifecycle has are offered, and what is deleted comes back from its history", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectSaved(page);
  await open(page, "/states");
  await page.getByRole("link", { name: "query.filters" }).click();
  const transitions = page.getByRole("group", { name: "Transitions" });
  await expect(transitions.getByRole("button")).toHaveText(["expire", "delete"]);
  await expect(page.getByText("Not offered: activate, suspend, resume")).toBeVisible();
  await transitions.getByRole("button", { name: "delete" }).click();
  await expect(page.getByTestId("state-status")).toHaveText("deleted");
  await expect(page.getByRole("link", { name: "query.filters" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByTestId("state-status")).toHaveText("deleted");
  await page.getByRole("button", { name: "Roll back" }).click();
  await expect(page.getByTestId("state-status")).toHaveText("active");
  await expect(page.getByRole("link", { name: "query.filters" })).toBeVisible();
  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  await expectCount(page, "179", "1,123");
});

test("a state is found by name, kind and status, and another browser's never", async ({ browser, holdfast, page }) => {
  await open(page);
  await chooseCohort(page);
  await expectSaved(page);
  await open(page, "/states");
  await expect(page.getByRole("link", { name: "query.filters" })).toBeVisible();
  await page.getByLabel("Kind").selectOption("store");
  await page.getByLabel("Search states").fill("filters");
  await page.getByLabel("Search states").press("Enter");
  await expect(page.getByTestId("states-found")).toHaveText("1 state");
  await page.getByLabel("Search states").fill("nothing like it");
  await page.getByLabel("Search states").press("Enter");
  await expect(page.getByTestId("states-found")).toHaveText("No state");

  await page.getByLabel("Search states").fill("filters");
  await page.getByLabel("Search states").press("Enter");
  await page.getByRole("link", { name: "query.filters" }).click();
  await expect(page.getByTestId("state-status")).toBeVisible();
  const stranger = await browser.newContext({ baseURL: holdfast.url });
  const other = await stranger.newPage();
  await open(other, new URL(page.url()).pathname + new URL(page.url()).search);
  await expect(other.getByText("This state is not here.")).toBeVisible();
  await stranger.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on States, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page);
    await page.getByRole("checkbox", { name: "f", exact: true }).check();
    await expectSaved(page);
    await open(page, "/states");
    await page.getByRole("link", { name: "query.filters" }).click();
    await expect(page.getByTestId("state-status")).toBeVisible();
    await expectAccessible(page);
  });
}

test("the save mark leads to the history of everything saved", async ({ page }) => {
  await open(page);
  await chooseCohort(page);
  await expectSaved(page);
  await page.getByRole("link", { name: /^History, version v\d+/ }).click();
  await expect(page).toHaveURL(/\/states$/);
  await expect(page.getByRole("link", { name: "query.filters" })).toBeVisible();
});
