import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LayoutError } from "../errors.ts";
import { annotate } from "./annotate.ts";
import { array, at, bool, bytes, dim, filler, own, reserved, struct, table, u8, u16 } from "./index.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));

const DD = table("DD", 1, "", { read: "basic", write: "never" }, { count: at(0, u8, ""), stride: at(1, u8, "") });
const layout = struct({
  first: at(0, u16, "", { unit: "s" }),
  on: at(2, bool(0), ""),
  high: at(2, bool(9), ""),
  filler10: at(2, filler(10, 15), ""),
  reserved4: at(4, reserved(2), ""),
  list: at(6, array(dim(DD, "count"), struct({ x: at(0, u8, ""), y: at(1, u16, "") }), dim(DD, "stride")), ""),
});
const env = (count: number, stride = 3) => ({ DD: { count, stride } });

describe("an annotation", () => {
  test("of a whole table names every byte", () => {
    const { value, spans, unknown, problem } = annotate(
      layout,
      hex("0a00" + "0106" + "0000" + "010200" + "030400"),
      env(2),
    );
    assert.deepEqual(value, {
      first: 10,
      on: true,
      high: true,
      filler10: 1,
      list: [
        { x: 1, y: 2 },
        { x: 3, y: 4 },
      ],
    });
    assert.deepEqual(
      spans.map(({ path, start, end, value: shown, bits }) => [path, start, end, shown, ...(bits ?? [])]),
      [
        ["first", 0, 2, 10],
        ["on", 2, 4, true, 0, 0],
        ["high", 2, 4, true, 9, 9],
        ["filler10", 2, 4, 1, 10, 15],
        ["reserved4", 4, 6, hex("0000")],
        ["list.0.x", 6, 7, 1],
        ["list.0.y", 7, 9, 2],
        ["list.1.x", 9, 10, 3],
        ["list.1.y", 10, 12, 4],
      ],
    );
    assert.deepEqual([unknown, problem], [[], undefined]);
    assert.deepEqual(spans[0]?.meta, { unit: "s" });
    assert.deepEqual(
      spans.filter(({ reserved: none }) => none).map(({ path }) => path),
      ["filler10", "reserved4"],
    );
  });

  test("marks bytes between records, and bytes past the end", () => {
    const { unknown, problem } = annotate(layout, hex("000000000000" + "01020009" + "01020009" + "aabb"), env(2, 4));
    assert.deepEqual(unknown, [
      { start: 9, end: 10 },
      { start: 13, end: 16 },
    ]);
    assert.deepEqual([problem?.code, problem?.offset], ["trailing", 14]);
    assert.match(String(problem?.message), /2 bytes beyond the declared layout/);
  });

  test("of a slice tells what lies within it, at offsets of the table", () => {
    const { value, spans, unknown, problem } = annotate(layout, hex("0600000102"), env(2), 3);
    assert.equal(value, undefined);
    assert.equal(problem, undefined);
    assert.deepEqual(
      spans.map(({ path, value: shown }) => [path, shown]),
      // Of the word at 2, only bits of its second byte; `list.0.y` is cut.
      [
        ["high", true],
        ["filler10", 1],
        ["reserved4", hex("0000")],
        ["list.0.x", 1],
      ],
    );
    assert.deepEqual(unknown, [{ start: 7, end: 8 }]);
  });

  test("of a body that is too short tells what is whole", () => {
    const { spans, unknown, value } = annotate(layout, hex("0a0001"), env(1));
    assert.deepEqual([spans.map(({ path }) => path), unknown, value], [["first", "on"], [], undefined]);
  });

  test("says why the bytes do not fit", () => {
    const moving = struct({ n: at(0, u8, ""), body: at(1, bytes(own("n")), "") });
    const { value, spans, unknown, problem } = annotate(moving, hex("0501"), {});
    assert.equal(value, undefined);
    assert.deepEqual([problem?.code, problem?.path, problem?.offset], ["truncated", "body", 1]);
    assert.deepEqual([spans.length, unknown], [1, [{ start: 1, end: 2 }]]);
    const wrongStride = annotate(layout, hex("000000000000010203"), env(3, 1));
    assert.equal(wrongStride.problem?.code, "shape");
    assert.equal(annotate(layout, hex("000000000000"), {} as ReturnType<typeof env>).problem?.code, "shape");
  });

  test("past the table's end knows nothing", () => {
    const { spans, unknown, problem } = annotate(layout, hex("0102"), env(0), 20);
    assert.deepEqual([spans, unknown, problem?.code], [[], [{ start: 20, end: 22 }], "trailing"]);
  });

  test("of any bytes at any place covers each byte exactly as known or unknown", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(30),
        fc.nat(255),
        fc.nat(255),
        (data, offset, count, stride) => {
          const { spans, unknown, problem } = annotate(layout, data, env(count, stride), offset);
          assert.ok(problem === undefined || problem instanceof LayoutError);
          const known = new Set<number>();
          for (const { start, end, bits } of spans) {
            const from = bits === undefined ? start : start + Math.floor(bits[0] / 8);
            const to = bits === undefined ? end : start + Math.floor(bits[1] / 8) + 1;
            for (let i = from; i < to; i++) known.add(i);
          }
          for (const { start, end } of unknown)
            for (let i = start; i < end; i++) {
              assert.equal(known.has(i), false);
              known.add(i);
            }
          assert.deepEqual(
            [...known].sort((a, b) => a - b),
            Array.from(data, (_, i) => offset + i),
          );
        },
      ),
    );
  });
});
