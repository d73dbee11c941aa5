/**
 * Services of the optical port beside those for tables (ANSI C12.18-1996, layer 7): requests with their answers, both ways.
 * Numbers are big-endian.
 */
import { concat } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import type { Malformed } from "../mep/frame/apdu.ts";
import { code } from "../mep/frame/response-codes.ts";

/** First byte of each request; those for tables are in `frame/apdu.ts`. */
export const serviceCode = {
  identification: 0x20,
  terminate: 0x21,
  logon: 0x50,
  security: 0x51,
  logoff: 0x52,
  negotiate: 0x60,
  wait: 0x70,
} as const;

/** Bytes of a password: what is shorter has zeros after it. */
export const passwordLength = 20;
/** Characters of a user's name: what is shorter has spaces after it. */
const userNameLength = 10;

/** Rates that one Negotiate may offer: 0x60 to 0x6B. */
const mostBauds = 11;

/** What an end of the line can take. */
export interface PacketLimits {
  /** Bytes of one packet with its overhead. */
  readonly packetSize: number;
  /** Packets of one message. */
  readonly packets: number;
}

/** A request that is not for a table. */
export type ServiceRequest =
  | { readonly kind: "identification" }
  /** Ends everything, whatever the state. */
  | { readonly kind: "terminate" }
  /** Name and number are the caller's choice; the meter notes the number with events. */
  | { readonly kind: "logon"; readonly userId: number; readonly user: string }
  /** At most 20 bytes. */
  | { readonly kind: "security"; readonly password: Uint8Array }
  | { readonly kind: "logoff" }
  /** `bauds` are codes of rates, best first; none leaves the rate as it is. */
  | ({ readonly kind: "negotiate"; readonly bauds: readonly number[] } & PacketLimits)
  /** Keeps the channel for this many seconds of silence. */
  | { readonly kind: "wait"; readonly seconds: number };

const check = (what: string, value: number, most: number): void => {
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new UsageError("range", `${what} must be a whole number from 0 to ${most}, not ${value}`);
};

/** Text as bytes of this length, spaces after it. */
const padded = (text: string): Uint8Array => {
  const out = new Uint8Array(userNameLength).fill(0x20);
  if (!/^[\x20-\x7e]*$/.test(text) || text.length > userNameLength)
    throw new UsageError("range", `a user name has at most ${userNameLength} printable ASCII characters`);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
};

/**
 * The bytes of a request.
 *
 * @throws UsageError (`range`) for what does not fit its field; the message shows no password
 * @example
 * encodeService({ kind: "negotiate", packetSize: 128, packets: 4, bauds: [] }) // Uint8Array [96, 0, 128, 4]
 */
export const encodeService = (request: ServiceRequest): Uint8Array => {
  switch (request.kind) {
    case "identification":
    case "terminate":
    case "logoff":
      return Uint8Array.of(serviceCode[request.kind]);
    case "logon":
      check("a user id", request.userId, 0xffff);
      return concat(Uint8Array.of(serviceCode.logon, request.userId >> 8, request.userId & 0xff), padded(request.user));
    case "security": {
      if (request.password.length > passwordLength)
        throw new UsageError(
          "range",
          `a password has at most ${passwordLength} bytes, this one has ${request.password.length}`,
        );
      const out = new Uint8Array(1 + passwordLength);
      out[0] = serviceCode.security;
      out.set(request.password, 1);
      return out;
    }
    case "negotiate": {
      check("a packet size", request.packetSize, 0xffff);
      check("a number of packets", request.packets, 0xff);
      check("the number of baud rates", request.bauds.length, mostBauds);
      for (const baud of request.bauds) check("a baud rate's code", baud, 0xff);
      const first = serviceCode.negotiate + request.bauds.length;
      const { packetSize, packets } = request;
      return Uint8Array.of(first, packetSize >> 8, packetSize & 0xff, packets, ...request.bauds);
    }
    case "wait":
      check("a time in seconds", request.seconds, 0xff);
      return Uint8Array.of(serviceCode.wait, request.seconds);
  }
};

