/** Tables of undocumented length. */
import { concat } from "@meterport/protocol/bytes";
import { ResponseError } from "@meterport/protocol/errors";
import type { RequestOptions, Session } from "../../session/session.ts";
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

/** `undefined` if the table ends before the offset. */
const pieceAt = async (
  session: Session,
  table: number,
  offset: number,
  options: RequestOptions,
): Promise<Uint8Array | undefined> => {
  try {
    return await exchange(session, { kind: "read-at", table, offset, count: session.readLimit }, options);
  } catch (error) {
    // If nothing has been read yet, the refusal is of the table.
    if (error instanceof ResponseError && offset > 0) return undefined;
    throw error;
  }
};

/**
 * All bytes of a table of unknown length: a full read, whose answer has it, and if one message is not enough, partial
 * reads until the meter refuses one or answers with less. Meters that pad with zeros past the end do neither (MEP guide
 * 1.1, p. 18): there a whole message of zeros is the end, and zeros before it may be padding. At most 64 KiB.
 *
 * @throws LinkError, ResponseError
 */
export const readOpenEnded = async (session: Session, table: number, options: RequestOptions): Promise<Uint8Array> => {
  const limit = session.readLimit;
  const whole = await fullRead(session, table, options);
  if (whole !== undefined && whole.length < limit) return whole;
  const pieces = whole === undefined ? [] : [whole];
  for (let offset = whole?.length ?? 0; offset < longest; offset += limit) {
    const piece = await pieceAt(session, table, offset, options);
    if (piece === undefined || piece.every((byte) => byte === 0)) break;
    pieces.push(piece);
    if (piece.length < limit) break;
  }
  return concat(...pieces);
};
