/** The argument of an event, taken apart. Any bytes have an answer: unknown parts are shown raw. */
import { toHex } from "../../bytes.ts";
import { catalogueEntry, firstPending, procedureIdOf, tableIdOf } from "../../tables/catalogue.ts";
import { unknownValue, type ValueKey, valueMeaning } from "./argument-values.ts";

/** What the argument of an event is. */
export type ArgumentForm =
  /** One number of a list. */
  | { readonly kind: "value"; readonly key: ValueKey }
  /** Bits 0 to 2 are L1 to L3. */
  | { readonly kind: "phases" }
  | { readonly kind: "procedure" }
  /** The number of a table; for a memory error, also of a part that is not a table. */
  | { readonly kind: "table"; readonly else?: ValueKey }
  /** High byte reason, low byte state. */
  | { readonly kind: "disconnect" }
  /** Bits 13 to 15 the device, low byte what became of it. */
  | { readonly kind: "device"; readonly key: ValueKey }
  /** A bit for each condition that lasts. */
  | { readonly kind: "mask" }
  /** A number whose unit is not public. */
  | { readonly kind: "amount" };

/** What a part of an argument is: one of the lists of numbers, or something that is counted. */
export type ArgumentKey =
  | ValueKey
  | "phase"
  | "procedure"
  | "table"
  | "device"
  | "qualityBit"
  | "qualityNone"
  | "amount";

/** One thing that an argument tells. */
export interface ArgumentPart {
  readonly key: ArgumentKey;
  /** As the meter gave it. */
  readonly value: number;
  /** In English: "power failure", "L2", "ET13"; null where no public list has the number. */
  readonly meaning: string | null;
}

/** The argument of an event. */
export interface EventArgument {
  /** The bytes as they stand in the log: "0300". */
  readonly hex: string;
  /** The bytes as one number, lowest first; null if there are no bytes, or more than six would be needed. */
  readonly number: number | null;
  /** What it says, in English: "power failure"; empty where there is nothing to say. */
  readonly text: string;
  /** The same as data; empty where the event is not known, or the argument is not as that event's should be. */
  readonly parts: readonly ArgumentPart[];
}

/** A number of more bytes would not be exact. */
const mostBytes = 6;

const numberOf = (bytes: Uint8Array): number | null => {
  if (bytes.length === 0 || bytes.subarray(mostBytes).some((byte) => byte !== 0)) return null;
  return bytes.subarray(0, mostBytes).reduce((sum, byte, i) => sum + byte * 256 ** i, 0);
};

interface Told {
  readonly parts: readonly ArgumentPart[];
  readonly text: string;
}

const listed = (key: ValueKey, value: number): Told => {
  const meaning = valueMeaning(key, value);
  return { parts: [{ key, value, meaning }], text: meaning ?? unknownValue(key, value) };
};

const joined = (told: readonly Told[]): Told => ({
  parts: told.flatMap(({ parts }) => parts),
  text: told.map(({ text }) => text).join(", "),
});

const single = (key: ArgumentKey, value: number, meaning: string | null, text = meaning ?? String(value)): Told => ({
  parts: [{ key, value, meaning }],
  text,
});

/** The guides' title; in parentheses where they give none and it is ours. */
const titled = (id: string, title: string | undefined): string =>
  title === undefined ? id : `${id} ${title.replace(/^\((.*)\)$/, "$1")}`;

/** A pending table that the head-end calls internal: its number would make it that of BT23. */
const internalTable = 4119;

const table = (number: number): Told | undefined => {
  if (number >= 2 * firstPending) return undefined;
  if (number === internalTable) return single("table", number, "internal", `internal (${number})`);
  const id = tableIdOf(number % firstPending);
  const meaning = number >= firstPending ? `${id} pending` : id;
  return single("table", number, meaning, `${titled(meaning, catalogueEntry(id)?.title)} (${number})`);
};

const procedure = (number: number): Told | undefined => {
  if (number >= firstPending) return undefined;
  const id = procedureIdOf(number);
  return single("procedure", number, id, `${titled(id, catalogueEntry(id)?.title)} (${number})`);
};

const phases = (number: number): Told | undefined => {
  if (number === 0 || number > 7) return undefined;
  return joined([1, 2, 3].flatMap((n) => ((number >> (n - 1)) & 1 ? [single("phase", n, `L${n}`)] : [])));
};

const device = (number: number, key: ValueKey): Told | undefined => {
  // Bits 8 to 12 have no public meaning.
  if (number > 0xffff || (number & 0x1f00) !== 0) return undefined;
  const index = number >> 13;
  return joined([
    single("device", index, index === 0 ? "no device yet" : `device ${index}`),
    listed(key, number & 0xff),
  ]);
};

const mask = (number: number): Told | undefined => {
  if (number === 0) return single("qualityNone", 0, "all have ended");
  if (number > 0xffff) return undefined;
  const bits = Array.from({ length: 16 }, (_, bit) => bit).filter((bit) => (number >> bit) & 1);
  return joined(bits.map((bit) => single("qualityBit", bit, `condition ${bit} lasts`)));
};

/** What the number says by its form; undefined where it cannot be of that form. */
const told = (form: ArgumentForm, number: number, length: number): Told | undefined => {
  switch (form.kind) {
    case "value":
      return listed(form.key, number);
    case "phases":
      return phases(number);
    case "procedure":
      return procedure(number);
    case "table":
      return table(number) ?? (form.else === undefined ? undefined : listed(form.else, number));
    case "disconnect":
      // A byte that is missing is not 0.
      if (length < 2 || number > 0xffff) return undefined;
      return joined([listed("disconnectReason", number >> 8), listed("disconnectState", number & 0xff)]);
    case "device":
      return length < 2 ? undefined : device(number, form.key);
    case "mask":
      return mask(number);
    case "amount":
      return single("amount", number, null);
  }
};

/** Bytes of unknown meaning: as a number where they make one, else in pieces that a line can be broken between. */
const raw = (bytes: Uint8Array, number: number | null): string => {
  if (number !== null) return number === 0 ? "" : `argument ${number}`;
  return bytes.length === 0 ? "" : `argument ${[...bytes].map((byte) => toHex(Uint8Array.of(byte))).join(" ")}`;
};

/** Takes the bytes of an argument apart, of whatever length they are. */
export const argumentOf = (form: ArgumentForm | undefined, bytes: Uint8Array): EventArgument => {
  const number = numberOf(bytes);
  const found = form === undefined || number === null ? undefined : told(form, number, bytes.length);
  return { hex: toHex(bytes), number, text: found?.text ?? raw(bytes, number), parts: found?.parts ?? [] };
};
