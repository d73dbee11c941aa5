/**
 * How a chosen value came about, and how others say the same (reference of the fleet, section 3.2: DK and ebIX as in Energinet's open code,
 * quality flags as in the notes of the IEEE 2030.5 schema). `null`: the format has no word for it.
 */

/** What each format says of one code. */
export interface CodeFacts {
  /** How it is stored in `chosen_day.code`: one character. */
  readonly stored: string;
  /** For people. */
  readonly meaning: string;
  /** Quality flag of IEEE 2030.5; ESPI has the same notions. */
  readonly ieee2030: keyof typeof ieee2030Bits | null;
  /** Quality of CIM, as DK RSM-012 has it. */
  readonly cim: string | null;
  readonly ebix: string | null;
  /** Metering method (MM) of the Austrian exchange EDA. */
  readonly eda: string | null;
  /** Qualifier of a quantity in MSCONS. */
  readonly mscons: string | null;
}

const estimated = { cim: "A03", ebix: "56", eda: "L2", mscons: "67" } as const;
const measured = { ieee2030: "valid", cim: "A04", ebix: "E01", eda: "L1", mscons: "220" } as const;

/** Each code. The quantity of a missing value is null in every format. */
export const codes = {
  measured: { stored: "m", meaning: "measured", ...measured },
  recovered: { stored: "r", meaning: "measured, and read later from the meter's memory", ...measured },
  line: {
    stored: "l",
    meaning: "estimated by a straight line",
    ieee2030: "estimated using linear interpolation",
    ...estimated,
  },
  "like-day": {
    stored: "d",
    meaning: "estimated from like days",
    ieee2030: "estimated using reference day",
    ...estimated,
  },
  registers: {
    stored: "g",
    meaning: "estimated between two registers",
    ieee2030: "estimated using reference day",
    ...estimated,
  },
  edited: { stored: "e", meaning: "entered or approved by a person", ieee2030: "manually edited", ...estimated },
  calculated: {
    stored: "c",
    meaning: "a sum or a difference",
    ieee2030: "derived",
    cim: "A06",
    ebix: "D01",
    eda: null,
    mscons: null,
  },
  suspect: {
    stored: "s",
    meaning: "measured, in doubt, and not settled",
    ieee2030: "questionable",
    cim: "A05",
    ebix: null,
    eda: "L3",
    mscons: null,
  },
  missing: { stored: "x", meaning: "unknown", ieee2030: null, cim: "A02", ebix: null, eda: null, mscons: null },
} as const satisfies Readonly<Record<string, CodeFacts>>;

export type ValueCode = keyof typeof codes;

/** Bits of `qualityFlags` in IEEE 2030.5, by the words above. */
export const ieee2030Bits = {
  valid: 0,
  "manually edited": 1,
  "estimated using reference day": 2,
  "estimated using linear interpolation": 3,
  questionable: 4,
  derived: 5,
} as const;

export const valueCodes = Object.keys(codes) as readonly ValueCode[];

const byStored: ReadonlyMap<string, ValueCode> = new Map(valueCodes.map((code) => [codes[code].stored, code]));

/**
 * The code that a stored character stands for; undefined if none does.
 *
 * @example
 * codeOfStored("g") // "registers"
 */
export const codeOfStored = (stored: string): ValueCode | undefined => byStored.get(stored);
