import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decode, parseProfile, utcMillis } from "@meterport/protocol/layout/index";
import { BT22, BT23, BT25, BT26, BT55, BT74, ET09, ET31, ET41, ET79, ET81 } from "@meterport/protocol/tables/index";
import { denmark } from "../contents/zone.ts";
import { openHousehold } from "../household/household.ts";
import type { ScenarioName } from "../household/scenarios.ts";
import type { VirtualMeter, VirtualMeterOptions } from "../meter/virtual-meter.ts";
import { openMeter } from "../testing/conversation.ts";
import { localMillis } from "./local-time.ts";

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 3, 10, 10, 20, 33);
const open = (options: Partial<VirtualMeterOptions> = {}): VirtualMeter => openMeter({ start, seed: 5, ...options });
const none = { year: 0, month: 0, day: 0 };
const meter430 = parseProfile("meter:4.30");
const bytes = (meter: VirtualMeter, table: { number: number }): Uint8Array => {
  const found = meter.memory.get(table.number);
  assert.ok(found !== undefined);
  return found;
};

describe("registers of the past", () => {
  for (const scenario of ["solar", "ev"] as const satisfies readonly ScenarioName[])
    test(`have counted exactly what the household drew while there was power (${scenario})`, () => {
      const meter = open({ scenario, seed: 3 });
      const { past } = meter.history;
      const household = openHousehold({ scenario, seed: 3 });
      const from = start - 6 * day;
      const flow = household.integrate(from, start);
      let forward = flow.forwardActive;
      for (const { off, on } of past.outages) if (off >= from) forward -= household.integrate(off, on).forwardActive;
      const counted = (meter.valuesAt(start).get(0) ?? 0) - (meter.valuesAt(from).get(0) ?? 0);
      assert.ok(Math.abs(counted - forward / hour) <= 1);
      for (const [id, count] of meter.valuesAt(past.origin)) if (id <= 7 || id >= 108) assert.ok(count >= 0, `${id}`);
      for (const at of [past.origin, start - 31 * day - 5 * hour, start]) {
        const { total, tiers } = meter.history.registersAt(at);
        for (const [i, count] of total.summations.entries()) {
          const inTiers = tiers.map((tier) => tier.summations[i] ?? 0);
          assert.ok(
            inTiers.every((tier) => tier >= 0),
            `register ${i} has ${inTiers}`,
          );
          // Outages and errors are counted in no tier.
          const sum = inTiers.reduce((a, b) => a + b, 0);
          assert.equal(sum, [4, 5, 8, 9, 10].includes(i) ? 0 : count);
        }
      }
      assert.equal(meter.valuesAt(past.origin - 5 * day).get(0), meter.valuesAt(past.origin).get(0));
    });

  test("are the same in any order of reading", () => {
    const one = open({ scenario: "house" });
    const two = open({ scenario: "house" });
    const times = [0, 15 * day, 12 * hour, 20 * day, 3 * day].map((ago) => start - ago);
    const read = (meter: VirtualMeter, moments: readonly number[]) =>
      new Map(moments.map((time) => [time, JSON.stringify(meter.history.registersAt(time))] as const));
    const forward = read(one, times);
    const backward = read(two, [...times].reverse());
    for (const [time, registers] of forward) assert.equal(backward.get(time), registers);
  });

  test("go on by tier when time passes, with the tier that the clock shows", () => {
    const meter = open();
    const before = meter.history.registersAt(start);
    meter.handle("tick", 40 * day);
    const after = decode(BT23, bytes(meter, BT23), meter.dimensions);
    const gained = (i: number): number => (after.tiers[i]?.summations[0] ?? 0) - (before.tiers[i]?.summations[0] ?? 0);
    // Two thirds of the time are day.
    assert.ok(Math.abs(gained(0) - 40 * 16 * 432) < 5 * 432 && Math.abs(gained(1) - 40 * 8 * 432) < 5 * 432);
    assert.equal(gained(0) + gained(1), (after.total.summations[0] ?? 0) - (before.total.summations[0] ?? 0));
    const { currentTier, season } = decode(BT55, bytes(meter, BT55), {});
    assert.deepEqual([currentTier, season], [0, 1]);
    meter.handle("tick", 40.5 * day);
    assert.equal(decode(BT55, bytes(meter, BT55), {}).currentTier, 1);
  });
});

