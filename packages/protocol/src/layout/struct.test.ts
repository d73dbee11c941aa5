import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "../bytes.ts";
import { LayoutError } from "../errors.ts";
import {
  array,
  at,
  atLeast,
  bool,
  bytes,
  decode,
  encode,
  filler,
  misplaced,
  next,
  own,
  ownIs,
  parseProfile,
  plus,
  reserved,
  sizeOf,
  struct,
  times,
  u8,
  u16,
  u32,
  uint,
  type ValueOf,
  when,
} from "./index.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const refusal = (code: LayoutError["code"], path: string, offset: number) => (error: unknown) => {
  assert.ok(error instanceof LayoutError, String(error));
  assert.deepEqual([error.code, error.path, error.offset], [code, path, offset], error.message);
  return true;
};
const old = { profile: parseProfile("meter:3.30") };
const young = { profile: parseProfile("meter:4.00") };
const since400 = atLeast({ meter: [4, 0] });

describe("printed offsets", () => {
  test("are checked when the struct is declared", () => {
    assert.throws(
      () => struct({ a: at(0, u16, ""), b: at(1, u8, "") }),
      /"b" is declared at 1, the fields before it end at 2/,
    );
    assert.throws(() => struct({ a: at(0, u16, ""), b: at(3, u8, "") }), TypeError, "a gap");
    assert.throws(() => struct({ a: at(1, u8, "") }), TypeError, "not from the start");
    assert.throws(() => struct({ a: at(0, array(3, u16), ""), b: at(5, u8, "") }), TypeError, "after an array");
    assert.throws(() => struct({ a: at(0, struct({ x: at(0, u32, "") }), ""), b: at(3, u8, "") }), TypeError);
    assert.throws(() => struct({ a: next(u16, ""), b: at(1, u8, "") }), TypeError, "after a field that prints none");
    assert.throws(() => struct({ a: at(0, uint(0, 8), ""), b: at(1, u8, "") }), TypeError, "after a word of bits");
  });

  test("are checked as formulas where nothing in them varies", () => {
    assert.throws(() => struct({ a: at(0, u32, ""), b: at(plus(1, times(2, 2)), u8, "") }), /declared at 5.*end at 4/);
    assert.equal(sizeOf(struct({ a: at(0, u32, ""), b: at(times(2, 2), u8, "") }), {}), 5);
  });

  test("may count from elsewhere", () => {
    const entry = struct({ a: at(6, u16, ""), b: at(8, u8, "") }, { from: 6 });
    assert.equal(sizeOf(entry, {}), 3);
    assert.deepEqual(misplaced(array(2, entry), {}), []);
    assert.throws(() => struct({ a: at(0, u8, "") }, { from: 6 }), TypeError);
  });

  test("after what varies are told under a profile", () => {
    const layout = struct({ a: at(0, when(since400, u16), ""), b: at(2, u8, ""), c: at(plus(1, 2), bool(0), "") });
    assert.deepEqual(misplaced(layout, young), []);
    assert.deepEqual(misplaced(layout, old), [
      "b is printed at 2, the fields before it end at 0",
      "c is printed at 3, the fields before it end at 1",
    ]);
    const nested = struct({ list: at(0, array(2, layout), "") });
    assert.deepEqual(
      misplaced(nested, old).map((line) => line.split(" ")[0]),
      ["list.0.b", "list.0.c", "list.1.b", "list.1.c"],
    );
  });

  test("of absent fields are of no interest", () => {
    const layout = struct({ a: at(0, when(since400, u8), ""), b: at(7, when(since400, u8), "") });
    assert.deepEqual(misplaced(layout, old), []);
    assert.equal(misplaced(layout, young).length, 1);
  });
});

