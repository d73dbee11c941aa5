import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toHex } from "../bytes.ts";
import { LayoutError } from "../errors.ts";
import {
  bytes,
  decode,
  digits,
  encode,
  i8,
  i16,
  i24,
  i32,
  i40,
  i48,
  type Layout,
  niFormat1,
  niFormat2,
  own,
  plus,
  reserved,
  rest,
  sizeOf,
  text,
  u8,
  u16,
  u24,
  u32,
  u40,
  u48,
} from "./index.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const refusal = (code: LayoutError["code"], message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LayoutError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

const integers = { u8, u16, u24, u32, u40, u48, i8, i16, i24, i32, i40, i48, niFormat1, niFormat2 };

describe("integers", () => {
  // Typed out: computing them here would repeat the code.
  const limits: Readonly<Record<keyof typeof integers, readonly [low: number, high: number, type: string]>> = {
    u8: [0, 255, "UINT8"],
    u16: [0, 65535, "UINT16"],
    u24: [0, 16777215, "UINT24"],
    u32: [0, 4294967295, "UINT32"],
    u40: [0, 1099511627775, "UINT40"],
    u48: [0, 281474976710655, "UINT48"],
    i8: [-128, 127, "INT8"],
    i16: [-32768, 32767, "INT16"],
    i24: [-8388608, 8388607, "INT24"],
    i32: [-2147483648, 2147483647, "INT32"],
    i40: [-549755813888, 549755813887, "INT40"],
    i48: [-140737488355328, 140737488355327, "INT48"],
    niFormat1: [-2147483648, 2147483647, "NI_FMAT1"],
    niFormat2: [-2147483648, 2147483647, "NI_FMAT2"],
  };
  const lowest: Readonly<Record<string, string>> = { i8: "80", i16: "0080", i24: "000080", i32: "00000080" };

  for (const [name, layout] of Object.entries(integers)) {
    const [low, high, type] = limits[name as keyof typeof integers];
    test(name, () => {
      const size = layout.bytes;
      assert.equal(sizeOf(layout, {}), size);
      assert.deepEqual(layout.describe(), { kind: "int", bytes: size, signed: low < 0, type });

      assert.equal(decode(layout, new Uint8Array(size), {}), 0);
      assert.equal(decode(layout, new Uint8Array(size).fill(0xff), {}), low < 0 ? -1 : high);
      const one = new Uint8Array(size);
      one[0] = 1;
      assert.equal(decode(layout, one, {}), 1);
      if (name in lowest) assert.equal(toHex(encode(layout, low, {})), lowest[name]);

      for (const value of [low, low + 1, -1, 0, 1, 255, high - 1, high].filter((n) => n >= low && n <= high))
        assert.equal(decode(layout, encode(layout, value, {}), {}), value);
      for (const value of [low - 1, high + 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
        assert.throws(() => encode(layout, value, {}), refusal("range", new RegExp(`from ${low} to ${high}$`)));
      fc.assert(
        fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (data) => {
          assert.deepEqual(encode(layout, decode(layout, data, {}), {}), data);
        }),
      );
    });
  }

  test("are little-endian", () => {
    assert.equal(decode(u24, hex("010203"), {}), 0x030201);
    assert.equal(decode(i40, hex("00000000ff"), {}), -4294967296);
    assert.equal(decode(u48, hex("010203040506"), {}), 0x060504030201);
    assert.equal(toHex(encode(u16, 517, {})), "0502");
  });

  test("refuse anything but a number, with a LayoutError", () => {
    for (const value of [
      undefined,
      null,
      "1",
      1n,
      true,
      {},
      { toString: 1, valueOf: 1 },
      Object.create(null),
      Symbol(),
    ])
      assert.throws(() => encode(u8, value as number, {}), refusal("range", /is not a whole number from 0 to 255/));
  });

  test("tell how many bytes they lack", () => {
    assert.throws(
      () => decode(u32, hex("0102"), {}),
      refusal("truncated", /^table at byte 0: needs 4 bytes, 2 are left$/),
    );
  });
});

describe("bytes", () => {
  test("are copied", () => {
    const data = hex("0102");
    const value = decode(bytes(2), data, {});
    data[0] = 9;
    assert.deepEqual(value, hex("0102"));
  });

  test("have the length that is asked for, or are refused", () => {
    assert.deepEqual(encode(bytes(2), hex("0102"), {}), hex("0102"));
    assert.throws(() => encode(bytes(2), hex("01"), {}), refusal("shape", /needs 2 bytes, got 1/));
    for (const value of ["ab", [1, 2], undefined, null])
      assert.throws(() => encode(bytes(2), value as unknown as Uint8Array, {}), refusal("shape", /got none/));
    assert.throws(() => decode(bytes(3), hex("0102"), {}), refusal("truncated", /needs 3 bytes/));
  });

  test("never run backwards, whatever the length evaluates to", () => {
    const lengths = [-1, Number.NaN];
    for (const length of lengths) {
      assert.throws(() => decode(bytes(length), hex("0102"), {}), refusal("shape", /cannot have/));
      assert.throws(() => encode(reserved(length), undefined, {}), refusal("shape", /cannot have/));
    }
  });

  test("say their type", () => {
    assert.deepEqual(bytes(plus(own("count"), 1)).describe(), {
      kind: "bytes",
      length: "count + 1",
      type: "ARRAY[count + 1] of UINT8",
      size: ["+", ["own", "count"], 1],
      padding: undefined,
    });
    assert.deepEqual(bytes(2, "SET").describe(), {
      kind: "bytes",
      length: "2",
      type: "SET",
      size: 2,
      padding: undefined,
    });
  });
});

describe("reserved bytes", () => {
  test("are absent where zero, kept where not", () => {
    assert.equal(decode(reserved(3), hex("000000"), {}), undefined);
    assert.deepEqual(decode(reserved(3), hex("000100"), {}), hex("000100"));
    assert.equal(toHex(encode(reserved(3), undefined, {})), "000000");
    assert.equal(toHex(encode(reserved(3), hex("000100"), {})), "000100");
    assert.throws(() => encode(reserved(3), hex("01"), {}), refusal("shape", /needs 3 bytes/));
    assert.equal(reserved(3).reserved, true);
  });
});

describe("the rest", () => {
  test("is all that is left", () => {
    assert.deepEqual(decode(rest(), hex("010203"), {}), hex("010203"));
    assert.deepEqual(decode(rest(), hex(""), {}), hex(""));
    assert.throws(() => sizeOf(rest(), {}), refusal("shape", /whatever is left/));
    assert.throws(() => encode(rest(), "ab" as unknown as Uint8Array, {}), refusal("shape", /needs bytes/));
  });
});

describe("text", () => {
  test("loses its padding and gets it back", () => {
    assert.equal(decode(text(6), hex("414200000000"), {}), "AB");
    assert.equal(toHex(encode(text(6), "AB", {})), "414200000000");
    assert.equal(decode(text(4, "space"), hex("4e455320"), {}), "NES");
    assert.equal(toHex(encode(text(4, "space"), "NES", {})), "4e455320");
    assert.equal(decode(text(3), hex("000000"), {}), "");
    assert.equal(decode(text(4), hex("41422020"), {}), "AB  ", "the other padding stays");
    assert.equal(decode(text(4), hex("41004200"), {}), "A\0B", "what follows a NUL is seen");
  });

  test("of any bytes survives", () => {
    const layouts: readonly Layout<string>[] = [text(12), text(12, "space")];
    fc.assert(
      fc.property(fc.constantFrom(...layouts), fc.uint8Array({ minLength: 12, maxLength: 12 }), (layout, data) => {
        assert.deepEqual(encode(layout, decode(layout, data, {}), {}), data);
      }),
    );
  });

  test("refuses what has no place", () => {
    assert.throws(() => encode(text(2), "ABC", {}), refusal("shape", /at most 2 characters/));
    assert.throws(() => encode(text(2), "€", {}), refusal("range", /"€" is not a character of ISO 8859-1/));
    assert.throws(() => encode(text(2), 12 as unknown as string, {}), refusal("shape", /needs a text/));
    assert.equal(toHex(encode(text(1), "ÿ", {})), "ff");
  });
});

describe("digits", () => {
  test("are two to a byte, most significant first", () => {
    assert.equal(decode(digits(4), hex("12345678"), {}), "12345678");
    assert.equal(toHex(encode(digits(2), "0A9f", {})), "0a9f");
    for (const value of ["123", "12345", "12x4", "", 1234])
      assert.throws(() => encode(digits(2), value as string, {}), refusal("shape", /needs 4 digits/));
  });

  test("of any bytes survive", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (data) => {
        assert.deepEqual(encode(digits(8), decode(digits(8), data, {}), {}), data);
      }),
    );
  });
});
