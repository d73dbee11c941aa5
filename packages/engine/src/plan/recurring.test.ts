import assert from "node:assert/strict";
import { test } from "node:test";
import { recurring } from "./recurring.ts";

const jobOf = (point: string, run: () => Promise<void> = async () => {}) =>
  recurring({ name: "clock watch", interval: 600_000, point, run });

test("it runs soon after the start, then once in each interval, on its phase", async () => {
  const job = jobOf("home");
  const first = job.due(0) as number;
  assert.ok(first >= 0 && first <= 60_000, `${first}`);
  assert.equal(job.due(first), first);
  await job.run();
  const second = job.due(first) as number;
  assert.ok(second - first >= 150_000 && second - first <= 750_000, `${second}`);
  // Two turns pass while the line is down.
  const late = second + 1_300_000;
  assert.equal(job.due(late), second);
  await job.run();
  const next = job.due(late) as number;
  assert.ok(next > late);
  assert.ok(Math.abs(((next - second) / 600_000) % 1) < 1e-9, "on its phase");
});

test("it stays due if it fails", async () => {
  const job = jobOf("home", () => Promise.reject(new Error("no answer")));
  const due = job.due(0) as number;
  job.due(due);
  await assert.rejects(job.run());
  assert.equal(job.due(due + 5), due);
});

test("a thousand points do not come at once", () => {
  const firsts = Array.from({ length: 1_000 }, (_, i) => jobOf(`m${i}`).due(0) as number);
  for (let from = 0; from < 60_000; from += 6_000) {
    const inSlot = firsts.filter((at) => at >= from && at < from + 6_000).length;
    assert.ok(inSlot > 50 && inSlot < 160, `${inSlot} from ${from}`);
  }
});
