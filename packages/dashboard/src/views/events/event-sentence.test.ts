import assert from "node:assert/strict";
import { test } from "node:test";
import { eventArgumentOf } from "@meterport/protocol/meaning/events";
import fc from "fast-check";
import { da } from "../../i18n/events/da.ts";
import { de } from "../../i18n/events/de.ts";
import { formatter } from "../../i18n/format.ts";
import { LANGUAGES, type Language } from "../../i18n/language.ts";
import { liveKeyName } from "../../i18n/live-key-name.ts";
import { eventsOf, type StoredEvent } from "./event-answer.ts";
import { lengthOf, type Sentence, type Speaker, sentenceOf } from "./event-sentence.ts";
import { GROUPS } from "./filter.ts";
import { WORDS } from "./words.ts";

function speaker(language: Language): Speaker {
  return {
    words: WORDS[language],
    log: { en: null, da, de }[language],
    format: formatter(LANGUAGES[language], language, "UTC"),
    keyName: (key) => liveKeyName(key, LANGUAGES[language]),
    isEnglish: language === "en",
    argumentOf: (raw, hex) => eventArgumentOf(raw, Buffer.from(hex, "hex")),
  };
}
const speakers = { en: speaker("en"), da: speaker("da"), de: speaker("de") };

function event(kind: string, detail: unknown, more: Partial<StoredEvent> = {}): StoredEvent {
  return { id: "x", time: 0, until: null, kind, number: null, origin: "gateway", detail, ...more };
}
function texts(given: StoredEvent): string[] {
  return Object.values(speakers).map((each) => {
    const { title, more, english } = sentenceOf(given, each);
    return `${english ? "EN " : ""}${title}${more === "" ? "" : ` | ${more}`}`;
  });
}

test("the meter's log is worded in each language, with its argument", () => {
  const detail = { code: 27, raw: 27, name: "Tier switch", severity: "status", argument: "tariff T2", hex: "0100" };
  assert.deepEqual(texts(event("log", detail)), [
    "Tier switch | tariff T2",
    "Tarifskift | tarif T2",
    "Tarifwechsel | Tarif T2",
  ]);
});

test("an entry without words yet stands in English, and says so", () => {
  const given = event("log", { code: 27, raw: 27, name: "Tier switch", argument: "tariff T2", hex: "0100" });
  assert.equal(sentenceOf(given, { ...speakers.de, log: null }).english, true);
  assert.equal(sentenceOf(given, speakers.de).english, false);
});

test("what the gateway found is worded from its fields", () => {
  const exchange = event("meter-exchange", { serials: ["1", null], registers: [] });
  assert.deepEqual(texts(exchange), [
    "Meter exchanged | 1 was replaced by an unknown meter",
    "Måleren udskiftet | 1 blev erstattet af en ukendt måler",
    "Zähler gewechselt | bisher 1, jetzt unbekannt",
  ]);
});

test("two serial numbers that take turns are named, with how often", () => {
  assert.deepEqual(texts(event("serial-unsteady", { serials: ["1", "2"], times: 3 })), [
    "Two serial numbers take turns | 1, 2; changed back 3 times; check whether two devices share the line",
    "To serienumre skiftes | 1, 2; skiftet tilbage 3 gange; se efter, om to apparater bruger linjen",
    "Zwei Seriennummern wechseln sich ab | 1, 2; 3-mal zurückgewechselt; prüfen Sie, ob zwei Geräte die Leitung nutzen",
  ]);
});

test("clocks, registers and sums tell their numbers", () => {
  const first = (kind: string, detail: unknown) => texts(event(kind, detail))[0];
  assert.equal(
    first("meter-clock-off", { offset_ms: -75_000, intervals: { count: 3 } }),
    "The meter's clock is 75 s behind | intervals affected: 3",
  );
  assert.equal(first("meter-clock-off", { offset_ms: null }), "The meter's clock shows an impossible date");
  assert.equal(
    first("machine-clock-step", { by_ms: 3_600_000, confirmed: false }),
    "This machine's clock was set forward by 60 min | or the machine slept: the meter's clock could not be compared",
  );
  assert.equal(
    first("register-leap", [{ key: "energy_import_wh", from: 10, to: 99_000 }]),
    "Register jumped | Import, total: 10 Wh to 99,000 Wh",
  );
  assert.equal(
    first("sum-difference", { channel: "energy_export_wh", off: -3 }),
    "The intervals of a day do not add up to its registers | Export, total: off by −3 Wh",
  );
  assert.equal(first("load-profile-refused", { problem: "denied" }), "Load profile: the key may not read it | denied");
  assert.equal(first("tier", { tier: 1, by: "calendar", season: 0 }), "Tariff T2 applies | by the calendar, season 1");
  assert.equal(first("control", { output: "relay1", state: "open" }), "Control relay 1: open");
});

test("every kind that can be filtered has words of its own in each language", () => {
  for (const kind of Object.values(GROUPS).flat()) {
    for (const [language, each] of Object.entries(speakers)) {
      const { title } = sentenceOf(
        event(kind, { name: "Name", key: "phaseLoss", code: 1, type: "asked", output: "relay1" }),
        each,
      );
      assert.notEqual(title, kind, `${language} ${kind}`);
      assert.match(title, /\p{L}/u);
    }
  }
});

test("tones tell alarms, outages and findings apart", () => {
  const tone = (given: StoredEvent): Sentence["tone"] => sentenceOf(given, speakers.en).tone;
  assert.equal(tone(event("alarm", { key: "phaseLoss" })), "alarm");
  assert.equal(tone(event("log", { severity: "alarm" }, { origin: "meter" })), "alarm");
  assert.equal(tone(event("outage", {}, { origin: "outage" })), "outage");
  assert.equal(tone(event("frozen", {})), "finding");
  assert.equal(tone(event("tier", {}, { origin: "meter" })), "plain");
});

test("a length is told where there is one, and never for what has just no end", () => {
  assert.equal(lengthOf(event("outage", {}, { until: 34_000 }), speakers.en), "for 34 s");
  assert.equal(lengthOf(event("outage", { duration_s: 90 }), speakers.en), "for 90 s");
  assert.equal(lengthOf(event("log", {}), speakers.en), "");
});

test("property: no event of any gateway makes an exception or an endless sentence", () => {
  const kinds = [...Object.values(GROUPS).flat(), "constructor", "new-kind"];
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.jsonValue(), (kind, detail) => {
      const page = eventsOf({ events: [{ id: "a", time: "2026-01-01T00:00:00Z", kind, detail }], next: null });
      for (const given of page?.events ?? [])
        for (const each of Object.values(speakers)) {
          const { title, more } = sentenceOf(given, each);
          assert.ok(title.length + more.length < 20_000);
        }
    }),
    { numRuns: 300 },
  );
});
