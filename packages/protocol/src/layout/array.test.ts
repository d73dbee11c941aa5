import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toHex } from "../bytes.ts";
import { LayoutError } from "../errors.ts";
import { annotate } from "./annotate.ts";
import {
  array,
  at,
  bytes,
  decode,
  dim,
  encode,
  entryBelow,
  type Layout,
  leaves,
  locate,
  misplaced,
  next,
  not,
  own,
  place,
  plus,
  recordsUpTo,
  sizeOf,
  struct,
  table,
  text,
  u8,
  u16,
  when,
} from "./index.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const refusal = (code: LayoutError["code"], path: string, offset: number) => (error: unknown) => {
  assert.ok(error instanceof LayoutError, String(error));
  assert.deepEqual([error.code, error.path, error.offset], [code, path, offset], error.message);
  return true;
};

const TD = table(
  "TD",
  1,
  "Dimensions",
  { read: "basic", write: "never" },
  { count: at(0, u16, ""), stride: at(2, u16, ""), inner: at(4, u16, "") },
);
const env = (count: number, stride = 0, inner = 0) => ({ TD: { count, stride, inner } });
const count = dim(TD, "count");
const stride = dim(TD, "stride");

/** Counts what is decoded: the measure of work that a short message may cause. */
const counted = <T, E>(layout: Layout<T, E>): { readonly layout: Layout<T, E>; readonly calls: () => number } => {
  let calls = 0;
  return {
    calls: () => calls,
    layout: {
      ...layout,
      decode: (reader, given, scope) => {
        calls++;
        return layout.decode(reader, given, scope);
      },
      size: (given, scope) => {
        calls++;
        return layout.size(given, scope);
      },
    },
  };
};

describe("a counted array", () => {
  const layout = array(count, u16);

  test("has as many elements as the dimension says", () => {
    assert.deepEqual(decode(layout, hex("010002000300"), env(3)), [1, 2, 3]);
    assert.deepEqual(decode(layout, hex(""), env(0)), []);
    assert.equal(toHex(encode(layout, [1, 2, 3], env(3))), "010002000300");
    assert.equal(sizeOf(layout, env(65535)), 131070);
    assert.equal(array(3, u16).fixedSize, 6);
    assert.equal(layout.fixedSize, undefined);
    assert.deepEqual(layout.needs, ["TD"]);
  });

  test("refuses another number of elements, and anything but a list", () => {
    for (const values of [[1, 2], [1, 2, 3, 4], undefined, null, "123", { length: 3 }])
      assert.throws(() => encode(layout, values as number[], env(3)), refusal("shape", "", 0));
    assert.throws(() => encode(layout, [1, 2, 70000], env(3)), refusal("range", "2", 4));
  });

  test("names the element that is cut off", () => {
    const inStruct = struct({ first: at(0, u8, ""), list: at(1, layout, "") });
    assert.throws(() => decode(inStruct, hex("0001000200ff"), env(3)), refusal("truncated", "list.2", 5));
  });

  test("of 65535 elements stops where the data stop", () => {
    const { layout: element, calls } = counted(u16);
    assert.throws(() => decode(array(count, element), hex("0100020003"), env(65535)), refusal("truncated", "2", 4));
    assert.equal(calls(), 3);
  });

  test("of arrays is measured without asking every element", () => {
    const { layout: element, calls } = counted(struct({ list: at(0, array(dim(TD, "inner"), u16), "") }));
    const nested = array(count, element);
    const wild = env(65535, 0, 65535);
    assert.equal(sizeOf(nested, wild), 65535 * 65535 * 2);
    assert.equal(place(nested as Layout<unknown, typeof wild>, [65534, "list", 65534], wild).length, 2);
    assert.ok(calls() < 10, `${calls()}`);
    assert.throws(() => decode(nested, new Uint8Array(100), wild), refusal("truncated", "0.list.50", 100));
  });

  test("of records without bytes ends too", () => {
    const empty = struct({ list: at(0, array(dim(TD, "inner"), u16), "") });
    assert.equal(decode(array(count, empty), hex(""), env(65535)).length, 65535);
    const nested = array(count, struct({ records: at(0, array(count, empty), "") }));
    assert.throws(
      () => decode(nested, hex(""), env(65535)),
      (error) => error instanceof LayoutError && /more than 262144 entries without bytes/.test(error.message),
    );
    assert.deepEqual(leaves(nested, env(65535)), []);
    assert.deepEqual(misplaced(nested, env(65535)), []);
  });

  test("of more fields than any table has is not listed", () => {
    const nested = array(count, struct({ list: at(0, array(count, u8), "") }));
    assert.throws(() => leaves(nested, env(65535)), refusal("shape", "", 0));
    assert.throws(() => misplaced(nested, env(65535)), refusal("shape", "", 0));
    assert.equal(leaves(nested, env(65535), "first").length, 1);
    const note = annotate(nested, hex("0102"), env(65535));
    assert.equal(note.problem?.code, "shape");
    assert.deepEqual(note.unknown, [{ start: 0, end: 2 }]);
  });
});

