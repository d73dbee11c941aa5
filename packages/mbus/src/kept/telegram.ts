/** What an M-Bus device answered, as ET16, ET45 and ET74 keep it, with its values. MEP guide 1.1, pp. 98-101. */
import { toHex } from "@meterport/protocol/bytes";
import type { ET16 } from "@meterport/protocol/tables/extended/et16-device-data";
import { manufacturerOf, mediumOf } from "../device.ts";
import { type MbusEncryption, mbusEncryption } from "../encryption.ts";
import { countersOf } from "../fixed-records.ts";
import { type MbusRecord, mbusRecords } from "../records.ts";
import { applicationStates, type MbusStatus } from "../status.ts";

type Read = ET16["devices"][number];
type Response = Read["response"];
type Variable = NonNullable<Response["variable"]>;
type Fixed = NonNullable<Response["fixed"]>;

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

const statusOf = (answer: Variable | Fixed): MbusStatus => ({
  // A fixed structure has other bits there.
  application: "applicationError" in answer ? (applicationStates[answer.applicationError] ?? "reserved") : "none",
  powerLow: answer.powerLow,
  permanentError: answer.permanentError,
  temporaryError: answer.temporaryError,
  manufacturer: answer.manufacturerStatus,
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

const fixedLength = 16;

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
