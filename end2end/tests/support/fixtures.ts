// The `test` of every spec: a running server behind `baseURL`, and an eye on what the browser complains about.
//
//   import { expect, test } from "./support/fixtures";
//   test("a count appears", async ({ page }) => { await page.goto("/query"); });
//
// Specs that kill, restart or configure the server ask for their own:
//   test.use({ ownServer: true });                 // or { ownServer: { HOLDFAST_STORES__BACKEND: "memory" } }
//   test("survives", async ({ page, holdfast }) => { await holdfast.killAndRestart(); });
import { type BrowserContext, test as base } from "@playwright/test";
import { Holdfast, type Settings } from "./holdfast";

export { expect } from "@playwright/test";

/** Complaints of the browser that no test should cause: panics, failed hydration, uncaught errors. */
export class Complaints {
  readonly heard: string[] = [];
  private readonly expected: RegExp[] = [];

  /** Says that this test causes such a complaint on purpose: a refused request, an offline browser. */
  expect(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  /** Listens to every page of a context, also those opened later. */
  listenTo(context: BrowserContext): void {
    context.on("weberror", (event) => this.heard.push(`uncaught: ${event.error().message}`));
    context.on("console", (message) => {
      if (message.type() === "error") this.heard.push(message.text());
    });
  }

  get unexpected(): string[] {
    return this.heard.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
  }
}

type Options = { ownServer: boolean | Settings };
type Fixtures = { holdfast: Holdfast; complaints: Complaints };
type WorkerFixtures = { sharedServer: Holdfast };

export const test = base.extend<Options & Fixtures, WorkerFixtures>({
  ownServer: [false, { option: true }],

  sharedServer: [
    async ({}, use) => {
      const server = await Holdfast.start();
      await use(server);
      await server.remove();
    },
    { scope: "worker" },
  ],

  // The server this test talks to. On failure its log is attached to the report.
  holdfast: async ({ ownServer, sharedServer }, use, info) => {
    const settings = typeof ownServer === "object" ? ownServer : {};
    const server = ownServer ? await Holdfast.start(settings) : sharedServer;
    await use(server);
    if (info.status !== info.expectedStatus) {
      await info.attach("server log", { body: server.log, contentType: "text/plain" });
    }
    if (ownServer) await server.remove();
  },

  baseURL: async ({ holdfast }, use) => use(holdfast.url),

  complaints: [
    async ({ context }, use) => {
      const complaints = new Complaints();
      complaints.listenTo(context);
      await use(complaints);
      base.expect(complaints.unexpected, "the browser's console shows errors").toEqual([]);
    },
    { auto: true },
  ],
});
