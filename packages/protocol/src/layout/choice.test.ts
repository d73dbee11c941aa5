import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "../errors.ts";
import { annotate } from "./annotate.ts";
import {
  array,
  at,
  bool,
  choice,
  decode,
  encode,
  entryBelow,
  exceeds,
  filler,
  form,
  leaves,
  locate,
  misplaced,
  not,
  own,
  ownIs,
  sizeOf,
  struct,
  table,
  u8,
  u16,
} from "./index.ts";
import { markdown } from "./markdown.ts";

const wide = struct({ value: at(1, u16, "Wide") }, { from: 1 });
const narrow = struct({ low: at(1, u8, "Low"), high: at(2, u8, "High") }, { from: 1 });
const T = table(
  "ET99",
  0x0863,
  "Choice",
  { read: "none", write: "none" },
  {
    items: at(
      0,
      array(
        3,
        struct({
          isWide: at(0, bool(0), "Which form"),
          filler1: at(0, filler(1, 7), "Filler"),
          body: at(
            1,
            choice({
              last: form(not(entryBelow(2)), struct({ raw: at(0, u16, "Raw") }), "The last one"),
              wide: form(ownIs("isWide", true), wide, "One number"),
              narrow: form(ownIs("isWide", false), narrow, "Two numbers"),
            }),
            "One of three forms",
          ),
        }),
      ),
      "Three records",
    ),
  },
);
const data = Uint8Array.of(1, 2, 3, 0, 2, 3, 0, 2, 3);

describe("choice", () => {
  test("decodes to the form that fits, under its name, and back", () => {
    const value = decode(T, data, {});
    assert.deepEqual(
      value.items.map(({ body }) => body),
      [{ wide: { value: 0x302 } }, { narrow: { low: 2, high: 3 } }, { last: { raw: 0x302 } }],
    );
    assert.deepEqual(encode(T, value, {}), data);
  });

  test("has a size where the contents do not matter for it", () => {
    assert.equal(sizeOf(T, {}), 9);
    assert.deepEqual(misplaced(T, {}), []);
    const uneven = choice({
      one: form(exceeds(own("n"), 5), struct({ a: at(0, u8, "A") }), "One byte"),
      two: form(not(exceeds(own("n"), 5)), struct({ a: at(0, u16, "A") }), "Two bytes"),
    });
    const record = struct({ n: at(0, u8, "N"), body: at(1, uneven, "Body") });
    assert.throws(() => sizeOf(record, {}), /1 or 2 bytes/);
    assert.deepEqual(decode(record, Uint8Array.of(6, 1), {}), { n: 6, body: { one: { a: 1 } } });
    assert.deepEqual(decode(record, Uint8Array.of(5, 1, 2), {}), { n: 5, body: { two: { a: 0x201 } } });
  });

  test("shows the leaves of each form that is possible, and no other", () => {
    const paths = leaves(T, {}).filter(({ path }) => path.includes("body"));
    assert.deepEqual(
      paths.map(({ path, offset }) => [path, offset]),
      [
        ["items.0.body.wide.value", 1],
        ["items.0.body.narrow.low", 1],
        ["items.0.body.narrow.high", 2],
        ["items.1.body.wide.value", 4],
        ["items.1.body.narrow.low", 4],
        ["items.1.body.narrow.high", 5],
        ["items.2.body.last.raw", 7],
      ],
    );
    const { spans, unknown } = annotate(T, data, {});
    assert.deepEqual(unknown, []);
    assert.deepEqual(
      spans.map(({ path }) => path).filter((path) => path.includes("body")),
      ["items.0.body.wide.value", "items.1.body.narrow.low", "items.1.body.narrow.high", "items.2.body.last.raw"],
    );
  });

  test("finds parts of possible forms", () => {
    const high = locate(T, ["items", 0, "body", "narrow", "high"], {});
    assert.deepEqual([high.offset, high.length, high.decode(Uint8Array.of(7))], [2, 1, 7]);
    assert.throws(() => locate(T, ["items", 0, "body", "last", "raw"], {}), LayoutError);
    assert.throws(() => locate(T, ["items", 2, "body", "wide", "value"], {}), LayoutError);
  });

  test("asks no condition whose value is not at hand", () => {
    const unasked = { ...ownIs("isWide", true), test: () => assert.fail("it was asked") };
    const layout = choice({
      wide: form(unasked, wide, "One number"),
      narrow: form(ownIs("isWide", false), narrow, "Two"),
    });
    const found = leaves(layout, {}).map(({ path }) => path);
    assert.deepEqual(found, ["wide.value", "narrow.low", "narrow.high"]);
  });

  test("refuses a value of another form, of two forms or of none", () => {
    const { items } = decode(T, data, {});
    const [first, second, third] = items;
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const encoded = (body: typeof first.body) => () => encode(T, { items: [{ ...first, body }, second, third] }, {});
    assert.throws(encoded(second.body), /needs the form "wide" because isWide = true/);
    assert.throws(encoded({ ...first.body, ...second.body }), /the form "narrow" does not exist here/);
    assert.throws(encoded({}), LayoutError);
    assert.throws(encoded(null as never), LayoutError);
    const none = choice({ never: form(exceeds(0, 1), wide, "Never") });
    assert.throws(() => decode(none, Uint8Array.of(0, 0), {}), /none of its forms fits/);
  });

  test("is documented form by form", () => {
    const page = markdown(T);
    assert.match(page, /items\.n\.body\.wide \| +\| record, if isWide = true/);
    assert.match(page, /items\.n\.body\.narrow\.high \| 2 \| UINT8/);
  });

  test("is made of records only", () => {
    assert.throws(() => choice({ a: form(entryBelow(1), u8, "A number") }), TypeError);
  });
});
