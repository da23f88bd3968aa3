// A program's day through the client that is generated from the API's description: what it sends and reads is checked by the
// compiler, what the server answers here. What the program did, a person then finds on the pages.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import createClient, { type Client } from "openapi-fetch";
import type { paths } from "../../clients/typescript/holdfast";
import { open } from "./support/cohort";
import { expect, test } from "./support/fixtures";
import type { Holdfast } from "./support/holdfast";
import { addUser, logIn, makeToken } from "./support/people";

// Parcels are a kind of this test's own, so that a program may write one.
test.use({ ownServer: { HOLDFAST_KINDS__PARCEL__FIRST: "packed", HOLDFAST_KINDS__PARCEL__UPDATE: '["packed"]' } });

const samples = join(dirname(fileURLToPath(import.meta.url)), "../../samples/pbc");
const ADA = "ada@lab.org";

function client(holdfast: Holdfast, token: string): Client<paths> {
  return createClient<paths>({ baseUrl: holdfast.url, headers: { authorization: `Bearer ${token}` } });
}

/** A program of Ada's, who is an analyst. */
function adas(holdfast: Holdfast): Client<paths> {
  addUser(holdfast, ADA, "Ada Lovelace", "analyst");
  return client(holdfast, makeToken(holdfast, ADA, "nightly"));
}

async function importTable(api: Client<paths>, name: string): Promise<void> {
  const { data, error } = await api.POST("/api/v1/tables", {
    params: { query: { name } },
    headers: { "content-type": "application/octet-stream" },
    body: readFileSync(join(samples, name), "utf8"),
    bodySerializer: (file) => file,
  });
  expect(error).toBeUndefined();
  expect(data?.outcome).toBe("imported");
}

/** Orders a run under a key, twice, and waits until it is over; its id. */
async function completedRun(api: Client<paths>, name: string, seed: number): Promise<string> {
  const order = () =>
    api.POST("/api/v1/runs", {
      params: { header: { "Idempotency-Key": `run ${name}` } },
      body: { protocol: "aflibercept_te.yaml", name, patients: 100, years: 2, seed, start_date: "2026-01-01" },
    });
  const first = await order();
  expect(first.error).toBeUndefined();
  const again = await order();
  expect(again.response.headers.get("idempotency-replayed")).toBe("true");
  expect(again.data?.id).toBe(first.data?.id);
  const id = first.data?.id ?? "";
  const status = async () => {
    const { data } = await api.GET("/api/v1/runs/{id}/progress", { params: { path: { id } } });
    return data?.status;
  };
  // As long as the test lives.
  await expect.poll(status, { timeout: 0 }).toBe("completed");
  return id;
}

test("a program imports, counts, plots, simulates and compares, and its person finds all of it", async ({ holdfast, page }) => {
  const api = adas(holdfast);
  const me = await api.GET("/api/v1/users/me");
  expect(me.data?.user?.role).toBe("analyst");
  expect(me.data?.may_write).toBe(true);

  for (const table of ["demographics.csv", "labs.csv", "exams.csv"]) await importTable(api, table);
  const women = { filters: { age: { min: 40, max: 60 }, sex: ["f"] }, selection: { labs: ["bili"] } };
  const counted = await api.POST("/api/v1/datasets/count", { body: women });
  expect(counted.data?.left).toEqual({ participants: 179, rows: 1123 });
  const merged = await api.POST("/api/v1/datasets", { body: women });
  expect(merged.data?.row_count).toBe(1123);
  const id = merged.data?.id ?? "";
  const drawn = await api.POST("/api/v1/datasets/{id}/plot", {
    params: { path: { id } },
    body: { kind: "histogram", x: "bili" },
  });
  expect(drawn.data?.panels[0]?.description?.mean).toBeCloseTo(3.4313, 3);
  const high = await api.POST("/api/v1/datasets/{id}/plot/selection/file", {
    params: { path: { id } },
    body: { plot: { kind: "histogram", x: "bili" }, region: { shape: "box", x: { min: 10 } } },
    parseAs: "text",
  });
  expect(high.data?.split("\n")[0]).toContain("bili");

  const [heron, lantern] = [await completedRun(api, "Heron", 7), await completedRun(api, "Lantern", 8)];
  const compared = await api.GET("/api/v1/compare", { params: { query: { runs: `${heron},${lantern}`, mode: "statistical" } } });
  expect(compared.data).toMatchObject({ runs: [{ name: "Heron" }, { name: "Lantern" }] });

  await logIn(page, ADA);
  await open(page, "/simulations");
  await expect(page.getByRole("link", { name: "Heron", exact: true })).toBeVisible();
  await open(page, "/data");
  await expect(page.getByRole("region", { name: "Table labs" })).toContainText("1,945 rows");
});

test("a change names the version that it saw, and a stale one is told what is there now", async ({ holdfast }) => {
  const api = adas(holdfast);
  const made = await api.POST("/api/v1/states", { body: { kind: "parcel", name: "books", data: { grams: 800 } } });
  const id = made.data?.id ?? "";
  const read = await api.GET("/api/v1/states/{id}", { params: { path: { id } } });
  const seen = read.response.headers.get("etag") ?? "";
  expect(seen).toBe('"1"');
  const weigh = (grams: number, etag?: string) =>
    api.PATCH("/api/v1/states/{id}", {
      params: { path: { id }, header: { "If-Match": etag } },
      body: { data: { grams } },
    });
  expect((await weigh(950, seen)).data?.version).toBe(2);

  const stale = await weigh(990, seen);
  expect(stale.response.status).toBe(412);
  expect(stale.error).toMatchObject({ error: "stale", version: 2, state: { data: { grams: 950 } } });
  const unsaid = await weigh(990);
  expect([unsaid.response.status, unsaid.response.headers.get("etag")]).toEqual([428, '"2"']);
  const unchanged = await api.GET("/api/v1/states/{id}", { params: { path: { id }, header: { "If-None-Match": '"2"' } } });
  expect(unchanged.response.status).toBe(304);
});

test("a refusal is a problem document, and says what a program cannot do", async ({ holdfast }) => {
  const api = adas(holdfast);
  const nobody = await client(holdfast, "hf_pat_nothing").GET("/api/v1/tables");
  expect([nobody.response.status, nobody.error?.error]).toEqual([401, "no_session"]);
  const watched = await api.GET("/api/v1/monitor", { params: { query: { minutes: 5 } } });
  expect([watched.response.status, watched.error?.error]).toEqual([403, "forbidden"]);
  const shared = await api.POST("/api/v1/shares", { body: { thing: { what: "result" }, with: "everybody" } });
  expect(shared.response.status).toBe(403);
  expect(shared.error?.detail).toContain("A token cannot share");
  const unknown = await api.POST("/api/v1/runs", { body: { protocol: "nothing.yaml", patients: 100, years: 2, seed: 7 } });
  expect(unknown.error).toMatchObject({ error: "invalid", path: "protocol" });
});
