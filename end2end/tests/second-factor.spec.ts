// A second factor in browsers: turned on with an app, asked for, lost, required.
import type { Browser, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { alive, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import type { Holdfast } from "./support/holdfast";
import { begin, confirm, PASSWORD, sendCode, sendPassword, turnOn, user } from "./support/people";

test.use({ ownServer: true });

const ADA = "ada@lab.org";

async function another(browser: Browser, holdfast: Holdfast): Promise<Page> {
  const context = await browser.newContext({ baseURL: holdfast.url });
  return context.newPage();
}

/** Somebody is logged in with the password alone. */
async function logIn(page: Page, email: string): Promise<void> {
  await sendPassword(page, email);
  await expect(page.getByRole("link", { name: /^Account of / })).toBeVisible();
}

test("a person turns it on with an app, keeps recovery codes, and is asked for a code from then on", async ({ browser, holdfast, page }) => {
  user(holdfast, "add", ADA, "Ada Lovelace");
  await logIn(page, ADA);
  const { app, codes } = await turnOn(page);
  await alive(page);
  await expect(page.getByTestId("factor")).toContainText("10 recovery codes left");
  await open(page, "/account");
  await expect(page.getByTestId("recovery-codes")).toHaveCount(0);

  const second = await another(browser, holdfast);
  await sendPassword(second, ADA);
  await sendCode(second, "000000");
  await expect(second.getByRole("alert")).toContainText("This code is not good. 4 tries left");
  await expect(second.getByRole("link", { name: "Log in", exact: true })).toBeVisible();
  await sendCode(second, app.code());
  await expect(second.getByRole("link", { name: "Account of Ada Lovelace" })).toBeVisible();

  const third = await another(browser, holdfast);
  await sendPassword(third, ADA);
  await sendCode(third, codes[0] ?? "");
  await expect(third.getByRole("link", { name: "Account of Ada Lovelace" })).toBeVisible();
  await open(third, "/account");
  await expect(third.getByTestId("factor")).toContainText("9 recovery codes left");
  await second.context().close();
  await third.context().close();
});

test("who lost telephone and codes asks an administrator, and is back with the password", async ({ browser, complaints, holdfast, page }) => {
  complaints.expect(/401/);
  user(holdfast, "add", ADA, "Ada Lovelace");
  user(holdfast, "add", "root@lab.org", "Root", "--role", "admin");
  const other = await another(browser, holdfast);
  await logIn(other, ADA);
  await turnOn(other);
  await alive(other);
  await logIn(page, "root@lab.org");
  await open(page, "/account");
  await page.getByRole("button", { name: "Remove the second factor of Ada Lovelace" }).click();
  await expect(page.getByText("They log in with the password alone.")).toBeVisible();
  await expect(other).toHaveURL(/\/account\?done=ended/);
  await logIn(other, ADA);
  await other.context().close();
});

test.describe("where it is required", () => {
  test.use({ ownServer: { HOLDFAST_ACCOUNTS__SECOND_FACTOR: "required" } });

  test("who has none is led to turning it on, and then works", async ({ holdfast, page }) => {
    user(holdfast, "add", ADA, "Ada Lovelace");
    await sendPassword(page, ADA);
    await expect(page.getByRole("alert")).toContainText("A second factor is needed on this server.");
    await page.goto("/states");
    await expect(page).toHaveURL(/\/account\?problem=factor/);
    await turnOn(page);
    await open(page);
    await expect(page.getByLabel("Study name")).toHaveValue("PBC trial");
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("turning it on, logging in with a code and turning it off are plain forms", async ({ holdfast, page }) => {
    user(holdfast, "add", ADA, "Ada Lovelace");
    await logIn(page, ADA);
    const { app, codes } = await turnOn(page);
    await page.goto("/account");
    await page.getByRole("button", { name: "Log out" }).click();
    await sendPassword(page, ADA);
    await sendCode(page, app.code());
    await page.getByRole("link", { name: "Account of Ada Lovelace" }).click();
    const region = page.getByRole("region", { name: "Second factor" });
    await region.getByText("Turn it off, or make new recovery codes").click();
    await region.getByLabel("Your password").fill(PASSWORD);
    await region.getByLabel("Code of the app, or a recovery code").fill(codes[0] ?? "");
    await region.getByRole("button", { name: "Turn off" }).click();
    await expect(page.getByText("The second factor is off.")).toBeVisible();
    await expect(page.getByTestId("factor")).toHaveText("off");
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, height] of [[1280, 800], [390, 844]] as const) {
    test(`axe finds nothing serious while it is turned on and asked for, ${colorScheme}, ${width} px wide`, async ({ browser, holdfast }) => {
      user(holdfast, "add", ADA, "Ada Lovelace");
      const context = await browser.newContext({ baseURL: holdfast.url, colorScheme, viewport: { width, height } });
      const page = await context.newPage();
      const looksRight = async () => {
        await alive(page);
        await expectAccessible(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      };
      await logIn(page, ADA);
      await open(page, "/account");
      await page.getByText("Turn it on").click();
      await looksRight();
      const app = await begin(page);
      await looksRight();
      await confirm(page, app);
      await page.getByText("Turn it off, or make new recovery codes").click();
      await looksRight();
      await page.getByRole("button", { name: "Log out" }).click();
      await expect(page.getByText("You are logged out.")).toBeVisible();
      await sendPassword(page, ADA);
      await expect(page.getByRole("form", { name: "Type the code of your app" })).toBeVisible();
      await looksRight();
      await context.close();
    });
  }
}
