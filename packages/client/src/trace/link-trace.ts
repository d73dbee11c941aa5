/** Turns the traffic of a link into lines for people, live: requests by name, answers by code, and failures. */

import { namesInRecords } from "@meterport/protocol/capture/tls/record-names";
import { hexByte } from "@meterport/protocol/digits";
import { readResponseHeader } from "@meterport/protocol/mep/frame/apdu";
import { Deframer } from "@meterport/protocol/mep/frame/frame";
import { code, responseCode } from "@meterport/protocol/mep/frame/response-codes";
import type { DiscardReason, LinkInput, LinkOutput, LinkRequest } from "@meterport/protocol/mep/link/exchange";
import { answersInTls, asksInTls, tlsCode } from "@meterport/protocol/mep/security/mep-tls/envelope";
import type { Millis } from "@meterport/protocol/ports";
import type { Session } from "../session/session.ts";
import { OpticalTrace } from "./optical-trace.ts";
import { requestName } from "./request-name.ts";
import { shownData } from "./shown-data.ts";
import type { TraceLine } from "./trace-line.ts";

export interface TraceOptions {
  /** Milliseconds of any clock: to show how long an answer took. */
  readonly now: () => Millis;
  /** Takes each line. Must not throw. */
  readonly tell: (line: TraceLine) => void;
  /** Adds the data of requests and answers, except for tables that may hold keys. */
  readonly full?: boolean | undefined;
}

const reasons: Readonly<Record<DiscardReason, string>> = {
  stale: "a late or repeated answer",
  "bad-digest": "digest invalid",
  malformed: "digest valid, but its length does not fit the request",
  refused: "the meter refuses the key or this kind of security",
  "session-lost": "the meter has no TLS session",
  "bad-resync": "another sequence number requested, digest invalid",
  echo: "our own bytes came back",
  unsolicited: "no request is pending",
  incomplete: "it stopped before its end",
  garbage: "not a frame",
};

/** A request from its start to its end. */
interface Asked {
  readonly id: number;
  readonly name: string;
  readonly apdu: Uint8Array;
  readonly priority: number;
  sentAt: Millis;
  sent: number;
}

const bytes = (n: number): string => (n === 1 ? "1 byte" : `${n} bytes`);

/**
 * Turns what goes into a link and what comes out of it into lines. It sees requests and answers in the clear, so its lines hold
 * names, places, lengths and codes, never keys or passwords; with `full` also data, except of tables that may hold a key.
 *
 * @example
 * const lines = [];
 * const trace = new LinkTrace("mep", { now: () => 0, tell: ({ text }) => lines.push(text) });
 * trace.watch({ type: "request", id: 1, apdu: Uint8Array.of(0x30, 0, 1) }, [{ type: "transmit", bytes: Uint8Array.of(0, 1, 0x30) }]);
 * lines.join() // "-> read BT01"
 */
export class LinkTrace {
  readonly #kind: Session["kind"];
  readonly #options: TraceOptions;
  readonly #optical: OpticalTrace;
  readonly #received = new Deframer();
  /** In the order of transmission. */
  readonly #waiting: Asked[] = [];
  #current: Asked | undefined;
  /** What the last frame carried: a step of a handshake, a request inside TLS, or neither. */
  #tls: "handshake" | "inside" | undefined;

  constructor(kind: Session["kind"], options: TraceOptions) {
    this.#kind = kind;
    this.#options = options;
    this.#optical = new OpticalTrace(options.tell, options.full === true);
  }

  /** Takes one step of a link: an input, undefined for a farewell, and its outputs. */
  readonly watch = (input: LinkInput | undefined, outputs: readonly LinkOutput[]): void => {
    if (input?.type === "request") this.#enter(input);
    else if (input?.type === "received") this.#receive(input.bytes);
    for (const output of outputs) this.#output(output);
  };

