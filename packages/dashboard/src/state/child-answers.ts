/** The meters behind the meter, with what was read from them last. */
import { MEDIA, type Medium } from "../i18n/media.ts";
import { count, distinct, listOf, number, oneOf, record, text, timeOf } from "./loose.ts";

export interface ChildReading {
  /** As the gateway names it, with its unit. */
  readonly register: string;
  /** The gateway's name of the quantity, without its unit: "volume", "flow_temperature". */
  readonly quantity: string;
  /** 0 is the sum of all tariffs. */
  readonly tier: number;
  readonly value: number;
  /** "" for a value without one, or with one that this page does not know. */
  readonly unit: string;
  readonly decimals: number;
  /** Whether it only grows. */
  readonly isCounter: boolean;
}

export interface Child {
  readonly id: string;
  /** The point of the meter that reads it. */
  readonly parent: string | null;
  readonly serial: string;
  readonly manufacturer: string | null;
  /** What it counts; null if the page has no word for it, then `mediumText` has the gateway's. */
  readonly medium: Medium | null;
  readonly mediumText: string | null;
  /** Its place at the meter, from 0. */
  readonly slot: number | null;
  /** The meter's number for it. */
  readonly handle: number | null;
  readonly state: "up" | "down" | "unknown";
  readonly alarms: readonly string[];
  /** When the meter read it last, milliseconds since 1970; null if it has not yet. */
  readonly readAt: number | null;
  /** The counter first. */
  readonly values: readonly ChildReading[];
}

/** Units by the end of a register's name: factor into the unit that is shown, and decimals. The longest end that fits counts. */
const UNITS: readonly (readonly [suffix: string, unit: string, factor: number, decimals: number])[] = [
  ["_m3_per_h", "m³/h", 1, 3],
  ["_m3", "m³", 1, 3],
  ["_kg_per_h", "kg/h", 1, 1],
  ["_percent", "%", 1, 0],
  ["_wh", "kWh", 0.001, 1],
  ["_gj", "GJ", 1, 3],
  ["_j", "MJ", 0.000_001, 1],
  ["_kg", "kg", 1, 1],
  ["_bar", "bar", 1, 2],
  ["_hz", "Hz", 1, 2],
  ["_w", "W", 1, 0],
  ["_v", "V", 1, 1],
  ["_a", "A", 1, 2],
  ["_c", "°C", 1, 1],
  ["_k", "K", 1, 1],
];

/** More than any meter can have behind it. */
const MOST_CHILDREN = 64;

/** Quantities that are counters, the more telling first. */
const COUNTERS = ["energy", "volume", "volume_uncorrected", "volume_corrected", "mass"];

/** A state of a child that the gateway's alarms list as one, though nothing is wrong. */
const NO_ALARMS = ["billingDataCollected"];

/**
 * A value of a child by its register's name.
 *
 * @example childReading("energy_wh", 0, 1500).value // 1.5, in kWh
 */
export function childReading(register: string, tier: number, value: number): ChildReading {
  const known = UNITS.find(([suffix]) => register.endsWith(suffix));
  if (known === undefined)
    return { register, quantity: register, tier, value, unit: "", decimals: 2, isCounter: false };
  const [suffix, unit, factor, decimals] = known;
  const quantity = register.slice(0, -suffix.length);
  return { register, quantity, tier, value: value * factor, unit, decimals, isCounter: COUNTERS.includes(quantity) };
}

function rank({ quantity, tier }: ChildReading): number {
  const place = COUNTERS.indexOf(quantity);
  return (place === -1 ? COUNTERS.length : place) + (tier === 0 ? 0 : COUNTERS.length + 1);
}

function valuesOf(data: unknown): ChildReading[] {
  const values =
    listOf(data, 64, (entry) => {
      const loose = record(entry);
      const [register, value] = [text(loose?.register), number(loose?.value)];
      return register === null || value === null ? null : childReading(register, count(loose?.tier), value);
    }) ?? [];
  return values.sort((a, b) => rank(a) - rank(b));
}

function mediumOf(name: string | null): Medium | null {
  // "heat, by the return temperature": where the temperature is measured does not matter here.
  return oneOf(MEDIA, name?.split(",")[0]?.trim() ?? "");
}

/** The children in an answer of `children`; null if it has no list of them. */
export function childrenOf(data: unknown): Child[] | null {
  const children = listOf(record(data)?.children, MOST_CHILDREN, (entry) => {
    const loose = record(entry);
    const [id, serial, medium] = [text(loose?.id), text(loose?.serial), text(loose?.medium)];
    if (loose === null || id === null) return null;
    return {
      ...{ parent: text(loose.parent), slot: number(loose.slot), handle: number(loose.handle) },
      ...{ id, serial: serial ?? "", manufacturer: text(loose.manufacturer), medium: mediumOf(medium) },
      ...{ mediumText: medium, state: oneOf(["up", "down", "unknown"], loose.state) ?? "unknown" },
      alarms: (listOf(loose.alarms, 16, text) ?? []).filter((alarm) => !NO_ALARMS.includes(alarm)),
      ...{ readAt: timeOf(loose.time_read), values: valuesOf(loose.values) },
    };
  });
  return children === null ? null : distinct(children, ({ id }) => id);
}

/** A page of all children of the gateway. */
export interface ChildPage {
  readonly children: readonly Child[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

/** The answer of `children` without a parent; null if it is none. */
export function childPageOf(data: unknown): ChildPage | null {
  const children = childrenOf(data);
  return children === null ? null : { children, next: text(record(data)?.next) };
}
