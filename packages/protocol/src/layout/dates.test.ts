import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toHex } from "../bytes.ts";
import { LayoutError } from "../errors.ts";
import {
  ansiDate,
  date,
  decode,
  encode,
  isRealDate,
  type Layout,
  ltimeDate,
  type RecurrentDate,
  rdate,
  sizeOf,
  stimeDate,
  time,
  utcFields,
  utcMillis,
} from "./index.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const refused = (code: LayoutError["code"], path: string) => (error: unknown) =>
  error instanceof LayoutError && error.code === code && error.path === path;

describe("dates of single bytes", () => {
  const check = <T extends object>(type: string, layout: Layout<T>, bytes: string, value: T): void => {
    test(type, () => {
      const data = hex(bytes);
      assert.equal(sizeOf(layout, {}), data.length);
      assert.deepEqual(layout.describe(), { kind: "record", bytes: data.length, type });
      assert.deepEqual(decode(layout, data, {}), value);
      assert.equal(toHex(encode(layout, value, {})), bytes);
      assert.throws(() => decode(layout, data.subarray(1), {}), refused("truncated", ""));
      for (const wrong of [undefined, null, 5, "2022-02-11"])
        assert.throws(() => encode(layout, wrong as never, {}), refused("shape", ""));
      const last = Object.keys(value).at(-1) ?? assert.fail();
      for (const wrong of [256, -1, 1.5, undefined, "5"])
        assert.throws(() => encode(layout, { ...value, [last]: wrong }, {}), refused("range", last));
      fc.assert(
        fc.property(fc.uint8Array({ minLength: data.length, maxLength: data.length }), (raw) => {
          assert.deepEqual(encode(layout, decode(layout, raw, {}), {}), raw);
        }),
      );
    });
  };
  check("LTIME_DATE", ltimeDate, "0402100f3b37", { year: 4, month: 2, day: 16, hour: 15, minute: 59, second: 55 });
  check("STIME_DATE", stimeDate, "160c1f1738", { year: 22, month: 12, day: 31, hour: 23, minute: 56 });
  check("TIME", time, "020304", { hour: 2, minute: 3, second: 4 });
  check("DATE", date, "16020b", { year: 22, month: 2, day: 11 });

  test("that are impossible stay fields", () => {
    const never = decode(ltimeDate, hex("ffffffffffff"), {});
    assert.deepEqual(never, { year: 255, month: 255, day: 255, hour: 255, minute: 255, second: 255 });
    assert.equal(isRealDate(never), false);
    assert.equal(utcMillis(never), undefined);
    assert.deepEqual(decode(date, hex("16021f"), {}), { year: 22, month: 2, day: 31 });
  });
});

describe("ANSI_DATE", () => {
  test("is filled from the lowest bit: year 0-6, month 7-10, day 11-15", () => {
    // 31 December 2022: 22 | 12 << 7 | 31 << 11 = 0xfe16.
    assert.equal(toHex(encode(ansiDate, { year: 22, month: 12, day: 31 }, {})), "16fe");
    assert.deepEqual(decode(ansiDate, hex("16fe"), {}), { year: 22, month: 12, day: 31 });
    assert.deepEqual(decode(ansiDate, hex("ffff"), {}), { year: 127, month: 15, day: 31 });
  });

  test("refuses what does not fit, and what is missing", () => {
    assert.throws(() => encode(ansiDate, { year: 128, month: 1, day: 1 }, {}), refused("range", "year"));
    assert.throws(() => encode(ansiDate, { year: 0, month: 16, day: 1 }, {}), refused("range", "month"));
    assert.throws(() => encode(ansiDate, { year: 0, month: 1, day: 32 }, {}), refused("range", "day"));
    assert.throws(() => encode(ansiDate, { month: 1, day: 1 } as never, {}), refused("range", "year"));
    assert.throws(() => encode(ansiDate, undefined as never, {}), refused("shape", ""));
  });
});

