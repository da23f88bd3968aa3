// Webhooks: made on a page, delivered signed, seen there, sent again.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { expectSaved, open, reload } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import { isSigned, type Message, Receiver } from "./support/receiver";

test.use({ ownServer: { HOLDFAST_WEBHOOKS__ALLOW_PRIVATE: "true", HOLDFAST_WEBHOOKS__ALLOW_HTTP: "true" } });

let receiver: Receiver;
test.beforeEach(async () => {
  receiver = await Receiver.start();
});
test.afterEach(async () => receiver.stop());

/** Makes one that hears of stores, and leaves it open. */
async function makeWebhook(page: Page): Promise<void> {
  await open(page, "/states/webhooks?new=1");
  await page.getByLabel("Address").fill(receiver.url);
  await page.getByLabel("store", { exact: true }).check();
  await page.getByRole("button", { name: "Make webhook" }).click();
  await page.getByRole("button", { name: "I have put it into the receiver" }).click();
  await expect(page.getByTestId("webhook-status")).toHaveText("enabled");
}

/** A change of the store `study.name`. */
async function rename(page: Page, name: string): Promise<void> {
  await page.getByLabel("Study name").fill(name);
  await page.getByLabel("Study name").press("Enter");
}

const idOf = ({ headers }: Message): string => String(headers["webhook-id"]);

/** The place in the log that a message tells of. */
const placeOf = (message: Message): number => Number(idOf(message).split("_").pop());

/** Puts every message that waits for another try on its last one, as three days of failures would. The server is stopped. */
function onTheLastTry(dataDir: string): void {
  const script = `
import json, sqlite3, sys
states = sqlite3.connect(sys.argv[1])
for name, value in states.execute("select name, value from notes where name like 'subscriber/webhook-%'").fetchall():
    book = json.loads(value)
    book.update(holder=None, until=0)
    for lane in book["open"]:
        lane.update(failed=9, due=0)
    states.execute("update notes set version = version + 1, value = ? where name = ?", (json.dumps(book), name))
states.commit()`;
  execFileSync("python3", ["-c", script, join(dataDir, "holdfast.db")]);
}

