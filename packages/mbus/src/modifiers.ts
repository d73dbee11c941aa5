/** What may be added to a value's meaning: the combinable codes behind a VIF (EN 13757-3, VIFE). */
import type { MbusQuantity } from "./quantities.ts";

/** A phase of an electricity meter, or two between which a value was taken. */
export type MbusPhase = "L1" | "L2" | "L3" | "N" | "L1-L2" | "L2-L3" | "L3-L1";

/** What one code does. */
export type Modifier =
  /** It says more about the value. */
  | { readonly kind: "note"; readonly text: string; readonly phase?: MbusPhase }
  /** The value is of another quantity. */
  | { readonly kind: "becomes"; readonly text: string; readonly as: (quantity: MbusQuantity) => MbusQuantity }
  /** How the number is packed, whatever is usual for its quantity. */
  | { readonly kind: "coded"; readonly text: string; readonly unsigned: "number" | "label" }
  /** The device says that it has no value. */
  | { readonly kind: "failed"; readonly text: string }
  /** Only the maker of the device knows what follows. */
  | { readonly kind: "manufacturer" }
  /** One more code follows that belongs to it. */
  | { readonly kind: "extended" }
  /** It is reserved, or what it does to the number is not certain. */
  | { readonly kind: "unknown"; readonly text?: string };

const per: readonly string[] = ["s", "min", "h", "d", "week", "month", "year", "measurement"];
const perOther: readonly string[] = ["l", "m³", "kg", "K", "kWh", "GJ", "kW", "(K·l)", "V", "A"];
const times: readonly string[] = ["s", "s/V", "s/A"];

/** What a device reports about a record that it was asked for. */
const errors: Readonly<Record<number, string>> = {
  1: "too many DIFEs",
  2: "storage number not implemented",
  3: "subunit not implemented",
  4: "tariff not implemented",
  5: "function not implemented",
  6: "data class not implemented",
  7: "data size not implemented",
  11: "too many VIFEs",
  12: "illegal VIF group",
  13: "illegal VIF exponent",
  14: "VIF does not fit the DIF",
  15: "action not implemented",
  21: "no data",
  22: "overflow",
  23: "underflow",
  24: "data error",
  28: "premature end of record",
};

/** What a master wants done with a value that it sends. */
const actions: readonly string[] = [
  "write",
  "add",
  "subtract",
  "set bits",
  "and",
  "toggle bits",
  "clear bits",
  "clear",
  "add entry",
  "delete entry",
  "delayed action",
  "freeze",
  "add to the readout list",
  "delete from the readout list",
];

const notes: Readonly<Record<number, string>> = {
  0: "no error",
  18: "average",
  20: "relative deviation",
  29: "standard conform data content",
  58: "uncorrected",
  59: "only positive contributions",
  60: "only negative contributions",
  62: "at base conditions",
  64: "lower limit",
  72: "upper limit",
  104: "during the time beyond the lower limit",
  105: "leakage",
  108: "during the time beyond the upper limit",
  109: "overflow",
  126: "future value",
};

const becomes = (text: string, change: (quantity: MbusQuantity) => Partial<MbusQuantity>): Modifier => ({
  kind: "becomes",
  text,
  as: (quantity) => ({ ...quantity, ...change(quantity) }),
});
const another = (text: string, change: Pick<MbusQuantity, "unit" | "factor" | "kind">): Modifier =>
  becomes(text, ({ name }) => ({ name: `${text}, ${name}`, exponent: 0, ...change }));

const rate = (unit: string): Modifier => becomes(`per ${unit}`, (q) => ({ unit: `${q.unit ?? "1"}/${unit}` }));
const scaled = (by: number): Modifier => becomes("corrected by a factor", (q) => ({ exponent: q.exponent + by }));
const timeOf = (what: string): Modifier => another(what, { unit: null, factor: 1, kind: "time" });
const countOf = (what: string): Modifier => another(what, { unit: null, factor: 1, kind: "number" });
const lengths = [1, 60, 3600, 86_400] as const;
const durationOf = (what: string, code: number): Modifier =>
  another(what, { unit: "s", factor: lengths[code & 3] ?? 1, kind: "number" });
/** A series of values in one field, which is not taken apart. */
const profile = (text: string): Modifier => becomes(text, () => ({ kind: "packed" }));

const unknown: Modifier = { kind: "unknown" };

const others: Readonly<Record<number, Modifier>> = {
  19: profile("inverse compact profile"),
  30: profile("compact profile with registers"),
  31: profile("compact profile"),
  57: timeOf("start"),
  61: { kind: "unknown", text: "in a unit that is not metric" },
  63: becomes("OBIS declaration", () => ({ kind: "label" })),
  124: { kind: "extended" },
  125: scaled(3),
  127: { kind: "manufacturer" },
};

