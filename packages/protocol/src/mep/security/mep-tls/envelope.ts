/** How the MEP port carries TLS: one code in front of the records of a message (MEP guide 1.1, pp. 14-15 and 24-25). */
import { concat } from "../../../bytes.ts";
import { readResponseHeader, writeAtHeader } from "../../frame/apdu.ts";
import { frameOf, maxBody } from "../../frame/frame.ts";
import { code } from "../../frame/response-codes.ts";
import type { Level } from "../seal.ts";
import { contentType } from "../tls/codes.ts";

export const tlsCode = {
  /** Ends the session; at least one byte of whatever value follows. */
  terminate: 0x57,
  /** The first message of a handshake; resets whatever was there. */
  handshake: 0x58,
  /** Further messages of it. */
  handshakeContinued: 0x59,
  /** A C12.18 request in application data. */
  table: 0x80,
} as const;

/** Codes of responses (Table 2.3). In C12.18 they are err, isc and isss. */
export const tlsResponse = { success: 0x00, error: 0x01, invalidIdentityOrKey: 0x03, noSession: 0x0a } as const;

/** Code, and what TLS adds to a message in one record: header, explicit nonce and tag. */
export const tlsOverhead: number = 1 + 5 + 8 + 16;

/** 443: what 476 bytes leave to the data of a read. */
export const tlsReadLimit: number = maxBody - tlsOverhead - readResponseHeader;
/** 438: what they leave to the data of a partial write. */
export const tlsWriteLimit: number = maxBody - tlsOverhead - writeAtHeader;

/** A whole frame. */
export const tlsFrame = (code: number, records: Uint8Array): Uint8Array =>
  frameOf(concat(Uint8Array.of(code), records));

/** A key in the identity: 0 is the basic one, 1 the advanced one (p. 24). */
const keyIdOf = (level: Level): number => (level === "advanced" ? 1 : 0);

/**
 * What a client calls itself in the handshake: its id, least significant byte first, and which key it has (p. 24).
 *
 * @example
 * identityOf(100, "advanced") // Uint8Array [100, 0, 1]
 */
export const identityOf = (clientId: number, level: Level): Uint8Array =>
  Uint8Array.of(clientId & 0xff, clientId >> 8, keyIdOf(level));

/** Who a client says it is. */
export interface ClientName {
  readonly clientId: number;
  readonly level: Level;
}

/**
 * The inverse of `identityOf`; undefined for a name that no meter takes.
 *
 * @example
 * clientNameIn(Uint8Array.of(100, 0, 1)) // { clientId: 100, level: "advanced" }
 */
export const clientNameIn = (identity: Uint8Array): ClientName | undefined => {
  const [low = 0, high = 0, key] = identity;
  if (identity.length !== 3 || (key !== 0 && key !== 1)) return undefined;
  return { clientId: low | (high << 8), level: key === 1 ? "advanced" : "basic" };
};

/** Whether what follows a code begins as a record of TLS does: its type and version. */
export const beginsRecord = (records: Uint8Array): boolean => {
  const [type = 0, major] = records;
  return type >= 20 && type <= 23 && major === 3;
};

/** Digests follow what a port says that takes TLS for a damaged RC4 request. */
const digestLength = 8;

/** What a port without TLS, or with TLS in trouble, answers: a code, perhaps with a digest that cannot be checked. */
export const isBareCode = (body: Uint8Array): boolean => body.length === 1 || body.length === 1 + digestLength;

/** Codes with which a port speaks of TLS. */
const tlsCodes: readonly number[] = Object.values(tlsResponse);

/** Behind its code the meter may put the alert of its TLS (MEP guide 1.1, p. 15: "additional data as needed"). */
export const bringsAlert = (body: Uint8Array): boolean =>
  tlsCodes.includes(body[0] as number) && body[1] === contentType.alert && beginsRecord(body.subarray(1));

/** Whether an answer to a message inside TLS says, authentic or not, that there is no session any more. */
export const endsSession = (body: Uint8Array): boolean =>
  bringsAlert(body) ||
  // 0x0B comes from a port that was told meanwhile to speak RC4 only; a new handshake will tell.
  (isBareCode(body) && (tlsCodes.includes(body[0] as number) || body[0] === code.notAuthentic));

/** Whether a received frame brings records of TLS. */
export const answersInTls = (body: Uint8Array): boolean =>
  tlsCodes.includes(body[0] as number) && beginsRecord(body.subarray(1));

const requestCodes: readonly number[] = Object.values(tlsCode);

/** Whether a sent frame brings records of TLS. */
export const asksInTls = (body: Uint8Array): boolean =>
  requestCodes.includes(body[0] as number) && beginsRecord(body.subarray(1));
