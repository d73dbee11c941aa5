import assert from "node:assert/strict";
import { test } from "node:test";
import { dayBounds } from "../calendar/local-calendar.ts";
import type { Device } from "../model/device.ts";
import {
  type Interval,
  type IntervalQuality,
  type IntervalSource,
  intervalQualities,
  intervalSources,
  type StoredInterval,
} from "../model/interval.ts";
import type { RegisterState } from "../model/register-state.ts";
import type { IntervalQuery, IntervalSum, RegisterQuery, StoreBatch, TimeRange } from "../ports/store.ts";
import { completenessOf } from "./completeness.ts";
import { overviewOf, rankPoints } from "./overview.ts";
import { checkSums, sumEvent } from "./sums.ts";
import { SumsJob } from "./sums-job.ts";

const channel = "energy_import_wh";
const zone = "Europe/Copenhagen";
const [begin = 0, end = 0] = dayBounds(zone, Date.UTC(2026, 9, 25, 12), Date.UTC(2026, 9, 25, 13));
const quarter = 900_000;
const count = (end - begin) / quarter;

/** A store with the rows of one channel, by the naive reading of its port. */
class Rows {
  readonly rows: StoredInterval[] = [];
  readonly states: RegisterState[] = [];
  readonly exchanges: Device[] = [];

  add(at: number, value: number | null, more: Partial<Interval> = {}): void {
    const own = { point: "home", channel, end: at, seconds: 900, value, source: "profile", quality: "good" } as const;
    this.rows.push({ ...own, flags: [], register: null, revision: 1, stored: 0, ...more });
  }

  copy(time: number, value: number): void {
    const own = { point: "home", register: channel, tier: 0, reason: "self-read", serial: null } as const;
    this.states.push({ ...own, time, value });
  }

  readonly channels = async () => [channel];
  readonly devices = async () => this.exchanges;
  readonly intervals = async (_: string, { from, to, limit }: IntervalQuery) =>
    this.rows.filter((row) => row.end > from && row.end <= to).slice(0, limit);
  readonly intervalCoverage = async (_: readonly string[], __: string, { from, to }: TimeRange) => {
    const known = this.rows.filter(({ value }) => value !== null);
    const inside = known.filter((row) => row.end > from && row.end <= to);
    const [first] = this.rows;
    const seconds = inside.reduce((sum, row) => sum + row.seconds, 0);
    return first === undefined ? [] : [{ point: "home", seconds, first, newest: known.at(-1) ?? null }];
  };
  readonly intervalGaps = async (_: string, { from, to, limit }: IntervalQuery) => {
    const known = this.rows.filter((row) => row.value !== null && row.end > from && row.end <= to);
    const starts = [from, ...known.map((row) => row.end)];
    const untils = [...known.map((row) => row.end - 1000 * row.seconds), to];
    const gaps = starts
      .map((start, n) => ({ from: start, to: untils[n] as number }))
      .filter((gap) => gap.to > gap.from);
    const longest = Math.max(0, ...gaps.map((gap) => gap.to - gap.from));
    return { count: gaps.length, longest, gaps: gaps.slice(0, limit) };
  };
  readonly registers = async (_: string, { from, to }: RegisterQuery) =>
    this.states.filter(({ time }) => time >= from && time < to);
  readonly intervalSums = async (_: string, __: string, bounds: readonly number[]): Promise<readonly IntervalSum[]> =>
    bounds.slice(1).map((to, i) => {
      const from = bounds[i] as number;
      const rows = this.rows.filter((row) => row.end > from && row.end <= to);
      const known = rows.filter(({ value }) => value !== null);
      const by = <K extends string>(names: readonly K[], of: (name: K) => number) =>
        Object.fromEntries(names.map((name) => [name, of(name)])) as Record<K, number>;
      return {
        from,
        to,
        value: known.length === 0 ? null : known.reduce((sum, { value }) => sum + (value ?? 0), 0),
        seconds: known.reduce((sum, { seconds }) => sum + seconds, 0),
        byQuality: by<IntervalQuality>(intervalQualities, (name) => rows.filter((row) => row.quality === name).length),
        bySource: by<IntervalSource>(intervalSources, (name) => known.filter((row) => row.source === name).length),
      };
    });
}

