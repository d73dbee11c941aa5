import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "@meterport/protocol/bytes";
import { decode, parseProfile } from "@meterport/protocol/layout/index";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { ET16 } from "@meterport/protocol/tables/extended/et16-device-data";
import fc from "fast-check";
import { manufacturerOf, mediumOf } from "./device.ts";
import { mbusFurtherTelegrams, mbusTelegram } from "./kept/telegram.ts";
import { type MbusRecord, mbusRecords } from "./records.ts";
import { type ExpectedRecord, stepVectors, telegramVectors } from "./telegrams.vectors.ts";

const env = defaultDimensions(parseProfile("meter:3.70"));
const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(" ", "")) ?? assert.fail(hex);

/** ET16 with an answer in its first slot, as MEP guide 1.1, pp. 98-101 prints it. */
const slotWith = (flags: number, payload: Uint8Array, length = payload.length): ET16["devices"][number] => {
  const bytes = new Uint8Array(env.ET11.dataEntrySize * env.ET11.deviceCount);
  bytes.set([26, 1, 31, 6, 0, 0, flags, length & 0xff, ...payload.subarray(0, env.ET11.dataEntrySize - 8)]);
  return decode(ET16, bytes, env).devices[0] as ET16["devices"][number];
};
/** A frame of the bus as the meter keeps it: from the serial number on, with a zero at the end of the variable form. */
const slotOf = (frame: string): ET16["devices"][number] => {
  const bytes = bytesOf(frame);
  const fixed = bytes[6] === 0x73;
  const payload = bytes.subarray(7, bytes.length - 2);
  return slotWith(fixed ? 2 : 0, fixed ? payload : Uint8Array.from([...payload, 0]));
};

const plain = {
  function: "instantaneous",
  storage: 0,
  tariff: 0,
  subunit: 0,
  phase: null,
  notes: [],
  quality: "good",
  doubts: [],
};
const shown = (record: MbusRecord) => {
  const { raw, value, text, time, codes, manufacturerCodes, data, ...rest } = record;
  return { ...rest, says: value ?? text ?? time };
};
const expected = ([quantity, unit, says, more = {}]: ExpectedRecord) => {
  const { raw: _, codes: __, ...rest } = more;
  return { ...plain, quantity, unit, says, ...rest };
};

describe("telegrams of devices", () => {
  for (const vector of telegramVectors)
    test(vector.name, () => {
      const telegram = mbusTelegram(slotOf(vector.frame));
      assert.ok(telegram !== undefined);
      const { serialNumber, manufacturer, version, medium, accessNumber } = telegram;
      assert.deepEqual(
        { serialNumber, manufacturer, version, medium, accessNumber },
        {
          // "050002e5" is what its maker has written, and not a number.
          serialNumber: /^\d+$/.test(vector.serialNumber) ? vector.serialNumber : null,
          manufacturer: vector.manufacturer,
          version: vector.version,
          medium: vector.medium,
          accessNumber: vector.accessNumber,
        },
      );
      assert.deepEqual(telegram.records.map(shown), vector.records.map(expected));
      for (const [i, [, , , more = {}]] of vector.records.entries())
        for (const [key, wanted] of Object.entries(more))
          if (key === "raw" || key === "codes") assert.equal(telegram.records[i]?.[key], wanted);
      assert.equal(telegram.problem, null);
      assert.equal(telegram.moreFollow, vector.moreFollow ?? false);
      const { manufacturerData } = telegram;
      assert.equal(manufacturerData === null ? undefined : toHex(manufacturerData, " "), vector.manufacturerData);
    });

  test("an entry that a third-generation meter kept says what its reader has stated", () => {
    // From tests of the ESPHome component osgp_meter; its author has replaced the serial number, and the maker with it.
    const entry = "1a08170000010422785634120000011601000000041340e201008201276d014413c0d40100023bfa0000";
    const bytes = new Uint8Array(env.ET11.dataEntrySize * env.ET11.deviceCount);
    bytes.set(bytesOf(entry));
    const telegram = mbusTelegram(decode(ET16, bytes, env).devices[0] as ET16["devices"][number]);
    assert.deepEqual(
      [telegram?.serialNumber, telegram?.medium, telegram?.manufacturer, telegram?.problem, telegram?.encryption?.mode],
      ["12345678", "cold water", null, null, 0],
    );
    assert.deepEqual(
      telegram?.records.map(({ quantity, value, unit, storage }) => [quantity, value, unit, storage]),
      [
        ["volume", 123.456, "m³", 0],
        ["operating time", 365 * 86_400, "s", 2],
        ["volume", 120, "m³", 1],
        ["volume flow", 0.25, "m³/h", 0],
      ],
    );
  });

  test("tell what the device says of itself", () => {
    const status = mbusTelegram(slotOf(telegramVectors[4]?.frame ?? ""))?.status;
    // 0x88: permanent error, and a bit of the maker's.
    assert.deepEqual(status, {
      application: "none",
      powerLow: false,
      permanentError: true,
      temporaryError: false,
      manufacturer: 4,
    });
  });
});

