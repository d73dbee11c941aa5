/**
 * M-Bus telegrams out of values: what a device of one's own answers with (EN 13757-3, variable data structure with a long
 * header). What is written here reads back as the same in `records.ts` and `application.ts`.
 */
import { concat, fromHex } from "@meterport/protocol/bytes";
import { LayoutError } from "@meterport/protocol/errors";
import {
  characters,
  type EncodedField,
  encodeDigits,
  encodeInteger,
  encodeReal,
  encodeText,
  encodeTime,
  refuse,
} from "./field-encoding.ts";
import type { MbusPhase } from "./modifiers.ts";
import { codesOfQuantity, type MbusQuantity, tablePrefixes } from "./quantities.ts";
import type { MbusRecord } from "./records.ts";
import { applicationStates, type MbusStatus } from "./status.ts";

/** A record to be written. */
export interface MbusValue {
  /** As a decoded record names it: "volume", "energy", "date and time", "fabrication number". */
  readonly quantity: string;
  /** That of the quantity; omitted or null if it has none. A quantity that no code has becomes one in plain text. */
  readonly unit?: string | null;
  /** A number in `unit`, a time as ISO 8601, or the text of an identification. */
  readonly value: number | string;
  readonly function?: MbusRecord["function"];
  /** 0 to 2^41 - 1; 0 if omitted, as the two below. */
  readonly storage?: number;
  /** 0 to 2^20 - 1. */
  readonly tariff?: number;
  /** 0 to 1023. */
  readonly subunit?: number;
  readonly phase?: MbusPhase;
  /** How the number is written; an integer if omitted. */
  readonly coding?: "integer" | "digits" | "real";
  /** Bytes of the number; as few as it needs if omitted. */
  readonly size?: number;
  /** Power of ten of the step that a number is written in; the longest that keeps all of its digits if omitted. */
  readonly exponent?: number;
  /** Combinable codes behind the quantity, without their extension bits. */
  readonly modifiers?: readonly number[];
}

const extension = 0x80;
const functionBits: Readonly<Record<MbusRecord["function"], number>> = {
  instantaneous: 0,
  maximum: 1,
  minimum: 2,
  error: 3,
};
const mostExtensions = 10;

const limited = (value: number, most: number, path: string): number => {
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw refuse(path, `${value} is not an integer from 0 to ${most}`);
  return value;
};

/** The data information: function, storage, tariff and subunit around the code of the field. */
const dataInformation = (dif: number, value: MbusValue): number[] => {
  let storage = limited(value.storage ?? 0, 2 ** 41 - 1, "storage");
  let tariff = limited(value.tariff ?? 0, 2 ** 20 - 1, "tariff");
  let subunit = limited(value.subunit ?? 0, 2 ** 10 - 1, "subunit");
  const bytes = [dif | (functionBits[value.function ?? "instantaneous"] << 4) | ((storage % 2) << 6)];
  storage = Math.floor(storage / 2);
  while (storage > 0 || tariff > 0 || subunit > 0) {
    bytes.push((storage % 16) | ((tariff % 4) << 4) | ((subunit % 2) << 6));
    storage = Math.floor(storage / 16);
    tariff = Math.floor(tariff / 4);
    subunit = Math.floor(subunit / 2);
  }
  return chained(bytes);
};

/** Each byte but the last one says that another follows. */
const chained = (bytes: readonly number[]): number[] =>
  bytes.map((byte, i) => (i < bytes.length - 1 ? byte | extension : byte & ~extension));

interface Candidate {
  /** The table's prefix, and the code. */
  readonly codes: readonly number[];
  readonly quantity: MbusQuantity;
}

/** All codes that could stand for the value, the coarsest step first. */
const candidatesOf = ({ quantity: name, unit = null }: MbusValue): Candidate[] =>
  codesOfQuantity(name, unit)
    .map(({ table, code, quantity }) => ({ codes: [...tablePrefixes[table], code], quantity }))
    .sort((a, b) => b.quantity.factor * 10 ** b.quantity.exponent - a.quantity.factor * 10 ** a.quantity.exponent);

/** How many steps a value is; undefined if it is not a whole number of them. */
const stepsOf = (value: number, { exponent, factor }: MbusQuantity): number | undefined => {
  const steps = exponent < 0 ? (value / factor) * 10 ** -exponent : value / factor / 10 ** exponent;
  const rounded = Math.round(steps);
  const back = (exponent < 0 ? rounded / 10 ** -exponent : rounded * 10 ** exponent) * factor;
  return Number.isSafeInteger(rounded) && back === value ? rounded : undefined;
};