describe("copies of the registers", () => {
  test("are in BT26 for the last twelve midnights, the newest at the place that the header gives", () => {
    const meter = open({ scenario: "house" });
    for (const days of [0, 5]) {
      meter.handle("tick", days * day);
      const log = decode(BT26, bytes(meter, BT26), meter.dimensions);
      const times = meter.history.selfReadTimes(meter.time);
      assert.equal(log.validEntries, 12);
      assert.equal(times.length, 12);
      assert.equal(log.unreadEntries, days);
      for (const [i, time] of [...times].reverse().entries()) {
        const entry = log.selfReadEntries[(log.lastEntryElement - i + 12) % 12];
        assert.deepEqual(entry?.registerData, meter.history.registersAt(time));
        assert.equal(utcMillis(entry?.timeAndDate ?? none), localMillis(time, denmark));
        assert.equal(localMillis(time, denmark) % day, 0);
      }
    }
  });

  test("are in ET31 for the times of one-time reads", () => {
    const meter = open({ scenario: "house" });
    const log = decode(ET31, bytes(meter, ET31), meter.dimensions);
    assert.equal(log.validEntries, 2);
    const [first, second] = log.oneTimeReadEntries.map(({ registerData }) => registerData.total.summations[0] ?? 0);
    assert.ok((first ?? 0) < (second ?? 0) && (second ?? 0) < (meter.valuesAt(start).get(0) ?? 0));
  });

  test("are in ET41 and BT25 for the beginning of each month, where there is demand", () => {
    const meter = open({ demand: true });
    const log = decode(ET41, bytes(meter, ET41), meter.dimensions);
    assert.equal(log.validEntries, 2);
    const last = log.demandResetEntries[log.lastEntryElement];
    const { timeAndDate, registerData } = decode(BT25, bytes(meter, BT25), meter.dimensions);
    assert.deepEqual(timeAndDate, { year: 26, month: 4, day: 1, hour: 0, minute: 0 });
    assert.deepEqual(last?.registerData, registerData);
    assert.equal(registerData.demandResets, 2);
    assert.deepEqual(registerData, meter.history.registersAt(Date.UTC(2026, 2, 31, 22)));
    assert.equal(decode(ET41, bytes(open(), ET41), open().dimensions).validEntries, 0);
  });
});

describe("demands", () => {
  const quarter = 900_000;

  test("are the highest quarter of an hour since the month began, in total and by tier, at their local time", () => {
    const meter = open({ scenario: "house", demand: true });
    const counted = new Map<number, number>();
    const countAt = (time: number): number => {
      const count = counted.get(time) ?? meter.valuesAt(time).get(0) ?? 0;
      counted.set(time, count);
      return count;
    };
    const used = (from: number): number => countAt(from + quarter) - countAt(from);
    const begins = [Date.UTC(2026, 1, 28, 23), Date.UTC(2026, 2, 31, 22)] as const;
    const peaks = (from: number, to: number, keep: (hour: number) => boolean) => {
      let most = { watts: 0, at: 0 };
      for (let at = from; at + quarter <= to; at += quarter)
        if (used(at) * 4 > most.watts && keep(new Date(localMillis(at, denmark)).getUTCHours()))
          most = { watts: used(at) * 4, at: localMillis(at + quarter, denmark) };
      return most;
    };
    const byDay = (hours: number): boolean => hours >= 6 && hours < 22;
    const { total, tiers } = meter.history.registersAt(start);
    for (const [block, keep] of [
      [total, () => true],
      [tiers[0], byDay],
      [tiers[1], (hours: number) => !byDay(hours)],
    ] as const) {
      const most = peaks(begins[1], start, keep);
      const demand = block?.demands[0];
      assert.deepEqual([demand?.demands, utcMillis(demand?.eventTimes?.[0] ?? none)], [[most.watts], most.at]);
      assert.ok(most.watts > 2000, `${most.watts}`);
    }
    // What a reset copies are the maxima that it ends; from then on they count as well.
    const march = peaks(begins[0], begins[1], () => true);
    const copy = meter.history.registersAt(begins[1]).total.demands[0];
    assert.deepEqual([copy?.demands, utcMillis(copy?.eventTimes?.[0] ?? none)], [[march.watts], march.at]);
    const { demands = [0], cumulativeDemand = 0, continuousCumulativeDemand } = total.demands[0] ?? {};
    assert.equal(cumulativeDemand - (copy?.cumulativeDemand ?? 0), march.watts);
    assert.equal(continuousCumulativeDemand, cumulativeDemand + (demands[0] ?? 0));
  });

  test("have no time if nothing was drawn, and none in tiers that were never in effect", () => {
    const { total, tiers } = open({ scenario: "empty", demand: true }).history.registersAt(start);
    for (const { demands } of [total, ...tiers])
      for (const demand of demands) assert.deepEqual([demand.demands, demand.eventTimes?.[0]?.month], [[0], 0]);
  });
});

