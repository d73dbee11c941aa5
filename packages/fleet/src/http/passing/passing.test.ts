import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { peer } from "../../../../../test/support/peers.ts";
import { readAudit } from "../../audit/audit.ts";
import type { Database } from "../../books/database.ts";
import { FleetServer } from "../../books/fleet-database.test-kit.ts";
import { shardOf } from "../../shards/shard-of.ts";
import { tellLinkStates, tellShards } from "../../shards/told.ts";
import { fakeDesk } from "../fake-desk.test-kit.ts";
import { bookChild, bringSites, seen } from "../fleet-world.test-kit.ts";
import { addPassing } from "./add-passing.ts";
import { vouchedActor } from "./vouch.ts";

const { skip } = peer("pg_createcluster");
const [lindevej, park] = ["lindevej-12", "park"].map((site) => shardOf(site, 16)) as [number, number];

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Another process of the fleet, as far as it matters here. */
class FakeHolder {
  readonly pass = `pass-${Math.random()}`;
  readonly asked: string[] = [];
  answer: Answer = (_, response) => response.end("{}");
  readonly #server: Server = createServer((request, response) => {
    const actor = vouchedActor(this.pass)((request.headers.authorization ?? "").slice(7), (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    });
    this.asked.push(`${request.method} ${request.url} by ${actor?.name}, ${actor?.scope}`);
    response.setHeader("content-type", "application/json");
    if (actor === undefined) response.writeHead(401).end();
    else this.answer(request, response);
  });
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  kill(): void {
    this.#server.closeAllConnections();
  }
  stop(): void {
    this.#server.close();
    this.kill();
  }
}

/** Answers with a stream of events, which it hands over. */
const streaming =
  (given: (write: (text: string) => void, request: IncomingMessage) => void): Answer =>
  (request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    given((text) => response.write(text), request);
  };