describe("an array with a stride", () => {
  const record = struct({ a: at(0, u8, ""), b: at(1, u16, "") });
  const layout = array(count, record, stride);

  test("finds each record where the device puts it", () => {
    const data = hex("010200000005060000aa");
    const value = decode(layout, data, env(2, 5));
    assert.deepEqual(value, [
      { a: 1, b: 2 },
      { a: 5, b: 6, tail: hex("00aa") },
    ]);
    assert.deepEqual(encode(layout, value, env(2, 5)), data);
    assert.equal(sizeOf(layout, env(2, 5)), 10);
    assert.equal(locate(layout, [1, "b"], env(2, 5)).offset, 6);
    assert.deepEqual(
      leaves(layout, env(2, 5)).map(({ path, offset }) => [path, offset]),
      [
        ["0.a", 0],
        ["0.b", 1],
        ["1.a", 5],
        ["1.b", 6],
      ],
    );
    assert.deepEqual(annotate(layout, data, env(2, 5)).unknown, [
      { start: 3, end: 5 },
      { start: 8, end: 10 },
    ]);
  });

  test("refuses a stride that the record does not fit", () => {
    assert.throws(() => decode(layout, hex("010203040506"), env(3, 2)), refusal("shape", "0", 3));
    assert.throws(() => decode(layout, hex("010203040506"), env(3, 2)), /reports 2 bytes an entry, fewer than/);
    assert.throws(() => encode(layout, [{ a: 1, b: 2 }], env(1, 2)), refusal("shape", "0", 3));
    assert.throws(() => decode(layout, hex("010203"), env(65535, 0)), refusal("shape", "0", 3));
  });

  test("refuses a malformed tail and one of another length", () => {
    for (const tail of [hex("01"), hex("010203"), "ab", [1, 2]])
      assert.throws(() => encode(layout, [{ a: 1, b: 2, tail } as never], env(1, 5)), refusal("shape", "0", 3));
  });

  test("names the record whose tail is cut off", () => {
    assert.throws(() => decode(layout, hex("010203000001020300"), env(2, 5)), refusal("truncated", "1", 8));
    assert.throws(() => decode(layout, hex("010203"), env(65535, 65535)), refusal("truncated", "0", 3));
  });

  test("is only for records: a number has no room for a tail", () => {
    for (const element of [u8, bytes(2), text(2)])
      assert.throws(() => array(2, element as Layout<unknown>, 4), /TypeError|only records/);
  });

  test("gives back any bytes under any dimensions that fit", () => {
    fc.assert(
      fc.property(fc.nat(5), fc.integer({ min: 3, max: 9 }), fc.infiniteStream(fc.nat(255)), (n, step, stream) => {
        const data = Uint8Array.from(stream.take(n * step));
        assert.deepEqual(encode(layout, decode(layout, data, env(n, step)), env(n, step)), data);
      }),
    );
  });
});

