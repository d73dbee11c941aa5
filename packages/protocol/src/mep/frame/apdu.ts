/** C12.18 requests and responses as the MEP port carries them (MEP guide 1.1, p. 18). Header fields are big-endian. */

import { hexByte } from "../../digits.ts";
import { UsageError } from "../../errors.ts";
import { code } from "./response-codes.ts";

/** First byte of each request. */
export const requestCode = { read: 0x30, readAt: 0x3f, write: 0x40, writeAt: 0x4f } as const;

/** Bytes of a partial write in front of its data: code, table, offset, count. */
export const writeAtHeader = 8;

/** Bytes of a read response in front of its data: code, count. */
export const readResponseHeader = 3;

/** A request as its fields. `count` is undefined where a peer left it out; some meters then answer anything. */
export type TableRequest =
  | { readonly kind: "read"; readonly table: number; readonly count: number | undefined }
  | { readonly kind: "read-at"; readonly table: number; readonly offset: number; readonly count: number | undefined }
  | { readonly kind: "write"; readonly table: number; readonly data: Uint8Array }
  | { readonly kind: "write-at"; readonly table: number; readonly offset: number; readonly data: Uint8Array };

/** A response as its fields. */
export type TableResponse =
  | { readonly kind: "data"; readonly data: Uint8Array }
  | { readonly kind: "done" }
  /** Any code but 0x00 and 0x0C. */
  | { readonly kind: "error"; readonly code: number }
  | { readonly kind: "sequence"; readonly sequence: number };

/** Bytes that are not a request or response of this kind, and why, in one sentence. */
export interface Malformed {
  readonly kind: "malformed";
  readonly detail: string;
}

const check = (what: string, value: number, most: number): void => {
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new UsageError("range", `${what} must be a whole number from 0 to ${most}, not ${value}`);
  }
};

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
const u24 = (bytes: Uint8Array, at: number): number => (u16(bytes, at) << 8) | (bytes[at + 2] as number);

const put = (out: Uint8Array, at: number, width: number, value: number): number => {
  for (let i = 0; i < width; i++) out[at + i] = value >>> (8 * (width - 1 - i));
  return at + width;
};

/**
 * The bytes of a request, without sequence number and digest.
 *
 * @throws UsageError if a number does not fit its field.
 * @example
 * encodeRequest({ kind: "read-at", table: 23, offset: 0, count: 44 }) // Uint8Array [63, 0, 23, 0, 0, 0, 0, 44]
 */
export const encodeRequest = (request: TableRequest): Uint8Array => {
  const writes = request.kind === "write" || request.kind === "write-at";
  const partial = request.kind === "read-at" || request.kind === "write-at";
  const count = writes ? request.data.length : request.count;
  check("a table number", request.table, 0xffff);
  if (partial) check("an offset", request.offset, 0xffffff);
  if (count !== undefined) check("a count", count, 0xffff);
  const out = new Uint8Array(
    3 + (partial ? 3 : 0) + (count === undefined ? 0 : 2) + (writes ? request.data.length : 0),
  );
  out[0] = writes
    ? partial
      ? requestCode.writeAt
      : requestCode.write
    : partial
      ? requestCode.readAt
      : requestCode.read;
  let at = put(out, 1, 2, request.table);
  if (partial) at = put(out, at, 3, request.offset);
  if (count !== undefined) at = put(out, at, 2, count);
  if (writes) out.set(request.data, at);
  return out;
};

const malformed = (detail: string): Malformed => ({ kind: "malformed", detail });

/**
 * The fields of a request. A count that is missing or has one byte is undefined for reads, as the guide has it
 * (p. 18: "indeterminate", no error); bytes after the counted ones are ignored. Never throws.
 *
 * @example
 * decodeRequest(Uint8Array.of(0x30, 0x00, 0x01)) // { kind: "read", table: 1, count: undefined }
 */
