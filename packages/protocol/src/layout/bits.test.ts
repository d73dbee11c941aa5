import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toHex } from "../bytes.ts";
import { LayoutError } from "../errors.ts";
import { annotate } from "./annotate.ts";
import {
  at,
  atLeast,
  bool,
  decode,
  encode,
  filler,
  int,
  leaves,
  locate,
  next,
  type Profile,
  parseProfile,
  sizeOf,
  struct,
  u8,
  uint,
  when,
} from "./index.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const refused = (code: LayoutError["code"], path: string) => (error: unknown) =>
  error instanceof LayoutError && error.code === code && error.path === path;

describe("a word of bits", () => {
  for (const bytes of [1, 2, 3, 4, 5, 6]) {
    const top = 8 * bytes - 1;
    test(`of ${bytes} bytes is filled from its lowest bit`, () => {
      const layout = struct({
        lowest: at(0, bool(0), ""),
        middle: at(0, uint(1, top - 2), ""),
        sign: at(0, int(top - 1, top), ""),
      });
      assert.equal(sizeOf(layout, {}), bytes);
      const data = new Uint8Array(bytes);
      data[0] = 1;
      assert.deepEqual(decode(layout, data, {}), { lowest: true, middle: 0, sign: 0 });
      data[0] = 0;
      data[bytes - 1] = 0x80;
      assert.deepEqual(decode(layout, data, {}), { lowest: false, middle: 0, sign: -2 });
      data.fill(0xff);
      assert.deepEqual(decode(layout, data, {}), { lowest: true, middle: 2 ** (top - 2) - 1, sign: -1 });
      assert.deepEqual(
        leaves(layout, {}).map(({ offset, size, bits }) => [offset, size, bits]),
        [
          [0, bytes, [0, 0]],
          [0, bytes, [1, top - 2]],
          [0, bytes, [top - 1, top]],
        ],
      );
      fc.assert(
        fc.property(fc.uint8Array({ minLength: bytes, maxLength: bytes }), (raw) => {
          assert.deepEqual(encode(layout, decode(layout, raw, {}), {}), raw);
        }),
      );
    });
  }

  test("whose single field fills all 48 bits", () => {
    const layout = struct({ all: at(0, uint(0, 47), "") });
    assert.equal(decode(layout, hex("ffffffffffff"), {}).all, 2 ** 48 - 1);
    assert.equal(toHex(encode(layout, { all: 2 ** 48 - 1 }, {})), "ffffffffffff");
    const signed = struct({ all: at(0, int(0, 47), "") });
    assert.equal(decode(signed, hex("000000000080"), {}).all, -(2 ** 47));
    assert.equal(toHex(encode(signed, { all: -(2 ** 47) }, {})), "000000000080");
  });

  test("is as long as its highest bit, however its bits are ordered", () => {
    const layout = struct({ high: at(0, uint(12, 15), ""), low: at(0, uint(0, 2), ""), after: at(2, u8, "") });
    assert.deepEqual(decode(layout, hex("05a007"), {}), { high: 10, low: 5, after: 7 });
    // Bits 3..11 are declared by nobody: written as zero.
    assert.equal(toHex(encode(layout, { high: 10, low: 5, after: 7 }, {})), "05a007");
  });

  test("is one for each printed offset", () => {
    const layout = struct({ a: at(0, bool(0), ""), b: at(1, bool(0), ""), c: next(bool(0), ""), d: next(bool(1), "") });
    assert.equal(sizeOf(layout, {}), 3);
    assert.deepEqual(decode(layout, hex("010002"), {}), { a: true, b: false, c: false, d: true });
  });

  test("keeps filler bits where they are not zero", () => {
    const layout = struct({ on: at(0, bool(0), ""), filler1: at(0, filler(1, 7), "") });
    assert.deepEqual(decode(layout, hex("01"), {}), { on: true });
    assert.deepEqual(decode(layout, hex("83"), {}), { on: true, filler1: 0x41 });
    assert.equal(toHex(encode(layout, { on: true }, {})), "01");
    assert.equal(toHex(encode(layout, { on: true, filler1: 0x41 }, {})), "83");
  });

  test("refuses values that its fields cannot hold, and names them", () => {
    const layout = struct({ on: at(0, bool(0), ""), n: at(0, uint(1, 3), ""), s: at(0, int(4, 7), "") });
    assert.equal(toHex(encode(layout, { on: false, n: 7, s: -8 }, {})), "8e");
    assert.equal(toHex(encode(layout, { on: true, n: 0, s: 7 }, {})), "71");
    assert.throws(() => encode(layout, { on: 1 as never, n: 0, s: 0 }, {}), refused("shape", "on"));
    for (const n of [-1, 8, 0.5, Number.NaN, "1" as never, undefined as never, { toString: 1, valueOf: 1 } as never])
      assert.throws(() => encode(layout, { on: true, n, s: 0 }, {}), refused("range", "n"));
    for (const s of [-9, 8]) assert.throws(() => encode(layout, { on: true, n: 0, s }, {}), refused("range", "s"));
  });

  test("that is cut off names its first field", () => {
    const layout = struct({ before: at(0, u8, ""), on: at(1, bool(0), ""), high: at(1, bool(15), "") });
    assert.throws(
      () => decode(layout, hex("0001"), {}),
      (error) =>
        error instanceof LayoutError && error.path === "on" && error.offset === 1 && error.code === "truncated",
    );
  });
});

