/** What virtual meters of two generations remember, read over a modelled line: the household's own history comes back. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, type Meter, rc4 } from "@meterport/client";
import { type BillingSnapshot, readBilling } from "@meterport/client/readers/billing";
import { consumption } from "@meterport/client/readers/consumption";
import { readEvents } from "@meterport/client/readers/events";
import { openLoadProfile } from "@meterport/client/readers/load-profile";
import { readDevices } from "@meterport/client/readers/mbus";
import { readOutages } from "@meterport/client/readers/outages";
import { readPowerQuality } from "@meterport/client/readers/power-quality";
import { readRecurring } from "@meterport/client/readers/recurring";
import type { LogProgress } from "@meterport/client/readers/ring";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "./support/virtual-clock.ts";

const key = new Secret(new Uint8Array(16).fill(1));
const start = Date.UTC(2026, 3, 10, 10, 20, 33);
const seed = 5;

interface Setting {
  readonly clock: VirtualClock;
  readonly device: VirtualMeter;
  readonly meter: Meter;
  readonly all: <T>(items: AsyncIterable<T>) => Promise<T[]>;
}

const open = async (profile: string): Promise<Setting> => {
  const clock = new VirtualClock({ wall: start });
  const keys = { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) };
  const device = new VirtualMeter({
    profile: parseProfile(profile),
    keys,
    scenario: "solar",
    seed,
    start,
    demand: true,
  });
  const line = modelledLine({ meter: device, clock, baud: 9600 });
  const security = rc4({ key, entropy: (length) => new Uint8Array(length).fill(9) });
  const meter = await clock.run(connect(line, { security, clock }));
  const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
    const list: T[] = [];
    for await (const item of items) list.push(item);
    return list;
  };
  return { clock, device, meter, all: (items) => clock.run(collect(items)) };
};

/** From this machine's time zone data. */
const copenhagen = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Europe/Copenhagen",
  dateStyle: "short",
  timeStyle: "medium",
});
const localOf = (time: Millis): string => copenhagen.format(time).replace(" ", "T");
const iso = (time: Millis): string => new Date(time).toISOString().replace(".000Z", "Z");

/** The registers that count energy. */
const energies = (snapshot: BillingSnapshot): ReadonlyMap<number, number | null> =>
  new Map(
    snapshot.total.registers.filter(({ unit }) => unit === "Wh" || unit === "varh").map((r) => [r.source, r.value]),
  );

