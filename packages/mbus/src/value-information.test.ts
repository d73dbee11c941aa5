import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex } from "@meterport/protocol/bytes";
import { extendedModifierOf, modifierOf, phaseOfMaker } from "./modifiers.ts";
import { type MbusTable, mbusQuantity } from "./quantities.ts";
import { type MbusRecord, type MbusRecordOptions, mbusRecords } from "./records.ts";

const only = (hex: string, options: MbusRecordOptions = {}): MbusRecord => {
  const { records, problem } = mbusRecords(fromHex(hex) ?? assert.fail(hex), options);
  assert.deepEqual([problem, records.length], [null, 1], hex);
  return records[0] ?? assert.fail();
};

/** "00-6e 70-7a" as numbers. */
const codes = (ranges: string): number[] =>
  ranges.split(" ").flatMap((range) => {
    const [first = "", last = first] = range.split("-");
    const from = Number.parseInt(first, 16);
    return Array.from({ length: Number.parseInt(last, 16) - from + 1 }, (_, i) => from + i);
  });

describe("tables of value information", () => {
  // EN 13757-3:2018, tables 10 to 14, and the codes of FB for gallons and Fahrenheit of the edition of 2004.
  const defined: Readonly<Record<MbusTable, string>> = {
    primary: "00-6e 70-7a 7e",
    fd: "00-17 18 19 1a-1f 20-23 24-2b 2c-39 3a-3f 40-5f 60-6f 70-76",
    fb: "00-05 08-09 0c-11 14-1b 20-26 28-2f 30-31 34-37 58-67 70-7f",
    fdfd: "00 02-03",
  };
  for (const table of ["primary", "fd", "fb", "fdfd"] as const)
    test(`${table} has all codes of the standard, and no reserved one`, () => {
      const found = codes("00-7f").filter((code) => mbusQuantity(table, code) !== undefined);
      assert.deepEqual(found, codes(defined[table]));
    });

  test("durations are seconds up to days, and then months and years", () => {
    const cases: readonly (readonly [string, number, string])[] = [
      ["01 fd 24 02", 2, "s"],
      ["01 fd 27 02", 172_800, "s"],
      ["01 fd 28 02", 2, "month"],
      ["01 fd 29 02", 2, "year"],
      ["01 fd 33 02", 172_800, "s"],
      ["01 fd 39 02", 2, "year"],
      ["01 fd 3c 02", 2, "s"],
      ["01 fd 68 02", 7200, "s"],
      ["01 fd 6f 02", 2, "year"],
      ["01 fd 74 02", 172_800, "s"],
      ["02 fd fd 02 b3 00", 179, "month"],
      ["01 fd fd 03 02", 2, "year"],
    ];
    for (const [hex, value, unit] of cases) assert.deepEqual([only(hex).value, only(hex).unit], [value, unit], hex);
  });

  test("old units and electrical ones are told as the standard names them", () => {
    const cases: readonly (readonly [string, string, number, string])[] = [
      ["01 fb 21 05", "volume", 0.5, "ft³"],
      ["01 fb 24 05", "volume flow", 0.005, "US gal/min"],
      ["01 fb 5b 05", "flow temperature", 5, "°F"],
      ["01 fb 04 05", "apparent energy", 5000, "VAh"],
      ["01 fb 2a 05", "phase between voltages", 0.5, "°"],
      ["01 fd 03 05", "credit", 5, "currency"],
      ["01 fd 04 05", "debit", 0.005, "currency"],
      ["01 fd 1d 05", "response delay", 5, "bit times"],
      ["01 fd 71 a7", "received level", -89, "dBm"],
    ];
    for (const [hex, quantity, value, unit] of cases) {
      const record = only(hex);
      assert.deepEqual([record.quantity, record.value, record.unit], [quantity, value, unit], hex);
    }
  });

  test("bits and identifications have no sign, and identifications keep their zeros", () => {
    assert.deepEqual(
      [
        "01 fd 17 ff",
        "02 fd 18 00 80",
        "04 78 ff ff ff ff",
        "0c 78 78 56 34 02",
        "0a fd 0f 02 00",
        "02 fd 0a 93 15",
        "01 fd 09 03",
      ].map((hex) => only(hex).text),
      ["255", "32768", "4294967295", "02345678", "0002", "ELS", "gas"],
    );
    const flags = only("07 fd 17 ff ff ff ff ff ff ff ff");
    assert.deepEqual([flags.text, flags.raw, flags.doubts], ["18446744073709551615", null, []]);
  });

  test("digits that are none, and more of them than a number has, are told as text with a doubt", () => {
    const letters = only("0c 13 dd eb b4 dd");
    assert.deepEqual([letters.value, letters.text, letters.doubts], [null, "ddb4ebdd", ["value"]]);
    const many = only("0d 13 c9 99 99 99 99 99 99 99 99 99");
    assert.deepEqual([many.value, many.text, many.doubts], [null, "9".repeat(18), ["range"]]);
    assert.equal(only("0c 13 ff ff ff ff").text, null);
  });

  test("packed values keep their bytes, and nobody sees a key", () => {
    for (const hex of ["04 fd 72 01 02 03 04", "0d fd 3b e2 01 02", "0d 93 1f e2 01 02"]) {
      const { value, raw, doubts, data } = only(hex);
      assert.deepEqual([value, raw, doubts], [null, null, ["packed"]], hex);
      assert.ok(data.startsWith("0102"), hex);
    }
    for (const code of ["12", "13", "14", "15", "16", "19"]) {
      const { value, text, raw, data, notes } = only(`04 fd ${code} de ad be ef`);
      assert.deepEqual([value, text, raw, data, notes], [null, null, null, "", ["hidden"]], code);
    }
    // Type M, a date of variable length.
    assert.deepEqual(only("0d 6d e4 3a 0d e6 02").doubts, ["value"]);
  });
});

