import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { LayoutError } from "@meterport/protocol/errors";
import fc from "fast-check";
import { mbusApplication, mbusFrame } from "./application.ts";
import { mbusRecords } from "./records.ts";
import {
  buildMbusFrame,
  buildMbusTelegram,
  encodeMbusRecord,
  encodeMbusRecords,
  type MbusAnswer,
  type MbusValue,
} from "./telegram-builder.ts";

const back = (value: MbusValue) => {
  const { records, problem } = mbusRecords(encodeMbusRecord(value));
  assert.deepEqual([problem, records.length], [null, 1], JSON.stringify(value));
  return records[0] ?? assert.fail();
};

describe("records", () => {
  test("are the bytes of the examples that others have printed", () => {
    const cases: readonly (readonly [string, MbusValue])[] = [
      // MBDOC48, chapter 6: a water meter.
      ["0313153100", { quantity: "volume", unit: "m³", value: 12.565, size: 3 }],
      [
        "da023b1301",
        {
          quantity: "volume flow",
          unit: "m³/h",
          value: 0.113,
          function: "maximum",
          storage: 5,
          coding: "digits",
          size: 2,
        },
      ],
      [
        "8b6004371802",
        { quantity: "energy", unit: "Wh", value: 218_370, tariff: 2, subunit: 1, coding: "digits", exponent: 1 },
      ],
      // MEP guide 1.1, p. 170.
      [
        "0c933a78563412",
        { quantity: "volume", unit: "m³", value: 12_345.678, coding: "digits", size: 4, modifiers: [0x3a] },
      ],
      // A fabrication number and a date and time, as libmbus has them in els_falcon and allmess_cf50.
      ["0c7834080054", { quantity: "fabrication number", value: "54000834", coding: "digits" }],
      ["046d3a0de602", { quantity: "date and time", value: "2007-02-06T13:58" }],
      ["426ce101", { quantity: "date", value: "2007-01-01", storage: 1 }],
    ];
    for (const [hex, value] of cases) assert.equal(toHex(encodeMbusRecord(value)), hex);
  });

  test("choose the longest step that keeps all digits, or the one that is asked for", () => {
    assert.equal(toHex(encodeMbusRecord({ quantity: "volume", unit: "m³", value: 12.5 })), "01157d");
    assert.equal(toHex(encodeMbusRecord({ quantity: "volume", unit: "m³", value: 12.5, exponent: -3 })), "0213d430");
    assert.equal(toHex(encodeMbusRecord({ quantity: "on time", unit: "s", value: 7200 })), "012202");
    assert.equal(toHex(encodeMbusRecord({ quantity: "power", unit: "W", value: 100, coding: "real" })), "052b0000c842");
  });

  test("say a phase, and take a unit in plain text if no code has it", () => {
    const phase = back({ quantity: "voltage", unit: "V", value: 230.1, phase: "L2" });
    assert.deepEqual([phase.value, phase.phase, phase.notes], [230.1, "L2", ["L2"]]);
    const plain = back({ quantity: "carbon dioxide", unit: "ppm", value: 412 });
    assert.deepEqual([plain.quantity, plain.value], ["ppm", 412]);
  });

  const refused = (value: MbusValue, message: RegExp): void => {
    assert.throws(
      () => encodeMbusRecord(value),
      (error) => error instanceof LayoutError && message.test(error.message),
    );
  };
  test("that cannot be are refused with the reason", () => {
    refused({ quantity: "volume", unit: "m³", value: 1e-9 }, /not a whole number of any step/);
    refused({ quantity: "volume", unit: "m³", value: Number.NaN }, /is not a number/);
    refused({ quantity: "volume", unit: "m³", value: "12" }, /is not a number/);
    refused(
      { quantity: "volume", unit: "m³", value: 300, size: 1, exponent: 0 },
      /not a whole number of any step that fits/,
    );
    refused({ quantity: "volume", unit: "m³", value: 1, storage: 2 ** 41 }, /storage/);
    refused({ quantity: "volume", unit: "m³", value: 1, tariff: -1 }, /tariff/);
    refused({ quantity: "volume", unit: "m³", value: 1, subunit: 1.5 }, /subunit/);
    refused({ quantity: "volume", unit: "m³", value: 1, modifiers: Array(11).fill(0x3a) }, /at most 10/);
    refused({ quantity: "date", value: "2026-02-31" }, /no calendar/);
    refused({ quantity: "date", value: "yesterday" }, /ISO 8601/);
    refused({ quantity: "date", value: "1980-01-01" }, /1980/);
    refused({ quantity: "date and time", value: "2026-01-01T24:00" }, /no calendar or clock/);
    refused({ quantity: "customer", value: "Łódź" }, /ISO 8859-1/);
    refused({ quantity: "customer", value: "x".repeat(192) }, /at most 191/);
    refused({ quantity: "password", value: "secret" }, /cannot be written/);
    refused({ quantity: "no such thing", value: "text" }, /has no code/);
    assert.throws(
      () =>
        encodeMbusRecords([
          { quantity: "date", value: "2026-01-01" },
          { quantity: "date", value: "" },
        ]),
      /records\.1\.time/,
    );
  });
});