for (const profile of ["meter:3.70", "meter:4.30"])
  describe(`${profile}, seed ${seed}`, () => {
    test("events: each with its number, its time and its meaning", async () => {
      const { device, meter, all } = await open(profile);
      const told: LogProgress[] = [];
      const events = await all(
        readEvents(meter, { order: "oldest-first", progress: (progress) => told.push(progress) }),
      );
      const truth = device.history.eventsUntil(device.time);
      const kept = new Set(events.map(({ sequence }) => sequence));
      assert.ok(events.length > 20, `${events.length}`);
      assert.deepEqual(
        events.map(({ sequence, time, raw, quality }) => [sequence, time, raw, quality]),
        truth
          .filter(({ sequenceNumber }) => kept.has(sequenceNumber))
          .map(({ sequenceNumber, time, event }) => [
            sequenceNumber,
            iso(Math.floor(time / 1000) * 1000),
            event,
            "good",
          ]),
      );
      // What is missing is older than all that is there of its log.
      const oldest = { primary: Number.POSITIVE_INFINITY, alternate: Number.POSITIVE_INFINITY };
      for (const { sequence, logs } of events)
        for (const log of logs) oldest[log] = Math.min(oldest[log], sequence ?? oldest[log]);
      for (const { sequenceNumber, alternate } of truth)
        if (!kept.has(sequenceNumber)) assert.ok(sequenceNumber < oldest[alternate ? "alternate" : "primary"]);
      assert.deepEqual([told.at(-1)?.done, told.at(-1)?.dropped], [told.at(-1)?.total, 0]);
      const last = events.at(-3)?.sequence ?? 0;
      assert.equal((await all(readEvents(meter, { since: { sequence: last } }))).length, 2);
    });

    test("outages: start, end and length of each", async () => {
      const { clock, device, meter, all } = await open(profile);
      const outages = await all(readOutages(meter));
      const truth = device.history.outages.toReversed();
      assert.ok(truth.length > 0);
      assert.deepEqual(
        outages.map(({ start, end, startLocal, duration_s, tables, quality }) => [
          start,
          end,
          startLocal,
          duration_s,
          tables,
          quality,
        ]),
        truth.map(({ off, on }) => [iso(off), iso(on), localOf(off), (on - off) / 1000, ["ET09", "ET81"], "good"]),
      );
      assert.equal((await all(readOutages(meter, { since: truth[0]?.on ?? 0 }))).length, 1);
      const { frequency, quality } = await clock.run(readPowerQuality(meter));
      assert.equal(quality, "good");
      assert.ok((frequency.lowest_hz ?? 0) < (frequency.highest_hz ?? 0));
    });

    test("billing: every copy is what the registers were then, demands and their times too", async () => {
      const { device, meter, all } = await open(profile);
      const copies = await all(readBilling(meter));
      const kinds = new Set(copies.map(({ kind }) => kind));
      assert.deepEqual([...kinds].sort(), ["demand-reset", "one-time-read", "season", "self-read"]);
      // Local times of all hours around, so that a copy's own time finds its moment.
      const moments = new Map<string, Millis>();
      for (let at = device.history.past.origin; at <= start; at += 60_000)
        if (at % 3_600_000 === 0 || at > start - 10 * 86_400_000) moments.set(localOf(at), at);
      for (const copy of copies) {
        const at = moments.get(copy.takenAt ?? "");
        assert.ok(at !== undefined, `${copy.kind} at ${copy.takenAt}`);
        const { total, tiers, demandResets } = device.history.registersAt(at);
        const named = copy.total.registers.map(({ raw }) => raw);
        const counted = total.summations.filter((_, i) => i < named.length);
        assert.deepEqual(named, counted, `${copy.kind} at ${copy.takenAt}`);
        assert.deepEqual(copy.tiers[1]?.registers[0]?.raw, tiers[1]?.summations[0]);
        assert.deepEqual(
          copy.total.demands.map(({ raw }) => raw),
          total.demands.map(({ demands }) => demands[0]),
        );
        assert.deepEqual([copy.demandResets, copy.quality], [demandResets, "good"]);
      }
      const selfReads = copies.filter(({ kind }) => kind === "self-read");
      assert.deepEqual(
        selfReads.map(({ takenAt }) => takenAt),
        device.history.selfReadTimes(device.time).toReversed().map(localOf),
      );
    });

    test("billing and load profile: interval sums are register differences to the Wh", async (t) => {
      const { clock, device, meter, all } = await open(profile);
      const selfReads = await all(readBilling(meter, { kinds: ["self-read"] }));
      const times = device.history.selfReadTimes(device.time).toReversed();
      const [newest, oldest] = [selfReads[0], selfReads.at(-1)];
      const [to = 0, from = 0] = [times[0], times.at(-1)];
      assert.ok(newest !== undefined && oldest !== undefined && to - from > 5 * 86_400_000);
      const load = await clock.run(openLoadProfile(meter));
      const quarter = 15 * 60_000;
      const intervals = await all(load.intervals({ since: from - quarter, until: to }));
      const used = await all(consumption(intervals, { rollover: await clock.run(load.rollover()) }));
      assert.equal(used.length, (to - from) / quarter);
      for (const [channel, { source }] of load.channels.entries()) {
        const sum = used.reduce((total, { channels }) => total + (channels[channel]?.value ?? Number.NaN), 0);
        const before: number = energies(oldest).get(source) ?? Number.NaN;
        const after: number = energies(newest).get(source) ?? Number.NaN;
        t.diagnostic(`source ${source}: ${sum}`);
        assert.equal(sum, after - before);
      }
    });

    test("devices: the gas meter's litres, now and each midnight", async () => {
      const { clock, device, meter, all } = await open(profile);
      const [gas] = await clock.run(readDevices(meter));
      const midnight = (local: string | null | undefined): Millis => {
        const at = Date.parse(`${local}Z`);
        return [at - 3_600_000, at - 7_200_000].find((time) => localOf(time) === local) ?? Number.NaN;
      };
      const litres = (value: number | null | undefined): number => Math.round((value ?? Number.NaN) * 1000);
      const read = gas?.latest;
      assert.equal(litres(read?.telegram?.records[0]?.value), device.history.litresAt(midnight(read?.readTime)));
      const reads = await all(readRecurring(meter));
      assert.ok(reads.length > 1);
      for (const { readTime, telegram, quality, succeeded } of reads) {
        assert.deepEqual(
          [quality, succeeded, telegram?.manufacturer, telegram?.records[0]?.unit],
          ["good", true, "ELS", "m³"],
        );
        assert.equal(litres(telegram?.records[0]?.value), device.history.litresAt(midnight(readTime)));
      }
      assert.equal(reads[0]?.readTime, read?.readTime);
    });
  });
