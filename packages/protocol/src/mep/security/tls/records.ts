/** The record layer: RFC 5246 section 6, with AES-256-GCM as RFC 5288 puts it into records. */
import { gcm } from "@noble/ciphers/aes.js";
import { concat } from "../../../bytes.ts";
import { contentType, version } from "./codes.ts";
import { Fatal, violation } from "./fatal.ts";
import { type DirectionKey, forget } from "./key-schedule.ts";

/** Most bytes that one record carries. */
const recordLimit = 16384;
/** Type, version, length. */
export const recordHeader = 5;
/** Bytes of a nonce that stand in front of what is encrypted. */
export const explicitNonce = 8;
const tag = 16;
/** What encryption adds to a fragment. */
export const sealOverhead = explicitNonce + tag;

/**
 * Records that one key protects in each direction. GCM's bound and the 64 bits of the sequence number lie far beyond; a
 * meter that is asked ten times a second comes here after 19 days, and a new handshake costs half a second.
 */
export const keyLifetime = 2 ** 24;

/** A key counts as worn this many records before its end: enough for one message either way, and a farewell. */
const reserve = 8;

/** A record as it came, its fragment perhaps encrypted. */
export interface RawRecord {
  readonly type: number;
  readonly fragment: Uint8Array;
}

const header = (type: number, length: number): Uint8Array =>
  Uint8Array.of(type, version >> 8, version & 0xff, length >> 8, length & 0xff);

/** The sequence number as 64 bits, big-endian. */
const sequenceBytes = (sequence: number): Uint8Array => {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(sequence));
  return out;
};

const additional = (sequence: Uint8Array, type: number, length: number): Uint8Array =>
  concat(sequence, header(type, length));

/** The plain fragment of the record that has this number; undefined where it does not verify. */
export const openFragment = (
  { key, fixed }: DirectionKey,
  sequence: number,
  { type, fragment }: RawRecord,
): Uint8Array | undefined => {
  if (fragment.length < sealOverhead) return undefined;
  const nonce = concat(fixed, fragment.subarray(0, explicitNonce));
  const aad = additional(sequenceBytes(sequence), type, fragment.length - sealOverhead);
  try {
    return gcm(key, nonce, aad).decrypt(fragment.slice(explicitNonce));
  } catch {
    return undefined;
  }
};

/** The inverse; `explicit` is the part of the nonce that stands in the record, 8 bytes. */
export const sealFragment = (
  { key, fixed }: DirectionKey,
  sequence: number,
  { type, fragment }: RawRecord,
  explicit: Uint8Array,
): Uint8Array => {
  const aad = additional(sequenceBytes(sequence), type, fragment.length);
  return concat(explicit, gcm(key, concat(fixed, explicit), aad).encrypt(fragment));
};

/** One direction under one key. */
export class Cipher {
  readonly #key: DirectionKey;
  readonly #lifetime: number;
  #sequence = 0;

  constructor(key: DirectionKey, lifetime: number = keyLifetime) {
    this.#key = key;
    this.#lifetime = lifetime;
  }

  /** The number of the next record. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Whether it is time for a new one. */
  get worn(): boolean {
    return this.#sequence >= this.#lifetime - reserve;
  }

  /** @throws Fatal if the key is worn out */
  encrypt(type: number, plain: Uint8Array): Uint8Array {
    if (this.#sequence >= this.#lifetime) throw wornOut(this.#lifetime);
    const sequence = this.#sequence++;
    // The explicit part of the nonce is the sequence number, so that no nonce comes twice (RFC 5288, section 3).
    return sealFragment(this.#key, sequence, { type, fragment: plain }, sequenceBytes(sequence));
  }

  /** The plain fragment `ahead` records on; undefined where it does not verify. Changes nothing. */
  peek(record: RawRecord, ahead = 0): Uint8Array | undefined {
    return openFragment(this.#key, this.#sequence + ahead, record);
  }

  /** Counts records that were opened. @throws Fatal if the key is worn out */
  advance(records: number): void {
    if (this.#sequence + records > this.#lifetime) throw wornOut(this.#lifetime);
    this.#sequence += records;
  }

  forget(): void {
    forget(this.#key);
  }
}

const wornOut = (lifetime: number): Fatal =>
  new Fatal("internal_error", "sequence-limit", `${lifetime} records were sent under one key; a new session is needed`);

/** A record that carries `fragment`, encrypted where there is a key. */
export const sealRecord = (type: number, fragment: Uint8Array, cipher: Cipher | undefined): Uint8Array => {
  const body = cipher === undefined ? fragment : cipher.encrypt(type, fragment);
  return concat(header(type, body.length), body);
};

/** As many records as the data take; one that is empty for none. */
export const sealRecords = (type: number, data: Uint8Array, cipher: Cipher | undefined): Uint8Array => {
  const records: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < data.length; at += recordLimit)
    records.push(sealRecord(type, data.subarray(at, at + recordLimit), cipher));
  return concat(...records);
};

const isContentType = (type: number): boolean =>
  type >= contentType.changeCipherSpec && type <= contentType.applicationData;

/** Cuts received bytes into records, however they are split or joined. Holds less than one record once all are taken. */
export class RecordReader {
  #bytes: Uint8Array = new Uint8Array(0);

  /** Adds received bytes. */
  push(bytes: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? bytes.slice() : concat(this.#bytes, bytes);
  }

  /** Bytes of a record that has not come wholly yet. */
  get pending(): number {
    return this.#bytes.length;
  }

  /**
   * The next whole record.
   *
   * @param anyMinor whether a record version of 3.x will do, as in a first ClientHello (RFC 5246, appendix E.1)
   * @throws Fatal for anything but a record of TLS 1.2
   */
  next(encrypted: boolean, anyMinor: boolean): RawRecord | undefined {
    const bytes = this.#bytes;
    const [type = 0, major = 0, minor = 0] = bytes;
    // A wrong type or version is told at once: the length after it means nothing.
    if (bytes.length >= 1 && !isContentType(type))
      throw violation("unexpected_message", `there is no content type ${type}`);
    if (bytes.length >= 3 && (major !== 3 || (!anyMinor && minor !== 3)))
      throw violation("protocol_version", `a record of version ${major}.${minor} came; only TLS 1.2 (3.3) is spoken`);
    if (bytes.length < recordHeader) return undefined;
    const length = ((bytes[3] as number) << 8) | (bytes[4] as number);
    if (length > recordLimit + (encrypted ? sealOverhead : 0))
      throw violation("record_overflow", `a record announces ${length} bytes`);
    if (bytes.length < recordHeader + length) return undefined;
    this.#bytes = bytes.slice(recordHeader + length);
    return { type, fragment: bytes.slice(recordHeader, recordHeader + length) };
  }
}
