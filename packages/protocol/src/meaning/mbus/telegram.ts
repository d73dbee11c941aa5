/** What an M-Bus device answered, as ET16, ET45 and ET74 keep it, with its values. MEP guide 1.1, pp. 98-101. */
import { toHex } from "../../bytes.ts";
import type { ET16 } from "../../tables/extended/et16-device-data.ts";
import { digitsField, integerField } from "./data-fields.ts";
import { manufacturerOf, mediumOf } from "./device.ts";
import { type MbusEncryption, mbusEncryption } from "./encryption.ts";
import { fixedQuantity } from "./quantities.ts";
import { type MbusDoubt, type MbusRecord, mbusRecords } from "./records.ts";

type Read = ET16["devices"][number];
type Response = Read["response"];
type Variable = NonNullable<Response["variable"]>;
type Fixed = NonNullable<Response["fixed"]>;

/** What the device says of its own state. */
export interface MbusStatus {
  readonly application: "none" | "busy" | "error" | "reserved";
  readonly powerLow: boolean;
  readonly permanentError: boolean;
  readonly temporaryError: boolean;
  /** Three bits of the maker's. */
  readonly manufacturer: number;
}

/** One answer of a device. */
export interface MbusTelegram {
  readonly structure: "variable" | "fixed";
  /** Eight digits; null if it is not a number. */
  readonly serialNumber: string | null;
  /** The same as it was sent: eight digits, of which some may be letters. */
  readonly identification: string;
  /** Three letters. */
  readonly manufacturer: string | null;
  readonly version: number | null;
  /** As in "gas"; null where it is not known. */
  readonly medium: string | null;
  /** The number of the medium. */
  readonly mediumCode: number;
  readonly accessNumber: number;
  readonly status: MbusStatus;
  readonly records: readonly MbusRecord[];
  readonly manufacturerData: Uint8Array | null;
  readonly moreFollow: boolean;
  /** How the device encrypts its records; null in a fixed structure. */
  readonly encryption: MbusEncryption | null;
  /** Why there are no records, or not all: `encrypted`, with a key that the meter did not have. */
  readonly problem: "truncated" | "malformed" | "encrypted" | null;
}

const applications = ["none", "busy", "error", "reserved"] as const;

const statusOf = (answer: Variable | Fixed): MbusStatus => ({
  // A fixed structure has other bits there.
  application: "applicationError" in answer ? (applications[answer.applicationError] ?? "reserved") : "none",
  powerLow: answer.powerLow,
  permanentError: answer.permanentError,
  temporaryError: answer.temporaryError,
  manufacturer: answer.manufacturerStatus,
});

/** The status byte of a variable structure. */
export const statusFrom = (byte: number): MbusStatus => ({
  application: applications[byte & 3] ?? "reserved",
  powerLow: (byte & 4) !== 0,
  permanentError: (byte & 8) !== 0,
  temporaryError: (byte & 16) !== 0,
  manufacturer: byte >> 5,
});

/** The table keeps the digits in the order of the bytes, the lowest pair first unless it is mode 2. */
const identificationOf = (serialNumber: string, highestFirst: boolean): string => {
  const pairs = serialNumber.match(/../g) ?? [];
  return (highestFirst ? pairs : pairs.reverse()).join("");
};
const digits = (serialNumber: string, highestFirst: boolean): string | null => {
  const number = identificationOf(serialNumber, highestFirst);
  return /^\d{8}$/.test(number) ? number : null;
};
const swapped = (word: number, highestFirst: boolean): number =>
  highestFirst ? ((word & 0xff) << 8) | (word >> 8) : word;

/** Twelve bytes of header, and the zero that the meter adds. */
const aroundRecords = 13;

interface Reading {
  /** Whether the meter had the key where there was need of one. */
  readonly decrypted: boolean;
  /** Mode 2: values of several bytes begin with the highest. */
  readonly highestFirst: boolean;
}

const variableTelegram = (answer: Variable, { decrypted, highestFirst }: Reading): MbusTelegram => {
  const { length, dataRecords, serialNumber, manufacturerId, version, medium, accessNumber, signature } = answer;
  const head = {
    structure: "variable",
    serialNumber: digits(serialNumber, highestFirst),
    identification: identificationOf(serialNumber, highestFirst),
    manufacturer: manufacturerOf(swapped(manufacturerId, highestFirst)),
    version,
    medium: mediumOf(medium),
    mediumCode: medium,
    accessNumber,
    status: statusOf(answer),
    encryption: mbusEncryption(swapped(signature, highestFirst)),
  } as const;
  const none = { records: [], manufacturerData: null, moreFollow: false };
  if (length < aroundRecords) return { ...head, ...none, problem: "malformed" };
  if (head.encryption.mode !== 0 && !decrypted) return { ...head, ...none, problem: "encrypted" };
  const wanted = length - aroundRecords;
  const { manufacturer } = head;
  const read = mbusRecords(dataRecords.subarray(0, wanted), { highestFirst, manufacturer });
  // The entry may be too short for the telegram, and then its last record is cut.
  const cut = wanted > dataRecords.length && read.problem === null;
  return { ...head, ...read, problem: cut ? "truncated" : read.problem };
};

