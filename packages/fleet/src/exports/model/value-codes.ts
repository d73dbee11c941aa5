/** How each format says how a value came about: the codes of `vee/codes`, and what only exports say. */
import { type CodeFacts as Code, codes, type ValueCode, valueCodes } from "../../vee/codes.ts";

export { type ValueCode, valueCodes };

/** What a person wants to know of a value: the four shares of a statement. */
export type ValueKind = "measured" | "recovered" | "estimated" | "missing";

interface OwnFacts {
  readonly kind: ValueKind;
  /** System (1 the meter, 2 the network, 3 the one that validates), category and index of IEC 61968-9. */
  readonly iec61968: string;
  /** `QualityOfReading` of ESPI; null where a reading is left out. */
  readonly espi: number | null;
}

interface CodeFacts extends OwnFacts, Pick<Code, "ebix" | "eda"> {
  readonly cim: string;
}

/** Qualities as IEC 61968-9 and ESPI have them. */
const own: Readonly<Record<ValueCode, OwnFacts>> = {
  measured: { kind: "measured", iec61968: "1.0.0", espi: 0 },
  recovered: { kind: "recovered", iec61968: "1.0.0", espi: 0 },
  line: { kind: "estimated", iec61968: "3.8.0", espi: 9 },
  "like-day": { kind: "estimated", iec61968: "3.8.0", espi: 8 },
  registers: { kind: "estimated", iec61968: "3.8.0", espi: 8 },
  edited: { kind: "estimated", iec61968: "3.7.0", espi: 7 },
  calculated: { kind: "measured", iec61968: "3.11.0", espi: 11 },
  suspect: { kind: "estimated", iec61968: "3.10.0", espi: 10 },
  missing: { kind: "missing", iec61968: "2.5.259", espi: null },
};

/** Each code in the formats of others. */
export const codeFacts = Object.fromEntries(
  valueCodes.map((code): [ValueCode, CodeFacts] => {
    const { cim, ebix, eda } = codes[code];
    return [code, { ...own[code], cim, ebix, eda }];
  }),
) as Readonly<Record<ValueCode, CodeFacts>>;
