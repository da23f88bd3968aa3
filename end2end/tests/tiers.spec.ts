// Tiers are a setting: the same page with everything in the browser, or in the server's memory.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseCohort, expectCount, expectSaved, open } from "./support/cohort";
import { expect, test } from "./support/fixtures";

test.describe("backend = client", () => {
  test.use({ ownServer: { HOLDFAST_STATE__BACKEND: "client" } });

  test("stores live in the browser and survive a refresh", async ({ page }) => {
    const written: string[] = [];
    page.on("request", (request) => written.push(new URL(request.url()).pathname));
    await open(page);
    await chooseCohort(page);
    await expectCount(page, "179", "1,123");
    expect(written.filter((path) => path.includes("write_store"))).toEqual([]);
    await page.reload();
    await expectCount(page, "179", "1,123");
  });
});

test.describe("backend = memory", () => {
  test.use({ ownServer: { HOLDFAST_STATE__BACKEND: "memory" } });

  test("stores live in the server's memory and survive a refresh", async ({ page }) => {
    await open(page);
    await chooseCohort(page);
    await expectSaved(page);
    await page.reload();
    await expectCount(page, "179", "1,123");
  });
});

test.describe("one store moved to the browser", () => {
  const config = join(mkdtempSync(join(tmpdir(), "holdfast-settings-")), "holdfast.toml");
  writeFileSync(config, '[stores]\n"query.filters" = "browser"\n');
  test.use({ ownServer: { HOLDFAST_CONFIG: config } });

  test("is kept there while the others stay on the server", async ({ page }) => {
    await open(page);
    await chooseCohort(page);
    await expectCount(page, "179", "1,123");
    await expect.poll(() => page.evaluate(() => sessionStorage.getItem("hf:query.filters") ?? "")).toContain('"f"');
  });
});
