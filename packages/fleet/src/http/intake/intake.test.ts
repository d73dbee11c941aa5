import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Interval } from "@meterport/engine/model/interval";
import { silentLog } from "@meterport/engine/ports/log";
import { type Listening, listen } from "@meterport/gateway/http/server";
import { outputKinds } from "@meterport/gateway/outputs/list";
import { OutputWorld, until } from "@meterport/gateway/outputs/output-world.test-kit";
import { writeBody } from "@meterport/gateway/outputs/upstream/upstream-wire";
import { Secret } from "@meterport/protocol/mep/security/key";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { peer } from "../../../../../test/support/peers.ts";
import { readAudit } from "../../audit/audit.ts";
import type { Database } from "../../books/database.ts";
import { FleetServer } from "../../books/fleet-database.test-kit.ts";
import { daysOf } from "../../books/queries.ts";
import { slotsBetween } from "../../books/stored-slots.ts";
import { fakeDesk } from "../fake-desk.test-kit.ts";
import { addFleetRoutes } from "../fleet-routes.ts";
import { bringSites } from "../fleet-world.test-kit.ts";

const { skip } = peer("pg_createcluster");
const quarter = 900_000;
const begin = Date.UTC(2026, 9, 25);
const proof = {
  ...{ time: begin + 86_400_000, table: "BT64", offset: 16, raw: "0a0b0c", profile: "meter:3.70", clockOffset: 250 },
  note: "difference of recorded registers",
};
const interval = (n: number, point = "home"): Interval => ({
  ...{ point, channel: "energy_import_wh", end: begin + (n + 1) * quarter, seconds: 900, value: 100 + (n % 77) },
  ...{ source: "profile", quality: "good", flags: [], register: null, proof },
});