const malformed = (detail: string): Malformed => ({ kind: "malformed", detail });
const word = (bytes: Uint8Array, at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);

const lengths: Readonly<Record<number, number>> = {
  [serviceCode.identification]: 1,
  [serviceCode.terminate]: 1,
  [serviceCode.logon]: 3 + userNameLength,
  [serviceCode.security]: 1 + passwordLength,
  [serviceCode.logoff]: 1,
  [serviceCode.wait]: 2,
};

/**
 * The fields of a request; undefined for a code that stands for none of these. Never throws.
 *
 * @example
 * decodeService(Uint8Array.of(0x70, 30)) // { kind: "wait", seconds: 30 }
 * decodeService(Uint8Array.of(0x30, 0, 1)) // undefined
 */
export const decodeService = (bytes: Uint8Array): ServiceRequest | Malformed | undefined => {
  const first = bytes[0];
  if (first === undefined) return malformed("an empty request");
  const bauds = first - serviceCode.negotiate;
  const negotiates = bauds >= 0 && bauds <= mostBauds;
  const length = negotiates ? 4 + bauds : lengths[first];
  if (length === undefined) return undefined;
  if (bytes.length !== length)
    return malformed(`a request 0x${first.toString(16)} of ${bytes.length} bytes instead of ${length}`);
  if (negotiates)
    return {
      kind: "negotiate",
      packetSize: word(bytes, 1),
      packets: bytes[3] as number,
      bauds: [...bytes.subarray(4)],
    };
  switch (first) {
    case serviceCode.identification:
      return { kind: "identification" };
    case serviceCode.terminate:
      return { kind: "terminate" };
    case serviceCode.logon:
      return { kind: "logon", userId: word(bytes, 1), user: String.fromCharCode(...bytes.subarray(3)).trimEnd() };
    case serviceCode.security:
      return { kind: "security", password: bytes.slice(1) };
    case serviceCode.logoff:
      return { kind: "logoff" };
    default:
      return { kind: "wait", seconds: bytes[1] as number };
  }
};

/** What a meter says of its protocol. */
export interface Identified {
  /** 0 for C12.18. */
  readonly standard: number;
  readonly version: number;
  readonly revision: number;
  /** Features that follow, without the zero after them; none in 1996. */
  readonly features: Uint8Array;
}

/** The answer to an Identification. */
export const encodeIdentified = ({ standard, version, revision, features }: Identified): Uint8Array =>
  Uint8Array.of(code.ok, standard, version, revision, ...features, 0);

/**
 * The answer to an Identification; undefined where these bytes are something else. Never throws.
 *
 * @example
 * decodeIdentified(Uint8Array.of(0, 0, 1, 0, 0)) // { standard: 0, version: 1, revision: 0, features: Uint8Array [] }
 */
export const decodeIdentified = (bytes: Uint8Array): Identified | undefined => {
  const [first, standard = 0, version = 0, revision = 0] = bytes;
  if (bytes.length < 5 || first !== code.ok || bytes[bytes.length - 1] !== 0) return undefined;
  return { standard, version, revision, features: bytes.slice(4, -1) };
};

/** What both ends agreed on; `baud` is the code of the rate. */
export interface Negotiated extends PacketLimits {
  readonly baud: number;
}

/** The answer to a Negotiate. */
export const encodeNegotiated = ({ packetSize, packets, baud }: Negotiated): Uint8Array =>
  Uint8Array.of(code.ok, packetSize >> 8, packetSize & 0xff, packets, baud);

/**
 * The answer to a Negotiate; undefined where these bytes are something else. Never throws.
 *
 * @example
 * decodeNegotiated(Uint8Array.of(0, 0, 128, 4, 6)) // { packetSize: 128, packets: 4, baud: 6 }
 */
export const decodeNegotiated = (bytes: Uint8Array): Negotiated | undefined =>
  bytes.length === 5 && bytes[0] === code.ok
    ? { packetSize: word(bytes, 1), packets: bytes[3] as number, baud: bytes[4] as number }
    : undefined;
