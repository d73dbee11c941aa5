import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "../errors.ts";
import {
  all,
  any,
  at,
  atLeast,
  bitBytes,
  type Cond,
  dim,
  either,
  entryBelow,
  exceeds,
  minus,
  not,
  own,
  ownIs,
  parseProfile,
  plus,
  table,
  times,
  u8,
} from "./index.ts";

const TT = table(
  "TT",
  1,
  "Dimensions",
  { read: "basic", write: "never" },
  { a: at(0, u8, ""), b: at(1, u8, ""), c: at(2, u8, "") },
);
const a = dim(TT, "a");
const b = dim(TT, "b");
const env = { TT: { a: 9, b: 2, c: 0 }, profile: parseProfile("meter:3.70") };
const scope = { index: 3, self: { count: 5, on: true, kind: 2 } };
const outside = { index: 0, self: undefined };
const young = atLeast({ meter: [4, 0] });
const old = atLeast({ meter: [3, 30], module: [1, 11] });

describe("numbers", () => {
  test("are computed from dimensions", () => {
    assert.equal(plus(a, 1).eval(env, scope), 10);
    assert.equal(minus(a, b).eval(env, scope), 7);
    assert.equal(minus(b, a).eval(env, scope), 0, "never below 0");
    assert.equal(times(a, b).eval(env, scope), 18);
    assert.equal(either(young, a, b).eval(env, scope), 2);
    assert.equal(either(old, a, b).eval(env, scope), 9);
    assert.equal(own("count").eval(env, scope), 5);
    for (const [bits, bytes] of [
      [0, 0],
      [1, 1],
      [7, 1],
      [8, 1],
      [9, 2],
      [255, 32],
    ] as const)
      assert.equal(bitBytes(bits).eval(env, scope), bytes);
  });

  test("are known beforehand where nothing varies", () => {
    assert.equal(plus(times(2, 3), 1).fixed, 7);
    assert.equal(minus(1, 3).fixed, 0);
    assert.equal(bitBytes(9).fixed, 2);
    assert.equal(plus(a, 1).fixed, undefined);
    assert.equal(either(young, 1, 1).fixed, undefined);
  });

  test("print with the brackets that their order of evaluation wants", () => {
    const branch = either(young, 4, 5);
    for (const [expression, text] of [
      [plus(a, plus(b, 1)), "TT.a + TT.b + 1"],
      [times(plus(a, 1), b), "(TT.a + 1) * TT.b"],
      [times(a, times(b, 2)), "TT.a * TT.b * 2"],
      [minus(a, plus(b, 1)), "TT.a - (TT.b + 1)"],
      [minus(minus(a, b), 1), "TT.a - TT.b - 1"],
      [plus(times(plus(a, 1), 2), 3), "(TT.a + 1) * 2 + 3"],
      [times(bitBytes(a), 2), "((TT.a + 7) / 8) * 2"],
      [plus(bitBytes(a), 2), "(TT.a + 7) / 8 + 2"],
      [bitBytes(plus(a, b)), "(TT.a + TT.b + 7) / 8"],
      [branch, "4 if firmware meter 4.00 or later, else 5"],
      [plus(branch, 1), "(4 if firmware meter 4.00 or later, else 5) + 1"],
      [plus(1, branch), "1 + (4 if firmware meter 4.00 or later, else 5)"],
      [times(branch, a), "(4 if firmware meter 4.00 or later, else 5) * TT.a"],
      [minus(branch, 1), "(4 if firmware meter 4.00 or later, else 5) - 1"],
      [minus(a, branch), "TT.a - (4 if firmware meter 4.00 or later, else 5)"],
      [bitBytes(branch), "((4 if firmware meter 4.00 or later, else 5) + 7) / 8"],
      [
        either(old, branch, 6),
        "(4 if firmware meter 4.00 or later, else 5) if firmware meter 3.30, module 1.11 or later, else 6",
      ],
    ] as const)
      assert.equal(expression.text, text);
  });

  test("tell what they depend on", () => {
    const mixed = either(ownIs("on", true), plus(a, own("count")), bitBytes(b));
    assert.deepEqual([...mixed.needs], ["TT", "TT"]);
    assert.deepEqual([...mixed.own], ["on", "count"]);
    assert.equal(mixed.indexed, false);
    const moving = [
      either(entryBelow(4), 1, 2),
      plus(1, either(entryBelow(4), a, 2)),
      bitBytes(either(not(entryBelow(4)), 1, 2)),
      either(all(entryBelow(4), old), 1, 2),
      either(any(old, entryBelow(4)), 1, 2),
      either(exceeds(either(entryBelow(1), 1, 2), 1), 1, 2),
    ];
    for (const expression of moving) assert.equal(expression.indexed, true, expression.text);
  });
});

describe("conditions", () => {
  const truth = (cond: Cond<typeof env>, at = scope) => cond.test(env, at);

  test("ask the firmware", () => {
    assert.equal(truth(old), true);
    assert.equal(truth(young), false);
    const modules = { ...env, profile: parseProfile("module:1.20") };
    assert.equal(old.test(modules, scope), true);
    assert.equal(young.test(modules, scope), false, "a family that is not named never has it");
  });

  test("combine", () => {
    assert.equal(truth(not(young)), true);
    assert.equal(truth(all(old, young)), false);
    assert.equal(truth(all(old, old)), true);
    assert.equal(truth(any(old, young)), true);
    assert.equal(truth(any(young, young)), false);
    assert.equal(truth(exceeds(a, 8)), true);
    assert.equal(truth(exceeds(a, 9)), false);
    assert.equal(truth(entryBelow(4)), true);
    assert.equal(truth(entryBelow(3)), false);
    assert.equal(truth(ownIs("on", true)), true);
    assert.equal(truth(ownIs("kind", 3)), false);
    assert.equal(truth(ownIs("on", 1)), false, "a flag is not a number");
  });

  test("print so that they cannot be read otherwise", () => {
    for (const [cond, text] of [
      [all(any(ownIs("a", 1), ownIs("b", 2)), old), "(a = 1 or b = 2) and firmware meter 3.30, module 1.11 or later"],
      [any(all(ownIs("a", 1), ownIs("b", 2)), ownIs("c", true)), "a = 1 and b = 2 or c = true"],
      [not(any(ownIs("a", 1), young)), "not (a = 1 or firmware meter 4.00 or later)"],
      [exceeds(plus(a, 1), 8), "TT.a + 1 > 8"],
      [exceeds(either(young, 1, 2), 1), "(1 if firmware meter 4.00 or later, else 2) > 1"],
      [entryBelow(4), "entry 0..3"],
    ] as const)
      assert.equal(cond.text, text);
  });

  test("on a value that is not at hand are a LayoutError", () => {
    for (const read of [
      () => own("count").eval(env, outside),
      () => ownIs("on", true).test(env, outside),
      () => own("other").eval(env, scope),
    ])
      assert.throws(read, (error) => error instanceof LayoutError && /not known/.test(error.message));
  });
});
