import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import captures from "../../vectors/captures.json" with { type: "json" };
import { fromHex } from "../bytes.ts";
import {
  emptyReading,
  energyUnitOf,
  joinSources,
  type LiveKey,
  liveKeyInfo,
  liveKeys,
  liveReading,
  liveSources,
} from "./readings.ts";
import { sourceOf } from "./source-ids.ts";
import { presentValueOrder } from "./source-order.ts";
import { decimals, units, wireUnits } from "./units.ts";

const time = "2026-01-01T00:00:00.000Z";
const profile = { family: "meter", firmware: [3, 70] } as const;

const captured = (): Map<number, number> => {
  const capture = captures.captures.find(({ id }) => id === "i2-00");
  const frame = fromHex(capture?.response ?? "") as Uint8Array;
  const view = new DataView(frame.buffer, 5);
  const order = presentValueOrder(profile);
  return new Map(
    joinSources(
      order,
      order.map((_, i) => view.getInt32(4 * i, true)),
    ).values,
  );
};

test("a real reply becomes a reading in plain units", () => {
  const values = captured().set(0, 65845344).set(1, 179).set(2, 4056958).set(3, 20491957);
  assert.deepEqual(liveReading(values, { time, energyUnit: 1 }), {
    time,
    power_w: 432,
    power_import_w: 432,
    power_export_w: 0,
    power_l1_w: 320,
    power_l2_w: 59,
    power_l3_w: 53,
    voltage_l1_v: 228.693,
    voltage_l2_v: 226.079,
    voltage_l3_v: 226.973,
    current_l1_a: 1.978,
    current_l2_a: 0.782,
    current_l3_a: 0.854,
    frequency_hz: 50,
    power_factor_l1: 0.711,
    power_factor_l2: 0.335,
    power_factor_l3: 0.274,
    reactive_power_import_var: 0,
    reactive_power_export_var: 545,
    apparent_power_va: 818,
    energy_import_wh: 65845344,
    energy_export_wh: 179,
    reactive_energy_import_varh: 4056958,
    reactive_energy_export_varh: 20491957,
    quality: "good",
  });
});

test("keys come in the order of the contract, time first and quality last", () => {
  assert.deepEqual(Object.keys(liveReading(new Map(), { time, energyUnit: 1 })), ["time", ...liveKeys, "quality"]);
  assert.deepEqual(Object.keys(emptyReading(time, "stale")), ["time", ...liveKeys, "quality"]);
  assert.equal(liveKeys.length, 23);
});

test("an exporting phase is negative, and the net goes below zero", () => {
  const values = new Map([
    [8, 0],
    [9, 1500],
    [185, 0],
    [188, 700],
    [18, -243],
  ]);
  const reading = liveReading(values, { time, energyUnit: 1 });
  assert.deepEqual([reading.power_w, reading.power_l1_w, reading.power_factor_l1], [-1500, -700, -0.243]);
  assert.equal(reading.power_export_w, 1500);
});

test("registers are multiplied by the energy register unit; powers are not", () => {
  const values = new Map([
    [0, 65],
    [2, 4],
    [8, 100],
    [9, 0],
  ]);
  const reading = liveReading(values, { time, energyUnit: 100 });
  assert.deepEqual([reading.energy_import_wh, reading.reactive_energy_import_varh, reading.power_w], [6500, 400, 100]);
});

test("an unknown energy unit leaves energies unknown, and says so", () => {
  const reading = liveReading(
    new Map([
      [0, 65],
      [8, 100],
      [9, 0],
    ]),
    { time, energyUnit: null },
  );
  assert.deepEqual([reading.energy_import_wh, reading.power_w, reading.quality], [null, 100, "partial"]);
  assert.equal(
    liveReading(
      new Map([
        [8, 1],
        [9, 0],
      ]),
      { time, energyUnit: null },
    ).quality,
    "good",
  );
  assert.deepEqual([1, 10, 100, 0, 2, 255].map(energyUnitOf), [1, 10, 100, undefined, undefined, undefined]);
});

test("a value that the firmware does not have is null and the reading stays good; a failed one makes it partial", () => {
  const old = captured();
  for (const id of [185, 186, 187, 188, 189, 190]) old.delete(id);
  const good = liveReading(old, { time, energyUnit: 1 });
  assert.deepEqual([good.power_l1_w, good.power_w, good.quality], [null, 432, "good"]);
  const failed = liveReading(old, { time, energyUnit: 1, missing: new Set([188]) });
  assert.deepEqual([failed.power_l1_w, failed.power_w, failed.quality], [null, 432, "partial"]);
  // A failed read of something that no key is made of, or that another read gave after all, spoils nothing.
  assert.equal(liveReading(old, { time, energyUnit: 1, missing: new Set([202, 8]) }).quality, "good");
  assert.equal(liveReading(captured().set(19, Number.NaN), { time, energyUnit: 1 }).quality, "partial");
});

