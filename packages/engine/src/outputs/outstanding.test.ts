import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Outstanding } from "./outstanding.ts";

describe("what a consumer has not acknowledged yet", () => {
  test("holds the position at the last acknowledged change, over several batches", () => {
    const outstanding = new Outstanding(10);
    outstanding.add([11, 13]);
    outstanding.gave(15);
    outstanding.add([16, 18]);
    assert.deepEqual([outstanding.size, outstanding.cursor, outstanding.range], [4, 10, [11, 18]]);
    assert.deepEqual([outstanding.acknowledge(13), outstanding.cursor], [2, 13]);
    assert.deepEqual([outstanding.acknowledge(12), outstanding.cursor], [0, 13]);
    assert.deepEqual([outstanding.acknowledge(16), outstanding.cursor], [1, 16]);
    assert.deepEqual([outstanding.acknowledge(99), outstanding.cursor, outstanding.range], [1, 18, undefined]);
  });

  test("lets the position pass what is not for the consumer only when nothing before it is outstanding", () => {
    const outstanding = new Outstanding(0);
    outstanding.gave(5);
    assert.equal(outstanding.cursor, 5);
    outstanding.add([6]);
    outstanding.gave(9);
    assert.equal(outstanding.cursor, 5);
    outstanding.acknowledge(6);
    assert.equal(outstanding.cursor, 9);
  });
});
