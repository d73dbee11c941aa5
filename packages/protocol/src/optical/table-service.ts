/**
 * Reads and writes of tables as the optical port carries them (Optical guide 1.1, pp. 11-12). They are those of the MEP port,
 * except that a full read has no length, and that a checksum follows all data.
 */
import { concat } from "../bytes.ts";
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type Malformed,
  readResponseHeader,
  type TableRequest,
  writeAtHeader,
} from "../mep/frame/apdu.ts";

/**
 * The checksum of data: the sum of both is a multiple of 256. It covers the descriptor of a pending table too (p. 11).
 *
 * @example
 * checksum(Uint8Array.of(1, 2)) // 0xfd
 */
export const checksum = (data: Uint8Array): number => {
  let sum = 0;
  for (const byte of data) sum += byte;
  return -sum & 0xff;
};

/** Bytes of a full read's request. */
const readLength = 3;
/** Bytes of a partial read's request. */
const readAtLength = 8;
/** Bytes of a read's response that are not its data: code, count, checksum. */
export const readOverhead = readResponseHeader + 1;
/** Bytes of a partial write that are not its data: code, table, offset, count, checksum. */
export const writeAtOverhead = writeAtHeader + 1;

const malformed = (detail: string): Malformed => ({ kind: "malformed", detail });

/**
 * A request of the MEP port, without sequence number and digest, as the optical port takes it.
 *
 * @example
 * opticalRequest(Uint8Array.of(0x30, 0, 1, 0, 24)) // Uint8Array [48, 0, 1]
 * opticalRequest(Uint8Array.of(0x40, 0, 7, 0, 2, 1, 2)) // Uint8Array [64, 0, 7, 0, 2, 1, 2, 253]
 */
export const opticalRequest = (apdu: Uint8Array): Uint8Array | Malformed => {
  const request = decodeRequest(apdu);
  if (request.kind === "malformed") return request;
  if (request.kind === "read") return encodeRequest({ ...request, count: undefined });
  if (request.kind === "read-at")
    return request.count === undefined ? malformed("a partial read without a count") : encodeRequest(request);
  return concat(encodeRequest(request), Uint8Array.of(checksum(request.data)));
};

/**
 * A request that the optical port brought as one of the MEP port, its checksum verified and taken off. Never throws.
 *
 * @example
 * tableRequest(Uint8Array.of(0x40, 0, 7, 0, 2, 1, 2, 253)) // Uint8Array [64, 0, 7, 0, 2, 1, 2]
 */
export const tableRequest = (bytes: Uint8Array): Uint8Array | Malformed => {
  const request = decodeRequest(bytes);
  if (request.kind === "malformed") return request;
  if (request.kind === "read") return exactly(bytes, readLength);
  if (request.kind === "read-at") return exactly(bytes, readAtLength);
  const apdu = encodeRequest(request);
  if (bytes.length !== apdu.length + 1)
    return malformed(`a write of ${bytes.length} bytes instead of ${apdu.length + 1} with its checksum`);
  return bytes[apdu.length] === checksum(request.data)
    ? apdu
    : malformed("a write whose checksum does not fit its data");
};

const exactly = (bytes: Uint8Array, length: number): Uint8Array | Malformed =>
  bytes.length === length ? bytes : malformed(`a read of ${bytes.length} bytes instead of ${length}`);

const reads = (asked: TableRequest["kind"]): boolean => asked === "read" || asked === "read-at";

/**
 * A response of the MEP port, without digest, as the optical port carries it.
 *
 * @example
 * opticalResponse(Uint8Array.of(0, 0, 1, 7), "read") // Uint8Array [0, 0, 1, 7, 249]
 */
export const opticalResponse = (apdu: Uint8Array, asked: TableRequest["kind"]): Uint8Array => {
  const response = decodeResponse(apdu, asked);
  return response.kind === "data" ? concat(apdu, Uint8Array.of(checksum(response.data))) : apdu;
};

/**
 * A response that the optical port brought as one of the MEP port, its checksum verified and taken off. Never throws.
 *
 * @example
 * tableResponse(Uint8Array.of(0, 0, 1, 7, 249), "read") // Uint8Array [0, 0, 1, 7]
 */
export const tableResponse = (bytes: Uint8Array, asked: TableRequest["kind"]): Uint8Array | Malformed => {
  const succeeded = bytes[0] === 0;
  const apdu = reads(asked) && succeeded ? bytes.slice(0, -1) : bytes;
  const response = decodeResponse(apdu, asked);
  if (response.kind === "malformed") return response;
  if (response.kind === "sequence" || (response.kind === "error" && bytes.length !== 1))
    return malformed(`a response 0x${(bytes[0] as number).toString(16)} of ${bytes.length} bytes`);
  if (response.kind === "data" && bytes[bytes.length - 1] !== checksum(response.data))
    return malformed("a read response whose checksum does not fit its data");
  return response.kind === "data" ? encodeResponse(response) : apdu;
};
