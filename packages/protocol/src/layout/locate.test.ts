import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "../errors.ts";
import {
  type AnyTable,
  array,
  at,
  atLeast,
  bool,
  bytes,
  dim,
  entryBelow,
  filler,
  type Layout,
  leaves,
  locate,
  ltimeDate,
  misplaced,
  next,
  not,
  own,
  parseProfile,
  place,
  reserved,
  struct,
  table,
  text,
  u8,
  u16,
  uint,
  when,
} from "./index.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const refusal = (path: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LayoutError, String(error));
  assert.deepEqual([error.code, error.path], ["shape", path]);
  assert.match(error.message, message);
  return true;
};

const DD = table("DD", 1, "", { read: "basic", write: "never" }, { count: at(0, u8, "") });
const entry = struct(
  {
    when: at(3, ltimeDate, ""),
    name: at(9, text(2), ""),
    on: at(11, bool(0), ""),
    mode: at(11, uint(9, 11), ""),
    filler12: at(11, filler(12, 15), ""),
  },
  { from: 3 },
);
const layout = struct({
  first: at(0, u8, "", { unit: "min", vci: "H" }),
  word: at(1, u16, ""),
  entries: at(3, array(dim(DD, "count"), entry, 12), ""),
  later: next(when(atLeast({ meter: [4, 0] }), struct({ x: at(0, u8, ""), reserved1: at(1, reserved(2), "") })), ""),
  last: next(array(2, u16), ""),
});
const env = { DD: { count: 2 }, profile: parseProfile("meter:3.70") };
const young = { DD: { count: 2 }, profile: parseProfile("meter:4.00") };

describe("the place of a part", () => {
  test("is where its bytes are", () => {
    const spot = (path: readonly (string | number)[], given = env) => {
      const { offset, length } = place(layout as Layout<unknown, typeof env>, path, given);
      return [offset, length];
    };
    assert.deepEqual(spot([]), [0, 31]);
    assert.deepEqual(spot(["word"]), [1, 2]);
    assert.deepEqual(spot(["entries"]), [3, 24]);
    assert.deepEqual(spot(["entries", 1]), [15, 10]);
    assert.deepEqual(spot(["entries", 1, "name"]), [21, 2]);
    assert.deepEqual(spot(["entries", 1, "on"]), [23, 1]);
    assert.deepEqual(spot(["entries", 1, "mode"]), [24, 1], "the second byte of its word");
    assert.deepEqual(spot(["last"]), [27, 4]);
    assert.deepEqual(spot(["last", 1], young), [32, 2]);
    assert.deepEqual(spot(["later", "reserved1"], young), [28, 2]);
  });

  test("reads and writes exactly those bytes", () => {
    const name = locate(layout, ["entries", 1, "name"], env);
    assert.equal(name.decode(hex("4142")), "AB");
    assert.deepEqual(name.encode("C"), hex("4300"));
    const first: number = locate(layout, ["first"], env).decode(hex("07"));
    assert.equal(first, 7);
    const date = locate(layout, ["entries", 0, "when"], env);
    assert.equal(date.decode(hex("160203040506")).minute, 5);
    const whole = locate(layout, ["last"], env);
    assert.deepEqual(whole.decode(hex("01000200")), [1, 2]);
    assert.deepEqual(whole.encode([1, 2]), hex("01000200"));
  });

  test("refuses other lengths and values, with the path and the offset in the table", () => {
    const name = locate(layout, ["entries", 1, "name"], env);
    const told = (error: unknown) =>
      error instanceof LayoutError ? [error.code, error.path, error.offset] : assert.fail(String(error));
    const caught = (action: () => unknown) => {
      try {
        action();
      } catch (error) {
        return told(error);
      }
      return assert.fail("no error");
    };
    assert.deepEqual(
      caught(() => name.decode(hex("41"))),
      ["truncated", "entries.1.name", 21],
    );
    assert.deepEqual(
      caught(() => name.decode(hex("414243"))),
      ["trailing", "entries.1.name", 23],
    );
    assert.deepEqual(
      caught(() => name.encode("ABC")),
      ["shape", "entries.1.name", 21],
    );
    const last = locate(layout, ["last"], env);
    assert.deepEqual(
      caught(() => last.encode([1, 70000])),
      ["range", "last.1", 29],
    );
  });

  test("is refused where there is no such part", () => {
    const at = (path: readonly (string | number)[]) => () => place(layout as Layout<unknown, typeof env>, path, env);
    assert.throws(at(["second"]), refusal("second", /there is no "second" here/));
    assert.throws(at(["entries", 2]), refusal("entries.2", /there is no "2" here/));
    assert.throws(at(["entries", 0, "no"]), refusal("entries.0.no", /there is no "no" here/));
    assert.throws(at(["word", "low"]), refusal("word.low", /word has no parts/));
    assert.throws(at(["entries", 0, "on", "x"]), refusal("entries.0.on.x", /entries.0.on has no parts/));
    assert.throws(at(["later"]), refusal("later", /there is no "later" here/));
    assert.throws(at(["later", "x"]), refusal("later.x", /there is no "later" here/));
    for (const key of ["__proto__", "constructor", "toString", ""]) assert.throws(at([key]), LayoutError);
  });

  test("is refused where it moves with a value that is not at hand", () => {
    const moving = struct({ n: at(0, u8, ""), body: at(1, bytes(own("n")), ""), after: next(u8, "") });
    assert.equal(locate(moving, ["n"], {}).offset, 0);
    assert.throws(() => locate(moving, ["body"], {}), LayoutError);
    assert.throws(() => locate(moving, ["after"], {}), LayoutError);
  });

  test("is typed by its path", () => {
    const never = (): boolean => false;
    if (never()) {
      // @ts-expect-error no such field
      locate(layout, ["second"], env);
      // @ts-expect-error entries have numbers
      locate(layout, ["entries", "name"], env);
      // @ts-expect-error a number has no parts
      locate(layout, ["word", "low"], env);
      // @ts-expect-error a text is a string
      locate(layout, ["entries", 0, "name"], env).encode(5);
      // @ts-expect-error DD is not known
      locate(layout, ["first"], { profile: env.profile });
      // @ts-expect-error a date is a record
      const wrong: number = locate(layout, ["entries", 0, "when"], env).decode(hex(""));
      assert.fail(String(wrong));
    }
  });
});

