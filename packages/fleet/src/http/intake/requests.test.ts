import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Attempt, ReadKind } from "@meterport/engine/model/visit";
import { OutputWorld, until } from "@meterport/gateway/outputs/output-world.test-kit";
import { systemEntropy } from "@meterport/transports/clock";
import { parseMeterLink } from "@meterport/transports/link-url";
import { peer } from "../../../../../test/support/peers.ts";
import { daysOf } from "../../books/queries.ts";
import { slotsBetween } from "../../books/stored-slots.ts";
import { visitBook } from "../../jobs/visit-book.ts";
import { importSites } from "../../shards/import-sites.ts";
import { noteMeters } from "./intake-book.ts";
import { begin, day, device, entryOf, intakeSuite, interval, type Told } from "./intake-world.test-kit.ts";

const { skip } = peer("pg_createcluster");

const noMeter =
  'no meter is known at "cabin": import it, or wait until the gateway that brings the point has told which one hangs there';

describe("what the fleet asks of gateways that bring their values", { skip }, () => {
  const { fleet, bring, gateway, read, answer } = intakeSuite();
  const idsIn = (told: readonly Told[]) => told.map(({ data }) => data.wanted.map((one: { id: string }) => one.id));

  test("a read on request reaches a gateway behind a router, and is done when the books have what was read", async () => {
    const token = await fleet().token("cabin", { points: ["cabin"] });
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
      const early = await fleet().post("/points/cabin/read", { reads: ["registers"] });
      const { message } = (await early.json()) as { readonly message: string };
      assert.deepEqual([early.status, message], [409, noMeter]);
      await bring(token, [entryOf("device", device("cabin", "900"))]);
      const first = await read("cabin", ["registers", "events"]);
      assert.deepEqual(await fleet().counts(first), { waiting: 1 });
      world.start(fleet().output(token, { visit, journalOf }));
      await until("it is told", async () => (await fleet().counts(first)).failed === 1, 60_000);
      assert.deepEqual(wanted, ["cabin: registers events"]);
      const { state, attempts, reason, serial, point, site } = await fleet().target(first);
      assert.deepEqual(
        { state, attempts, reason, serial, point, site },
        {
          ...{ state: "failed", attempts: 1, reason: "the meter does not answer" },
          ...{ serial: "900", point: "cabin", site: null },
        },
      );

      link = { event: "read", reason: null };
      const second = await read("cabin");
      await until("it is read", async () => (await fleet().counts(second)).done === 1, 60_000);
      const { rows } = await fleet().database.run(
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
    const { id: other } = await fleet().json<{ readonly id: number }>(
      fleet().post("/campaigns", {
        ...{ name: "Barn", reads: ["events"], points: ["barn"], priority: 3 },
        closes: new Date(closes).toISOString(),
      }),
    );
    const [told, ...more] = await fleet().requests(token, 1);
    assert.deepEqual([told?.event, told?.data.point, more], ["read", "barn", []]);
    const [urgent, later] = told?.data.wanted ?? [];
    assert.deepEqual([urgent.reads, later.reads, later.valid_until], [["clock"], ["events"], closes]);
    assert.ok(Math.abs(told?.data.now - Date.now()) < 60_000);
    assert.deepEqual(idsIn(await fleet().requests(token, 1)), [[urgent.id, later.id]], "no answer: it is asked again");

    const failed = { id: urgent.id, result: "failed", reason: "no answer\u0007 after\u202e 3 attempts" };
    assert.deepEqual(await fleet().json(answer(token, failed)), { taken: 1 });
    const before = await fleet().target(one);
    assert.deepEqual([before.state, before.attempts], ["failed", 1]);
    assert.doesNotMatch(String(before.reason), /[\p{Cc}\p{Cf}]/u);
    const ahead = { id: urgent.id.replace(/0$/, "9"), result: "read", reason: null };
    for (const again of [failed, { ...failed, result: "refused" }, ahead])
      assert.equal((await answer(token, again)).status, 200);
    assert.deepEqual(await fleet().target(one), before, "it is of the attempt before, or of none");
    const along = urgent.id.replace(/0$/, "1");
    assert.deepEqual(
      idsIn(await fleet().requests(token, 1)),
      [[later.id, along]],
      "what rests after a failure is taken along",
    );
    await answer(token, { id: urgent.id, result: "read", reason: null });
    assert.equal((await fleet().target(one)).state, "done", "a second gateway with this token has read it");
    await answer(token, { id: later.id, result: "nothing", reason: "the meter has no such table" });
    assert.deepEqual(await fleet().counts(other), { gone: 1 });
    const due = await visitBook(systemEntropy).dueTargets(fleet().database.run, [0], Date.now() + 600_000, 500);
    assert.deepEqual(due, [], "no holder is asked for it");
  });

  test("a site of gateways has its own windows, and what they close on is no longer asked for", async () => {
    await importSites(
      fleet().database,
      {
        name: "cabins.csv",
        text: "site,zone,serial,link,point\ncabins,Asia/Tokyo,920,gateway,c-1\ncabins,,921,gateway,c-2\n",
      },
      { checkLink: parseMeterLink },
    );
    const token = await fleet().token("cabins", { sites: ["cabins"] });
    const tokyo = (time: number): string => new Date(time + 9 * 3_600_000).toISOString().slice(11, 16);
    const [now, closes] = [Date.now(), Date.now() + 2 * day];
    const campaign = (name: string, window: string) =>
      fleet().json<{ readonly id: number }>(
        fleet().post("/campaigns", {
          ...{ name, reads: ["clock"], sites: ["cabins"], windows: [window] },
          closes: new Date(closes).toISOString(),
        }),
      );
    const { id } = await campaign("open", `${tokyo(now - 600_000)}-${tokyo(now + 1_800_000)}`);
    await campaign("closed", `${tokyo(now - 1_800_000)}-${tokyo(now - 120_000)}`);
    const told = await fleet().requests(token, 2);
    assert.deepEqual(told.map(({ data }) => data.point).sort(), ["c-1", "c-2"]);
    const shards = Array.from({ length: 16 }, (_, shard) => shard);
    const held = await visitBook(systemEntropy).dueTargets(fleet().database.run, shards, Date.now() + 1_000, 500);
    assert.deepEqual(held, [], "no holder is asked for what it cannot reach");
    const end = Math.floor((now + 1_800_000) / 60_000) * 60_000;
    for (const { data } of told)
      assert.deepEqual(
        data.wanted.map((one: { valid_until: number }) => one.valid_until),
        [end],
      );
    await fleet().database.run(
      `WITH h AS (INSERT INTO holder (holder, address, version, pass, seen) VALUES ('h', 'http://127.0.0.1:9', '1', 'p', now()))
        INSERT INTO held_shard (shard, holder, attempt) SELECT shard, 'h', 1 FROM site WHERE id = 'cabins'`,
    );
    const asked = await fetch(`${fleet().url}/api/v1/points/c-1`);
    assert.deepEqual(
      [asked.status, /^no process of the fleet reads/.test(((await asked.json()) as { message: string }).message)],
      [503, true],
    );
    await answer(token, ...idsIn(told).map(([one]) => ({ id: one, result: "read", reason: null })));
    assert.deepEqual(await fleet().counts(id), { done: 2 });
  });

  test("a gateway that answers what others were asked is refused in one sentence, and nothing is noted", async () => {
    const token = await gateway("mill", "902");
    const liar = await gateway("liar", "903");
    const campaign = await read("mill");
    const [[id] = []] = idsIn(await fleet().requests(token, 1));
    const own = await read("liar");
    const [[ownId] = []] = idsIn(await fleet().requests(liar, 1));
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
    assert.deepEqual([await fleet().counts(campaign), await fleet().counts(own)], [{ waiting: 1 }, { waiting: 1 }]);
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
      assert.equal((await fleet().post("/intake/outcomes", body, by)).status, status);
    assert.equal((await fleet().send("/intake/tokens/mill", { method: "DELETE" })).status, 204);
    assert.equal((await answer(token, { id, result: "read", reason: null })).status, 401);
    assert.deepEqual(await fleet().counts(campaign), { waiting: 1 });
  });

  test("a gateway says which meter hangs at its points, and takes none that somebody imported or another has", async () => {
    const placed = async () =>
      (
        await fleet().database.run(
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
    await noteMeters(fleet().database.run, ["wood"]);
    assert.deepEqual(await placed(), ["7001 flat-1", "904 wood", "905 yard"], "now it is free");
    await bring(yard, [entryOf("device", { ...device("yard", "905", begin + 2), to: begin + 3 } as never, 2)]);
  });

  test("values that the books have lost are brought again from where they are stored, without asking the meter", async () => {
    const token = await fleet().token("hut", { points: ["hut"] });
    const world = new OutputWorld();
    const asked: number[] = [];
    const readAgain = (_: string, from: number) => asked.push(from) > 0;
    const there = async () => {
      const rows = await daysOf(fleet().database.run, ["hut"], { from: begin, to: begin + day });
      return slotsBetween(rows, begin, begin + day).map(({ value }) => value);
    };
    try {
      world.views[0] = Object.assign(world.home, { id: "hut" });
      await world.store.write({ intervals: Array.from({ length: 40 }, (_, n) => interval("hut", n)) });
      world.start(fleet().output(token, { readAgain }));
      await world.delivered(60_000);
      const whole = await there();
      assert.equal(whole.length, 40);
      await world.outputs.replace(["upstream"], []);
      // As after a restore from a backup: the journal brings nothing a second time.
      await fleet().database.run(
        "DELETE FROM profile_day USING channel c JOIN metering_point p USING (point_id) WHERE profile_day.channel_id = c.channel_id AND p.id = 'hut'",
      );
      assert.deepEqual(await there(), []);
      await fleet().database.run(
        `INSERT INTO gap (channel_id, day, slots, gone) SELECT channel_id, $1::date, (repeat('1', 41) || repeat('0', 55))::varbit, repeat('0', 96)::varbit
          FROM channel JOIN metering_point p USING (point_id) WHERE p.id = 'hut'`,
        [new Date(begin).toISOString()],
      );
      await world.outputs.replace([], [{ output: fleet().output(token, { readAgain }) }]);
      await until("they are there again", async () => (await there()).length === 40, 60_000);
      assert.deepEqual(await there(), whole);
      await until("the meter is asked for the rest", () => asked.length > 0);
      assert.deepEqual(asked, [begin]);
    } finally {
      await world.done();
    }
  });

  test("of very many gateways that listen some are told and let go, so that connections are left", async () => {
    const token = await gateway("crowd", "906");
    await read("crowd");
    const streams = Array.from({ length: 48 }, () => new AbortController());
    const headers = { authorization: `Bearer ${token}` };
    await Promise.all(streams.map(({ signal }) => fleet().send("/intake/requests", { headers, signal })));
    const short = await fleet().send("/intake/requests", { headers });
    assert.match(await short.text(), /^event: read\ndata: .*\n\n$/, "it ends by itself");
    for (const stream of streams) stream.abort();
  });
});
