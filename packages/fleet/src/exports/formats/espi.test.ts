import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { nameUuid } from "../delivery/name-uuid.ts";
import { coded, dayOf, measured, unknown } from "../model/export-day.test-kit.ts";
import { valueCodes } from "../model/value-codes.ts";
import { type EspiEnvelope, espiFeed } from "./espi.ts";
import { xmllint, xmlProblems, xpath } from "./xmllint.test-kit.ts";

const xsd = fileURLToPath(new URL("../../../vectors/espi/espi-readings.xsd", import.meta.url));
const envelope: EspiEnvelope = { title: "Andelen & Co", created: Date.UTC(2026, 2, 30, 4), uuidOf: nameUuid };
const textOf = (parts: Iterable<string>): string => [...parts].join("");
const at = (...names: readonly string[]): string => names.map((name) => `/*[local-name()='${name}']`).join("");

const mixed = dayOf("2026-03-29", {}, (n) => {
  const code = valueCodes[n % valueCodes.length] ?? "measured";
  return code === "missing" ? unknown() : coded(code, 100 + n);
});

/** The resources in the entries of a feed. */
const resourcesIn = (xml: string): readonly string[] =>
  [...xml.matchAll(/<content>\s*(.*?)\s*<\/content>/gs)].map(([, resource = ""]) => resource);

describe("Green Button", () => {
  test("each resource of a feed is valid by NAESB's schema", { skip: xmllint.skip }, () => {
    const days = [
      mixed,
      dayOf("2026-03-30"),
      dayOf("2026-03-30", { obis: "1-0:3.8.0", unit: "varh" }),
      dayOf("2026-03-30", { point: "shed", step: 60 }),
    ];
    const xml = textOf(espiFeed(days, envelope));
    assert.equal(xmlProblems(xml), "");
    const resources = resourcesIn(xml);
    // Two points, three channels with a type and a reading each, four days.
    assert.equal(resources.length, 2 + 3 * 2 + 4);
    for (const resource of resources) assert.equal(xmlProblems(resource, xsd), "");
    assert.match(xmlProblems(resources[0]?.replace("<kind>0<", "<kind>x<") ?? "", xsd), /kind/);
  });

  test("readings have start, duration, value and quality, and a missing value is none", { skip: xmllint.skip }, () => {
    const xml = textOf(espiFeed([mixed], envelope));
    const block = at("feed", "entry", "content", "IntervalBlock");
    assert.equal(xpath(xml, `string(${block}${at("interval", "start")})`), String(Date.UTC(2026, 2, 28, 23) / 1000));
    assert.equal(xpath(xml, `string(${block}${at("interval", "duration")})`), String(23 * 3600));
    const reading = (n: number, ...names: readonly string[]): string =>
      xpath(xml, `string(${block}/*[local-name()='IntervalReading'][${n}]${at(...names)})`);
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => reading(n, "ReadingQuality", "quality")),
      ["", "", "9", "8", "8", "7", "11", "10"],
    );
    assert.equal(reading(9, "value"), "109", "the ninth quarter is missing, so the ninth reading is of the tenth");
    assert.equal(reading(9, "timePeriod", "start"), String(Date.UTC(2026, 2, 28, 23) / 1000 + 9 * 900));
    assert.equal(xpath(xml, `string(${at("feed", "entry", "content", "ReadingType", "flowDirection")})`), "1");
  });

  test("links within the feed lead to its entries, and ids are UUIDs that stay the same", () => {
    const write = (): string => textOf(espiFeed([mixed, dayOf("2026-03-30")], envelope));
    const xml = write();
    assert.equal(xml, write());
    const hrefs = (rel: string): readonly string[] =>
      [...xml.matchAll(new RegExp(`rel="${rel}" href="(.*?)"`, "g"))].map(([, href = ""]) => href);
    const places = new Set([...hrefs("self"), ...hrefs("up")]);
    for (const href of hrefs("related")) assert.ok(places.has(href), href);
    const ids = [...xml.matchAll(/<id>urn:uuid:(.*?)</g)].map(([, id = ""]) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[a-f0-9]{8}-[a-f0-9]{4}-5[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}$/);
  });

  test("what it cannot hold is refused", () => {
    const write =
      (changes: Parameters<typeof dayOf>[1], amount = 1) =>
      () =>
        textOf(espiFeed([dayOf("2026-03-30", changes, () => measured(amount))], envelope));
    assert.throws(write({ obis: "1-0:4.8.0", unit: "varh" }), /no direction for 1-0:4\.8\.0/);
    assert.throws(write({}, 2 ** 48), /more than ESPI can hold/);
  });
});
