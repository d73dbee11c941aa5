/** Tables of undocumented length. */
import { concat } from "@meterport/protocol/bytes";
import { ResponseError } from "@meterport/protocol/errors";
import type { RequestOptions, Session } from "../../session/session.ts";
import type { ByteRange } from "./ranges.ts";
import { exchange } from "./table-bytes.ts";

/** Bounds the read of a meter that never ends a table. */
const longest = 2 ** 16;

/** Refusals that may be about the form or length of the request, not the table. */
const otherForm: readonly ResponseError["code"][] = ["refused", "unsupported", "not-possible"];

const fullRead = async (session: Session, table: number, options: RequestOptions): Promise<Uint8Array | undefined> => {
  try {
    return await exchange(session, { kind: "read", table, count: session.readLimit }, options);
  } catch (error) {
    if (error instanceof ResponseError && otherForm.includes(error.code)) return undefined;
    throw error;
  }
};

/** `undefined` if the table ends before the offset, or before the last byte that was asked for. */
const pieceAt = async (
  session: Session,
  table: number,
  { offset, length: count }: ByteRange,
  options: RequestOptions,
): Promise<Uint8Array | undefined> => {
  try {
    return await exchange(session, { kind: "read-at", table, offset, count }, options);
  } catch (error) {
    // If nothing has been read yet, the refusal is of the table.
    if (error instanceof ResponseError && offset > 0) return undefined;
    throw error;
  }
};

/** What follows the offset if a whole message is refused, found by powers of two: some meters refuse what ends past the end. */
const lastBytes = async (
  session: Session,
  table: number,
  offset: number,
  options: RequestOptions,
): Promise<readonly Uint8Array[]> => {
  const pieces: Uint8Array[] = [];
  let at = offset;
  for (let length = 2 ** Math.floor(Math.log2(session.readLimit)); length >= 1; length /= 2) {
    const piece = await pieceAt(session, table, { offset: at, length }, options);
    if (piece === undefined) continue;
    pieces.push(piece.subarray(0, length));
    if (piece.length < length) break;
    at += length;
  }
  return pieces;
};

/**
 * All bytes of a table whose length nobody knows: a full read, whose answer tells it, and where one message is not
 * enough partial reads until the meter refuses even the smallest one or answers less. Meters that fill up with zeros past the
 * end do neither (MEP guide 1.1, p. 18): there a whole message of zeros is the end, and zeros before it may be such ones. At most
 * 64 KiB.
 *
 * @throws LinkError, ResponseError
 */
export const readOpenEnded = async (session: Session, table: number, options: RequestOptions): Promise<Uint8Array> => {
  const limit = session.readLimit;
  const whole = await fullRead(session, table, options);
  if (whole !== undefined && whole.length < limit) return whole;
  const pieces = whole === undefined ? [] : [whole];
  for (let offset = whole?.length ?? 0; offset < longest; offset += limit) {
    const piece = await pieceAt(session, table, { offset, length: limit }, options);
    if (piece === undefined) {
      pieces.push(...(await lastBytes(session, table, offset, options)));
      break;
    }
    if (piece.every((byte) => byte === 0)) break;
    pieces.push(piece);
    if (piece.length < limit) break;
  }
  return concat(...pieces);
};
