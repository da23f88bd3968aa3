// What people do, in a real browser, against the release build. Each worker starts its own server on a free port with
// a data folder of its own (tests/support/holdfast.ts), so nothing here needs a server to be running.
import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";

// Debian's Chromium where there is one: Playwright's own cannot be downloaded everywhere.
const chromium = process.env.HOLDFAST_CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  retries: 0, // A test that passes at the second try is a failing test.
  workers: 2,
  // These end what hangs, also on a slow machine that does other things beside. How long something takes is no matter of
  // a test: the project `measurements` holds it to its bar, on a machine that is quiet.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: process.env.CI ? "list" : [["list"], ["html", { open: "never", outputFolder: "playwright-report" }]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    // A trace of every test takes a fifth of the time. Who looks into a failure asks for one: `--trace retain-on-failure`.
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(existsSync(chromium) ? { executablePath: chromium } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "chromium", testIgnore: /(screenshots|measurements)\.spec\.ts/ },
    { name: "screenshots", testMatch: /screenshots\.spec\.ts/ },
    { name: "measurements", testMatch: /measurements\.spec\.ts/ },
  ],
});
