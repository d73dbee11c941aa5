/** What one end of a recorded handshake said, over any number of messages of the port. */
import { concat } from "../../bytes.ts";
import { contentType } from "../../mep/security/tls/codes.ts";
import { messageHeader, messageLimit } from "../../mep/security/tls/messages.ts";
import { recordHeader } from "../../mep/security/tls/records.ts";
import type { Piece } from "../pieces.ts";
import { type RecordPlace, recordsIn } from "./records-in.ts";

/** Neither end says more than this in one handshake: a flight of a meter has some hundred bytes. */
const flightLimit = 4 * messageLimit;
/** Nor in more pieces. */
const partLimit = 16;

/** A ChangeCipherSpec that holds more than its one byte does not count: what it carries would pass unseen. */
const isHandshake = ({ type, start, end }: RecordPlace): boolean =>
  type === contentType.handshake || (type === contentType.changeCipherSpec && end - start === 1);

/** The bytes of a flight that one frame carried. */
export interface FlightPart {
  readonly piece: Piece;
  /** Where they begin in the frame, and how many they are. */
  readonly offset: number;
  readonly length: number;
}

interface Read {
  readonly messages: readonly Uint8Array[];
  readonly records: readonly RecordPlace[];
  /** What follows ChangeCipherSpec; undefined before there is one. */
  readonly sealed: readonly RecordPlace[] | undefined;
  /** Bytes of a message that has not come wholly. */
  readonly begun: number;
}

/** Whole messages in the clear fragments of records; undefined for one of impossible length. */
const messagesIn = (stream: Uint8Array): { messages: Uint8Array[]; begun: number } | undefined => {
  const messages: Uint8Array[] = [];
  let at = 0;
  while (at + messageHeader <= stream.length) {
    const length = ((stream[at + 1] as number) << 16) | ((stream[at + 2] as number) << 8) | (stream[at + 3] as number);
    if (length > messageLimit) return undefined;
    if (at + messageHeader + length > stream.length) break;
    messages.push(stream.slice(at, at + messageHeader + length));
    at += messageHeader + length;
  }
  return { messages, begun: stream.length - at };
};

const readFlight = (bytes: Uint8Array): Read | undefined => {
  const records = recordsIn(bytes);
  if (records === undefined || !records.every(isHandshake)) return undefined;
  const change = records.findIndex(({ type }) => type === contentType.changeCipherSpec);
  const clear = change < 0 ? records : records.slice(0, change);
  const found = messagesIn(concat(...clear.map(({ start, end }) => bytes.subarray(start, end))));
  const sealed = change < 0 ? undefined : records.slice(change + 1);
  if (found === undefined || sealed?.some(({ type }) => type !== contentType.handshake)) return undefined;
  return { ...found, records, sealed };
};

/** One end's part of a handshake, in the order in which it came. */
export class Flight {
  readonly parts: FlightPart[] = [];
  #bytes: Uint8Array = new Uint8Array(0);
  #read: Read = { messages: [], records: [], sealed: undefined, begun: 0 };

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Whole messages in the clear. */
  get messages(): readonly Uint8Array[] {
    return this.#read.messages;
  }

  /** All whole records. */
  get records(): readonly RecordPlace[] {
    return this.#read.records;
  }

  /** Records after ChangeCipherSpec; undefined before there is one. */
  get sealed(): readonly RecordPlace[] | undefined {
    return this.#read.sealed;
  }

  /** Goes on with the records of a frame. Gives false, and takes nothing, where they do not fit what came before. */
  push(piece: Piece, records: Uint8Array, offset: number): boolean {
    if (this.parts.length === partLimit || this.#bytes.length + records.length > flightLimit) return false;
    const bytes = concat(this.#bytes, records);
    const read = readFlight(bytes);
    if (read === undefined) return false;
    this.#bytes = bytes;
    this.#read = read;
    this.parts.push({ piece, offset, length: records.length });
    return true;
  }

  /** Other bytes of the same lengths: what stands in the clear, message by message, and each record after ChangeCipherSpec. */
  rewritten(
    message: (message: Uint8Array, index: number) => Uint8Array,
    sealed: (fragment: Uint8Array, index: number) => Uint8Array,
    rest: (bytes: Uint8Array) => Uint8Array,
  ): Uint8Array {
    const { messages, records, begun } = this.#read;
    const out = this.#bytes.slice();
    const firstSealed = records.length - (this.sealed?.length ?? 0);
    const clear = records.slice(0, firstSealed).filter(({ type }) => type === contentType.handshake);
    const old = concat(...clear.map(({ start, end }) => out.slice(start, end)));
    // Length fields keep their values.
    const behind = (bytes: Uint8Array, header: number): Uint8Array =>
      concat(bytes.subarray(0, header), rest(bytes.subarray(header)));
    const stream = concat(...messages.map(message), behind(old.subarray(old.length - begun), messageHeader));
    let at = 0;
    for (const { start, end } of clear) {
      out.set(stream.subarray(at, at + end - start), start);
      at += end - start;
    }
    for (const [index, { start, end }] of records.slice(firstSealed).entries())
      out.set(sealed(out.slice(start, end), index), start);
    const end = records.at(-1)?.end ?? 0;
    out.set(behind(out.slice(end), recordHeader), end);
    return out;
  }
}
