import assert from "node:assert/strict";
import { test } from "node:test";
import { Gesture } from "./gestures.ts";
import type { Span } from "./shown-range.ts";

function setup(focus = false) {
  let span: Span = { from: 0, to: 1000 };
  const log: string[] = [];
  const gesture = new Gesture({
    plot: () => ({ left: 50, width: 500 }),
    span: () => span,
    set: (next) => {
      span = next;
    },
    settle: () => log.push("settle"),
    tap: (x) => log.push(`tap ${x}`),
    point: (x) => log.push(`point ${x}`),
    hasFocus: () => focus,
  });
  return { gesture, log, span: () => [Math.round(span.from), Math.round(span.to)] };
}

test("dragging moves the time with the pointer, and settles when it is let go", () => {
  const { gesture, log, span } = setup();
  gesture.down(1, 300);
  assert.equal(gesture.move(1, 400), true);
  assert.deepEqual(span(), [-200, 800]);
  gesture.move(1, 350);
  assert.deepEqual(span(), [-100, 900]);
  gesture.up(1);
  assert.deepEqual(log, ["settle"]);
});

test("a click moves nothing, even with a hand that shakes", () => {
  const { gesture, log, span } = setup();
  gesture.down(1, 300);
  assert.equal(gesture.move(1, 303), false);
  gesture.up(1);
  assert.deepEqual([log, span()], [["tap 303"], [0, 1000]]);
});

test("two fingers zoom, and the time below them stays below them", () => {
  const { gesture, log, span } = setup();
  gesture.down(1, 250);
  gesture.down(2, 350);
  gesture.down(3, 500);
  gesture.move(1, 200);
  gesture.move(2, 400);
  assert.deepEqual(span(), [250, 750]);
  gesture.up(2);
  gesture.move(1, 250);
  assert.deepEqual(span(), [200, 700]);
  gesture.up(1);
  assert.deepEqual(log, ["settle"]);
});

test("the wheel moves sideways, zooms with Ctrl or in the focused chart, and else scrolls the page", () => {
  const { gesture, span } = setup();
  assert.equal(gesture.wheel({ x: 300, deltaX: 50, deltaY: 0, zooms: false }), true);
  assert.deepEqual(span(), [100, 1100]);
  assert.equal(gesture.wheel({ x: 300, deltaX: 0, deltaY: 100, zooms: false }), false);
  assert.deepEqual(span(), [100, 1100]);
  assert.equal(gesture.wheel({ x: 300, deltaX: 0, deltaY: -30, zooms: true }), true);
  const [from = 0, to = 0] = span();
  assert.ok(from > 100 && to < 1100 && Math.abs((from + to) / 2 - 600) <= 1, `${from} ${to}`);
  assert.equal(setup(true).gesture.wheel({ x: 300, deltaX: 0, deltaY: 100, zooms: false }), true);
});

test("a pointer that only passes reads out values, and one that the browser took for scrolling moves nothing", () => {
  const { gesture, log, span } = setup();
  gesture.move(1, 120);
  gesture.down(1, 300);
  gesture.cancel(1);
  gesture.up(1);
  assert.deepEqual([log, span()], [["point 120"], [0, 1000]]);
});
