import assert from "node:assert/strict";
import { test } from "node:test";
import type { DueMeter } from "../../jobs/visit-book.ts";
import { requestId, requestIn } from "./request-id.ts";
import { unasked, wantedReads } from "./wanted.ts";

const target = (campaign: number, meter: number, more: Partial<DueMeter> = {}): DueMeter => ({
  ...{ campaign, meter, site: 0, attempts: 0, priority: 5, reads: ["clock"], serial: `m${meter}`, point: `p${meter}` },
  ...{ until: 9_000, ...more },
});

test("of a meter of which something is asked for nothing else is, until that is answered", () => {
  const [one, other, resting] = [target(1, 1), target(1, 2), target(2, 1, { attempts: 1 })];
  const asked = new Set<string>();
  assert.deepEqual(unasked([one, other, resting], asked), [one, other, resting]);
  asked.add(requestId(one));
  assert.deepEqual(unasked([one, other, resting], asked), [other]);
  assert.deepEqual(unasked([other, resting], asked), [other, resting]);
});

test("what is wanted of a meter is one request, the most urgent meter first, and none of a meter without a point", () => {
  const due = [
    target(1, 1, { priority: 2 }),
    target(1, 2),
    target(2, 1, { reads: ["events"] }),
    target(3, 3, { point: null }),
  ];
  assert.deepEqual(
    wantedReads(due, 7).map(({ point, wanted, now }) => [point, wanted.map(({ id }) => id), now]),
    [
      ["p1", ["1.1.0", "2.1.0"], 7],
      ["p2", ["1.2.0"], 7],
    ],
  );
  const many = Array.from({ length: 80 }, (_, n) => target(n, 1));
  assert.equal(wantedReads(many, 7)[0]?.wanted.length, 50);
});

test("a request is named by what it is for, and nothing else is one", () => {
  assert.deepEqual(requestIn(requestId(target(8, 17, { attempts: 3 }))), { campaign: 8, meter: 17, attempts: 3 });
  for (const wrong of ["", "1.2", "1.2.3.4", "-1.2.3", "1.2.3 ", "2147483648.1.0", "1.2.123456", "a.b.c"])
    assert.equal(requestIn(wrong), undefined, wrong);
});