describe("leaves", () => {
  test("are told in order with their place, type and meaning", () => {
    const found = leaves(layout, young);
    assert.deepEqual(
      found.map(({ path, offset, size, type, bits }) => [path, offset, size, type, ...(bits ?? [])]),
      [
        ["first", 0, 1, "UINT8"],
        ["word", 1, 2, "UINT16"],
        ["entries.0.when", 3, 6, "LTIME_DATE"],
        ["entries.0.name", 9, 2, "ARRAY[2] of CHAR"],
        ["entries.0.on", 11, 2, "BOOL(0)", 0, 0],
        ["entries.0.mode", 11, 2, "UINT(9..11)", 9, 11],
        ["entries.0.filler12", 11, 2, "FILL(12..15)", 12, 15],
        ["entries.1.when", 15, 6, "LTIME_DATE"],
        ["entries.1.name", 21, 2, "ARRAY[2] of CHAR"],
        ["entries.1.on", 23, 2, "BOOL(0)", 0, 0],
        ["entries.1.mode", 23, 2, "UINT(9..11)", 9, 11],
        ["entries.1.filler12", 23, 2, "FILL(12..15)", 12, 15],
        ["later.x", 27, 1, "UINT8"],
        ["later.reserved1", 28, 2, "RESERVED[2]"],
        ["last.0", 30, 2, "UINT16"],
        ["last.1", 32, 2, "UINT16"],
      ],
    );
    assert.deepEqual(found[0]?.meta, { unit: "min", vci: "H" });
    assert.deepEqual(
      found.filter(({ reserved }) => reserved).map(({ path }) => path),
      ["entries.0.filler12", "entries.1.filler12", "later.reserved1"],
    );
  });

  test("of the first elements keep the places of what follows", () => {
    assert.deepEqual(
      leaves(layout, env, "first").map(({ path, offset }) => [path, offset]),
      [
        ["first", 0],
        ["word", 1],
        ["entries.0.when", 3],
        ["entries.0.name", 9],
        ["entries.0.on", 11],
        ["entries.0.mode", 11],
        ["entries.0.filler12", 11],
        ["last.0", 27],
      ],
    );
  });

  test("that move with a value are told where the value is given", () => {
    const moving = struct({ n: at(0, u8, ""), body: at(1, bytes(own("n")), ""), after: next(u8, "") });
    const paths = (value?: { n: number; body: Uint8Array; after: number }) =>
      leaves(moving, {}, "all", value).map(({ path, offset, size }) => [path, offset, size]);
    assert.deepEqual(paths(), [["n", 0, 1]]);
    assert.deepEqual(paths({ n: 3, body: hex("010203"), after: 1 }), [
      ["n", 0, 1],
      ["body", 1, 3],
      ["after", 4, 1],
    ]);
  });

  test("in the wrong place are told", () => {
    assert.deepEqual(misplaced(layout, env), []);
    assert.deepEqual(misplaced(struct({ a: next(array(dim(DD, "count"), u8), ""), b: at(3, u8, "") }), env), [
      "b is printed at 3, the fields before it end at 2",
    ]);
  });
});

test("leaves of the first element: elements that differ by index show the first of each kind", () => {
  const byIndex = struct({
    entries: at(
      0,
      array(
        4,
        struct({ a: at(0, u8, ""), b: at(1, when(entryBelow(2), u8), ""), c: at(1, when(not(entryBelow(2)), u8), "") }),
        2,
      ),
      "",
    ),
  });
  assert.deepEqual(
    leaves(byIndex, {}, "first").map(({ path, offset }) => [path, offset]),
    [
      ["entries.0.a", 0],
      ["entries.0.b", 1],
      ["entries.2.c", 5],
    ],
  );
});

describe("a part without bytes", () => {
  const lists: AnyTable = table(
    "LL",
    2,
    "",
    { read: "basic", write: "never" },
    {
      list: at(0, array(dim(DD, "count"), u16), ""),
      maybe: next(when(atLeast({ meter: [4, 0] }), array(dim(DD, "count"), u8)), ""),
      spare: next(reserved(0), ""),
    },
  );
  const empty = { DD: { count: 0 }, profile: parseProfile("meter:3.70") };

  test("an empty list is there, and empty", () => {
    const part = place(lists, ["list"], empty);
    assert.deepEqual([part.offset, part.length, part.decode(new Uint8Array())], [0, 0, []]);
    const later = { ...empty, profile: parseProfile("meter:4.00") };
    assert.deepEqual(place(lists, ["maybe"], later).decode(new Uint8Array()), []);
  });

  test("what a condition takes away is not there", () => {
    assert.throws(() => place(lists, ["maybe"], empty), refusal("maybe", /there is no "maybe" here/));
    assert.throws(() => place(lists, ["spare"], empty), refusal("spare", /there is no "spare" here/));
    assert.throws(() => place(lists, ["list", 0], empty), refusal("list.0", /there is no "0" here/));
  });
});
