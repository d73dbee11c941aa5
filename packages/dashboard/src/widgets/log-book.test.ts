import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  filteredLines,
  type Level,
  type LogLine,
  linesAsText,
  logLinesOf,
  logPath,
  MOST_LINES,
  mergedLines,
} from "./log-book.ts";

const line = (number: number, level: Level = "info", message = `line ${number}`, time = 1000 * number): LogLine => ({
  ...{ number, time, level, meter: "home", message, isEvent: false },
});
const numbers = (lines: readonly LogLine[]): number[] => lines.map(({ number }) => number);

describe("the lines of a log", () => {
  test("come from an answer; what is no line is left out, and an unknown level is a message", () => {
    const given = { number: 1, time: "1970-01-01T00:00:01.000Z", level: "info", meter: "home", message: "line 1" };
    const lines = logLinesOf({
      lines: [given, { ...given, number: 2, level: "fatal", meter: null }, given, { ...given, time: "soon" }, null, 7],
    });
    assert.deepEqual(lines, [line(1), { ...line(1), number: 2, meter: null }]);
    assert.equal(logLinesOf({}), null);
    assert.equal(logLinesOf(null), null);
  });

  test("are asked for with the newest known one, of one meter or of all", () => {
    assert.equal(logPath([], null), "logs?limit=1000");
    assert.equal(logPath([line(7), line(6)], "a&b"), "logs?limit=200&meter=a%26b&after=6");
  });

  test("are joined, the newest first, and no more than the gateway keeps", () => {
    const known = [line(3), line(2)];
    assert.equal(mergedLines(known, [line(3)]), known, "nothing new: nothing to draw again");
    assert.deepEqual(numbers(mergedLines(known, [line(5), line(4), line(3)])), [5, 4, 3, 2]);
    const many = Array.from({ length: MOST_LINES }, (_, n) => line(MOST_LINES - n));
    const joined = mergedLines(many, [line(MOST_LINES + 1), line(MOST_LINES)]);
    assert.deepEqual([joined.length, joined[0]?.number, joined.at(-1)?.number], [MOST_LINES, MOST_LINES + 1, 2]);
  });

  test("start over after a restart of the gateway, and where some are missing", () => {
    const known = [line(3), line(2)];
    assert.deepEqual(mergedLines(known, []), []);
    assert.deepEqual(numbers(mergedLines(known, [line(900), line(800)])), [900, 800]);
    const again = { ...line(3), time: 999_999 };
    assert.deepEqual(mergedLines(known, [line(4), again]), [line(4), again], "the same number of another start");
  });

  test("are filtered by level and text", () => {
    const lines = [line(1, "error", "Link lost"), line(2, "warn"), line(3), line(4, "debug"), line(5, "trace")];
    assert.deepEqual(numbers(filteredLines(lines, "warn", "")), [1, 2]);
    assert.deepEqual(numbers(filteredLines(lines, "trace", "")), [1, 2, 3, 4, 5]);
    assert.deepEqual(numbers(filteredLines(lines, "trace", " LINK ")), [1]);
    assert.equal(filteredLines(lines, "trace", "HOME").length, 5);
    assert.deepEqual(filteredLines(lines, "trace", "[.*"), []);
  });

  test("are copied as a file has them, the oldest first", () => {
    const text = linesAsText([line(2, "warn"), { ...line(1), meter: null }]);
    assert.equal(text, "1970-01-01T00:00:01.000Z info line 1\n1970-01-01T00:00:02.000Z warn home: line 2\n");
  });
});
