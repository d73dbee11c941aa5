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
  decode,
  dim,
  dimOr,
  encode,
  filler,
  flag,
  type Layout,
  next,
  type Profile,
  parseProfile,
  reserved,
  sizeOf,
  struct,
  type TableValue,
  table,
  tableExists,
  times,
  u8,
  u16,
  when,
} from "./index.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const refusal = (path: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LayoutError, String(error));
  assert.deepEqual([error.code, error.path], ["shape", path]);
  assert.match(error.message, message);
  return true;
};

const access = { read: "basic", write: "never" } as const;
const DD = table("DD", 0x0801, "Dimensions", access, {
  count: at(0, u8, ""),
  enabled: at(1, bool(0), ""),
  filler1: at(1, filler(1, 7), ""),
  later: next(when(atLeast({ meter: [4, 0] }), u8), ""),
  laterFlag: next(when(atLeast({ meter: [4, 0] }), bool(0)), ""),
  body: next(bytes(1), ""),
});
const VV = table(
  "VV",
  0x0802,
  "Values",
  access,
  {
    on: at(0, when(flag(DD, "enabled"), u8), ""),
    list: next(array(dim(DD, "count"), u16), ""),
    more: next(array(dimOr(DD, "later", 2), struct({ x: at(0, u8, "") })), ""),
    reserved: next(reserved(1), ""),
  },
  { since: { meter: [3, 30] } },
);
const known = (count: number, enabled: boolean, later?: number) => ({
  DD: { count, enabled, body: hex("00"), ...(later === undefined ? {} : { later }) },
});

describe("a table", () => {
  test("is its struct with a name", () => {
    assert.deepEqual(
      { id: VV.id, number: VV.number, title: VV.title, access: VV.access, since: VV.since },
      { id: "VV", number: 0x0802, title: "Values", access, since: { meter: [3, 30] } },
    );
    assert.equal(DD.since, undefined);
    assert.deepEqual([...new Set(VV.needs)], ["DD"]);
  });

  test("exists from its firmware on", () => {
    const has = (name: string, of: AnyTable) => tableExists(of, parseProfile(name));
    assert.deepEqual([has("meter:3.10", VV), has("meter:3.30", VV), has("module:1.32", VV)], [false, true, false]);
    assert.equal(has("module:1.11", DD), true);
  });

  test("takes its dimensions from another", () => {
    const env = known(2, true, 1);
    assert.equal(sizeOf(VV, env), 1 + 4 + 1 + 1);
    const value = decode(VV, hex("07010002000900"), env);
    assert.deepEqual(value, { on: 7, list: [1, 2], more: [{ x: 9 }] });
    assert.deepEqual(encode(VV, value, env), hex("07010002000900"));
    assert.equal(sizeOf(VV, known(0, false)), 3, "2 where `later` is absent, and the reserved byte");
    assert.equal(sizeOf(VV, known(0, false, 0)), 1);
  });

  test("without what it depends on is a LayoutError that names it", () => {
    const nothing = {} as ReturnType<typeof known>;
    assert.throws(() => decode(VV, hex("00"), nothing), refusal("DD.enabled", /DD must be known first/));
    for (const count of [undefined, null, "2", Number.NaN, 1.5, -1])
      assert.throws(
        () => decode(VV, hex("0000"), { DD: { ...known(0, false).DD, count: count as number } }),
        refusal("DD.count", /no whole number is known/),
      );
    assert.throws(
      () => sizeOf(VV, { DD: { ...known(0, false).DD, later: "2" as never } }),
      refusal("DD.later", /no whole/),
    );
  });

  test("decodes all of its bytes, unless told to leave some", () => {
    const env = known(0, false, 0);
    assert.throws(
      () => decode(VV, hex("0001"), env),
      (error) => error instanceof LayoutError && error.code === "trailing" && error.offset === 1,
    );
    assert.deepEqual(decode(VV, hex("0001"), env, { trailing: "keep" }), { list: [], more: [] });
  });

  test("tells every leaf while it decodes", () => {
    const told: unknown[] = [];
    const onSpan = ({ path, start, end, value }: { path: string; start: number; end: number; value: unknown }) =>
      told.push([path, start, end, value]);
    decode(VV, hex("0701000900"), known(1, true, 1), { onSpan });
    assert.deepEqual(told, [
      ["on", 0, 1, 7],
      ["list.0", 1, 3, 1],
      ["more.0.x", 3, 4, 9],
      ["reserved", 4, 5, hex("00")],
    ]);
  });
});