describe("RDATE", () => {
  test("has three forms, told by its month", () => {
    // Months 1..12 and 13 (monthly): offset 4-7, weekday 8-10, day 11-15.
    assert.deepEqual(decode(rdate, hex("13f8"), {}), { month: 3, offset: 1, weekday: 0, day: 31 });
    assert.deepEqual(decode(rdate, hex("0d08"), {}), { month: 13, offset: 0, weekday: 0, day: 1 });
    // 14 (weekly): weekday 8-10.
    assert.deepEqual(decode(rdate, hex("0e06"), {}), { month: 14, filler4: 0, weekday: 6, filler11: 0 });
    // 15 (periodic): period 4-9, delta 10-15.
    assert.deepEqual(decode(rdate, hex("ff07"), {}), { month: 15, period: 63, delta: 1 });
    assert.deepEqual(decode(rdate, hex("0000"), {}), { month: 0, offset: 0, weekday: 0, day: 0 });
  });

  test("is written in the form of its month", () => {
    const forms: readonly (readonly [RecurrentDate, string])[] = [
      [{ month: 3, offset: 1, weekday: 0, day: 31 }, "13f8"],
      [{ month: 14, filler4: 0, weekday: 6, filler11: 0 }, "0e06"],
      [{ month: 15, period: 63, delta: 1 }, "ff07"],
    ];
    for (const [value, bytes] of forms) assert.equal(toHex(encode(rdate, value, {})), bytes);
    assert.equal(toHex(encode(rdate, { month: 14, weekday: 6 } as never, {})), "0e06");
  });

  test("refuses fields of another form", () => {
    assert.throws(() => encode(rdate, { month: 15, offset: 0, weekday: 0, day: 1 }, {}), refused("range", "period"));
    assert.throws(() => encode(rdate, { month: 3, period: 1, delta: 1 } as never, {}), refused("range", "offset"));
    assert.throws(() => encode(rdate, { month: 16, offset: 0, weekday: 0, day: 1 }, {}), refused("range", "month"));
    assert.throws(() => encode(rdate, { month: 15, period: 64, delta: 0 }, {}), refused("range", "period"));
    assert.throws(() => encode(rdate, null as never, {}), refused("shape", ""));
  });

  test("and ANSI_DATE of any two bytes survive", () => {
    for (let word = 0; word < 0x10000; word++) {
      const data = Uint8Array.of(word & 0xff, word >> 8);
      const recurrent = encode(rdate, decode(rdate, data, {}), {});
      const single = encode(ansiDate, decode(ansiDate, data, {}), {});
      if (toHex(recurrent) !== toHex(data) || toHex(single) !== toHex(data)) assert.fail(toHex(data));
    }
  });
});

describe("instants", () => {
  test("follow the calendar", () => {
    assert.equal(utcMillis({ year: 0, month: 1, day: 1 }), 946684800000);
    assert.equal(utcMillis({ year: 24, month: 2, day: 29, hour: 23, minute: 59 }), 1709251140000);
    const impossible = [
      { year: 23, month: 2, day: 29 },
      { year: 100, month: 1, day: 1 },
      { year: -1, month: 1, day: 1 },
      { year: 22, month: 0, day: 1 },
      { year: 22, month: 13, day: 1 },
      { year: 22, month: 4, day: 31 },
      { year: 22, month: 4, day: 0 },
      { year: 22, month: 4, day: 1, hour: 24 },
      { year: 22, month: 4, day: 1, minute: 60 },
      { year: 22, month: 4, day: 1, second: 60 },
      { year: Number.NaN, month: 1, day: 1 },
    ];
    for (const fields of impossible) assert.equal(utcMillis(fields), undefined, JSON.stringify(fields));
  });

  test("become fields and come back", () => {
    const first = Date.UTC(2000, 0, 1);
    const last = Date.UTC(2100, 0, 1) - 1;
    fc.assert(
      fc.property(fc.integer({ min: first / 1000, max: Math.floor(last / 1000) }), (seconds) => {
        assert.equal(utcMillis(utcFields(1000 * seconds)), 1000 * seconds);
      }),
    );
    for (const outside of [first - 1, last + 1, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => utcFields(outside), RangeError);
  });
});
