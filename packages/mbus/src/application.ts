/**
 * Telegrams as they cross a bus: a frame of the wired link (EN 13757-2), and what it carries from its CI field on, with
 * a long header, a short one or none (EN 13757-7). The meter keeps them without all that: see `kept/telegram.ts`.
 */
import { toHex } from "@meterport/protocol/bytes";
import { manufacturerOf, mediumOf } from "./device.ts";
import { configurationExtension, type MbusEncryption, mbusEncryption } from "./encryption.ts";
import { fixedRecords } from "./fixed-records.ts";
import { type MbusRecord, type MbusRecordOptions, mbusRecords } from "./records.ts";
import { type MbusStatus, statusFrom } from "./status.ts";

/** Who sent a telegram, as its long header names it. */
export interface MbusAddress {
  /** Eight digits as they were sent; letters in them are not decimal. */
  readonly identification: string;
  /** Three letters; null in a fixed structure, or if it is none. */
  readonly manufacturer: string | null;
  readonly version: number | null;
  /** As in "gas"; null where it is not known. */
  readonly medium: string | null;
  readonly mediumCode: number;
}

/** Why there are no records, or not all. */
export type MbusProblem =
  /** The bytes end within a header or a record. */
  | "truncated"
  /** They are no telegram, or begin no record. */
  | "malformed"
  /** And nobody has decrypted them. */
  | "encrypted"
  /** A compact frame: its headers are in another telegram of the same device. */
  | "compact"
  /** Something else than records. */
  | "unsupported";

/** What a CI field and the bytes behind it say. */
export interface MbusApplication {
  readonly ci: number;
  /** As in "variable data", "fixed data", "compact frame", "application error". */
  readonly kind: string;
  readonly header: "long" | "short" | "none";
  /** null without a long header. */
  readonly address: MbusAddress | null;
  readonly accessNumber: number | null;
  readonly status: MbusStatus | null;
  /** null if there is no configuration field. */
  readonly encryption: MbusEncryption | null;
  readonly records: readonly MbusRecord[];
  readonly manufacturerData: Uint8Array | null;
  readonly moreFollow: boolean;
  /** What was not read: encrypted, compact, or of another kind; null if all was. */
  readonly unread: Uint8Array | null;
  readonly problem: MbusProblem | null;
}

/** How to read a telegram. */
export interface MbusApplicationOptions extends Omit<MbusRecordOptions, "highestFirst"> {
  /** Somebody has decrypted the records already. */
  readonly decrypted?: boolean;
}

/** With the layers that were taken off already. */
interface Inner extends MbusApplicationOptions {
  readonly layers: number;
}

type Header = MbusApplication["header"];
interface Kind {
  readonly name: string;
  readonly header: Header;
  /** Absent for what is not made of records. */
  readonly body?: "records" | "compact";
  readonly highestFirst?: boolean;
  readonly toDevice?: boolean;
}

const of = (name: string, header: Header, more: Omit<Kind, "name" | "header"> = {}): Kind => ({
  name,
  header,
  ...more,
});
const kinds = new Map<number, Kind>([
  [0x51, of("command", "none", { body: "records", toDevice: true })],
  [0x55, of("command", "none", { body: "records", toDevice: true, highestFirst: true })],
  [0x5a, of("command", "short", { body: "records", toDevice: true })],
  [0x5b, of("command", "long", { body: "records", toDevice: true })],
  [0x69, of("format frame", "none")],
  [0x6a, of("format frame", "short")],
  [0x6b, of("format frame", "long")],
  [0x6e, of("application error", "short")],
  [0x6f, of("application error", "long")],
  [0x70, of("application error", "none")],
  [0x71, of("alarm", "none")],
  [0x72, of("variable data", "long", { body: "records" })],
  [0x73, of("compact frame", "long", { body: "compact" })],
  [0x74, of("alarm", "short")],
  [0x75, of("alarm", "long")],
  [0x76, of("variable data", "long", { body: "records", highestFirst: true })],
  [0x78, of("variable data", "none", { body: "records" })],
  [0x79, of("compact frame", "none", { body: "compact" })],
  [0x7a, of("variable data", "short", { body: "records" })],
  [0x7b, of("compact frame", "short", { body: "compact" })],
  [0x80, of("transport layer", "long")],
  [0x8a, of("transport layer", "short")],
  [0x8b, of("transport layer", "long")],
]);

/**
 * A fixed structure, in either order of its bytes. The first of these codes is one of compact frames since, which are longer
 * than a fixed structure ever is.
 */
const fixedKinds = new Map<number, Kind>([
  [0x73, of("fixed data", "long")],
  [0x77, of("fixed data", "long", { highestFirst: true })],
]);