test("any value becomes bytes that read back as one record, or a LayoutError", () => {
  const number = fc.oneof(fc.double(), fc.integer(), fc.nat(300));
  const value = fc.record(
    {
      quantity: fc.constantFrom(
        "volume",
        "energy",
        "date",
        "date and time",
        "customer",
        "error flags",
        "password",
        "nothing",
        "any",
      ),
      value: fc.oneof(number, fc.string(), fc.constantFrom("2026-01-31", "2026-01-31T10:00", "00:00:01", "000123")),
      unit: fc.constantFrom(null, "m³", "Wh", "ppm", "Ω"),
      storage: number,
      tariff: number,
      subunit: number,
      coding: fc.constantFrom("integer", "digits", "real"),
      size: number,
      exponent: number,
      phase: fc.constantFrom("L1", "N", "L3-L1"),
      modifiers: fc.array(number, { maxLength: 12 }),
    } as const,
    { requiredKeys: ["quantity", "value"] },
  );
  fc.assert(
    fc.property(value, (given) => {
      let bytes: Uint8Array;
      try {
        bytes = encodeMbusRecord(given);
      } catch (error) {
        assert.ok(error instanceof LayoutError, String(error));
        return;
      }
      const { records, problem } = mbusRecords(bytes);
      assert.deepEqual([problem, records.length], [null, 1]);
    }),
    { numRuns: 3000 },
  );
});

const place = fc.record({
  function: fc.constantFrom("instantaneous", "maximum", "minimum", "error"),
  storage: fc.oneof(fc.nat(40), fc.nat(2 ** 31 - 1), fc.constant(2 ** 41 - 1)),
  tariff: fc.nat(2 ** 20 - 1),
  subunit: fc.nat(1023),
} as const);
const rows: readonly (readonly [quantity: string, unit: string | null, exponent: number])[] = [
  ["energy", "Wh", -3],
  ["energy", "J", 0],
  ["volume", "m³", -6],
  ["power", "W", -3],
  ["volume flow", "m³/h", -6],
  ["flow temperature", "°C", -3],
  ["voltage", "V", -9],
  ["current", "A", -12],
  ["reactive energy", "varh", 3],
  ["frequency", "Hz", -3],
  ["operating time", "s", 0],
  ["heat cost allocation", null, 0],
];
const units = fc.constantFrom(...rows);

