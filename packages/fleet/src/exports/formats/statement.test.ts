import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { coded, dayOf, measured, unknown } from "../model/export-day.test-kit.ts";
import type { ExportDay } from "../model/export-day.ts";
import { statementOf } from "./statement.ts";
import { statementCsv, statementHtml, statementText } from "./statement-print.ts";

/** All days of a month, each interval with the same value. */
const monthOf = (month: string, amount: number, changes: Partial<ExportDay> = {}): readonly ExportDay[] => {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return Array.from({ length: last }, (_, n) =>
    dayOf(`${month}-${String(n + 1).padStart(2, "0")}`, { step: 60, ...changes }, () => measured(amount)),
  );
};

const request = (days: readonly ExportDay[]) => ({
  tenant: "Flat 3",
  month: "2026-03",
  zone: "Europe/Copenhagen",
  days,
});

const march = monthOf("2026-03", 110);
const february = monthOf("2026-02", 100);
const yearBefore = monthOf("2025-03", 220);

describe("the statement of a month", () => {
  test("compares the month with the one before and with the year before", () => {
    const { channels } = statementOf(request([...march, ...february, ...yearBefore]));
    const months = channels[0]?.months ?? [];
    assert.equal(months.length, 13);
    const last = months.at(-1);
    // March 2026 has 743 hours in Copenhagen, February 672.
    assert.deepEqual(last, {
      month: "2026-03",
      amount: 743 * 110,
      intervals: 743,
      missing: 0,
      recoveredPercent: "0.0",
      estimatedPercent: "0.0",
      sinceMonthBefore: "+21.6",
      sinceYearBefore: "-50.0",
    });
    assert.equal(months.at(0)?.month, "2025-03");
    assert.equal(months.at(1)?.amount, null, "a month without any value is unknown, not 0");
  });

  test("a month that lacks an interval is not compared, and says what it lacks", () => {
    const [first, ...rest] = march;
    assert.ok(first);
    const holed = { ...first, values: first.values.map((value, n) => (n < 2 ? unknown() : value)) };
    const statement = statementOf(request([holed, ...rest, ...february]));
    const month = statement.channels[0]?.months.at(-1);
    assert.equal(month?.missing, 2);
    assert.equal(month?.amount, 741 * 110);
    assert.equal(month?.sinceMonthBefore, null);
    assert.match(statementText(statement), /2 of 743 intervals are missing, so the sum is too low/);
  });

  test("tells which share was recovered and which estimated", () => {
    const [first, ...rest] = march;
    assert.ok(first);
    const codes = ["recovered", "like-day", "edited"] as const;
    const mixed = {
      ...first,
      values: first.values.map(({ amount }, n) => coded(codes[n % 3] ?? "edited", amount ?? 0)),
    };
    const month = statementOf(request([mixed, ...rest])).channels[0]?.months.at(-1);
    // 8 and 16 of 743 hours.
    assert.equal(month?.recoveredPercent, "1.1");
    assert.equal(month?.estimatedPercent, "2.2");
  });

  test("a UTC day that touches two local months counts into both", () => {
    const days = ["2026-02-27", "2026-02-28"].map((date) => dayOf(date, { zone: "UTC", step: 60 }, () => measured(1)));
    const months = statementOf(request(days)).channels[0]?.months ?? [];
    assert.deepEqual(
      months.slice(-2).map(({ amount }) => amount),
      [47, 1],
    );
  });

  test("channels are apart, and a day that is there twice is refused", () => {
    const shed = monthOf("2026-03", 1, { point: "shed" });
    assert.equal(statementOf(request([...march, ...shed])).channels.length, 2);
    assert.throws(() => statementOf(request([...march, ...march.slice(4, 5)])), /2026-03-05: the day is there twice/);
    assert.throws(() => statementOf({ ...request([]), month: "2026-13" }), /is not a month/);
    assert.throws(() => statementOf(request([...march, dayOf("2026-02-01", { unit: "varh" })])), /several units/);
  });

  test("a meter with shorter intervals came: both count by the time that they cover", () => {
    const [first, ...rest] = march;
    assert.ok(first);
    const quarters = dayOf("2026-03-01", {}, (n) => (n < 3 ? unknown() : coded("like-day", 1)));
    const month = statementOf(request([quarters, ...rest, ...february])).channels[0]?.months.at(-1);
    // 24 of 743 hours less three quarters are estimated: 23.25 of 743.
    assert.deepEqual(
      [month?.amount, month?.intervals, month?.missing, month?.estimatedPercent],
      [719 * 110 + 93, 743 * 4, 3, "3.1"],
    );
  });
});

describe("its forms", () => {
  const statement = statementOf({ ...request([...march, ...february]), tenant: "<Flat> & 3" });

  test("CSV has a line for each month, and nothing where nothing is known", () => {
    const lines = statementCsv(statement).split("\n");
    assert.equal(lines.length, 15);
    assert.equal(
      lines.at(-2),
      "<Flat> & 3;lindevej-12;1-0:1.8.0;2026-03;Europe/Copenhagen;81.730;kWh;743;0;0.0;0.0;+21.6;",
    );
    assert.match(lines[1] ?? "", /;2025-03;Europe\/Copenhagen;;kWh;743;743;/);
  });

  test("text has aligned columns and one sentence about the month", () => {
    const text = statementText(statement);
    assert.match(text, /^Consumption of <Flat> & 3 in 2026-03\n/);
    assert.match(text, /\n81\.730 kWh in 2026-03\.\n/);
    const widths = new Set(
      text
        .split("\n")
        .filter((line) => /^(Month|20)/.test(line))
        .map((line) => line.length),
    );
    assert.ok(widths.size <= 3, `lines of ${[...widths].join(", ")} characters`);
  });

  test("the page escapes what it shows and fetches nothing", () => {
    const page = statementHtml(statement);
    assert.match(page, /<h1>Consumption of &lt;Flat&gt; &amp; 3 in 2026-03<\/h1>/);
    assert.match(page, /<td>2026-03<\/td><td>81\.730 kWh<\/td><td>\+21\.6 %<\/td><td>–<\/td>/);
    assert.doesNotMatch(page, /https?:|src=|href=|<script/);
  });

  test("a tenant reads it in the own language, and what was fed in is not called used", () => {
    const danish = statementText(statement, { language: "da" });
    assert.match(danish, /^Forbrug for <Flat> & 3 i 2026-03\nMåneder efter uret i Europe\/Copenhagen\./);
    assert.match(danish, /\n81,730 kWh i 2026-03\.\n/);
    const fedIn = statementOf(request(monthOf("2026-03", 3, { obis: "1-0:2.29.0" })));
    const german = statementHtml(fedIn, { language: "de" });
    assert.match(german, /<html lang="de">.*<th>Eingespeist<\/th>.*<td>2,229 kWh<\/td>/s);
    assert.doesNotMatch(german, /Used|Verbrauch<|\bof\b/);
    const lines = statementCsv(statement, { decimal: ",", language: "da" }).split("\n");
    assert.match(lines[0] ?? "", /^tenant;point;obis/);
    assert.match(lines.at(-2) ?? "", /;81,730;kWh;743;0;0,0;0,0;\+21,6;$/);
  });
});