/** Bytes of the extended link layers of wireless telegrams, before the CI field that they carry. */
const linkLayers = new Map([
  [0x8c, 2],
  [0x8d, 8],
  [0x8e, 10],
  [0x8f, 16],
]);
/** The two of them that encrypt have a session number, whose highest bits tell how. */
const sessionAt = new Map([
  [0x8d, 2],
  [0x8f, 10],
]);
const authentication = 0x90;

const empty = {
  header: "none",
  address: null,
  accessNumber: null,
  status: null,
  encryption: null,
  records: [],
  manufacturerData: null,
  moreFollow: false,
  unread: null,
  problem: null,
} as const;

const longLength = 12;
const shortLength = 4;

const addressFrom = (bytes: Uint8Array, highestFirst: boolean): MbusAddress => {
  const ordered = (from: number, to: number): Uint8Array => {
    const part = bytes.subarray(from, to);
    return highestFirst ? part : part.toReversed();
  };
  const [high = 0, low = 0] = ordered(4, 6);
  const [version = 0, medium = 0] = bytes.subarray(6, 8);
  return {
    identification: toHex(ordered(0, 4)),
    manufacturer: manufacturerOf((high << 8) | low),
    version,
    medium: mediumOf(medium),
    mediumCode: medium,
  };
};

interface Found {
  readonly head: Pick<MbusApplication, "header" | "address" | "accessNumber" | "status" | "encryption">;
  /** Where the records begin. */
  readonly length: number;
}

/** Undefined if the bytes end before the header does. */
const headFrom = (bytes: Uint8Array, { header, highestFirst = false }: Kind): Found | undefined => {
  if (header === "none")
    return { head: { header, address: null, accessNumber: null, status: null, encryption: null }, length: 0 };
  const length = header === "long" ? longLength : shortLength;
  if (bytes.length < length) return undefined;
  const [access = 0, status = 0, first = 0, second = 0] = bytes.subarray(length - shortLength, length);
  const encryption = mbusEncryption(highestFirst ? (first << 8) | second : first | (second << 8));
  const address = header === "long" ? addressFrom(bytes, highestFirst) : null;
  return {
    head: { header, address, accessNumber: access, status: statusFrom(status), encryption },
    length: length + configurationExtension(encryption.mode),
  };
};

type Body = Pick<MbusApplication, "records" | "manufacturerData" | "moreFollow" | "unread" | "problem">;

/** Only what is not encrypted can be read: what follows the counted blocks, which is often nothing. */
const recordsFrom = (
  body: Uint8Array,
  encryption: MbusEncryption | null,
  options: MbusRecordOptions & { decrypted?: boolean },
): Body => {
  if (encryption === null || encryption.mode === 0 || options.decrypted === true)
    return { ...mbusRecords(body, options), unread: null };
  const unread = body.subarray(0, encryption.encryptedBytes ?? body.length);
  return { ...mbusRecords(body.subarray(unread.length), options), unread, problem: "encrypted" };
};

const fixedHead = 6;
/** What the counters are, and two of them. */
const fixedBody = 10;
const fixedLength = fixedHead + fixedBody;

/** Identification, access number and status, and then what the counters are and the counters themselves. */
const fixedFrom = (ci: number, bytes: Uint8Array, { name, highestFirst = false }: Kind): MbusApplication => {
  if (bytes.length < fixedLength) return { ...empty, ci, kind: name, problem: "truncated" };
  const status = bytes[5] ?? 0;
  const { mediumCode, records } = fixedRecords(bytes.subarray(fixedHead, fixedLength), status, highestFirst);
  const id = bytes.subarray(0, 4);
  const address: MbusAddress = {
    identification: toHex(highestFirst ? id : id.toReversed()),
    manufacturer: null,
    version: null,
    medium: mediumOf(mediumCode),
    mediumCode,
  };
  // Two of the bits that a variable structure has for its application tell how the counters are to be read.
  const state: MbusStatus = { ...statusFrom(status), application: "none" };
  return { ...empty, ci, kind: name, header: "long", address, accessNumber: bytes[4] ?? 0, status: state, records };
};

/** What a wireless telegram carries behind its extended link layer, if that is not encrypted. */
const behindLinkLayer = (ci: number, bytes: Uint8Array, options: Inner): MbusApplication => {
  const kind = "extended link layer";
  const length = linkLayers.get(ci) ?? 0;
  if (bytes.length < length) return { ...empty, ci, kind, problem: "truncated" };
  const session = sessionAt.get(ci);
  // The encryption of the session, in the upper three bits of its number: 0 none, 1 AES-128 CTR.
  const method = session === undefined ? 0 : (bytes[session + 3] ?? 0) >> 5;
  if (method === 0 || options.decrypted === true) return applicationIn(bytes.subarray(length), options);
  // The check over what it carries is encrypted with it.
  const unread = bytes.subarray(length - 2);
  return { ...empty, ci, kind, unread, problem: "encrypted" };
};

