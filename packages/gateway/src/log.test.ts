import assert from "node:assert/strict";
import { test } from "node:test";
import { logOf } from "@meterport/engine/ports/log";
import { type LogLevel, lineLog, logLevels } from "./log.ts";

test("a log writes lines of its level and of more severe ones, as soon as the level is known", () => {
  const lines: string[] = [];
  let level: LogLevel = "info";
  const log = lineLog(
    { wall: () => 0 },
    (line) => lines.push(line),
    () => ({ level, format: "text" }),
  );
  const written = (at: LogLevel): string[] => {
    level = at;
    lines.length = 0;
    for (const each of logLevels) log[each](each);
    return lines.map((line) => line.split(" ").at(-1)?.trim() ?? "");
  };
  assert.deepEqual(written("error"), ["error"]);
  assert.deepEqual(written("info"), ["error", "warn", "info"]);
  assert.deepEqual(written("trace"), ["error", "warn", "info", "debug", "trace"]);
  assert.equal(lines[1], "1970-01-01T00:00:00.000Z warn  warn\n");
});

test("a line as JSON is one object, whatever the text holds, and names the meter", () => {
  const lines: string[] = [];
  const log = lineLog(
    { wall: () => 0 },
    (line) => lines.push(line),
    () => ({ level: "info", format: "json" }),
  );
  logOf(log, "house").warn('link "silent"\n{"level":"forged"}');
  log.info("stopping");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [
      { time: "1970-01-01T00:00:00.000Z", level: "warn", meter: "house", message: 'link "silent" {"level":"forged"}' },
      { time: "1970-01-01T00:00:00.000Z", level: "info", message: "stopping" },
    ],
  );
  assert.ok(lines.every((line) => line.indexOf("\n") === line.length - 1));
});
