import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { array, recordsUpTo } from "./array.ts";
import { choice, form } from "./choice.ts";
import { when } from "./conditional.ts";
import { minus, own, ownIs } from "./expression.ts";
import { outermost } from "./layout.ts";
import { leaves } from "./locate.ts";
import { bytes, u8, u16 } from "./primitives.ts";
import { partOf, sizeWithValue } from "./size-with-value.ts";
import { at, next, struct } from "./struct.ts";
import { decode } from "./table.ts";

const list = struct({ count: at(0, u8, "Entries"), entries: at(1, array(own("count"), u16), "Entries") });
/** The same name in and around a record: each means its own. */
const nested = struct({
  count: at(0, u8, "Bytes at the end"),
  inner: at(1, list, "A list of its own count"),
  lists: next(array(2, list), "Two more"),
  end: next(bytes(own("count")), "The rest"),
});
const data = Uint8Array.of(3, 1, 0xaa, 0xaa, 2, 0xbb, 0xbb, 0xbb, 0xbb, 0, 7, 8, 9);
const places = (found: ReturnType<typeof leaves>) => found.map(({ path, offset, size }) => [path, offset, size]);

describe("leaves of a value", () => {
  const value = decode(nested, data, {});

  test("follow it into records and lists", () => {
    assert.deepEqual(places(leaves(nested, {}, "all", value)), [
      ["count", 0, 1],
      ["inner.count", 1, 1],
      ["inner.entries.0", 2, 2],
      ["lists.0.count", 4, 1],
      ["lists.0.entries.0", 5, 2],
      ["lists.0.entries.1", 7, 2],
      ["lists.1.count", 9, 1],
      ["end", 10, 3],
    ]);
  });

  test("show only the first elements where these are asked for, and what follows all of them", () => {
    const paths = leaves(nested, {}, "first", value).map(({ path, offset }) => `${path}@${offset}`);
    assert.deepEqual(paths, [
      "count@0",
      "inner.count@1",
      "inner.entries.0@2",
      "lists.0.count@4",
      "lists.0.entries.0@5",
      "end@10",
    ]);
  });

  test("end where the value ends, and without one where the first unknown length stands", () => {
    const { inner: _inner, ...rest } = value;
    assert.deepEqual(places(leaves(nested, {}, "all", rest as typeof value)), [["count", 0, 1]]);
    assert.deepEqual(places(leaves(nested, {})), [["count", 0, 1]]);
    // A value that does not fit tells nothing.
    const wrong = { ...value, inner: { count: 9, entries: [] } };
    assert.deepEqual(places(leaves(nested, {}, "all", wrong)), [["count", 0, 1]]);
  });

  test("are those of the form that it has", () => {
    const two = struct({
      kind: at(0, u8, "Which form"),
      body: at(
        1,
        choice({
          small: form(ownIs("kind", 0), struct({ a: at(0, u8, "One byte") }), "Small"),
          large: form(ownIs("kind", 1), struct({ kind: at(0, u8, "Another"), b: at(1, u16, "Two") }), "Large"),
        }),
        "One of two",
      ),
      end: next(when(ownIs("kind", 1), u8), "Only after the large form"),
    });
    const paths = (...bytes: number[]) =>
      leaves(two, {}, "all", decode(two, Uint8Array.from(bytes), {})).map(({ path }) => path);
    assert.deepEqual(paths(0, 5), ["kind", "body.small.a"]);
    assert.deepEqual(paths(1, 0, 5, 6, 7), ["kind", "body.large.kind", "body.large.b", "end"]);
  });

  test("of records up to a byte of the table lie one after another", () => {
    const records = struct({
      size: at(0, u8, "Bytes of all"),
      records: next(recordsUpTo(minus(own("size"), 1), list), "Lists"),
      end: next(u8, "The last byte"),
    });
    const value = decode(records, Uint8Array.of(8, 1, 1, 0, 1, 2, 0, 9), {});
    assert.deepEqual(
      leaves(records, {}, "all", value).map(({ path, offset }) => `${path}@${offset}`),
      ["size@0", "records.0.count@1", "records.0.entries.0@2", "records.1.count@4", "records.1.entries.0@5", "end@7"],
    );
  });
});

test("a size is that of the declaration, else that of the value, else unknown", () => {
  assert.equal(sizeWithValue(struct({ a: at(0, u16, "") }), {}, outermost, 0, undefined), 2);
  assert.equal(sizeWithValue(list, {}, outermost, 5, { count: 2, entries: [1, 2] }), 5);
  assert.equal(sizeWithValue(list, {}, outermost, 5, undefined), undefined);
  assert.equal(sizeWithValue(list, {}, outermost, 5, "no list"), undefined);
});

test("a part of anything but a record is unknown", () => {
  assert.deepEqual(
    [partOf({ a: 1 }, "a"), partOf([5, 6], 1), partOf(undefined, "a"), partOf("text", 0)],
    [1, 6, undefined, undefined],
  );
});
