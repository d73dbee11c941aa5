import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { type LocalOffset, parseQuiet, quietAt, quietRest, quietText } from "./quiet.ts";

const minute = 60_000;
const hour = 60 * minute;
/** Central European time in 2026: summer time from 29 March to 25 October, each at 01:00 UTC. */
const central: LocalOffset = (wall) =>
  wall >= Date.UTC(2026, 2, 29, 1) && wall < Date.UTC(2026, 9, 25, 1) ? 2 * hour : hour;

/** The quiet stretches of a day, minute by minute, in UTC. */
const stretches = (text: string, midnight: number): string[] => {
  const windows = parseQuiet(text);
  const found: string[] = [];
  let since: number | undefined;
  for (let wall = midnight; wall <= midnight + 24 * hour; wall += minute) {
    const quiet = quietAt(windows, wall, central) !== undefined;
    if (quiet) since ??= wall;
    else if (since !== undefined) {
      found.push([since, wall].map((time) => new Date(time).toISOString().slice(8, 16)).join(" "));
      since = undefined;
    }
  }
  return found;
};

describe("quiet windows", () => {
  test("are parsed from the written form", () => {
    for (const text of ["02:10-02:18", "23:50-00:10", "00:00-23:59"])
      assert.equal(parseQuiet(text).map(quietText).join(), text);
    assert.equal(parseQuiet(" 02:10 - 02:18 ,12:00-12:05").map(quietText).join(), "02:10-02:18,12:00-12:05");
  });

  test("that are malformed are refused with a reason", () => {
    for (const text of [
      "",
      "02:10",
      "2:10-2:18",
      "02:10-02:10",
      "24:00-24:10",
      "02:10-02:60",
      "02:10-02:18-03:00",
      "a-b",
    ])
      assert.throws(
        () => parseQuiet(text),
        (error) => error instanceof UsageError && error.message.includes("windows of the day"),
        text,
      );
    assert.throws(() => parseQuiet(Array(25).fill("02:10-02:18").join()), /has 25 windows, and a meter may have 24/);
  });

  test("include their first minute and exclude their last", () => {
    assert.deepEqual(stretches("02:10-02:18", Date.UTC(2026, 0, 14, 23)), ["15T01:10 15T01:18"]);
    const [window] = parseQuiet("02:10-02:18");
    const at = Date.UTC(2026, 0, 15, 1, 10);
    assert.deepEqual(
      [at - 1, at, at + 8 * minute - 1, at + 8 * minute].map((wall) =>
        quietAt(parseQuiet("02:10-02:18"), wall, central),
      ),
      [undefined, window, window, undefined],
    );
  });

  test("may cross midnight, and there may be several", () => {
    assert.deepEqual(stretches("23:50-00:10", Date.UTC(2026, 0, 15, 12)), ["15T22:50 15T23:10"]);
    assert.deepEqual(stretches("02:10-02:18,02:16-02:30,12:00-12:05", Date.UTC(2026, 0, 14, 23)), [
      "15T01:10 15T01:30",
      "15T11:00 15T11:05",
    ]);
  });

  test("are kept when the clock skips them, at the moments when they would have been", () => {
    const day = Date.UTC(2026, 2, 28, 23);
    // 02:10 is 01:10 UTC, which is 03:10 on that day.
    assert.deepEqual(stretches("02:10-02:18", day), ["29T01:10 29T01:18"]);
    assert.deepEqual(stretches("01:50-02:10", day), ["29T00:50 29T01:10"]);
    assert.deepEqual(stretches("04:10-04:18", day), ["29T02:10 29T02:18"]);
  });

  test("are kept twice when the hour is repeated", () => {
    assert.deepEqual(stretches("02:10-02:18", Date.UTC(2026, 9, 24, 22)), ["25T00:10 25T00:18", "25T01:10 25T01:18"]);
  });

  test("say how long nothing changes, at any moment", () => {
    const windows = parseQuiet("02:10-02:18,23:50-00:10,03:10-03:20");
    for (const midnight of [Date.UTC(2026, 0, 14, 23), Date.UTC(2026, 2, 28, 23), Date.UTC(2026, 9, 24, 22)])
      for (let wall = midnight; wall < midnight + 26 * hour; wall += 17_000) {
        const rest = quietRest(windows, wall, central);
        assert.ok(rest > 0 && rest <= 10 * minute);
        const quiet = quietAt(windows, wall, central) === undefined;
        for (let ahead = 1_000; ahead < rest; ahead += 7_000)
          if ((quietAt(windows, wall + ahead, central) === undefined) !== quiet)
            // Only the clock's own switch comes between: then it is noticed ten minutes later at the most.
            assert.notEqual(central(wall), central(wall + rest), new Date(wall + ahead).toISOString());
      }
  });
});
