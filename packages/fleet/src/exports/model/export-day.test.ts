import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import fc from "fast-check";
import { decimalText, ratioText } from "./decimal.ts";
import { coded, dayOf, measured, unknown } from "./export-day.test-kit.ts";
import { carriedVersions, checkDay, type ExportDay, endOfDay, meaningOf } from "./export-day.ts";
import { localDayBounds, localDayOf, withOneStep } from "./local-days.ts";
import { element, escapedXml, xmlText } from "./xml.ts";

const refusal = (sentence: RegExp) => (error: unknown) => error instanceof UsageError && sentence.test(error.message);

describe("decimals", () => {
  test("an integer of Wh is written as kWh without a quotient", () => {
    assert.equal(decimalText(0, 3), "0.000");
    assert.equal(decimalText(7, 3), "0.007");
    assert.equal(decimalText(-1234, 3), "-1.234");
    assert.equal(decimalText(1, 3, 6), "0.001000");
    assert.equal(decimalText(5, 0), "5");
    assert.equal(decimalText(Number.MAX_SAFE_INTEGER, 3), "9007199254740.991");
  });

  test("any amount comes back as the same integer when the point is removed", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 9 }), (amount, scale) => {
        assert.equal(BigInt(decimalText(amount, scale).replace(".", "")), BigInt(amount));
      }),
    );
  });

  test("what is no exact integer is refused", () => {
    for (const amount of [0.5, Number.NaN, 2 ** 53])
      assert.throws(() => decimalText(amount, 3), refusal(/exact integer/));
  });

  test("ratios are rounded half away from zero", () => {
    assert.equal(ratioText(1n, 3n, 1), "0.3");
    assert.equal(ratioText(-1n, 8n, 2), "-0.13");
    assert.equal(ratioText(-1n, 8000n, 1), "0.0");
    assert.equal(ratioText(1n, 2n, 0), "1");
    assert.equal(ratioText(1n, 0n, 1), null);
  });
});

