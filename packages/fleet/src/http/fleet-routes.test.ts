import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { OpenAPIHono, z } from "@hono/zod-openapi";
import { needOf } from "@meterport/gateway/http/access/route-scopes";
import { peer } from "../../../../test/support/peers.ts";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { readAudit } from "../audit/audit.ts";
import type { Database } from "../books/database.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import type { FleetAnswer, MetersPage, SitesPage } from "./api.ts";
import { type FakeDesk, fakeDesk } from "./fake-desk.test-kit.ts";
import { addFleetRoutes } from "./fleet-routes.ts";
import { bookDaysOf, bringSites, quarters } from "./fleet-world.test-kit.ts";

const { skip } = peer("pg_createcluster");
const wall = Date.UTC(2026, 10, 4, 12);

const entropy = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const points = { meters: new Map(), pointInfo: () => undefined };

interface Content {
  readonly schema?: unknown;
  readonly example?: unknown;
}

describe("the routes of a fleet", { skip }, () => {
  const servers = new FleetServer();
  const app = new OpenAPIHono();
  let database: Database;
  let desk: FakeDesk;

  before(async () => {
    database = await servers.fleet();
    await bringSites(database);
    await bookDaysOf(database, [quarters("flat-1", "2026-11-02", 0, 96)]);
    desk = fakeDesk();
    app.use((c, next) => {
      c.set("actor", { kind: "user", name: "anna", scope: "admin" });
      return next();
    });
    const fleet = { id: "test", name: "Test", shards: 16 };
    addFleetRoutes(app, { database, fleet, clock: new VirtualClock({ wall }), entropy, desk }, points);
  });
  after(servers.stop);

  const get = async (path: string): Promise<Response> => app.request(`/api/v1/fleet${path}`);
  const json = async <T>(path: string): Promise<T> => {
    const answer = await get(path);
    assert.equal(answer.status, 200, `${path}: ${await answer.clone().text()}`);
    return (await answer.json()) as T;
  };
  const send = (method: string, path: string, body: unknown = {}) =>
    app.request(`/api/v1/fleet${path}`, {
      ...{ method, body: JSON.stringify(body), headers: { "content-type": "application/json" } },
    });
  const deeds = async () => (await readAudit(database.run, 100)).map(({ who, what, about }) => [who, what, about]);

  test("each says what it does, with examples that its schemas accept", () => {
    const routes = app.openAPIRegistry.definitions.flatMap((each) => (each.type === "route" ? [each.route] : []));
    assert.ok(routes.length > 20, String(routes.length));
    for (const { method, path, summary, tags, responses } of routes) {
      assert.match(summary ?? "", /^\S.{8,}[^.]$/, path);
      assert.deepEqual(tags, ["fleet"], path);
      for (const response of Object.values(responses) as { readonly content?: Readonly<Record<string, Content>> }[])
        for (const { schema, example } of Object.values(response.content ?? {})) {
          assert.ok(schema instanceof z.ZodType, path);
          assert.deepEqual(schema.parse(example), example, `${method} ${path}`);
        }
    }
  });

  test("who may only look changes nothing", () => {
    const routes = app.openAPIRegistry.definitions.flatMap((each) => (each.type === "route" ? [each.route] : []));
    const needs = routes.map(({ method, path }) => [method, path, needOf(method.toUpperCase(), path)] as const);
    for (const [method, path, need] of needs) if (method !== "get") assert.notEqual(need, "read", path);
    const admin = needs.flatMap(([, path, need]) => (need === "admin" ? [path] : []));
    const tokens = "/api/v1/fleet/intake/tokens";
    const runs = "/api/v1/fleet/exports/{export}/runs";
    assert.deepEqual(admin, ["/api/v1/fleet/sites/import", runs, tokens, tokens, `${tokens}/{name}`]);
    assert.equal(needOf("GET", "/api/v1/fleet/audit"), "operate");
  });

  test("lists come by pages whose cursors lead on, and a wrong cursor or parameter is refused", async () => {
    const fleet = await json<FleetAnswer>("");
    assert.deepEqual([fleet.name, fleet.meters, fleet.shards_free, fleet.states.free], ["Test", 3, 16, 3]);
    assert.deepEqual(fleet.yesterday, { day: "2026-11-03", percent: 0, counted: new Date(wall).toISOString() });
    const first = await json<MetersPage>("/meters?limit=2");
    const second = await json<MetersPage>(`/meters?limit=2&cursor=${first.next}`);
    assert.deepEqual(
      [...first.meters, ...second.meters].map(({ serial }) => serial),
      ["7001", "7002", "7003"],
    );
    assert.deepEqual([second.next, second.total], [null, 3]);
    assert.equal((await json<SitesPage>("/sites?q=park")).sites.length, 1);
    for (const path of ["/meters?cursor=no", "/sites?form=1", "/completeness?month=2026-13", "/meters?limit=1001"])
      assert.equal((await get(path)).status, 400, path);
    assert.deepEqual(await json("/holders"), { holders: [], free: [...Array(16).keys()] });
  });

  test("completeness, its report as CSV, and booked values", async () => {
    const { points } = await json<{ readonly points: readonly { readonly percent: readonly unknown[] }[] }>(
      "/completeness?site=lindevej-12&month=2026-11",
    );
    assert.deepEqual(points[0]?.percent.slice(0, 4), [null, 100, 4, 0]);
    const csv = await get("/completeness/report?month=2026-11&format=csv");
    assert.match(csv.headers.get("content-disposition") ?? "", /completeness-2026-11-by-point.csv/);
    const lines = (await csv.text()).split("\r\n");
    assert.deepEqual([lines.length, lines[0]?.slice(0, 10)], [5, "site,point"]);
    assert.match(lines[1] ?? "", /^lindevej-12,flat-1,energy_import_wh,1,/);
    const values = await json<{ readonly days: readonly { readonly sum: number }[] }>(
      "/points/flat-1/values?day=2026-11-02",
    );
    assert.deepEqual([values.days.length, values.days[0]?.sum], [1, 9_200]);
    assert.equal((await get("/points/nobody/values")).status, 404);
    assert.equal((await get("/points/flat-1/values?day=2026-02-30")).status, 400);
  });

  test("a pause is kept with who asked for it", async () => {
    const until = "2026-11-05T00:00:00.000Z";
    const answer = await send("PATCH", "/sites/park", { paused_until: until });
    assert.deepEqual([answer.status, ((await answer.json()) as { paused_until: string }).paused_until], [200, until]);
    assert.equal((await send("PATCH", "/sites/nowhere", { paused_until: until })).status, 404);
    for (const wrong of ["2026-11-01T00:00:00Z", "2030-01-01T00:00:00Z", "soon", 5])
      assert.equal((await send("PATCH", "/sites/park", { paused_until: wrong })).status, 400, String(wrong));
    assert.equal((await send("PATCH", "/sites/park", { paused_until: null })).status, 200);
    assert.deepEqual((await deeds()).slice(0, 2), [
      ["anna", "resume", { site: "park" }],
      ["anna", "pause", { site: "park", until }],
    ]);
    const audit = await json<{ readonly entries: readonly { readonly number: number }[]; readonly next: string }>(
      "/audit?limit=1",
    );
    const rest = await json<{ readonly entries: readonly { readonly what: string }[] }>(`/audit?cursor=${audit.next}`);
    assert.equal(rest.entries[0]?.what, "pause");
  });

  test("sites are brought in all or none, after a look at what would change, and it is noted who did it", async () => {
    const count = async () => (await database.run("SELECT 1 FROM meter")).count;
    const bring = (csv: string, more: object = {}) => send("POST", "/sites/import", { csv, ...more });
    const header = "site,zone,serial,link,point";
    const row = "hill,Europe/Copenhagen,8001,tcp://10.0.2.1:4059,hill-1";
    const [before, known] = [(await deeds()).length, await count()];

    const wrong = await bring(
      `${header},key\n${row},0123\npark,,7003,nowhere://x,hall,\nhill,,8001,tcp://10.0.2.2:4059,hill-2,`,
    );
    const refusal = (await wrong.json()) as { readonly error: string; readonly message: string };
    assert.deepEqual([wrong.status, refusal.error], [400, "wrong-rows"]);
    const lines = refusal.message.split("\n");
    assert.ok(lines.length >= 3, refusal.message);
    assert.match(
      refusal.message,
      /csv:2: key .*[\s\S]*csv:3: link is wrong: .*[\s\S]*csv:4: serial is the same as in line 2/,
    );
    assert.doesNotMatch(refusal.message, /0123/);
    const keys = await bring(`${header},key\n${row},hex:${"5a".repeat(16)}`);
    assert.match(((await keys.json()) as typeof refusal).message, /csv:2: keys are not taken here/);
    assert.equal((await bring("site\nx")).status, 400);
    assert.equal((await bring(header, { more: 1 })).status, 400);
    assert.equal((await bring(`${header}\nhill,,7003,tcp://10.0.2.3:4059,hill-3`)).status, 400, "it hangs elsewhere");

    const report = { sites_added: 1, added: ["8001"], changed: [], moved: [], unchanged: 0 };
    const dry = await bring(`${header}\n${row}`, { dry_run: true });
    assert.deepEqual([dry.status, await dry.json()], [200, { ...report, written: false }]);
    assert.deepEqual([await count(), (await deeds()).length], [known, before], "nothing has changed until now");

    const made = await bring(`${header}\n${row}`);
    assert.deepEqual([made.status, await made.json()], [200, { ...report, written: true }]);
    const moved = await bring(`${header}\npark,,8001,tcp://10.0.2.1:4059,hill-1`, { move: true });
    assert.deepEqual(((await moved.json()) as { moved: unknown }).moved, [
      { serial: "8001", from: "hill", to: "park" },
    ]);
    assert.equal(await count(), known + 1);
    const about = { file: "csv", sites: 0, added: 0, changed: 1, moved: 1, keys: 0 };
    assert.deepEqual((await deeds()).slice(0, 2), [
      ["anna", "import", about],
      ["anna", "import", { ...about, sites: 1, added: 1, changed: 0, moved: 0 }],
    ]);
    await database.run("DELETE FROM meter WHERE serial = '8001'");
    await database.run("DELETE FROM metering_point WHERE id = 'hill-1'");
  });

  test("campaigns: planned, listed, cancelled, tried again, and of a single point at once", async () => {
    const wanted = { name: "January", reads: ["registers"], closes: "2026-11-06T00:00:00Z", windows: ["00:30-05:30"] };
    const made = await send("POST", "/campaigns", { ...wanted, sites: ["park"], spread_s: 60 });
    assert.equal(made.status, 201, await made.clone().text());
    assert.deepEqual(desk.campaigns[0]?.windows, [{ from: 30, to: 330 }]);
    const report = (await made.json()) as { readonly windows: readonly string[]; readonly opens: string };
    assert.deepEqual([report.windows, report.opens], [["00:30-05:30"], new Date(wall).toISOString()]);
    for (const wrong of [{ reads: [] }, { windows: ["0:30-5:30"] }, { points: ["a"], sites: ["b"] }, { more: 1 }])
      assert.equal((await send("POST", "/campaigns", { ...wanted, ...wrong })).status, 400, JSON.stringify(wrong));
    const read = await send("POST", "/points/flat-1/read", { reads: ["registers"] });
    assert.deepEqual([read.status, await read.json()], [202, { campaign: 2 }]);
    assert.deepEqual(desk.campaigns[1]?.scope, { points: ["flat-1"] });
    assert.equal((await send("POST", "/points/nobody/read", { reads: ["registers"] })).status, 404);
    const page = await json<{ readonly campaigns: readonly { readonly id: number }[]; readonly next: string }>(
      "/campaigns?limit=1",
    );
    const rest = await json<typeof page>(`/campaigns?limit=1&cursor=${page.next}`);
    assert.deepEqual([page.campaigns[0]?.id, rest.campaigns[0]?.id], [2, 1]);
    assert.equal((await get("/campaigns/9")).status, 404);
    assert.equal((await get("/campaigns/1/targets")).status, 200);
    assert.deepEqual(await (await send("POST", "/campaigns/1/cancel")).json(), { targets: 1 });
    const again = await send("POST", "/campaigns/9/again", { closes: "2026-11-07T00:00:00Z" });
    assert.deepEqual(
      [again.status, await again.json()],
      [409, { error: "campaign", message: "there is no campaign 9" }],
    );
    assert.deepEqual(
      (await deeds()).slice(0, 3).map(([, what]) => what),
      ["campaign-cancel", "read", "campaign"],
    );
  });

  test("checked days are shown, decided and seen; exports are listed without their secrets", async () => {
    const inbox = await json<{ readonly days: readonly { readonly suspect: number }[]; readonly next: string }>("/vee");
    assert.deepEqual([inbox.days[0]?.suspect, typeof inbox.next], [1, "string"]);
    assert.equal((await get("/points/nobody/vee/2026-11-02")).status, 404);
    assert.equal((await get("/points/flat-1/vee/yesterday")).status, 400);
    const decision = {
      obis: "1-0:1.29.0",
      from: "2026-11-02T10:00:00Z",
      to: "2026-11-02T10:15:00Z",
      reason: "new oven",
    };
    const decided = await send("POST", "/points/flat-1/vee/2026-11-02", { ...decision, kind: "set", values: [7] });
    assert.equal(decided.status, 200);
    assert.deepEqual(desk.edits, [
      {
        ...{ author: "anna", reason: "new oven", from: Date.parse(decision.from), to: Date.parse(decision.to) },
        ...{ point: "flat-1", obis: "1-0:1.29.0", kind: "set", values: [7] },
      },
    ]);
    const [, , about] = (await deeds())[0] ?? [];
    // printf 7 | sha256sum
    const sha256 = "7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451";
    assert.deepEqual(about, {
      ...{ point: "flat-1", ...decision, kind: "set" },
      ...{ values: 1, values_sha256: sha256 },
    });
    const otherDay = { ...decision, kind: "accept", from: "2026-11-03T00:00:00Z", to: "2026-11-03T00:15:00Z" };
    assert.match(await (await send("POST", "/points/flat-1/vee/2026-11-02", otherDay)).text(), /is of 2026-11-02/);
    assert.equal((await send("POST", "/points/nobody/vee/2026-11-02", { ...decision, kind: "accept" })).status, 404);
    assert.equal(desk.edits.length, 1);
    assert.equal((await send("POST", "/points/flat-1/vee/2026-11-02/seen?version=1")).status, 200);
    const newer = await send("POST", "/points/flat-1/vee/2026-11-02/seen?version=2");
    assert.deepEqual([newer.status, /has version 1 by now, not 2/.test(await newer.text())], [409, true]);
    const exports = await (await get("/exports")).text();
    assert.match(exports, /"target":"https"/);
    assert.doesNotMatch(exports, /secret|token/);
    assert.equal((await get("/exports/4/runs")).status, 404);
    const again = await send("POST", "/exports/3/runs", { period: "2026-11-01" });
    assert.equal(again.status, 202, await again.text());
    assert.equal((await send("POST", "/exports/4/runs", { period: "2026-11-01" })).status, 409);
    const file = await get("/exports/3/runs/2026-11-01/1/files/a.json");
    assert.deepEqual([file.status, await file.text()], [200, "{}"]);
    assert.equal((await get("/exports/3/runs/2026-11-01/1/files/..%2Fb")).status, 404);
  });

  test("a database that is away is a sentence with the time to come again", async () => {
    const away = new OpenAPIHono();
    const gone = await servers.connect("gone");
    const world = {
      ...{ database: gone, fleet: { id: "test", name: "Test", shards: 16 }, clock: new VirtualClock({ wall }), desk },
      entropy,
    };
    addFleetRoutes(away, world, points);
    const answer = await away.request("/api/v1/fleet/meters");
    assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "5"]);
    assert.match(
      ((await answer.json()) as { message: string }).message,
      /^the fleet's database does not answer: the database/,
    );
  });
});
