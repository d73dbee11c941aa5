import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "@meterport/protocol/errors";
import { encode, parseProfile, sizeOf } from "@meterport/protocol/layout/index";
import { summationOrder } from "@meterport/protocol/meaning/source-order";
import { type Dimensions, defaultDimensions } from "@meterport/protocol/tables/defaults";
import { BT22, BT23, BT24, BT25, BT26, ET41 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { Contents } from "../testing/endpoint-line.test-kit.ts";
import { type BillingOptions, readBilling } from "./billing.ts";
import { benchOf, le16, le32 } from "./logs.test-kit.ts";

// Firmware 3.60 counts in Wh, and its unit is not read.
const profile = "meter:3.60";
const plain = defaultDimensions(parseProfile(profile));
const sources = summationOrder(plain.profile, false);
const bt22 = encode(
  BT22,
  {
    summationSources: [...sources],
    demandSelect: [],
    minMaxFlags: new Uint8Array(),
    coincidentSelect: [],
    coincidentDemand: [],
  },
  plain,
);
/** Total and four tiers of eleven registers: source s of block b is base + 100 b + s. */
const registers = (base: number): number[] =>
  [0, 1, 2, 3, 4].flatMap((block) => sources.flatMap((source) => le32(base + 100 * block + source)));
const date = (day: number): number[] => [26, 3, day, 0, 0];
/** A time, a season and registers. */
const copy = (day: number, base: number): number[] => [...date(day), 2, ...registers(base)];
const size = sizeOf(BT23, plain);

const selfReads = (days: readonly number[], at: number): Uint8Array => {
  const stride = 6 + size;
  const bytes = new Uint8Array(6 + 12 * stride);
  bytes.set([4, days.length, (at + days.length - 1) % 12, ...le16(500 + days.length), 0]);
  for (const [i, day] of days.entries()) bytes.set(copy(day, 10_000 * day), 6 + stride * ((at + i) % 12));
  return bytes;
};
const billingOf = async (
  tables: readonly [number, Contents][],
  options: BillingOptions = {},
  change: (dimensions: Dimensions) => Dimensions = (same) => same,
) => {
  const bench = await benchOf(new VirtualClock(), profile, [[BT22.number, bt22], ...tables], change);
  return bench.all((meter) => readBilling(meter, options));
};

describe("readBilling", () => {
  test("gives self-reads with the source of each register, newest first around the ring", async () => {
    const days = Array.from({ length: 12 }, (_, i) => i + 1);
    const found = await billingOf([[BT26.number, selfReads(days, 7)]]);
    assert.deepEqual(
      found.map(({ takenAt, sequence }) => [takenAt, sequence]),
      days.toReversed().map((day) => [`2026-03-${String(day).padStart(2, "0")}T00:00:00`, 500 + day]),
    );
    const [newest] = found;
    assert.deepEqual([newest?.kind, newest?.table, newest?.season, newest?.quality], ["self-read", "BT26", 2, "good"]);
    assert.equal(newest?.tiers.length, 4);
    assert.deepEqual(newest?.total.registers[1], {
      source: 1,
      key: "reverseActiveEnergy",
      name: "Rev Active Wh L1L2L3",
      unit: "Wh",
      value: 120_001,
      raw: 120_001,
    });
    assert.equal(newest?.tiers[3]?.registers[0]?.value, 120_400);
  });

  test("uses BT25 only if ET41 has no entries, and gives nothing if nothing was kept", async () => {
    const never: [number, Contents] = [BT24.number, new Uint8Array(6 + size)];
    const single: [number, Contents] = [BT25.number, Uint8Array.from(copy(9, 0))];
    const stride = 11 + size;
    const log = (length: number): [number, Contents] => {
      const bytes = new Uint8Array(6 + 4 * stride);
      bytes.set([4, 1, 0, 1, 0, 0, ...le16(length), 1, ...le16(7), ...copy(9, 0)]);
      return [ET41.number, bytes];
    };
    const alone = await billingOf([never, single]);
    assert.deepEqual(
      alone.map(({ kind, table }) => [kind, table]),
      [["demand-reset", "BT25"]],
    );
    const both = await billingOf([never, single, log(stride)]);
    assert.deepEqual(
      both.map(({ table, reason, configuration, doubts }) => [table, reason, configuration, doubts]),
      [["ET41", "procedure", 7, []]],
    );
    assert.deepEqual(
      (await billingOf([log(9)])).map(({ doubts }) => doubts),
      [["length"]],
    );
  });

  test("reads one kind from a given time on", async () => {
    const tables: [number, Contents][] = [
      [BT26.number, selfReads([1, 2, 3, 4], 0)],
      [BT24.number, Uint8Array.from(copy(1, 0))],
    ];
    const found = await billingOf(tables, { kinds: ["self-read"], since: "2026-03-03T00:00:00" });
    assert.deepEqual(
      found.map(({ takenAt }) => takenAt),
      ["2026-03-04T00:00:00", "2026-03-03T00:00:00"],
    );
  });

  test("marks an impossible date, and refuses an impossible header", async () => {
    const log = selfReads([1, 2], 0);
    log.set([26, 2, 31, 0, 0], 6);
    const found = await billingOf([[BT26.number, log]]);
    assert.deepEqual(
      found.map(({ takenAt, doubts }) => [takenAt, doubts]),
      [
        ["2026-03-02T00:00:00", []],
        [null, ["time"]],
      ],
    );
    log[1] = 200;
    await assert.rejects(billingOf([[BT26.number, log]]), LayoutError);
  });

  test("applies the unit of the energy registers only to energies", async () => {
    const { registersOf } = await import("./snapshot.ts");
    const block = { summations: [5, 9], demands: [], coincidents: [] };
    const setup = (energyUnit: 1 | 10 | 100 | null) => ({
      energyUnit,
      sources: {
        summationSources: [0, 5],
        demandSelect: [],
        minMaxFlags: new Uint8Array(),
        coincidentSelect: [],
        coincidentDemand: [],
      },
    });
    const values = (unit: 1 | 10 | 100 | null) =>
      registersOf({ total: block, tiers: [] }, setup(unit)).total.registers.map(({ value }) => value);
    assert.deepEqual(
      [values(1), values(100), values(null)],
      [
        [5, 9],
        [500, 9],
        [null, 9],
      ],
    );
  });

  test("drops entries that the meter overwrites during the read, and never mixes old and new", async () => {
    const days = Array.from({ length: 12 }, (_, i) => i + 1);
    for (let when = 1; when <= 12; when++) {
      const log = selfReads(days, 0);
      const bench = await benchOf(new VirtualClock(), profile, [[BT22.number, bt22]]);
      const { memory } = bench.line;
      const stored = memory.get.bind(memory);
      let requests = 0;
      memory.get = (table) => {
        if (table !== BT26.number) return stored(table);
        // Day 13 overwrites day 1.
        if (++requests === when) {
          log.set([4, 12, 0, ...le16(513), 0]);
          log.set(copy(13, 130_000), 6);
        }
        return log;
      };
      const found = await bench.all((meter) => readBilling(meter, { kinds: ["self-read"] }));
      assert.ok(found.length >= 11, `${found.length} before request ${when}`);
      for (const { takenAt, sequence, total } of found) {
        const day = Number(takenAt?.slice(8, 10));
        assert.deepEqual(
          [sequence, total.registers[1]?.value],
          [500 + day, 10_000 * day + 1],
          `before request ${when}`,
        );
      }
    }
  });
});
