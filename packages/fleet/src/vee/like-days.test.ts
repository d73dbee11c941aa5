import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { likeDates, likeDaysOf, likeTotals } from "./like-days.ts";
import { seriesOf } from "./series.ts";
import { changing, channelDay, day, inputOf, loadAt, slotsOfDay, step, zone } from "./vee.test-kit.ts";
import { dayMillis, type VeeInput } from "./vee-input.ts";

const dateOf = (text: string): number => Date.parse(text) / dayMillis;
const textOf = (date: number): string => new Date(date * dayMillis).toISOString().slice(5, 10);
const never = () => false;

const likeDaysIn = (input: VeeInput) => {
  const series = seriesOf(input);
  return { series, like: likeDaysOf(series, zone, input.holidays, (slot) => (series.values[slot] ?? null) !== null) };
};

describe("the order of like days", () => {
  test("is the same weekday first, then for Tuesday to Thursday the other two", () => {
    // 2026-06-17 is a Wednesday.
    const order = likeDates(dateOf("2026-06-17"), never).map(textOf);
    assert.deepEqual(order.slice(0, 5), ["06-10", "06-03", "05-27", "05-20", "05-13"]);
    assert.deepEqual(order.slice(5, 7), ["06-16", "06-09"], "Tuesdays");
    assert.equal(order[10], "06-11", "then Thursdays");
    assert.equal(order.length, 15);
  });

  test("keeps Mondays, Fridays, Saturdays and Sundays among themselves", () => {
    for (const date of ["2026-06-15", "2026-06-19", "2026-06-20", "2026-06-21"]) {
      const order = likeDates(dateOf(date), never);
      assert.deepEqual(
        order.map((one) => dateOf(date) - one),
        [7, 14, 21, 28, 35],
      );
    }
  });

  test("takes holidays for Sundays", () => {
    const holidays = new Set([dateOf("2026-06-05"), dateOf("2026-06-17")]);
    const order = likeDates(dateOf("2026-06-17"), (date) => holidays.has(date)).map(textOf);
    assert.deepEqual(order, ["06-14", "06-07", "06-05", "05-31", "05-24", "05-17"]);
    assert.ok(
      !likeDates(dateOf("2026-06-19"), (date) => holidays.has(date))
        .map(textOf)
        .includes("06-05"),
    );
  });
});

describe("values of like days", () => {
  test("are those of the same local time", () => {
    const { series, like } = likeDaysIn(inputOf());
    const slot = series.first + 40;
    assert.deepEqual(
      like.valuesAt(slot, 3),
      [7, 14, 21].map((back) => loadAt(day + 40 * step - back * dayMillis)),
    );
  });

  test("are not of days that lack a slot, however far from the one that is asked for", () => {
    const hole = changing(inputOf(), (one) =>
      one.day === day - 7 * dayMillis ? { ...one, raw: one.raw.with(3, null) } : one,
    );
    const { series, like } = likeDaysIn(hole);
    // The local day of slot 90 is the next one: Thursday, whose like day is whole.
    assert.equal(like.valuesAt(series.first + 90, 4).length, 4);
    assert.equal(like.valuesAt(series.first + 40, 1)[0], loadAt(day + 40 * step - 14 * dayMillis));
  });

  test("are not of another meter", () => {
    const input = inputOf();
    const [one] = input.installations;
    assert.ok(one !== undefined);
    const at = day - 10 * dayMillis;
    const exchanged: VeeInput = {
      ...input,
      days: input.days.map((each) => ({ ...each, meter: each.day < at ? "A" : "B" })),
      installations: [
        { ...one, to: at },
        { ...one, meter: "B", from: at },
      ],
    };
    const { series, like } = likeDaysIn(exchanged);
    assert.equal(like.valuesAt(series.first + 40, 4).length, 4, "one Wednesday, and Tuesdays and Thursdays since");
    assert.equal(like.valuesAt(series.first - 10 * slotsOfDay + 40, 4).length, 0);
  });

  test("repeat the hour that clocks repeat, and skip a like day that lacks the hour", () => {
    // 2026-10-25: clocks go from 03:00 back to 02:00. 01:00 and 02:00 UTC are both … 02:15 local at 00:15 and 01:15 UTC.
    const autumn = Date.UTC(2026, 9, 25);
    const { series, like } = likeDaysIn(inputOf({}, autumn));
    const [first, second] = [1, 5].map((slot) => like.valuesAt(series.first + slot, 4));
    assert.deepEqual(first, second);
    assert.deepEqual(
      first,
      [7, 14, 21, 28].map((back) => loadAt(autumn + step - back * dayMillis)),
    );
    // 2026-03-29 lacks 02:00 to 03:00; the Sunday after has it, at 00:15 UTC.
    const after = Date.UTC(2026, 3, 5);
    const spring = likeDaysIn(inputOf({}, after));
    const hour = spring.like.valuesAt(spring.series.first + 1, 4);
    assert.deepEqual(
      hour,
      // Before the change 02:15 was 01:15 UTC.
      [14, 21, 28, 35].map((back) => loadAt(after + 5 * step - back * dayMillis)),
    );
    assert.equal(spring.like.valuesAt(spring.series.first + 12, 1)[0], loadAt(after + 12 * step - 7 * dayMillis));
  });

  test("are those of the first pass where the like day repeats the hour", () => {
    // 02:15 local was 00:15 and 01:15 UTC on 2026-10-25, and is 01:15 UTC a week later.
    const input = inputOf({}, Date.UTC(2026, 10, 1));
    const autumn = Date.UTC(2026, 9, 25);
    const marked = changing(input, (one) =>
      one.day === autumn ? { ...one, raw: one.raw.with(1, 1_111).with(5, 2_222) } : one,
    );
    const { series, like } = likeDaysIn(marked);
    assert.equal(like.valuesAt(series.first + 5, 1)[0], 1_111);
  });

  test("never come from the day itself or later", () => {
    const input = inputOf();
    const before = likeDaysIn(input);
    const after = likeDaysIn(changing(input, (one) => (one.day >= day ? channelDay(one.day, {}, () => 1) : one)));
    for (let slot = before.series.first; slot < before.series.first + 88; slot++)
      assert.deepEqual(after.like.valuesAt(slot, 4), before.like.valuesAt(slot, 4));
  });
});

test("totals of like days are those of UTC days, the best first", () => {
  const series = seriesOf(inputOf());
  const totals = likeTotals(series, zone, new Set(), () => true, 2);
  const total = (back: number): number =>
    channelDay(day - back * dayMillis).raw.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  assert.deepEqual(totals, [total(7), total(14)]);
});
