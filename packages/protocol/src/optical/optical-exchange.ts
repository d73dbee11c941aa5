/** The state of one request on the optical port. */
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse, type TableRequest } from "../mep/frame/apdu.ts";
import { code } from "../mep/frame/response-codes.ts";
import type { LinkRequest } from "../mep/link/exchange.ts";
import { SeenOnLine } from "./seen-on-line.ts";
import { opticalRequest } from "./table-service.ts";

/** A request on its way. */
export class OpticalExchange {
  readonly id: number;
  readonly reads: boolean;
  readonly idempotent: boolean;
  readonly priority: number;
  readonly kind: TableRequest["kind"];
  readonly seen = new SeenOnLine();
  /** What is sent. */
  message: Uint8Array;
  /** Packets that were sent for it, those of the session among them. */
  transmissions = 0;
  #own = 0;
  /** Those of the request itself since the session was set up. */
  #inSession = 0;
  /** Sessions that were set up again for it. */
  renewals = 0;
  /** Times that the meter was too busy. */
  busy = 0;
  /** How many bytes a full read is to bring at most: the optical port's own has no length. */
  readonly #count: number | undefined;
  readonly #table: number;
  #inPart = false;

  constructor(request: LinkRequest) {
    const asked = decodeRequest(request.apdu);
    const message = opticalRequest(request.apdu);
    // Anything but a request of the MEP port goes out unchanged, and the meter may say what it thinks of it.
    this.message = "kind" in message ? request.apdu : message;
    this.id = request.id;
    this.kind = asked.kind === "malformed" ? "write" : asked.kind;
    this.reads = asked.kind === "read" || asked.kind === "read-at";
    this.idempotent = request.idempotent ?? this.reads;
    this.priority = request.priority ?? 0;
    this.#count = asked.kind === "read" ? asked.count : undefined;
    this.#table = asked.kind === "malformed" ? 0 : asked.table;
  }

  /** Notes that packets were sent: of the request itself, or of the session that it needs. */
  count(packets: number, own: boolean): void {
    this.transmissions += packets;
    if (own) this.#own += packets;
    this.#inSession = own ? this.#inSession + packets : 0;
  }

  /**
   * Whether the meter may have done what it now says it did not: it answers a repetition for which its session was over already,
   * after it has lost what came before.
   */
  doubtful(packetsNeeded: number): boolean {
    return !this.idempotent && this.#inSession > packetsNeeded;
  }

  /** Transmissions of the request itself, at least one. */
  get attempts(): number {
    return Math.max(1, this.#own);
  }

  /**
   * Whether the request must be sent in another form, because the table is longer than a message: then its beginning is
   * asked for, as the MEP port's full read with a length would bring it.
   */
  startOver(apdu: Uint8Array): boolean {
    if (this.#inPart || this.#count === undefined || apdu[0] !== code.operationNotPossible) return false;
    this.#inPart = true;
    this.message = encodeRequest({ kind: "read-at", table: this.#table, offset: 0, count: this.#count });
    return true;
  }

  /** The response, not longer than was asked for. */
  trimmed(apdu: Uint8Array): Uint8Array {
    const response = decodeResponse(apdu, this.kind);
    if (response.kind !== "data" || this.#count === undefined || response.data.length <= this.#count) return apdu;
    return encodeResponse({ kind: "data", data: response.data.subarray(0, this.#count) });
  }
}