/** A day of 25 hours with 10 Wh in each quarter. */
const fullDay = (change: (n: number) => Partial<Interval> | undefined = () => ({})): Rows => {
  const rows = new Rows();
  for (let n = 1; n <= count; n++) {
    const more = change(n);
    if (more !== undefined) rows.add(begin + n * quarter, 10, more);
  }
  return rows;
};
const verdict = async (rows: Rows) => (await checkSums(rows, "home", [begin, end], [channel]))[0];

test("a day of 100 quarters adds up to the copies of both midnights, or differs by a Wh", async () => {
  assert.equal(count, 100);
  const rows = fullDay();
  rows.copy(begin, 5_000);
  rows.copy(end, 6_000);
  const equal = await verdict(rows);
  assert.deepEqual([equal?.verdict, equal?.sum, equal?.basis], ["equal", 1_000, "self-read"]);
  rows.states.length = 0;
  rows.copy(begin, 5_000);
  rows.copy(end, 6_001);
  const different = await verdict(rows);
  assert.equal(different?.verdict, "different");
  const event = sumEvent("home", different as NonNullable<typeof different>);
  assert.deepEqual(JSON.parse(event.detail), { channel, sum: 1_000, difference: 1_001, off: -1, basis: "self-read" });
  assert.equal(event.id, `sum-difference:${channel}:${begin}`);
});

test("a day on which a register was full and started over is compared all the same", async () => {
  for (const full of [1e9, 2 ** 32, 10 * 2 ** 32])
    for (const [off, expected] of [
      [0, "equal"],
      [1, "different"],
    ] as const) {
      const rows = fullDay();
      rows.copy(begin, full - 400);
      rows.copy(end, 600 + off);
      const checked = await verdict(rows);
      assert.deepEqual([checked?.verdict, checked?.difference], [expected, 1_000 + off], `${full}`);
    }
  const reset = fullDay();
  reset.copy(begin, 5e8);
  reset.copy(end, 3);
  assert.deepEqual([(await verdict(reset))?.verdict, (await verdict(reset))?.difference], ["unknown", null]);
});

test("without copies the load profile's own registers count, and without any nothing is said", async () => {
  const rows = fullDay((n) => ({ register: 5_000 + 10 * n }));
  assert.equal((await verdict(rows))?.verdict, "unknown");
  rows.rows.unshift({ ...(rows.rows[0] as StoredInterval), end: begin, register: 5_000 });
  const checked = await verdict(rows);
  assert.deepEqual([checked?.verdict, checked?.basis], ["equal", "profile"]);
});

test("a day with a gap, a mark or a value of our own is incomplete, and one with an exchange is not compared", async () => {
  const changes: readonly ((n: number) => Partial<Interval> | undefined)[] = [
    (n) => (n === 7 ? undefined : {}),
    (n) => (n === 7 ? { value: null, quality: "missing" } : {}),
    (n) => (n === 7 ? { source: "difference" } : {}),
  ];
  for (const change of changes) assert.equal((await verdict(fullDay(change)))?.verdict, "incomplete");
  const rows = fullDay();
  const none = { to: null, serial: null, manufacturer: null, model: null, firmware: null, profile: null, end: null };
  for (const from of [begin - 1e9, begin + 1e7]) rows.exchanges.push({ point: "home", from, start: {}, ...none });
  assert.equal((await verdict(rows))?.verdict, "exchange");
});

test("completeness counts what is there by source, and lists the gaps, marked or not, up to a limit", async () => {
  const rows = fullDay((n) => {
    if (n === 3 || n === 4 || n === 90) return undefined;
    if (n === 50) return { value: null, quality: "missing" };
    return n > 95 ? { source: "difference" } : {};
  });
  const [whole] = await completenessOf(rows, "home", [begin, end], { now: end + 1 });
  assert.deepEqual([whole?.expected, whole?.present, whole?.missing, whole?.open, whole?.percent], [100, 96, 1, 3, 96]);
  assert.deepEqual([whole?.bySource.profile, whole?.bySource.difference], [91, 5]);
  const at = (n: number): number => begin + n * quarter;
  assert.deepEqual(whole?.gaps, [
    { from: at(2), to: at(4) },
    { from: at(49), to: at(50) },
    { from: at(89), to: at(90) },
  ]);
  const [short] = await completenessOf(rows, "home", [begin, end], { now: end, gapLimit: 1 });
  assert.deepEqual([short?.gaps.length, short?.moreGaps], [1, 2]);
});

