/** Data records of M-Bus telegrams, as bytes (EN 13757-3): DIF, VIF and the value behind them. */
import { utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";

/** Packed digits, the lowest pair first. */
export const packed = (value: number, digits: number): readonly number[] => {
  const text = String(Math.floor(value) % 10 ** digits).padStart(digits, "0");
  return Array.from({ length: digits / 2 }, (_, i) =>
    Number.parseInt(text.slice(digits - 2 * i - 2, digits - 2 * i), 16),
  );
};

/** A whole number, lowest byte first; negative ones as two's complement. */
export const binary = (value: number, bytes: number): readonly number[] => {
  const whole = BigInt.asUintN(8 * bytes, BigInt(Math.trunc(value)));
  return Array.from({ length: bytes }, (_, i) => Number((whole >> BigInt(8 * i)) & 0xffn));
};

/** Date and time of type F: minutes, hours, days, months, and a year in two pieces. */
const typeF = (local: Millis): readonly number[] => {
  const { year, month, day, hour, minute } = utcFields(local);
  return [minute, hour, day | ((year & 7) << 5), month | ((year >> 3) << 4)];
};

/** 8, 6 and 4 packed digits. */
export const digits8 = (vif: readonly number[], value: number): readonly number[] => [
  0x0c,
  ...vif,
  ...packed(value, 8),
];
export const digits6 = (vif: readonly number[], value: number): readonly number[] => [
  0x0b,
  ...vif,
  ...packed(value, 6),
];
export const digits4 = (vif: readonly number[], value: number): readonly number[] => [
  0x0a,
  ...vif,
  ...packed(value, 4),
];
export const int32 = (vif: readonly number[], value: number): readonly number[] => [0x04, ...vif, ...binary(value, 4)];
export const int16 = (vif: readonly number[], value: number): readonly number[] => [0x02, ...vif, ...binary(value, 2)];
export const int8 = (vif: readonly number[], value: number): readonly number[] => [0x01, ...vif, ...binary(value, 1)];

/** When the device took its values, as its local clock shows it. */
export const takenAt = (local: Millis): readonly number[] => [0x04, 0x6d, ...typeF(local)];
/** The device's own error flags. */
export const errorFlags = (flags: number): readonly number[] => int16([0xfd, 0x17], flags);

/** Header of the digital output that drives a valve, in telegrams and in commands. */
export const valveHeader = [0x01, 0xfd, 0x1a] as const;

/**
 * Whether a written message opens a valve or closes it; undefined if it holds no such record.
 *
 * @example
 * valveCommand(Uint8Array.of(0x51, 0x01, 0xfd, 0x1a, 0)) // "closed"
 */
export const valveCommand = (data: Uint8Array): "open" | "closed" | undefined => {
  for (let at = 0; at + valveHeader.length < data.length; at++)
    if (valveHeader.every((byte, i) => data[at + i] === byte))
      return ((data[at + valveHeader.length] ?? 0) & 1) === 1 ? "open" : "closed";
  return undefined;
};
