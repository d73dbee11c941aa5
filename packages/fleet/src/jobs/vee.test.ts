import assert from "node:assert/strict";
import { after, test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import { peer } from "../../../../test/support/peers.ts";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { Database } from "../books/database.ts";
import type { RegisterFact } from "../books/facts.ts";
import { FleetServer } from "../books/fleet-database.test-kit.ts";
import { addFleetRoutes } from "../http/fleet-routes.ts";
import { loadAt } from "../vee/vee.test-kit.ts";
import type { NewEdit } from "./desk.ts";
import type { DutyParts } from "./duty.ts";
import { addSites, book, dayMillis, isoDay, profileDay } from "./job-world.test-kit.ts";
import { jobsDesk } from "./jobs-desk.ts";
import { addEdit, dayDetail, markSeen, veeInbox } from "./vee-desk.ts";
import { veeDuty } from "./vee-duty.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const obis = "1-0:1.29.0";
const hour = 3_600_000;
const today = Date.UTC(2026, 5, 18);
const yesterday = today - dayMillis;
const begin = today - 40 * dayMillis;
const quarter = 900_000;

const measured = (point: string, time: number, lacks: (slot: number) => boolean = () => false) =>
  profileDay(point, time, (slot) => (lacks(slot) ? null : loadAt(time + slot * quarter)));

const registerAt = (point: string, time: number): RegisterFact => {
  let raw = 1_000_000;
  for (let at = begin; at < time; at += quarter) raw += loadAt(at);
  const channel = { point, name: "energy_import_wh", tier: 0, step: 0, phase: 0, digits: 0 } as const;
  return { channel, at: time, raw, kind: "c", serial: null };
};

/** A point with forty days behind it, and the duty that checks them. */
const world = async (points: readonly string[] = ["a-1"]) => {
  const database = await servers.fleet();
  await addSites(database, [{ id: "a", shard: 3, zone: "Europe/Copenhagen", meters: points.length }]);
  const days = Array.from({ length: 39 }, (_, n) => begin + n * dayMillis);
  await book(database, {
    days: points.flatMap((point) => days.map((time) => measured(point, time))),
    registers: points.flatMap((point) => days.map((time) => registerAt(point, time))),
  });
  const lines: string[] = [];
  const clock = { now: today + hour };
  const parts: DutyParts = {
    ...{ database, shards: 16, now: async () => clock.now, log: (line) => void lines.push(line) },
  };
  const duty = veeDuty(parts);
  const due = () => duty.due(database.run, clock.now);
  const check = (signal = AbortSignal.timeout(60_000)) => duty.perform("3", signal);
  return { database, lines, clock, due, check };
};

/** What anybody may send. */
type Decided = NewEdit & { readonly values?: readonly number[] };

/** As a user of the API does it. */
const decide = (database: Database, now: number, { point, from, to, author, ...edit }: Decided): Promise<Response> => {
  const app = new OpenAPIHono();
  app.use((c, next) => {
    c.set("actor", { kind: "user", name: author, scope: "operate" });
    return next();
  });
  const fleet = { id: "test", name: "Test", shards: 16 };
  const clock = new VirtualClock({ wall: now });
  const entropy = (length: number) => new Uint8Array(length);
  addFleetRoutes(
    app,
    { database, fleet, clock, entropy, desk: jobsDesk },
    { meters: new Map(), pointInfo: () => undefined },
  );
  const iso = (time: number): string => new Date(time).toISOString();
  return Promise.resolve(
    app.request(`/api/v1/fleet/points/${point}/vee/${isoDay(from)}`, {
      ...{ method: "POST", headers: { "content-type": "application/json" } },
      body: JSON.stringify({ ...edit, from: iso(from), to: iso(to) }),
    }),
  );
};

const detail = (database: Database, day = yesterday) =>
  dayDetail(database.run, { point: "a-1", obis, day: isoDay(day) });
const chosen = async (database: Database, day = yesterday) =>
  (await detail(database, day))?.slots.map((slot) => slot.chosen);
const truth = (day = yesterday) => Array.from({ length: 96 }, (_, slot) => loadAt(day + slot * quarter));

test("days that are complete are checked once, each as the meter recorded it", { skip }, async () => {
  const { database, due, check, lines, clock } = await world();
  assert.ok((await due()).includes("3"));
  await check();
  assert.deepEqual(lines, []);
  const { rows } = await database.run("SELECT count(*)::int AS days, max(version) AS version FROM chosen_day");
  assert.deepEqual(rows, [{ days: 39, version: 1 }]);
  assert.deepEqual(await chosen(database, begin + 37 * dayMillis), truth(begin + 37 * dayMillis));
  clock.now += hour;
  assert.equal((await database.run("SELECT 1 FROM changed_day")).count, 0);
  // The same booked again is no change.
  await book(database, { days: [measured("a-1", begin)] });
  assert.equal((await database.run("SELECT 1 FROM changed_day")).count, 0);
  await check();
  assert.equal((await database.run("SELECT 1 FROM chosen_day WHERE version > 1")).count, 0);
});

test("a day of which nothing came is estimated at its deadline, though the newest values are weeks old", {
  skip,
}, async () => {
  const { database, check, clock, lines } = await world();
  await check();
  await database.run("DELETE FROM profile_day WHERE day > $1::date", [isoDay(today - 17 * dayMillis)]);
  await database.run("DELETE FROM vee_day; DELETE FROM chosen_day");
  clock.now = today + 12 * hour;
  await check();
  assert.deepEqual(lines, []);
  const codes = (await detail(database))?.slots.map(({ code }) => code) ?? [];
  assert.deepEqual([...new Set(codes)], ["like-day"]);
  assert.deepEqual(await chosen(database), truth());
});

test("a day with a hole is estimated at its deadline, whole with what comes late, and as a person decides", {
  skip,
}, async () => {
  const { database, check, clock, due } = await world();
  const isHole = (slot: number): boolean => slot >= 40 && slot < 60;
  await book(database, {
    days: [measured("a-1", yesterday, isHole)],
    registers: [registerAt("a-1", yesterday), registerAt("a-1", today)],
  });
  await check();
  assert.equal(await detail(database), undefined, "it may still be completed");

  clock.now = today + 10 * hour;
  assert.ok((await due()).includes("3"));
  await check();
  const estimated = await detail(database);
  assert.deepEqual([...new Set(estimated?.slots.map(({ code }) => code))], ["measured", "registers"]);
  assert.equal(estimated?.slots[50]?.recorded, null);
  const sum = (values: readonly (number | null)[] | undefined) =>
    values?.reduce<number>((all, value) => all + (value ?? 0), 0);
  assert.equal(sum(await chosen(database)), sum(truth()), "to the Wh");
  assert.ok(!(await due()).includes("3"));

  await book(database, { days: [measured("a-1", yesterday, (slot) => !isHole(slot))] });
  assert.ok((await due()).includes("3"));
  await check();
  assert.deepEqual(await chosen(database), truth());
  assert.equal((await detail(database))?.versions[0]?.version, 2);

  const edit = {
    point: "a-1",
    obis,
    author: "anna",
    reason: "the meter was tested",
    from: yesterday,
    to: yesterday + quarter,
  };
  await assert.rejects(
    addEdit(database.run, { ...edit, kind: "set", values: [1, 2] }, clock.now),
    /2 values for 1 slots/,
  );
  await assert.rejects(
    addEdit(database.run, { ...edit, obis: "1-0:2.29.0", kind: "accept" }, clock.now),
    /no values "1-0:2.29.0"/,
  );
  const decided = await decide(database, clock.now, { ...edit, kind: "set", values: [7] });
  assert.equal(decided.status, 200, await decided.clone().text());
  const useless = await decide(database, clock.now, { ...edit, kind: "accept", values: [7] });
  assert.match(await useless.text(), /values are only for kind/);
  await check();
  const edited = await detail(database);
  assert.deepEqual(edited?.slots[0], {
    ...{ start: yesterday, recorded: loadAt(yesterday), source: "profile", quality: "good", notes: [] },
    ...{ chosen: 7, code: "edited", rule: "by-hand" },
  });
  assert.deepEqual(
    edited?.versions.map(({ version, by, reason }) => [version, by, reason]),
    [
      [3, "anna", "the meter was tested"],
      [2, "vee", null],
      [1, "vee", null],
    ],
  );
  assert.equal(edited?.edits.length, 1);

  // Another desk, whose clock is an hour behind: what is decided later holds.
  const anHourAgo = clock.now - hour;
  await decide(database, anHourAgo, { ...edit, author: "bo", kind: "withdraw" });
  await check();
  assert.equal((await chosen(database))?.[0], loadAt(yesterday));
  assert.equal((await detail(database))?.versions[0]?.by, "bo");
  const early = await decide(database, clock.now, { ...edit, from: today, to: today + quarter, kind: "accept" });
  assert.match(await early.text(), /nothing was checked of/);
  assert.equal((await database.run("SELECT FROM edit")).count, 2, "nothing is kept of which nothing is shown");
});

test("a day without a way to estimate it waits for a person, until it is seen or something else is found", {
  skip,
}, async () => {
  const { database, check, clock } = await world(["a-1", "a-2"]);
  await database.run("DELETE FROM profile_day WHERE day < $1::date", [isoDay(yesterday - dayMillis)]);
  await database.run("DELETE FROM register_reading");
  await database.run("DELETE FROM changed_day");
  const lacks = (slot: number): boolean => slot >= 10 && slot < 40;
  await book(database, { days: ["a-1", "a-2"].map((point) => measured(point, yesterday, lacks)) });
  clock.now = today + 11 * hour;
  await check();
  const first = await veeInbox(database.run, { limit: 1 });
  assert.deepEqual(
    first.days.map(({ point, site, day, counts }) => [point, site, day, counts]),
    [["a-2", "a", isoDay(yesterday), { suspect: 0, missing: 30, estimated: 0 }]],
  );
  const next = await veeInbox(database.run, { limit: 5, after: first.next ?? "" });
  assert.deepEqual([next.days.map(({ point }) => point), next.next], [["a-1"], null]);
  const key = { point: "a-1", obis, day: isoDay(yesterday) };
  assert.equal(await markSeen(database.run, { ...key, version: 2 }, "anna", clock.now), false, "not what she saw");
  assert.equal(await markSeen(database.run, { ...key, version: 1 }, "anna", clock.now), true);
  assert.equal(await markSeen(database.run, key, "anna", clock.now), false);
  assert.equal((await veeInbox(database.run, { limit: 5, site: "a" })).days.length, 1);
  await book(database, { days: [measured("a-1", yesterday, (slot) => slot !== 10)] });
  await check();
  assert.deepEqual((await veeInbox(database.run, { limit: 5, point: "a-1" })).days[0]?.counts.missing, 29);
  for (const after of ["'; DROP", `2026-02-31 1 ${obis}`, `2026-02-01 9999999999 ${obis}`])
    await assert.rejects(veeInbox(database.run, { limit: 5, after }), /no place in the inbox/);
});

const sumOf = (values: readonly (number | null)[] | undefined) =>
  values?.reduce<number>((all, value) => all + (value ?? 0), 0) ?? Number.NaN;

test("days between two registers are what these say, also after one of them is completed or edited", {
  skip,
}, async () => {
  const { database, check, clock } = await world();
  const from = today - 4 * dayMillis;
  await database.run("DELETE FROM profile_day WHERE day >= $1::date", [isoDay(from)]);
  await database.run("DELETE FROM register_reading WHERE read_at > $1", [new Date(from).toISOString()]);
  const [begins, ends] = [registerAt("a-1", from), registerAt("a-1", today)];
  await book(database, { registers: [{ ...ends, raw: ends.raw + 1_000 }] });
  clock.now = today + 11 * hour;
  const days = [0, 1, 2, 3].map((n) => from + n * dayMillis);
  const total = async () =>
    sumOf((await Promise.all(days.map((day) => chosen(database, day)))).flatMap((values) => values ?? []));
  const rise = ends.raw + 1_000 - begins.raw;
  await check();
  assert.equal(await total(), rise);
  await book(database, { days: [measured("a-1", from + dayMillis, (slot) => slot > 40)] });
  await check();
  assert.equal(await total(), rise, "after values of one day came late");
  const edit = { point: "a-1", obis, author: "anna", reason: "read on site", kind: "set", values: [900] } as const;
  await addEdit(database.run, { ...edit, from: from + 2 * dayMillis, to: from + 2 * dayMillis + quarter }, clock.now);
  await check();
  assert.equal(await total(), rise, "after a person knew better");
  const middle = registerAt("a-1", from + 3 * dayMillis);
  await book(database, { registers: [middle] });
  await check();
  assert.equal(
    sumOf(await chosen(database)),
    rise - (middle.raw - begins.raw),
    "after a register between them came late",
  );
  assert.equal(await total(), rise);
});

test("registers of local midnights tell the end of one UTC day and the beginning of the next", { skip }, async () => {
  const { database, check, clock } = await world();
  const evening = yesterday - 2 * hour;
  // Nothing came between half past ten in the evening and half past one, UTC.
  const dayBefore = yesterday - dayMillis;
  await database.run("DELETE FROM profile_day WHERE day >= $1::date", [isoDay(dayBefore)]);
  await database.run("DELETE FROM register_reading WHERE read_at > $1", [new Date(evening - hour).toISOString()]);
  await book(database, {
    days: [measured("a-1", dayBefore, (slot) => slot >= 90)],
    registers: [registerAt("a-1", evening)],
  });
  clock.now = yesterday + 11 * hour;
  await check();
  assert.equal((await detail(database, dayBefore))?.slots[95]?.code, "like-day");
  const ends = registerAt("a-1", evening + dayMillis);
  await book(database, {
    days: [measured("a-1", yesterday, (slot) => slot < 6)],
    registers: [{ ...ends, raw: ends.raw + 700 }],
  });
  await database.run("DELETE FROM changed_day q USING channel c WHERE q.channel_id = c.channel_id AND c.step = 0");
  clock.now = today + 2 * hour;
  const total = async () => {
    const [one, other] = [await chosen(database, dayBefore), await chosen(database)];
    return sumOf([...(one?.slice(88) ?? []), ...(other?.slice(0, 88) ?? [])]);
  };
  await check();
  clock.now = today + 11 * hour;
  await check();
  assert.equal(await total(), ends.raw + 700 - registerAt("a-1", evening).raw);
  const codes = [(await detail(database, dayBefore))?.slots[95]?.code, (await detail(database))?.slots[0]?.code];
  assert.deepEqual(codes, ["registers", "registers"]);
  // A person changes the one day, and the other follows.
  const edit = { point: "a-1", obis, author: "anna", reason: "read on site", kind: "set", values: [900] } as const;
  await addEdit(database.run, { ...edit, from: yesterday, to: yesterday + quarter }, clock.now);
  await check();
  assert.equal(await total(), ends.raw + 700 - registerAt("a-1", evening).raw);
});

test("slots that were read by a clock that was wrong are refused, and no others", { skip }, async () => {
  const { database, check } = await world();
  await book(database, {
    days: [measured("a-1", yesterday)],
    registers: [registerAt("a-1", yesterday), registerAt("a-1", today)],
    // Read each hour; at ten, eleven and twelve the clock was twenty minutes off.
    blocks: Array.from({ length: 24 }, (_, n) => ({
      ...{ point: "a-1", id: BigInt(n), readAt: yesterday + n * hour, raw: null, from: yesterday, to: today },
      clockOffset: n >= 10 && n <= 12 ? 1_200_000 : 900,
      what: { table: "BT28", offset: null, profile: null, note: "" },
    })),
  });
  await check();
  const codes = (await detail(database))?.slots.map(({ code }) => code) ?? [];
  assert.deepEqual(
    codes.flatMap((code, slot) => (code === "measured" ? [] : [`${slot} ${code}`])),
    Array.from({ length: 12 }, (_, n) => `${36 + n} registers`),
  );
  assert.deepEqual(await chosen(database), truth());
});

test("days that cannot be checked are told, however many there were before, and counted", { skip }, async () => {
  const { database, check, lines } = await world(["a-1", "a-2"]);
  await database.run("UPDATE metering_point SET zone = 'Mars/Base' WHERE id = 'a-1'");
  await check();
  assert.equal(lines.length, 21);
  assert.match(lines[0] ?? "", /^point a-1, 1-0:1\.29\.0, .* cannot be checked: this is not a time zone/);
  assert.match(lines[20] ?? "", /^\d+ more days cannot be checked$/);
  await database.run("UPDATE metering_point SET zone = 'Mars/Base' WHERE id = 'a-2'");
  await book(database, { days: ["a-1", "a-2"].map((point) => measured(point, yesterday)) });
  await check();
  assert.match(lines.slice(21).join("\n"), /^point a-[12].*\npoint a-[12][^\n]*$/);
});

test("what a person replaced weeks ago is no evidence of a like day", { skip }, async () => {
  const { database, check, clock } = await world();
  await database.run("DELETE FROM register_reading");
  const isWrong = (slot: number): boolean => slot >= 40 && slot < 60;
  const weeksAgo = [7, 14, 21].map((days) => yesterday - days * dayMillis);
  const wrong = (time: number, raw: number) =>
    profileDay("a-1", time, (slot) => (isWrong(slot) ? raw : loadAt(time + slot * quarter)), { rank: "c" });
  await book(database, { days: weeksAgo.map((time) => wrong(time, 500)) });
  for (const time of weeksAgo)
    await addEdit(
      database.run,
      {
        ...{ point: "a-1", obis, author: "anna", reason: "a test of the meter", kind: "estimate" },
        ...{ from: time + 40 * quarter, to: time + 60 * quarter },
      },
      clock.now,
    );
  await check();
  await book(database, { days: [wrong(yesterday, 60_000)] });
  await check();
  assert.deepEqual(await chosen(database), truth());
});

test("a check that comes second does not take the place of what the first one knew", { skip }, async () => {
  const { database, check, clock } = await world();
  await check();
  await book(database, { days: [measured("a-1", yesterday)] });
  const { schema } = database.place;
  const rival = (await servers.server()).session();
  // Another process that lost its job wrote this version, and did not know of the edit.
  await rival.sql(`BEGIN; INSERT INTO ${schema}.chosen_day (point_id, obis, day, version, value, code, rule, by, at)
    SELECT point_id, obis, day, 2, value, code, rule, by, at FROM ${schema}.chosen_day WHERE day = '${isoDay(begin)}'`);
  const edit = { point: "a-1", obis, author: "anna", reason: "read on site", kind: "set", values: [7] } as const;
  await addEdit(database.run, { ...edit, from: begin, to: begin + quarter }, clock.now);
  const checking = assert.rejects(check(), /another check made a version of the same day/);
  for (let waits = 0; waits === 0; )
    waits = (await database.run("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).count;
  await rival.sql("COMMIT");
  await rival.end();
  await checking;
  await check();
  assert.equal((await chosen(database, begin))?.[0], 7);
});

test("what is booked while a day is checked is not missed", { skip }, async () => {
  const { database, check, clock } = await world();
  clock.now = today + 11 * hour;
  await check();
  await book(database, { days: [measured("a-1", yesterday, (slot) => slot === 5)] });
  const server = await servers.server();
  // The check is held up where it writes, while somebody books the missing slot.
  const release = await server.hold(`BEGIN; LOCK TABLE ${database.place.schema}.vee_day IN SHARE MODE`);
  const checking = check();
  for (let waits = 0; waits === 0; )
    waits = (await database.run("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).count;
  await book(database, { days: [measured("a-1", yesterday)] });
  await release();
  await checking;
  await check();
  const codes = (await detail(database))?.slots.map(({ code }) => code);
  assert.deepEqual([...new Set(codes)], ["measured"]);
});
