import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { OutputContext } from "@meterport/engine/ports/output";
import { reading } from "@meterport/engine/testing/fake-meter";
import { FreshPoints } from "./fresh-points.ts";

const start = Date.UTC(2026, 7, 1, 10, 15);

/** A point at a moment of both clocks, and values that come. */
const world = () => {
  const clock = { time: 0, step: 0, now: () => clock.time, wall: () => start + clock.time + clock.step };
  let live: LiveAnswer = { id: "home", ...reading(start - 3_000, { power_w: 1 }) };
  let tell = (): void => {};
  const point = { id: "home", live: () => live };
  const onSnapshot = (listener: Parameters<OutputContext["onSnapshot"]>[0]): (() => void) => {
    tell = () => listener(point as never, live);
    return () => {};
  };
  const fresh = new FreshPoints({ clock, onSnapshot } as never, 10_000);
  const say = (more: Partial<LiveAnswer>): void => {
    live = { ...live, ...more };
    tell();
  };
  return { clock, point, fresh, say };
};

test("a value that came before the face began is as old as it says", () => {
  const { clock, point, fresh } = world();
  assert.equal(fresh.age(point), 3_000);
  clock.time = 7_000;
  assert.equal(fresh.of(point)?.power_w, 1);
  clock.time = 7_001;
  assert.equal(fresh.of(point), undefined);
});

test("the same reading with another quality is no newer, and a wall clock that is set makes nothing fresh", () => {
  const { clock, point, fresh, say } = world();
  say({ time: new Date(start).toISOString() });
  clock.time = 9_000;
  say({ quality: "suspect" });
  assert.equal(fresh.of(point)?.quality, "suspect");
  clock.time = 10_001;
  clock.step = -3_600_000;
  assert.equal(fresh.of(point), undefined);
  say({ time: new Date(clock.wall()).toISOString(), power_w: 2 });
  assert.equal(fresh.of(point)?.power_w, 2);
});

test("a value that the gateway calls stale, or one without a time, is not shown", () => {
  const { point, fresh, say } = world();
  say({ quality: "stale" });
  assert.equal(fresh.of(point), undefined);
  say({ quality: "good", time: null });
  assert.equal(fresh.of(point), undefined);
  assert.equal(fresh.age(point), Number.POSITIVE_INFINITY);
});
