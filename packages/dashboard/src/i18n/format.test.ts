import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { da } from "./da.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { directionOf, formatter } from "./format.ts";

const english = formatter(en, "en-GB", "UTC");
const danish = formatter(da, "da-DK", "Europe/Copenhagen");
const german = formatter(de, "de-DE", "Europe/Berlin");

test("power is in W below 10 kW, else in kW", () => {
  assert.equal(english.powerText(1234), "1,234 W");
  assert.equal(english.powerText(9999.4), "9,999 W");
  assert.equal(english.powerText(9999.6), "10.00 kW");
  assert.equal(english.powerText(-12_345), "−12.35 kW");
  assert.equal(danish.powerText(1234), "1.234 W");
  assert.equal(german.powerText(12_345), "12,35 kW");
});

test("unknown is a dash without a unit, never 0", () => {
  assert.equal(english.powerText(null), "–");
  assert.deepEqual(english.magnitude(null), { value: "–", unit: "W" });
  assert.equal(english.amount(null, 1, "V"), "–");
  assert.equal(english.amount(0.98, 2, ""), "0.98", "a bare number has no space behind it");
  assert.deepEqual(english.register(null), { whole: "–", decimals: "" });
  assert.equal(directionOf(null), "unknown");
});

test("a magnitude has no sign, and nothing that rounds to zero has one", () => {
  assert.equal(english.magnitudeText(-1234), "1,234 W");
  assert.equal(english.powerText(-0.3), "0 W");
  assert.equal(directionOf(-0.3), "zero");
  assert.equal(directionOf(-1), "export");
  assert.equal(directionOf(0.6), "import");
});

test("a register has three decimals", () => {
  assert.deepEqual(english.register(12_345_678), { whole: "12,345", decimals: ".678" });
  assert.deepEqual(german.register(12_345_678), { whole: "12.345", decimals: ",678" });
  assert.deepEqual(danish.register(5), { whole: "0", decimals: ",005" });
});

test("ages are in one unit, rounded down", () => {
  assert.equal(english.ago(14_999), "14 s ago");
  assert.equal(english.ago(119_999), "119 s ago");
  assert.equal(english.ago(120_000), "2 min ago");
  assert.equal(danish.ago(3 * 3_600_000), "for 3 t siden");
  assert.equal(german.ago(3 * 86_400_000), "vor 3 Tagen");
  assert.equal(danish.ago(3 * 86_400_000), "for 3 dage siden");
  assert.equal(english.ago(3 * 86_400_000 - 1), "2 days ago");
  assert.equal(english.ago(-500), "0 s ago");
});

test("times are local", () => {
  const time = Date.UTC(2026, 6, 1, 12, 5, 9);
  assert.equal(english.clock(time), "12:05");
  assert.equal(danish.clockSeconds(time), "14.05.09");
  assert.equal(german.clock(time), "14:05");
  assert.equal(english.clock(Number.NaN), "–");
});

test("no finite power gives NaN or an exception", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (watts) => {
      for (const format of [english, danish, german]) {
        assert.doesNotMatch(format.powerText(watts), /NaN|undefined/);
        assert.match(format.magnitudeText(watts), /^[^−-]/);
      }
    }),
  );
});

test("powers shown together have one unit", () => {
  assert.deepEqual(english.powerTexts([-2818, 13_860]), ["−2.82 kW", "13.86 kW"]);
  assert.deepEqual(danish.powerTexts([-2818, 9000, null]), ["−2.818 W", "9.000 W", "–"]);
});

test("a long duration has its two largest units, and no unit that is 0", () => {
  assert.equal(english.longDuration(0), "0 s");
  assert.equal(english.longDuration(34_000), "34 s");
  assert.equal(english.longDuration(6_944_000), "1 h 55 min");
  assert.equal(english.longDuration(3_600_000), "1 h");
  assert.equal(english.longDuration(86_400_000 + 60_000), "1 day");
  assert.equal(german.longDuration(1000 * (2 * 86_400 + 3 * 3600)), `2 Tg. 3 ${de.units.hour}`);
});

test("an energy at a glance has three digits or all before the separator", () => {
  assert.equal(english.energy(677), "0.68 kWh");
  assert.equal(german.energy(28_486), "28,5 kWh");
  assert.equal(danish.energy(-1_986_757), "−1.987 kWh");
  assert.equal(english.energy(null), "–");
});

test("money always carries its currency, and unknown money is a dash", () => {
  assert.equal(english.money(12.345, "DKK"), "12.35 DKK");
  assert.equal(german.money(-0.004, "EUR"), "0,00 EUR");
  assert.equal(danish.money(1.23456, "DKK", 4), "1,2346 DKK");
  assert.equal(english.money(null, "EUR"), "–");
});

test("a day and a time of day stand together without seconds", () => {
  const time = Date.UTC(2026, 10, 29, 14, 5, 30);
  assert.equal(english.dayAndTime(time), "29 Nov, 14:05");
  assert.equal(english.dayAndMonth(time), "29 Nov");
  assert.equal(english.monthAndYear(time), "Nov 2026");
  assert.match(german.dayAndTime(time), /^29\. Nov\.?, 15:05$/);
});