describe("a round trip", () => {
  test("keeps value, unit, function and place of any number", () => {
    fc.assert(
      fc.property(
        units,
        fc.integer({ min: -9_999_999, max: 9_999_999 }),
        fc.constantFrom("integer", "digits"),
        place,
        ([quantity, unit, exponent], steps, coding, where) => {
          const value = exponent < 0 ? steps / 10 ** -exponent : steps * 10 ** exponent;
          const record = back({ quantity, unit, value, coding, ...where });
          assert.deepEqual([record.quantity, record.unit, record.value], [quantity, unit, value + 0]);
          assert.deepEqual(
            { function: record.function, storage: record.storage, tariff: record.tariff, subunit: record.subunit },
            { ...where },
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("keeps any date and time that a packed one can be", () => {
    const from = Date.UTC(1981, 0, 1) / 1000;
    const to = Date.UTC(2080, 11, 31) / 1000;
    fc.assert(
      fc.property(fc.integer({ min: from, max: to }), (second) => {
        const iso = new Date(second * 1000).toISOString();
        assert.equal(back({ quantity: "date and time", value: iso.slice(0, 19) }).time, iso.slice(0, 19));
        assert.equal(back({ quantity: "date and time", value: iso.slice(0, 16) }).time, `${iso.slice(0, 16)}:00`);
        assert.equal(back({ quantity: "date", value: iso.slice(0, 10) }).time, iso.slice(0, 10));
        assert.equal(back({ quantity: "date and time", value: iso.slice(11, 19) }).time, iso.slice(11, 19));
      }),
    );
    assert.equal(back({ quantity: "date and time", value: "2299-12-31T23:59" }).time, "2299-12-31T23:59:00");
  });

  test("keeps texts of printable characters, and digits with their leading zeros", () => {
    const character = fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xa0, max: 0xff }));
    fc.assert(
      fc.property(fc.array(character, { maxLength: 191 }), fc.nat(99_999_999), (codes, number) => {
        const text = String.fromCodePoint(...codes);
        assert.equal(back({ quantity: "customer location", value: text }).text, text);
        const digits = String(number).padStart(8, "0");
        assert.equal(back({ quantity: "fabrication number", value: digits, coding: "digits" }).text, digits);
      }),
    );
  });

  test("keeps reals as far as they have digits", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 99), max: 2 ** 99 }), (value) => {
        const found = back({ quantity: "power", unit: "W", value, coding: "real" }).value ?? assert.fail();
        assert.equal(Math.fround(found), value + 0);
      }),
    );
  });
});

describe("telegrams", () => {
  const answer: MbusAnswer = {
    serialNumber: "12345678",
    manufacturer: "PAD",
    version: 1,
    mediumCode: 7,
    accessNumber: 85,
    records: [
      { quantity: "volume", unit: "m³", value: 12.565, size: 3 },
      {
        quantity: "volume flow",
        unit: "m³/h",
        value: 0.113,
        function: "maximum",
        storage: 5,
        coding: "digits",
        size: 2,
      },
      { quantity: "energy", unit: "Wh", value: 218_370, tariff: 2, subunit: 1, coding: "digits", exponent: 1 },
    ],
  };

  test("are the frame of the M-Bus documentation, byte by byte", () => {
    const frame = buildMbusFrame({ control: 8, address: 2, application: buildMbusTelegram(answer) });
    assert.equal(
      toHex(frame),
      "681f1f6808027278563412244001075500000003131531 00da023b13018b600437180218 16".replaceAll(" ", ""),
    );
  });

  test("read back with their header, state and the maker's bytes", () => {
    const application = buildMbusTelegram({
      ...answer,
      status: { powerLow: true, application: "error", manufacturer: 5 },
      manufacturerData: Uint8Array.of(1, 2, 3),
      moreFollow: true,
    });
    const frame = mbusFrame(buildMbusFrame({ control: 8, address: 1, application })) ?? assert.fail();
    const found = mbusApplication(frame.application);
    assert.deepEqual(
      [found.address?.identification, found.address?.manufacturer, found.address?.version, found.accessNumber],
      ["12345678", "PAD", 1, 85],
    );
    assert.deepEqual(found.status, {
      application: "error",
      powerLow: true,
      permanentError: false,
      temporaryError: false,
      manufacturer: 5,
    });
    assert.deepEqual([found.manufacturerData, found.moreFollow, found.problem], [Uint8Array.of(1, 2, 3), true, null]);
    assert.deepEqual(
      found.records.map(({ value }) => value),
      [12.565, 0.113, 218_370],
    );
  });

  test("with a header that none can have are refused", () => {
    const wrong: readonly Partial<MbusAnswer>[] = [
      { serialNumber: "1234567" },
      { serialNumber: "1234567a" },
      { manufacturer: "Pad" },
      { version: 256 },
      { mediumCode: -1 },
      { accessNumber: 0.5 },
      { status: { manufacturer: 8 } },
    ];
    for (const part of wrong)
      assert.throws(() => buildMbusTelegram({ ...answer, ...part }), LayoutError, JSON.stringify(part));
    assert.throws(() => buildMbusFrame({ control: 8, address: 1, application: new Uint8Array(254) }), LayoutError);
    assert.equal(buildMbusFrame({ control: 8, address: 1, application: new Uint8Array(253) }).length, 261);
  });
});