const headerLength = 12;

/** A header of twelve bytes and what follows, as the table would have it in its first place. */
const variableAt = (length: number, bytes: Uint8Array): Variable => {
  const at = (i: number): number => bytes[i] ?? 0;
  const status = at(9);
  return {
    length,
    serialNumber: toHex(bytes.subarray(0, 4)),
    manufacturerId: at(4) | (at(5) << 8),
    version: at(6),
    medium: at(7),
    accessNumber: at(8),
    applicationError: status & 3,
    powerLow: (status & 4) !== 0,
    permanentError: (status & 8) !== 0,
    temporaryError: (status & 16) !== 0,
    manufacturerStatus: status >> 5,
    signature: at(10) | (at(11) << 8),
    dataRecords: bytes.subarray(headerLength),
  };
};

/** Behind the first telegram, each with its length in front; the last one may be cut (p. 99). */
const furtherTelegrams = ({ length, dataRecords }: Variable, total: number, reading: Reading): MbusTelegram[] => {
  const found: MbusTelegram[] = [];
  // Before the data stand the length of the first telegram and its header.
  const end = Math.min(total - 1 - headerLength, dataRecords.length);
  for (let at = length - headerLength; at >= 0 && at + 1 + headerLength <= end; ) {
    const own = dataRecords[at] ?? 0;
    const telegram = variableTelegram(variableAt(own, dataRecords.subarray(at + 1, end)), reading);
    found.push(telegram);
    // After a malformed one, no other can be found.
    if (own < aroundRecords) break;
    at += 1 + own;
  }
  return found;
};

const historic = 0x3e;
const fixedLength = 16;

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

type Counters = Pick<Fixed, "mediumUnit" | "countersBinary" | "countersAtFixedDate" | "counter1" | "counter2">;

const countersOf = (
  { mediumUnit, countersBinary, countersAtFixedDate, counter1, counter2 }: Counters,
  highestFirst: boolean,
): { readonly mediumCode: number; readonly records: readonly MbusRecord[] } => {
  const [first, second] = [mediumUnit & 0x3f, (mediumUnit >> 8) & 0x3f];
  const counter = (code: number, value: number, stored: boolean): MbusRecord =>
    counterOf(code, counterBytes(value, highestFirst), countersBinary, stored);
  const isHistoric = second === historic;
  return {
    mediumCode: ((mediumUnit >> 6) & 3) | ((mediumUnit >> 12) & 12),
    records: [
      counter(first, counter1, countersAtFixedDate),
      // "The same, but historic" is a unit of its own.
      counter(isHistoric ? first : second, counter2, countersAtFixedDate || isHistoric),
    ],
  };
};

/** The two counters of a fixed structure: ten bytes behind its status, which says how they are written. */
export const fixedRecords = (
  bytes: Uint8Array,
  status: number,
  highestFirst: boolean,
): ReturnType<typeof countersOf> => {
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

const fixedTelegram = (answer: Fixed, highestFirst: boolean): MbusTelegram => {
  const { length } = answer;
  const { mediumCode, records } = countersOf(answer, highestFirst);
  return {
    structure: "fixed",
    serialNumber: digits(answer.serialNumber, highestFirst),
    identification: identificationOf(answer.serialNumber, highestFirst),
    manufacturer: null,
    version: null,
    medium: mediumOf(mediumCode),
    mediumCode,
    accessNumber: answer.accessNumber,
    status: statusOf(answer),
    records: length === fixedLength ? records : [],
    manufacturerData: null,
    moreFollow: false,
    encryption: null,
    problem: length === fixedLength ? null : "malformed",
  };
};

type Kept = Pick<Read, "response" | "keyAvailability" | "dataOrder">;

/** The answer of an M-Bus device; undefined for what a MEP client has sent. */
export const mbusTelegram = ({ response, keyAvailability, dataOrder }: Kept): MbusTelegram | undefined => {
  const { variable, fixed } = response;
  if (variable !== undefined)
    return variableTelegram(variable, { decrypted: keyAvailability, highestFirst: dataOrder });
  return fixed === undefined ? undefined : fixedTelegram(fixed, dataOrder);
};

/** Further telegrams of the same answer: `total` bytes were read, the length of the first one included. */
export const mbusFurtherTelegrams = (
  { response, keyAvailability, dataOrder }: Kept,
  total: number,
): readonly MbusTelegram[] =>
  response.variable === undefined
    ? []
    : furtherTelegrams(response.variable, total, { decrypted: keyAvailability, highestFirst: dataOrder });