describe("a field under a condition", () => {
  const layout = struct({
    first: at(0, u8, ""),
    number: next(when(since400, u16), ""),
    reserved3: next(when(since400, reserved(2)), ""),
    record: next(when(since400, struct({ x: at(0, u8, "") })), ""),
  });

  test("is absent or present", () => {
    assert.deepEqual(decode(layout, hex("01"), old), { first: 1 });
    assert.equal("number" in decode(layout, hex("01"), old), false);
    const value = decode(layout, hex("010200000003"), young);
    assert.deepEqual(value, { first: 1, number: 2, record: { x: 3 } });
    assert.equal(toHex(encode(layout, value, young)), "010200000003");
    assert.equal(toHex(encode(layout, { first: 1 }, old)), "01");
    assert.deepEqual([sizeOf(layout, old), sizeOf(layout, young)], [1, 6]);
    assert.equal(layout.fixedSize, undefined);
  });

  test("is refused where it cannot be, and where it is missing", () => {
    assert.throws(() => encode(layout, { first: 1, number: 2 }, old), refusal("shape", "number", 1));
    assert.throws(() => encode(layout, { first: 1, reserved3: hex("0102") }, old), refusal("shape", "reserved3", 1));
    assert.throws(() => encode(layout, { first: 1, record: { x: 1 } }, young), refusal("shape", "number", 1));
    assert.throws(() => encode(layout, { first: 1, number: 2 }, young), refusal("shape", "record", 5));
    assert.throws(() => encode(layout, { first: 1, number: 2 }, old), /only with firmware meter 4.00 or later/);
  });

  test("of the same record is decided by what came before", () => {
    const message = struct({
      kind: at(0, u8, ""),
      count: at(1, when(ownIs("kind", 3), u8), ""),
      list: next(when(ownIs("kind", 3), array(own("count"), u16)), ""),
    });
    assert.deepEqual(decode(message, hex("01"), {}), { kind: 1 });
    const value = decode(message, hex("030201000200"), {});
    assert.deepEqual(value, { kind: 3, count: 2, list: [1, 2] });
    assert.equal(toHex(encode(message, value, {})), "030201000200");
    assert.throws(() => encode(message, { kind: 3, count: 1, list: [1, 2] }, {}), refusal("shape", "list", 2));
    assert.throws(() => sizeOf(message, {}), LayoutError);
  });
});

describe("a struct", () => {
  const layout = struct({
    id: at(0, u8, ""),
    flag: at(1, bool(0), ""),
    filler1: at(1, filler(1, 7), ""),
    body: at(2, bytes(2), ""),
    reserved4: at(4, reserved(2), ""),
  });

  test("leaves out what means nothing", () => {
    assert.deepEqual(decode(layout, hex("010109090000"), {}), { id: 1, flag: true, body: hex("0909") });
    const full = decode(layout, hex("018109090a00"), {});
    assert.deepEqual(full, { id: 1, flag: true, filler1: 0x40, body: hex("0909"), reserved4: hex("0a00") });
    assert.equal(toHex(encode(layout, full, {})), "018109090a00");
  });

  test("is refused if it is not a record, or if a field is missing", () => {
    for (const value of [undefined, null, 5, "x"])
      assert.throws(() => encode(layout, value as never, {}), refusal("shape", "", 0));
    const good = { id: 1, flag: true, body: hex("0909") };
    assert.throws(() => encode(layout, { ...good, id: undefined as never }, {}), refusal("range", "id", 0));
    assert.throws(() => encode(layout, { ...good, flag: undefined as never }, {}), refusal("shape", "flag", 1));
    assert.throws(() => encode(layout, { ...good, body: undefined as never }, {}), refusal("shape", "body", 2));
  });

  test("tells where the bytes end too early or too late", () => {
    assert.throws(() => decode(layout, hex("0100"), {}), refusal("truncated", "body", 2));
    assert.throws(() => decode(layout, hex("01000909000000"), {}), refusal("trailing", "", 6));
    assert.deepEqual(decode(layout, hex("01000909000000"), {}, { trailing: "keep" }).id, 1);
  });

  test("types what may be absent as optional, and nothing else", () => {
    const typed = struct({
      always: at(0, u8, ""),
      word: at(1, bool(0), ""),
      filler1: at(1, filler(1, 7), ""),
      later: next(when(since400, u16), ""),
      laterBit: next(when(since400, bool(0)), ""),
      reserved5: next(reserved(1), ""),
    });
    type Value = ValueOf<typeof typed>;
    const whole: Value = { always: 1, word: true, filler1: 2, later: 3, laterBit: false, reserved5: hex("00") };
    const least: Value = { always: 1, word: false };
    assert.ok(whole.always === least.always);
    // @ts-expect-error a field that is always there cannot be left out
    const missing: Value = { always: 1 };
    // @ts-expect-error absent means absent, not undefined
    const undefinedField: Value = { always: 1, word: true, later: undefined };
    // @ts-expect-error a number is not a flag
    const wrong: Value = { always: 1, word: 1 };
    // @ts-expect-error what may be absent is not a number before it is checked
    const late: number = least.later;
    assert.deepEqual([missing, undefinedField, wrong, late].length, 4);
    // @ts-expect-error the condition asks for a profile
    assert.throws(() => encode(typed, least, {}));
  });
});
