import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { coded, dayOf, unknown } from "../model/export-day.test-kit.ts";
import { valueCodes } from "../model/value-codes.ts";
import { type Iec61968Envelope, iec61968, readingTypeOf } from "./iec61968.ts";
import { xmllint, xmlProblems, xpath } from "./xmllint.test-kit.ts";

const envelope: Iec61968Envelope = {
  messageId: "mp-2026-03-29-v3",
  source: "Andelen & Co",
  created: Date.UTC(2026, 2, 30, 4),
  version: 3,
};

const mixed = dayOf("2026-03-29", {}, (n) => {
  const code = valueCodes[n % valueCodes.length] ?? "measured";
  return code === "missing" ? unknown(3) : coded(code, n, 3);
});

const textOf = (parts: Iterable<string>): string => [...parts].join("");
/** Elements by their name, whatever namespace they are in. */
const at = (...names: readonly string[]): string => names.map((name) => `/*[local-name()='${name}']`).join("");

describe("reading types", () => {
  test("have eighteen parts, as in published messages", () => {
    assert.equal(readingTypeOf({ obis: "1-0:1.8.0", step: 15 }), "0.0.2.4.1.1.12.0.0.0.0.0.0.0.0.0.72.0");
    assert.equal(readingTypeOf({ obis: "1-0:2.8.0", step: 60 }), "0.0.7.4.19.1.12.0.0.0.0.0.0.0.0.0.72.0");
    assert.equal(readingTypeOf({ obis: "1-0:3.8.0", step: 15 }), "0.0.2.4.5.1.12.0.0.0.0.0.0.0.0.0.73.0");
    assert.equal(readingTypeOf({ obis: "1-0:4.8.0", step: 5 }).split(".").length, 18);
    assert.throws(() => readingTypeOf({ obis: "1-0:1.8.0", step: 20 }), /no measuring period/);
  });
});

describe("MeterReadings", () => {
  test("is well-formed, and names sender, version and message", { skip: xmllint.skip }, () => {
    const xml = textOf(iec61968([mixed, dayOf("2026-03-29", { gsrn: null, point: "a<b" })], envelope));
    assert.equal(xmlProblems(xml), "");
    assert.equal(xpath(xml, `string(${at("EventMessage", "Header", "Source")})`), "Andelen & Co");
    assert.equal(xpath(xml, `string(${at("EventMessage", "Header", "Property", "Value")})`), "3");
    const readings = at("EventMessage", "Payload", "MeterReadings", "MeterReading");
    assert.equal(xpath(xml, `count(${readings})`), "2");
    assert.equal(xpath(xml, `string(${readings}[2]${at("UsagePoint", "Names", "name")})`), "a<b");
    assert.equal(xpath(xml, `namespace-uri(${readings}[1])`), "http://iec.ch/TC57/2011/MeterReadings#");
  });

  test("stamps each interval with its end, and gives a missing value a quality and no value", {
    skip: xmllint.skip,
  }, () => {
    const xml = textOf(iec61968([mixed], envelope));
    const interval = (n: number, ...names: readonly string[]): string =>
      at("EventMessage", "Payload", "MeterReadings", "MeterReading", "IntervalBlocks", "IntervalReadings") +
      `[${n}]${at(...names)}`;
    assert.equal(xpath(xml, `string(${interval(1, "timeStamp")})`), "2026-03-28T23:15:00Z");
    assert.equal(xpath(xml, `string(${interval(92, "timeStamp")})`), "2026-03-29T22:00:00Z");
    assert.equal(xpath(xml, `string(${interval(3, "value")})`), "2");
    assert.equal(xpath(xml, `count(${interval(9, "value")})`), "0");
    const qualities = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) =>
      xpath(xml, `string(${interval(n, "ReadingQualities", "ReadingQualityType")}/@ref)`),
    );
    assert.deepEqual(qualities, ["1.0.0", "1.0.0", "3.8.0", "3.8.0", "3.8.0", "3.7.0", "3.11.0", "3.10.0", "2.5.259"]);
  });

  test("refuses a message id that is none", () => {
    assert.throws(() => textOf(iec61968([], { ...envelope, messageId: "" })), /messageId "" is not allowed/);
  });
});