  #enter({ id, apdu, priority = 0 }: LinkRequest): void {
    const asked = { id, apdu, priority, name: requestName(apdu), sentAt: 0, sent: 0 };
    const behind = this.#waiting.findIndex((other) => other.priority < priority);
    this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, asked);
  }

  #receive(received: Uint8Array): void {
    if (this.#kind === "optical") {
      this.#optical.received(received);
      return;
    }
    if (this.#tls === undefined) return;
    for (const event of this.#received.push(received))
      if (event.type === "frame" && this.#tls === "handshake" && answersInTls(event.body))
        this.#event(`<- TLS: ${namesInRecords(event.body.subarray(1)).join(", ")}`);
  }

  #output(output: LinkOutput): void {
    switch (output.type) {
      case "transmit":
        this.#transmit(output.bytes);
        return;
      case "response":
        this.#response(output);
        return;
      case "failed": {
        const asked = this.#end(output.id);
        const name = asked?.name ?? "a request";
        this.#event(`-- ${name}: ${output.failure}, ${output.detail}`);
        return;
      }
      case "alert":
        this.#event("<- alert: the meter has something for its client");
        return;
      case "resync":
        this.#event(
          `<- the meter expects sequence number ${output.sequence}${output.jumped ? ", which jumped" : ""}; digest valid`,
        );
        return;
      case "other-client":
        this.#event(`-- a sign of another client: ${output.sign}${output.certain ? "" : ", not certain"}`);
        return;
      case "discarded":
        this.#event(`<- ${bytes(output.length)} thrown away: ${reasons[output.reason]}`);
    }
  }

  #transmit(frame: Uint8Array): void {
    if (this.#kind === "optical") {
      if (this.#current === undefined) this.#next();
      this.#optical.sent(frame);
      return;
    }
    const body = frame.subarray(2);
    const inTls = asksInTls(body);
    if (inTls && body[0] === tlsCode.terminate) {
      this.#event("-> TLS: end of the session");
      return;
    }
    const asked = this.#next();
    if (inTls && body[0] !== tlsCode.table) {
      this.#received.reset();
      this.#tls = "handshake";
      this.#event(`-> TLS: ${namesInRecords(body.subarray(1)).join(", ")}`);
      return;
    }
    this.#tls = inTls ? "inside" : undefined;
    if (asked === undefined) return;
    asked.sentAt = this.#options.now();
    asked.sent++;
    const attempt = asked.sent === 1 ? "" : `, attempt ${asked.sent}`;
    this.#exchange(`-> ${asked.name}${attempt}`, shownIf(this.#options.full, asked.apdu));
  }

  #response({ id, apdu }: LinkOutput & { type: "response" }): void {
    const asked = this.#end(id);
    if (asked === undefined) return;
    const [first = -1] = apdu;
    const { name, meaning } = responseCode(first);
    const length = apdu.length > readResponseHeader ? `, ${bytes(apdu.length - readResponseHeader)}` : "";
    const result = first === code.ok ? `ok${length}` : `${name} (${hexByte(first)}), ${meaning}`;
    const proof = this.#kind === "optical" ? "CRC valid" : this.#tls === undefined ? "digest valid" : "inside TLS";
    const parts = [`<- ${asked.name}: ${result}`, proof];
    if (this.#kind === "mep") parts.push(`${Math.round(this.#options.now() - asked.sentAt)} ms`);
    if (asked.sent > 1) parts.push(`${asked.sent} attempts`);
    this.#exchange(parts.join(", "), shownIf(this.#options.full, asked.apdu, apdu));
  }

  /** The request that is on its way, or else the one whose turn it is. */
  #next(): Asked | undefined {
    this.#current ??= this.#waiting.shift();
    return this.#current;
  }

  #end(id: number): Asked | undefined {
    if (this.#current?.id === id) {
      const ended = this.#current;
      this.#current = undefined;
      return ended;
    }
    const at = this.#waiting.findIndex((asked) => asked.id === id);
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
  }

  #exchange(text: string, data: string | undefined): void {
    this.#options.tell({ kind: "exchange", text: data === undefined ? text : `${text}  ${data}` });
  }

  #event(text: string): void {
    this.#options.tell({ kind: "event", text });
  }
}

const shownIf = (full: boolean | undefined, request: Uint8Array, answer?: Uint8Array): string | undefined =>
  full === true ? shownData(request, answer) : undefined;

/** Traces a session from now until it ends. */
export const traceSession = (session: Session, options: TraceOptions): void => {
  session.watch = new LinkTrace(session.kind, options).watch;
  session.listen((event) => {
    if (event.type !== "closed") return;
    const why = event.error === undefined ? "" : `: ${event.error.message}`;
    options.tell({ kind: "event", text: `-- the session has ended${why}` });
  });
};
