import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  array,
  at,
  bool,
  encode,
  filler,
  int,
  reserved,
  struct,
  table,
  u8,
  u16,
  u32,
  uint,
} from "@meterport/protocol/layout/index";
import fc from "fast-check";
import { cutWrite, mergeTargets, planWrite, writeTarget } from "./write-plan.ts";
import { controlOf, objections } from "./write-rights.ts";

const sample = table(
  "ET200",
  2248,
  "A table for this test",
  { read: "basic", write: "advanced" },
  {
    entries: at(
      0,
      array(
        3,
        struct({
          limit: at(0, u16, "Ours", { vci: "H" }),
          low: at(2, bool(0), "Ours", { vci: "H" }),
          state: at(2, uint(1, 3), "The meter's", { vci: "M" }),
          wide: at(2, uint(4, 13), "Ours, over two bytes", { vci: "H/M" }),
          below: at(2, int(14, 15), "Ours, signed"),
          count: at(4, u32, "The meter's", { vci: "M" }),
          levels: at(8, array(2, u8), "Fixed", { vci: "P" }),
          rest: at(10, reserved(2), "Unknown"),
        }),
        13,
      ),
      "Entries, one byte longer than is known",
    ),
    tail: at(39, filler(0, 7), "Unused"),
  },
);
const size = 40;
const plan = (path: readonly (string | number)[], value: unknown, current: Uint8Array, limit = 456) =>
  planWrite(sample, writeTarget(sample, path, value, {}), slice(path, value, current), objections(sample), {
    limit,
    rewrite: false,
  });
const slice = (path: readonly (string | number)[], value: unknown, current: Uint8Array): Uint8Array => {
  const { range } = writeTarget(sample, path, value, {});
  return current.subarray(range.offset, range.offset + range.length);
};
const written = (path: readonly (string | number)[], value: unknown, current = new Uint8Array(size)) =>
  plan(path, value, current).writes.map(({ offset, data }) => [offset, ...data]);

