// People with accounts, made at the terminal as an operator would and logged in on the page, and their authenticator apps.
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { expect, type Page } from "@playwright/test";
import { alive } from "./cohort";
import { type Holdfast, program } from "./holdfast";

export const PASSWORD = "kelp holds fast";

/** What an operator does at the terminal beside the server: `holdfast user ...`. */
export function user(holdfast: Holdfast, ...words: string[]): void {
  typed(holdfast, ["user", ...words], `${PASSWORD}\n`);
}

/** Makes an account. */
export function addUser(holdfast: Holdfast, email: string, name: string, role: string, ...more: string[]): void {
  user(holdfast, "add", email, name, "--role", role, ...more);
}

/** Makes a token that may write; its text. */
export function makeToken(holdfast: Holdfast, email: string, name: string): string {
  return typed(holdfast, ["token", "make", email, name, "--write", "--days", "1"]).trim();
}

/** Opens the Account page and waits until it answers. Without scripts it never does. */
async function openAccount(page: Page): Promise<void> {
  await page.goto("/account");
  if (await page.evaluate(() => !matchMedia("(scripting: none)").matches)) await alive(page);
}

/** Types address and password, and sends them. */
export async function sendPassword(page: Page, email: string): Promise<void> {
  await openAccount(page);
  const form = page.getByRole("form", { name: "Log in to Holdfast" });
  await form.getByLabel("Email").fill(email);
  await form.getByLabel("Password").fill(PASSWORD);
  await form.getByRole("button", { name: "Log in" }).click();
}

export async function logIn(page: Page, email: string): Promise<void> {
  await sendPassword(page, email);
  await expect(page.getByRole("link", { name: /^Account of / })).toBeVisible();
  await alive(page);
}

/** What the program answers at the terminal, beside the running server. */
function typed(holdfast: Holdfast, what: string[], input = ""): string {
  const env = { ...process.env, HOLDFAST_DATA_DIR: holdfast.dataDir };
  return execFileSync(program(), what, { cwd: holdfast.dataDir, env, input, encoding: "utf8" });
}

/** Types the code after the password, and sends it. */
export async function sendCode(page: Page, code: string): Promise<void> {
  const form = page.getByRole("form", { name: "Type the code of your app" });
  await form.getByLabel("Code").fill(code);
  await form.getByRole("button", { name: "Log in" }).click();
}

/** An authenticator app that has taken the key on the page (RFC 6238). */
export class Authenticator {
  private readonly key: Buffer;
  private used = 0;

  constructor(text: string) {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const bits = [...text.replaceAll(" ", "")].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
    this.key = Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
  }

  /** A code that was not shown before. The server takes one of the next step, so nobody waits for the first of them. */
  code(): string {
    const step = Math.max(Math.floor(Date.now() / 30_000), this.used + 1);
    this.used = step;
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const hash = createHmac("sha1", this.key).update(counter).digest();
    const at = (hash.at(-1) ?? 0) & 0xf;
    return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
  }
}

/** Begins to turn the second factor on for who is logged in; an app that has taken the key. */
export async function begin(page: Page): Promise<Authenticator> {
  await openAccount(page);
  const region = page.getByRole("region", { name: "Second factor" });
  await region.getByText("Turn it on").click();
  await region.getByLabel("Your password").fill(PASSWORD);
  await region.getByRole("button", { name: "Go on" }).click();
  await expect(region.getByRole("img", { name: "The key as a picture for your app" })).toBeVisible();
  return new Authenticator(await region.getByTestId("factor-key").innerText());
}

/** Types the first code of the app; the recovery codes that the page shows. */
export async function confirm(page: Page, app: Authenticator): Promise<string[]> {
  const region = page.getByRole("region", { name: "Second factor" });
  await region.getByLabel("Code that the app shows").fill(app.code());
  await region.getByRole("button", { name: "Turn on" }).click();
  const codes = region.getByTestId("recovery-codes").getByRole("listitem");
  await expect(codes).toHaveCount(10);
  return codes.allInnerTexts();
}

/** Both: the app, and the recovery codes. */
export async function turnOn(page: Page): Promise<{ app: Authenticator; codes: string[] }> {
  const app = await begin(page);
  return { app, codes: await confirm(page, app) };
}
