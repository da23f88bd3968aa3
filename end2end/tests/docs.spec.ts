// The API's page: Swagger UI from this server alone, under its policy.
import { expect, test } from "./support/fixtures";

test("the API can be read and tried, and nothing is asked of any other server", async ({ page }) => {
  const hosts = new Set<string>();
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http")) hosts.add(url.host);
  });
  await page.goto("/api/v1/docs");
  await expect(page.getByRole("heading", { name: /Holdfast/ }).first()).toBeVisible();
  const states = page.locator("#operations-states-listStates");
  await expect(states).toBeVisible();
  await states.getByRole("button").first().click();
  await expect(states.getByText("Words and conditions, as on the States page.")).toBeVisible();
  expect(hosts.size).toBe(1);
});