describe("entries that differ by their place", () => {
  const entry = struct({
    id: at(0, u8, ""),
    wide: at(1, when(entryBelow(2), u16), ""),
    narrow: at(1, when(not(entryBelow(2)), u8), ""),
  });
  const layout = struct({ list: at(0, array(count, entry), ""), after: next(u8, "") });

  test("are each measured, read and written in their own form", () => {
    const data = hex("010a00" + "020b00" + "030c" + "040d" + "ff");
    const value = {
      list: [
        { id: 1, wide: 10 },
        { id: 2, wide: 11 },
        { id: 3, narrow: 12 },
        { id: 4, narrow: 13 },
      ],
      after: 255,
    };
    assert.equal(sizeOf(layout, env(4)), 11);
    assert.deepEqual(decode(layout, data, env(4)), value);
    assert.deepEqual(encode(layout, value, env(4)), data);
    assert.equal(locate(layout, ["list", 3, "narrow"], env(4)).offset, 9);
    assert.equal(locate(layout, ["after"], env(4)).offset, 10);
    assert.throws(() => locate(layout, ["list", 3, "wide"], env(4)), LayoutError);
    assert.deepEqual(
      leaves(layout, env(3)).map(({ path, offset }) => [path, offset]),
      [
        ["list.0.id", 0],
        ["list.0.wide", 1],
        ["list.1.id", 3],
        ["list.1.wide", 4],
        ["list.2.id", 6],
        ["list.2.narrow", 7],
        ["after", 8],
      ],
    );
  });

  test("know their place in records within, not in arrays within", () => {
    const inner = struct({ deep: at(0, when(entryBelow(1), u8), "") });
    const nested = array(3, struct({ record: at(0, inner, ""), list: next(array(2, inner), "") }));
    // Record 0: 1 byte; its list: entry 0 has 1 byte, entry 1 none. Records 1 and 2: list only.
    assert.equal(sizeOf(nested, {}), 4);
    const value = [
      { record: { deep: 1 }, list: [{ deep: 2 }, {}] },
      { record: {}, list: [{ deep: 3 }, {}] },
      { record: {}, list: [{ deep: 4 }, {}] },
    ];
    assert.deepEqual(decode(nested, hex("01020304"), {}), value);
    assert.equal(toHex(encode(nested, value, {})), "01020304");
  });
});

describe("an index", () => {
  const layout: Layout<unknown, ReturnType<typeof env>> = array(count, u8) as never;
  test("is a whole number below the count", () => {
    assert.equal(place(layout, [2], env(3)).offset, 2);
    assert.equal(place(layout, ["2"], env(3)).offset, 2);
    for (const key of [3, -1, 1.5, "", " 1", "0x1", "1e0", "length", "__proto__", Number.NaN])
      assert.throws(() => place(layout, [key], env(3)), LayoutError, String(key));
  });
});

describe("records that carry their own length", () => {
  const message = struct({ length: at(0, u8, ""), body: at(1, bytes(own("length")), "") });
  const layout = struct({ size: at(0, u8, ""), records: at(1, recordsUpTo(own("size"), message), "") });

  test("run up to the given byte", () => {
    const data = hex("0602aabb01cc");
    const value = decode(layout, data, {});
    assert.deepEqual(value.records, [
      { length: 2, body: hex("aabb") },
      { length: 1, body: hex("cc") },
    ]);
    assert.deepEqual(encode(layout, value, {}), data);
    assert.deepEqual(decode(layout, hex("01"), {}).records, []);
  });

  test("are refused where they do not end there", () => {
    assert.throws(() => decode(layout, hex("0502aabb01cc"), {}), refusal("shape", "records.1", 6));
    assert.throws(() => decode(layout, hex("00"), {}), refusal("shape", "records", 1));
    assert.throws(() => decode(layout, hex("0602aabb"), {}), refusal("truncated", "records.1.length", 4));
    assert.throws(() => encode(layout, { size: 9, records: [{ length: 1, body: hex("00") }] }, {}), LayoutError);
    assert.throws(() => encode(layout, { size: 1, records: undefined as never }, {}), LayoutError);
    const empty = recordsUpTo(plus(1, 1), struct({ none: at(0, bytes(0), "") }));
    assert.throws(() => decode(empty, hex("0000"), {}), /a record without bytes/);
  });

  test("have no size of their own", () => {
    assert.throws(() => sizeOf(layout, {}), LayoutError);
    assert.deepEqual(
      leaves(layout, {}).map(({ path }) => path),
      ["size"],
    );
  });
});
