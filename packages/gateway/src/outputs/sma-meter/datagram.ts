/** A datagram of an SMA Energy Meter. Pure. */
import type { FigureKey, Figures } from "../lines/figures.ts";
import { type Measurement, measurements } from "./measurements.ts";

const text = new TextEncoder();

/** SMA's technical information *SMA Energy Meter: meter protocol* 1.0, chapter 3. */
const tagLength = { group: 4, end: 0 } as const;
const groupTag = 0x02a0;
const netTag = 0x0010;
const protocol = 0x6069;
/** The device class of the first Energy Meter; that of its successor is 349. */
const energyMeterClass = 270;
/** What it says its firmware is: the first that has the frequency. */
const firmware = [2, 3, 4, 0x52] as const;
const versionId = [0x90, 0, 0, 0] as const;

export interface SmaIdentity {
  /** 1 to 2^32 - 1, each meter of a network its own. */
  readonly serial: number;
  /** Milliseconds of any clock that does not run backwards. */
  readonly ticks: number;
}

const numberBytes = (value: bigint, length: 4 | 8): number[] =>
  Array.from({ length }, (_, n) => Number((value >> BigInt(8 * (length - 1 - n))) & 0xffn));

/** Apparent power goes in the direction of the active power, as the meter shows it. */
const directed = (
  figures: Figures,
  figure: FigureKey,
  direction: Measurement["flows"],
  power: FigureKey,
): number | null => {
  const value = figures[figure];
  const watts = figures[power];
  if (direction === undefined) return value;
  if (value === null || watts === null) return null;
  return (direction === "in") === watts >= 0 ? value : 0;
};

const valueBytes = (one: Measurement, figures: Figures): number[] => {
  const value = directed(figures, one.figure, one.flows, one.power ?? "power_w");
  if (value === null) return [];
  const whole = Math.round(value * one.times);
  if (!Number.isSafeInteger(whole) || whole < 0 || (one.kind === "now" && whole > 0xffff_ffff)) return [];
  const length = one.kind === "now" ? 4 : 8;
  return [0, one.channel, length, 0, ...numberBytes(BigInt(whole), length)];
};

/**
 * The datagram. What is unknown is not in it: readers find values by their numbers.
 *
 * @returns undefined if the power is unknown, as while values are stale
 */
export const smaDatagram = (figures: Figures, { serial, ticks }: SmaIdentity): Uint8Array | undefined => {
  if (figures.power_import_w === null || figures.power_export_w === null) return undefined;
  const values = measurements.flatMap((one) => valueBytes(one, figures));
  const content = 12 + values.length + 8;
  const bytes = new Uint8Array(16 + content + 4);
  const view = new DataView(bytes.buffer);
  bytes.set(text.encode("SMA"));
  view.setUint16(4, tagLength.group);
  view.setUint16(6, groupTag);
  view.setUint32(8, 1);
  view.setUint16(12, content);
  view.setUint16(14, netTag);
  view.setUint16(16, protocol);
  view.setUint16(18, energyMeterClass);
  view.setUint32(20, serial);
  view.setUint32(24, Math.floor(ticks) % 2 ** 32);
  bytes.set(values, 28);
  bytes.set([...versionId, ...firmware], 28 + values.length);
  return bytes;
};