describe("values that a gateway brings by itself", { skip }, () => {
  const servers = new FleetServer();
  let database: Database;
  let fleet: Listening;
  /** Requests that end before their answer, after they were booked. */
  let cuts = 0;

  before(async () => {
    database = await servers.fleet();
    await bringSites(database);
    const app = new OpenAPIHono();
    app.use(async (c, next) => {
      c.set("actor", { kind: "user", name: "anna", scope: "admin" });
      await next();
      if (c.req.method === "POST" && c.req.path.endsWith("/intake") && cuts > 0) {
        cuts--;
        c.res = new Response(
          new ReadableStream({
            pull: (to) => to.error(Object.assign(new Error("cut"), { stack: "an answer is cut, as a test wants it" })),
          }),
          { status: 200 },
        );
      }
    });
    const world = { database, fleet: { id: "test", name: "Test", shards: 16 }, clock: systemClock };
    addFleetRoutes(
      app,
      { ...world, entropy: systemEntropy, desk: fakeDesk() },
      { meters: new Map(), pointInfo: () => undefined },
    );
    fleet = await listen({
      ...{ host: "127.0.0.1", port: 0, portAsked: true, log: silentLog, fetch: (request) => app.fetch(request) },
    });
  });
  after(async () => {
    await fleet.close();
    await servers.stop();
  });

  const send = (path: string, init: RequestInit = {}) => fetch(`${fleet.url}/api/v1/fleet/intake${path}`, init);
  const json = { "content-type": "application/json" };
  const makeToken = async (name: string, what: object): Promise<string> => {
    const answer = await send("/tokens", { method: "POST", headers: json, body: JSON.stringify({ name, ...what }) });
    assert.equal(answer.status, 201);
    return ((await answer.json()) as { readonly token: string }).token;
  };
  const outputWith = (token: string, readAgain?: (point: string, from: number) => boolean) =>
    outputKinds.upstream.create({ url: fleet.url, token: new Secret(new TextEncoder().encode(token)) } as never, {
      openLink: () => Promise.reject(new Error("no link")),
      data: "",
      readAgain,
    });
  const stored = async (point: string) => {
    const to = begin + 40 * 86_400_000;
    return slotsBetween(await daysOf(database.run, [point], { from: begin, to }), begin, to);
  };

  test("the books have what its journal has, although answers are cut and the journal comes twice", async () => {
    const token = await makeToken("cabin", { points: ["home"] });
    const world = new OutputWorld();
    try {
      await world.store.write({ intervals: Array.from({ length: 700 }, (_, n) => interval(n)) });
      cuts = 2;
      world.start(outputWith(token));
      await world.delivered(60_000);
      assert.equal(cuts, 0);
      const slots = await stored("home");
      assert.equal(slots.length, 700);
      assert.ok(slots.every(({ value }, n) => value === 100 + (n % 77)));
      const { rows } = await database.run("SELECT holder, encode(raw, 'hex') AS raw FROM block");
      assert.deepEqual(rows, [{ holder: "intake cabin", raw: "0a0b0c" }]);
      const page = await world.store.journal({ after: 0, limit: 100 });
      const again = writeBody(page.entries.map((entry) => ({ entry, proof })));
      const bearer = { authorization: `Bearer ${token}` };
      const answer = await send("", { method: "POST", headers: bearer, body: again.text });
      assert.deepEqual(
        [answer.status, await answer.json()],
        [200, { taken: 100, number: 100, left_out: 0, why: null }],
      );
      assert.deepEqual(await stored("home"), slots);
      const { tokens } = (await (await send("/tokens")).json()) as {
        tokens: { name: string; last_delivered: string | null }[];
      };
      assert.notEqual(tokens.find(({ name }) => name === "cabin")?.last_delivered, null);
    } finally {
      await world.done();
    }
  });

  test("a gateway that names points of others is refused with all of them, and nothing is booked", async () => {
    const nowhere = { name: "liar", points: ["mine"], sites: ["prak"] };
    const mistyped = await send("/tokens", { method: "POST", headers: json, body: JSON.stringify(nowhere) });
    assert.deepEqual([mistyped.status, /There is no site ..prak../.test(await mistyped.text())], [400, true]);
    const token = await makeToken("liar", { points: ["mine"], sites: ["park"] });
    const entry = (n: number, point: string) => {
      const { proof: _, ...own } = interval(n, point);
      return { number: n, stored: 0, point, kind: "interval", interval: { ...own, revision: 1, stored: 0 } } as const;
    };
    const post = (points: readonly string[], headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
      send("", {
        ...{ method: "POST", headers },
        body: writeBody(points.map((point, n) => ({ entry: entry(n + 1, point), proof: undefined }))).text,
      });
    const refused = await post(["mine", "flat-1", "hall", "flat-2", "mine.42", "minex"]);
    assert.equal(refused.status, 403);
    const { message } = (await refused.json()) as { readonly message: string };
    assert.match(message, /^this token is not for "flat-1", "flat-2", "minex": nothing is booked/);
    for (const point of ["mine", "flat-1", "hall"]) assert.deepEqual(await stored(point), [], point);
    assert.equal((await post(["mine", "hall", "mine.42"])).status, 200);
    assert.equal((await stored("hall")).length, 1, "of its site");
    for (const headers of [{}, { authorization: "Bearer mp_no" }, { authorization: `Bearer ${token}x` }])
      assert.equal((await post(["mine"], headers as Record<string, string>)).status, 401);
    assert.equal((await send("/requests")).status, 401);
    const broken = await send("", { method: "POST", headers: { authorization: `Bearer ${token}` }, body: "{}" });
    assert.equal(broken.status, 400);
  });

  test("it is asked for what the books lack, as long as its token is there", async () => {
    const token = await makeToken("asked", { points: ["flat-1"] });
    const world = new OutputWorld();
    try {
      await database.run(
        `WITH c AS (INSERT INTO channel (point_id, name, tier, step, phase, digits, unit, scale)
            SELECT point_id, 'energy_import_wh', 0, 900, 0, 0, 'Wh', 1 FROM metering_point WHERE id = 'flat-1' RETURNING channel_id)
          INSERT INTO gap (channel_id, day, slots, gone) SELECT channel_id, d::date, ('0001' || repeat('0', 92))::varbit, repeat('0', 96)::varbit
            FROM c, (VALUES ('2026-10-27'), ('2026-10-26')) AS v (d)`,
      );
      const answer = await send("/requests", { headers: { authorization: `Bearer ${token}` } });
      const reader = answer.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
      const { value } = await reader.read();
      assert.equal(
        new TextDecoder().decode(value),
        `event: gaps\ndata: ${JSON.stringify({
          ...{ point: "flat-1", from: Date.UTC(2026, 9, 26, 0, 45) },
          channels: [
            {
              channel: "energy_import_wh",
              spans: [26, 27].map((date) => ({
                after: Date.UTC(2026, 9, date, 0, 45),
                until: Date.UTC(2026, 9, date, 1),
              })),
            },
          ],
        })}\n\n`,
      );
      await reader.cancel();

      world.start(outputWith(token));
      await world.is("up");
      assert.equal((await send("/tokens/asked", { method: "DELETE" })).status, 204);
      assert.equal((await send("/tokens/asked", { method: "DELETE" })).status, 404);
      const tried = await world.outputs.test("upstream");
      assert.match(tried?.text ?? "", /does not know this token/);
      const deeds = (await readAudit(database.run, 2)).map(({ who, what }) => [who, what]);
      assert.deepEqual(deeds[0], ["anna", "intake-token-removed"]);
    } finally {
      await world.done();
    }
  });

  test("its output has the meter read again where the fleet lacks values", async () => {
    const token = await makeToken("reader", { points: ["home"] });
    const world = new OutputWorld();
    const asked: unknown[] = [];
    try {
      await database.run("DELETE FROM gap");
      await database.run(
        `INSERT INTO gap (channel_id, day, slots, gone) SELECT channel_id, '2026-10-26', ('1' || repeat('0', 95))::varbit, repeat('0', 96)::varbit
          FROM channel JOIN metering_point p USING (point_id) WHERE p.id = 'home'`,
      );
      world.start(outputWith(token, (point, from) => asked.push([point, from]) > 0));
      await until("the gap is asked for", () => asked.length > 0);
      assert.deepEqual(asked[0], ["home", Date.UTC(2026, 9, 26)]);
    } finally {
      await world.done();
    }
  });
});
