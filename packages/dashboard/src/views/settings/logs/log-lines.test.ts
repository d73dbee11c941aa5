import assert from "node:assert/strict";
import { test } from "node:test";
import { joined, type LogLine, logLinesOf, logsPath, MOST_LINES } from "./log-lines.ts";

const line = (number: number): LogLine => ({ number, time: 0, level: "info", meter: null, message: `line ${number}` });
const numbers = (lines: readonly LogLine[]): readonly number[] => lines.map(({ number }) => number);

test("newer lines come first, none twice, and the list stays bounded", () => {
  const first = joined([], [line(2), line(1)]);
  assert.deepEqual(numbers(joined(first, [line(4), line(3), line(2)])), [4, 3, 2, 1]);
  const many = Array.from({ length: MOST_LINES }, (_, n) => line(MOST_LINES - n));
  assert.equal(joined(many, [line(MOST_LINES + 1)]).length, MOST_LINES);
});

test("only lines that are not there yet are asked for", () => {
  assert.equal(logsPath("warn", []), "logs?level=warn&limit=200");
  assert.equal(logsPath("info", [line(7), line(6)]), "logs?level=info&limit=1000&after=7");
});

test("an answer that is none is none, and a level of a newer gateway is a usual one", () => {
  assert.equal(logLinesOf({ lines: 4 }), null);
  assert.deepEqual(logLinesOf({ lines: [{}, { number: 1, message: "x", level: "loud" }] }), [
    { number: 1, time: null, level: "info", meter: null, message: "x" },
  ]);
});
