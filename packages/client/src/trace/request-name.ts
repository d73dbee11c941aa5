/** Short names of requests, at the start of a trace line. The call in the example is the guide's (MEP guide 1.1, p. 59). */
import { decodeRequest, type TableRequest } from "@meterport/protocol/mep/frame/apdu";
import { procedureIdOf, tableIdOf } from "@meterport/protocol/tables/catalogue";

/** Number of the table through which procedures are called (MEP guide 1.1, p. 58). */
const procedureInitiate = 7;
/** Selector and number in front of the parameters, the number in the lower twelve bits, least significant byte first. */
const procedureNumber = 0x0fff;
/** Table numbers end here: twelve bits name a table, one more marks a pending one. */
const lastTable = 8191;

/** "ET13", or the number if there can be no such table. */
const tableName = (number: number): string => (number > lastTable ? `table ${number}` : tableIdOf(number));

const countText = (count: number | undefined): string => (count === undefined ? "" : ` +${count}`);

const procedureName = (request: TableRequest): string | undefined => {
  if (request.kind !== "write" || request.table !== procedureInitiate) return undefined;
  const [low, high] = request.data;
  return low === undefined || high === undefined
    ? undefined
    : `call ${procedureIdOf((low | (high << 8)) & procedureNumber)}`;
};

/**
 * A request with its place: offset after @, number of bytes after +. Never its data.
 *
 * @param apdu from the request code on, without sequence number and digest
 * @example
 * requestName(Uint8Array.of(0x3f, 8, 13, 0, 0, 12, 0, 40)) // "read ET13 @12 +40"
 * requestName(Uint8Array.of(0x30, 0, 1)) // "read BT01"
 * requestName(Uint8Array.of(0x40, 0, 7, 0, 6, 0x11, 8, 7, 0, 0xf8, 3)) // "call EP17 +6"
 * requestName(Uint8Array.of(9)) // "not a request: request code 0x09 is not one of 0x30, 0x3f, 0x40, 0x4f"
 */
export const requestName = (apdu: Uint8Array): string => {
  const request = decodeRequest(apdu);
  switch (request.kind) {
    case "malformed":
      return `not a request: ${request.detail}`;
    case "read":
      return `read ${tableName(request.table)}${countText(request.count)}`;
    case "read-at":
      return `read ${tableName(request.table)} @${request.offset}${countText(request.count)}`;
    case "write":
      return `${procedureName(request) ?? `write ${tableName(request.table)}`} +${request.data.length}`;
    case "write-at":
      return `write ${tableName(request.table)} @${request.offset} +${request.data.length}`;
  }
};