const numberField = (steps: number, { coding = "integer", size }: MbusValue): EncodedField =>
  coding === "digits" ? encodeDigits(steps, size) : encodeInteger(steps, size);

const fits = (steps: number, value: MbusValue): boolean => {
  try {
    numberField(steps, value);
    return true;
  } catch (error) {
    if (error instanceof LayoutError) return false;
    throw error;
  }
};

/** What stands behind the data information: codes, and the field. */
interface Written {
  readonly codes: readonly number[];
  readonly field: EncodedField;
}

const realFrom = (number: number, { exponent, factor }: MbusQuantity): EncodedField =>
  encodeReal(exponent < 0 ? (number / factor) * 10 ** -exponent : number / factor / 10 ** exponent);

const numberFrom = (number: number, value: MbusValue, candidates: readonly Candidate[]): Written => {
  if (!Number.isFinite(number)) throw refuse("value", `${number} is not a number`);
  const allowed = candidates.filter(
    ({ quantity }) => value.exponent === undefined || (quantity.exponent === value.exponent && quantity.factor === 1),
  );
  if (value.coding === "real") {
    const whole = allowed.find(({ quantity }) => quantity.exponent === 0) ?? allowed[0];
    if (whole !== undefined) return { codes: whole.codes, field: realFrom(number, whole.quantity) };
  }
  for (const { codes, quantity } of allowed) {
    const steps = stepsOf(number, quantity);
    if (steps !== undefined && fits(steps, value)) return { codes, field: numberField(steps, value) };
  }
  throw refuse(
    "value",
    `${number} ${value.unit ?? ""} of ${value.quantity} is not a whole number of any step that fits`,
  );
};

const labelFrom = (label: number | string, value: MbusValue): EncodedField => {
  if (typeof label === "number") return encodeInteger(label, value.size, true);
  // Eight digits, as those on a meter's plate, are packed; longer numbers and letters are a text.
  return /^\d{1,12}$/.test(label) && value.coding !== undefined && value.coding !== "real"
    ? value.coding === "digits"
      ? encodeDigits(label, value.size)
      : encodeInteger(Number(label), value.size, true)
    : encodeText(label);
};

const plainTextVif = 0x7c;

const writtenOf = (value: MbusValue): Written & { readonly text?: readonly number[] } => {
  const candidates = candidatesOf(value);
  const [first] = candidates;
  const given = value.value;
  if (first === undefined) {
    if (typeof given !== "number") throw refuse("quantity", `${JSON.stringify(value.quantity)} has no code`);
    const text = characters(value.unit ?? value.quantity, "unit");
    const field = value.coding === "real" ? encodeReal(given) : numberField(given, value);
    return { codes: [plainTextVif], text: [text.length, ...text], field };
  }
  const { kind } = first.quantity;
  if (kind === "label") return { codes: first.codes, field: labelFrom(given, value) };
  if (kind === "time") {
    const field = encodeTime(String(given));
    // A date alone has a code of its own.
    const wanted = first.quantity.name === "date" && field.dif !== 2 ? "a date without a time" : undefined;
    if (wanted !== undefined) throw refuse("value", `${String(given)} is not ${wanted}`);
    return { codes: first.codes, field };
  }
  if (kind !== "number") throw refuse("quantity", `${value.quantity} cannot be written`);
  if (typeof given === "string") throw refuse("value", `${JSON.stringify(given.slice(0, 40))} is not a number`);
  return numberFrom(given, value, candidates);
};

const phaseCodes: readonly MbusPhase[] = ["L1", "L2", "L3", "N", "L1-L2", "L2-L3", "L3-L1"];
const extendedModifier = 0x7c;

/**
 * A record as bytes. An integer step is chosen so that the value reads back exactly as it is.
 *
 * @throws LayoutError (`range`) for a value, a quantity or a place that no record can have
 * @example
 * encodeMbusRecord({ quantity: "volume", unit: "m³", value: 12.565, size: 4 }) // Uint8Array [4, 19, 21, 49, 0, 0]
 */
export const encodeMbusRecord = (value: MbusValue): Uint8Array => {
  const { codes, text, field } = writtenOf(value);
  const phase = value.phase === undefined ? [] : [extendedModifier, 1 + phaseCodes.indexOf(value.phase)];
  const all = chained([...codes, ...phase, ...(value.modifiers ?? []).map((code) => limited(code, 0x7f, "modifiers"))]);
  if (all.length > 1 + mostExtensions)
    throw refuse("modifiers", `${all.length - 1} codes behind the first, and at most 10 may be`);
  const [vif = 0, ...extensions] = all;
  return Uint8Array.from([...dataInformation(field.dif, value), vif, ...(text ?? []), ...extensions, ...field.bytes]);
};