const only = (hex: string): MbusRecord => {
  const { records, problem } = mbusRecords(bytesOf(hex));
  assert.equal(problem, null, hex);
  assert.equal(records.length, 1, hex);
  return records[0] as MbusRecord;
};

describe("data records", () => {
  test("integers are signed, and their lowest number means no value", () => {
    const values = [
      "01 65 ff",
      "02 65 00 80",
      "03 13 ff ff ff",
      "04 03 00 00 00 80",
      "06 03 ff ff ff ff ff 7f",
      "07 03 00 00 00 00 00 00 20 00",
      "07 03 ff ff ff ff ff ff ff 7f",
    ];
    assert.deepEqual(
      values.map(only).map(({ value, doubts }) => [value, ...doubts]),
      [[-0.01], [null, "value"], [-0.001], [null, "value"], [140_737_488_355_327], [null, "range"], [null, "range"]],
    );
  });

  test("digits may carry a minus, and nothing else that is not a digit", () => {
    const values = [
      "0a 65 34 12",
      "0a 65 34 f2",
      "0a 65 3a 12",
      "0c 13 ff ff ff ff",
      "0e 03 99 99 99 99 99 99",
      "09 65 f0",
    ];
    assert.deepEqual(
      values.map(only).map(({ value, doubts }) => [value, ...doubts]),
      [[12.34], [-2.34], [null, "value"], [null, "value"], [999_999_999_999], [0]],
    );
  });

  test("reals are IEEE 754, and NaN is not a value", () => {
    assert.deepEqual(
      ["05 2b 00 00 c8 42", "05 2b 00 00 c0 7f", "05 2b 00 00 80 7f"].map(only).map(({ value }) => value),
      [100, null, null],
    );
  });

  test("of variable length are texts, digits and integers; a reserved length ends the list", () => {
    assert.deepEqual(
      ["0d 78 03 43 42 41", "0d 13 c3 56 34 12", "0d 13 d2 34 12", "0d 13 e2 00 01", "0d 13 c0", "0d fd 11 00"]
        .map(only)
        .map(({ value, text }) => value ?? text),
      ["ABC", 123.456, -1.234, 0.256, null, ""],
    );
    assert.equal(only("0d 13 d0").doubts[0], "value");
    assert.equal(mbusRecords(bytesOf("0d 13 fb 00")).problem, "malformed");
    assert.deepEqual(only(`0d 13 f0 ${"11".repeat(16)}`).doubts, ["range"]);
  });

  test("times that are impossible or marked are not times", () => {
    const times = [
      "02 6c ff ff",
      "02 6c 1f 02",
      "02 6c 00 00",
      "04 6d ba 0d e6 02",
      "04 6d 3a 18 e6 02",
      "04 6d 3c 0d e6 02",
      "06 6d 00 80 08 16 27 00",
      "03 6d 05 3b 17",
    ];
    assert.deepEqual(
      times.map(only).map(({ time, doubts }) => [time, ...doubts]),
      [
        [null, "value"],
        [null, "value"],
        [null, "value"],
        [null, "value"],
        [null, "value"],
        [null, "value"],
        [null, "value"],
        ["23:59:05"],
      ],
    );
    // The bits of a date may look like the integer that stands for none.
    assert.equal(only("02 6c 01 81").time, "2064-01-01");
  });

  test("the header of the guide's example is one of uncorrected cubic metres", () => {
    const record = only("0c 93 3a 78 56 34 12");
    assert.deepEqual(
      [record.quantity, record.unit, record.value, record.notes],
      ["volume", "m³", 12_345.678, ["uncorrected"]],
    );
  });

  test("have the units and steps that others have for them, and no more", () => {
    for (const [vif, unit, step] of stepVectors) {
      const record = only(`01 ${vif} 01`);
      assert.deepEqual([record.unit, record.value, record.doubts], [unit, step, []], vif);
    }
  });

  test("what is added changes the quantity", () => {
    const cases: readonly (readonly [string, string, string | null, unknown])[] = [
      ["01 93 22 05", "volume", "m³/h", 0.005],
      ["01 ab 36 05", "power", "W·s", 5],
      ["01 93 75 05", "volume", "m³", 0.0005],
      ["02 93 41 05 00", "times beyond the lower limit, volume", null, 5],
      ["01 93 5a 05", "first time beyond the upper limit, volume", "s", 18_000],
      ["02 bb 39 e1 01", "start, volume flow", null, "2007-01-01"],
      ["01 ab fc 01 05", "power", "W", 5],
      ["04 fd 49 e6 00 00 00", "voltage", "V", 230],
      ["04 fb 02 05 00 00 00", "reactive energy", "varh", 5000],
      ["02 fb 1a 05 00", "relative humidity", "%", 0.5],
      ["01 fb 09 01", "energy", "J", 1e9],
    ];
    for (const [hex, quantity, unit, says] of cases) {
      const record = only(hex);
      assert.deepEqual(
        [record.quantity, record.unit, record.value ?? record.time, record.doubts],
        [quantity, unit, says, []],
        hex,
      );
    }
  });

  test("whose meaning is not certain have no value, and keep their number and codes", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["01 6f 05", "unit"],
      ["01 7b 05", "unit"],
      ["01 fd 7f 05", "unit"],
      ["01 fb 50 05", "unit"],
      ["01 ff 01 05", "unit"],
      ["01 93 3d 05", "modifier"],
      ["01 93 78 05", "modifier"],
      ["01 93 fc 0d 05", "modifier"],
      ["01 93 15 05", "device"],
    ];
    for (const [hex, doubt] of cases) {
      const record = only(hex);
      assert.deepEqual([record.value, record.raw, record.quality], [null, 5, "suspect"], hex);
      assert.equal(record.doubts[0], doubt, hex);
      assert.equal(`01${record.codes}05`, hex.replaceAll(" ", ""));
    }
    assert.deepEqual([only("31 13 05").doubts, only("31 13 05").value], [["device"], 0.005]);
  });

  test("that are cut, or announce more than there is, end the list", () => {
    const { records, problem } = mbusRecords(bytesOf("0c 13 67 45 23 01 04 6d 3a 0d"));
    assert.deepEqual([records.length, problem], [1, "truncated"]);
    assert.equal(mbusRecords(bytesOf(`8c ${"80".repeat(11)} 13 00`)).problem, "malformed");
    assert.equal(mbusRecords(bytesOf(`0c 93 ${"80".repeat(11)} 00`)).problem, "malformed");
    assert.equal(mbusRecords(bytesOf("6f")).problem, "malformed");
    assert.deepEqual(mbusRecords(new Uint8Array()), {
      records: [],
      manufacturerData: null,
      moreFollow: false,
      problem: null,
    });
  });
});

