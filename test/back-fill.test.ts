/** Back-fill over the real protocol, in virtual time: what the store lacks comes from the meter's own memory. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { profileWhy } from "@meterport/engine/backfill/profile-why";
import { dayBounds, monthBounds } from "@meterport/engine/calendar/local-calendar";
import { registerKeys } from "@meterport/engine/guard/measured";
import { completenessOf } from "@meterport/engine/intervals/completeness";
import { checkSums } from "@meterport/engine/intervals/sums";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { StoreBatch } from "@meterport/engine/ports/store";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import { BT61, BT62, BT64, ET21 } from "@meterport/protocol/tables/index";
import { point, RecordedHome, type RecordedHomeOptions } from "./support/recorded-home.ts";

const minute = 60_000;
const hour = 60 * minute;
const quarter = 15 * minute;
const day = 24 * hour;
const t0 = Date.UTC(2026, 2, 10, 12);
const seed = 7;
const zone = "Europe/Copenhagen";

/** For tests of the load profile alone: it is read all the same if live readings are rare. */
const rare = { interval: 5 * minute, scenario: "quiet" } as const;

const homes: RecordedHome[] = [];
const homeOf = (options: Partial<RecordedHomeOptions> = {}): RecordedHome => {
  const home = new RecordedHome({ start: t0, seed, ...options });
  homes.push(home);
  return home;
};
after(async () => {
  for (const home of homes) await home.remove();
});

const truthAt = (home: RecordedHome, time: number): number => home.meter.valuesAt(time).get(0) as number;
const eventsOf = (home: RecordedHome, ...kinds: string[]): Promise<readonly PointEvent[]> =>
  home.store.events(point, { kinds, limit: 1_000 });
/** Warnings and errors of jobs. */
const complaints = (home: RecordedHome): string[] => home.daemon.log.filter((line) => !/link |withheld/.test(line));

describe("a night without the link", () => {
  const home = homeOf({ firstReach: 20 * day });
  let from = 0;

  test("is in the store afterwards, recovered from the load profile, with the registers' own values", async (t) => {
    t.diagnostic(`seed ${seed}`);
    home.startDaemon();
    await home.settle();
    await home.clock.advance(4 * hour);
    from = Math.floor(home.clock.wall() / quarter) * quarter;
    const before = await home.intervals("energy_import_wh", from - hour, from);
    assert.equal(before.length, 4);
    await home.unplug();
    await home.clock.advance(9 * hour);
    home.plugIn();
    await home.clock.advance(hour);
    await home.settle();
    const to = from + 9 * hour;
    for (const [index, channel] of registerKeys.entries()) {
      const rows = await home.intervals(channel, from, to);
      assert.equal(rows.length, 36);
      for (const { end, value, register, source, quality } of rows) {
        const [begin, now] = [end - quarter, end].map((time) => home.meter.valuesAt(time).get(index) as number);
        assert.deepEqual([source, quality, register], ["profile", "good", now]);
        assert.equal(value, (now as number) - (begin as number));
      }
    }
    assert.deepEqual(complaints(home), []);
    assert.ok(
      home.daemon.filled.some((line) => /^3[678] intervals from .* are filled from the load profile$/.test(line)),
    );
  });

  test("says how each value came to be", async () => {
    const found = await home.store.intervalProof(point, "energy_import_wh", from + 9 * hour);
    assert.equal(found?.proof?.table, "BT64");
    assert.equal(found?.proof?.profile, "meter:3.70");
    assert.ok(Math.abs(found?.proof?.clockOffset ?? 1e9) <= 1_000);
    assert.match(found?.proof?.note ?? "", /difference of recorded registers/);
  });

  test("keeps the bytes of each back-filled interval: its entry, and the integers of both registers", async () => {
    for (const [index, channel] of registerKeys.entries())
      for (const { end, register, value } of await home.intervals(channel, from, from + 9 * hour)) {
        const found = await home.store.intervalProof(point, channel, end);
        const why = found === undefined ? undefined : await profileWhy(home.store, found.interval, found.proof);
        const at = `${channel} ${new Date(end).toISOString()}`;
        assert.equal(why?.source, index, at);
        assert.match(why?.end.raw ?? "", /^([0-9a-f]{2})+$/, at);
        const [begun, ended] = [why?.begin, why?.end].map((one) => (one?.integer ?? Number.NaN) * (why?.scale ?? 1));
        assert.deepEqual([begun, ended], [(register ?? 0) - (value ?? 0), register], at);
      }
  });

  test("leaves nothing open, and the sums of all days are those of the registers, to the Wh", async () => {
    // The copies of midnight are read some minutes later.
    await home.clock.advance(2 * day);
    await home.settle();
    const now = home.clock.wall();
    for (const channel of await completenessOf(home.store, point, monthBounds(zone, now - 20 * day, now), { now })) {
      // The newest hour is still to be read, but its intervals are known from live registers.
      assert.deepEqual([channel.percent, channel.missing, channel.gaps], [100, 0, []], channel.channel);
      assert.equal(channel.present, channel.expected);
    }
    const bounds = dayBounds(zone, now - 19 * day, now - day);
    const checks = await checkSums(home.store, point, bounds);
    assert.deepEqual([...new Set(checks.map(({ verdict }) => verdict))], ["equal"]);
    assert.ok(checks.filter(({ basis }) => basis === "self-read").length >= 40);
    assert.deepEqual(await eventsOf(home, "sum-difference"), []);
  });

  test("brings the meter's logs along: events, outages and the copies of midnight, each once", async () => {
    const logged = await eventsOf(home, "log");
    const truth = home.meter.history.eventsUntil(home.clock.wall());
    assert.ok(logged.length >= 50);
    assert.equal(new Set(logged.map(({ id }) => id)).size, logged.length);
    for (const { time, number, detail } of logged) {
      assert.ok(truth.some((event) => event.time === time && (event.event & 0x7ff) === number));
      assert.equal(typeof JSON.parse(detail).name, "string");
    }
    const outages = await eventsOf(home, "outage");
    const dark = home.meter.history.outages;
    assert.ok(outages.length > 0);
    for (const { time, until } of outages)
      assert.ok(dark.some(({ off, on }) => Math.abs(off - time) <= 2_000 && Math.abs(on - (until ?? 0)) <= 2_000));
    const states = await home.store.registers(point, {
      register: "energy_import_wh",
      tier: 0,
      from: 0,
      to: home.clock.wall(),
      limit: 1_000,
    });
    assert.ok(states.length >= 12);
    for (const { register, tier, time, value, reason } of states) {
      assert.deepEqual([reason, value], ["self-read", truthAt(home, time)]);
      const { table, profile, note } = (await home.store.registerProof(point, { register, tier, time }))?.proof ?? {};
      assert.deepEqual([table, profile], ["BT26", "meter:3.70"]);
      assert.match(
        note ?? "",
        /^the meter's own copy of its registers, taken at \d{4}-\d\d-\d\dT00:00:\d\d by its own clock$/,
      );
    }
    const tiers = await home.store.registers(point, { tier: 1, from: 0, to: home.clock.wall(), limit: 1_000 });
    assert.ok(tiers.length >= 12);
  });
});

