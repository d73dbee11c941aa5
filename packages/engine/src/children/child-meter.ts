/** Another meter behind this one, on its M-Bus: a point of its own, with the values that the meter read from it. Pure. */
import type { DeviceRead } from "@meterport/client/readers/mbus";
import type { MbusRecord } from "@meterport/mbus/records";
import type { Millis } from "@meterport/protocol/ports";
import { utcOfLocal } from "../calendar/local-calendar.ts";
import type { RegisterState } from "../model/register-state.ts";

/** What is known of a child. */
export interface ChildMeter {
  /** "home.12345678": the point of the meter that reads it, and its own serial number. */
  readonly id: string;
  readonly parent: string;
  /** Eight digits. */
  readonly serial: string;
  /** In ET14; a child that is registered again has another one. */
  readonly handle: number;
  /** 0 to 3. */
  readonly slot: number;
  /** As in "water"; null if it is not known. */
  readonly medium: string | null;
  /** Three letters; null if it does not say. */
  readonly manufacturer: string | null;
  readonly state: "up" | "down" | "unknown";
  /** Names of the alarms that are active, and of the flags in its last answer. */
  readonly alarms: readonly string[];
  /** When the meter read it last, milliseconds since 1970; null if it has not yet. */
  readonly readAt: Millis | null;
  /** What it answered then. */
  readonly values: readonly ChildValue[];
}

/** One value of a child. */
export interface ChildValue {
  /** Quantity and unit, as in "volume_m3" or "flow_temperature_c". */
  readonly register: string;
  /** 0 is the sum of all tariffs. */
  readonly tier: number;
  readonly value: number;
}

/** A telegram with more of them is not believed. */
const mostValues = 64;

const suffixes: Readonly<Record<string, string>> = {
  "m³": "m3",
  "m³/h": "m3_per_h",
  "m³/min": "m3_per_min",
  "m³/s": "m3_per_s",
  "°C": "c",
  "kg/h": "kg_per_h",
  "J/h": "j_per_h",
  "%": "percent",
};
const kinds: Readonly<Record<MbusRecord["function"], string>> = {
  instantaneous: "",
  maximum: "_max",
  minimum: "_min",
  error: "_error",
};

const words = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");

/**
 * The name of a record's register: its quantity, what sets it apart, and its unit.
 *
 * @example
 * childRegister({ quantity: "volume", unit: "m³", function: "instantaneous", subunit: 0, notes: [] }) // "volume_m3"
 * childRegister({ quantity: "flow temperature", unit: "°C", function: "maximum", subunit: 1, notes: [] }) // "flow_temperature_unit_1_max_c"
 */
export const childRegister = ({
  quantity,
  unit,
  function: kind,
  subunit,
  notes,
}: Pick<MbusRecord, "quantity" | "unit" | "function" | "subunit" | "notes">): string => {
  const parts = [quantity, ...notes].map(words).join("_");
  const housing = subunit === 0 ? "" : `_unit_${subunit}`;
  const suffix = unit === null ? "" : `_${suffixes[unit] ?? words(unit)}`;
  return `${parts}${housing}${kinds[kind]}${suffix}`;
};

/** Its present values. What it remembers of its own past, and what is in doubt, is not among them. */
export const childValues = ({ telegram, further }: Pick<DeviceRead, "telegram" | "further">): readonly ChildValue[] => {
  const seen = new Set<string>();
  const values: ChildValue[] = [];
  for (const record of [telegram, ...further].flatMap((answer) => answer?.records ?? [])) {
    if (record.value === null || record.quality !== "good" || record.storage !== 0) continue;
    if (record.function === "error" || record.quantity === "unknown") continue;
    const register = childRegister(record);
    const key = `${register}/${record.tariff}`;
    // Two values under one name cannot be told apart later.
    if (seen.has(key) || values.length === mostValues) continue;
    seen.add(key);
    values.push({ register, tier: record.tariff, value: record.value });
  }
  return values;
};

/** Clocks of meters are some minutes off; what claims to be from later was not read then. */
const tolerance: Millis = 3_600_000;

/**
 * When the meter read it, by the zone of the point; null if the time is impossible or in the future, which a wrong clock of the
 * meter makes of it.
 */
export const childReadAt = ({ readTime }: Pick<DeviceRead, "readTime">, zone: string, wall: Millis): Millis | null => {
  if (readTime === null) return null;
  const time = utcOfLocal(zone, Date.parse(`${readTime}Z`));
  return time > wall + tolerance ? null : time;
};

/** The id of the point of a child, which its serial number decides: another water meter has another history. */
export const childId = (parent: string, serial: string): string => `${parent}.${serial}`;

/** The states of its registers that one read gives; none without a serial number, a time or values. */
export const childStates = (
  read: Pick<DeviceRead, "telegram" | "further" | "readTime">,
  {
    parent,
    zone,
    wall,
    table,
  }: { readonly parent: string; readonly zone: string; readonly wall: Millis; readonly table: string },
): readonly RegisterState[] => {
  const serial = read.telegram?.serialNumber ?? null;
  const time = childReadAt(read, zone, wall);
  if (serial === null || time === null) return [];
  const proof = {
    time: wall,
    table,
    offset: null,
    raw: null,
    profile: null,
    clockOffset: null,
    note: `the meter read it on the M-Bus at ${read.readTime} by its own clock`,
  };
  return childValues(read).map(({ register, tier, value }) => ({
    ...{ point: childId(parent, serial), register, tier, time, value, reason: "read" as const, serial, proof },
  }));
};
