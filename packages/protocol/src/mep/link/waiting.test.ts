import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Waiting } from "./waiting.ts";

const request = (id: number, priority: number, reads = true) => ({ id, priority, reads });
const order = (waiting: Waiting<ReturnType<typeof request>>): number[] => {
  const ids: number[] = [];
  for (let next = waiting.next(); next !== undefined; next = waiting.next()) ids.push(next.id);
  return ids;
};

describe("requests that wait", () => {
  test("higher priority first, otherwise in order of arrival", () => {
    const waiting = new Waiting<ReturnType<typeof request>>(5);
    for (const [id, priority] of [
      [1, 0],
      [2, 1],
      [3, 0],
      [4, 1],
    ] as const)
      waiting.add(request(id, priority));
    assert.deepEqual(order(waiting), [2, 4, 1, 3]);
  });

  test("full: the oldest read of the lowest priority gives way to a higher one, to its equals nobody", () => {
    const waiting = new Waiting<ReturnType<typeof request>>(4);
    for (const [id, priority] of [
      [1, 1],
      [2, 0],
      [3, 0],
      [4, 2],
    ] as const)
      waiting.add(request(id, priority));
    assert.equal(waiting.add(request(5, 0))?.id, 5);
    assert.equal(waiting.add(request(6, 1))?.id, 2);
    assert.equal(waiting.add(request(7, 3))?.id, 3);
    assert.equal(waiting.length, 4);
    assert.deepEqual(order(waiting), [7, 4, 1, 6]);
  });

  test("a write never gives way", () => {
    const waiting = new Waiting<ReturnType<typeof request>>(2);
    waiting.add(request(1, 0, false));
    waiting.add(request(2, 0, false));
    assert.equal(waiting.add(request(3, 9))?.id, 3);
    assert.deepEqual(order(waiting), [1, 2]);
  });
});