test("with ratios all powers and currents are those after the ratios, and none falls back", () => {
  const values = captured();
  const reading = liveReading(values, { time, energyUnit: 1, ratios: true });
  assert.deepEqual([reading.current_l1_a, reading.power_w, reading.power_l1_w], [2.015, 432, 320]);
  assert.deepEqual([reading.voltage_l1_v, reading.apparent_power_va, reading.quality], [228.693, null, "good"]);
  values.delete(197);
  assert.equal(liveReading(values, { time, energyUnit: 1, ratios: true }).current_l1_a, null);
});

test("the sources to ask for", () => {
  const all = [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 185, 186, 187, 188, 189, 190];
  assert.deepEqual(liveSources(liveKeys, false), all);
  const post = [0, 1, 2, 3, 15, 16, 17, 18, 19, 21, 22, 81, 82, 83, 84];
  assert.deepEqual(liveSources(liveKeys, true), [...post, 191, 192, 193, 194, 195, 196, 197, 198, 199]);
  assert.deepEqual(liveSources(["power_w", "energy_import_wh"], false), [0, 8, 9]);
});

/** The unit that a key's name ends in. */
const unitInName: Record<string, string> = {
  w: "W",
  v: "V",
  a: "A",
  hz: "Hz",
  var: "var",
  va: "VA",
  wh: "Wh",
  varh: "varh",
};

test("each key's unit, phase and direction are those of its sources", () => {
  for (const key of liveKeys) {
    const { rule, postRule, unit } = liveKeyInfo[key];
    const phase = /_l([123])/.exec(key)?.[1];
    assert.ok(unit in units);
    assert.equal(unit, unitInName[key.split("_").at(-1) ?? ""] ?? "ratio", key);
    for (const side of [rule, postRule]) {
      for (const [sign, ids] of [
        ["plus", side?.plus ?? []],
        ["minus", side?.minus ?? []],
      ] as const) {
        for (const id of ids) {
          const source = sourceOf(id);
          assert.ok(source.wire !== null && wireUnits[source.wire].unit === unit, `${key} ${id}`);
          if (phase !== undefined) assert.equal(source.phase, `L${phase}`, key);
          if (sign === "minus") assert.equal(source.direction, "reverse", key);
          if (key.includes("export")) assert.match(source.direction ?? "", /reverse|export/, key);
          if (key.includes("import")) assert.match(source.direction ?? "", /forward|import/, key);
          if (side !== rule) assert.equal(source.ctVt, "post", key);
        }
      }
    }
  }
});

test("any values give a reading of numbers at wire resolution or null, and nothing else", () => {
  const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const ids = fc.oneof(fc.constantFrom(...liveSources(liveKeys, false)), fc.integer({ min: 0, max: 255 }));
  const number = fc.oneof({ weight: 9, arbitrary: int32 }, fc.double());
  fc.assert(
    fc.property(
      fc.array(fc.tuple(ids, number), { maxLength: 40 }),
      fc.constantFrom(1 as const, 10 as const, 100 as const),
      fc.boolean(),
      (pairs, energyUnit, ratios) => {
        const reading = liveReading(new Map(pairs), { time, energyUnit, ratios });
        for (const key of liveKeys) {
          const value = reading[key];
          if (value === null) continue;
          const wire = sourceOf(liveKeyInfo[key].rule.plus[0] as number).wire ?? "count";
          assert.equal(value, Number(value.toFixed(decimals(wireUnits[wire]))), key);
        }
        assert.match(reading.quality, /^(good|partial)$/);
      },
    ),
  );
});

test("an empty reading knows nothing", () => {
  const reading = emptyReading(time, "stale");
  assert.ok(liveKeys.every((key: LiveKey) => reading[key] === null));
  assert.deepEqual([reading.time, reading.quality], [time, "stale"]);
});

test("joining: by ID and not by position, first occurrence wins, empty places are skipped", () => {
  const { values, complete } = joinSources([9, 8, 85, 86, 87, 255, 8, 300, 1.5, 12], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(
    [...values],
    [
      [9, 1],
      [8, 2],
      [12, 10],
    ],
  );
  assert.equal(complete, true);
  // A household that lists the same two values the other way round has the same power.
  const power = (sources: number[], raw: number[]) =>
    liveReading(joinSources(sources, raw).values, { time, energyUnit: 1 }).power_w;
  assert.equal(power([9, 8], [30, 500]), power([8, 9], [500, 30]));
});

test("joining lists of different lengths keeps what both have, and says so", () => {
  assert.deepEqual(joinSources([8, 9, 10], [5, 6]), {
    values: new Map([
      [8, 5],
      [9, 6],
    ]),
    complete: false,
  });
  assert.deepEqual(joinSources([8], [5, 6]), { values: new Map([[8, 5]]), complete: false });
  assert.deepEqual(joinSources([], []), { values: new Map(), complete: true });
});