test("a change is delivered signed, seen on the page with its answer, and sent again with the same id", async ({ page }) => {
  await open(page, "/states/webhooks");
  await expect(page.getByText("No server is told of changes yet.")).toBeVisible();
  await page.getByRole("link", { name: "New webhook" }).click();
  await page.getByLabel("Address").fill(receiver.url);
  await page.getByLabel("Name", { exact: true }).fill("billing");
  await page.getByLabel("store", { exact: true }).check();
  await page.getByRole("button", { name: "Make webhook" }).click();
  const secret = (await page.getByTestId("webhook-secret").textContent()) ?? "";
  await page.getByRole("button", { name: "I have put it into the receiver" }).click();
  await expect(page.getByTestId("webhook-status")).toHaveText("enabled");
  await expect(page.getByTestId("webhook-secret")).toHaveCount(0);

  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expectSaved(page);
  await expect.poll(() => receiver.heard.length).toBe(1);
  const [first] = receiver.heard;
  expect(first && isSigned(first, secret)).toBe(true);
  expect(JSON.parse(first?.body ?? "{}")).toMatchObject({ type: "state.created" });

  await open(page, "/states");
  await page.getByRole("link", { name: "query.filters" }).click();
  const deliveries = page.getByRole("table", { name: "Deliveries" });
  await expect(deliveries).toContainText("delivered");
  await expect(deliveries).toContainText(/200 in [\d,]+ ms/);
  await deliveries.getByRole("button", { name: "Replay" }).click();
  await expect.poll(() => receiver.heard.length).toBe(2);
  expect(receiver.heard[1]?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
});

test("a refusal is shown with what comes next, and a disabled webhook says 410 was answered", async ({ page }) => {
  await open(page, "/states/webhooks?new=1");
  await page.getByLabel("Address").fill("no address");
  await page.getByRole("button", { name: "Make webhook" }).click();
  await expect(page.getByTestId("webhook-secret")).toHaveCount(0);
  await page.getByLabel("Address").fill(receiver.url);
  await page.getByRole("button", { name: "Make webhook" }).click();
  await page.getByRole("button", { name: "I have put it into the receiver" }).click();
  await expect(page.getByTestId("webhook-status")).toHaveText("enabled");

  receiver.status = 503;
  const heard = receiver.heard.length;
  const query = await page.context().newPage();
  await open(query);
  await query.getByRole("checkbox", { name: "f", exact: true }).check();
  await expectSaved(query);
  await expect.poll(() => receiver.heard.length).toBeGreaterThan(heard);
  const sent = page.getByRole("region", { name: "Deliveries" });
  await expect(sent).toContainText("503 in");
  await expect(page.getByTestId("webhook-standing")).toContainText(/[1-9]\d* trying again/);
  const refused = idOf(receiver.heard[heard]!);
  await expect.poll(() => receiver.heard.filter((one) => idOf(one) === refused).length).toBeGreaterThan(1);
  receiver.status = 410;
  // The second try is five seconds behind the first, the third minutes: a change of another state is sent at once.
  await rename(query, "Gone");
  await expect(page.getByTestId("webhook-status")).toHaveText("disabled");
  receiver.status = 200;
  await page.getByRole("button", { name: "Enable" }).click();
  await expect(sent).toContainText("200 in");
});

test("a new secret signs beside the old one until that is retired, and neither is ever shown again", async ({ page }) => {
  await open(page, "/states/webhooks?new=1");
  await page.getByLabel("Address").fill(receiver.url);
  await page.getByRole("button", { name: "Make webhook" }).click();
  const old = (await page.getByTestId("webhook-secret").textContent()) ?? "";
  await page.getByRole("button", { name: "I have put it into the receiver" }).click();
  await expect(page.getByTestId("webhook-secret")).toHaveCount(0);
  await page.getByRole("button", { name: "New secret" }).click();
  const fresh = (await page.getByTestId("webhook-secret").textContent()) ?? "";
  expect(fresh).not.toBe(old);
  await rename(page, "Signed by both");
  await expect.poll(() => receiver.heard.some((one) => isSigned(one, old) && isSigned(one, fresh))).toBe(true);
  await page.getByRole("button", { name: "Retire the old secret" }).click();
  await expect(page.getByRole("button", { name: "Retire the old secret" })).toHaveCount(0);
  await rename(page, "Signed by one");
  await expect.poll(() => receiver.heard.some((one) => !isSigned(one, old) && isSigned(one, fresh))).toBe(true);
  await page.getByTitle("Its history", { exact: true }).click();
  await page.getByRole("tab", { name: "Data" }).click();
  await expect(page.getByTestId("state-content")).toContainText("not shown");
  await expect(page.getByTestId("state-content")).not.toContainText(fresh);
});

test("a range of the log is sent again with the same ids, in order, and what is no range is refused", async ({ page, complaints }) => {
  complaints.expect(/status of 422 /);
  await makeWebhook(page);
  for (const [before, name] of ["First", "Second", "Third"].entries()) {
    await rename(page, name);
    await expect.poll(() => receiver.heard.length).toBe(before + 1);
  }
  const [first = 0, second = 0, third = 0] = receiver.heard.map(placeOf);
  expect(first < second && second < third).toBe(true);

  const form = page.getByRole("form", { name: "Send again", exact: true });
  const notices = page.getByRole("region", { name: "Notices", exact: true });
  const replay = async (from: string, to: string) => {
    await form.getByLabel("From", { exact: true }).fill(from);
    await form.getByLabel("To", { exact: true }).fill(to);
    await form.getByRole("button", { name: "Replay", exact: true }).click();
  };
  await replay(String(second), String(third));
  await expect(notices).toContainText(`Sent again: what it hears of from ${second} to ${third}.`);
  await expect.poll(() => receiver.heard.length).toBe(5);
  const ids = receiver.heard.map(idOf);
  expect(ids.slice(3)).toEqual(ids.slice(1, 3));
  await expect(page.getByTestId("webhook-attempts")).toHaveText("5 attempts");

  await replay(String(third), String(first));
  await expect(notices).toContainText("from an earlier place in the log to a later one");
  await replay("the first", String(third));
  await expect(notices).toContainText("Give the first and the last place in the log as numbers.");
  await expect(page.getByTestId("webhook-attempts")).toHaveText("5 attempts");
  expect(receiver.heard.length).toBe(5);
});

test("a message that was given up is tried again with the same id, and one that was discarded is never sent", async ({
  page,
  holdfast,
}) => {
  receiver.status = 503;
  await makeWebhook(page);
  const address = page.url();
  await rename(page, "Nobody hears of it");
  await page.getByRole("link", { name: "Query", exact: true }).first().click();
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
  await expectSaved(page);
  await open(page, address);
  const standing = page.getByTestId("webhook-standing");
  await expect(standing).toContainText("2 trying again");
  await page.goto("about:blank");
  await holdfast.stop();
  onTheLastTry(holdfast.dataDir);
  await holdfast.start();

  await open(page, address);
  const givenUp = page.getByRole("region", { name: "Given up", exact: true });
  const letter = (of: string) => givenUp.getByRole("listitem").filter({ hasText: `create of ${of}` });
  for (const store of ["study.name", "query.filters"]) {
    await expect(letter(store)).toContainText("10 tries, the answer is 503");
  }
  await expect(standing).toContainText("0 trying again");
  await expect(page.getByRole("list", { name: "Webhooks", exact: true })).toContainText("2 given up");

  receiver.status = 200;
  const heard = receiver.heard.length;
  const earlier = receiver.heard.find(({ body }) => body.includes("query.filters"));
  await letter("query.filters").getByRole("button", { name: "Try again", exact: true }).click();
  await expect.poll(() => receiver.heard.length).toBe(heard + 1);
  expect(receiver.heard.slice(heard).map(idOf)).toEqual([earlier && idOf(earlier)]);
  await expect(letter("query.filters")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Deliveries", exact: true })).toContainText("200 in");

  await expect(letter("study.name")).toHaveCount(1);
  await letter("study.name").getByRole("button", { name: "Discard", exact: true }).click();
  await expect(givenUp).toHaveCount(0);
  await reload(page);
  await expect(standing).toContainText("0 trying again");
  await expect(givenUp).toHaveCount(0);
  expect(receiver.heard.length).toBe(heard + 1);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on Webhooks, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, "/states/webhooks?new=1");
    await expectAccessible(page);
    await page.getByLabel("Address").fill(receiver.url);
    await page.getByRole("button", { name: "Make webhook" }).click();
    await page.getByRole("button", { name: "I have put it into the receiver" }).click();
    await expect(page.getByTestId("webhook-attempts")).toBeVisible();
    await expectAccessible(page);
  });
}
