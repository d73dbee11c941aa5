/** What the page shows of a point's meters: the clock, those that hung there, those behind it. */
import { listOf, number, oneOf, record, text, timeOf } from "../../state/loose.ts";

export interface MeterClock {
  /** The meter's clock minus the gateway's, milliseconds. */
  readonly offset: number;
  /** The true offset is within this distance. */
  readonly error: number;
  readonly time: number;
  readonly drift: number | null;
}

/** The clock in the answer of `points/{id}`; undefined if the answer cannot be understood, null if nobody has looked. */
export function clockOf(data: unknown): { readonly clock: MeterClock | null } | null {
  const loose = record(data);
  if (loose === null) return null;
  const clock = record(loose.clock);
  const [offset, error, time] = [number(clock?.offset_ms), number(clock?.error_ms), timeOf(clock?.time)];
  if (offset === null || error === null || time === null) return { clock: null };
  return { clock: { offset, error, time, drift: number(clock?.drift_ppm) } };
}

export interface Device {
  readonly from: number;
  readonly to: number | null;
  readonly serial: string | null;
  readonly name: string;
  readonly firmware: string | null;
  /** Import registers when it came and when it went, Wh. */
  readonly start: number | null;
  readonly end: number | null;
}

const MOST = 1000;

/** The meters in the answer of `points/{id}/devices`, newest first; null if it is none. */
export function devicesOf(data: unknown): Device[] | null {
  const devices = listOf(record(data)?.devices, MOST, (value): Device | null => {
    const loose = record(value);
    const from = timeOf(loose?.from);
    if (loose === null || from === null) return null;
    const wh = (registers: unknown) => number(record(registers)?.energy_import_wh);
    return {
      ...{ from, to: timeOf(loose.to), serial: text(loose.serial), firmware: text(loose.firmware) },
      ...{ name: [text(loose.manufacturer), text(loose.model)].filter(Boolean).join(" ") },
      ...{ start: wh(loose.start), end: wh(loose.end) },
    };
  });
  return devices === null ? null : devices.reverse();
}

export interface Child {
  readonly id: string;
  readonly serial: string | null;
  readonly medium: string | null;
  readonly manufacturer: string | null;
  readonly state: "up" | "down" | "unknown";
  readonly alarms: readonly string[];
  readonly read: number | null;
  readonly values: readonly { readonly register: string; readonly value: number | null }[];
}

/** The meters in the answer of `children`; null if it is none. */
export function childrenOf(data: unknown): Child[] | null {
  return listOf(record(data)?.children, MOST, (value): Child | null => {
    const loose = record(value);
    const id = text(loose?.id);
    if (loose === null || id === null) return null;
    const values = listOf(loose.values, 50, (entry) => {
      const register = text(record(entry)?.register);
      return register === null ? null : { register, value: number(record(entry)?.value) };
    });
    return {
      ...{ id, serial: text(loose.serial), medium: text(loose.medium), manufacturer: text(loose.manufacturer) },
      state: oneOf(["up", "down", "unknown"], loose.state) ?? "unknown",
      alarms: listOf(loose.alarms, 50, text) ?? [],
      ...{ read: timeOf(loose.time_read), values: values ?? [] },
    };
  });
}

/**
 * A register of a child as name and unit: the last part of its name is the unit.
 *
 * @example registerParts("volume_uncorrected_m3") // { name: "volume uncorrected", unit: "m³" }
 */
export function registerParts(register: string): { readonly name: string; readonly unit: string } {
  const parts = register.split("_");
  const units: Readonly<Record<string, string>> = {
    m3: "m³",
    wh: "Wh",
    kwh: "kWh",
    j: "J",
    c: "°C",
    k: "K",
    w: "W",
    l: "l",
    h: "h",
  };
  const last = parts.at(-1) ?? "";
  if (parts.length < 2 || !Object.hasOwn(units, last)) return { name: parts.join(" "), unit: "" };
  return { name: parts.slice(0, -1).join(" "), unit: units[last] ?? "" };
}
