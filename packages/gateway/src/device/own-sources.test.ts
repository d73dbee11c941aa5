import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mbusRecords } from "@meterport/mbus/records";
import { UsageError } from "@meterport/protocol/errors";
import fc from "fast-check";
import { checkSource } from "../settings/source-record.ts";
import { mostAnswerBytes, OwnSources } from "./own-sources.ts";

const source = (name: string, quantity = "volume", unit: string | null = "m³", maxAge = 60_000) => ({
  ...{ name, quantity, unit, maxAge, topic: undefined },
});
const at = (time: number) => ({ wall: time, now: time });
const refused = (pattern: RegExp) => (error: unknown) => error instanceof UsageError && pattern.test(error.message);

describe("own sources", () => {
  test("answer with all readings, in the order of the configuration", () => {
    const sources = new OwnSources([source("water"), source("heat", "energy", "Wh")]);
    sources.take("heat", { value: 7_000 }, 500);
    sources.take("water", { value: 1.5 }, 400);
    const { records, problem } = mbusRecords(sources.answer(at(1_000)));
    assert.equal(problem, null);
    assert.deepEqual(
      records.map(({ quantity, unit, value }) => [quantity, unit, value]),
      [
        ["volume", "m³", 1.5],
        ["energy", "Wh", 7_000],
      ],
    );
  });

  test("answer nothing if one is missing or too old, or there is none", () => {
    const sources = new OwnSources([source("water"), source("heat")]);
    sources.take("water", { value: 1 }, 1_000);
    assert.throws(() => sources.answer(at(1_000)), refused(/^heat has not said anything yet$/));
    sources.take("heat", { value: 1 }, 1_000);
    assert.equal(mbusRecords(sources.answer(at(61_000))).records.length, 2);
    assert.throws(() => sources.answer(at(61_001)), refused(/^the value of water is 60 s old$/));
    assert.throws(() => new OwnSources([]).answer(at(0)), refused(/no source is configured/));
  });

  test("an old reading stays old when the clock of the machine is set back, and a new one replaces it", () => {
    const sources = new OwnSources([source("water")]);
    sources.take("water", { value: 1 }, 100_000, at(100_000));
    // An hour is gone, and the clock was set back by as much.
    const back = { wall: 100_000, now: 3_700_000 };
    assert.throws(() => sources.answer(back), refused(/^the value of water is 3600 s old$/));
    const further = { wall: 40_000, now: 3_700_000 };
    sources.take("water", { value: 2 }, 40_000, further);
    assert.equal(mbusRecords(sources.answer(further)).records[0]?.value, 2);
  });

  test("alarms of fresh readings are one byte, kept over a restart; unknown is not none", () => {
    const sources = new OwnSources([source("water"), source("heat"), source("gas", "volume", "m³", 10)]);
    sources.take("water", { value: 1 }, 1_000);
    assert.equal(sources.alarms(at(1_000)), undefined);
    sources.take("water", { value: 1, alarms: 4 }, 1_000);
    sources.take("heat", { records: Uint8Array.of(0x01, 0x15, 0x7d), alarms: 1 }, 1_000);
    sources.take("gas", { value: 1, alarms: 128 }, 1_000);
    assert.equal(sources.alarms(at(2_000)), 5);
    const next = new OwnSources([source("water"), source("heat")]);
    next.restore(JSON.parse(JSON.stringify(sources.kept())), at(2_000));
    assert.equal(next.alarms(at(2_000)), 5);
    for (const alarms of [-1, 256, 0.5])
      assert.throws(
        () => sources.take("water", { value: 1, alarms }, 2_000),
        refused(/^water: alarms are a whole number/),
      );
  });

  test("what was measured earlier and comes later changes nothing", () => {
    const sources = new OwnSources([source("water")]);
    sources.take("water", { value: 2 }, 2_000);
    sources.take("water", { value: 1 }, 1_000);
    assert.deepEqual(sources.states(at(2_000))[0]?.said, { value: 2 });
  });

  test("a sum of decimal numbers travels as the step that is meant", () => {
    const sources = new OwnSources([source("water"), source("flow", "flow temperature", "°C")]);
    sources.take("water", { value: 0.1 + 0.2 }, 0);
    sources.take("flow", { value: 21.456_789 }, 0);
    assert.deepEqual(
      mbusRecords(sources.answer(at(0))).records.map(({ value }) => value),
      [0.3, 21.457],
    );
  });

  test("a quantity or a unit that M-Bus has not is refused, at once", () => {
    checkSource(source("water"));
    assert.throws(() => checkSource(source("water", "volume", "m3")), refused(/M-Bus has no "volume" in "m3"/));
    assert.throws(() => checkSource(source("water", "wetness", null)), refused(/M-Bus has no "wetness"/));
  });

  test("what was kept comes back, unless it is nonsense, of the future or of no source", () => {
    const sources = new OwnSources([source("water"), source("heat")]);
    sources.take("water", { value: 1.5 }, 400);
    sources.take("heat", { records: Uint8Array.of(0x01, 0x15, 0x7d) }, 500);
    const kept: unknown = JSON.parse(JSON.stringify(sources.kept()));
    const next = new OwnSources([source("water"), source("heat")]);
    next.restore(kept, at(1_000));
    assert.deepEqual(next.states(at(2_000)), sources.states(at(2_000)));
    for (const wrong of [
      null,
      7,
      [],
      { steam: { value: 1, at: 1 } },
      { water: null },
      { water: { value: "1", at: 1 } },
      { water: { value: 1 } },
      { water: { value: 1, at: 1_001 } },
      { water: { telegram: "0c13", at: 1 } },
      { water: { telegram: "xyz", at: 1 } },
    ]) {
      const none = new OwnSources([source("water"), source("heat")]);
      none.restore(wrong, at(1_000));
      assert.ok(
        none.states(at(2_000)).every(({ said }) => said === null),
        JSON.stringify(wrong),
      );
    }
  });

  test("more than an answer holds is refused", () => {
    const names = Array.from({ length: 3 }, (_, i) => `s${i}`);
    const sources = new OwnSources(names.map((name) => source(name)));
    // A volume of eight digits, six bytes each.
    const records = Uint8Array.from(Array.from({ length: 40 }, () => [0x0c, 0x13, 0x78, 0x56, 0x34, 0x12]).flat());
    for (const name of names) sources.take(name, { records }, 0);
    assert.throws(
      () => sources.answer(at(0)),
      refused(new RegExp(`720 bytes together, and an answer holds ${mostAnswerBytes}`)),
    );
  });

  test("property: any number is a record that reads back within a part in 10,000, or refused", () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const sources = new OwnSources([source("water")]);
        try {
          sources.take("water", { value }, 0);
        } catch (error) {
          return error instanceof UsageError;
        }
        const read = mbusRecords(sources.answer(at(0))).records[0]?.value ?? Number.NaN;
        return Math.abs(read - value) <= 1e-4 * Math.abs(value);
      }),
      { seed: 1 + Math.floor(Math.random() * 2 ** 31) },
    );
  });

  test("property: any bytes are whole records, or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (records) => {
        const sources = new OwnSources([source("water")]);
        try {
          sources.take("water", { records }, 0);
        } catch (error) {
          return error instanceof UsageError;
        }
        return mbusRecords(sources.answer(at(0))).problem === null;
      }),
      { seed: 1 + Math.floor(Math.random() * 2 ** 31) },
    );
  });
});
