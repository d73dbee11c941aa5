/** Requests and responses in one line, for the contents of ET52, ET53 and BT07. */
import { decodeRequest } from "@meterport/protocol/mep/frame/apdu";
import { responseCode } from "@meterport/protocol/mep/frame/response-codes";
import { catalogueEntry, procedureIdOf, tableIdOf } from "@meterport/protocol/tables/catalogue";

const lastTable = 8191;

/** "BT28 Present Register Data"; only the number if there can be no such table. */
export const tableName = (number: number): string => {
  if (number > lastTable) return `table ${number}`;
  const id = tableIdOf(number);
  const title = catalogueEntry(id)?.title;
  return title === undefined ? id : `${id} ${title}`;
};

/** "EP17 Remove MEP Device". */
export const procedureName = (number: number): string => {
  const id = procedureIdOf(number);
  const title = catalogueEntry(id)?.title;
  return title === undefined ? id : `${id} ${title}`;
};

const bytes = (n: number): string => (n === 1 ? "1 byte" : `${n} bytes`);

/**
 * A request as a sentence.
 *
 * @example
 * requestText(Uint8Array.of(0x3f, 0, 20, 0, 0, 0, 0, 10)) // "read 10 bytes of BT20 Dimension Register from byte 0"
 */
export const requestText = (apdu: Uint8Array): string => {
  const request = decodeRequest(apdu);
  if (request.kind === "malformed") return `not a request: ${request.detail}`;
  const name = tableName(request.table);
  switch (request.kind) {
    case "read":
      return `read ${name}${request.count === undefined ? "" : `, at most ${bytes(request.count)}`}`;
    case "read-at":
      return `read ${request.count === undefined ? "bytes" : bytes(request.count)} of ${name} from byte ${request.offset}`;
    case "write":
      return `write ${bytes(request.data.length)} to ${name}`;
    case "write-at":
      return `write ${bytes(request.data.length)} to ${name} from byte ${request.offset}`;
  }
};

/** A response inside a transaction: code, then count and data if it was a read. */
export const responseText = (apdu: Uint8Array): string => {
  const [first, high = 0, low = 0] = apdu;
  if (first === undefined) return "empty";
  if (first !== 0) return responseCode(first).meaning;
  const count = high * 256 + low;
  return apdu.length >= 3 && count === apdu.length - 3 ? `ok, ${bytes(count)}` : "ok";
};
