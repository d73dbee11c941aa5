import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { RecurrentDate } from "../layout/dates.ts";
import { dateForm, dateText, dayOf, daysInYear, isoDay, latestOn } from "./recurrent-dates.ts";

const on = (month: number, day: number, offset = 0, weekday = 0): RecurrentDate => ({ month, day, offset, weekday });
const in2026 = (date: RecurrentDate): string[] => daysInYear(date, 2026).map(isoDay);

describe("recurrent dates", () => {
  // Public holidays are defined by such rules; their dates in 2026 are in every almanac.
  const holidays: readonly (readonly [string, RecurrentDate, string])[] = [
    ["daylight saving time in the EU begins", on(3, 1, 6, 0), "2026-03-29"],
    ["and ends", on(10, 1, 6, 0), "2026-10-25"],
    ["Victoria Day is the Monday before 25 May", on(5, 25, 1, 1), "2026-05-18"],
    ["Labor Day is the first Monday of September", on(9, 1, 2, 1), "2026-09-07"],
    ["Martin Luther King Day is the third Monday of January", on(1, 1, 4, 1), "2026-01-19"],
    ["Thanksgiving is the fourth Thursday of November", on(11, 1, 5, 4), "2026-11-26"],
    ["the Federal Day of Thanksgiving is the third Sunday of September", on(9, 1, 4, 0), "2026-09-20"],
    ["Independence Day on a Saturday is observed on Friday", on(7, 4, 14), "2026-07-03"],
    ["New Year 2027 on a Friday stays", on(1, 1, 12), "2026-01-01"],
  ];
  for (const [name, date, day] of holidays) test(name, () => assert.deepEqual(in2026(date), [day]));

  test("move across the end of a month and of a year", () => {
    // 1 January 2028 is a Saturday.
    assert.deepEqual(daysInYear(on(1, 1, 11), 2027).map(isoDay), ["2027-01-01", "2027-12-31"]);
    // 31 January 2026 is a Saturday.
    assert.deepEqual(in2026(on(1, 31, 12)), ["2026-02-02"]);
    assert.deepEqual(in2026(on(12, 31, 7)), ["2026-01-01", "2026-12-31"]);
  });

  test("come each month, week and day, and 31 February never", () => {
    assert.deepEqual(
      in2026(on(13, 31)).map((day) => day.slice(5, 7)),
      ["01", "03", "05", "07", "08", "10", "12"],
    );
    assert.equal(in2026({ month: 14, filler4: 0, weekday: 6, filler11: 0 }).length, 52);
    assert.equal(in2026({ month: 15, period: 1, delta: 0 }).length, 365);
    assert.deepEqual(
      [in2026(on(2, 31)), in2026(on(2, 29)), daysInYear(on(2, 29), 2028).map(isoDay)],
      [[], [], ["2028-02-29"]],
    );
    assert.equal(
      latestOn(on(2, 29), dayOf({ year: 27, month: 6, day: 1 }) ?? 0),
      dayOf({ year: 24, month: 2, day: 29 }),
    );
    assert.deepEqual([on(0, 0), on(4, 0), { month: 15, period: 4, delta: 2 } as const].map(dateForm), [
      "none",
      "none",
      "undated",
    ]);
    assert.deepEqual(in2026({ month: 15, period: 4, delta: 2 }), []);
  });

  /** The table of p. 47 once more, day by day: whether `day` is meant, by looking at every day it may come from. */
  const isMeant = (date: Extract<RecurrentDate, { readonly offset: number }>, iso: string): boolean => {
    const at = (days: number): Date => new Date(Date.parse(`${iso}T00:00Z`) + days * 86_400_000);
    const entered = (d: Date): boolean =>
      (date.month === 13 || d.getUTCMonth() + 1 === date.month) && d.getUTCDate() === date.day;
    const weekday = at(0).getUTCDay();
    const back = (from: number, to: number): boolean =>
      Array.from({ length: to - from + 1 }, (_, i) => at(-(from + i))).some(entered);
    const { offset } = date;
    if (offset === 0) return entered(at(0));
    if (offset === 1) return weekday === date.weekday && back(-7, -1);
    if (offset >= 2 && offset <= 5) return weekday === date.weekday && back(7 * (offset - 2), 7 * (offset - 2) + 6);
    if (offset === 6) {
      const sameMonth = Array.from({ length: 31 }, (_, i) => at(-i)).filter(
        (d) => d.getUTCMonth() === at(0).getUTCMonth(),
      );
      return weekday === date.weekday && at(7).getUTCMonth() !== at(0).getUTCMonth() && sameMonth.some(entered);
    }
    if (offset === 7) return entered(at(0)) || entered(at(-1));
    if (offset === 15) return entered(at(-1));
    const [sunday, saturday] = (
      [
        [1, 0],
        [-2, 0],
        [0, 2],
        [0, -1],
        [1, 2],
        [-2, -1],
        [1, -1],
      ] as const
    )[offset - 8] ?? [0, 0];
    return [-2, -1, 0, 1, 2].some((shift) => {
      const from = at(-shift);
      const move = from.getUTCDay() === 0 ? sunday : from.getUTCDay() === 6 ? saturday : 0;
      return entered(from) && move === shift;
    });
  };

  test("are the days that the guide's own words give", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 1, max: 31 }),
        fc.integer({ min: 0, max: 15 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 2001, max: 2098 }),
        (month, day, offset, weekday, year) => {
          const date = { month, day, offset, weekday };
          const naive: string[] = [];
          for (let i = dayOf({ year: year - 2000, month: 1, day: 1 }) ?? 0; isoDay(i) <= `${year}-12-31`; i++)
            if (isMeant(date, isoDay(i))) naive.push(isoDay(i));
          assert.deepEqual(daysInYear(date, year).map(isoDay), naive, JSON.stringify({ ...date, year }));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("have words", () => {
    assert.deepEqual(
      [
        on(5, 25, 1, 1),
        on(9, 1, 2, 1),
        on(12, 24),
        on(13, 15, 6, 5),
        on(12, 25, 7),
        { month: 14, filler4: 0, weekday: 2, filler11: 0 } as const,
      ].map(dateText),
      [
        "Monday before 25 May",
        "first Monday on or after 1 September",
        "24 December",
        "last Friday of each month, not before day 15",
        "25 December, and the day after",
        "each Tuesday",
      ],
    );
  });
});
