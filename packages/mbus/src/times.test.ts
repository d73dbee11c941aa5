import assert from "node:assert/strict";
import { test } from "node:test";
import { mbusTime, mbusTimePoint } from "./times.ts";

const point = (...bytes: number[]) => mbusTimePoint(Uint8Array.from(bytes));

test("dates and times that recur have a star for what may be anything", () => {
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ["2000-01-*", [0x00, 0x01]],
    ["*-12-31", [0xff, 0xfc]],
    ["*-*-01", [0xe1, 0xff]],
    ["*-02-29", [0xfd, 0xf2]],
    ["*-01-01T*:*:00", [0x3f, 0x1f, 0xe1, 0xf1]],
    ["*:*:00", [0x00, 0x3f, 0x1f]],
  ];
  for (const [text, bytes] of cases) {
    assert.deepEqual(point(...bytes), { time: null, recurring: text, summerTime: false });
    assert.equal(mbusTime(Uint8Array.from(bytes)), undefined);
  }
});

test("a date that no year and month has, or that is all ones or all zeros, is none", () => {
  assert.equal(point(0xfe, 0xf2), undefined, "30 February of any year");
  assert.equal(point(0xff, 0xff), undefined);
  assert.equal(point(0x00, 0x00), undefined);
  assert.equal(point(0x01, 0x0d), undefined, "month 13");
  assert.equal(point(0x81, 0xc1), undefined, "year 100");
  assert.equal(point(), undefined);
  assert.equal(point(1, 2, 3, 4, 5), undefined);
});

test("two bits tell the century, and without them two digits above 80 are of the last one", () => {
  assert.equal(point(0x21, 0xa1)?.time, "1981-01-01");
  assert.equal(point(0x01, 0xa1)?.time, "2080-01-01");
  assert.equal(point(0x00, 0x00, 0x79, 0xc8)?.time, "1999-08-25T00:00:00");
  assert.equal(point(0x00, 0x20, 0x79, 0xc8)?.time, "2099-08-25T00:00:00");
  assert.equal(point(0x00, 0x40, 0x21, 0x01)?.time, "2101-01-01T00:00:00");
  assert.equal(point(0x00, 0x60, 0xe1, 0x21)?.time, "2223-01-01T00:00:00");
});

test("a device says that its clock is at summer time, or that its time is not valid", () => {
  assert.equal(point(0x3a, 0x8d, 0xe6, 0x02)?.summerTime, true);
  assert.equal(point(0x40, 0x00, 0x08, 0x16, 0x27, 0x00)?.summerTime, true);
  assert.equal(point(0x00, 0x00, 0x08, 0x16, 0x27, 0x00)?.summerTime, false);
  assert.equal(point(0xba, 0x0d, 0xe6, 0x02), undefined);
  assert.equal(point(0x00, 0x80, 0x08, 0x16, 0x27, 0x00), undefined);
});
