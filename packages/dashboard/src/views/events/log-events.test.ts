import assert from "node:assert/strict";
import { test } from "node:test";
import type { Level, LogLine } from "../../widgets/log-book.ts";
import { lineEvents, withLines } from "./log-events.ts";

const line = (number: number, level: Level, more: Partial<LogLine> = {}): LogLine => ({
  ...{ number, time: 1000 * number, level, meter: null, message: `line ${number}`, isEvent: false },
  ...more,
});
const ids = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

test("warnings and errors about the point or the gateway become events, but not those that are stored as events too", () => {
  const events = lineEvents(
    [
      line(6, "error", { meter: "home" }),
      line(5, "warn", { meter: "home", isEvent: true }),
      line(4, "warn", { meter: "other" }),
      line(3, "warn"),
      line(2, "info"),
      line(1, "debug"),
    ],
    "home",
  );
  assert.deepEqual(ids(events), ["line:6000:6", "line:3000:3"]);
  assert.deepEqual(events[0]?.detail, { level: "error", meter: "home", message: "line 6" });
});

test("lines stand among the events by time, but not before events that are still to be loaded", () => {
  const lines = lineEvents([line(9, "warn"), line(5, "warn"), line(1, "warn")], "home");
  const events = [8, 4].map((n) => ({ ...lineEvents([line(n, "warn")], "home")[0], id: `e${n}` })) as typeof lines;
  assert.deepEqual(ids(withLines(events, lines, 4000)), ["line:9000:9", "e8", "line:5000:5", "e4"]);
  assert.deepEqual(ids(withLines(events, lines, null)), ["line:9000:9", "e8", "line:5000:5", "e4", "line:1000:1"]);
  assert.equal(withLines(events, [], null), events);
});