test("a restart in the middle goes on where it was, without reading a piece again", async () => {
  const home = homeOf({ baud: 9600, interval: 10_000, firstReach: 20 * day });
  home.startDaemon();
  while ((home.daemon.profile.progress().settled ?? 0) < t0 - 15 * day) await home.clock.advance(5_000);
  const settled = home.daemon.profile.progress().settled ?? 0;
  assert.equal(home.daemon.profile.progress().keptFor, 60 * day, "the meter has sixty blocks of a day");
  assert.ok(settled < t0 - 10 * day);
  const yesterday = await home.intervals("energy_import_wh", t0 - 2 * day, t0 - day);
  assert.equal(yesterday.length, 96, "the last days are there long before the oldest");
  assert.deepEqual(await home.intervals("energy_import_wh", t0 - 8 * day, t0 - 7 * day), []);
  await home.stopDaemon();
  let requests = 0;
  home.meter.use(({ request }) => {
    if (request.kind === "read-at" && request.table === BT64.number && (request.count ?? 0) > 100) requests++;
    return undefined;
  });
  home.startDaemon();
  await home.settle();
  const now = home.clock.wall();
  const days = (now - settled) / day;
  // Four requests of more than a hundred bytes for each day, and a few at the ends of pieces.
  assert.ok(requests <= 4.5 * days + 10, `${requests} requests for ${days} days`);
  const rows = await home.intervals("energy_import_wh", 0, now);
  const first = rows[0]?.end ?? 0;
  assert.ok(first <= t0 - 19 * day);
  const profiled = rows.filter(({ source }) => source === "profile");
  assert.equal(profiled.length, ((profiled.at(-1)?.end ?? 0) - first) / quarter + 1);
  assert.ok(profiled.every(({ revision }) => revision <= 2));
});

