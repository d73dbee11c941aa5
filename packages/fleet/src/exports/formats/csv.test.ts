import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { coded, dayOf, measured, unknown } from "../model/export-day.test-kit.ts";
import { csvLong, csvWide } from "./csv.ts";

const linesOf = (parts: Iterable<string>): readonly string[] => [...parts].join("").split("\n").slice(0, -1);

describe("long CSV", () => {
  test("each line has point, channel, both times with their offset, value, unit, code and version", () => {
    const lines = linesOf(
      csvLong([dayOf("2026-03-28", {}, (n) => (n === 1 ? unknown(2) : coded("registers", 1234, 2)))]),
    );
    assert.equal(lines.length, 97);
    assert.deepEqual(lines.slice(0, 3), [
      "point;obis;start;end;value;unit;code;version",
      "lindevej-12;1-0:1.8.0;2026-03-28T00:00:00+01:00;2026-03-28T00:15:00+01:00;1.234;kWh;registers;2",
      "lindevej-12;1-0:1.8.0;2026-03-28T00:15:00+01:00;2026-03-28T00:30:00+01:00;;kWh;missing;2",
    ]);
  });

  test("a decimal comma needs no quotes beside semicolons", () => {
    const [, line] = linesOf(csvLong([dayOf("2026-03-28", { unit: "varh" })], { decimal: "," }));
    assert.match(line ?? "", /;0,001;kvarh;measured;1$/);
  });

  test("a point whose name has the separator is quoted, and one that begins like a formula is defused", () => {
    const [, quoted] = linesOf(csvLong([dayOf("2026-03-28", { point: "a;b" })]));
    const [, formula] = linesOf(csvLong([dayOf("2026-03-28", { point: "=1+1" })]));
    assert.match(quoted ?? "", /^"a;b";/);
    assert.match(formula ?? "", /^'=1\+1;/);
  });
});

describe("wide CSV", () => {
  test("a local day has 92, 96 or 100 lines, and the repeated hour is told apart by its offset", () => {
    const counts = ["2026-03-29", "2026-03-28", "2026-10-25"].map((date) => linesOf(csvWide([dayOf(date)])).length - 1);
    assert.deepEqual(counts, [92, 96, 100]);
    const autumn = linesOf(csvWide([dayOf("2026-10-25")]));
    assert.match(autumn[9] ?? "", /^2026-10-25T02:00:00\+02:00;/);
    assert.match(autumn[13] ?? "", /^2026-10-25T02:00:00\+01:00;/);
  });

  test("each channel has a column, and what one lacks is empty", () => {
    const days = [
      dayOf("2026-03-28"),
      dayOf("2026-03-29"),
      dayOf("2026-03-29", { point: "shed" }, (n) => (n === 0 ? unknown() : measured(n))),
    ];
    const lines = linesOf(csvWide(days));
    assert.equal(lines.length, 1 + 96 + 92);
    assert.equal(lines[0], "start;end;lindevej-12 1-0:1.8.0 kWh;shed 1-0:1.8.0 kWh");
    assert.equal(lines[1], "2026-03-28T00:00:00+01:00;2026-03-28T00:15:00+01:00;0.001;");
    assert.equal(lines[97], "2026-03-29T00:00:00+01:00;2026-03-29T00:15:00+01:00;0.001;");
    assert.equal(lines[98], "2026-03-29T00:15:00+01:00;2026-03-29T00:30:00+01:00;0.002;0.001");
  });

  test("the order of the days does not matter", () => {
    const days = [dayOf("2026-03-28"), dayOf("2026-03-29")];
    assert.deepEqual(linesOf(csvWide([...days].reverse())), linesOf(csvWide(days)));
  });

  test("days that cannot share a table are refused", () => {
    const day = dayOf("2026-03-28");
    assert.throws(() => linesOf(csvWide([day, day])), /two values for 2026-03-27T23:00Z/);
    assert.throws(() => linesOf(csvWide([day, dayOf("2026-03-28", { step: 60 })])), /one step and one zone/);
    const many = Array.from({ length: 2001 }, (_, n) => dayOf("2026-03-28", { point: `p${n}` }));
    assert.throws(() => linesOf(csvWide(many)), /2001 columns/);
    assert.deepEqual(linesOf(csvWide([])), ["start;end"]);
  });
});
