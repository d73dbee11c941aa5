/** What may be added to a value's meaning: the combinable codes behind a VIF (EN 13757-3, VIFE). */
import type { MbusQuantity } from "./quantities.ts";

/** What one code does. */
export type Modifier =
  /** It says more about the value. */
  | { readonly kind: "note"; readonly text: string }
  /** The value is of another quantity. */
  | { readonly kind: "becomes"; readonly text: string; readonly as: (quantity: MbusQuantity) => MbusQuantity }
  /** The device says that it has no value. */
  | { readonly kind: "failed"; readonly text: string }
  /** Only the maker of the device knows what follows. */
  | { readonly kind: "manufacturer" }
  /** One more code follows that belongs to it. */
  | { readonly kind: "extended" }
  | { readonly kind: "unknown" };

const per: readonly string[] = ["s", "min", "h", "d", "week", "month", "year", "measurement"];
const perOther: Readonly<Record<number, string>> = {
  44: "l",
  45: "m³",
  46: "kg",
  47: "K",
  48: "kWh",
  49: "GJ",
  50: "kW",
  51: "(K·l)",
  52: "V",
  53: "A",
};
const times: readonly string[] = ["s", "s/V", "s/A"];

const errors: Readonly<Record<number, string>> = {
  21: "no data",
  22: "overflow",
  23: "underflow",
  24: "data error",
};

const notes: Readonly<Record<number, string>> = {
  58: "uncorrected",
  59: "only positive contributions",
  60: "only negative contributions",
  62: "at base conditions",
  126: "future value",
};

const rate = (unit: string): Modifier => ({
  kind: "becomes",
  text: `per ${unit}`,
  as: (quantity) => ({ ...quantity, unit: `${quantity.unit ?? "1"}/${unit}` }),
});
const scaled = (by: number): Modifier => ({
  kind: "becomes",
  text: "corrected by a factor",
  as: (quantity) => ({ ...quantity, exponent: quantity.exponent + by }),
});
const timeOf = (what: string): Modifier => ({
  kind: "becomes",
  text: what,
  as: (quantity) => ({ name: `${what}, ${quantity.name}`, unit: null, exponent: 0, factor: 1, kind: "time" }),
});
const countOf = (what: string): Modifier => ({
  kind: "becomes",
  text: what,
  as: (quantity) => ({ name: `${what}, ${quantity.name}`, unit: null, exponent: 0, factor: 1, kind: "number" }),
});
const lengths = [1, 60, 3600, 86_400] as const;
const durationOf = (what: string, code: number): Modifier => ({
  kind: "becomes",
  text: what,
  as: (quantity) => ({
    name: `${what}, ${quantity.name}`,
    unit: "s",
    exponent: 0,
    factor: lengths[code & 3] ?? 1,
    kind: "number",
  }),
});

const unknown: Modifier = { kind: "unknown" };

const limit = (code: number): string => ((code & 8) === 0 ? "lower limit" : "upper limit");

/** 0x40 and above: limits, and how often and how long they were exceeded. */
const limitModifier = (code: number): Modifier => {
  if (code === 0x40 || code === 0x48) return { kind: "note", text: limit(code) };
  if (code === 0x41 || code === 0x49) return countOf(`times beyond the ${limit(code)}`);
  const first = (code & 4) === 0 ? "first" : "latest";
  // The makers' documents disagree about which of the two is the begin.
  const edge = `begin or end (${code & 1})`;
  if (code <= 0x4f)
    return (code & 2) === 2 ? timeOf(`${edge} of the ${first} time beyond the ${limit(code)}`) : unknown;
  if (code <= 0x5f) return durationOf(`${first} time beyond the ${limit(code)}`, code);
  if (code <= 0x67) return durationOf(`duration of the ${first} one`, code);
  if (code <= 0x6f) return (code & 2) === 2 ? timeOf(`${edge} of the ${first} one`) : unknown;
  return unknown;
};

/**
 * What a combinable code does, without its extension bit.
 *
 * @example
 * modifierOf(0x3a) // { kind: "note", text: "uncorrected" }
 */
export const modifierOf = (code: number): Modifier => {
  const note = notes[code];
  if (note !== undefined) return { kind: "note", text: note };
  if (code === 0) return { kind: "note", text: "no error" };
  if (code < 0x20) return { kind: "failed", text: errors[code] ?? `error ${code}` };
  if (code < 0x28) return rate(per[code - 0x20] ?? "");
  if (code < 0x2c) return rate(`${code < 0x2a ? "input" : "output"} pulse of channel ${code & 1}`);
  if (code < 0x36) return rate(perOther[code] ?? "");
  if (code < 0x39) {
    const unit = times[code - 0x36] ?? "";
    return { kind: "becomes", text: `times ${unit}`, as: (q) => ({ ...q, unit: `${q.unit ?? "1"}·${unit}` }) };
  }
  if (code === 0x39) return timeOf("start");
  if (code >= 0x40 && code < 0x70) return limitModifier(code);
  if (code >= 0x70 && code < 0x78) return scaled(code - 0x70 - 6);
  if (code === 0x7c) return { kind: "extended" };
  if (code === 0x7d) return scaled(3);
  return code === 0x7f ? { kind: "manufacturer" } : unknown;
};

const phases: Readonly<Record<number, string>> = {
  1: "L1",
  2: "L2",
  3: "L3",
  4: "neutral",
  5: "L1-L2",
  6: "L2-L3",
  7: "L3-L1",
};

/** What a code behind 0xFC does. */
export const extendedModifierOf = (code: number): Modifier => {
  const phase = phases[code];
  return phase === undefined ? unknown : { kind: "note", text: phase };
};
