import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "@meterport/protocol/errors";
import { encode, parseProfile } from "@meterport/protocol/layout/index";
import { type Dimensions, defaultDimensions } from "@meterport/protocol/tables/defaults";
import { BT22, BT23, BT27, BT28, BT55, ET42 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { Contents } from "../testing/endpoint-line.test-kit.ts";
import { benchOf, le16, le32 } from "./logs.test-kit.ts";
import { readDemands, readRegisters } from "./registers.ts";

// Firmware 3.60 counts in Wh, and its unit is not read.
const profile = "meter:3.60";
const plain = defaultDimensions(parseProfile(profile));
/** Two registers, two demands with two maxima each, one coincident value, one tier. */
const small = (dimensions: Dimensions): Dimensions => ({
  ...dimensions,
  BT21: {
    ...dimensions.BT21,
    dateTime: true,
    timeRemaining: true,
    demandResetCounter: true,
    cumulativeDemand: true,
    continuousCumulativeDemand: true,
    summations: 2,
    demands: 2,
    coincidents: 1,
    occurrences: 2,
    tiers: 1,
    presentDemands: 3,
    presentValues: 0,
  },
});
const env = small(plain);
const sources = {
  summationSources: [0, 85],
  // Active power, and an energy, whose average has an unknown meaning.
  demandSelect: [8, 1],
  minMaxFlags: Uint8Array.of(0b01),
  coincidentSelect: [15],
  coincidentDemand: [0],
};
/** MEP guide 1.1, pp. 214-217: times, cumulative, continuous, values. */
const demand = (times: readonly number[][], numbers: readonly number[]): number[] => [
  ...times.flat(),
  ...numbers.flatMap(le32),
];
const never = [0, 0, 0, 0, 0];
const block = (base: number): number[] => [
  ...[base, base + 1].flatMap(le32),
  ...demand(
    [
      [26, 1, 31, 18, 45],
      [26, 2, 31, 18, 45],
    ],
    [base + 10, base + 11, base + 12, base + 13],
  ),
  ...demand([never, never], [0, 0, 0, 0]),
  ...[base + 20, base + 21].flatMap(le32),
];
const bt23 = Uint8Array.from([7, ...block(1000), ...block(2000)]);
/** Hour, minute, second and a value, three times. */
const bt28 = Uint8Array.from([0, 14, 59, ...le32(440), 24, 0, 0, ...le32(1), 0, 0, 0, ...le32(230_000)]);
const bt55 = Uint8Array.of(26, 2, 28, 12, 0, 0, 0x66, 0x02, 0x10);
const tables: [number, Contents][] = [
  [BT22.number, encode(BT22, sources, env)],
  [BT23.number, bt23],
  [BT27.number, encode(BT27, { presentDemandSources: [88, 95, 15], presentValueSources: [] }, env)],
  [BT28.number, bt28],
  [BT55.number, bt55],
];
const bench = (more: readonly [number, Contents][] = [], change = small) =>
  benchOf(new VirtualClock(), profile, [...tables, ...more], change);

describe("readRegisters", () => {
  test("gives totals and tiers with the present tariff", async () => {
    const { clock, meter } = await bench();
    const read = await clock.run(readRegisters(meter));
    assert.deepEqual([read.present?.tier, read.present?.season, read.demandResets], [2, 1, 7]);
    assert.deepEqual(
      [read.total, ...read.tiers].map(({ registers }) => registers.map(({ key, value, unit }) => [key, value, unit])),
      [[["forwardActiveEnergy", 1000, "Wh"]], [["forwardActiveEnergy", 2000, "Wh"]]],
    );
  });

  test("works without BT55, but not without BT23", async () => {
    const { clock, meter, line } = await bench([[BT55.number, { refuse: 3 }]]);
    assert.equal((await clock.run(readRegisters(meter))).present, null);
    line.memory.set(BT23.number, { refuse: 3 });
    await assert.rejects(clock.run(readRegisters(meter)), { code: "no-permission" });
  });

  test("a table shorter than its dimensions is an error, and so are counts of 255", async () => {
    const short = await bench([[BT23.number, bt23.subarray(0, 40)]]);
    await assert.rejects(short.clock.run(readRegisters(short.meter)), LayoutError);
    const wide = await bench([], (dimensions) => ({
      ...dimensions,
      BT21: {
        ...small(dimensions).BT21,
        summations: 255,
        demands: 255,
        coincidents: 255,
        occurrences: 255,
        tiers: 255,
      },
    }));
    await assert.rejects(wide.clock.run(readRegisters(wide.meter)), LayoutError);
  });
});

describe("readDemands", () => {
  test("gives each extreme with its time, its sums, and its doubts", async () => {
    const et42 = new Uint8Array(66);
    et42.set([...le16(66), 0], 0);
    et42.set([5, 3], 19);
    const { clock, meter } = await bench([[ET42.number, et42]]);
    const read = await clock.run(readDemands(meter));
    assert.deepEqual([read.interval_min, read.subInterval_min], [15, 5]);
    assert.deepEqual(
      read.tiers[0]?.demands.map((d) => [
        d.key,
        d.extreme,
        d.occurrence,
        d.value,
        d.unit,
        d.at,
        d.cumulative,
        d.continuousCumulative,
        d.doubts,
      ]),
      [
        ["forwardActivePower", "maximum", 0, 2012, "W", "2026-01-31T18:45:00", 2010, 2011, []],
        ["forwardActivePower", "maximum", 1, 2013, "W", null, 2010, 2011, ["time"]],
        ["reverseActiveEnergy", "minimum", 0, null, null, null, null, null, []],
        ["reverseActiveEnergy", "minimum", 1, null, null, null, null, null, []],
      ],
    );
    assert.deepEqual(
      read.total.coincidents.map((c) => [c.key, c.value, c.unit, c.demand]),
      [
        ["rmsVoltageL1", 1.02, "V", 0],
        ["rmsVoltageL1", 1.021, "V", 0],
      ],
    );
  });

  test("gives the averages in progress, of any source that BT27 names", async () => {
    const { clock, meter } = await bench();
    const { underWay, interval_min } = await clock.run(readDemands(meter));
    assert.equal(interval_min, null);
    assert.deepEqual(
      underWay.map((d) => [d.demand, d.key, d.value, d.unit, d.remaining_s]),
      [
        [0, "forwardActivePower", 440, "W", 899],
        // Demand 8 of a meter that has two; hour 24 is not a time of day.
        [null, "presentDemand8", null, null, null],
        [null, "rmsVoltageL1", 230, "V", 0],
      ],
    );
  });

  test("a meter without demand has none", async () => {
    const without = defaultDimensions(parseProfile(profile));
    const none = {
      ...sources,
      demandSelect: [],
      minMaxFlags: new Uint8Array(),
      coincidentSelect: [],
      coincidentDemand: [],
    };
    const summationSources = Array.from({ length: without.BT21.summations }, (_, i) => i);
    const { clock, meter } = await benchOf(new VirtualClock(), profile, [
      [BT22.number, encode(BT22, { ...none, summationSources }, without)],
      [BT23.number, new Uint8Array(5 * 4 * 11)],
      [BT27.number, new Uint8Array(without.BT21.presentValues)],
      [BT28.number, new Uint8Array(4 * without.BT21.presentValues)],
    ]);
    const read = await clock.run(readDemands(meter));
    assert.deepEqual([read.underWay, read.total.demands, read.present], [[], [], null]);
  });
});
