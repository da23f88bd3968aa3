// People with accounts: made at the terminal, as an operator would, and logged in on the page.
import { execFileSync } from "node:child_process";
import { expect, type Page } from "@playwright/test";
import { alive } from "./cohort";
import { type Holdfast, program } from "./holdfast";

export const PASSWORD = "kelp holds fast";

/** Makes an account. */
export function addUser(holdfast: Holdfast, email: string, name: string, role: string, ...more: string[]): void {
  typed(holdfast, ["user", "add", email, name, "--role", role, ...more], `${PASSWORD}\n`);
}

/** Makes a token that may write; its text. */
export function makeToken(holdfast: Holdfast, email: string, name: string): string {
  return typed(holdfast, ["token", "make", email, name, "--write", "--days", "1"]).trim();
}

export async function logIn(page: Page, email: string): Promise<void> {
  await page.goto("/account");
  const form = page.getByRole("form", { name: "Log in to Holdfast" });
  await form.getByLabel("Email").fill(email);
  await form.getByLabel("Password").fill(PASSWORD);
  await form.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("link", { name: /^Account of / })).toBeVisible();
  await alive(page);
}

/** What the program answers at the terminal, beside the running server. */
function typed(holdfast: Holdfast, what: string[], input = ""): string {
  const env = { ...process.env, HOLDFAST_DATA_DIR: holdfast.dataDir };
  return execFileSync(program(), what, { cwd: holdfast.dataDir, env, input, encoding: "utf8" });
}