describe("codes behind the value information", () => {
  test("that report an error leave no value, and say which", () => {
    const texts = [...Array(0x20).keys()]
      .map((code) => modifierOf(code))
      .map((modifier) => ("text" in modifier ? modifier.text : ""));
    assert.equal(new Set(texts).size, 0x20);
    for (const code of codes("01-11 15-1c")) {
      const record = only(`01 93 ${code.toString(16).padStart(2, "0")} 05`);
      assert.deepEqual([record.value, record.raw, record.doubts], [null, 5, ["device"]], `code ${code}`);
    }
    for (const code of ["00", "12", "14", "1d"]) assert.equal(only(`01 93 ${code} 05`).value, 0.005, code);
  });

  test("turn a value into a limit, a count, a duration or a time", () => {
    const cases: readonly (readonly [string, string, number | string | null, string | null])[] = [
      ["01 93 40 05", "volume", 0.005, "m³"],
      ["01 93 48 05", "volume", 0.005, "m³"],
      ["01 93 49 05", "times beyond the upper limit, volume", 5, null],
      ["02 93 4a e1 01", "begin of the first time beyond the upper limit, volume", "2007-01-01", null],
      ["02 93 47 e1 01", "end of the latest time beyond the lower limit, volume", "2007-01-01", null],
      ["01 93 5d 05", "latest time beyond the upper limit, volume", 300, "s"],
      ["01 93 66 05", "duration of the latest one, volume", 18_000, "s"],
      ["02 93 6a e1 01", "begin of the first one, volume", "2007-01-01", null],
      ["01 93 68 05", "volume", 0.005, "m³"],
      ["01 93 69 05", "volume", 0.005, "m³"],
    ];
    for (const [hex, quantity, says, unit] of cases) {
      const record = only(hex);
      assert.deepEqual(
        [record.quantity, record.value ?? record.time, record.unit, record.doubts],
        [quantity, says, unit, []],
        hex,
      );
    }
    assert.deepEqual(only("01 93 6d 05").notes, ["overflow"]);
  });

  test("correct the number by a factor, or make its meaning uncertain", () => {
    assert.equal(only("01 93 70 05").value, 5e-9);
    assert.equal(only("01 93 77 05").value, 0.05);
    assert.equal(only("01 93 7d 05").value, 5);
    assert.deepEqual([only("01 93 7a 05").value, only("01 93 7a 05").notes], [null, ["constant to be added, 10^-1"]]);
    assert.deepEqual([only("01 93 3d 05").value, only("01 93 3d 05").notes], [null, ["in a unit that is not metric"]]);
  });

  test("of the extension tell phase, quadrant, direction and how a number is packed", () => {
    const phases = codes("01-07").map((code) => only(`01 fd c9 fc 0${code} 05`).phase);
    assert.deepEqual(phases, ["L1", "L2", "L3", "N", "L1-L2", "L2-L3", "L3-L1"]);
    assert.deepEqual(
      ["08", "0b", "0c", "10", "14", "15"].map((code) => only(`01 ab fc ${code} 05`).notes[0]),
      [
        "quadrant 1",
        "quadrant 4",
        "import less export",
        "sum of absolute contributions",
        "to the meter",
        "from the meter",
      ],
    );
    assert.equal(only("01 ab fc 11 ff").value, 255);
    assert.equal(only("01 ab fc 12 ff").text, "255");
    assert.deepEqual(
      codes("00-7f").filter((code) => extendedModifierOf(code).kind !== "unknown"),
      codes("01-0c 10-12 14-15"),
    );
  });

  test("of a maker leave number and unit, with the code beside them and a doubt", () => {
    const record = only("04 83 7f fa 04 00 00", { manufacturer: "NZR" });
    assert.deepEqual([record.value, record.unit, record.quality, record.doubts], [1274, "Wh", "suspect", ["modifier"]]);
    assert.deepEqual([record.manufacturerCodes, record.notes, record.phase], ["", ["manufacturer's code"], null]);
    const kamstrup = only("04 a5 ff 21 c7 d0 27 00", { manufacturer: "KAM" });
    assert.deepEqual([kamstrup.value, kamstrup.manufacturerCodes], [156_561_060, "21"]);
    const own = only("02 ff 68 07 00");
    assert.deepEqual(
      [own.quantity, own.value, own.raw, own.manufacturerCodes],
      ["manufacturer specific", null, 7, "68"],
    );
  });

  test("of makers whose list is public tell the phase", () => {
    for (const manufacturer of ["EMU", "SBC", "FIN", "EBZ", "ESY", "IME", "SEC"]) {
      const { value, phase, quality, notes } = only("02 fd c9 ff 02 e6 00", { manufacturer });
      assert.deepEqual([value, phase, quality, notes], [230, "L2", "good", ["L2"]], manufacturer);
      assert.equal(only("02 fd c9 ff 04 e6 00", { manufacturer }).phase, null);
    }
    assert.deepEqual(
      [0x81, 0x84, 0x85, 0x86, 0x87, 0x88].map((code) => phaseOfMaker("ABB", [code, 0])),
      ["L1", "N", "L1-L2", "L2-L3", "L3-L1", undefined],
    );
    assert.equal(phaseOfMaker("EMU", [1, 1]), undefined);
    assert.equal(phaseOfMaker(null, [1]), undefined);
  });

  test("of a plain text stand behind it, or before it", () => {
    const [before, behind] = ["01 fc 03 48 52 25 74 32", "01 fc 74 03 48 52 25 32"].map((hex) => only(hex));
    assert.deepEqual([before?.quantity, before?.value], ["%RH", 0.5]);
    assert.deepEqual([behind?.quantity, behind?.value], ["%RH", 0.5]);
  });
});
