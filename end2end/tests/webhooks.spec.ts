// Webhooks: made on a page, delivered signed, seen there, sent again.
import { expectAccessible } from "./support/axe";
import { expectSaved, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import { isSigned, Receiver } from "./support/receiver";

test.use({ ownServer: { HOLDFAST_WEBHOOKS__ALLOW_PRIVATE: "true", HOLDFAST_WEBHOOKS__ALLOW_HTTP: "true" } });

let receiver: Receiver;
test.beforeEach(async () => {
  receiver = await Receiver.start();
});
test.afterEach(async () => receiver.stop());

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
  await expect(deliveries).toContainText(/200 in \d+ ms/);
  await deliveries.getByRole("button", { name: "Replay" }).click();
  await expect.poll(() => receiver.heard.length, { timeout: 20_000 }).toBe(2);
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
  // The second try is five seconds behind the first, the third minutes.
  await expect.poll(() => receiver.heard.length).toBeGreaterThan(heard);
  receiver.status = 410;
  const sent = page.getByRole("region", { name: "Deliveries" });
  await expect(sent).toContainText("503 in");
  await expect(page.getByTestId("webhook-standing")).toContainText(/[1-9]\d* trying again/);
  await expect(page.getByTestId("webhook-status")).toHaveText("disabled", { timeout: 20_000 });
  receiver.status = 200;
  await page.getByRole("button", { name: "Enable" }).click();
  await expect(sent).toContainText("200 in", { timeout: 20_000 });
});

test("a new secret signs beside the old one until that is retired, and neither is ever shown again", async ({ page }) => {
  await open(page, "/states/webhooks?new=1");
  await page.getByLabel("Address").fill(receiver.url);
  await page.getByRole("button", { name: "Make webhook" }).click();
  const old = (await page.getByTestId("webhook-secret").textContent()) ?? "";
  await page.getByRole("button", { name: "I have put it into the receiver" }).click();
  await page.getByRole("button", { name: "New secret" }).click();
  const fresh = (await page.getByTestId("webhook-secret").textContent()) ?? "";
  expect(fresh).not.toBe(old);
  const rename = async (name: string) => {
    await page.getByLabel("Study name").fill(name);
    await page.getByLabel("Study name").press("Enter");
  };
  await rename("Signed by both");
  await expect.poll(() => receiver.heard.some((one) => isSigned(one, old) && isSigned(one, fresh))).toBe(true);
  await page.getByRole("button", { name: "Retire the old secret" }).click();
  await expect(page.getByRole("button", { name: "Retire the old secret" })).toHaveCount(0);
  await rename("Signed by one");
  await expect.poll(() => receiver.heard.some((one) => !isSigned(one, old) && isSigned(one, fresh))).toBe(true);
  await page.getByTitle("Its history", { exact: true }).click();
  await page.getByRole("tab", { name: "Data" }).click();
  await expect(page.getByTestId("state-content")).toContainText("not shown");
  await expect(page.getByTestId("state-content")).not.toContainText(fresh);
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
