/** Requests and responses without what identifies: headers, codes and lengths stay as they are. */

import { annotate } from "../../layout/annotate.ts";
import type { AnyTable } from "../../layout/index.ts";
import { decodeRequest, readResponseHeader, type TableRequest } from "../../mep/frame/apdu.ts";
import { code } from "../../mep/frame/response-codes.ts";
import { procedureCarriers } from "../../procedures/carriers.ts";
import { procedureSource, proceduresByNumber } from "../../procedures/index.ts";
import { transactionType } from "../../tables/extended/transaction.ts";
import { type Dimensions, ET52, tablesByNumber } from "../../tables/index.ts";
import type { DataRedactor } from "./data.ts";

const transactions: readonly string[] = ["ET52", "ET53"];

/** Redacts messages in their order: what a transaction answers is known by what it asked. */
export class MessageRedactor {
  readonly #data: DataRedactor;
  readonly #dimensions: Dimensions;
  /** Requests of the transactions that were written, by their number. */
  readonly #transactions = new Map<number, readonly TableRequest[]>();

  constructor(data: DataRedactor, dimensions: Dimensions) {
    this.#data = data;
    this.#dimensions = dimensions;
  }

  /** A request without sequence number and digest. */
  request(apdu: Uint8Array): Uint8Array {
    const request = decodeRequest(apdu);
    if (request.kind === "malformed") return this.#behind(apdu, 1);
    const header = request.kind === "read" || request.kind === "write" ? 5 : 8;
    if (request.kind === "read" || request.kind === "read-at") return this.#behind(apdu, header);
    const offset = request.kind === "write-at" ? request.offset : 0;
    const out = this.#behind(apdu, header + request.data.length);
    out.set(this.#table(request.table, request.data, offset), header);
    return out;
  }

  /** A response without digest, to a request that decodes to `asked`. */
  response(apdu: Uint8Array, asked: TableRequest | undefined): Uint8Array {
    if (apdu[0] === code.wrongSequence && apdu.length === 5) return apdu.slice();
    const count = ((apdu[1] ?? 0) << 8) | (apdu[2] ?? 0);
    const reads = asked?.kind === "read" || asked?.kind === "read-at";
    const fits = apdu[0] === code.ok && apdu.length >= readResponseHeader && count === apdu.length - readResponseHeader;
    if (!reads || !fits) return this.#behind(apdu, fits ? readResponseHeader : 1);
    const out = apdu.slice();
    const offset = asked.kind === "read-at" ? asked.offset : 0;
    out.set(this.#table(asked.table, apdu.slice(readResponseHeader), offset), readResponseHeader);
    return out;
  }

  /** Keeps the first `kept` bytes; what follows them has no place in such a message. */
  #behind(apdu: Uint8Array, kept: number): Uint8Array {
    const out = apdu.slice();
    if (kept < apdu.length) out.set(this.#data.unknown(apdu.subarray(kept)), kept);
    return out;
  }

  #table(number: number, data: Uint8Array, offset: number): Uint8Array {
    const table = tablesByNumber.get(number);
    if (table === undefined) return this.#data.unknown(data);
    if (transactions.includes(table.id)) return offset === 0 ? this.#transaction(data) : this.#data.unknown(data);
    const [field, kind] = procedureCarriers[table.id] ?? [];
    if (field === undefined || kind === undefined) return this.#data.table(table, data, offset);
    return offset === 0 ? this.#procedure(table, field, kind, data) : this.#data.unknown(data);
  }

  #procedure(table: AnyTable, field: string, kind: "request" | "response", data: Uint8Array): Uint8Array {
    const { spans } = annotate(table, data, this.#dimensions);
    const number = spans.find(({ path }) => path === "procedure")?.value;
    const inner = spans.find(({ path }) => path === field);
    const out = this.#data.table(table, data, 0);
    if (inner === undefined) return out;
    const procedure = typeof number === "number" ? proceduresByNumber.get(number) : undefined;
    const bytes = data.subarray(inner.start, inner.end);
    const declared = procedure !== undefined && !["name-only", "unverified"].includes(procedureSource(procedure.id));
    out.set(
      declared ? this.#data.layout(`${procedure.id} ${kind}`, procedure[kind], bytes) : this.#data.unknown(bytes),
      inner.start,
    );
    return out;
  }

  /** ET52 or ET53 from its first byte on; what follows the transaction is from earlier ones. */
  #transaction(data: Uint8Array): Uint8Array {
    const { spans } = annotate(ET52, data, this.#dimensions);
    const field = (name: string): unknown => spans.find(({ path }) => path === name)?.value;
    const [type, number] = [field("type"), field("number")];
    const out = this.#data.unknown(data);
    const messages: TableRequest[] = [];
    const answers = type === transactionType.responses || type === transactionType.partialResponses;
    const asked = answers && typeof number === "number" ? this.#transactions.get(number) : undefined;
    for (const { path, start, end } of spans) {
      const [, index] = /^records\.(\d+)\.message$/.exec(path) ?? [];
      const bytes = data.slice(start, end);
      if (index === undefined) out.set(bytes, start);
      else if (answers) out.set(this.response(bytes, asked?.[Number(index)]), start);
      else {
        out.set(this.request(bytes), start);
        const request = decodeRequest(bytes);
        messages.push(request.kind === "malformed" ? { kind: "write", table: 0, data: bytes } : request);
      }
    }
    if (!answers && typeof number === "number") this.#transactions.set(number, messages);
    return out;
  }
}
