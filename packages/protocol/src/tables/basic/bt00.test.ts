/** BT00 to its last byte, against what a real meter sent. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fromHex } from "../../bytes.ts";
import { LayoutError } from "../../errors.ts";
import { annotate } from "../../layout/annotate.ts";
import { type AnyTable, decode, encode, leaves, place, sizeOf } from "../../layout/index.ts";
import { markdown } from "../../layout/markdown.ts";
import { capturedBt00, capturedSets } from "./bt00.vectors.ts";
import { BT00 } from "./bt00-general-configuration.ts";

const captured = fromHex(capturedBt00.data) ?? assert.fail();
const fixed = 19;
/** Where each set ends in the captured bytes. */
const ends = { basic: 29, extended: 42, basicProcedures: 44, extendedProcedures: 56, basicWritable: 66, all: 79 };
const setNames = Object.keys(capturedSets) as (keyof typeof capturedSets)[];

describe("BT00 of a real meter", () => {
  test("is the six sets of tables and procedures, and nothing else", () => {
    const value = decode(BT00, captured, {});
    const { manufacturer, pendingTables, procedureParameterLength, setsEnd } = value;
    assert.deepEqual([manufacturer, pendingTables, procedureParameterLength, setsEnd], ["ELON", 4, 255, undefined]);
    for (const name of setNames) assert.deepEqual(value[name], capturedSets[name], name);
    assert.deepEqual(
      setNames.map((name) => value[name]?.length),
      [47, 77, 8, 57, 13, 47],
    );
    assert.deepEqual(encode(BT00, value, {}), captured);
  });

  test("has a name for each byte", () => {
    const { spans, unknown, problem, value } = annotate(BT00, captured, {});
    assert.deepEqual([unknown, problem], [[], undefined]);
    assert.deepEqual(
      spans.slice(-6).map(({ path, start, end }) => [path, start, end]),
      [
        ["basicTablesUsed", fixed, ends.basic],
        ["extendedTablesUsed", ends.basic, ends.extended],
        ["basicProceduresUsed", ends.extended, ends.basicProcedures],
        ["extendedProceduresUsed", ends.basicProcedures, ends.extendedProcedures],
        ["basicTablesWritable", ends.extendedProcedures, ends.basicWritable],
        ["extendedTablesWritable", ends.basicWritable, ends.all],
      ],
    );
    assert.deepEqual(
      leaves(BT00, {}, "all", value as BT00).map(({ path, offset, size }) => [path, offset, offset + size]),
      spans.map(({ path, start, end }) => [path, start, end]),
    );
  });

  test("cut anywhere is what is there, and goes back to its bytes", () => {
    for (let length = fixed; length <= captured.length; length++) {
      const cut = captured.slice(0, length);
      const value = decode(BT00, cut, {});
      assert.deepEqual(encode(BT00, value, {}), cut, `${length} bytes`);
      assert.deepEqual(annotate(BT00, cut, {}).unknown, [], `${length} bytes`);
      assert.equal(value.setsEnd, [fixed, ...Object.values(ends)].includes(length) ? undefined : length);
      let end = fixed;
      for (const name of setNames) {
        const announced = [10, 13, 2, 12, 10, 13][setNames.indexOf(name)] as number;
        const there = Math.min(announced, length - end);
        // A set that has not begun is unknown, not empty.
        const expected = there <= 0 ? undefined : capturedSets[name].filter((number) => number < 8 * there);
        assert.deepEqual(value[name], expected, `${name} of ${length} bytes`);
        end += announced;
      }
    }
    for (let length = 0; length < fixed; length++)
      assert.throws(() => decode(BT00, captured.slice(0, length), {}), { code: "truncated" });
  });

  test("with bytes after its sets has unknown ones", () => {
    const longer = Uint8Array.of(...captured, 1, 2);
    assert.throws(() => decode(BT00, longer, {}), { code: "trailing" });
    assert.deepEqual(decode(BT00, longer, {}, { trailing: "keep" }), decode(BT00, captured, {}));
    assert.deepEqual(annotate(BT00, longer, {}).unknown, [{ start: 79, end: 81 }]);
  });
});

describe("BT00 of any meter", () => {
  test("is read with the basic key and never written (MEP guide, p. 202)", () => {
    assert.deepEqual(BT00.access, { read: "basic", write: "never" });
  });

  test("of any sizes and any length goes back to its bytes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { minLength: 4, maxLength: 4 }),
        fc.uint8Array({ maxLength: 110 }),
        (sizes, sets) => {
          const data = Uint8Array.of(...captured.subarray(0, 13), ...sizes, 9, 3, ...sets);
          const value = decode(BT00, data, {}, { trailing: "keep" });
          const written = encode(BT00, value, {});
          assert.deepEqual(written, data.slice(0, written.length));
          const announced = sizes.reduce((sum, size) => sum + size, 0) + (sizes[0] as number) + (sizes[1] as number);
          assert.equal(written.length, Math.min(data.length, fixed + announced));
        },
      ),
    );
  });

  test("that announces sets of no bytes has empty ones", () => {
    const none = Uint8Array.of(...captured.subarray(0, 13), 0, 0, 0, 0, 9, 3);
    assert.deepEqual(
      setNames.map((name) => decode(BT00, none, {})[name]),
      setNames.map(() => []),
    );
  });

  test("takes as many bytes as the meter sends, so its sets have no place of their own", () => {
    assert.throws(() => sizeOf(BT00, {}), LayoutError);
    assert.throws(() => place(BT00 as AnyTable, ["basicTablesUsed"], {}), LayoutError);
    assert.equal(place(BT00 as AnyTable, ["pendingTables"], {}).offset, 18);
  });

  test("is refused where a set cannot be written", () => {
    const value = decode(BT00, captured, {});
    const wrong: readonly (readonly [Partial<BT00>, RegExp])[] = [
      [{ basicTablesUsed: [80] }, /basicTablesUsed at byte 19: 80 is not a whole number from 0 to 79/],
      [{ basicTablesUsed: [-1] }, /-1 is not a whole number/],
      [{ basicTablesUsed: [0.5] }, /0.5 is not a whole number/],
      [{ setsEnd: 20, basicTablesUsed: [0, 9] }, /9 is not a whole number from 0 to 7/],
      [{ basicTablesUsed: 3 as unknown as number[] }, /needs a list of numbers/],
      [{ setsEnd: 20, basicTablesUsed: [0] }, /extendedTablesUsed at byte 20: cannot be there without the sets before/],
      [{ setsEnd: 200 }, /setsEnd at byte 79: says that the sets end at byte 200/],
    ];
    for (const [change, message] of wrong) assert.throws(() => encode(BT00, { ...value, ...change }, {}), message);
    const { basicTablesUsed: _, ...hole } = value;
    assert.throws(() => encode(BT00, hole, {}), /extendedTablesUsed at byte 19: cannot be there without/);
  });

  test("has a row for each set in the reference", () => {
    for (const name of setNames) assert.match(markdown(BT00), new RegExp(`\\| ${name} \\|  \\| SET\\[`));
  });
});
