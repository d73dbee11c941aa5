/** The load profile of the virtual meter, read over a line: the household's own history comes back. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, rc4 } from "@meterport/client";
import { type ConsumptionInterval, consumption } from "@meterport/client/readers/consumption";
import {
  type DiscardedBlock,
  type LoadProfile,
  type LoadProfileInterval,
  openLoadProfile,
  type ReadIntervalsOptions,
} from "@meterport/client/readers/load-profile";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import { type Line, memoryLine, modelledLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "./support/virtual-clock.ts";

const key = new Secret(new Uint8Array(16).fill(1));
const quarter = 15 * 60_000;
const dayBlock = 96;

interface Setting {
  readonly clock: VirtualClock;
  readonly device: VirtualMeter;
  readonly line: Line;
  readonly profile: LoadProfile;
}
const open = async (options: {
  readonly start: Millis;
  readonly profile?: string;
  readonly set?: number;
  readonly seed?: number;
  readonly modelled?: boolean;
}): Promise<Setting> => {
  const { start, profile = "meter:3.70", set = 1, seed = 1, modelled = false } = options;
  const clock = new VirtualClock({ wall: start });
  const device = new VirtualMeter({
    profile: parseProfile(profile),
    keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "solar",
    seed,
    start,
  });
  const line = modelled ? modelledLine({ meter: device, clock, baud: 9600 }) : memoryLine({ meter: device, clock });
  const security = rc4({ key, entropy: (length) => new Uint8Array(length).fill(9) });
  const opened = connect(line, { security, clock }).then((meter) => openLoadProfile(meter, { set }));
  return { clock, device, line, profile: await clock.run(opened) };
};
const listOf = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};
const read = ({ clock, profile }: Setting, options: ReadIntervalsOptions = {}): Promise<LoadProfileInterval[]> =>
  clock.run(listOf(profile.intervals(options)));

const start = Date.UTC(2026, 3, 10, 10, 20, 33);

describe("the load profile of a virtual meter", () => {
  for (const profile of ["meter:3.30", "meter:4.30", "module:1.20"])
    test(`${profile}: sixty days, each register to the Wh, and sums that are its differences`, async (t) => {
      const setting = await open({ start, profile });
      const intervals = await read(setting);
      assert.equal(intervals.length, 59 * dayBlock + 41);
      assert.equal(intervals.at(-1)?.end, Date.UTC(2026, 3, 10, 10, 15));
      const unit = setting.profile.energyUnit;
      assert.equal(unit, 1);
      for (const [i, { end, channels, valid }] of intervals.entries()) {
        assert.ok(valid);
        assert.equal(end, (intervals[0]?.end ?? 0) + i * quarter);
        if (i % 61 !== 0) continue;
        const truth = setting.device.valuesAt(end);
        for (const { source, value } of channels) assert.equal(value, truth.get(source));
      }
      const rollover = await setting.clock.run(setting.profile.rollover());
      const used: ConsumptionInterval[] = await listOf(consumption(intervals, { rollover }));
      assert.equal(used.length, intervals.length - 1);
      const [first, last] = [intervals[0], intervals.at(-1)];
      for (const [c, { source }] of setting.profile.channels.entries()) {
        const sum = used.reduce((total, { channels }) => total + (channels[c]?.value ?? Number.NaN), 0);
        const truth = (at: LoadProfileInterval | undefined) => setting.device.valuesAt(at?.end ?? 0).get(source) ?? 0;
        t.diagnostic(`source ${source}: ${sum}`);
        assert.equal(sum, truth(last) - truth(first));
      }
      const flags = { powerFail: 0, clockForward: 0, dst: 0 };
      for (const interval of intervals)
        for (const flag of Object.keys(flags) as (keyof typeof flags)[]) flags[flag] += +interval[flag];
      assert.equal(flags.clockForward, 1);
      // Summer time begins on 29 March at 01:00 UTC.
      assert.equal(flags.dst, (Date.UTC(2026, 3, 10, 10, 15) - Date.UTC(2026, 2, 29, 1)) / quarter);
      const dark = setting.device.history.outages.filter(({ on }) => on > (first?.end ?? 0));
      assert.ok(flags.powerFail >= Math.min(1, dark.length));
    });

  test("the second data set has hourly intervals, and the gas meter's own reading", async () => {
    const setting = await open({ start, set: 2 });
    assert.deepEqual(
      [setting.profile.durationMinutes, setting.profile.channels.map(({ source }) => source)],
      [60, [0, 0x4001]],
    );
    const intervals = await read(setting, { since: start - 86_400_000 });
    assert.equal(intervals.length, 24);
    for (const { end, channels } of intervals) {
      assert.equal(channels[0]?.value, setting.device.valuesAt(end).get(0));
      assert.notEqual(channels[1]?.raw, null);
    }
  });

  test("if the oldest day is overwritten while it is read, it is reported and not returned", async () => {
    const setting = await open({ start: Date.UTC(2026, 3, 10, 0, 14, 50), modelled: true });
    const discarded: DiscardedBlock[] = [];
    const intervals = await read(setting, { onDiscarded: (block) => discarded.push(block) });
    assert.deepEqual(
      discarded.map(({ reason }) => reason),
      ["overwritten"],
    );
    assert.equal(intervals.length, 59 * dayBlock);
    assert.equal(intervals.at(-1)?.end, Date.UTC(2026, 3, 10));
    for (const { end, channels } of intervals.filter((_, i) => i % 97 === 0))
      assert.equal(channels[0]?.value, setting.device.valuesAt(end).get(0));
  });

  test("over 9600 baud takes hardly longer than the line needs, and what is recorded meanwhile is read later", async (t) => {
    const setting = await open({ start: Date.UTC(2026, 3, 10, 10, 14, 30), modelled: true });
    const [before, began] = [setting.line.counts, setting.clock.now()];
    const first = await read(setting);
    const { toMeter, toClient } = setting.line.counts;
    const received = toClient - before.toClient;
    const bytes = toMeter - before.toMeter + received;
    // The bytes back to back, and the 25 ms that the meter rests between two segments of 117 bytes (p. 27).
    const limit = (bytes * 10_000) / 9600 + Math.floor(received / (4 * 117)) * 3 * 25;
    const ratio = (setting.clock.now() - began) / limit;
    t.diagnostic(`${bytes} bytes, ${ratio.toFixed(3)} x the line's limit`);
    // The blocks themselves are 110,460 bytes; the rest is what the messages add.
    assert.ok(bytes < 110_460 * 1.1, `${bytes} bytes`);
    assert.ok(ratio < 1.1, `${ratio}`);
    assert.equal(first.length, 59 * dayBlock + 40);
    const after = await read(setting, { since: first.at(-1)?.end as number });
    assert.deepEqual(
      after.map(({ end }) => end),
      [Date.UTC(2026, 3, 10, 10, 15)],
    );
  });
});