describe("types", () => {
  type Needed<L> = L extends Layout<infer _T, infer E> ? E : never;
  type IsAny<X> = 0 extends 1 & X ? true : false;
  const never = (): boolean => false;

  test("forgetting a table does not compile", () => {
    if (never()) {
      // @ts-expect-error DD is not known
      decode(VV, hex(""), {});
      // @ts-expect-error DD is not known
      sizeOf(VV, {});
      // @ts-expect-error DD has no such value
      decode(VV, hex(""), { DD: { count: "1" } });
      // @ts-expect-error which firmware it is decides
      decode(DD, hex(""), {});
    }
  });

  test("what a struct needs is never lost, whatever stands beside it", () => {
    const beside = {
      reserved: struct({ r: next(reserved(1), ""), x: next(array(dim(DD, "count"), u8), "") }),
      bytes: struct({ r: next(bytes(1), ""), x: next(array(dim(DD, "count"), u8), "") }),
      array: struct({ r: next(array(1, u8), ""), x: next(array(dim(DD, "count"), u8), "") }),
      strided: struct({
        r: next(array(1, struct({ a: at(0, u8, "") }), 2), ""),
        x: next(array(dim(DD, "count"), u8), ""),
      }),
      bits: struct({ r: next(bool(0), ""), f: next(filler(1, 7), ""), x: next(array(dim(DD, "count"), u8), "") }),
      formula: struct({ r: at(times(0, dim(DD, "count")), reserved(1), "") }),
    };
    type Lost = {
      [K in keyof typeof beside]: IsAny<Needed<(typeof beside)[K]>> extends true ? K : never;
    }[keyof typeof beside];
    const none: Lost[] = [];
    if (never()) {
      // @ts-expect-error DD is not known
      sizeOf(beside.reserved, {});
      // @ts-expect-error DD is not known
      sizeOf(beside.bytes, {});
      // @ts-expect-error DD is not known
      sizeOf(beside.array, {});
      // @ts-expect-error DD is not known
      sizeOf(beside.strided, {});
      // @ts-expect-error DD is not known
      sizeOf(beside.bits, {});
      // @ts-expect-error DD is not known
      sizeOf(beside.formula, {});
    }
    // @ts-expect-error there is none
    none.push("reserved");
    assert.equal(none.length, 1);
  });

  test("several needs add up", () => {
    const profiled = struct({
      a: next(when(atLeast({ meter: [4, 0] }), u8), ""),
      b: next(array(dim(DD, "count"), u8), ""),
    });
    const profile: Profile = parseProfile("meter:4.00");
    assert.equal(sizeOf(profiled, { profile, ...known(2, false) }), 3);
    if (never()) {
      // @ts-expect-error the profile is missing
      sizeOf(profiled, known(2, false));
      // @ts-expect-error DD is missing
      sizeOf(profiled, { profile });
    }
  });

  test("only what is a number is a dimension, only what is a flag is a condition", () => {
    if (never()) {
      // @ts-expect-error not a number
      dim(DD, "enabled");
      // @ts-expect-error not a number
      dim(DD, "body");
      // @ts-expect-error not always there
      dim(DD, "later");
      // @ts-expect-error no such field
      dim(DD, "other");
      // @ts-expect-error always there
      dimOr(DD, "count", 1);
      // @ts-expect-error not a flag
      flag(DD, "count");
      // @ts-expect-error not always there
      flag(DD, "laterFlag");
    }
  });

  test("a value has the fields of its table", () => {
    type VV = TableValue<typeof VV>;
    const value: VV = { list: [1], more: [{ x: 1 }] };
    // @ts-expect-error a list of numbers
    const wrong: VV = { list: ["1"], more: [] };
    assert.notDeepEqual(value, wrong);
  });
});