/** An authentication layer, which says its own length. */
const behindAuthentication = (ci: number, bytes: Uint8Array, options: Inner): MbusApplication => {
  const kind = "authentication layer";
  const [length = 0, low = 0, high = 0] = bytes;
  if (bytes.length <= length) return { ...empty, ci, kind, problem: "truncated" };
  // A fragment of a longer message is not one itself: more follow, or it is not the first.
  const control = low | (high << 8);
  const fragmented = (control & 0x4000) !== 0 || (control & 0xff) > 1;
  if (fragmented) return { ...empty, ci, kind, unread: bytes.subarray(1 + length), problem: "unsupported" };
  return applicationIn(bytes.subarray(1 + length), options);
};

/** Layers around the records: the link layer and the one that authenticates. */
const mostLayers = 2;

const applicationIn = (bytes: Uint8Array, { layers, ...options }: Inner): MbusApplication => {
  const [ci] = bytes;
  if (ci === undefined) return { ...empty, ci: 0, kind: "nothing", problem: "truncated" };
  const rest = bytes.subarray(1);
  if (layers < mostLayers && linkLayers.has(ci)) return behindLinkLayer(ci, rest, { ...options, layers: layers + 1 });
  if (layers < mostLayers && ci === authentication)
    return behindAuthentication(ci, rest, { ...options, layers: layers + 1 });
  const fixed = fixedKinds.get(ci);
  const kind = kinds.get(ci);
  if (fixed !== undefined && (kind === undefined || rest.length <= fixedLength)) return fixedFrom(ci, rest, fixed);
  if (kind === undefined)
    return {
      ...empty,
      ci,
      kind: ci >= 0xa0 && ci <= 0xb7 ? "manufacturer's own" : "unknown",
      unread: rest,
      problem: "unsupported",
    };
  const found = headFrom(rest, kind);
  if (found === undefined) return { ...empty, ci, kind: kind.name, header: kind.header, problem: "truncated" };
  const { head, length } = found;
  const common = { ...empty, ci, kind: kind.name, ...head };
  const body = rest.subarray(length);
  if (kind.body !== "records")
    return { ...common, unread: body, problem: kind.body === "compact" ? "compact" : "unsupported" };
  const { highestFirst = false, toDevice = false } = kind;
  const manufacturer = options.manufacturer ?? head.address?.manufacturer ?? null;
  return { ...common, ...recordsFrom(body, head.encryption, { ...options, highestFirst, toDevice, manufacturer }) };
};

/**
 * What the bytes from the CI field on say. Encrypted records are named with their mode and kept in `unread`; an extended
 * link layer and an authentication layer around them are taken off.
 *
 * @example
 * mbusApplication(Uint8Array.of(0x78, 0x0b, 0x13, 0x43, 0x65, 0x87)).records[0]?.value // 876.543
 */
export const mbusApplication = (bytes: Uint8Array, options: MbusApplicationOptions = {}): MbusApplication =>
  applicationIn(bytes, { ...options, layers: 0 });

/** A long frame of the wired link. */
export interface MbusFrame {
  /** C field: 8 for an answer with data. */
  readonly control: number;
  /** Primary address. */
  readonly address: number;
  /** From the CI field on. */
  readonly application: Uint8Array;
}

const [start, stop] = [0x68, 0x16] as const;
const aroundFrame = 6;

/**
 * The content of a long frame, `68 L L 68 … checksum 16`; undefined if the bytes are not one, or not undamaged.
 *
 * @example
 * mbusFrame(Uint8Array.of(0x68, 3, 3, 0x68, 0x08, 0x01, 0x72, 0x7b, 0x16))?.address // 1
 */
export const mbusFrame = (bytes: Uint8Array): MbusFrame | undefined => {
  const length = bytes[1] ?? 0;
  const end = length + aroundFrame;
  const marks = bytes[0] === start && bytes[2] === length && bytes[3] === start && bytes[end - 1] === stop;
  if (!marks || length < 3 || bytes.length !== end) return undefined;
  const content = bytes.subarray(4, 4 + length);
  const sum = content.reduce((all, byte) => (all + byte) & 0xff, 0);
  const [control = 0, address = 0] = content;
  return sum === bytes[end - 2] ? { control, address, application: content.subarray(2) } : undefined;
};
