import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "../errors.ts";
import { array } from "./array.ts";
import { difference } from "./difference.ts";
import { own } from "./expression.ts";
import { leaves } from "./locate.ts";
import { u8 } from "./primitives.ts";
import { recordsWithin } from "./records-within.ts";
import { at, next, struct } from "./struct.ts";
import { decode, encode } from "./table.ts";

const layout = struct({
  total: at(0, u8, "Bytes of all"),
  records: at(
    1,
    recordsWithin(
      difference(own("total"), 2),
      struct({ count: at(0, u8, "Values"), values: at(1, array(own("count"), u8), "Values") }),
    ),
    "Records",
  ),
  end: next(u8, "Behind the records"),
});

describe("recordsWithin", () => {
  test("reads as many records as fill the bytes", () => {
    for (const data of [
      [2, 9],
      [3, 0, 9],
      [7, 2, 5, 6, 1, 7, 9],
      [5, 0, 0, 0, 9],
    ]) {
      const value = decode(layout, Uint8Array.from(data), {});
      assert.equal(value.end, 9);
      assert.deepEqual([...encode(layout, value, {})], data);
    }
    const { records } = decode(layout, Uint8Array.of(7, 2, 5, 6, 1, 7, 9), {});
    assert.deepEqual(records, [
      { count: 2, values: [5, 6] },
      { count: 1, values: [7] },
    ]);
  });

  test("refuses records that do not fill them, and sizes below 0", () => {
    assert.throws(() => decode(layout, Uint8Array.of(4, 2, 5, 6, 9), {}), /goes past the 2 bytes/);
    assert.throws(() => decode(layout, Uint8Array.of(1, 9), {}), /cannot have -1 bytes/);
    assert.throws(() => decode(layout, Uint8Array.of(200, 0, 0), {}), { name: "LayoutError", code: "truncated" });
    const wrong = { total: 9, records: [{ count: 0, values: [] }], end: 9 };
    assert.throws(() => encode(layout, wrong, {}), /have 1 bytes, but total - 2 says 7/);
    assert.throws(() => encode(layout, { ...wrong, records: undefined as unknown as [] }, {}), LayoutError);
  });

  test("refuses records without bytes", () => {
    const empty = recordsWithin(3, struct({}));
    assert.throws(() => decode(empty, new Uint8Array(3), {}), /without bytes/);
  });

  test("shows the place of each record and of what follows them all", () => {
    const value = decode(layout, Uint8Array.of(7, 2, 5, 6, 1, 7, 9), {});
    const shown = (elements: "all" | "first") =>
      leaves(layout, {}, elements, value).map(({ path, offset }) => [path, offset]);
    assert.deepEqual(shown("all"), [
      ["total", 0],
      ["records.0.count", 1],
      ["records.0.values.0", 2],
      ["records.0.values.1", 3],
      ["records.1.count", 4],
      ["records.1.values.0", 5],
      ["end", 6],
    ]);
    assert.deepEqual(shown("first"), [
      ["total", 0],
      ["records.0.count", 1],
      ["records.0.values.0", 2],
      ["end", 6],
    ]);
    assert.deepEqual(leaves(layout, {}).length, 1);
  });
});
