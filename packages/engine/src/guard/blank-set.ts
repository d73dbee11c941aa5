/** Readings that the digest lets pass and that no meter measures: zeros everywhere, registers in each other's place. */
import { type LiveKey, liveKeys } from "@meterport/protocol/meaning/readings";
import { isRegister, type RegisterKey, registerKeys } from "./measured.ts";

const measuredKeys = liveKeys.filter((key) => !isRegister(key));

type Values = Readonly<Partial<Record<LiveKey, number | null>>>;

/**
 * Whether everything measured is 0, voltages included. A meter lives on the voltage that it measures, so it cannot answer
 * without any: its memory was not read, or it has just started.
 *
 * @example
 * isBlankSet(reading({ power_w: 0, voltage_l1_v: 0 })) // true
 * @example
 * isBlankSet(reading({ power_w: 0, voltage_l1_v: 231 })) // false
 */
export const isBlankSet = (reading: Values): boolean => {
  let voltages = 0;
  for (const key of measuredKeys) {
    const value = reading[key];
    if (typeof value !== "number") continue;
    if (value !== 0) return false;
    if (key.startsWith("voltage_")) voltages++;
  }
  return voltages > 0;
};

/**
 * Whether every register is 0 though one of them was not: no counter says that of a meter that was not exchanged, and an exchanged
 * one soon counts.
 */
export const areZeroed = (reading: Values, last: Readonly<Partial<Record<RegisterKey, number>>>): boolean => {
  const known = registerKeys.filter((key) => typeof reading[key] === "number");
  return known.length > 0 && known.every((key) => reading[key] === 0) && known.some((key) => (last[key] ?? 0) > 0);
};

/** Whether a meter of which nothing is known yet shows nothing but zeros, in two registers or more. */
export const isFirstZero = (reading: Values, last: Readonly<Partial<Record<RegisterKey, number>>>): boolean => {
  let zeros = 0;
  for (const key of registerKeys) {
    const value = reading[key];
    if (typeof value !== "number") continue;
    if (value !== 0 || last[key] !== undefined) return false;
    zeros++;
  }
  return zeros > 1;
};

/**
 * Registers that show each other's value: two values far apart, each of which continues the other register. `room` is how far a
 * register may have risen.
 *
 * @example
 * [...swapped({ energy_import_wh: 70, energy_export_wh: 5_000_001 }, { energy_import_wh: 5_000_000, energy_export_wh: 70 }, 1_000)]
 * // ["energy_import_wh", "energy_export_wh"]
 */
export const swapped = (
  reading: Values,
  last: Readonly<Partial<Record<RegisterKey, number>>>,
  room: number,
): ReadonlySet<RegisterKey> => {
  const found = new Set<RegisterKey>();
  const continues = (value: number, from: number): boolean => value >= from && value - from <= room;
  registerKeys.forEach((a, n) => {
    for (const b of registerKeys.slice(n + 1)) {
      const [nowA, nowB, wasA, wasB] = [reading[a], reading[b], last[a], last[b]];
      if (typeof nowA !== "number" || typeof nowB !== "number" || wasA === undefined || wasB === undefined) continue;
      if (Math.abs(wasA - wasB) <= 2 * room) continue;
      if (continues(nowA, wasB) && continues(nowB, wasA)) found.add(a).add(b);
    }
  });
  return found;
};
