// What a person does on the Query page, in their words.
import { expect, type Page } from "@playwright/test";

/** Opens a page and waits until it answers. */
export async function open(page: Page, path = "/"): Promise<void> {
  await page.goto(path);
  await alive(page);
}

/** Loads the page anew, and waits until it answers: what the server rendered is there before that. */
export async function reload(page: Page): Promise<void> {
  await page.reload();
  await alive(page);
}

/** The page has come alive: it answers clicks. Everything else needs that, so it is waited for as long as the test lives. */
export async function alive(page: Page): Promise<void> {
  await page.locator("body[data-alive]").waitFor({ state: "attached" });
}

/** Women between 40 and 60: the cohort with reference answers. */
export async function chooseCohort(page: Page): Promise<void> {
  await setAge(page, "40", "60");
  await page.getByRole("checkbox", { name: "f", exact: true }).check();
}

/** Types the ends of the age range. */
export async function setAge(page: Page, from: string, to: string): Promise<void> {
  await page.getByLabel("Age from").fill(from);
  await page.getByLabel("Age to").fill(to);
}

/** The merged result has so many rows, and is whole. */
export async function expectMerged(page: Page, rows: string): Promise<void> {
  await expect(page.getByTestId("rows-shown")).toContainText(`of ${rows}`);
  await expect(page.getByTestId("merge-status")).toContainText("kept with this study");
}

/** The live count says so many participants and rows. */
export async function expectCount(page: Page, participants: string, rows: string): Promise<void> {
  await expect(page.getByTestId("count-participants")).toHaveText(participants);
  await expect(page.getByTestId("count-rows")).toHaveText(rows);
}

/** Everything is on the server. A page whose write failed tries again after half a minute at the latest. */
export async function expectSaved(page: Page): Promise<void> {
  await expect(page.getByTestId("save-chip")).toContainText("Saved", { timeout: 60_000 });
}

/** The mean of a column of the merged result, as its head tells it. */
export async function expectMean(page: Page, column: string, mean: string): Promise<void> {
  await page.getByRole("button", { name: `Filter and figures of ${column}`, exact: true }).click();
  await expect(page.getByTestId("column-mean")).toContainText(mean);
  await page.keyboard.press("Escape");
}