/** 0x41 to 0x6f: limits, how often and how long they were exceeded, and when. */
const limitModifier = (code: number): Modifier => {
  const limit = (code & 8) === 0 ? "lower limit" : "upper limit";
  const first = (code & 4) === 0 ? "first" : "latest";
  const edge = (code & 1) === 0 ? "begin" : "end";
  if (code === 0x41 || code === 0x49) return countOf(`times beyond the ${limit}`);
  if (code <= 0x4f) return (code & 2) === 2 ? timeOf(`${edge} of the ${first} time beyond the ${limit}`) : unknown;
  if (code <= 0x5f) return durationOf(`${first} time beyond the ${limit}`, code);
  if (code <= 0x67) return durationOf(`duration of the ${first} one`, code);
  return (code & 2) === 2 ? timeOf(`${edge} of the ${first} one`) : unknown;
};

/**
 * What a combinable code does, without its extension bit. `toDevice`: a master sends it, and then low codes are actions.
 *
 * @example
 * modifierOf(0x3a) // { kind: "note", text: "uncorrected" }
 */
export const modifierOf = (code: number, toDevice = false): Modifier => {
  if (toDevice && code < 0x10) return { kind: "note", text: actions[code] ?? `action ${code}` };
  const other = others[code];
  if (other !== undefined) return other;
  const note = notes[code];
  if (note !== undefined) return { kind: "note", text: note };
  if (code < 0x20) return { kind: "failed", text: errors[code] ?? `error ${code}` };
  if (code < 0x28) return rate(per[code - 0x20] ?? "");
  if (code < 0x2c) return rate(`${code < 0x2a ? "input" : "output"} pulse of channel ${code & 1}`);
  if (code < 0x36) return rate(perOther[code - 0x2c] ?? "");
  if (code < 0x39) {
    const unit = times[code - 0x36] ?? "";
    return becomes(`times ${unit}`, (q) => ({ unit: `${q.unit ?? "1"}·${unit}` }));
  }
  if (code < 0x70) return limitModifier(code);
  if (code < 0x78) return scaled(code - 0x70 - 6);
  // The constant is in steps of the VIF or of its unit, depending on who reads the standard.
  return code < 0x7c ? { kind: "unknown", text: `constant to be added, 10^${code - 0x7b}` } : unknown;
};

const phases: readonly (MbusPhase | undefined)[] = [undefined, "L1", "L2", "L3", "N", "L1-L2", "L2-L3", "L3-L1"];
const extended: Readonly<Record<number, Modifier>> = {
  4: { kind: "note", text: "neutral", phase: "N" },
  8: { kind: "note", text: "quadrant 1" },
  9: { kind: "note", text: "quadrant 2" },
  10: { kind: "note", text: "quadrant 3" },
  11: { kind: "note", text: "quadrant 4" },
  12: { kind: "note", text: "import less export" },
  16: { kind: "note", text: "sum of absolute contributions" },
  17: { kind: "coded", text: "unsigned", unsigned: "number" },
  18: { kind: "coded", text: "bits", unsigned: "label" },
  20: { kind: "note", text: "to the meter" },
  21: { kind: "note", text: "from the meter" },
};

/** What a code behind 0xFC does. */
export const extendedModifierOf = (code: number): Modifier => {
  const phase = phases[code];
  return extended[code] ?? (phase === undefined ? unknown : { kind: "note", text: phase, phase });
};

/**
 * Codes that makers of electricity meters put behind 0xFF for the phase of a value: 1, 2, 3 for EMU and Saia Burgess and the
 * meters that took their list over (Finder, eBZ, ESYS, IME, Schneider, Eltako), with the extension bit for ABB, which goes on to neutral and the
 * voltages between phases. From the M-Bus descriptions of these makers.
 */
const phaseMakers: Readonly<Record<string, readonly (MbusPhase | undefined)[]>> = Object.fromEntries([
  ...["EMU", "SBC", "FIN", "EBZ", "ESY", "IME", "SEC", "ELT"].map((maker) => [maker, phases.slice(0, 4)]),
  ["ABB", [...phases.slice(0, 6), "L2-L3", "L3-L1"]],
]);

/**
 * The phase that a maker's codes stand for; undefined if they are not known, or say anything else.
 *
 * @example
 * phaseOfMaker("EMU", [2]) // "L2"
 * phaseOfMaker("KAM", [2]) // undefined
 */
export const phaseOfMaker = (manufacturer: string | null, codes: readonly number[]): MbusPhase | undefined =>
  codes.length === 1 || (codes.length === 2 && codes[1] === 0)
    ? phaseMakers[manufacturer ?? ""]?.[(codes[0] ?? 0) & 0x7f]
    : undefined;
