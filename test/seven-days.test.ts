/**
 * Seven simulated days in which everything goes wrong that does: links fail, the daemon is off for two days, meter and daemon restart, clocks are
 * set, summer time begins or ends, and the meter is exchanged. Afterwards each interval is there or marked, and the sums are exact.
 */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { dayBounds } from "@meterport/engine/calendar/local-calendar";
import { registerKeys } from "@meterport/engine/guard/measured";
import { completenessOf } from "@meterport/engine/intervals/completeness";
import { checkSums } from "@meterport/engine/intervals/sums";
import type { StoredInterval } from "@meterport/engine/model/interval";
import { seeded, type VirtualMeter } from "@meterport/simulator";
import { point, RecordedHome } from "./support/recorded-home.ts";

const minute = 60_000;
const hour = 60 * minute;
const quarter = 15 * minute;
const day = 24 * hour;
const zone = "Europe/Copenhagen";

interface Week {
  readonly name: string;
  readonly start: number;
  readonly seed: number;
  /** Hours of the day in the middle of the week, when clocks change. */
  readonly hours: number;
}

const weeks: readonly Week[] = [
  { name: "in which summer time begins", start: Date.UTC(2026, 2, 26, 9), seed: 21, hours: 23 },
  { name: "in which summer time ends", start: Date.UTC(2026, 9, 22, 9), seed: 22, hours: 25 },
];

const homes: RecordedHome[] = [];
after(async () => {
  for (const home of homes) await home.remove();
});

/** Lives through the week. Returns when the meter was exchanged, and when its clock was set. */
const live = async (home: RecordedHome, seed: number): Promise<{ exchanged: number; stepped: number }> => {
  const random = seeded(seed);
  const between = (low: number, high: number): number => Math.floor(low + random() * (high - low));
  const { clock } = home;
  home.startDaemon();
  await clock.advance(5 * hour);
  // Day 1: links fail, for seconds to hours.
  for (let i = 0; i < 4; i++) {
    await home.unplug();
    await clock.advance(between(5_000, [20_000, 3 * minute, 40 * minute, 3 * hour][i] as number));
    home.plugIn();
    await clock.advance(between(10 * minute, hour));
  }
  // Day 2: the meter restarts, and the daemon does, in the middle of its work.
  home.meter.reboot();
  await clock.advance(2 * hour);
  await home.stopDaemon();
  home.startDaemon();
  await clock.advance(between(1_000, 30_000));
  await home.stopDaemon();
  home.startDaemon();
  await clock.advance(3 * hour);
  // The machine's clock is set back and forward.
  clock.stepWall(-between(2 * minute, 2 * hour));
  await clock.advance(between(20 * minute, 40 * minute));
  clock.stepWall(home.meter.time - clock.wall());
  await clock.advance(7 * hour);
  // The meter's clock was late, and is put forward.
  const stepped = home.meter.time;
  home.stepMeter(between(30, 50) * 1000);
  await clock.advance(2 * hour);
  // Days 3 and 4: the daemon is off.
  await home.stopDaemon();
  await clock.advance(2 * day);
  home.startDaemon();
  await clock.advance(11 * hour);
  // Day 5: another meter.
  await home.unplug();
  await clock.advance(between(10 * minute, 50 * minute));
  const exchanged = clock.wall();
  home.install(seed + 1_000);
  await clock.advance(between(minute, 5 * minute));
  home.plugIn();
  await clock.advance(20 * hour);
  await home.unplug();
  await clock.advance(between(hour, 6 * hour));
  home.plugIn();
  return { exchanged, stepped };
};

const consumed = (meter: VirtualMeter, source: number, end: number): number =>
  (meter.valuesAt(end).get(source) as number) - (meter.valuesAt(end - quarter).get(source) as number);

