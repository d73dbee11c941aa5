/** ET52 and ET53: runs a list of requests at once when its number has been written twice (MEP guide 1.1, pp. 50-57, 136-138). */
import { equalBytes } from "@meterport/protocol/bytes";
import { LayoutError } from "@meterport/protocol/errors";
import { decode, encode } from "@meterport/protocol/layout/index";
import { decodeRequest, encodeResponse, readResponseHeader } from "@meterport/protocol/mep/frame/apdu";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import { transaction, transactionType } from "@meterport/protocol/tables/extended/transaction";
import { ET52, ET53 } from "@meterport/protocol/tables/index";
import type { Behaviour, DefaultAnswer, MeterRequest } from "../behaviour.ts";
import type { Memory } from "../contents/memory.ts";
import type { TransactionLock } from "./transaction-lock.ts";

/** Size, type, number, and the number once more. */
const smallest = 7;
const recordHeader = 2;

/** Bytes of a transaction that stand in ET52, in one piece from its start. */
class Written {
  #end = 0;
  #last: Uint8Array | undefined;

  /** Notes a write; gives the whole transaction where this write has completed one that is not the one before. */
  note(memory: Memory, offset: number, length: number): Uint8Array | undefined {
    // It must be written from the first to the last byte, one write after another (p. 136).
    if (offset === 0) this.#end = length;
    else if (offset === this.#end) this.#end += length;
    else this.#end = 0;
    const head = memory.read(ET52.number, 0, 2);
    const size = head === undefined ? 0 : (head[0] as number) + 256 * (head[1] as number);
    if (size < smallest || this.#end < size) return undefined;
    const bytes = memory.read(ET52.number, 0, size);
    // The same one is not run twice in a row.
    if (bytes === undefined || (this.#last !== undefined && equalBytes(this.#last, bytes))) return undefined;
    this.#last = bytes;
    return bytes;
  }
}

/** The requests of a transaction; undefined if it is malformed, or not one that this meter runs. */
const parse = (bytes: Uint8Array): { number: number; requests: readonly Uint8Array[] } | undefined => {
  try {
    const { number, numberAgain, type, records } = decode(ET52, bytes, {});
    if (number !== numberAgain || type !== transactionType.requests) return undefined;
    return { number, requests: records.map(({ message }) => message) };
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};

/** Runs what is written to ET52 with the rights of the writer; `answer` is the whole meter, as for a message of its own. */
export const transactions = (lock: TransactionLock, answer: DefaultAnswer): Behaviour => {
  const written = new Written();
  return (outer, next) => {
    const { request, memory } = outer;
    if (request.kind !== "write" && request.kind !== "write-at") return undefined;
    if (request.table !== ET52.number || outer.inTransaction) return undefined;
    if (lock.excludes(outer.port, outer.time)) return { kind: "error", code: code.operationNotPossible };
    const response = next();
    if (response.kind !== "done") return response;
    const offset = request.kind === "write-at" ? request.offset : 0;
    const whole = written.note(memory, offset, request.data.length);
    const parsed = whole === undefined ? undefined : parse(whole);
    if (parsed !== undefined) memory.patch(ET53.number, 0, responsesTo(parsed, outer, answer));
    return response;
  };
};

const responsesTo = (
  { number, requests }: { number: number; requests: readonly Uint8Array[] },
  outer: MeterRequest,
  answer: DefaultAnswer,
): Uint8Array => {
  const capacity = outer.memory.get(ET53.number)?.length ?? 0;
  let room = capacity - smallest;
  const messages: Uint8Array[] = [];
  let type: number = transactionType.responses;
  for (const apdu of requests) {
    const readLimit = Math.max(0, room - recordHeader - readResponseHeader);
    const request = { ...outer, apdu, request: decodeRequest(apdu), readLimit, inTransaction: true };
    const message = apdu.length === 0 ? undefined : encodeResponse(answer(request));
    if (message === undefined || message.length + recordHeader > room) {
      type = transactionType.partialResponses;
      break;
    }
    room -= message.length + recordHeader;
    messages.push(message);
  }
  return encode(ET53, transaction({ type, number, messages }), {});
};
