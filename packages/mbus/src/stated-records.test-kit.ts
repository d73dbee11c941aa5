/** What other decoders state of a telegram's records, beside what ours says. */
import assert from "node:assert/strict";
import { fromHex } from "@meterport/protocol/bytes";
import { type MbusApplication, mbusApplication, mbusFrame } from "./application.ts";
import { manufacturerOf } from "./device.ts";
import type { MbusRecord } from "./records.ts";

export const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail(hex);

const headLength = 10;

/** A wireless telegram has its length, C field, maker and device before the CI field; checksums were taken off it. */
const wirelessOf = (bytes: Uint8Array): MbusApplication => {
  assert.equal(bytes[0], bytes.length - 1);
  const manufacturer = manufacturerOf((bytes[2] ?? 0) | ((bytes[3] ?? 0) << 8));
  return mbusApplication(bytes.subarray(headLength), { manufacturer, decrypted: true });
};

/** A frame of the wired link, or a wireless telegram that was decrypted already. */
export const applicationOf = (hex: string): MbusApplication => {
  const bytes = bytesOf(hex);
  const frame = mbusFrame(bytes);
  return frame === undefined ? wirelessOf(bytes) : mbusApplication(frame.application);
};

const functions: Readonly<Record<MbusRecord["function"], string>> = {
  instantaneous: "",
  maximum: "max",
  minimum: "min",
  error: "err",
};

/** As the vectors write the place of a record. */
export const placeOf = ({ function: kind, storage, tariff, subunit }: MbusRecord): string =>
  [
    functions[kind],
    storage === 0 ? "" : `s${storage}`,
    tariff === 0 ? "" : `t${tariff}`,
    subunit === 0 ? "" : `u${subunit}`,
  ]
    .filter((part) => part !== "")
    .join(" ");

/** A record in one line: what it says, and where. */
export const lineOf = (record: MbusRecord): string => {
  const { quantity, value, text, time, raw, unit, phase, doubts, notes } = record;
  const says = value ?? time ?? text ?? (raw === null ? "nothing" : `raw ${raw}`);
  const more = [phase ?? "", doubts.map((doubt) => `${doubt}?`).join(" "), notes.join(", ")].filter(
    (part) => part !== "",
  );
  return [quantity, `${says}${unit === null ? "" : ` ${unit}`}`, placeOf(record), ...more]
    .join("; ")
    .replace("; ;", ";");
};

const joulesPerWattHour = 3600;

/**
 * Numbers are stated with six digits behind the point, times often without their seconds, and energy in watt-hours even if
 * it was sent in joules.
 */
export const saysSame = (record: MbusRecord, stated: string, unit = ""): boolean => {
  const { value, text, time } = record;
  if (value !== null) {
    const joules = record.unit === "J" && unit === "Wh";
    if (unit !== (record.unit ?? "") && !joules) return false;
    const number = Number(stated) * (joules ? joulesPerWattHour : 1);
    return stated !== "" && Math.abs(value - number) <= Math.max(6e-7, Math.abs(value) * 1e-6);
  }
  if (time !== null) return stated === time || (/T\d\d:\d\d$/.test(stated) && time.startsWith(stated));
  // Digits of identifications are stated as numbers.
  return text !== null && (text === stated || (/^\d+$/.test(text) && Number(text) === Number(stated)));
};
