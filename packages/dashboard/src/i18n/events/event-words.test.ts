import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEntry } from "@meterport/gateway/http/api";
import { deviceAlarms, meterAlarms } from "@meterport/protocol/meaning/alarms";
import { eventArgumentOf, eventOf } from "@meterport/protocol/meaning/events";
import { argumentValues } from "@meterport/protocol/meaning/events/argument-values";
import { eventList } from "@meterport/protocol/meaning/events/event-list";
import { da } from "./da.ts";
import { de } from "./de.ts";
import { alarmName, eventText } from "./event-words.ts";
import { loadEventWords } from "./load-words.ts";

const languages = { da, de };

const entry = (raw: number, argument: readonly number[] = [0, 0]): LogEntry => {
  const { number, name, severity, source } = eventOf(raw);
  const decoded = eventArgumentOf(raw, Uint8Array.from(argument));
  return { time: null, number: 1, code: number, raw, name, argument: decoded, severity, source };
};

test("every named event has a name in each language, and no other has", () => {
  for (const [language, { names }] of Object.entries(languages)) {
    assert.deepEqual(
      Object.keys(names)
        .map(Number)
        .sort((a, b) => a - b),
      [...eventList.keys()].sort((a, b) => a - b),
      language,
    );
    for (const [code, name] of Object.entries(names)) assert.match(name, /^\p{Lu}[^.]+$/u, `${language} ${code}`);
  }
});

test("every alarm of the meter and of its devices has a name in each language", () => {
  const keys = [
    ...Object.keys(meterAlarms),
    ...Object.keys(deviceAlarms),
    "powerLow",
    "permanentError",
    "temporaryError",
  ];
  for (const [language, { alarms }] of Object.entries(languages)) {
    assert.deepEqual(Object.keys(alarms).sort(), [...keys].sort(), language);
    for (const [key, name] of Object.entries(alarms)) assert.match(name, /^\p{Lu}[^.]+$/u, `${language} ${key}`);
  }
});

test("every argument value has words in each language", () => {
  const keys = Object.entries(argumentValues).flatMap(([key, { values }]) =>
    Object.keys(values).map((value) => `${key}.${value}`),
  );
  for (const [language, { parts }] of Object.entries(languages)) {
    assert.deepEqual(Object.keys(parts).sort(), [...keys].sort(), language);
    for (const [key, text] of Object.entries(parts)) assert.match(text, /^[^.]+$/, `${language} ${key}`);
  }
});

test("words an entry completely, with the raw values beside ids", () => {
  const said = (raw: number, ...argument: number[]) =>
    Object.values(languages).map((words) => {
      const { name, argument: text } = eventText(entry(raw, argument), words);
      return `${name}: ${text}`;
    });
  assert.deepEqual(said(2, 3, 0), ["Strøm tilbage: strømafbrydelse", "Spannung wieder da: Stromausfall"]);
  assert.deepEqual(said(0x844, 5, 0), [
    "Fase mangler, under 61 % af mærkespændingen: L1, L3",
    "Phase fehlt, unter 61 % der Nennspannung: L1, L3",
  ]);
  assert.deepEqual(said(28, 0x36, 0x10), [
    "Ventende tabel aktiveret: BT54 (ventende) (4150)",
    "Wartende Tabelle aktiviert: BT54 (wartend) (4150)",
  ]);
  assert.deepEqual(said(9, 10, 0), ["Procedure kaldt: BP10 (10)", "Prozedur aufgerufen: BP10 (10)"]);
  assert.deepEqual(
    said(96, 2, 0x20)[1],
    "Zustand eines M-Bus- oder MEP-Geräts: Gerät 1, fehlgeschlagen, Verbindung verloren",
  );
  assert.deepEqual(said(96, 1, 0)[0], "Tilstand for M-Bus- eller MEP-enhed: endnu ingen enhed, mislykket, ingen plads");
  assert.deepEqual(
    said(91, 9, 0)[1],
    "Zustand der Spannungsqualität geändert: Bedingung 0 hält an, Bedingung 3 hält an",
  );
  assert.deepEqual(said(91, 0, 0)[1], "Zustand der Spannungsqualität geändert: alle beendet");
});

test("shows unlisted events as raw values, in every language", () => {
  for (const words of [null, ...Object.values(languages)]) {
    const unknown = eventText(entry(45, [7, 0]), words);
    assert.equal(unknown.name, null);
    assert.match(unknown.argument, /\b7$/);
    assert.match(eventText(entry(2, [77, 0]), words).argument, /77/);
    assert.match(eventText(entry(2, [3, 0, 0, 0, 0, 0, 9]), words).argument, /03 00 00 00 00 00 09$/);
    assert.equal(eventText(entry(1), words).argument, "");
    // A newer gateway may know more events.
    const newer: LogEntry = {
      ...entry(45),
      name: "Something new",
      argument: { hex: "0100", number: 1, text: "new", parts: [{ key: "constructor", value: 1, meaning: "new" }] },
    };
    assert.deepEqual(eventText(newer, words), { name: "Something new", argument: "new" });
  }
});

test("English comes from the gateway, other languages are loaded on demand", async () => {
  assert.equal(await loadEventWords("en"), null);
  assert.equal(await loadEventWords("da"), da);
  assert.equal(await loadEventWords("de"), de);
});

test("an alarm without a word is shown as the words of its key", () => {
  assert.equal(alarmName("lowBattery", da), "Lavt batteri");
  assert.equal(alarmName("lowBattery", null), "low battery");
  assert.equal(alarmName("phaseL1Loss", de), "phase l1 loss");
  assert.equal(alarmName("constructor", da), "constructor");
});
