// One session per browser, however many tabs; and never another's.
import { onDisk } from "./support/on-disk";
import { alive, chooseCohort, expectCount, expectMerged, expectSaved, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";

test.use({ ownServer: true });

test("ten tabs opened at once in a new browser end in one session and one workspace", async ({ context, holdfast }) => {
  const tabs = await Promise.all(Array.from({ length: 10 }, () => context.newPage()));
  await Promise.all(tabs.map((tab) => open(tab, "/data")));
  const cookies = (await context.cookies()).filter(({ name }) => name.endsWith("holdfast"));
  expect(cookies).toHaveLength(1);
  expect(onDisk.sessions(holdfast.dataDir)).toBe(1);
  const [first] = tabs;
  if (!first) throw new Error("no tab");
  await first.getByLabel("Study name").fill("Ten tabs");
  await first.getByLabel("Study name").press("Enter");
  await Promise.all(tabs.map((tab) => expect(tab.getByLabel("Study name")).toHaveValue("Ten tabs")));
});

test("ten first server calls at once, by a browser that lost its cookie, end in one session", async ({ complaints, context, page, holdfast }) => {
  complaints.expect(/status of (401|409) /); // No session yet; ten writers of the same names.
  await open(page);
  await context.clearCookies({ name: "holdfast" });
  const tabs = await Promise.all(Array.from({ length: 5 }, () => context.newPage()));
  await Promise.all(tabs.map((tab) => open(tab)));
  await context.clearCookies({ name: "holdfast" });
  // Five tabs that are alive, two stores in each: ten calls that all find no session.
  await Promise.all(
    tabs.map(async (tab, index) => {
      await tab.getByLabel("Study name").fill(`Study ${index}`);
      await tab.getByLabel("Study name").press("Enter");
      await tab.getByRole("checkbox", { name: "f", exact: true }).click();
    }),
  );
  await Promise.all(tabs.map((tab) => expectSaved(tab)));
  const cookies = (await context.cookies()).filter(({ name }) => name.endsWith("holdfast"));
  expect(cookies).toHaveLength(1);
  // One for the first page, one for the five tabs, one for the ten calls.
  expect(onDisk.sessions(holdfast.dataDir)).toBe(3);
});

test("a server function without a session opens none and says so", async ({ request, holdfast }) => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      request.post("/api/read_store", { data: { key: "query.filters" }, headers: { origin: holdfast.url } }),
    ),
  );
  expect(answers.map((answer) => answer.status())).toEqual(Array(10).fill(401));
  expect(await answers[0]?.json()).toEqual({ error: "no_session" });
});

for (const [kind, value] of Object.entries({
  forged: "AAAAAAAAAAAAAAAAAAAAAA",
  malformed: "%00<script>",
  "far too long": "x".repeat(3000),
})) {
  test(`a ${kind} cookie gets a new session, never an error page`, async ({ context, page, holdfast }) => {
    await context.addCookies([{ name: "holdfast", value, url: holdfast.url }]);
    const answer = await page.goto("/");
    expect(answer?.status()).toBe(200);
    await alive(page);
    const cookie = (await context.cookies()).find(({ name }) => name === "holdfast");
    expect(cookie?.value).not.toBe(value);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  });
}

test("two browsers never see each other's state", async ({ browser, holdfast }) => {
  const [ada, bob] = await Promise.all([browser.newContext({ baseURL: holdfast.url }), browser.newContext({ baseURL: holdfast.url })]);
  const [adas, bobs] = await Promise.all([ada.newPage(), bob.newPage()]);
  await Promise.all([open(adas), open(bobs)]);
  await chooseCohort(adas);
  await expectCount(adas, "179", "1,123");
  await expectSaved(adas);
  await bobs.reload();
  await expectCount(bobs, "312", "1,945");
  // Not even by the id of the other's result.
  await expectMerged(adas, "1,123");
  const link = adas.getByRole("link", { name: "Download CSV" });
  await expect(link).toHaveAttribute("href", /id=/);
  const answer = await bobs.request.get((await link.getAttribute("href")) ?? "");
  expect(answer.status()).toBe(404);
  await Promise.all([ada.close(), bob.close()]);
});

test("the session's id never reaches JavaScript and is not on disk", async ({ context, page, holdfast }) => {
  await open(page);
  const cookie = (await context.cookies()).find(({ name }) => name === "holdfast");
  expect(cookie?.value.length).toBeGreaterThanOrEqual(22);
  expect(await page.evaluate(() => document.cookie)).not.toContain(cookie?.value);
  expect(await page.content()).not.toContain(cookie?.value);
  await page.getByLabel("Study name").fill("On disk");
  await page.getByLabel("Study name").press("Enter");
  await expectSaved(page);
  await holdfast.stop();
  expect(onDisk.bytesContain(holdfast.dataDir, cookie?.value ?? "")).toBe(false);
});