describe("what happened", () => {
  test("has outages in ET09 by UTC, in ET81 by local time, and counted in BT23", () => {
    for (let seed = 0; seed < 30; seed++) {
      const meter = open({ seed });
      const { outages } = meter.history;
      const { powerOutages } = decode(ET09, bytes(meter, ET09), meter.dimensions);
      const newest = [...outages].reverse().slice(0, 10);
      for (const [i, { off, on }] of newest.entries()) {
        assert.equal(utcMillis(powerOutages[i]?.powerOff ?? none), off);
        assert.equal(utcMillis(powerOutages[i]?.powerOn ?? none), on);
        assert.equal(powerOutages[i]?.powerOffDuration, (on - off) / 1000);
      }
      const log = decode(ET81, bytes(meter, ET81), meter.dimensions);
      assert.equal(log.validEntries, newest.length);
      const last = outages.at(-1);
      if (last !== undefined) {
        const entry = log.entries[log.lastEntryElement];
        assert.equal(utcMillis(entry?.end ?? none), localMillis(last.on, denmark));
      }
      const { summationSources } = decode(BT22, bytes(meter, BT22), meter.dimensions);
      const { total } = decode(BT23, bytes(meter, BT23), meter.dimensions);
      const value = (id: number): number => total.summations[summationSources.indexOf(id)] ?? -1;
      assert.equal(value(5), outages.length);
      assert.equal(
        value(4),
        outages.reduce((sum, { off, on }) => sum + (on - off) / 1000, 0),
      );
    }
  });

  test("makes one list of both event logs by their shared numbers", () => {
    const meter = open({ profile: meter430 });
    meter.handle("tick", 200 * day);
    const truth = meter.history.eventsUntil(meter.time);
    for (const [log, alternate] of [
      [decode(BT74, bytes(meter, BT74), meter.dimensions), false],
      [decode(ET79, bytes(meter, ET79), meter.dimensions), true],
    ] as const) {
      const expected = truth.filter((event) => event.alternate === alternate).slice(-log.historyRecords.length);
      assert.equal(log.validEntries, expected.length);
      assert.equal(log.lastEntrySequenceNumber, expected.at(-1)?.sequenceNumber);
      for (const [i, event] of [...expected].reverse().entries()) {
        const { length } = log.historyRecords;
        const record = log.historyRecords[(log.lastEntryElement - i + length) % length];
        assert.equal(record?.event, event.event);
        assert.equal(record?.sequenceNumber, event.sequenceNumber & 0xffff);
        assert.equal(utcMillis(record?.time ?? none), Math.floor(event.time / 1000) * 1000);
      }
    }
    assert.deepEqual(
      truth.map(({ sequenceNumber }) => sequenceNumber),
      truth.map((_, i) => (truth[0]?.sequenceNumber ?? 0) + i),
    );
    const names = new Set(truth.map(({ event }) => event));
    for (const event of [1, 2, 3, 4, 21, 22, 24]) assert.ok(names.has(event), `event ${event} never happened`);
  });
});
