import assert from "node:assert/strict";
import { test } from "node:test";
import { InOrder } from "./in-order.ts";

test("what is over too early is told after all that began before it", () => {
  const order = new InOrder();
  const told: number[] = [];
  const [first, second, third] = [1, 2, 3].map((n) => order.add(() => told.push(n)));
  second?.();
  assert.deepEqual(told, []);
  first?.();
  assert.deepEqual(told, [1, 2]);
  third?.();
  order.add(() => told.push(4))();
  assert.deepEqual(told, [1, 2, 3, 4]);
});
