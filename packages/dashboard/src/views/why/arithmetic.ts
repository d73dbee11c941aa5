/** The arithmetic from bytes to a value, shown step by step. */
import type { LiveSource, RecordedEnd } from "./why-answer.ts";

const MOST_DECIMALS = 6;

/**
 * How many decimals a multiple of `scale` needs.
 *
 * @example decimalsOf(0.001) // 3
 * @example decimalsOf(10) // 0
 */
export function decimalsOf(scale: number): number {
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals++)
    if (Math.abs(scale * 10 ** decimals - Math.round(scale * 10 ** decimals)) < 1e-9) return decimals;
  return MOST_DECIMALS;
}

/** Decimals that show a value of these sources whole. */
export function decimalsFor(sources: readonly LiveSource[]): number {
  return Math.max(0, ...sources.map(({ scale }) => (scale === null ? 0 : decimalsOf(scale))));
}

/**
 * The four bytes of an integer as they lie in a table, lowest first, in hex; null if it does not fit.
 *
 * @example fourBytes(439) // "b7010000"
 */
export function fourBytes(integer: number): string | null {
  if (!Number.isInteger(integer) || integer < -(2 ** 31) || integer >= 2 ** 32) return null;
  const bytes = [0, 8, 16, 24].map((shift) => (integer >>> shift) & 0xff);
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The four bytes of an integer for people; empty if it does not fit.
 *
 * @example spacedBytes(439) // "B7 01 00 00"
 */
export function spacedBytes(integer: number | null): string {
  const hex = integer === null ? null : fourBytes(integer);
  return (hex ?? "").replace(/(..)(?=.)/g, "$1 ").toUpperCase();
}

/** A byte in hex, and whether it is one of those that are meant. */
export interface MarkedByte {
  readonly hex: string;
  readonly marked: boolean;
}

/** The bytes of a hex text, with `length` of them from `from` on marked. */
export function markedBytes(hex: string, from: number, length: number): MarkedByte[] {
  return (hex.match(/../g) ?? []).map((byte, index) => ({
    hex: byte,
    marked: index >= from && index < from + length,
  }));
}

/** The bytes of a recorded entry, with the four of the channel marked; empty if they were not kept. */
export function entryBytes({ raw, offset, valueOffset }: RecordedEnd): MarkedByte[] {
  return raw === null ? [] : markedBytes(raw, valueOffset - offset, 4);
}

/**
 * The unit at the end of a channel's name; empty if it has none.
 *
 * @example unitOf("energy_import_wh") // "Wh"
 * @example unitOf("source_17") // ""
 */
export function unitOf(channel: string): string {
  const last = channel.slice(channel.lastIndexOf("_") + 1);
  const units: Readonly<Record<string, string>> = {
    ...{ wh: "Wh", varh: "varh", vah: "VAh", w: "W", v: "V", a: "A", hz: "Hz", var: "var", va: "VA" },
  };
  return Object.hasOwn(units, last) ? (units[last] ?? "") : "";
}
