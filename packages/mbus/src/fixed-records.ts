/** The fixed data structure of EN 13757-3: two counters, and one word that says what they count. */
import { toHex } from "@meterport/protocol/bytes";
import { digitsField, integerField } from "./data-fields.ts";
import { fixedQuantity } from "./quantities.ts";
import type { MbusDoubt, MbusRecord } from "./records.ts";

/** A unit of its own: "the same, but historic". */
const historic = 0x3e;

/** `bytes` lowest first. */
const counterOf = (code: number, bytes: Uint8Array, binary: boolean, stored: boolean): MbusRecord => {
  const quantity = fixedQuantity(code);
  const field = binary ? integerField(bytes) : digitsField(bytes);
  const doubts: MbusDoubt[] = [
    ...(quantity === undefined ? (["unit"] as const) : []),
    ...(field.kind === "unknown" ? ([field.why] as const) : []),
  ];
  const raw = field.kind === "number" ? field.value : null;
  const exponent = quantity?.exponent ?? 0;
  const value = exponent < 0 ? (raw ?? 0) / 10 ** -exponent : (raw ?? 0) * 10 ** exponent;
  return {
    function: "instantaneous",
    storage: stored ? 1 : 0,
    tariff: 0,
    subunit: 0,
    quantity: quantity?.name ?? "unknown",
    unit: quantity?.unit ?? null,
    value: raw === null || quantity === undefined ? null : value,
    text: null,
    time: null,
    phase: null,
    notes: stored ? ["at a fixed date"] : [],
    raw,
    quality: doubts.length === 0 ? "good" : "suspect",
    doubts,
    codes: toHex(Uint8Array.of(code)),
    manufacturerCodes: null,
    data: toHex(bytes),
  };
};

/** The bytes of a counter as they were sent, turned around where the highest came first. */
const counterBytes = (counter: number, highestFirst: boolean): Uint8Array => {
  const bytes = Uint8Array.of(counter, counter >> 8, counter >> 16, counter >> 24);
  return highestFirst ? bytes.reverse() : bytes;
};

/** The fields of a fixed structure that say what its counters are, and the counters. */
export interface FixedCounters {
  readonly mediumUnit: number;
  readonly countersBinary: boolean;
  readonly countersAtFixedDate: boolean;
  /** As signed integers of four bytes, lowest byte first. */
  readonly counter1: number;
  readonly counter2: number;
}

/** What a fixed structure measures. */
export interface FixedContent {
  readonly mediumCode: number;
  readonly records: readonly MbusRecord[];
}

/** Both counters, of whose bytes the highest may come first. */
export const countersOf = (
  { mediumUnit, countersBinary, countersAtFixedDate, counter1, counter2 }: FixedCounters,
  highestFirst: boolean,
): FixedContent => {
  const [first, second] = [mediumUnit & 0x3f, (mediumUnit >> 8) & 0x3f];
  const counter = (code: number, value: number, stored: boolean): MbusRecord =>
    counterOf(code, counterBytes(value, highestFirst), countersBinary, stored);
  const isHistoric = second === historic;
  return {
    mediumCode: ((mediumUnit >> 6) & 3) | ((mediumUnit >> 12) & 12),
    records: [
      counter(first, counter1, countersAtFixedDate),
      counter(isHistoric ? first : second, counter2, countersAtFixedDate || isHistoric),
    ],
  };
};

/** The two counters of a fixed structure: ten bytes behind its status, which says how they are written. */
export const fixedRecords = (bytes: Uint8Array, status: number, highestFirst: boolean): FixedContent => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return countersOf(
    {
      // The bytes of medium and unit stay in their order, whichever way numbers go.
      mediumUnit: view.getUint16(0, true),
      countersBinary: (status & 1) !== 0,
      countersAtFixedDate: (status & 2) !== 0,
      counter1: view.getInt32(2, true),
      counter2: view.getInt32(6, true),
    },
    highestFirst,
  );
};
