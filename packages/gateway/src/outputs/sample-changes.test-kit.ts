/** One change of each kind, for golden files. */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";

export const sampleTime = Date.UTC(2026, 7, 1, 10, 15);

const head = { stored: sampleTime + 1_000, point: "home" } as const;

/** An interval, one whose value is unknown, a register, an event with text that wants escaping, a meter. */
export const sampleChanges: readonly JournalEntry[] = [
  {
    ...{ ...head, number: 1, kind: "interval" },
    interval: {
      ...{ point: "home", channel: "energy_import_wh", end: sampleTime, seconds: 900, value: 250, source: "profile" },
      ...{ quality: "good", flags: [], register: 13_779_338, revision: 2, stored: sampleTime + 1_000 },
    },
  },
  {
    ...{ ...head, number: 2, kind: "interval" },
    interval: {
      ...{ point: "home", channel: "energy_export_wh", end: sampleTime, seconds: 900, value: null, source: "profile" },
      ...{ quality: "missing", flags: ["powerFail", "clockError"], register: null, revision: 1 },
      stored: sampleTime + 1_000,
    },
  },
  {
    ...{ ...head, number: 3, kind: "register" },
    register: {
      ...{ point: "home", register: "energy_import_wh", tier: 0, time: sampleTime, value: 13_779_338 },
      ...{ reason: "daily", serial: "12345678" },
    },
  },
  {
    ...{ ...head, number: 4, kind: "event" },
    event: {
      ...{ point: "home", id: "log:4711", time: sampleTime, until: sampleTime + 90_000, kind: "power down, L1=x" },
      ...{ number: 7, origin: "meter", detail: '{"text":"a \\"b\\", c\\\\"}' },
    },
  },
  {
    ...{ ...head, number: 5, kind: "device" },
    device: {
      ...{ point: "home", from: sampleTime, to: null, serial: "12345678", manufacturer: "NES", model: "83334-3I" },
      ...{ firmware: "3.70.12", profile: "meter:3.70", start: { energy_import_wh: 1_000 }, end: null },
    },
  },
];
