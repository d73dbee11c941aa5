import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, describe, test } from "node:test";
import type { Interval } from "@meterport/engine/model/interval";
import type { Attempt, ReadKind } from "@meterport/engine/model/visit";
import { OutputWorld, until } from "@meterport/gateway/outputs/output-world.test-kit";
import { writeBody } from "@meterport/gateway/outputs/upstream/upstream-wire";
import { systemEntropy } from "@meterport/transports/clock";
import { parseMeterLink } from "@meterport/transports/link-url";
import { peer } from "../../../../../test/support/peers.ts";
import { FleetServer } from "../../books/fleet-database.test-kit.ts";
import { daysOf } from "../../books/queries.ts";
import { slotsBetween } from "../../books/stored-slots.ts";
import { visitBook } from "../../jobs/visit-book.ts";
import { importSites } from "../../shards/import-sites.ts";
import { noteMeters } from "./intake-book.ts";
import { IntakeWorld, type Told } from "./intake-world.test-kit.ts";

const { skip } = peer("pg_createcluster");
const quarter = 900_000;
const day = 86_400_000;
const begin = Math.floor(Date.now() / day) * day - 5 * day;

const device = (point: string, serial: string, from = begin) => ({
  ...{ point, from, to: null, serial, manufacturer: null, model: null, firmware: null, profile: null },
  ...{ start: {}, end: null },
});
const interval = (point: string, n: number): Omit<Interval, "proof"> => ({
  ...{ point, channel: "energy_import_wh", end: begin + (n + 1) * quarter, seconds: 900, value: 100 + n },
  ...{ source: "profile", quality: "good", flags: [], register: null },
});

const noMeter =
  'no meter is known at "cabin": import it, or wait until the gateway that brings the point has told which one hangs there';