describe("requests for points of other processes", { skip }, () => {
  const servers = new FleetServer();
  const holders: FakeHolder[] = [];
  let database: Database;
  let app: OpenAPIHono;

  before(async () => {
    database = await servers.fleet();
    await bringSites(database);
    await database.run("ALTER TABLE holder ADD COLUMN IF NOT EXISTS pass text");
  });
  beforeEach(async () => {
    await database.run("DELETE FROM held_shard");
    app = new OpenAPIHono();
    app.use((c, next) => {
      c.set("actor", { kind: "user", name: "Änna", scope: "operate" });
      return next();
    });
    const fleet = { id: "test", name: "Test", shards: 16 };
    const points = { meters: new Map(), pointInfo: () => undefined };
    addPassing(app, { database, fleet, clock: systemClock, entropy: systemEntropy, desk: fakeDesk() }, points);
    app.all("*", (c) => c.json({ error: "not-found" }, 404));
  });
  after(async () => {
    for (const holder of holders) holder.stop();
    await servers.stop();
  });

  const holds = async (name: string, shards: readonly number[]): Promise<FakeHolder> => {
    const holder = new FakeHolder();
    holders.push(holder);
    await seen(database, name, await holder.start(), -3_600);
    await database.run("UPDATE holder SET pass = $2 WHERE holder = $1", [name, holder.pass]);
    await tellShards(
      database.run,
      name,
      shards.map((shard) => ({ shard, attempt: holders.length })),
    );
    return holder;
  };

  test("they reach the holder with the word of who asks, and its answer comes back", async () => {
    const holder = await holds("one", [lindevej]);
    holder.answer = (_, response) => {
      response.writeHead(200, { etag: '"a"', "set-cookie": "a=b", "content-type": "application/json" });
      response.end('{"power_w":7}');
    };
    const answer = await app.request("/api/v1/points/flat-1/live?x=%20y", { headers: { cookie: "secret=1" } });
    assert.deepEqual([answer.status, await answer.json()], [200, { power_w: 7 }]);
    assert.deepEqual([answer.headers.get("etag"), answer.headers.get("set-cookie")], ['"a"', null]);
    assert.deepEqual(holder.asked, ["GET /api/v1/points/flat-1/live?x=%20y by Änna, operate"]);
    const doctor = await app.request("/api/v1/points/flat-1/link/doctor", { method: "POST", body: "{}" });
    assert.equal(doctor.status, 200);
    const [noted] = await readAudit(database.run, 1);
    assert.deepEqual([noted?.what, noted?.about], ["doctor", { point: "flat-1" }]);
    const children = await app.request("/api/v1/children?parent=flat-1&limit=16");
    assert.equal(children.status, 200);
    assert.match(holder.asked.at(-1) ?? "", /^GET \/api\/v1\/children\?parent=flat-1&limit=16 by/);
    assert.equal((await app.request("/api/v1/children")).status, 404, "left to the gateway's own route");
  });

  test("a meter behind a meter is asked of who reads its parent, and is no point of the list", async () => {
    const holder = await holds("one", [lindevej]);
    await bookChild(database, "flat-1.12345678");
    assert.equal((await app.request("/api/v1/points/flat-1.12345678/registers")).status, 200);
    assert.match(holder.asked.at(-1) ?? "", /^GET \/api\/v1\/points\/flat-1.12345678\/registers by/);
    const list = (await (await app.request("/api/v1/points")).json()) as {
      readonly points: readonly { readonly id: string }[];
      readonly total: number;
    };
    assert.deepEqual([list.points.map(({ id }) => id), list.total], [["flat-1", "flat-2", "hall"], 3]);
  });

  test("nothing else is passed on: no change, no point that is not in the books, and nothing twice", async () => {
    const holder = await holds("one", [lindevej, park]);
    const status = async (path: string, init?: RequestInit) => (await app.request(path, init)).status;
    for (const [method, rest] of [
      ["DELETE", ""],
      ["PATCH", ""],
      ["POST", "/link/key-test"],
      ["PUT", "/device/sources/a"],
    ])
      assert.equal(await status(`/api/v1/points/flat-1${rest}`, { method: method ?? "" }), 409, `${method} ${rest}`);
    assert.equal(await status("/api/v1/points/nobody/live"), 404);
    assert.equal(await status("/api/v1/points/flat-1%2f..%2f..%2fusers"), 404);
    assert.equal(await status("/api/v1/points/flat-1/../../users"), 404);
    const passed = { headers: { "x-meterport-vouched-scope": "admin" } };
    assert.equal(await status("/api/v1/points/flat-1/live", passed), 404);
    assert.deepEqual(holder.asked, []);
  });

  test("while nobody reads a point it is stale, and all else says when to come again", async () => {
    const live = await app.request("/api/v1/points/hall/live");
    const { quality, power_w, id } = (await live.json()) as Record<string, unknown>;
    assert.deepEqual([live.status, id, quality, power_w], [200, "hall", "stale", null]);
    const detail = await app.request("/api/v1/points/hall");
    assert.deepEqual([detail.status, detail.headers.get("retry-after")], [503, "3"]);
    assert.match(((await detail.json()) as { message: string }).message, /^no process of the fleet reads "hall" now/);
    // The same of a holder that lives by the books and is not there.
    (await holds("two", [park])).stop();
    const gone = await app.request("/api/v1/points/hall");
    assert.equal(gone.status, 503);
  });

  test("an answer that is cut in the middle looks like no whole", async () => {
    const holder = await holds("one", [lindevej]);
    holder.answer = (_, response) => {
      response.writeHead(200, { "content-type": "text/csv", "content-length": "100" });
      response.write("half");
      setImmediate(() => response.destroy());
    };
    const answer = await app.request("/api/v1/points/flat-1/export");
    await assert.rejects(answer.text(), /ended in the middle/);
  });

  const readUntil = async (reader: ReadableStreamDefaultReader<Uint8Array>, wanted: RegExp): Promise<string> => {
    let text = "";
    while (!wanted.test(text)) {
      const { done, value } = await reader.read();
      if (done) return `${text} (end)`;
      text += new TextDecoder().decode(value);
    }
    return text;
  };
  const openStream = async (headers: Record<string, string> = {}) => {
    const answer = await app.request("/api/v1/stream?point=flat-1,hall&events=change,live&every=5s", { headers });
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/event-stream"]);
    return answer.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  };

  test("a stream of points of several holders is one, and comes again where each of them was", async () => {
    const [one, two] = [await holds("one", [lindevej]), await holds("t;wo", [park])];
    const lastIds: unknown[] = [];
    const writes: ((text: string) => void)[] = [];
    const answer = streaming((write, request) => {
      lastIds.push(request.headers["last-event-id"] ?? null);
      writes.push(write);
      write(
        `event: change\nid: ${request.headers["last-event-id"] ?? 7}\ndata: {"of":"${request.url?.match(/point=([\w-]+)/)?.[1]}"}\n\n`,
      );
    });
    one.answer = answer;
    two.answer = answer;
    const reader = await openStream();
    const begun = await readUntil(reader, /(data: .*[\s\S]*){2}\n\n/);
    assert.match(begun, /"of":"flat-1"/);
    assert.match(begun, /"of":"hall"/);
    assert.match(one.asked[0] ?? "", /^GET \/api\/v1\/stream\?events=change%2Clive&every=5s&point=flat-1 by Änna/);
    const last = begun.match(/id: (.*=7;.*=7)\n/)?.[1] ?? "";
    assert.match(last, /one=7/);
    await reader.cancel();

    const again = await openStream({ "last-event-id": last.replace("one=7", "one=9") });
    assert.match(await readUntil(again, /one=9/), /id: /);
    const unknown = await openStream({ "last-event-id": "former=3" });
    await readUntil(unknown, /id: /);
    assert.deepEqual(lastIds.slice(0, 2), [null, null]);
    assert.deepEqual(lastIds.slice(2, 4).toSorted(), ["7", "9"]);
    assert.equal(lastIds[4], "999999999999999", "a holder of which it knows nothing says that changes may be missing");

    // One of the holders dies: the whole ends cleanly, and the browser comes again.
    one.kill();
    assert.match(await readUntil(again, /never/), /\(end\)$/);
    await unknown.cancel().catch(() => {});
  });

  test("a stream tells that a point is stale, and ends when somebody reads it", async () => {
    const reader = await openStream();
    const begun = await readUntil(reader, /hall[\s\S]*\n\n/);
    assert.match(begun, /event: live\ndata: \{"id":"flat-1".*"quality":"stale"/);
    assert.match(await readUntil(reader, /alive/), /event: alive/);
    await holds("one", [lindevej]);
    assert.match(await readUntil(reader, /never/), /\(end\)$/);
  });

  test("a stream goes on while the holder is dead by all signs but its own word, and ends when another one reads", async () => {
    const dead = await holds("one", [lindevej, park]);
    dead.stop();
    const reader = await openStream();
    const begun = await readUntil(reader, /alive[\s\S]*alive/);
    assert.match(begun, /event: live\ndata: \{"id":"flat-1".*"quality":"stale"/);
    assert.equal(begun.match(/"id":"hall"/g)?.length, 1, "told once");
    const own = await app.request("/api/v1/meters/hall/events");
    assert.deepEqual([own.status, own.headers.get("content-type")], [200, "text/event-stream"]);
    const events = own.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    assert.match(await readUntil(events, /alive/), /"id":"hall".*"quality":"stale"/);
    await events.cancel();
    await holds("two", [lindevej]);
    assert.match(await readUntil(reader, /never/), /\(end\)$/);
  });

  test("the list of points is that of the fleet", async () => {
    await holds("one", [lindevej]);
    await tellLinkStates(database.run, "one", [{ point: "flat-1", state: "silent", cause: "no-answer", since: 0 }]);
    const page = async (query: string) => {
      const answer = await app.request(`/api/v1/points?${query}`);
      assert.equal(answer.status, 200);
      return (await answer.json()) as {
        readonly points: readonly { readonly id: string; readonly link: { readonly state: string } }[];
        readonly found: number;
        readonly total: number;
        readonly next: string | null;
        readonly states: Readonly<Record<string, number>>;
      };
    };
    const first = await page("limit=2");
    assert.deepEqual(
      first.points.map(({ id, link }) => [id, link.state]),
      [
        ["flat-1", "silent"],
        ["flat-2", "connecting"],
      ],
    );
    assert.deepEqual([first.total, first.found, first.states.silent, first.states.connecting], [3, 3, 1, 2]);
    assert.deepEqual(
      (await page(`limit=2&cursor=${first.next}`)).points.map(({ id }) => id),
      ["hall"],
    );
    const inOrder = async (sort: string) => {
      const ids: string[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const part: Awaited<ReturnType<typeof page>> = await page(
          `limit=1&sort=${sort}${cursor === "" ? "" : `&cursor=${cursor}`}`,
        );
        ids.push(...part.points.map(({ id }) => id));
        cursor = part.next;
      }
      return ids.join(" ");
    };
    await database.run(
      "UPDATE metering_point SET name = CASE id WHEN 'flat-1' THEN 'Flat 10' WHEN 'flat-2' THEN 'flat 9' ELSE 'Aula' END",
    );
    await database.run("UPDATE site SET name = 'A park' WHERE id = 'park'");
    assert.equal(await inOrder("configured"), "flat-1 flat-2 hall");
    assert.equal(await inOrder("name"), "hall flat-2 flat-1");
    assert.equal(await inOrder("group"), "hall flat-2 flat-1");
    await database.run("UPDATE metering_point SET site_id = NULL WHERE id = 'hall'");
    assert.equal(await inOrder("group"), "flat-2 flat-1 hall", "points without a site come last");
    await tellLinkStates(database.run, "one", [{ point: "flat-1", state: "up", cause: null, since: 0 }]);
    assert.equal(await inOrder("state"), "flat-2 hall flat-1", "the worst comes first");
    await tellLinkStates(database.run, "one", [{ point: "flat-1", state: "silent", cause: "no-answer", since: 0 }]);
    const power = await app.request("/api/v1/points?sort=power");
    assert.deepEqual(
      [power.status, ((await power.json()) as { readonly message: string }).message],
      [400, "the points of a fleet have no order by power: sort by name, group or state"],
    );
    const silent = await page("state=silent&q=FLAT&group=Lindevej%2012");
    assert.deepEqual([silent.points.length, silent.found], [1, 1]);
    assert.equal((await app.request("/api/v1/points?form=1")).status, 404, "left to the gateway's own route");
  });
});
