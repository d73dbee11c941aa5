import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { reading } from "@meterport/engine/testing/fake-meter";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { matchesGolden } from "../../golden.test-kit.ts";
import { household, moment, sunny } from "../../lines/face-world.test-kit.ts";
import { type Figures, figuresOf } from "../../lines/figures.ts";
import { RegisterImage, wordsFor } from "../register-image.ts";
import { wordsOf } from "../register-map.ts";
import { mapNames, maps } from "./index.ts";

const names = { maker: "NES", model: "83331", serial: "12345678", version: "3.70.12" };

const figures = (values: Partial<LiveReading>): Figures => {
  const live = { id: "home", ...reading(moment, values) };
  return figuresOf({ total: (register) => live[register] }, live);
};

const words = (
  map: (typeof mapNames)[number],
  from: number,
  count: number,
  of: Figures | undefined,
): readonly number[] => {
  const read = new RegisterImage(maps[map], names).read(from, count, of);
  assert.ok(read instanceof Uint16Array, String(read));
  return [...read];
};

const hexWords = (text: string): number[] => text.split(/[\s|]+/).map((word) => Number.parseInt(word, 16));

const float = (map: (typeof mapNames)[number], at: number, of: Figures): number => {
  const view = new DataView(new ArrayBuffer(4));
  words(map, at, 2, of).forEach((word, n) => {
    view.setUint16(2 * n, word);
  });
  return Math.round(view.getFloat32(0) * 1_000) / 1_000;
};

const ascii = (list: readonly number[]): string =>
  String.fromCharCode(...list.flatMap((word) => [word >> 8, word & 0xff])).replace(/\0+$/, "");

describe("SunSpec", () => {
  test("model 203 has the words of the vector that was computed apart from this code", () => {
    const {
      power_factor_l1,
      power_factor_l2,
      power_factor_l3,
      reactive_power_import_var,
      apparent_power_va,
      ...vector
    } = household;
    const got = words("sunspec_203", 40_070, 55, figures(vector));
    const expected = hexWords(
      "00CB 0069 | 021B 00D3 00AA 009E FFFE | 090A 090A 0905 0910 | 8000 8000 8000 8000 FFFF | 1389 FFFE | 04D2 01E8 0186 0164 0000",
    );
    assert.deepEqual(got.slice(0, expected.length), expected);
    const energies = "0006 4967 0000 0000 0000 0000 0000 0000 | 00D2 418A 0000 0000 0000 0000 0000 0000 | 0000";
    assert.deepEqual(got.slice(38), hexWords(energies));
  });

  test("is a chain of models that a client can walk, also while values are stale", () => {
    for (const [map, ids] of [
      ["sunspec_203", [1, 203]],
      ["sunspec_213", [1, 213]],
      ["fronius", [1, 213]],
    ] as const) {
      assert.equal(ascii(words(map, 40_000, 2, undefined)), "SunS");
      const found: number[] = [];
      let at = 40_002;
      for (;;) {
        const [id = 0, length = 0] = words(map, at, 2, undefined);
        if (id === 0xffff) {
          assert.equal(length, 0);
          break;
        }
        found.push(id);
        at += 2 + length;
      }
      assert.deepEqual(found, ids);
      assert.equal(new RegisterImage(maps[map], names).read(at + 2, 1, undefined), "outside");
    }
  });

  test("gives Fronius its names, and the meter's model at 40069", () => {
    assert.equal(ascii(words("fronius", 40_004, 16, undefined)), "Fronius");
    assert.equal(ascii(words("fronius", 40_020, 16, undefined)), "Smart Meter TS 65A-3");
    assert.equal(ascii(words("fronius", 40_036, 8, undefined)), "<primary>");
    assert.equal(ascii(words("fronius", 40_052, 16, undefined)), "12345678");
    assert.deepEqual(words("fronius", 40_069, 2, undefined), [213, 124]);
    assert.equal(float("fronius", 40_069 + 28, figures(sunny)), -2_000);
  });

  test("says of a value that does not fit 16 bits that it is unknown, and does not cut it", () => {
    const at = (power_w: number): number | undefined =>
      words("sunspec_203", 40_088, 1, figures({ ...household, power_w }))[0];
    assert.deepEqual([at(32_767), at(32_768), at(-32_767), at(-32_768)], [0x7fff, 0x8000, 0x8001, 0x8000]);
  });

  test("refuses a total that is unknown now, since 0 would be a fall, and begins again beyond 32 bits", () => {
    const unknown = figures({ ...household, energy_import_wh: null });
    const image = new RegisterImage(maps.sunspec_203, names);
    assert.equal(image.read(40_116, 2, unknown), "stale");
    assert.equal(image.read(40_070, 109, unknown), "stale");
    assert.ok(image.read(40_088, 1, unknown) instanceof Uint16Array);
    assert.deepEqual(wordsFor("acc32", 2 ** 32 + 5), [0, 5]);
  });
});