describe("a plan", () => {
  test("sends whole values, bits among their neighbours", () => {
    assert.deepEqual(written(["entries", 1, "limit"], 1), [[13, 1, 0]]);
    const busy = new Uint8Array(size).fill(0xff);
    assert.deepEqual(written(["entries", 0, "low"], false, busy), [[2, 0xfe]]);
    assert.deepEqual(written(["entries", 0, "wide"], 0, busy), [[2, 0x0f, 0xc0]]);
    assert.deepEqual(written(["entries", 0, "below"], -2), [[3, 0x80]]);
    assert.deepEqual(written(["entries", 0, "wide"], 0x201), [[2, 0x10, 0x20]]);
    assert.deepEqual(written(["entries", 0, "limit"], 0), []);
  });

  test("refuses fields that the meter controls, if named even when nothing changes", () => {
    for (const [key, value] of [
      ["state", 0],
      ["count", 0],
      ["rest", new Uint8Array(2)],
    ] as const)
      assert.throws(() => plan(["entries", 0, key], value, new Uint8Array(size)), { code: "not-writable-field" });
    assert.throws(() => plan(["entries", 0, "levels"], [1, 0], new Uint8Array(size)), {
      message: "write ET200.entries.0.levels.0: the meter controls it; nothing was sent",
    });
    assert.throws(() => plan(["entries", 0, "levels", 1], 1, new Uint8Array(size)), { code: "not-writable-field" });
    assert.throws(() => plan(["tail"], 1, new Uint8Array(size)), { code: "not-writable-field" });
    assert.throws(() => plan(["entries", 0, "low"], 1, new Uint8Array(size)), { name: "LayoutError" });
    assert.throws(() => plan(["entries", 0, "wide"], 1024, new Uint8Array(size)), { name: "LayoutError" });
    assert.throws(() => plan(["entries", 3, "low"], true, new Uint8Array(size)), { name: "LayoutError" });
  });

  test("leaves bytes alone that belong to no field", () => {
    const current = new Uint8Array(size);
    current[12] = 7;
    const entry = {
      limit: 1,
      low: true,
      state: 0,
      wide: 0,
      below: 0,
      count: 0,
      levels: [0, 0],
    };
    const entries = [{ ...entry, tail: Uint8Array.of(7) }, entry, entry];
    assert.deepEqual(written(["entries"], entries, current), [
      [0, 1, 0, 1, 0],
      [13, 1, 0, 1, 0],
      [26, 1, 0, 1, 0],
    ]);
    assert.throws(() => plan(["entries"], [entry, entry, entry], current), {
      message: "write ET200: byte 12 belongs to no known field; nothing was sent",
    });
  });

  test("never touches a byte that only the meter controls, and writes the value in full", () => {
    const ours = fc.record({
      limit: fc.nat(0xffff),
      low: fc.boolean(),
      wide: fc.nat(1023),
      below: fc.integer({ min: -2, max: 1 }),
    });
    fc.assert(
      fc.property(
        fc.array(ours, { minLength: 3, maxLength: 3 }),
        fc.array(ours, { minLength: 3, maxLength: 3 }),
        fc.integer({ min: 4, max: 60 }),
        (before, after, limit) => {
          const fixed = { state: 5, count: 123456, levels: [1, 2] };
          const bytes = (entries: typeof before) =>
            encode(sample, { entries: entries.map((entry) => ({ ...entry, ...fixed })) }, {});
          const current = bytes(before);
          const value = after.map((entry) => ({ ...entry, ...fixed }));
          const { writes } = plan(["entries"], value, current, limit);
          for (const { offset, data } of writes) {
            assert.ok(data.length > 0 && data.length <= limit);
            for (let i = offset; i < offset + data.length; i++) assert.ok(i % 13 < 4, `byte ${i}`);
            current.set(data, offset);
          }
          assert.deepEqual(current, bytes(after));
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("control", () => {
  test("is that of the nearest field around", () => {
    const described = sample.describe();
    assert.equal(controlOf(described, ["entries", "0", "levels", "1"]), "P");
    assert.equal(controlOf(described, ["entries", 2, "below"]), undefined);
    assert.equal(controlOf(described, ["entries", 2, "nothing"]), undefined);
  });
});

describe("cutWrite", () => {
  test("covers the run without a gap, and avoids lengths that fill the digest's blocks if possible", () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 64, max: 456 }),
        (offset, length, limit) => {
          const pieces = cutWrite({ offset, length }, limit);
          let end = offset;
          for (const piece of pieces) {
            assert.equal(piece.offset, end);
            assert.ok(piece.length > 0 && piece.length <= limit);
            end += piece.length;
          }
          assert.equal(end, offset + length);
          assert.equal(pieces.length, Math.ceil(length / limit));
        },
      ),
    );
    assert.deepEqual(cutWrite({ offset: 0, length: 180 }, 456), [{ offset: 0, length: 180 }]);
    for (const length of [456 + 180, 456 + 372, 2 * 456 + 180])
      for (const piece of cutWrite({ offset: 0, length }, 456)) assert.notEqual((piece.length + 12) % 192, 0);
  });
});

describe("several fields of a table", () => {
  const plan = (fields: readonly (readonly [readonly (string | number)[], unknown])[]) => {
    const env = {};
    const targets = fields.map(([path, value]) => writeTarget(sample, path, value, env));
    const target = mergeTargets(sample, targets, env);
    const current = new Uint8Array(target.range.length).fill(0xaa);
    return planWrite(sample, target, current, objections(sample), { limit: 400, rewrite: false });
  };

  test("take one read, and unrequested fields between them are not written", () => {
    const { writes } = plan([
      [["entries", 0, "limit"], 1],
      [["entries", 1, "limit"], 2],
      [["entries", 0, "low"], true],
    ]);
    assert.deepEqual(
      writes.map(({ offset, data }) => [offset, data.length]),
      [
        [0, 4],
        [13, 2],
      ],
    );
  });

  test("are all refused if the meter controls one of them; the same one twice is an error", () => {
    assert.throws(
      () =>
        plan([
          [["entries", 0, "limit"], 1],
          [["entries", 0, "count"], 0xaaaaaaaa],
        ]),
      {
        code: "not-writable-field",
      },
    );
    assert.throws(
      () =>
        plan([
          [["entries", 0, "limit"], 1],
          [["entries", 0, "limit"], 2],
        ]),
      { code: "overlap" },
    );
  });
});
