/** What the page shows of a point's meters: the clock, and those that hung there. */
import { distinct, listOf, number, record, text, timeOf } from "../../state/loose.ts";

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
  return devices === null ? null : distinct(devices, ({ from }) => from).reverse();
}
