/** Bytes of tables over a session: one request a piece, each reply checked against what was asked. */
import { concat } from "@meterport/protocol/bytes";
import { LayoutError, ResponseError } from "@meterport/protocol/errors";
import { decodeResponse, encodeRequest, type TableRequest } from "@meterport/protocol/frame/apdu";
import { code, responseCode } from "@meterport/protocol/frame/response-codes";
import { type ByteRange, cutRange } from "./ranges.ts";
import type { RequestOptions, Session } from "./session.ts";

const errorCodes: Readonly<Record<number, ResponseError["code"]>> = {
  [code.error]: "refused",
  [code.serviceNotSupported]: "unsupported",
  [code.insufficientSecurity]: "no-permission",
  [code.operationNotPossible]: "not-possible",
  [code.inappropriateAction]: "no-such-table",
};

const exchange = async (session: Session, request: TableRequest, options: RequestOptions): Promise<Uint8Array> => {
  const answer = decodeResponse(await session.request(encodeRequest(request), options), request.kind);
  if (answer.kind === "data") return answer.data;
  if (answer.kind === "done") return new Uint8Array();
  if (answer.kind === "error") {
    const name = errorCodes[answer.code] ?? "unknown-response";
    throw new ResponseError(name, answer.code, options.label, responseCode(answer.code).meaning);
  }
  // The link hands on neither a sequence response nor one whose count does not fit.
  const detail = answer.kind === "malformed" ? answer.detail : "a sequence response where data were asked";
  throw new ResponseError("unknown-response", 0, options.label, detail);
};

const expect = (data: Uint8Array, { offset, length }: ByteRange, label: string): Uint8Array => {
  if (data.length === length) return data;
  throw new LayoutError("truncated", { path: label, offset }, `${length} bytes were asked, ${data.length} came`);
};

/**
 * A slice of a table, in as many requests as the seal's limit makes of it. `starts` as in `cutRange`.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const readSlice = async (
  session: Session,
  table: number,
  range: ByteRange,
  options: RequestOptions,
  starts?: readonly number[],
): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = [];
  for (const piece of cutRange(range, session.seal.readLimit, starts)) {
    const request: TableRequest = { kind: "read-at", table, offset: piece.offset, count: piece.length };
    pieces.push(expect(await exchange(session, request, options), piece, options.label));
  }
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : concat(...pieces);
};

/**
 * A table from its first byte: at most `length` bytes, fewer where the meter's table is shorter and one message holds
 * it. The full read is three bytes shorter than a partial one and, unlike it, not padded with zeros past the end.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const readWhole = async (
  session: Session,
  table: number,
  length: number,
  options: RequestOptions,
  starts?: readonly number[],
): Promise<Uint8Array> =>
  length <= session.seal.readLimit
    ? exchange(session, { kind: "read", table, count: length }, options)
    : readSlice(session, table, { offset: 0, length }, options, starts);