for (const { name, start, seed, hours } of weeks)
  describe(`a week ${name}`, () => {
    const home = new RecordedHome({ start, seed, firstReach: 2 * hour, zone, interval: 3 * minute });
    homes.push(home);
    let rows: readonly (readonly StoredInterval[])[] = [];
    let exchanged = 0;
    let stepped = 0;

    test("every interval is there or marked", async (t) => {
      t.diagnostic(`seed ${seed}`);
      ({ exchanged, stepped } = await live(home, seed));
      await home.clock.advance(start + 7 * day + 30 * minute - home.clock.wall());
      await home.settle();
      rows = await Promise.all(registerKeys.map((channel) => home.intervals(channel, start, start + 7 * day)));
      for (const channel of rows) {
        assert.equal(channel.length, 7 * 96);
        for (const [i, { end }] of channel.entries()) assert.equal(end, start + (i + 1) * quarter);
        for (const { end, quality } of channel)
          if (quality === "missing") assert.ok(end > exchanged - 75 * minute && end < exchanged + 30 * minute);
      }
      const missing = rows[0]?.filter(({ quality }) => quality === "missing").length ?? 0;
      t.diagnostic(`${missing} of 672 intervals left with the old meter`);
      assert.ok(missing >= 1 && missing <= 6);
    });

    test("the meter's own values are in them, and their sums are exact", () => {
      const [old, present] = home.meters as [VirtualMeter, VirtualMeter];
      let profiled = 0;
      for (const [source, channel] of rows.entries()) {
        const sums = { old: 0, present: 0 };
        let [firstEnd, lastEnd] = [0, 0];
        for (const { end, value, source: from } of channel) {
          if (value === null) continue;
          const meter = end <= exchanged ? old : present;
          if (from === "profile") profiled++;
          if (from === "profile") assert.equal(value, consumed(meter, source, end));
          // A register that was read at some distance of the boundary is a few Wh off, and the next one makes up for it.
          else assert.ok(Math.abs(value - consumed(meter, source, end)) <= 600);
          if (meter === present) {
            firstEnd ||= end;
            lastEnd = end;
          }
          sums[meter === old ? "old" : "present"] += from === "profile" ? value : consumed(meter, source, end);
        }
        const at = (time: number): number => present.valuesAt(time).get(source) as number;
        assert.equal(sums.present, at(lastEnd) - at(firstEnd - quarter));
      }
      assert.ok(profiled >= 4 * (672 - 8), `${profiled} of ${4 * 672} from the load profile`);
    });

    test("the days have their hours, and each closed one adds up to its registers", async (t) => {
      const now = home.clock.wall();
      const bounds = dayBounds(zone, start + day, start + 7 * day - 12 * hour);
      assert.ok(bounds.some((to, i) => i > 0 && to - (bounds[i - 1] as number) === hours * hour));
      const checks = await checkSums(home.store, point, bounds);
      const verdicts = new Set(checks.map(({ verdict }) => verdict));
      t.diagnostic(checks.map(({ verdict, basis }) => `${verdict} (${basis ?? "-"})`).join(", "));
      assert.ok(!verdicts.has("different") && !verdicts.has("unknown"));
      assert.ok(checks.filter(({ verdict, basis }) => verdict === "equal" && basis === "self-read").length >= 12);
      assert.ok(checks.filter(({ verdict }) => verdict === "exchange").length === 4);
      assert.deepEqual(await home.store.events(point, { kinds: ["sum-difference"], limit: 10 }), []);
      const complete = await completenessOf(home.store, point, bounds, { now, channels: ["energy_import_wh"] });
      assert.deepEqual(
        complete.map(({ from, to, expected }) => expected - (to - from) / quarter),
        complete.map(() => 0),
      );
      for (const { to, from, percent } of complete)
        if (exchanged < from - hour || exchanged > to + hour) assert.equal(percent, 100);
    });

    test("the intervals in which the meter's clock was set, and in summer time, say so", () => {
      const all = rows[0] ?? [];
      const summer = all.filter(({ flags }) => flags.includes("dst")).length;
      assert.ok(summer > 96 && summer < 6 * 96);
      assert.ok(stepped > start);
    });

    test("the journal has each interval once for each revision", async () => {
      let entries = 0;
      for (let after = 0; ; ) {
        const page = await home.store.journal({ after, limit: 10_000, kinds: ["interval"] });
        entries += page.entries.length;
        after = page.next;
        if (!page.more) break;
      }
      let revisions = 0;
      for (const channel of registerKeys)
        for (const { revision } of await home.intervals(channel, 0, start + 8 * day)) revisions += revision;
      assert.equal(entries, revisions);
    });
  });
