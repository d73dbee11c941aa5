/** Bytes of tables over a session: one request per piece, each reply checked against its request. */
import { concat } from "@meterport/protocol/bytes";
import { LayoutError, ResponseError } from "@meterport/protocol/errors";
import {
  decodeResponse,
  encodeRequest,
  type Malformed,
  type TableRequest,
  type TableResponse,
} from "@meterport/protocol/mep/frame/apdu";
import { code, responseCode } from "@meterport/protocol/mep/frame/response-codes";
import { isPending, pendingDescriptorSize } from "@meterport/protocol/tables/basic/pending";
import type { RequestOptions, Session } from "../../session/session.ts";
import { pendingPart } from "../write/pending-bytes.ts";
import { type ByteRange, cutRange } from "./ranges.ts";

const errorCodes: Readonly<Record<number, ResponseError["code"]>> = {
  [code.error]: "refused",
  [code.serviceNotSupported]: "unsupported",
  [code.insufficientSecurity]: "no-permission",
  [code.operationNotPossible]: "not-possible",
  [code.inappropriateAction]: "no-such-table",
};

/** The contents of an answer: the data of a read, nothing for a write. @throws ResponseError */
export const dataOf = (answer: TableResponse | Malformed, label: string): Uint8Array => {
  if (answer.kind === "data") return answer.data;
  if (answer.kind === "done") return new Uint8Array();
  if (answer.kind === "error") {
    const name = errorCodes[answer.code] ?? "unknown-response";
    throw new ResponseError(name, answer.code, label, responseCode(answer.code).meaning);
  }
  // The link passes on neither a sequence response nor one whose count does not fit.
  const detail = answer.kind === "malformed" ? answer.detail : "a sequence response instead of data";
  throw new ResponseError("unknown-response", 0, label, detail);
};

/** Sends one request and returns the contents of its answer. @throws LinkError, ResponseError */
export const exchange = async (session: Session, request: TableRequest, options: RequestOptions): Promise<Uint8Array> =>
  dataOf(decodeResponse(await session.request(encodeRequest(request), options), request.kind), options.label);

const expect = (data: Uint8Array, { offset, length }: ByteRange, label: string): Uint8Array => {
  if (data.length === length) return data;
  const code = data.length < length ? "truncated" : "trailing";
  throw new LayoutError(code, { path: label, offset }, `${length} bytes were requested, ${data.length} came`);
};

/** No documented table is longer than 233,856 bytes, the largest load profile; a meter may report any dimensions. */
const largestTable = 2 ** 18;

const check = ({ offset, length }: ByteRange, label: string): void => {
  if (offset + length <= largestTable) return;
  const detail = `the meter's dimensions give ${length} bytes, beyond the end of any table`;
  throw new LayoutError("shape", { path: label, offset }, detail);
};

/** What one message holds. @throws LinkError, ResponseError, LayoutError */
const readPiece = async (
  session: Session,
  table: number,
  { offset, length }: ByteRange,
  options: RequestOptions,
  passing = false,
): Promise<Uint8Array> => {
  const request = encodeRequest({ kind: "read-at", table, offset, count: length });
  const answer = decodeResponse(await session.request(request, options), "read-at", passing);
  return expect(dataOf(answer, options.label), { offset, length }, options.label);
};

/** Whether one message holds it. */
const fits = (session: Session, table: number, { offset, length }: ByteRange): boolean =>
  length > 0 && length <= session.readLimit && offset + length <= largestTable && !isPending(table);

/** The same as `readSlice` for bytes that the caller forgets at once, so that they need no memory of their own. @throws as `readSlice` */
export const readPassing = (
  session: Session,
  table: number,
  range: ByteRange,
  options: RequestOptions,
): Promise<Uint8Array> =>
  fits(session, table, range)
    ? readPiece(session, table, range, options, true)
    : readPieces(session, table, range, options, undefined);

/**
 * A slice of a table, in as many requests as the seal's limit needs. `starts` as in `cutRange`.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const readSlice = (
  session: Session,
  table: number,
  range: ByteRange,
  options: RequestOptions,
  starts?: readonly number[],
): Promise<Uint8Array> =>
  // Most reads do.
  fits(session, table, range)
    ? readPiece(session, table, range, options)
    : readPieces(session, table, range, options, starts);

const readPieces = async (
  session: Session,
  table: number,
  range: ByteRange,
  options: RequestOptions,
  starts: readonly number[] | undefined,
): Promise<Uint8Array> => {
  check(range, options.label);
  const pieces: Uint8Array[] = [];
  const descriptor = isPending(table) ? pendingDescriptorSize : 0;
  for (const piece of cutRange(range, session.readLimit - descriptor, starts)) {
    const { asked, from } = isPending(table) ? pendingPart(piece) : { asked: piece, from: 0 };
    const data = await readPiece(session, table, asked, options);
    pieces.push(from === 0 && asked.length === piece.length ? data : data.subarray(from, from + piece.length));
  }
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : concat(...pieces);
};

/**
 * A table from its first byte: at most `length` bytes, fewer if the meter's table is shorter and one message holds
 * it. A full read is three bytes shorter than a partial one and, unlike it, not padded with zeros past the end.
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
  length === 0 || length > session.readLimit
    ? readSlice(session, table, { offset: 0, length }, options, starts)
    : exchange(session, { kind: "read", table, count: length }, options);

/** The bytes; `undefined` if the meter refuses, or gives another length than requested. @throws LinkError */
export const unlessRefused = async <T>(read: Promise<T>): Promise<T | undefined> => {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ResponseError || error instanceof LayoutError) return undefined;
    throw error;
  }
};