test("what is known elsewhere is not read again, until somebody wants all of it", async () => {
  const now = Math.floor(t0 / quarter) * quarter;
  const gap = [now - day - 2 * hour, now - day] as const;
  const known = new Map<string, readonly (readonly [number, number])[]>();
  const asked: number[] = [];
  const home = homeOf({
    ...rare,
    known: async ({ after: from }) => {
      asked.push(from);
      return known;
    },
  });
  for (const channel of registerKeys)
    known.set(channel, [
      [now - 60 * day, gap[0]],
      [gap[1], now - 4 * hour],
    ]);
  home.startDaemon();
  await home.settle();
  const profiled = async () =>
    (await home.intervals("energy_import_wh", 0, now))
      .filter(({ source }) => source === "profile")
      .map(({ end }) => end);
  const ends = (from: number, to: number) =>
    Array.from({ length: (to - from) / quarter }, (_, n) => from + (n + 1) * quarter);
  assert.deepEqual(await profiled(), [...ends(...gap), ...ends(now - 4 * hour, now)]);
  assert.equal(asked.length, 1);

  known.clear();
  home.daemon.profile.readAgainFrom(now - 36 * hour);
  await home.clock.advance(10 * minute);
  await home.settle();
  assert.deepEqual(await profiled(), ends(now - 36 * hour, now));
  assert.deepEqual(complaints(home), []);
});

test("shorter intervals of our own are not counted beside those of the load profile", async () => {
  const home = homeOf({ ...rare, firstReach: day });
  const channel = "energy_import_wh";
  const to = Math.floor(home.clock.wall() / quarter) * quarter;
  const from = to - 3 * hour;
  // As if the length of the meter's intervals had not been known.
  const ends = Array.from({ length: 36 }, (_, n) => from + (n + 1) * 5 * minute);
  await home.store.write({
    intervals: ends.map((end) => ({
      ...{ point, channel, end, seconds: 300, source: "difference", quality: "good", flags: [], register: null },
      value: truthAt(home, end) - truthAt(home, end - 5 * minute),
    })),
  });
  home.startDaemon();
  await home.settle();
  const [sum] = await home.store.intervalSums(point, channel, [from, to]);
  assert.deepEqual([sum?.value, sum?.seconds], [truthAt(home, to) - truthAt(home, from), 3 * 3_600]);
  const rows = await home.intervals(channel, from, to);
  assert.deepEqual([rows.length, new Set(rows.map(({ source }) => source))], [36, new Set(["profile"])]);
  assert.equal(rows.filter(({ flags, value }) => flags.includes("replaced") && value === null).length, 24);
});

test("our own intervals are not counted twice where those of the load profile lie across them", async () => {
  const home = homeOf({ ...rare, firstReach: day });
  const channel = "energy_import_wh";
  const to = Math.floor(home.clock.wall() / hour) * hour;
  const from = to - 2 * hour;
  // As if the meter's intervals had been taken for ones of 20 minutes.
  const third = 20 * minute;
  const ends = Array.from({ length: 6 }, (_, n) => from + (n + 1) * third);
  await home.store.write({
    intervals: ends.map((end) => ({
      ...{ point, channel, end, seconds: 1_200, source: "difference", quality: "good", flags: [], register: null },
      value: truthAt(home, end) - truthAt(home, end - third),
    })),
  });
  home.startDaemon();
  await home.settle();
  const [sum] = await home.store.intervalSums(point, channel, [from, to]);
  assert.deepEqual([sum?.value, sum?.seconds], [truthAt(home, to) - truthAt(home, from), 2 * 3_600]);
});

test("outages that the store has forgotten are not told again, though the meter remembers them", async () => {
  const home = homeOf({ interval: 5 * minute, firstReach: day });
  home.startDaemon();
  await home.settle();
  assert.ok((await eventsOf(home, "outage")).length > 0);
  await home.store.prune({ events: home.clock.wall() });
  const kinds = ["event"] as const;
  const told = async () =>
    (await home.store.journal({ after: 0, limit: 1_000, kinds })).entries.filter(
      (entry) => entry.kind === "event" && entry.event.kind === "outage",
    ).length;
  const before = await told();
  await home.clock.advance(7 * hour);
  await home.stopDaemon();
  home.startDaemon();
  await home.settle();
  assert.deepEqual([await told(), await eventsOf(home, "outage")], [before, []]);
});

