/** Gaps of more than one day: each day is judged by itself, and all of them together are what the registers say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runVee } from "../vee/run-vee.ts";
import { channelDay, day, fill, loadAt, registerAt, step, withSlots, zone } from "../vee/vee.test-kit.ts";
import { type ChannelDay, dayMillis } from "../vee/vee-input.ts";
import { veeSource, veeTasks } from "./vee-inputs.ts";
import type { VeeFacts } from "./vee-load.ts";
import { veeDayIn } from "./vee-rows.ts";

const origin = day - 80 * dayMillis;
const at = (n: number): number => day + n * dayMillis;

const factsOf = (days: readonly ChannelDay[], registers: readonly ReturnType<typeof registerAt>[]): VeeFacts => ({
  point: { number: 1, id: "a-1", zone, fuse: null, plant: null, names: ["energy_import_wh"] },
  days: days.map((one) => ({ ...one, meter: null, name: "energy_import_wh", step })),
  usual: undefined,
  registers: new Map([["energy_import_wh", registers]]),
  installations: [],
  clock: [],
  edits: new Map(),
  chosen: new Map(),
});

/** What the days from `from` to before `to` lack of what the registers say, each judged by itself, and their codes. */
const lackOf = (days: readonly ChannelDay[], from: number, to: number, extra: number): readonly unknown[] => {
  const [before, after] = [registerAt(origin, at(from)), registerAt(origin, at(to))];
  const source = veeSource(factsOf(days, [before, { ...after, value: after.value + extra }]), new Set());
  let left = after.value + extra - before.value;
  const codes = new Set<string>();
  for (let n = from; n < to; n++) {
    const [task] = veeTasks(source, at(n));
    assert.ok(task);
    const { chosen } = runVee({ ...task, at: 0 });
    assert.ok(chosen !== "unchanged");
    for (const value of chosen.values) left -= value ?? 0;
    for (const code of chosen.codes) codes.add(code);
  }
  return [left, ...[...codes].sort()];
};

const measuredDays = (from: number, to: number): readonly ChannelDay[] =>
  Array.from({ length: to - from }, (_, n) => channelDay(at(from + n)));

test("the last days of all, of which nothing came, are what the registers say, whatever the number of their meter", () => {
  assert.deepEqual(lackOf(measuredDays(-36, 0), 0, 3, 777), [0, "registers"]);
});

test("a day after one of which nothing came shares the registers with it", () => {
  const first = withSlots(channelDay(at(0)), fill(0, 96, null));
  const second = withSlots(channelDay(at(1)), fill(0, 90, null));
  assert.deepEqual(lackOf([first, second, ...measuredDays(2, 6)], 0, 2, 777), [0, "measured", "registers"]);
});

test("a day is complete whose values have several decimal places, and so are in two channels", () => {
  const even = (slot: string, n: number): string => (n % 2 === 0 ? slot : "0");
  const odd = (slot: string, n: number): string => (n % 2 === 0 ? "0" : slot);
  const part = (channel: number, of: typeof even): ChannelDay => {
    const one = channelDay(at(0), { channel });
    return { ...one, rank: [...one.rank].map(of).join("") };
  };
  const taskFor = (...days: readonly ChannelDay[]) => veeTasks(veeSource(factsOf(days, []), new Set()), at(0))[0];
  assert.equal(taskFor(part(1, even))?.isComplete, false);
  const task = taskFor(part(1, even), part(2, odd));
  assert.equal(task?.isComplete, true);
  assert.ok(task);
  const { chosen } = runVee({ ...task, at: 0 });
  assert.deepEqual(chosen === "unchanged" ? chosen : chosen.values, channelDay(at(0)).raw);
});

test("values with decimals add up to the Wh", () => {
  const row = { name: "energy_import_wh", channel_id: 1, step: 900, day: "2026-06-17", rank: "9".repeat(96) };
  const rawOf = (value: number, digits: number) =>
    veeDayIn({ ...row, status: "@".repeat(96), digits, raw: `{${new Array<number>(96).fill(value).join(",")}}` }).raw;
  const sumOf = (values: readonly (number | null)[]) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  assert.equal(sumOf(rawOf(250_500, 3)), 96 * 250.5);
  assert.deepEqual(new Set(rawOf(250_500, 3)), new Set([250, 251]));
  assert.equal(sumOf(rawOf(2, -3)), 96 * 2_000);
});