describe("malformed answers", () => {
  const header = "45 23 11 70 93 15 0a 07 02 00";
  test("encrypted ones are not read, unless the meter has decrypted them", () => {
    const payload = bytesOf(`${header} 00 05 0c 13 67 45 23 01 00`);
    assert.deepEqual(
      [mbusTelegram(slotWith(0, payload))?.problem, mbusTelegram(slotWith(0, payload))?.records],
      ["encrypted", []],
    );
    assert.equal(mbusTelegram(slotWith(4, payload))?.records[0]?.value, 1234.567);
  });

  test("too short ones are malformed, and a telegram beyond its entry is cut", () => {
    const payload = bytesOf(`${header} 00 00 0c 13 67 45 23 01 00`);
    assert.equal(mbusTelegram(slotWith(0, payload, 12))?.problem, "malformed");
    assert.equal(mbusTelegram(slotWith(0, payload, 16))?.problem, "truncated");
    assert.equal(mbusTelegram(slotWith(2, payload, 15))?.problem, "malformed");
    // What follows the length is not read: the rest of the entry means nothing.
    assert.deepEqual(mbusTelegram(slotWith(0, payload, 13))?.records, []);
  });

  test("several telegrams follow each other, and the last one may be cut", () => {
    const first = bytesOf(`${header} 00 00 0c 13 67 45 23 01 1f 00`);
    const second = bytesOf("15 46 23 11 70 93 15 0a 07 03 08 00 00 0c 13 01 00 00 00 04 13 05");
    const slot = slotWith(0, Uint8Array.from([...first, ...second]), first.length);
    const total = 1 + first.length + second.length;
    assert.equal(mbusTelegram(slot)?.moreFollow, true);
    const [further, ...others] = mbusFurtherTelegrams(slot, total);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [further?.serialNumber, further?.status.permanentError, further?.accessNumber],
      ["70112346", true, 3],
    );
    assert.deepEqual(
      further?.records.map(({ value }) => value),
      [0.001],
    );
    assert.equal(further?.problem, "truncated");
    // What the meter did not read is not there, whatever stands in its place.
    assert.deepEqual(mbusFurtherTelegrams(slot, 1 + first.length), []);
    assert.deepEqual(mbusFurtherTelegrams(slot, 1 + first.length + 5), []);
    assert.equal(
      mbusFurtherTelegrams(slotWith(0, Uint8Array.from([...first, 3, ...second]), first.length), total)[0]?.problem,
      "malformed",
    );
  });

  test("of mode 2 have their highest byte first", () => {
    const payload = bytesOf("70 11 23 45 15 93 0a 07 02 00 00 00 0c 13 01 23 45 67 04 6d 02 e6 0d 3a 00");
    const telegram = mbusTelegram(slotWith(1, payload));
    assert.deepEqual([telegram?.serialNumber, telegram?.manufacturer], ["70112345", "ELS"]);
    assert.deepEqual(
      telegram?.records.map(({ value, time }) => value ?? time),
      [1234.567, "2007-02-06T13:58:00"],
    );
  });

  test("counters of the fixed form are digits or integers, in either order, and may be no number", () => {
    const fixed = (flags: number, status: string, unit: string, counters: string) =>
      mbusTelegram(slotWith(flags, bytesOf(`78 56 34 12 0a ${status} ${unit} ${counters}`)))?.records.map(
        ({ value, raw, doubts }) => [value, raw, ...doubts],
      );
    assert.deepEqual(fixed(2, "01", "c5 45", "00 01 00 00 ff ff ff ff"), [
      [256_000, 256],
      [-1000, -1],
    ]);
    assert.deepEqual(fixed(3, "00", "c5 45", "00 00 12 34 1a 00 00 00"), [
      [1_234_000, 1234],
      [null, null, "value"],
    ]);
    assert.deepEqual(fixed(2, "00", "c0 7c", "12 00 00 00 12 00 00 00"), [
      [null, 12, "unit"],
      [null, 12, "unit"],
    ]);
  });

  test("any bytes give an answer in bounded time, and good values are numbers", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(255), (bytes, flags) => {
        const telegram = mbusTelegram(slotWith(flags, bytes));
        const further = mbusFurtherTelegrams(slotWith(flags, bytes), bytes.length);
        for (const { records } of [mbusRecords(bytes), { records: telegram?.records ?? [] }, ...further]) {
          assert.ok(records.length <= 300);
          for (const { value, raw, quality, doubts } of records) {
            assert.equal(quality === "good", doubts.length === 0);
            if (value !== null) assert.ok(Number.isFinite(value) && raw !== null);
          }
        }
      }),
    );
  });

  test("media have a name, or none if they are reserved", () => {
    assert.deepEqual([0x07, 0x1a, 0x1b, 0x25, 0x37].map(mediumOf), [
      "water",
      "smoke detector",
      "room sensor",
      "display",
      "radio converter of the meter",
    ]);
    assert.deepEqual([0x1d, 0x2a, 0xff].map(mediumOf), [null, null, null]);
  });

  test("manufacturers have three letters or none", () => {
    assert.deepEqual([0, 0x8000, 0x0421, 0x6b5a, 0x2c2d, -1].map(manufacturerOf), [
      null,
      null,
      "AAA",
      "ZZZ",
      "KAM",
      null,
    ]);
  });
});

test("a quantity in plain text has printable characters only", () => {
  // DIF 8-bit integer, VIF plain text of three characters, last one first: "m", ESC, "3".
  const { records } = mbusRecords(Uint8Array.of(0x01, 0x7c, 3, 0x33, 0x1b, 0x6d, 5));
  assert.deepEqual([records[0]?.quantity, records[0]?.value], ["m?3", 5]);
});