test("what the meter no longer has is marked once, told once, and not asked for again", async () => {
  const home = homeOf(rare);
  home.startDaemon();
  await home.settle();
  await home.stopDaemon();
  await home.clock.advance(75 * day);
  home.startDaemon();
  await home.settle();
  const rows = await home.intervals("energy_import_wh", t0, home.clock.wall());
  const missing = rows.filter(({ quality }) => quality === "missing");
  assert.ok(missing.length > 13 * 96 && missing.length <= 16 * 96, `${missing.length} missing`);
  assert.ok(missing.every(({ value, source }) => value === null && source === "profile"));
  const events = await eventsOf(home, "intervals-missing");
  assert.equal(events.length, 1);
  assert.equal(JSON.parse(events[0]?.detail ?? "{}").reason, "no-longer-in-the-meter");
  const now = home.clock.wall();
  const [sum] = await completenessOf(home.store, point, [t0, now], { now, channels: ["energy_import_wh"] });
  assert.equal(sum?.missing, missing.length);
  assert.equal(sum?.open, 0);
  assert.equal(sum?.gaps.length, 1);
  // A quiet hour costs a look and four intervals.
  await home.clock.advance(2 * hour);
  let asked = 0;
  home.meter.use(({ request }) => {
    if ((request.kind === "read-at" || request.kind === "read") && request.table === BT64.number) asked++;
    return undefined;
  });
  await home.clock.advance(10 * hour);
  assert.ok(asked >= 10 && asked <= 80, `${asked} requests to the load profile in ten hours`);
  assert.equal((await eventsOf(home, "intervals-missing")).length, 1);
});

describe("a load profile that cannot be read", () => {
  const refusing = async (tables: readonly number[], answer: number): Promise<RecordedHome> => {
    const home = homeOf();
    home.meter.use(({ request }) =>
      (request.kind === "read" || request.kind === "read-at") && tables.includes(request.table)
        ? { kind: "error", code: answer }
        : undefined,
    );
    home.startDaemon();
    await home.clock.advance(3 * hour);
    await home.stopDaemon();
    home.startDaemon();
    await home.clock.advance(3 * hour);
    return home;
  };

  test("is told once if there is none, over a restart too, and live intervals go on", async () => {
    const home = await refusing([BT61.number, BT62.number, ET21.number, BT64.number], code.inappropriateAction);
    assert.equal((await eventsOf(home, "load-profile-none")).length, 1);
    assert.equal(home.daemon.profile.progress().state, "none");
    const rows = await home.intervals("energy_import_wh", 0, home.clock.wall());
    assert.ok(rows.length >= 20 && rows.every(({ source }) => source === "difference"));
    for (const { end, value } of rows)
      assert.ok(Math.abs((value ?? 1e9) - truthAt(home, end) + truthAt(home, end - quarter)) <= 60);
    assert.deepEqual(complaints(home), []);
  });

  test("is told once if the key may not read it", async () => {
    const home = await refusing([BT64.number], code.insufficientSecurity);
    assert.equal((await eventsOf(home, "load-profile-refused")).length, 1);
  });

  test("is told if its tables contradict each other, but not for a moment's contradiction", async () => {
    const home = homeOf(rare);
    let lies = true;
    home.meter.use(({ request }, next) => {
      if (!lies || request.kind !== "read-at" || request.table !== ET21.number) return undefined;
      const answer = next();
      return answer.kind === "data" ? { kind: "data", data: answer.data.map((byte) => byte ^ 0x55) } : answer;
    });
    home.startDaemon();
    await home.clock.advance(90_000);
    assert.deepEqual(await eventsOf(home, "load-profile-unreadable"), []);
    await home.clock.advance(10 * minute);
    assert.equal((await eventsOf(home, "load-profile-unreadable")).length, 1);
    lies = false;
    await home.unplug();
    await home.clock.advance(minute);
    home.plugIn();
    await home.settle();
    assert.ok((await home.intervals("energy_import_wh", 0, t0)).length > 180);
  });
});

test("nothing is stored while the clocks disagree, and everything once they agree", async () => {
  const home = homeOf(rare);
  // The machine came up without the time.
  home.clock.stepWall(-3 * day - hour);
  home.startDaemon();
  await home.clock.advance(2 * hour);
  assert.equal(home.daemon.profile.progress().state, "waiting");
  const profiled = async () =>
    (await home.intervals("energy_import_wh", 0, home.clock.wall() + 9 * day)).filter(
      ({ source }) => source === "profile",
    );
  assert.deepEqual(await profiled(), []);
  home.clock.stepWall(3 * day + hour);
  await home.settle();
  const rows = await profiled();
  assert.ok(rows.length > 180);
  assert.ok(rows.every(({ quality }) => quality !== "suspect"));
});

