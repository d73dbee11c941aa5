import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { coded, dayOf, measured, unknown } from "../model/export-day.test-kit.ts";
import { valueCodes } from "../model/value-codes.ts";
import { type ConsumptionRecordEnvelope, consumptionRecord } from "./consumption-record.ts";
import { xmllint, xmlProblems } from "./xmllint.test-kit.ts";

const sample = readFileSync(
  new URL("../../../vectors/eda/consumptionrecord-quarter-hourly.xml", import.meta.url),
  "utf8",
);

const vienna = { zone: "Europe/Vienna", gsrn: "ATXXXXXX00000000000000000XXXXXXXX", obis: "1-0:2.8.0" };

const envelope: ConsumptionRecordEnvelope = {
  sender: "ATXXXXXX",
  receiver: "EPXXXXXX",
  created: Date.UTC(2024, 3, 3, 5, 52, 15),
  sequence: 7,
  conversationId: "EPXXXXXXT1712123513688",
};

/** The elements with their texts, without space between them and without what each sender chooses. */
const comparable = (xml: string): readonly string[] =>
  xml
    .replace(/<ns1:(DocumentCreationDateTime|MessageId)>.*?<\//g, "<ns1:$1>*</")
    .replace(/\s*\n\s*/g, " ")
    .split(/(?<=>)\s*(?=<)/)
    .filter((line) => line !== "");

describe("the ConsumptionRecord of Austria", () => {
  test("has the elements, attributes and texts of the sample, in its order", () => {
    const wattHours = [1, 1, 1, 1, 1, 1, 1, 1, 0, 1];
    const ours = comparable(
      consumptionRecord([dayOf("2024-04-01", vienna, (n) => measured(wattHours[n] ?? 5))], envelope),
    );
    const theirs = comparable(sample);
    const end = theirs.indexOf("</ns0:EnergyData>");
    assert.ok(end > 60);
    assert.deepEqual(ours.slice(0, end), theirs.slice(0, end));
    assert.deepEqual(ours.slice(-4), theirs.slice(-4));
  });

  test("keeps to the patterns of the schema over the hour that is there twice", { skip: xmllint.skip }, () => {
    const codes = valueCodes.filter((code) => code !== "missing" && code !== "calculated");
    const day = dayOf("2026-10-25", vienna, (n) => coded(codes[n % codes.length] ?? "measured", 12_345_678 + n));
    const xml = consumptionRecord([day, dayOf("2026-10-26", vienna)], envelope);
    assert.equal(xmlProblems(xml), "");
    assert.match(xml, /<ns0:NumberOfMeteringIntervall>100</);
    // Patterns and codes of ConsumptionRecord_01p41.xsd.
    const times = [...xml.matchAll(/<ns0:(?:DTF|DTT|MeteringPeriod\w+)>(.*?)</g)].map(([, time = ""]) => time);
    assert.equal(times.length, 2 * 196 + 4);
    for (const time of times) assert.match(time, /^[12]\d{3}-[01]\d-[0-3]\dT[012]\d:[0-5]\d:00\+0[12]:00$/);
    for (const [, quantity = ""] of xml.matchAll(/<ns0:BQ>(.*?)</g)) assert.match(quantity, /^-?\d{1,10}\.?\d{0,6}$/);
    for (const [, method = ""] of xml.matchAll(/<ns0:MM>(.*?)</g)) assert.match(method, /^L[123]$/);
    const [, id = ""] = /<ns1:MessageId>(.*?)</.exec(xml) ?? [];
    assert.match(id, /^[0-9A-Za-z]{1,35}$/);
    assert.equal(id, "ATXXXXXX202404030552150000000000007");
  });

  test("refuses what has no reading method or is not of one point", () => {
    const write =
      (days: Parameters<typeof consumptionRecord>[0], changes: Partial<ConsumptionRecordEnvelope> = {}) =>
      () =>
        consumptionRecord(days, { ...envelope, ...changes });
    const day = dayOf("2026-03-29", vienna);
    const holed = dayOf("2026-03-29", vienna, (n) => (n === 3 ? unknown() : measured(n)));
    assert.throws(
      write([holed]),
      /lindevej-12.*2026-03-29T00:45:00\+01:00: a value that is missing has no reading method/,
    );
    assert.throws(write([day, { ...day, gsrn: "AT2" }]), /is of one metering point/);
    assert.throws(write([]), /1 to 1000 days, not 0/);
    assert.throws(write([{ ...day, gsrn: null }]), /metering point "" is not allowed/);
    assert.throws(write([dayOf("2026-03-29", { ...vienna, step: 5 })]), /15 or 60 minutes/);
    assert.throws(write([day], { sequence: 0 }), /sequence 0/);
    assert.throws(write([day], { sender: "AT<" }), /sender "AT</);
    assert.throws(write([day], { sender: "AT0012345678" }), /at most 8/);
  });
});
