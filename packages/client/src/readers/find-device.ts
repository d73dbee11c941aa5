/** Finds a device behind a meter by what is printed on it. */
import { UsageError } from "@meterport/protocol/errors";
import type { Device } from "./mbus.ts";

/** What a device is looked for by; at least one of the two. */
export interface DeviceQuery {
  /** Eight digits, as printed on the device and as its telegrams say. */
  readonly serial?: string | undefined;
  /** "gas", "water", "heat", "hot water" …, as telegrams name it, or its number. */
  readonly medium?: string | number | undefined;
}

/** What the MEP guide calls hot water (p. 100) is warm water in EN 13757-3. */
const otherNames: Readonly<Record<string, readonly number[]>> = { "hot water": [6, 21] };

const hasMedium = ({ latest }: Device, wanted: string | number): boolean => {
  const telegram = latest?.telegram ?? null;
  if (telegram === null) return false;
  if (typeof wanted === "number") return telegram.mediumCode === wanted;
  const name = wanted.trim().toLowerCase();
  const { medium, mediumCode } = telegram;
  // "heat, by the return temperature" is heat.
  return medium === name || medium?.startsWith(`${name},`) === true || otherNames[name]?.includes(mediumCode) === true;
};

/**
 * The device with this serial number and medium; undefined if no device that was read has them. A device is known by its
 * last answer, so one that was never read cannot be found.
 *
 * @throws UsageError (`device-query`) if the query is empty, or a serial number is not eight digits; (`ambiguous`) if
 * several devices match
 */
export const findDevice = (devices: readonly Device[], { serial, medium }: DeviceQuery): Device | undefined => {
  if (serial === undefined && medium === undefined)
    throw new UsageError("device-query", "a device is found by its serial number or its medium; give one of them");
  if (serial !== undefined && !/^\d{8}$/.test(serial))
    throw new UsageError(
      "device-query",
      `${JSON.stringify(serial.slice(0, 40))} is not a serial number; write its eight digits, with leading zeros`,
    );
  const found = devices.filter(
    (device) =>
      (serial === undefined || device.latest?.telegram?.serialNumber === serial) &&
      (medium === undefined || hasMedium(device, medium)),
  );
  if (found.length > 1) {
    const handles = found.map(({ handle }) => handle).join(", ");
    throw new UsageError("ambiguous", `${found.length} devices match, handles ${handles}; add the serial number`);
  }
  return found[0];
};
