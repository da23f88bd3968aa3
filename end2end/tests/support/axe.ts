// Accessibility of the page as it stands: nothing serious or critical by axe's rules for WCAG 2.2 AA.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails with one line for each place: rule, what is wrong, where. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations, passes } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const places = serious.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`));
  expect(places, "axe finds serious problems").toEqual([]);
  expect(passes.length, "axe has looked at something").toBeGreaterThan(0);
}