describe("a declaration of bits", () => {
  test("is refused where bits overlap", () => {
    assert.throws(
      () => struct({ a: at(0, uint(0, 3), ""), b: at(0, bool(3), "") }),
      /TypeError.*bits of "b" overlap those of "a"|overlap/,
    );
    assert.throws(() => struct({ a: at(0, bool(7), ""), b: at(0, uint(0, 15), "") }), TypeError);
  });

  test("is refused if the bits do not exist", () => {
    for (const build of [() => bool(48), () => bool(-1), () => uint(3, 2), () => filler(0, 48)])
      assert.throws(build, TypeError);
  });

  test("is refused where the next field begins within the word", () => {
    assert.throws(() => struct({ a: at(0, bool(8), ""), b: at(1, u8, "") }), /"b" is declared at 1.*end at 2/);
  });

  test("is refused where a word stands under two conditions", () => {
    const old = atLeast({ meter: [3, 30] });
    const young = atLeast({ meter: [4, 0] });
    assert.throws(
      () => struct({ a: at(0, when(old, bool(0)), ""), b: at(0, when(young, bool(1)), "") }),
      /bits of "b" stand under another condition/,
    );
    assert.throws(() => struct({ a: at(0, when(old, bool(0)), ""), b: at(0, bool(1), "") }), TypeError);
  });

  test("outside of a struct has no meaning", () => {
    assert.throws(() => decode(bool(0), hex("01"), {}), TypeError);
  });
});

describe("a word under a condition", () => {
  const young = atLeast({ meter: [4, 0] });
  const layout = struct({
    first: at(0, u8, ""),
    on: at(1, when(young, bool(0)), ""),
    filler1: at(1, when(young, filler(1, 7)), ""),
    last: next(u8, ""),
  });
  const old: { profile: Profile } = { profile: parseProfile("meter:3.70") };
  const current: { profile: Profile } = { profile: parseProfile("meter:4.00") };

  test("is there or not as a whole", () => {
    assert.equal(sizeOf(layout, old), 2);
    assert.equal(sizeOf(layout, current), 3);
    assert.deepEqual(decode(layout, hex("0109"), old), { first: 1, last: 9 });
    assert.deepEqual(decode(layout, hex("010109"), current), { first: 1, on: true, last: 9 });
    assert.equal(toHex(encode(layout, { first: 1, last: 9 }, old)), "0109");
    assert.equal(toHex(encode(layout, { first: 1, on: true, filler1: 2, last: 9 }, current)), "010509");
  });

  test("is refused where a value is given for what is not there", () => {
    assert.throws(() => encode(layout, { first: 1, on: true, last: 9 }, old), refused("shape", "on"));
    assert.throws(() => encode(layout, { first: 1, filler1: 1, last: 9 }, old), refused("shape", "filler1"));
    assert.throws(() => encode(layout, { first: 1, last: 9 }, current), refused("shape", "on"));
  });

  test("has a place or not", () => {
    assert.equal(locate(layout, ["on"], current).offset, 1);
    assert.equal(locate(layout, ["last"], old).offset, 1);
    assert.throws(() => locate(layout, ["on"], old), refused("shape", "on"));
    assert.deepEqual(
      leaves(layout, old).map(({ path }) => path),
      ["first", "last"],
    );
    assert.deepEqual(
      annotate(layout, hex("010109"), current).spans.map(({ path, bits }) => [path, bits]),
      [
        ["first", undefined],
        ["on", [0, 0]],
        ["filler1", [1, 7]],
        ["last", undefined],
      ],
    );
  });
});

describe("a bit read alone", () => {
  const layout = struct({ before: at(0, u8, ""), low: at(1, uint(0, 9), ""), high: at(1, uint(20, 23), "") });

  test("is read out of the fewest bytes, at any place of its word", () => {
    const high = locate(layout, ["high"], {});
    assert.deepEqual([high.offset, high.length], [3, 1]);
    assert.equal(high.decode(hex("a0")), 10);
    const low = locate(layout, ["low"], {});
    assert.deepEqual([low.offset, low.length], [1, 2]);
    assert.equal(low.decode(hex("ff03")), 0x3ff);
  });

  test("cannot be written without its neighbours", () => {
    assert.throws(() => locate(layout, ["high"], {}).encode(1), /write the whole word/);
  });
});
