/**
 * What is known of how a value came about, and how each format says it (reference of the fleet, section 3.2: codes of CIM and ebIX as in
 * Energinet's open code, quality flags as in the notes of the IEEE 2030.5 schema, reading qualities of IEC 61968-9).
 */

/** From the meter at once, or later from its load profile; estimated in three ways; by hand; a sum; in doubt; unknown. */
export const valueCodes = [
  "measured",
  "recovered",
  "line",
  "like-day",
  "registers",
  "edited",
  "calculated",
  "suspect",
  "missing",
] as const;
export type ValueCode = (typeof valueCodes)[number];

/** What a person wants to know of a value: the four shares of a statement. */
export type ValueKind = "measured" | "recovered" | "estimated" | "missing";

interface CodeFacts {
  readonly kind: ValueKind;
  /** IEC 62325, as DK RSM-012 has it. */
  readonly cim: string;
  /** Null where ebIX has no code. */
  readonly ebix: string | null;
  /** Reading method of the Austrian ConsumptionRecord; null where it has none. */
  readonly eda: string | null;
  /** System (1 the meter, 2 the network, 3 the one that validates), category and index of IEC 61968-9. */
  readonly iec61968: string;
  /** `QualityOfReading` of ESPI; null where a reading is left out. */
  readonly espi: number | null;
}

/** Each code in the formats of others. */
export const codeFacts: Readonly<Record<ValueCode, CodeFacts>> = {
  measured: { kind: "measured", cim: "A04", ebix: "E01", eda: "L1", iec61968: "1.0.0", espi: 0 },
  recovered: { kind: "recovered", cim: "A04", ebix: "E01", eda: "L1", iec61968: "1.0.0", espi: 0 },
  line: { kind: "estimated", cim: "A03", ebix: "56", eda: "L2", iec61968: "3.8.0", espi: 9 },
  "like-day": { kind: "estimated", cim: "A03", ebix: "56", eda: "L2", iec61968: "3.8.0", espi: 8 },
  registers: { kind: "estimated", cim: "A03", ebix: "56", eda: "L2", iec61968: "3.8.0", espi: 8 },
  edited: { kind: "estimated", cim: "A03", ebix: "56", eda: "L2", iec61968: "3.7.0", espi: 7 },
  calculated: { kind: "measured", cim: "A06", ebix: "D01", eda: null, iec61968: "3.11.0", espi: 11 },
  suspect: { kind: "estimated", cim: "A05", ebix: null, eda: "L3", iec61968: "3.10.0", espi: 10 },
  missing: { kind: "missing", cim: "A02", ebix: null, eda: null, iec61968: "2.5.259", espi: null },
};