export const decodeRequest = (bytes: Uint8Array): TableRequest | Malformed => {
  if (bytes.length === 0) return malformed("an empty request");
  const first = bytes[0] as number;
  const writes = first === requestCode.write || first === requestCode.writeAt;
  const partial = first === requestCode.readAt || first === requestCode.writeAt;
  if (!writes && !partial && first !== requestCode.read) {
    return malformed(`request code ${hexByte(first)} is not one of 0x30, 0x3f, 0x40, 0x4f`);
  }
  const fixed = partial ? 6 : 3;
  if (bytes.length < fixed)
    return malformed(`a request of ${bytes.length} bytes; its table and offset alone need ${fixed}`);
  const table = u16(bytes, 1);
  const offset = partial ? u24(bytes, 3) : 0;
  const count = bytes.length < fixed + 2 ? undefined : u16(bytes, fixed);
  if (!writes) return partial ? { kind: "read-at", table, offset, count } : { kind: "read", table, count };
  if (count === undefined) return malformed("a write without a count");
  const start = fixed + 2;
  if (bytes.length - start < count)
    return malformed(`a write of ${count} bytes with only ${bytes.length - start} after its header`);
  const data = bytes.slice(start, start + count);
  return partial ? { kind: "write-at", table, offset, data } : { kind: "write", table, data };
};

/**
 * The bytes of a response, without digest.
 *
 * @throws UsageError if a number does not fit its field.
 * @example
 * encodeResponse({ kind: "data", data: Uint8Array.of(7) }) // Uint8Array [0, 0, 1, 7]
 */
export const encodeResponse = (response: TableResponse): Uint8Array => {
  if (response.kind === "done") return Uint8Array.of(code.ok);
  if (response.kind === "error") {
    check("a response code", response.code, 0xff);
    return Uint8Array.of(response.code);
  }
  if (response.kind === "sequence") {
    check("a sequence number", response.sequence, 0xffffffff);
    const out = Uint8Array.of(code.wrongSequence, 0, 0, 0, 0);
    put(out, 1, 4, response.sequence);
    return out;
  }
  check("a count", response.data.length, 0xffff);
  const out = new Uint8Array(readResponseHeader + response.data.length);
  put(out, 1, 2, response.data.length);
  out.set(response.data, readResponseHeader);
  return out;
};

/**
 * The fields of a response; what a success holds depends on what was asked. The count of a read must be the number of
 * bytes after it: with a weak digest it is a second witness of the length. Never throws.
 *
 * @param passing whether the data are soon forgotten: then they are a view of `bytes`, else a copy that may be kept
 * @example
 * decodeResponse(Uint8Array.of(0x00, 0x00, 0x01, 0x07), "read") // { kind: "data", data: Uint8Array [7] }
 */
export const decodeResponse = (
  bytes: Uint8Array,
  asked: TableRequest["kind"],
  passing = false,
): TableResponse | Malformed => {
  const wrong = malformedResponse(bytes, asked);
  if (wrong !== undefined) return wrong;
  const first = bytes[0] as number;
  if (first === code.wrongSequence)
    return { kind: "sequence", sequence: ((u16(bytes, 1) << 16) | u16(bytes, 3)) >>> 0 };
  if (first !== code.ok) return { kind: "error", code: first };
  if (asked === "write" || asked === "write-at") return { kind: "done" };
  return { kind: "data", data: passing ? bytes.subarray(readResponseHeader) : bytes.slice(readResponseHeader) };
};

/** What is wrong with a response, for one who does not want its data yet; undefined if nothing is. Never throws. */
export const malformedResponse = (bytes: Uint8Array, asked: TableRequest["kind"]): Malformed | undefined => {
  const { length } = bytes;
  if (length === 0) return malformed("an empty response");
  const first = bytes[0] as number;
  if (first === code.wrongSequence)
    return length === 5 ? undefined : malformed(`a sequence response of ${length} bytes instead of 5`);
  if (first !== code.ok) return undefined;
  if (asked === "write" || asked === "write-at")
    return length === 1 ? undefined : malformed(`a write response of ${length} bytes instead of 1`);
  if (length < readResponseHeader) return malformed(`a read response of ${length} bytes, too short for its count`);
  const [count, held] = [u16(bytes, 1), length - readResponseHeader];
  return held === count ? undefined : malformed(`a read response that counts ${count} bytes and holds ${held}`);
};
