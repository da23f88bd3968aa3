// Everything that was written is a state: found, read with its history, compared, moved, rolled back, live.
import { expectAccessible } from "./support/axe";
import { chooseCohort, expectCount, expectSaved, open, reload } from "./support/cohort";
import { expect, test } from "./support/fixtures";

test.use({ ownServer: true });

test("what was chosen on Query is a state with a history, and rolls back live on Query", async ({ context, page }) => {
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
  await states.getByRole("tab", { name: "Side by side" }).click();
  const changed = content.getByRole("row").filter({ has: states.locator("td.bg-del") });
  await expect(changed.locator("td").nth(0)).toContainText('"f"');
  await expect(changed.locator("td").nth(1)).toContainText('"m"');
  await states.getByRole("tab", { name: "Patch" }).click();
  await expect(content).toContainText('"op": "replace"');

  await expect(states.getByText(/Writes v\d+ with the content of v1\. Nothing is erased\./)).toBeVisible();
  // It is of what is there now, whatever is compared above.
  await states.getByLabel("Newer version").selectOption({ label: "v1" });
  await states.getByText("What it changes: 1 added, 1 removed").click();
  const preview = states.getByRole("region", { name: "What rolling back changes" });
  await expect(preview.locator(".bg-del")).toContainText('"m"');
  await expect(preview.locator(".bg-add")).toContainText('"f"');
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
  await reload(page);
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

test("a state is found by a field of its content, and a condition that is none is told with its column", async ({ complaints, page }) => {
  complaints.expect(/status of 422 /);
  await open(page);
  await chooseCohort(page);
  await expectSaved(page);
  await open(page, "/states");
  const search = page.getByLabel("Search states");
  await search.fill('data.sex = "f"');
  await expect(page.getByTestId("states-found")).toHaveText("1 state");
  await expect(page.getByRole("link", { name: "query.filters" })).toBeVisible();
  await expect(page).toHaveURL(/q=data\.sex/);
  await reload(page);
  await expect(search).toHaveValue('data.sex = "f"');
  await expect(page.getByTestId("states-found")).toHaveText("1 state");
  await search.fill("kind = store");
  await expect(page.getByRole("alert")).toContainText("column 8");
  await search.fill("");
  await expect(page.getByRole("link", { name: "query.filters" })).toBeVisible();
});

test("a second browser with the same session sees a roll back and its history at once", async ({ browser, context, holdfast, page }) => {
  await open(page);
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expectSaved(page);
  await page.getByRole("checkbox", { name: "m", exact: true }).check();
  await expectSaved(page);
  await open(page, "/states");
  await page.getByRole("link", { name: "query.filters" }).click();
  await expect(page.getByTestId("state-status")).toBeVisible();
  const second = await browser.newContext({ baseURL: holdfast.url, storageState: await context.storageState() });
  const other = await second.newPage();
  await open(other, new URL(page.url()).pathname + new URL(page.url()).search);
  const version = await other.getByTestId("state-version").textContent();
  await page.getByLabel("Older version").selectOption({ label: "v1" });
  await page.getByRole("button", { name: "Roll back" }).click();
  await expect(other.getByTestId("state-version")).not.toHaveText(version ?? "");
  await expect(other.getByRole("list", { name: "History" }).getByRole("listitem").first()).toContainText("rollback");
  await second.close();
});

test("without JavaScript states are searched by a plain form", async ({ browser, context, holdfast, page }) => {
  await open(page);
  await chooseCohort(page);
  await expectSaved(page);
  const plain = await browser.newContext({ baseURL: holdfast.url, javaScriptEnabled: false, storageState: await context.storageState() });
  const states = await plain.newPage();
  await states.goto("/states");
  await states.getByLabel("Search states").fill('data.sex = "f"');
  await states.getByRole("button", { name: "Search" }).click();
  await expect(states.getByTestId("states-found")).toHaveText("1 state");
  await states.getByRole("link", { name: "query.filters" }).click();
  await expect(states.getByTestId("state-status")).toHaveText("active");
  await plain.close();
});

test("a list of several pages is scrolled to its end, and only the rows on screen are made", async ({ page }) => {
  test.slow(); // 120 tables are imported first; a study has 200 at most.
  await open(page, "/data"); // Query would merge, and what it merges is a dataset too.
  await page.evaluate(async () => {
    for (let n = 0; n < 120; n += 1) {
      const answer = await fetch(`/data/upload?name=table_${n}.csv`, { method: "POST", body: "id,x\n1,2\n" });
      if (!answer.ok) throw new Error(`table ${n}: ${answer.status}`);
    }
  });
  await open(page, "/states?kind=dataset");
  await expect(page.getByTestId("states-found")).toHaveText("123 states");
  const list = page.getByRole("table", { name: "States found" });
  const oldest = page.getByRole("link", { name: "demographics", exact: true });
  await expect(oldest).toHaveCount(0);
  await expect(async () => {
    await list.evaluate((table) => table.parentElement?.scrollTo(0, table.scrollHeight));
    await expect(oldest).toBeVisible({ timeout: 300 });
  }).toPass();
  expect(await list.getByRole("row").count()).toBeLessThan(60);
  await oldest.click();
  await expect(page.getByTestId("state-status")).toHaveText("active");
});
