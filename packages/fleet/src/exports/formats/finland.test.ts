import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { changedRuns } from "../model/changed-values.ts";
import { coded, dayOf, measured, unknown } from "../model/export-day.test-kit.ts";
import type { ExportDay, ExportValue } from "../model/export-day.ts";
import { finnishE66 } from "./finland.ts";

interface TimeSeries {
  readonly MeteringPointEAN: string;
  readonly PeriodStartTS: string;
  readonly PeriodEndTS: string;
  readonly Observations: readonly {
    readonly PeriodStartTime: string;
    readonly Quantity?: string;
    readonly Quality: string;
  }[];
}
interface Answer {
  readonly RetrieveTimeSeriesData: {
    readonly Header: object;
    readonly Transaction: { readonly TimeSeries: readonly TimeSeries[] };
  };
}
interface Report {
  readonly E66: { readonly Header: object; readonly Transaction: { readonly TimeSeries: readonly TimeSeries[] } };
}

const sample = JSON.parse(
  readFileSync(new URL("../../../vectors/fingrid/time-series-with-values.json", import.meta.url), "utf8"),
) as Answer;

const helsinki = { zone: "Europe/Helsinki", gsrn: "642502030419633983", step: 60 };
const envelope = {
  messageId: "mp-1",
  sender: "1111111111111",
  receiver: "0000000000000",
  created: Date.UTC(2026, 2, 30, 4),
};
const reportOf = (before: ExportDay | null, now: ExportDay): readonly TimeSeries[] => {
  const text = [...finnishE66([{ before, now }], envelope)].join("");
  return text === "" ? [] : (JSON.parse(text) as Report).E66.Transaction.TimeSeries;
};

describe("the E66 of Finland", () => {
  test("has time series with the names and forms of Datahub's answers", () => {
    const now = dayOf("2026-03-30", helsinki, () => measured(1509));
    const [series] = reportOf(null, now);
    const [theirs] = sample.RetrieveTimeSeriesData.Transaction.TimeSeries;
    assert.deepEqual(Object.keys(series ?? {}), Object.keys(theirs ?? {}));
    assert.deepEqual(series?.Observations[0], { ...theirs?.Observations[0], PeriodStartTime: "2026-03-29T21:00:00Z" });
    assert.equal(series?.Observations.length, 24);
    assert.equal(series?.PeriodEndTS, "2026-03-30T21:00:00Z");
  });

  test("carries only what changed since the version that was delivered, a series for each run", () => {
    const before = dayOf("2026-03-30", helsinki, (n) => (n < 3 ? unknown() : measured(n)));
    const now = dayOf("2026-03-30", helsinki, (n) => (n === 20 ? coded("edited", 20, 2) : measured(n, 2)));
    const series = reportOf(before, now);
    assert.deepEqual(
      series.map(({ PeriodStartTS, PeriodEndTS, Observations }) => [PeriodStartTS, PeriodEndTS, Observations.length]),
      [
        ["2026-03-29T21:00:00Z", "2026-03-30T00:00:00Z", 3],
        ["2026-03-30T17:00:00Z", "2026-03-30T18:00:00Z", 1],
      ],
    );
    assert.deepEqual(series[1]?.Observations, [
      { PeriodStartTime: "2026-03-30T17:00:00Z", Quantity: "0.020000", Quality: "56" },
    ]);
  });

  test("gives no bytes at all if only the version changed", () => {
    const before = dayOf("2026-03-30", helsinki, (n) => measured(n, 1));
    const now = dayOf("2026-03-30", helsinki, (n) => measured(n, 2));
    assert.deepEqual([...finnishE66([{ before, now }], envelope)], []);
  });

  test("a value that is missing or in doubt is left out until it is settled", () => {
    const values = (n: number): ExportValue =>
      n === 1 ? unknown(2) : n === 3 ? coded("suspect", 4, 2) : measured(n + 1, 2);
    const doubtful = dayOf("2026-03-30", helsinki, values);
    const first = reportOf(null, doubtful);
    assert.deepEqual(
      first.map(({ PeriodStartTS, Observations }) => [PeriodStartTS.slice(11, 13), Observations.length]),
      [
        ["21", 1],
        ["23", 1],
        ["01", 20],
      ],
    );
    const now = dayOf("2026-03-30", helsinki, (n) => (n === 3 ? coded("edited", 4, 3) : values(n)));
    assert.deepEqual(
      reportOf(doubtful, now).map(({ Observations }) => Observations),
      [[{ PeriodStartTime: "2026-03-30T00:00:00Z", Quantity: "0.004000", Quality: "56" }]],
    );
  });

  test("what was carried for another day is refused", () => {
    assert.throws(
      () => reportOf(dayOf("2026-03-29", helsinki), dayOf("2026-03-30", helsinki)),
      /of another channel or day/,
    );
    assert.throws(() => reportOf(null, dayOf("2026-03-30", { ...helsinki, step: 30 })), /15 or 60 minutes/);
  });

  test("what was carried and the changes together are what is chosen now", () => {
    const value = fc.constantFrom<ExportValue>(measured(1), measured(2), coded("edited", 1), unknown());
    const values = fc.array(value, { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [before, now] = [
          dayOf("2026-03-30", { ...helsinki, values: a }),
          dayOf("2026-03-30", { ...helsinki, values: b }),
        ];
        const applied = [...before.values];
        for (const { first, values: changed } of changedRuns(before, now))
          applied.splice(first, changed.length, ...changed);
        assert.deepEqual(applied, now.values);
        const count = changedRuns(before, now).reduce((sum, run) => sum + run.values.length, 0);
        assert.equal(
          count,
          now.values.filter((found, n) => JSON.stringify(found) !== JSON.stringify(a[n])).length,
          "nothing unchanged is sent",
        );
      }),
    );
  });
});