test("a meter whose clock stays wrong gives intervals in doubt after a day, and one event", async () => {
  const home = homeOf(rare);
  home.stepMeter(20 * minute);
  home.startDaemon();
  await home.clock.advance(30 * hour);
  await home.settle();
  assert.equal((await eventsOf(home, "load-profile-clock")).length, 1);
  const rows = await home.intervals("energy_import_wh", t0, t0 + 20 * hour);
  assert.ok(rows.length > 70);
  assert.ok(rows.every(({ source, quality }) => source === "profile" && quality === "suspect"));
});

test("an exchanged meter's profile counts from its installation, and what the old one took along is marked", async () => {
  const home = homeOf(rare);
  home.startDaemon();
  await home.settle();
  await home.clock.advance(5 * hour);
  await home.unplug();
  const last = home.meter;
  await home.clock.advance(90 * minute);
  const exchanged = home.clock.wall();
  home.install(99);
  home.plugIn();
  await home.clock.advance(6 * hour);
  await home.settle();
  const rows = await home.intervals("energy_import_wh", t0 + hour, home.clock.wall());
  for (const { end, value, quality, source } of rows) {
    const of = end <= exchanged ? last : home.meter;
    const truth = (of.valuesAt(end).get(0) as number) - (of.valuesAt(end - quarter).get(0) as number);
    if (quality === "missing") assert.ok(end > exchanged - 3 * hour && end < exchanged + 30 * minute);
    else if (source === "profile") assert.equal(value, truth);
  }
  assert.equal(rows.length, ((rows.at(-1)?.end ?? 0) - t0 - hour) / quarter);
  const events = await eventsOf(home, "intervals-missing");
  assert.deepEqual(
    events.map(({ detail }) => JSON.parse(detail).reason),
    ["meter-exchange"],
  );
  const logged = await eventsOf(home, "log");
  assert.ok(logged.every(({ id, time }) => id.startsWith("log:") && (id.split(":").length === 2 || time >= exchanged)));
});

test("a meter that was noted with the time of a wrong clock loses neither its profile nor the years until then", async () => {
  const home = homeOf(rare);
  home.startDaemon();
  await home.settle();
  await home.clock.advance(5 * hour);
  await home.unplug();
  await home.clock.advance(90 * minute);
  const exchanged = home.clock.wall();
  home.install(99);
  home.clock.stepWall(400 * day);
  home.plugIn();
  await home.clock.advance(20 * minute);
  home.clock.stepWall(-400 * day);
  assert.ok(((await home.store.devices(point)).at(-1)?.from ?? 0) > home.clock.wall());
  await home.clock.advance(6 * hour);
  await home.settle();
  const now = home.clock.wall();
  assert.deepEqual(await home.intervals("energy_import_wh", now, now + 900 * day), []);
  const rows = await home.intervals("energy_import_wh", exchanged + quarter, now - hour);
  assert.ok(rows.length >= 18);
  for (const { end, value, source } of rows)
    assert.deepEqual([source, value], ["profile", truthAt(home, end) - truthAt(home, end - quarter)]);
  for (const { detail } of await eventsOf(home, "intervals-missing")) assert.ok(JSON.parse(detail).count < 100, detail);
});

test("goes on soon after the store has failed, not at the next round", async () => {
  const home = homeOf({ ...rare, firstReach: 2 * day });
  let failing = true;
  const { store } = home;
  home.store = new Proxy(store, {
    get: (target, name) => {
      if (name !== "write") return Reflect.get(target, name, target);
      return (batch: StoreBatch) =>
        failing && (batch.intervals?.length ?? 0) > 10
          ? Promise.reject(new Error("the disk is full"))
          : target.write(batch);
    },
  });
  home.startDaemon();
  await home.clock.advance(2 * minute);
  const lacking = await home.intervals("energy_import_wh", t0 - day, t0);
  assert.ok(lacking.length < 90, `${lacking.length} intervals`);
  failing = false;
  await home.clock.advance(15 * minute);
  assert.equal((await home.intervals("energy_import_wh", t0 - day, t0)).length, 96);
});

test("copies of midnight are not dated by a zone that is not the meter's", async () => {
  const home = homeOf({ ...rare, firstReach: day, zone: "Europe/Helsinki" });
  home.startDaemon();
  await home.settle();
  const query = { register: "energy_import_wh", tier: 0, from: 0, to: home.clock.wall(), limit: 100 };
  const states = await home.store.registers(point, query);
  assert.deepEqual(
    states.filter(({ reason }) => reason === "self-read"),
    [],
  );
  const told = await eventsOf(home, "self-reads-zone");
  assert.deepEqual(
    told.map(({ detail }) => JSON.parse(detail)),
    [{ zone: "Europe/Helsinki", zone_offset_min: 120, meter_offset_min: 60 }],
  );
});
