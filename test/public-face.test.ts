/** The public face changes only on purpose: each public entry is compared with its report in `test/api/`. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { apiReports } from "./support/api-report.ts";
import { publicEntries } from "./support/public-entries.ts";
import { root, textOf } from "./support/sources.ts";

/** What one text has and the other lacks, line by line: enough to see what changed. */
const difference = (kept: string, found: string): readonly string[] => {
  const counts = (text: string): ReadonlyMap<string, number> => {
    const lines = new Map<string, number>();
    for (const line of text.split("\n")) lines.set(line, (lines.get(line) ?? 0) + 1);
    return lines;
  };
  const surplus = (sign: string, a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>) =>
    [...a].flatMap(([line, count]) => Array<string>(Math.max(0, count - (b.get(line) ?? 0))).fill(sign + line));
  const [before, after] = [counts(kept), counts(found)];
  const changed = [...surplus("- ", before, after), ...surplus("+ ", after, before)];
  return changed.length === 0 && kept !== found ? ["  the same lines in another order"] : changed;
};

describe("public entries", () => {
  const reports = apiReports();

  for (const [name, report] of reports)
    test(`@meterport/${name} exports what test/api/${name}.txt lists`, () => {
      const path = `test/api/${name}.txt`;
      const changed = difference(existsSync(join(root, path)) ? textOf(path) : "", report);
      assert.equal(
        changed.length,
        0,
        `the public face of @meterport/${name} changed:\n${changed.slice(0, 40).join("\n")}\n` +
          "If others' programs still run, or the changelog says what they must do: npm run api:accept, and commit test/api.",
      );
    });

  test("removed, added and changed names are found", () => {
    const entries = (path: string) => ({ one: [{ name: "one", path }] });
    const of = (path: string) => apiReports(entries(path)).get("one") ?? "";
    const clock = of("packages/transports/src/clock.ts");
    assert.match(clock, /^# one\n\nconst systemClock: Clock;\nconst systemEntropy: Entropy;\n$/);
    assert.deepEqual(difference(clock, clock), []);
    assert.deepEqual(difference(clock, clock.replace(": Clock", ": Clock | undefined")), [
      "- const systemClock: Clock;",
      "+ const systemClock: Clock | undefined;",
    ]);
    assert.notDeepEqual(difference("a\nb\n", "b\na\n"), []);
  });

  test("comments and private fields are not in a report", () => {
    for (const report of reports.values()) assert.doesNotMatch(report, /\/\*\*|#private|\/\/ /);
  });

  for (const { name, path } of Object.values(publicEntries).flat())
    test(`${name} is found under its name, and names what it exports`, async () => {
      const exported = Object.keys((await import(name)) as object);
      const isTypesOnly = exported.length === 0;
      assert.equal(isTypesOnly, false);
      if (path.endsWith("/src/index.ts")) {
        assert.doesNotMatch(textOf(path), /^export \*/m, "a main entry lists its names");
        assert.ok(exported.length <= 45, `${exported.length} names: more than people look through`);
        const general = exported.filter((other) =>
          /^(all|any|not|at|next|rest|time|date|text|code|form|own|int)$/.test(other),
        );
        assert.deepEqual(general, []);
      }
    });
});
