import assert from "node:assert/strict";
import { test } from "node:test";
import { InOrder } from "./in-order.ts";

test("what is over too early is told after all that began before it", () => {
  const order = new InOrder();
  const told: number[] = [];
  const begin = (n: number): (() => void) => order.add(() => void told.push(n));
  const [first, second, third] = [1, 2, 3].map(begin);
  second?.();
  assert.deepEqual(told, []);
  first?.();
  assert.deepEqual(told, [1, 2]);
  third?.();
  begin(4)();
  assert.deepEqual(told, [1, 2, 3, 4]);
});
