// Nothing is lost: not by moving around, refreshing, closing the tab, a power cut of the server, a second tab, or a
// network that is away for a while.
import type { Page } from "@playwright/test";
import { alive, chooseCohort, expectCount, expectMerged, expectSaved, open } from "./support/cohort";
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
  // The result is there before Plot asks for it.
  await expectMerged(page, "179");
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

test("two tabs see each other's change", async ({ context, page }) => {
  const other = await context.newPage();
  await Promise.all([open(page), open(other)]);
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expect(other.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
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

for (const [outage, answer] of Object.entries({
  "a gateway without a server": { status: 502, contentType: "text/html", body: "<html><h1>502 Bad Gateway</h1></html>" },
  "a server without its database": { status: 500, json: { error: "internal", detail: { reference: "0" } } },
})) {
  test(`an edit made before ${outage} waits, also through a refresh, and is sent later`, async ({ complaints, context, page }) => {
    complaints.expect(/status of (500|502) /);
    await open(page);
    await page.route("**/api/write_store", (route) => route.fulfill(answer));
    await page.getByRole("checkbox", { name: "f", exact: true }).check();
    await expect(page.getByTestId("save-chip")).toContainText("1 not saved yet");
    await page.reload();
    await alive(page);
    await expect(page.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
    await page.unroute("**/api/write_store");
    await expectSaved(page);
    await expect(page.getByText("was not kept")).toHaveCount(0);
    const other = await context.newPage();
    await open(other);
    await expect(other.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
  });
}

test("edits during an outage do not multiply what is tried again", async ({ complaints, page }) => {
  complaints.expect(/status of 502 /);
  let tried = 0;
  await open(page);
  await page.route("**/api/write_store", (route) => {
    tried += 1;
    return route.fulfill({ status: 502, contentType: "text/html", body: "Bad Gateway" });
  });
  for (let edit = 1; edit <= 6; edit += 1) {
    await page.getByRole("checkbox", { name: "f", exact: true }).press("Space");
    await expect.poll(() => tried).toBeGreaterThanOrEqual(edit);
    await expect(page.getByTestId("save-chip")).toContainText("1 not saved yet");
  }
  const before = tried;
  await page.waitForTimeout(5_000);
  expect(tried - before).toBeLessThanOrEqual(4);
});

test("an edit that follows one whose answer was lost is kept, and nobody is asked", async ({ complaints, page }) => {
  complaints.expect(/status of 409 |ERR_FAILED/);
  await open(page);
  // What is under way when answers come again is lost as well: a route that is taken away meanwhile would let it go on.
  let areLost = true;
  await page.route("**/api/write_store", async (route) => {
    if (!areLost) return route.continue();
    await route.fetch();
    await route.abort();
  });
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expect(page.getByTestId("save-chip")).toContainText("1 not saved yet");
  await page.getByRole("checkbox", { name: "f", exact: true }).uncheck();
  await page.getByRole("checkbox", { name: "m", exact: true }).check();
  areLost = false;
  await expectSaved(page);
  await expect(page.getByRole("button", { name: "Use mine" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("checkbox", { name: "m", exact: true })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "f", exact: true })).not.toBeChecked();
});

test("an edit that the write before it took along is not written again", async ({ page }) => {
  await open(page);
  const boxes = (name: string) => page.getByRole("checkbox", { name, exact: true });
  const sent: string[] = [];
  // The second edit is made while the first is written: the next write follows at once, before the edit's own quiet time is over.
  await page.route("**/api/write_store", async (route) => {
    sent.push(route.request().postData() ?? "");
    const answer = await route.fetch();
    if (sent.length === 1) await boxes("m").check();
    await route.fulfill({ response: answer });
  });
  await boxes("f").check();
  await expect.poll(() => sent.length).toBe(2);
  await expectSaved(page);
  await page.waitForTimeout(500);
  expect(sent).toHaveLength(2);
  expect(sent[1]).not.toBe(sent[0]);
});

test("a change made just before the tab is closed is there in the next one", async ({ context, page }) => {
  await open(page);
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
  const next = await context.newPage();
  await open(next);
  await expect(next.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
});

test("closing a tab with something that waits asks first", async ({ complaints, context, page }) => {
  complaints.expect(/Failed to load resource|ERR_INTERNET_DISCONNECTED/);
  await open(page);
  await context.setOffline(true);
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expect(page.getByTestId("save-chip")).toContainText("1 not saved yet");
  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const question = await asked;
  expect(question.type()).toBe("beforeunload");
  await question.dismiss();
  await context.setOffline(false);
  await expectSaved(page);
  await expect(page.getByRole("checkbox", { name: "f", exact: true })).toBeChecked();
});

test("a query saved in a tab that is offline meets the one that another tab saved meanwhile", async ({ complaints, context, page }) => {
  complaints.expect(/status of 409 |ERR_INTERNET_DISCONNECTED/);
  const save = async (tab: Page, name: string) => {
    await tab.getByRole("button", { name: "Save query" }).click();
    await tab.getByLabel("Name of the query").fill(name);
    await tab.getByRole("button", { name: "Save", exact: true }).click();
  };
  const other = await context.newPage();
  await Promise.all([open(page), open(other)]);
  await page.route("**/api/write_store", (route) => route.abort("internetdisconnected"));
  await save(page, "Saved offline");
  await expect(page.getByTestId("save-chip")).toContainText("1 not saved yet");
  await save(other, "Saved elsewhere");
  await expectSaved(other);
  await page.unroute("**/api/write_store");
  for (const tab of [page, other]) {
    await expectSaved(tab);
    await tab.getByRole("button", { name: "Save query" }).click();
    for (const name of [/^Saved offline/, /^Saved elsewhere/]) {
      await expect(tab.getByRole("button", { name })).toBeVisible();
    }
  }
  await expect(page.getByRole("button", { name: "Use mine" })).toHaveCount(0);
});

test("what one tab hears comes again after the server refused to tell", async ({ complaints, context, page }) => {
  complaints.expect(/status of 502 /);
  let refused = 0;
  await context.route(/\/events\?/, (route) => {
    refused += 1;
    return route.fulfill({ status: 502, contentType: "text/html", body: "Bad Gateway" });
  });
  await open(page);
  await expect.poll(() => refused).toBeGreaterThan(0);
  const other = await context.newPage();
  await open(other);
  await context.unroute(/\/events\?/);
  await other.getByRole("checkbox", { name: "f", exact: true }).check();
  // The page asks again after a second, two, four, and so on, up to half a minute.
  await expect(page.getByRole("checkbox", { name: "f", exact: true })).toBeChecked({ timeout: 60_000 });
});

test("preferences chosen in two tabs are both there in the first byte", async ({ context, page }) => {
  const other = await context.newPage();
  await Promise.all([open(page), open(other)]);
  await page.getByRole("button", { name: /^Theme/ }).click();
  await expect(page.getByRole("button", { name: "Theme: light" })).toBeVisible();
  await other.getByRole("button", { name: "Fold the columns away" }).click();
  const mirrored = async () => {
    const cookie = (await context.cookies()).find(({ name }) => name === "hf_ui");
    return JSON.parse(decodeURIComponent(cookie?.value ?? "{}"));
  };
  await expect.poll(mirrored).toMatchObject({
    "ui.theme": "light",
    "ui.query_panels": { is_chooser_folded: true },
  });
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
