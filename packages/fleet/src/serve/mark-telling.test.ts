import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeGateway } from "./fake-gateway.test-kit.ts";
import { MarkTelling } from "./mark-telling.ts";

const setUp = (points: string[]) => {
  const gateway = new FakeGateway();
  const told: string[] = [];
  const state = { isAway: false };
  const telling = new MarkTelling({
    gateway,
    points: () => points,
    tell: async (marks) => {
      if (state.isAway) throw new Error("the database is away");
      told.push(...marks.map(({ point, mark }) => `${point} ${mark}`));
    },
  });
  const news = async () => {
    await telling.look();
    return told.splice(0);
  };
  return { gateway, news, telling, state };
};

test("a mark is told when the books have what was read, once, and again when it has moved", async () => {
  const { gateway, news, telling, state } = setUp(["hall"]);
  assert.deepEqual(await news(), []);
  gateway.memos.set("hall", "to 17");
  gateway.journal = 40;
  gateway.booked = 39;
  await news();
  assert.deepEqual(await news(), []);
  gateway.booked = 40;
  state.isAway = true;
  await assert.rejects(telling.look(), /away/);
  state.isAway = false;
  assert.deepEqual(await news(), ["hall to 17"]);
  assert.deepEqual(await news(), []);
  gateway.memos.set("hall", "to 18");
  await news();
  assert.deepEqual(await news(), ["hall to 18"]);
});

test("marks of a point that went to another process are not told: that one may have come further", async () => {
  const points = ["hall", "attic"];
  const { gateway, news } = setUp(points);
  for (const point of points) gateway.memos.set(point, "to 1");
  gateway.journal = 5;
  await news();
  points.splice(1, 1);
  gateway.booked = 5;
  assert.deepEqual(await news(), ["hall to 1"]);
});

test("each look asks the store for some hundred points only, and what is no mark is left alone", async () => {
  const points = Array.from({ length: 500 }, (_, n) => `p${n}`);
  const { gateway, news } = setUp(points);
  for (const point of points) gateway.memos.set(point, "to 1");
  gateway.memos.set("p0", "x".repeat(1_001));
  const counts: number[] = [];
  for (let look = 0; look < 5; look++) counts.push((await news()).length);
  assert.deepEqual(counts, [0, 199, 200, 100, 0]);
});