test("days after the last meter went are nobody's", () => {
  const gone = {
    ...{ from_at: new Date(origin), to_at: new Date(at(0) + dayMillis / 2), serial: "A", about: "{}" },
    ...{ start_register: "{}", end_register: null },
  };
  const source = veeSource({ ...factsOf(measuredDays(-3, 0), []), installations: [gone] }, new Set());
  const tasks = [-1, 0, 1, 2].map((n) => veeTasks(source, at(n)).length);
  assert.deepEqual(tasks, [1, 1, 0, 0], "on the day itself half is missing");
});

test("a meter behind large transformers counts hundreds at once, and a small load of it is not frozen", () => {
  // Half a night with two counts a slot.
  const valueAt = (time: number): number => ((time - at(0)) / step < 40 ? 200 : 100 * loadAt(time));
  const days = measuredDays(-36, 0).map(({ day: of }) => channelDay(of, {}, (time) => 100 * loadAt(time)));
  const codesOf = (...of: readonly ChannelDay[]) => {
    const [task] = veeTasks(veeSource(factsOf(of, []), new Set()), at(0));
    assert.ok(task);
    const { chosen } = runVee({ ...task, at: 0 });
    return chosen === "unchanged" ? [] : [...new Set(chosen.codes)];
  };
  assert.deepEqual(codesOf(...days, channelDay(at(0), {}, valueAt)), ["measured"]);
  // One that knows single Wh hangs.
  assert.deepEqual(codesOf(...measuredDays(-36, 0), channelDay(at(0), {}, valueAt)), ["suspect", "measured"]);
  // One that has said nothing else as long as anybody remembers is frozen.
  assert.deepEqual(codesOf(channelDay(at(0), {}, () => 200)), ["suspect"]);
});

test("a register that was full and started over goes on, if its reader noted that", () => {
  const days = measuredDays(-36, 2).map((one) => (one.day === at(0) ? withSlots(one, fill(40, 60, null)) : one));
  const [before, after] = [registerAt(origin, at(0)), registerAt(origin, at(1))];
  const rise = after.value - before.value;
  const registers = [
    { ...before, value: 99_999_000 },
    { ...after, value: 99_999_000 + rise - 100_000_000 },
  ];
  const installed = (carried: number) => ({
    ...{ from_at: new Date(origin), to_at: null, serial: "A", start_register: "{}", end_register: null },
    about: JSON.stringify({ serial: "A", carried: { energy_import_wh: carried } }),
  });
  for (const [carried, codes] of [
    [100_000_000, ["measured", "registers"]],
    [200_000_000, ["measured", "registers"]],
    // An hour that was lost when power failed.
    [1_500, ["missing", "suspect"]],
  ] as const) {
    const facts = { ...factsOf(days, registers), installations: [installed(carried)] };
    const [task] = veeTasks(veeSource(facts, new Set()), at(0));
    assert.ok(task);
    const { chosen } = runVee({ ...task, at: 0 });
    assert.ok(chosen !== "unchanged");
    assert.deepEqual([...new Set(chosen.codes)].sort(), codes, String(carried));
    const sum = chosen.values.reduce<number>((all, value) => all + (value ?? 0), 0);
    assert.equal(sum === rise, carried > 1_500);
  }
});

test("a gap of weeks is what the registers say, though its ends are far from each other's like days", () => {
  const growing = Array.from({ length: 70 }, (_, n) =>
    channelDay(at(n - 70), {}, (time) => loadAt(time) + ((n * n) % 23) * (((time - day) / step) & 3)),
  );
  // Some like days are not whole, so that the fifth is asked for.
  const before = growing.map((one) =>
    [-7, -14, -15, -28].includes((one.day - day) / dayMillis) ? withSlots(one, { 40: null }) : one,
  );
  for (const length of [13, 40])
    assert.deepEqual(
      lackOf([...before, ...measuredDays(length, length + 10)], 0, length, 12_345),
      [0, "registers"],
      `${length} days`,
    );
});