describe("days", () => {
  test("a local day has 92, 96 or 100 quarters", () => {
    const counts = ["2026-03-28", "2026-03-29", "2026-10-25"].map((date) => dayOf(date).values.length);
    assert.deepEqual(counts, [96, 92, 100]);
  });

  test("a local day is cut out of two UTC days, and what neither has is missing", () => {
    const utc = (date: string, version: number): ExportDay =>
      dayOf(date, { zone: "UTC" }, (n) => measured(n + 100 * version, version));
    const day = localDayOf([utc("2026-06-30", 4), utc("2026-07-01", 5)], "Europe/Copenhagen", "2026-07-01");
    assert.equal(day.values.length, 96);
    assert.deepEqual(day.values[0], measured(88 + 400, 4), "22:00 UTC of the day before is local midnight");
    assert.deepEqual(day.values[8], measured(500, 5));
    const alone = localDayOf([utc("2026-07-01", 5)], "Europe/Copenhagen", "2026-07-01");
    assert.deepEqual(alone.values[7], unknown(5));
    assert.deepEqual(alone.values[8], measured(500, 5));
    const short = { ...utc("2026-07-01", 5), values: utc("2026-07-01", 5).values.slice(0, 10) };
    const cut = localDayOf([utc("2026-06-30", 4), short], "Europe/Copenhagen", "2026-07-01");
    assert.deepEqual(cut.values.slice(17, 19), [measured(509, 5), unknown(5)]);
  });

  test("where the length of intervals changes within a local day, shorter ones are added up and nothing is lost", () => {
    const hours = dayOf("2026-06-30", { zone: "UTC", step: 60 }, (n) => measured(400 + n, 1));
    const quarters = dayOf("2026-07-01", { zone: "UTC" }, (n) => (n === 9 ? coded("line", 9, 3) : measured(n, 2)));
    const { from } = localDayBounds("Europe/Copenhagen", "2026-07-01");
    const day = localDayOf(withOneStep([hours, quarters], from), "Europe/Copenhagen", "2026-07-01");
    assert.deepEqual([day.step, day.values.length], [60, 24]);
    assert.deepEqual(day.values.slice(0, 5), [
      ...[measured(422, 1), measured(423, 1), measured(0 + 1 + 2 + 3, 2), measured(4 + 5 + 6 + 7, 2)],
      coded("line", 8 + 9 + 10 + 11, 3),
    ]);
    const holed = { ...quarters, values: quarters.values.map((value, n) => (n === 1 ? unknown(2) : value)) };
    assert.deepEqual(
      withOneStep([hours, holed], from)[1]?.values[0],
      unknown(2),
      "a sum of what is not known is not known",
    );
    assert.equal(withOneStep([hours, quarters], from + 1_800_000).length, 1, "a zone of half hours");
    assert.equal(withOneStep([quarters], from)[0], quarters);
  });

  test("a local day that begins within an interval is refused", () => {
    const stored = dayOf("2026-07-01", { zone: "UTC", step: 60 });
    assert.throws(
      () => localDayOf([stored], "Asia/Kolkata", "2026-07-01"),
      refusal(/does not begin where an interval/),
    );
    assert.throws(() => localDayBounds("UTC", "yesterday"), refusal(/is not a date/));
  });

  test("a day that no file may carry is refused with the point and the moment", () => {
    const wrong: readonly (readonly [Partial<ExportDay>, RegExp])[] = [
      [{ step: 7 }, /step of 7 minutes/],
      [{ start: 1 }, /does not begin where/],
      [{ values: [] }, /a day of 0 values/],
      [
        { values: [{ amount: 0, code: "missing", version: 1 }] },
        /lindevej-12.*2026-03-27T23:00:00.000Z is missing and has an amount/,
      ],
      [{ values: [{ amount: null, code: "measured", version: 1 }] }, /no amount: unknown values/],
      [{ values: [measured(1.5)] }, /is 1.5/],
      [{ values: [measured(-1)] }, /never below 0/],
      [{ values: [measured(1, 0)] }, /has no version/],
      [{ values: [coded("guess" as "line", 1)] }, /which no format knows/],
    ];
    for (const [changes, sentence] of wrong)
      assert.throws(() => checkDay(dayOf("2026-03-28", changes)), refusal(sentence));
  });

  test("the versions that a file carries are told in runs", () => {
    const day = dayOf("2026-03-28", {}, (n) => measured(n, n < 40 ? 1 : 2));
    const [first, second, ...rest] = carriedVersions([day]);
    assert.deepEqual(rest, []);
    assert.equal(first?.version, 1);
    assert.equal(first?.end, second?.start);
    assert.equal(second?.end, endOfDay(day));
    assert.equal(carriedVersions([day, day]).length, 4, "days are not joined, since their points may differ");
  });

  test("the third group of an OBIS code says direction and kind", () => {
    assert.deepEqual(meaningOf("1-0:2.8.0"), { direction: "export", reactive: false });
    assert.deepEqual(meaningOf("3.8.0"), { direction: "import", reactive: true });
    for (const obis of ["1-0:32.7.0", "", "1-0:1.8.0;DROP"])
      assert.throws(() => meaningOf(obis), refusal(/is not import or export/));
  });
});

describe("XML", () => {
  test("texts are escaped, and characters that XML cannot hold are refused", () => {
    assert.equal(
      xmlText(element("a", [element("b", `<&"`), undefined], { c: '"' })),
      '<a c="&quot;">\n  <b>&lt;&amp;&quot;</b>\n</a>\n',
    );
    assert.equal(xmlText(element("a", "")), "<a/>\n");
    for (const text of ["\u0000", "\ud800", "\udc00x", "\uffff"])
      assert.throws(() => escapedXml(text), refusal(/cannot hold/));
    assert.equal(escapedXml("grøn 😀"), "grøn 😀");
  });
});
