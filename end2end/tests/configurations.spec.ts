// Configurations that several people edit: drafts, presence, merging, conflicts, locks, the folder's other programs.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { alive, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import type { Holdfast } from "./support/holdfast";

test.use({ ownServer: true });

const FILE = "aflibercept_te.yaml";
const ADDRESS = `/configurations/${FILE}`;

/** Opens the file and waits for the editor. */
async function edit(page: Page, address = ADDRESS): Promise<void> {
  await open(page, address);
  await page.locator(".cm-content").waitFor();
}

/** Another person: a browser with a session of its own. */
async function another(browser: Browser, holdfast: Holdfast): Promise<Page> {
  const context = await browser.newContext({ baseURL: holdfast.url, viewport: { width: 1440, height: 900 } });
  return context.newPage();
}

/** Writes another text in place of a line; its indentation stays. */
async function rewrite(page: Page, line: string, text: string): Promise<void> {
  await page.locator(".cm-line", { hasText: line }).first().click();
  await page.keyboard.press("End");
  await page.keyboard.press("Shift+Home");
  await page.keyboard.type(text);
}

const onDisk = (holdfast: Holdfast, name = FILE) => readFileSync(join(holdfast.dataDir, "configurations", name), "utf8");
const save = (page: Page) => page.getByRole("button", { name: /^Save v/ });
const draft = (page: Page) => page.getByTestId("draft");
const editors = (page: Page) => page.getByTestId("editors").first();