describe("what the fleet asks of gateways that bring their values", { skip }, () => {
  const servers = new FleetServer();
  let fleet: IntakeWorld;
  before(async () => {
    fleet = await IntakeWorld.open(await servers.fleet());
  });
  after(async () => {
    await fleet.close();
    await servers.stop();
  });

  const bring = (token: string, entries: readonly object[]) =>
    fleet.send("/intake", {
      ...{ method: "POST", headers: { authorization: `Bearer ${token}` } },
      body: writeBody(entries.map((entry) => ({ entry: entry as never, proof: undefined }))).text,
    });
  const entryOf = (kind: "device" | "interval", own: { readonly point: string }, number = 1) => ({
    ...{ number, stored: begin, point: own.point, kind },
    [kind]: kind === "interval" ? { ...own, revision: 1, stored: begin } : own,
  });
  /** A gateway that has told which meter it reads. */
  const gateway = async (name: string, serial: string): Promise<string> => {
    const token = await fleet.token(name, { points: [name] });
    assert.equal((await bring(token, [entryOf("device", device(name, serial))])).status, 200);
    return token;
  };
  const read = async (point: string, reads: readonly ReadKind[] = ["registers"]): Promise<number> =>
    (await fleet.json<{ readonly campaign: number }>(fleet.post(`/points/${point}/read`, { reads }))).campaign;
  const answer = (token: string, ...outcomes: readonly object[]) => fleet.post("/intake/outcomes", { outcomes }, token);
  const idsIn = (told: readonly Told[]) => told.map(({ data }) => data.wanted.map((one: { id: string }) => one.id));

  test("a read on request reaches a gateway behind a router, and is done when the books have what was read", async () => {
    const token = await fleet.token("cabin", { points: ["cabin"] });
    const world = new OutputWorld();
    const wanted: string[] = [];
    let link: Attempt = { event: "failed", reason: "the meter does not answer" };
    const visit = async (point: string, reads: readonly ReadKind[]) => {
      wanted.push(`${point}: ${reads.join(" ")}`);
      const state = { point, register: "energy_import_wh", tier: 0, time: begin + 7_000, value: 4_711 };
      if (link.event === "read")
        await world.store.write({ registers: [{ ...state, reason: "manual", serial: "900" }] });
      return new Map(reads.map((kind) => [kind, link]));
    };
    const journalOf = async (name: string) => {
      const cursor = (await world.outputs.status()).find((one) => one.name === name)?.journal?.cursor ?? -1;
      return { newest: (await world.store.status()).journal.newest, delivered: cursor };
    };
    try {
      world.views[0] = Object.assign(world.home, { id: "cabin" });
      await bring(token, [entryOf("interval", interval("cabin", 0))]);
      const early = await fleet.post("/points/cabin/read", { reads: ["registers"] });
      const { message } = (await early.json()) as { readonly message: string };
      assert.deepEqual([early.status, message], [409, noMeter]);
      await bring(token, [entryOf("device", device("cabin", "900"))]);
      const first = await read("cabin", ["registers", "events"]);
      assert.deepEqual(await fleet.counts(first), { waiting: 1 });
      world.start(fleet.output(token, { visit, journalOf }));
      await until("it is told", async () => (await fleet.counts(first)).failed === 1, 60_000);
      assert.deepEqual(wanted, ["cabin: registers events"]);
      const { state, attempts, reason, serial, point, site } = await fleet.target(first);
      assert.deepEqual(
        { state, attempts, reason, serial, point, site },
        {
          ...{ state: "failed", attempts: 1, reason: "the meter does not answer" },
          ...{ serial: "900", point: "cabin", site: null },
        },
      );

      link = { event: "read", reason: null };
      const second = await read("cabin");
      await until("it is read", async () => (await fleet.counts(second)).done === 1, 60_000);
      const { rows } = await fleet.database.run(
        "SELECT r.raw, r.kind::text AS kind FROM register_reading r JOIN channel USING (channel_id) JOIN metering_point p USING (point_id) WHERE p.id = 'cabin'",
      );
      assert.deepEqual(rows, [{ raw: 4711, kind: "g" }]);
    } finally {
      await world.done();
    }
  });

  test("several campaigns are one request; what is told twice, late or of an older attempt changes nothing more", async () => {
    const token = await gateway("barn", "901");
    const one = await read("barn", ["clock"]);
    const closes = Date.now() + 3_600_000;
    const { id: other } = await fleet.json<{ readonly id: number }>(
      fleet.post("/campaigns", {
        ...{ name: "Barn", reads: ["events"], points: ["barn"], priority: 3 },
        closes: new Date(closes).toISOString(),
      }),
    );
    const [told, ...more] = await fleet.requests(token, 1);
    assert.deepEqual([told?.event, told?.data.point, more], ["read", "barn", []]);
    const [urgent, later] = told?.data.wanted ?? [];
    assert.deepEqual([urgent.reads, later.reads, later.valid_until], [["clock"], ["events"], closes]);
    assert.ok(Math.abs(told?.data.now - Date.now()) < 60_000);
    assert.deepEqual(idsIn(await fleet.requests(token, 1)), [[urgent.id, later.id]], "no answer: it is asked again");

    const failed = { id: urgent.id, result: "failed", reason: "no answer\u0007 after\u202e 3 attempts" };
    assert.deepEqual(await fleet.json(answer(token, failed)), { taken: 1 });
    const before = await fleet.target(one);
    assert.deepEqual([before.state, before.attempts], ["failed", 1]);
    assert.doesNotMatch(String(before.reason), /[\p{Cc}\p{Cf}]/u);
    const ahead = { id: urgent.id.replace(/0$/, "9"), result: "read", reason: null };
    for (const again of [failed, { ...failed, result: "refused" }, ahead])
      assert.equal((await answer(token, again)).status, 200);
    assert.deepEqual(await fleet.target(one), before, "it is of the attempt before, or of none");
    assert.deepEqual(idsIn(await fleet.requests(token, 1)), [[later.id]], "the other one rests after its failure");
    await answer(token, { id: urgent.id, result: "read", reason: null });
    assert.equal((await fleet.target(one)).state, "done", "a second gateway with this token has read it");
    await answer(token, { id: later.id, result: "nothing", reason: "the meter has no such table" });
    assert.deepEqual(await fleet.counts(other), { gone: 1 });
    const due = await visitBook(systemEntropy).dueTargets(fleet.database.run, [0], Date.now() + 600_000, 500);
    assert.deepEqual(due, [], "no holder is asked for it");
  });

  test("a site of gateways has its own windows, and what they close on is no longer asked for", async () => {
    await importSites(
      fleet.database,
      {
        name: "cabins.csv",
        text: "site,zone,serial,link,point\ncabins,Asia/Tokyo,920,gateway,c-1\ncabins,,921,gateway,c-2\n",
      },
      { checkLink: parseMeterLink },
    );
    const token = await fleet.token("cabins", { sites: ["cabins"] });
    const tokyo = (time: number): string => new Date(time + 9 * 3_600_000).toISOString().slice(11, 16);
    const [now, closes] = [Date.now(), Date.now() + 2 * day];
    const campaign = (name: string, window: string) =>
      fleet.json<{ readonly id: number }>(
        fleet.post("/campaigns", {
          ...{ name, reads: ["clock"], sites: ["cabins"], windows: [window] },
          closes: new Date(closes).toISOString(),
        }),
      );
    const { id } = await campaign("open", `${tokyo(now - 600_000)}-${tokyo(now + 1_800_000)}`);
    await campaign("closed", `${tokyo(now - 1_800_000)}-${tokyo(now - 120_000)}`);
    const told = await fleet.requests(token, 2);
    assert.deepEqual(told.map(({ data }) => data.point).sort(), ["c-1", "c-2"]);
    const end = Math.floor((now + 1_800_000) / 60_000) * 60_000;
    for (const { data } of told)
      assert.deepEqual(
        data.wanted.map((one: { valid_until: number }) => one.valid_until),
        [end],
      );
    await answer(token, ...idsIn(told).map(([one]) => ({ id: one, result: "read", reason: null })));
    assert.deepEqual(await fleet.counts(id), { done: 2 });
  });

  test("a gateway that answers what others were asked is refused in one sentence, and nothing is noted", async () => {
    const token = await gateway("mill", "902");
    const liar = await gateway("liar", "903");
    const campaign = await read("mill");
    const [[id] = []] = idsIn(await fleet.requests(token, 1));
    const own = await read("liar");
    const [[ownId] = []] = idsIn(await fleet.requests(liar, 1));
    const refused = await answer(
      liar,
      { id: ownId, result: "read", reason: null },
      { id, result: "read", reason: null },
    );
    assert.equal(refused.status, 403);
    const { error, message } = (await refused.json()) as { readonly error: string; readonly message: string };
    assert.deepEqual(
      [error, message],
      [
        "foreign-requests",
        `this token is not for what was asked as "${id}": nothing is noted; answer only what your own stream asks for`,
      ],
    );
    assert.deepEqual([await fleet.counts(campaign), await fleet.counts(own)], [{ waiting: 1 }, { waiting: 1 }]);
    for (const wrong of ["1.2", "1.999999.0", "9999999999.1.0", `${id}.1`])
      assert.equal((await answer(liar, { id: wrong, result: "read", reason: null })).status, 403, wrong);
    const cases: readonly (readonly [unknown, string | undefined, number])[] = [
      [{ outcomes: [] }, liar, 400],
      [{ outcomes: Array.from({ length: 51 }, () => ({ id, result: "read", reason: null })) }, liar, 400],
      [{ outcomes: [{ id, result: "paid", reason: null }] }, liar, 400],
      ["{", liar, 400],
      ["{", undefined, 401],
      [{ outcomes: [{ id, result: "read", reason: null }] }, `${token}x`, 401],
    ];
    for (const [body, by, status] of cases)
      assert.equal((await fleet.post("/intake/outcomes", body, by)).status, status);
    assert.equal((await fleet.send("/intake/tokens/mill", { method: "DELETE" })).status, 204);
    assert.equal((await answer(token, { id, result: "read", reason: null })).status, 401);
    assert.deepEqual(await fleet.counts(campaign), { waiting: 1 });
  });

  test("a gateway says which meter hangs at its points, and takes none that somebody imported or another has", async () => {
    const placed = async () =>
      (
        await fleet.database.run(
          "SELECT m.serial, p.id FROM meter m JOIN metering_point p USING (point_id) WHERE p.id IN ('flat-1', 'yard', 'wood') ORDER BY 1",
        )
      ).rows.map(({ serial, id }) => `${serial} ${id}`);
    const yard = await gateway("yard", "904");
    assert.deepEqual(await placed(), ["7001 flat-1", "904 yard"]);
    const wood = await gateway("wood", "7001");
    await bring(wood, [entryOf("device", device("wood", "904", begin + 1))]);
    assert.deepEqual(await placed(), ["7001 flat-1", "904 yard"], "neither becomes its own");
    await bring(yard, [entryOf("device", device("yard", "905", begin + 2))]);
    assert.deepEqual(await placed(), ["7001 flat-1", "905 yard"], "it was exchanged");
    await noteMeters(fleet.database.run, ["wood"]);
    assert.deepEqual(await placed(), ["7001 flat-1", "904 wood", "905 yard"], "now it is free");
    await bring(yard, [entryOf("device", { ...device("yard", "905", begin + 2), to: begin + 3 } as never, 2)]);
  });

  test("values that the books have lost are brought again from where they are stored, without asking the meter", async () => {
    const token = await fleet.token("hut", { points: ["hut"] });
    const world = new OutputWorld();
    const asked: number[] = [];
    const readAgain = (_: string, from: number) => asked.push(from) > 0;
    const there = async () => {
      const rows = await daysOf(fleet.database.run, ["hut"], { from: begin, to: begin + day });
      return slotsBetween(rows, begin, begin + day).map(({ value }) => value);
    };
    try {
      world.views[0] = Object.assign(world.home, { id: "hut" });
      await world.store.write({ intervals: Array.from({ length: 40 }, (_, n) => interval("hut", n)) });
      world.start(fleet.output(token, { readAgain }));
      await world.delivered(60_000);
      const whole = await there();
      assert.equal(whole.length, 40);
      await world.outputs.replace(["upstream"], []);
      // As after a restore from a backup: the journal brings nothing a second time.
      await fleet.database.run(
        "DELETE FROM profile_day USING channel c JOIN metering_point p USING (point_id) WHERE profile_day.channel_id = c.channel_id AND p.id = 'hut'",
      );
      assert.deepEqual(await there(), []);
      await fleet.database.run(
        `INSERT INTO gap (channel_id, day, slots, gone) SELECT channel_id, $1::date, (repeat('1', 41) || repeat('0', 55))::varbit, repeat('0', 96)::varbit
          FROM channel JOIN metering_point p USING (point_id) WHERE p.id = 'hut'`,
        [new Date(begin).toISOString()],
      );
      await world.outputs.replace([], [{ output: fleet.output(token, { readAgain }) }]);
      await until("they are there again", async () => (await there()).length === 40, 60_000);
      assert.deepEqual(await there(), whole);
      await until("the meter is asked for the rest", () => asked.length > 0);
      assert.deepEqual(asked, [begin]);
    } finally {
      await world.done();
    }
  });

  test("values of the future are left out and told, and do not hold up those behind them", async () => {
    const token = await fleet.token("ahead", { points: ["ahead"] });
    const now = Math.floor(Date.now() / quarter);
    const at = (quarters: number) => ({ ...interval("ahead", 0), end: quarters * quarter });
    const entries = [at(now + 8), at(now), { ...at(now + 900_000) }].map((own, n) => entryOf("interval", own, n + 1));
    const { taken, left_out, why } = await fleet.json<Record<string, unknown>>(bring(token, entries));
    assert.deepEqual([taken, left_out], [3, 2]);
    assert.match(String(why), /^ahead has values until \S+Z, which is in the future: look at its clock$/);
    const { rows } = await fleet.database.run(
      "SELECT d.rank FROM profile_day d JOIN channel USING (channel_id) JOIN metering_point p USING (point_id) WHERE p.id = 'ahead'",
    );
    assert.equal(rows.length, 1);
    const odd = await bring(token, [entryOf("interval", { ...at(now), seconds: 7 } as never)]);
    assert.deepEqual([odd.status, ((await odd.json()) as { readonly left_out: number }).left_out], [200, 1]);
  });

  test("times that no calendar of the database has are refused in one sentence, not taken for a database that is away", async () => {
    const token = await fleet.token("odd", { points: ["odd"] });
    const event = (more: object) => ({
      ...{ number: 1, stored: begin, point: "odd", kind: "event" },
      event: {
        ...{ point: "odd", id: "e", time: begin, until: null, kind: "log", number: 1, origin: "meter", detail: "{}" },
        ...more,
      },
    });
    const proof = { time: 8.64e15, table: null, offset: null, raw: null, profile: null, clockOffset: null, note: "" };
    const bodies: readonly string[] = [
      ...[8.64e15, -8.64e15].map((time) => [{ entry: event({ time }), proof: undefined }]),
      [{ entry: event({ until: 8.64e15 }), proof: undefined }],
      [{ entry: { ...event({}), stored: -8.64e15 }, proof: undefined }],
      [{ entry: entryOf("device", { ...device("odd", "907"), to: 8.64e15 } as never), proof: undefined }],
      [{ entry: entryOf("device", device("odd", "907", -8.64e15)), proof: undefined }],
      [{ entry: entryOf("interval", interval("odd", 0)), proof }],
    ].map((entries) => writeBody(entries as never).text);
    for (const body of bodies) {
      const answer = await fleet.send("/intake", {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body,
      });
      const text = await answer.text();
      assert.equal(answer.status, 400, `${body} ${text}`);
      assert.match(text, /nothing of the batch is booked/);
    }
  });

  test("a body that was under way when its token was removed is not booked", async () => {
    const token = await fleet.token("slow", { points: ["slow"] });
    const { text } = writeBody([{ entry: entryOf("interval", interval("slow", 1)) as never, proof: undefined }]);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, "content-length": Buffer.byteLength(text) };
      const sending = httpRequest(`${fleet.url}/api/v1/fleet/intake`, { method: "POST", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sending.on("error", reject);
      sending.write(text.slice(0, 40));
      // It is looked at before its body is awaited.
      setTimeout(() => {
        fleet.send("/intake/tokens/slow", { method: "DELETE" }).then(() => sending.end(text.slice(40)), reject);
      }, 300);
    });
    assert.equal(status, 401);
    assert.deepEqual((await fleet.database.run("SELECT FROM metering_point WHERE id = 'slow'")).rows, []);
  });

  test("the links of its points are listed as those of any other meter, as long as it is heard", async () => {
    const token = await gateway("lodge", "930");
    const meter = async () =>
      (await fleet.json<{ readonly meters: readonly Record<string, unknown>[] }>(fleet.send("/meters?q=lodge")))
        .meters[0];
    const pageState = async () => {
      const answer = await fetch(`${fleet.url}/api/v1/points?q=lodge`);
      return ((await answer.json()) as { readonly points: readonly { readonly link: { state: string } }[] }).points[0]
        ?.link.state;
    };
    assert.deepEqual([(await meter())?.state, await pageState()], ["free", "connecting"]);
    const since = Date.UTC(2026, 0, 1);
    const tell = (...links: readonly object[]) => fleet.post("/intake/links", { links }, token);
    const silent = { point: "lodge", state: "silent", cause: "the meter\u0007 does not answer", since };
    assert.equal((await tell(silent)).status, 200);
    const { state, cause, since: from, holder } = (await meter()) ?? {};
    assert.deepEqual([state, from, holder], ["silent", new Date(since).toISOString(), "intake lodge"]);
    assert.match(String(cause), /^the meter\P{Cc} does not answer$/u);
    assert.equal(await pageState(), "silent");
    const refused = await tell({ ...silent, state: "up" }, { ...silent, point: "flat-1" });
    assert.equal(refused.status, 403);
    assert.match(((await refused.json()) as { readonly message: string }).message, /^this token is not for "flat-1"/);
    for (const wrong of [{ state: "fine" }, { since: -1 }, { since: 1e15 }])
      assert.equal((await tell({ ...silent, ...wrong })).status, 400);
    assert.equal((await fleet.post("/intake/links", { links: [] })).status, 401);
    assert.equal((await meter())?.state, "silent");
    await fleet.database.run("UPDATE intake SET seen = now() - interval '4 minutes' WHERE name = 'lodge'");
    assert.deepEqual([(await meter())?.state, await pageState()], ["free", "connecting"]);
    assert.equal((await tell()).status, 200);
    assert.equal((await meter())?.state, "silent", "it is there again");
    assert.equal((await fleet.send("/intake/tokens/lodge", { method: "DELETE" })).status, 204);
    assert.equal((await meter())?.state, "free");
  });

  test("half of a body is nothing, and no mistake of the fleet", async () => {
    const token = await fleet.token("half", { points: ["half"] });
    const entries = Array.from({ length: 90 }, (_, n) => ({
      entry: entryOf("interval", interval("half", n)) as never,
      proof: undefined,
    }));
    const { text } = writeBody(entries);
    for (const path of ["intake", "intake/outcomes"]) {
      const headers = {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "content-length": text.length,
      };
      const sending = httpRequest(`${fleet.url}/api/v1/fleet/${path}`, { method: "POST", headers });
      const closed = new Promise((resolve) => sending.on("error", resolve));
      // It ends with a whole line.
      sending.write(text.slice(0, text.lastIndexOf("\n", text.length / 2) + 1));
      await new Promise((resolve) => setTimeout(resolve, 300));
      sending.destroy(new Error("the connection is lost"));
      await closed;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual((await fleet.database.run("SELECT FROM metering_point WHERE id = 'half'")).rows, []);
    assert.deepEqual(fleet.mistakes, []);
  });

  test("of very many gateways that listen some are told and let go, so that connections are left", async () => {
    const token = await gateway("crowd", "906");
    await read("crowd");
    const streams = Array.from({ length: 48 }, () => new AbortController());
    const headers = { authorization: `Bearer ${token}` };
    await Promise.all(streams.map(({ signal }) => fleet.send("/intake/requests", { headers, signal })));
    const short = await fleet.send("/intake/requests", { headers });
    assert.match(await short.text(), /^event: read\ndata: .*\n\n$/, "it ends by itself");
    for (const stream of streams) stream.abort();
  });
});
