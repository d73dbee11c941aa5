import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decode, parseProfile, sizeOf } from "../layout/index.ts";
import { BT54 } from "../tables/basic/bt54-calendar.ts";
import { defaultDimensions } from "../tables/defaults.ts";
import { daysOf, tariffCalendar, tariffOn, tierAt } from "./tariff-calendar.ts";

const env = defaultDimensions(parseProfile("meter:3.70"));
const old = defaultDimensions(parseProfile("meter:3.30"));

/** MEP guide 1.1, pp. 231-235 by hand: 25 single days and 23 recurring ones of three bytes, 200 switches, 12 seasons. */
const single = 0;
const recurring = 3 * 25;
const switches = recurring + 3 * 23;
const seasons = switches + 3 * 200;
const word = (n: number): number[] => [n & 0xff, n >> 8];
const rdate = (month: number, day: number, offset = 0, weekday = 0): number[] =>
  word(month | (offset << 4) | (weekday << 8) | (day << 11));
const ansi = (year: number, month: number, day: number): number[] => word(year | (month << 7) | (day << 11));
const begin = (hour: number, minute: number, tier: number): number[] => [
  ...word(tier | (minute << 5) | (hour << 11)),
  0,
];

/** Winter and summer; weekends, two holidays, one single day; schedules 0 to 4. */
const table = (): Uint8Array => {
  const bytes = new Uint8Array(sizeOf(BT54, env));
  const put = (at: number, ...parts: readonly number[][]): void => bytes.set(parts.flat(), at);
  put(single, ansi(26, 7, 1), [20], ansi(26, 2, 31), [19]);
  put(
    recurring,
    rdate(3, 1, 6),
    [1 | 0x80],
    rdate(10, 1, 6),
    [2],
    rdate(11, 1),
    [3 | 0x20],
    rdate(4, 1),
    [4],
    rdate(12, 25, 7),
    [19],
    rdate(13, 1),
    [0x40],
  );
  put(switches, begin(0, 0, 1), begin(6, 30, 0), begin(22, 0, 1), begin(22, 0, 1));
  put(switches + 30, begin(0, 0, 2));
  put(switches + 60, begin(0, 0, 3), begin(12, 0, 2));
  // Not at midnight, and out of order.
  put(switches + 90, begin(1, 0, 3));
  put(switches + 120, begin(0, 0, 3), begin(9, 0, 1), begin(8, 0, 2));
  bytes.set(new Uint8Array(30).fill(0xff), switches + 150);
  // Saturday, Sunday, weekday, holidays of the first and the second kind.
  put(seasons, [1, 1, 0, 2, 2], [0, 3, 2, 1, 4]);
  put(seasons + 5 * 12, [7, 0, 0, 0]);
  return bytes;
};
const calendar = tariffCalendar(decode(BT54, table(), env));

describe("tariffCalendar", () => {
  test("tells the tier of each minute: weekdays, weekends, holidays, seasons", () => {
    const asked: readonly (readonly [string, number | null])[] = [
      ["2026-01-05T06:29", 1],
      ["2026-01-05T06:30", 0],
      ["2026-01-05T21:59", 0],
      ["2026-01-05T22:00:59", 1],
      ["2026-01-10T12:00", 2],
      ["2026-12-25T11:59", 3],
      // "Observe on the day entered as well as the day following": also a Saturday.
      ["2026-12-26T12:00", 2],
      ["2026-12-27T12:00", 2],
      ["2026-04-01T12:00", 2],
      ["2026-03-31T12:00", 0],
      ["2026-04-04T06:00", 1],
      ["2026-11-01", 2],
      ["2026-11-02", 1],
    ];
    for (const [at, tier] of asked) assert.equal(tierAt(calendar, at), tier, at);
  });

  test("leaves unknown what cannot be true, and marks it", () => {
    // Sundays of the summer begin at one o'clock; the single holiday is out of order.
    assert.deepEqual([tierAt(calendar, "2026-04-05T12:00"), tierAt(calendar, "2026-07-01T12:00")], [null, null]);
    assert.equal(tariffOn(calendar, "2026-07-01").kind, "special");
    // 31 February never comes.
    assert.deepEqual(calendar.doubts, ["date", "switch"]);
    assert.deepEqual(calendar.schedules.slice(2, 6), [
      [
        { minute: 0, tier: 3 },
        { minute: 720, tier: 2 },
      ],
      null,
      null,
      [],
    ]);
    assert.equal(calendar.id, 7);
  });

  test("lists its dates with the days of a year", () => {
    assert.deepEqual(
      calendar.dates.map((date) => [
        date.text,
        date.action.kind,
        date.demandReset,
        date.selfRead,
        daysOf(date, 2026).length,
      ]),
      [
        ["2026-07-01", "special", false, false, 1],
        ["2026-2-31", "special", false, false, 0],
        ["last Sunday of March", "daylight-saving", false, false, 1],
        ["last Sunday of October", "daylight-saving", false, false, 1],
        ["1 November", "season", true, false, 1],
        ["1 April", "season", false, false, 1],
        ["25 December, and the day after", "special", false, false, 2],
        ["day 1 of each month", "none", false, true, 12],
      ],
    );
  });

  test("stays in the present season where no date begins one", () => {
    const bytes = table();
    bytes.fill(0, 0, switches);
    const value = decode(BT54, bytes, env);
    assert.equal(tierAt(tariffCalendar(value), "2026-01-05T12:00"), null);
    assert.equal(tierAt(tariffCalendar(value, 0), "2026-01-05T12:00"), 0);
    assert.equal(tierAt(tariffCalendar(value, 11), "2026-01-05T12:00"), 0);
    assert.equal(tierAt(tariffCalendar(value, 15), "2026-01-05T12:00"), null);
  });

  test("knows no tier where two seasons begin on one day, or a period counts from an unknown day", () => {
    const twice = table();
    twice.set([...rdate(4, 1), 5], recurring + 3 * 10);
    assert.equal(tierAt(tariffCalendar(decode(BT54, twice, env)), "2026-05-04T12:00"), null);
    assert.equal(tierAt(tariffCalendar(decode(BT54, twice, env)), "2026-12-01T12:00"), 0);
    const periodic = table();
    periodic.set([...word(15 | (9 << 4)), 3], recurring + 3 * 10);
    assert.equal(tierAt(tariffCalendar(decode(BT54, periodic, env)), "2026-12-01T12:00"), null);
  });

  test("single days are not believed in a calendar of the older form", () => {
    const bytes = table();
    bytes[recurring + 2] = 1;
    const older = tariffCalendar(decode(BT54, bytes, env));
    assert.ok(older.doubts.includes("format"));
    assert.equal(tariffOn(older, "2026-07-01").kind, "weekday");
  });

  test("any bytes give a calendar, and a day of it in bounded time", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 808, maxLength: 808 }), fc.constantFrom(env, old), (bytes, dimensions) => {
        const any = tariffCalendar(decode(BT54, bytes.subarray(0, sizeOf(BT54, dimensions)), dimensions), 0);
        const tier = tierAt(any, "2026-06-15T12:34");
        assert.ok(tier === null || (tier >= 0 && tier <= 7));
        for (const date of any.dates) assert.ok(daysOf(date, 2026).length <= 366);
      }),
      { numRuns: 40 },
    );
  });

  test("refuses anything but a local time", () => {
    for (const text of ["", "2026-02-29", "2026-01-01T24:00", "2026-01-01T10:60", "2026-01-01T10:00Z", "now"])
      assert.throws(() => tierAt(calendar, text), { code: "time" }, text);
  });
});