test("work that is not saved survives a refresh and a power cut, and is then saved as a version", async ({ complaints, holdfast, page }) => {
  complaints.expect(/Failed to load resource|ERR_/);
  page.on("dialog", (dialog) => void dialog.accept());
  await open(page, "/configurations");
  await expect(page.getByTestId("files-count")).toHaveText("5 files");
  await page.getByRole("link", { name: FILE, exact: true }).click();
  await expect(page.locator(".cm-content")).toBeVisible();
  await expect(save(page)).toBeDisabled();
  await rewrite(page, "max_interval_days", "max_interval_days: 126");
  await expect(page.getByText("1 line not saved")).toBeVisible();
  await expect(draft(page)).toHaveText("Draft kept");
  await page.reload();
  await alive(page);
  await expect(page.locator(".cm-line", { hasText: "max_interval_days: 126" })).toBeVisible();
  await holdfast.killAndRestart();
  await edit(page);
  await expect(page.locator(".cm-line", { hasText: "max_interval_days: 126" })).toBeVisible();
  const before = onDisk(holdfast);
  await save(page).click();
  await expect(page.getByText("Saved as v2.")).toBeVisible();
  expect(onDisk(holdfast)).toBe(before.replace("max_interval_days: 112", "max_interval_days: 126"));
  await expect(draft(page)).toHaveText("Nothing to keep");

  await page.getByRole("button", { name: "History" }).click();
  const versions = page.getByTestId("versions").getByRole("listitem");
  await expect(versions).toHaveCount(2);
  await expect(versions.first()).toContainText("treat_and_extend.max_interval_days 112 → 126");
  await expect(page.getByTestId("backups").getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Compare v1 with the newest" }).click();
  const difference = page.getByTestId("difference");
  await expect(difference.locator("td.bg-del")).toContainText("112");
  await expect(difference.locator("td.bg-add")).toContainText("126");
  await page.getByRole("dialog", { name: "Difference" }).getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Restore v1" }).click();
  await expect(page.getByText("It is back, as v3.")).toBeVisible();
  await expect(page.locator(".cm-line", { hasText: "max_interval_days: 112" })).toBeVisible();
  expect(onDisk(holdfast)).toBe(before);
});

test("who is there is seen, and what does not overlap merges silently", async ({ browser, holdfast, page }) => {
  await edit(page);
  const other = await another(browser, holdfast);
  await edit(other);
  await expect(editors(page).getByRole("listitem")).toHaveCount(2);
  await rewrite(other, "extension_days", "extension_days: 7");
  await expect(editors(page).getByText(/not saved/)).toBeVisible();
  await expect(page.locator(".hf-peer-name")).toHaveText(/^Guest /);

  await rewrite(page, "max_interval_days", "max_interval_days: 126");
  await save(page).click();
  await expect(page.getByText("Saved as v2.")).toBeVisible();
  // The other is told and goes on.
  await expect(other.getByTestId("behind")).toContainText("saved v2 meanwhile");
  await other.keyboard.press("End");
  await other.keyboard.type(" # weeks");
  await save(other).click();
  await expect(other.getByText("Saved as v3, together with 1 change of others.")).toBeVisible();
  const text = onDisk(holdfast);
  expect(text).toContain("max_interval_days: 126");
  expect(text).toContain("extension_days: 7 # weeks");
  // Who has nothing unsaved follows by itself.
  await expect(page.locator(".cm-line", { hasText: "extension_days: 7 # weeks" })).toBeVisible();
  await other.goto("about:blank");
  await expect(editors(page).getByRole("listitem")).toHaveCount(1);
  await other.context().close();
});

/** Saves, and types more before the server is heard; what is typed is in the line of the caret. */
async function saveAndType(page: Page, more: string): Promise<void> {
  let go = () => {};
  const typed = new Promise<void>((resolve) => { go = resolve; });
  await page.route("**/api/save_configuration", async (route) => {
    const answer = await route.fetch();
    await typed;
    await route.fulfill({ response: answer });
  }, { times: 1 });
  const sent = page.waitForRequest("**/api/save_configuration");
  await page.keyboard.press("Control+s");
  await sent;
  await page.keyboard.press("End");
  await page.keyboard.type(more);
  await expect(page.locator(".cm-line", { hasText: more })).toBeVisible();
  go();
}

test("what is typed during a save takes nothing of the others' back, nor does undo", async ({ browser, holdfast, page }) => {
  await edit(page);
  const other = await another(browser, holdfast);
  await edit(other);
  await rewrite(other, "extension_days", "extension_days: 7");
  await save(other).click();
  await expect(other.getByText("Saved as v2.")).toBeVisible();
  await expect(page.locator(".cm-line", { hasText: "extension_days: 7" })).toBeVisible();
  await rewrite(page, "max_interval_days", "max_interval_days: 12");
  await expect(draft(page)).toHaveText("Draft kept");
  await rewrite(other, "shortening_days", "shortening_days: 28");
  await save(other).click();
  await expect(other.getByText("Saved as v3.")).toBeVisible();
  await expect(page.getByTestId("behind")).toBeVisible();
  await saveAndType(page, "6 # weeks");
  await expect(page.getByText("Saved as v4, together with 1 change of others.")).toBeVisible();
  await expect(page.locator(".cm-line", { hasText: "shortening_days: 28" })).toBeVisible();
  await expect(page.locator(".cm-line", { hasText: "max_interval_days: 126 # weeks" })).toBeVisible();
  // It is kept, and no other tab is made up.
  await expect(draft(page)).toHaveText("Draft kept");
  await expect(page.getByText("in another tab too")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(page.locator(".cm-line", { hasText: "126 # weeks" })).toHaveCount(0);
  await expect(page.locator(".cm-line", { hasText: "shortening_days: 28" })).toBeVisible();
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("# checked");
  await save(page).click();
  await expect(page.getByText("Saved as v5.")).toBeVisible();
  const text = onDisk(holdfast);
  for (const part of ["extension_days: 7", "shortening_days: 28", "# checked"]) expect(text).toContain(part);
  await other.context().close();
});

test("what is typed while a save ends in a conflict is in the version that is mine", async ({ browser, holdfast, page }) => {
  await edit(page);
  const other = await another(browser, holdfast);
  await edit(other);
  await rewrite(page, "max_interval_days", "max_interval_days: 140");
  await rewrite(other, "max_interval_days", "max_interval_days: 126");
  await save(other).click();
  await expect(other.getByText("Saved as v2.")).toBeVisible();
  await saveAndType(page, " # agreed");
  const mine = page.getByTestId("conflict").getByRole("region", { name: "Mine", exact: true });
  await expect(mine.locator("[data-marked]")).toContainText("max_interval_days: 140 # agreed");
  await other.context().close();
});

test("a draft that the server could not keep is kept a little later", async ({ complaints, page }) => {
  complaints.expect(/Failed to load resource|500/);
  await edit(page);
  const broken = { error: "internal", detail: { reference: "test" } };
  await page.route("**/api/keep_draft", (route) => route.fulfill({ status: 500, json: broken }));
  await rewrite(page, "max_interval_days", "max_interval_days: 126");
  await expect(draft(page)).toHaveText("Draft waits for the server");
  await page.unroute("**/api/keep_draft");
  await expect(draft(page)).toHaveText("Draft kept");
});

test("what both changed is a choice between three versions, and the chosen result is saved", async ({ browser, holdfast, page }) => {
  await edit(page);
  const other = await another(browser, holdfast);
  await edit(other);
  await rewrite(other, "max_interval_days", "max_interval_days: 126");
  await rewrite(other, "shortening_days", "shortening_days: 28");
  await rewrite(page, "max_interval_days", "max_interval_days: 140 # agreed");
  await save(other).click();
  await expect(other.getByText("Saved as v2.")).toBeVisible();
  await expect(page.getByTestId("behind")).toBeVisible();
  await save(page).click();

  const conflict = page.getByTestId("conflict");
  await expect(conflict).toBeVisible();
  for (const [pane, value] of [["Base", "112"], ["Theirs", "126"], ["Mine", "140"]] as const) {
    await expect(conflict.getByRole("region", { name: pane, exact: true }).locator("[data-marked]")).toContainText(`max_interval_days: ${value}`);
  }
  await expect(page.getByText("1 of 1 open")).toBeVisible();
  await expect(save(page)).toBeDisabled();
  await expectAccessible(page);
  await conflict.getByRole("button", { name: "theirs 126", exact: true }).click();
  await expect(page.getByTestId("choices-left")).toHaveText("Every choice is made");
  await conflict.getByRole("button", { name: "Edit" }).click();
  await conflict.getByLabel("A text of your own").fill("max_interval_days: 133");
  await conflict.getByRole("button", { name: "Take it" }).click();
  await expect(conflict.getByRole("region", { name: "Result" })).toContainText("max_interval_days: 133");
  await save(page).click();
  await expect(page.getByText("Saved as v3.")).toBeVisible();
  await expect(conflict).toBeHidden();
  const text = onDisk(holdfast);
  expect(text).toContain("  max_interval_days: 133");
  expect(text).toContain("  shortening_days: 28");
  await other.context().close();
});

test("a lock keeps others from saving, is asked for and handed over", async ({ browser, holdfast, page }) => {
  await edit(page);
  const other = await another(browser, holdfast);
  await edit(other);
  await rewrite(other, "max_interval_days", "max_interval_days: 126");
  await page.getByRole("button", { name: "Lock for 30 min" }).first().click();
  await expect(page.getByTestId("lock").first()).toContainText("Yours, 30 min left");
  await expect(other.getByText("has locked this file")).toBeVisible();
  await expect(save(other)).toBeDisabled();
  await other.getByRole("button", { name: "Ask for it" }).first().click();
  await page.getByRole("button", { name: /^Hand over to Guest/ }).first().click();
  await expect(other.getByTestId("lock").first()).toContainText("Yours");
  await save(other).click();
  await expect(other.getByText("Saved as v2.")).toBeVisible();
  await expect(page.getByTestId("lock").first()).toContainText("min left");
  // A page that was left does not hold it.
  await other.goto("about:blank");
  await other.context().close();
  await expect(page.getByTestId("lock").first()).toContainText("Open to everyone");
});

test("what another program writes into the folder is noticed and treated as somebody's edit", async ({ holdfast, page }) => {
  await edit(page);
  await rewrite(page, "max_interval_days", "max_interval_days: 126");
  const path = join(holdfast.dataDir, "configurations", FILE);
  writeFileSync(path, onDisk(holdfast).replace("extension_days: 14", "extension_days: 21"));
  await expect(page.getByTestId("behind")).toContainText("Another program saved v2");
  await page.getByRole("button", { name: "Bring it in now" }).click();
  await expect(page.locator(".cm-line", { hasText: "extension_days: 21" })).toBeVisible();
  await expect(page.locator(".cm-line", { hasText: "max_interval_days: 126" })).toBeVisible();
  await save(page).click();
  await expect(page.getByText("Saved as v3.")).toBeVisible();
  expect(onDisk(holdfast)).toContain("extension_days: 21");
});

test("what does not fit the schema is told at its line, and is not saved", async ({ holdfast, page }) => {
  await edit(page);
  const before = onDisk(holdfast);
  await rewrite(page, "max_interval_days", "max_interval_days: soon");
  const problem = page.getByTestId("problems").getByRole("listitem");
  await expect(problem).toContainText("treat_and_extend.max_interval_days");
  await expect(save(page)).toBeDisabled();
  await page.keyboard.press("Control+s");
  await expect(page.getByRole("region", { name: "Notices" }).getByRole("alert")).toContainText("max_interval_days");
  expect(onDisk(holdfast)).toBe(before);
  await rewrite(page, "max_interval_days", "max_interval_days: [1");
  await expect(problem).toContainText(/Line \d+/);
  await rewrite(page, "max_interval_days", "max_interval_days: 98");
  await expect(page.getByTestId("problems")).toHaveCount(0);
  await expect(save(page)).toBeEnabled();
});

test("files are made, found, copied, renamed, deleted and brought back", async ({ page }) => {
  await open(page, "/configurations");
  await page.getByRole("button", { name: "New file" }).click();
  await page.getByLabel("Name of the new file").fill("costs.toml");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page).toHaveURL(/\/configurations\/costs\.toml$/);
  await page.locator(".cm-content").click();
  await page.keyboard.type("visit = 80");
  await save(page).click();
  await expect(page.getByText("Saved as v2.")).toBeVisible();
  await page.getByRole("link", { name: "Configurations" }).last().click();
  await page.getByRole("button", { name: "Copy costs.toml" }).click();
  await page.getByRole("button", { name: "Copy to" }).click();
  await expect(page.getByRole("link", { name: "costs_copy.toml" })).toBeVisible();
  await page.getByRole("button", { name: "Rename costs_copy.toml" }).click();
  await page.getByLabel("New name").fill("prices.toml");
  await page.getByRole("button", { name: "New name" }).click();
  await expect(page.getByRole("link", { name: "prices.toml" })).toBeVisible();
  await page.getByLabel("Find a file").fill("PRIC");
  await expect(page.getByRole("table", { name: "Files" }).getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: "Delete prices.toml" }).click();
  await expect(page.getByText("No file has that in its name.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("link", { name: "prices.toml" })).toBeVisible();
  await page.getByRole("link", { name: "prices.toml" }).click();
  await expect(page.locator(".cm-content")).toContainText("visit = 80");
});

test("what is being typed about a file stays while others open it", async ({ browser, holdfast, page }) => {
  await open(page, "/configurations");
  await page.getByRole("button", { name: "Copy aflibercept_te.yaml" }).click();
  await page.getByRole("textbox", { name: "Copy to" }).fill("mine.yaml");
  const other = await (await browser.newContext({ baseURL: holdfast.url })).newPage();
  await open(other, "/configurations/aflibercept_te.yaml");
  await expect(page.getByRole("row", { name: /aflibercept_te\.yaml/ }).getByRole("img").first()).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Copy to" })).toHaveValue("mine.yaml");
  await page.getByRole("button", { name: "Copy to" }).click();
  await expect(page.getByRole("link", { name: "mine.yaml" })).toBeVisible();
});

test("of a thousand files only those on screen are made, and what is being typed about one waits for it", async ({ holdfast, page }) => {
  for (let n = 0; n < 1_000; n += 1) {
    writeFileSync(join(holdfast.dataDir, "configurations", `arm_${String(n).padStart(4, "0")}.yaml`), `dose_mg: ${n}\n`);
  }
  await open(page, "/configurations");
  await expect(page.getByTestId("files-count")).toHaveText("1,005 files");
  const table = page.getByRole("table", { name: "Files" });
  await expect(table).toHaveAttribute("aria-rowcount", "1006");
  expect(await table.getByRole("row").count()).toBeLessThan(80);
  const row = page.getByRole("row", { name: /arm_0000\.yaml/ });
  expect((await row.boundingBox())?.height).toBe(36);
  await page.getByRole("button", { name: "Rename arm_0000.yaml" }).click();
  await page.getByLabel("New name").fill("control");

  const scroll = (to: string) => table.evaluate((table, to) => {
    const port = table.parentElement!.parentElement!;
    port.scrollTop = to === "end" ? port.scrollHeight : 0;
  }, to);
  await scroll("end");
  const last = table.getByRole("row").last();
  await expect(last).toContainText("protocol.schema.json");
  await expect(last).toBeInViewport();
  await expect(last).toHaveAttribute("aria-rowindex", "1006");
  await expect(page.getByLabel("New name")).toHaveCount(0);
  await scroll("start");
  await expect(row).toBeInViewport();
  await expect(page.getByLabel("New name")).toHaveValue("control");
  await page.getByLabel("New name").fill("control.yaml");
  await page.getByRole("button", { name: "New name" }).click();
  await page.getByLabel("Find a file").fill("control");
  await expect(table.getByRole("row")).toHaveCount(2);
  await expect(table.getByRole("row").last()).toContainText("control.yaml");
});

test("flat entries are changed as fields, and nothing else in the text moves", async ({ complaints, holdfast, page }) => {
  complaints.expect(/422/);
  await edit(page);
  const before = onDisk(holdfast);
  await page.getByRole("button", { name: "Form" }).click();
  const rules = page.getByRole("region", { name: "Form" }).getByRole("group", { name: "discontinuation_rules" });
  const rate = rules.getByRole("textbox", { name: "poor vision rate" });
  await rate.fill("much");
  await rate.press("Tab");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(rate).toHaveValue("0.1");
  await rate.fill("0.25");
  await rate.press("Tab");
  await expect(page.getByText("1 line not saved")).toBeVisible();
  await expect(draft(page)).toHaveText("Draft kept");
  await save(page).click();
  await expect(page.getByText("Saved as v2.")).toBeVisible();
  expect(onDisk(holdfast)).toBe(before.replace("poor_vision_rate: 0.10", "poor_vision_rate: 0.25"));
  await page.getByRole("button", { name: "Form" }).click();
  await expect(page.locator(".cm-content")).toBeVisible();
});

/** Meets what another person saved (126 days) with a version of one's own (140), and puts that aside. */
async function putAside(browser: Browser, holdfast: Holdfast, page: Page): Promise<void> {
  await edit(page);
  const other = await another(browser, holdfast);
  await edit(other);
  await rewrite(page, "max_interval_days", "max_interval_days: 140");
  await rewrite(other, "max_interval_days", "max_interval_days: 126");
  await save(other).click();
  await expect(page.getByTestId("behind")).toBeVisible();
  await other.context().close();
  await save(page).click();
  await page.getByRole("button", { name: "Discard mine" }).click();
  await expect(page.locator(".cm-line", { hasText: "max_interval_days: 126" })).toBeVisible();
}

test("who puts their version aside, types on and takes it back loses neither", async ({ browser, holdfast, page }) => {
  await putAside(browser, holdfast, page);
  await rewrite(page, "shortening_days", "shortening_days: 28");
  await page.getByRole("region", { name: "Notices" }).getByRole("button", { name: "Undo" }).click();
  await expect(page.locator(".cm-line", { hasText: "max_interval_days: 140" })).toBeVisible();

  await page.locator(".cm-content").press("Control+z");
  await expect(page.locator(".cm-line", { hasText: "shortening_days: 28" })).toBeVisible();
  await expect(page.locator(".cm-line", { hasText: "max_interval_days: 126" })).toBeVisible();
  await save(page).click();
  await expect.poll(() => onDisk(holdfast)).toContain("shortening_days: 28");
  expect(onDisk(holdfast)).toContain("max_interval_days: 126");
});

test("what was typed the moment before Back is in the draft", async ({ complaints, page }) => {
  // A part of it may be on its way: the rest goes at once, and again when that has arrived.
  complaints.expect(/status of 409 /);
  await open(page, "/configurations");
  await page.getByRole("link", { name: FILE, exact: true }).click();
  await expect(page.locator(".cm-content")).toBeVisible();
  await rewrite(page, "max_interval_days", "max_interval_days: 126");
  const kept = page.waitForResponse((answer) => {
    const isWhole = answer.request().postData()?.includes("max_interval_days: 126") ?? false;
    return answer.url().endsWith("/api/keep_draft") && answer.ok() && isWhole;
  });
  await page.goBack();
  await kept;
  await expect(page).toHaveURL(/\/configurations$/);
  await page.goForward();
  await expect(page.locator(".cm-line", { hasText: "max_interval_days: 126" })).toBeVisible();
});

test("a version put aside comes back as the draft when its page was left", async ({ browser, complaints, holdfast, page }) => {
  // The page that was left may let its draft go in between.
  complaints.expect(/status of 409 /);
  await putAside(browser, holdfast, page);
  await page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name: "Data" }).click();
  await expect(page).toHaveURL(/\/data$/);
  await page.getByRole("region", { name: "Notices" }).getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Your version is your draft again.")).toBeVisible();
  await edit(page);
  await expect(page.locator(".cm-line", { hasText: "max_interval_days: 140" })).toBeVisible();
});

test("leaving with unsaved work asks, and the draft is there afterwards", async ({ page }) => {
  await edit(page);
  await rewrite(page, "max_interval_days", "max_interval_days: 126");
  await expect(draft(page)).toHaveText("Draft kept");
  const pages = page.getByRole("navigation", { name: "Pages", exact: true });
  await pages.getByRole("link", { name: "Data" }).click();
  const question = page.getByRole("dialog", { name: "You have changes that are not saved" });
  await question.getByRole("button", { name: "Stay" }).click();
  await expect(page).toHaveURL(new RegExp(`${FILE}$`));
  await pages.getByRole("link", { name: "Data" }).click();
  await question.getByRole("button", { name: "Leave, keep the draft" }).click();
  await expect(page).toHaveURL(/\/data$/);
  await page.goBack();
  await expect(page.locator(".cm-line", { hasText: "max_interval_days: 126" })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on Configurations, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, "/configurations");
    await expect(page.getByRole("link", { name: FILE, exact: true })).toBeVisible();
    await expectAccessible(page);
    await edit(page);
    await page.getByRole("button", { name: "History" }).click();
    await expect(page.getByTestId("versions")).toBeVisible();
    await expectAccessible(page);
  });
}