describe("maps of other meters", () => {
  test("have each value at its place and in its unit", () => {
    const now = figures(sunny);
    assert.deepEqual(
      [0x0000, 0x0006, 0x000c, 0x0034, 0x0046, 0x0048, 0x004a].map((at) => float("sdm630", at, now)),
      [231.4, 2.11, -700, -2_000, 50.01, 13_779.338, 412.007],
    );
    assert.deepEqual(
      [0x2006, 0x200c, 0x2012, 0x2014, 0x2044, 0x401e, 0x4028].map((at) => float("dtsu666", at, now)),
      [2_314, 2_110, -20_000, -7_000, 5_001, 13_779.338, 412.007],
    );
    const b23 = (at: number, count: number): bigint =>
      words("abb_b23", at, count, now).reduce((sum, word) => (sum << 16n) | BigInt(word), 0n);
    assert.deepEqual(
      [
        b23(0x5000, 4),
        b23(0x5b00, 2),
        b23(0x5b0c, 2),
        BigInt.asIntN(32, b23(0x5b14, 2)),
        b23(0x5b2c, 1),
        b23(0x8900, 2),
      ],
      [1_377_934n, 2_314n, 211n, -200_000n, 5_001n, 12_345_678n],
    );
  });

  test("say unknown in the way of that meter, never 0", () => {
    const nothing = figures({ power_w: 5 });
    assert.deepEqual(words("sdm630", 0, 4, nothing), [0x7fc0, 0, 0x7fc0, 0]);
    assert.deepEqual(words("sdm630", 0x18, 2, nothing), [0x7fc0, 0]);
    assert.deepEqual(words("abb_b23", 0x5b00, 2, nothing), [0xffff, 0xffff]);
    assert.deepEqual(words("abb_b23", 0x5b16, 2, nothing), [0x7fff, 0xffff]);
    assert.deepEqual(words("sunspec_213", 40_070 + 10, 2, nothing), [0x7fc0, 0]);
  });

  test("give nothing measured, and no hole, while the meter is stale", () => {
    for (const name of mapNames) {
      const { areas, registers } = maps[name];
      const image = new RegisterImage(maps[name], names);
      for (const register of registers)
        if ("figure" in register)
          assert.equal(image.read(register.at, wordsOf[register.type], undefined), "stale", `${name} ${register.at}`);
      for (const { from, to } of areas) {
        if (to - from < 2) continue;
        for (let at = from; at <= to; at += 100)
          if (registers.some((each) => "figure" in each && each.at >= at && each.at < at + 100 && each.at <= to))
            assert.equal(image.read(at, Math.min(100, to - at + 1), undefined), "stale", `${name} ${at}`);
      }
    }
    assert.equal(new RegisterImage(maps.sdm630, names).read(0x18, 2, undefined), "stale");
  });

  test("have no register twice, none beyond their areas, and each kind a mark of unknown", () => {
    for (const name of mapNames) {
      const { areas, registers, unknown } = maps[name];
      const seen = new Set<number>();
      for (const register of registers) {
        const length = "words" in register ? register.words : wordsOf[register.type];
        for (let n = 0; n < length; n++) {
          const at = register.at + n;
          assert.ok(!seen.has(at), `${name}: ${at} twice`);
          assert.ok(
            areas.some(({ from, to }) => at >= from && at <= to),
            `${name}: ${at} is outside`,
          );
          seen.add(at);
        }
        if ("figure" in register && register.needed !== true)
          assert.notEqual(unknown[register.type], undefined, `${name}: ${register.type}`);
      }
    }
  });

  test("are those of the golden files", () => {
    for (const name of mapNames) {
      const lines: string[] = [];
      for (const { from, to } of maps[name].areas)
        for (let at = from; at <= to; at += 8) {
          const row = words(name, at, Math.min(8, to - at + 1), figures(household));
          lines.push(`${at}: ${row.map((word) => word.toString(16).padStart(4, "0")).join(" ")}`);
        }
      matchesGolden(new URL(`golden/${name}.txt`, import.meta.url), `${lines.join("\n")}\n`);
    }
  });
});