/** Records one after another. @throws LayoutError */
export const encodeMbusRecords = (values: readonly MbusValue[]): Uint8Array =>
  concat(...values.map((value, i) => placed(i, () => encodeMbusRecord(value))));

/** Says which record an error is of. */
const placed = (index: number, encode: () => Uint8Array): Uint8Array => {
  try {
    return encode();
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    throw new LayoutError(error.code, { path: `records.${index}.${error.path}`, offset: 0 }, error.detail);
  }
};

/** What a device answers. */
export interface MbusAnswer {
  /** Eight digits. */
  readonly serialNumber: string;
  /** Three letters, A to Z. */
  readonly manufacturer: string;
  readonly version: number;
  /** The number of the medium, as 7 for water. */
  readonly mediumCode: number;
  readonly accessNumber: number;
  /** What it says of its own state; nothing to report if omitted. */
  readonly status?: Partial<MbusStatus>;
  readonly records: readonly MbusValue[];
  /** Bytes that only the maker can read, at the end. */
  readonly manufacturerData?: Uint8Array;
  /** More records come in another telegram. */
  readonly moreFollow?: boolean;
}

const statusByte = (status: Partial<MbusStatus>): number =>
  applicationStates.indexOf(status.application ?? "none") |
  (status.powerLow === true ? 4 : 0) |
  (status.permanentError === true ? 8 : 0) |
  (status.temporaryError === true ? 16 : 0) |
  (limited(status.manufacturer ?? 0, 7, "status.manufacturer") << 5);

const manufacturerNumber = (letters: string): number => {
  if (!/^[A-Z]{3}$/.test(letters))
    throw refuse("manufacturer", `${JSON.stringify(letters.slice(0, 10))} is not three letters from A to Z`);
  return [...letters].reduce((number, letter) => number * 32 + ((letter.codePointAt(0) ?? 0) - 64), 0);
};

const ciVariable = 0x72;

/**
 * An answer from its CI field on, not encrypted, with its lowest bytes first; the meter keeps it without that byte.
 *
 * @throws LayoutError (`range`)
 * @example
 * const water = { serialNumber: "12345678", manufacturer: "PAD", version: 1, mediumCode: 7, accessNumber: 85 };
 * buildMbusTelegram({ ...water, records: [] }).length // 13
 */
export const buildMbusTelegram = (answer: MbusAnswer): Uint8Array => {
  const { serialNumber, version, mediumCode, accessNumber, status = {}, manufacturerData, moreFollow = false } = answer;
  const digits = /^\d{8}$/.test(serialNumber) ? fromHex(serialNumber) : undefined;
  if (digits === undefined)
    throw refuse("serialNumber", `${JSON.stringify(serialNumber.slice(0, 20))} is not eight digits`);
  const maker = manufacturerNumber(answer.manufacturer);
  const head = Uint8Array.from([
    ciVariable,
    ...digits.toReversed(),
    maker & 0xff,
    maker >> 8,
    limited(version, 0xff, "version"),
    limited(mediumCode, 0xff, "mediumCode"),
    limited(accessNumber, 0xff, "accessNumber"),
    statusByte(status),
    0,
    0,
  ]);
  const tail = manufacturerData === undefined && !moreFollow ? [] : [moreFollow ? 0x1f : 0x0f];
  return concat(head, encodeMbusRecords(answer.records), Uint8Array.from(tail), manufacturerData ?? new Uint8Array());
};

const longestContent = 0xff;

/**
 * A long frame of the wired link around an application: `68 L L 68 C A … checksum 16`.
 *
 * @throws LayoutError (`range`) for more than 253 bytes
 * @example
 * buildMbusFrame({ control: 0x08, address: 1, application: Uint8Array.of(0x72) }).length // 9
 */
export const buildMbusFrame = ({
  control,
  address,
  application,
}: {
  readonly control: number;
  readonly address: number;
  readonly application: Uint8Array;
}): Uint8Array => {
  const content = Uint8Array.from([
    limited(control, 0xff, "control"),
    limited(address, 0xff, "address"),
    ...application,
  ]);
  if (content.length > longestContent)
    throw refuse("application", `${application.length} bytes, and at most 253 fit a frame`);
  const sum = content.reduce((all, byte) => (all + byte) & 0xff, 0);
  return Uint8Array.from([0x68, content.length, content.length, 0x68, ...content, sum, 0x16]);
};