test("nothing is expected before the first interval or after now", async () => {
  const rows = fullDay((n) => (n > 20 ? {} : undefined));
  const [part] = await completenessOf(rows, "home", [begin, end], { now: begin + 30.5 * quarter });
  assert.deepEqual([part?.expected, part?.percent, part?.gaps], [10, 100, []]);
  const [before] = await completenessOf(rows, "home", [begin - 1e8, begin], { now: end });
  assert.deepEqual([before?.expected, before?.percent, before?.gaps], [0, null, []]);
});

test("an interval that ended a moment ago is pending within its grace, and missing afterwards", async () => {
  const rows = fullDay((n) => (n === 10 || n > 96 ? undefined : {}));
  const at = (n: number): number => begin + n * quarter;
  const grace = 2 * quarter;
  const reportAt = async (now: number, more: { grace?: number } = { grace }) => {
    const [report] = await completenessOf(rows, "home", [begin, end], { now, ...more });
    const { expected, present, open, pending, percent, gaps } = report ?? {};
    return { counts: [expected, present, open, pending], percent, gaps: gaps?.map(({ from }) => from) };
  };
  const gap = at(9);
  assert.deepEqual(await reportAt(at(97)), { counts: [96, 95, 1, 1], percent: 98.95, gaps: [gap] });
  assert.deepEqual(await reportAt(at(98)), { counts: [96, 95, 1, 2], percent: 98.95, gaps: [gap] });
  assert.deepEqual(await reportAt(at(99)), { counts: [97, 95, 2, 2], percent: 97.93, gaps: [gap, at(96)] });
  assert.deepEqual((await reportAt(at(97), {})).counts, [97, 95, 2, 0]);
  // One that is there is expected, however young; what lies before it waits for the load profile.
  rows.add(at(99), 5);
  assert.deepEqual(await reportAt(at(99)), { counts: [98, 96, 2, 1], percent: 97.95, gaps: [gap, at(96)] });
  // A period that is long over has nothing that is pending.
  assert.deepEqual((await reportAt(end + 86_400_000)).counts, [100, 96, 4, 0]);
});

test("the order of many points leaves out what is pending, as the report of each does", async () => {
  const rows = fullDay((n) => (n === 10 || n === 97 || n > 98 ? undefined : {}));
  const now = begin + 99 * quarter + 1;
  const period = { point: "home", zone, from: begin, to: end };
  for (const grace of [0, quarter, 2 * quarter, 3 * quarter, 5 * quarter]) {
    const [ranked] = await rankPoints(rows, [{ ...period, grace }], { channel, now });
    const report = ranked === undefined ? undefined : await overviewOf(rows, ranked, { channel, now });
    assert.equal(ranked?.percent, report?.completeness.percent, String(grace));
  }
});

test("a damaged memo does not end the check of sums", async () => {
  for (const damaged of ["x", "NaN", "{}"]) {
    const home = new Rows();
    for (let n = 1; n <= count; n++) home.add(begin + n * quarter, 2, { register: 2 * n });
    home.add(begin, 0, { register: 0 });
    const memos: unknown[] = [];
    const job = new SumsJob({
      ...{
        point: "home",
        zone,
        clock: { now: () => 0, wall: () => 0, at: () => () => {} },
        settled: () => end + 3 * 3_600_000,
      },
      store: Object.assign(home, {
        memo: async () => damaged,
        write: async (batch: StoreBatch) => {
          memos.push(...(batch.memos ?? []).map(({ text }) => text));
          return { readings: 0, intervals: 0, registers: 0, events: 0, devices: 0, journal: 0 };
        },
      }),
    });
    for (let n = 0; n < 3; n++) await job.run();
    assert.ok(memos.length > 0 && memos.every((text) => Number.isFinite(Number(text))), damaged);
  }
});
