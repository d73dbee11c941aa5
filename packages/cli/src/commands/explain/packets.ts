/** Finds the request and the reply in pasted bytes, with or without their length fields. */
import { UsageError } from "@meterport/protocol/errors";
import { believedBody } from "@meterport/protocol/mep/frame/frame";
import type { HexInput } from "./hex-input.ts";

/** One message, as given. */
export interface Packet {
  readonly bytes: Uint8Array;
  /** Where the body starts: 2 after a length field, else 0. */
  readonly start: 0 | 2;
  readonly body: Uint8Array;
  /** What the length field announces, if bytes are missing after it. */
  readonly cut: number | undefined;
}
export interface Packets {
  readonly request: Packet;
  readonly reply: Packet | undefined;
}

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const requestCodes: readonly (number | undefined)[] = [0x30, 0x3f, 0x40, 0x4f];
/** Response code, count and digest beside the data. */
const replyOverhead = 1 + 2 + 8;

const announcesMore = (bytes: Uint8Array): boolean => {
  const declared = u16(bytes, 0);
  if (bytes.length < 5 || declared <= bytes.length - 2 || declared > believedBody) return false;
  return bytes[2] === 0 ? u16(bytes, 3) === declared - replyOverhead : requestCodes.includes(bytes[2]);
};

/**
 * One sentence if a request begins with a length field that does not fit what follows; else undefined.
 *
 * @example
 * lengthTrouble(Uint8Array.of(0, 9, 0x3f, 0, 28)) // "its length field says 9, but 3 bytes follow"
 */
export const lengthTrouble = (bytes: Uint8Array): string | undefined =>
  bytes.length > 2 && requestCodes.includes(bytes[2]) && !requestCodes.includes(bytes[0])
    ? `its length field says ${u16(bytes, 0)}, but ${bytes.length === 3 ? "1 byte follows" : `${bytes.length - 2} bytes follow`}`
    : undefined;

/** A message whose bytes are all of `bytes`. */
export const packetOf = (bytes: Uint8Array): Packet => {
  if (bytes.length >= 2 && u16(bytes, 0) === bytes.length - 2)
    return { bytes, start: 2, body: bytes.subarray(2), cut: undefined };
  if (announcesMore(bytes)) return { bytes, start: 2, body: bytes.subarray(2), cut: u16(bytes, 0) };
  return { bytes, start: 0, body: bytes, cut: undefined };
};

/** Frames that follow each other without a gap, without alerts; undefined if the bytes are not only frames. */
const framesOf = (bytes: Uint8Array): readonly Packet[] | undefined => {
  const frames: Packet[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + u16(bytes, at);
    if (at + 2 > bytes.length || end > bytes.length) return undefined;
    if (end > at + 2) frames.push(packetOf(bytes.subarray(at, end)));
    at = end;
  }
  return frames;
};

/**
 * How many alerts these bytes are, if they are nothing else: frames of length zero (MEP guide 1.1, p. 23).
 *
 * @example
 * alertsIn(new Uint8Array(4)) // 2
 */
export const alertsIn = (bytes: Uint8Array): number => (framesOf(bytes)?.length === 0 ? bytes.length / 2 : 0);

/** A request frame, and after it a reply that is cut short or lacks its length field. */
const frameAndRest = (bytes: Uint8Array): Packets | undefined => {
  const end = 2 + u16(bytes, 0);
  if (bytes.length < end + 1 || end < 5 || !requestCodes.includes(bytes[2])) return undefined;
  return { request: packetOf(bytes.subarray(0, end)), reply: packetOf(bytes.subarray(end)) };
};

/**
 * The request and, if present, the reply.
 *
 * @throws UsageError (`hex`) for more than one exchange
 */
export const packetsOf = ({ all, lines }: HexInput, reply: Uint8Array | undefined): Packets => {
  if (reply !== undefined) return { request: packetOf(all), reply: packetOf(reply) };
  const frames = framesOf(all);
  if (frames !== undefined && frames.length > 2)
    throw new UsageError("hex", `these are ${frames.length} frames; give one request and its reply`);
  const [request, answer] = frames ?? [];
  if (request !== undefined) return { request, reply: answer };
  const [first, second] = lines;
  if (first !== undefined && second !== undefined && lines.length === 2)
    return { request: packetOf(first), reply: packetOf(second) };
  return frameAndRest(all) ?? { request: packetOf(all), reply: undefined };
};

/**
 * The table body inside a whole reply frame; undefined if the lengths do not fit one.
 *
 * @example
 * bodyInFrame(Uint8Array.of(0, 12, 0, 0, 1, 7, 1, 2, 3, 4, 5, 6, 7, 8)) // Uint8Array [7]
 */
export const bodyInFrame = (bytes: Uint8Array): Uint8Array | undefined => {
  const count = u16(bytes, 3);
  const fits = u16(bytes, 0) === bytes.length - 2 && bytes[2] === 0 && count === bytes.length - 2 - replyOverhead;
  return bytes.length > 2 + replyOverhead && fits ? bytes.subarray(5, 5 + count) : undefined;
};
