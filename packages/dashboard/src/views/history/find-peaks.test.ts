import assert from "node:assert/strict";
import { test } from "node:test";
import { requestsTo } from "../../state/requests.ts";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import { findPeaks, type PeakStep } from "./find-peaks.ts";
import type { Peak } from "./history-answers.ts";

const calendar = new ZoneCalendar("Europe/Copenhagen");
const range = {
  from: calendar.at(2026, 1),
  to: calendar.at(2027, 1),
  first: calendar.at(2026, 2, 10),
  now: calendar.at(2026, 4, 5),
};

/** Finds the peaks of the range; each month has one interval of a kWh for each of its number. */
async function find(known: Map<number, Peak | null>, fails = false) {
  const asked: string[] = [];
  const answer = async (address: unknown): Promise<Response> => {
    const from = new URL(String(address)).searchParams.get("from") ?? "";
    asked.push(from);
    if (fails) return Response.json({ error: "store", message: "the store does not answer" }, { status: 503 });
    const end = new Date(Date.parse(from) + 3_600_000).toISOString();
    const value = 1000 * calendar.parts(Date.parse(from)).month;
    return Response.json({
      intervals: [{ end, seconds: 3600, value, source: "profile", quality: "good", flags: [] }],
      next: null,
    });
  };
  const requests = requestsTo("http://gateway/", answer as typeof fetch, () => 0);
  const steps: PeakStep[] = [];
  for await (const step of findPeaks(
    { requests, point: "home", calendar, signal: new AbortController().signal, known },
    range,
  ))
    steps.push(step);
  return { steps, asked };
}

test("looks at one month after the other, from the first value until now, and says which it looks at", async () => {
  const { steps, asked } = await find(new Map());
  assert.deepEqual(asked, ["2026-01-31T23:00:00.000Z", "2026-02-28T23:00:00.000Z", "2026-03-31T22:00:00.000Z"]);
  const told = steps.map((step) =>
    "failure" in step ? "failed" : step.peak === undefined ? calendar.parts(step.from).month : step.peak?.power,
  );
  assert.deepEqual(told, [2, 2000, 3, 3000, 4, 4000]);
});

test("asks again only for the month that still goes on", async () => {
  const known = new Map<number, Peak | null>();
  await find(known);
  const { steps, asked } = await find(known);
  assert.deepEqual(asked, ["2026-03-31T22:00:00.000Z"]);
  assert.equal(steps.length, 4);
});

test("ends at the first failure, with the gateway's sentence", async () => {
  const { steps, asked } = await find(new Map(), true);
  assert.equal(asked.length, 1);
  const last = steps.at(-1);
  assert.ok(last !== undefined && "failure" in last && last.failure.message === "the store does not answer");
});
