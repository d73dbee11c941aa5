/**
 * The client's side of a MEP link as a pure machine: inputs and the time go in, outputs come out. It owns no timer, no
 * promise and no random number. Call `handle({ type: "tick" }, now)` when `wakeAt()` is reached.
 */

import type { LinkFailure } from "../../errors.ts";
import type { Millis } from "../../ports.ts";
import { malformedResponse } from "../frame/apdu.ts";
import { Deframer, type FrameEvent, lengthField, shownGarbage } from "../frame/frame.ts";
import type { Seal } from "../security/seal.ts";
import { type DiscardReason, Exchange, type LinkInput, type LinkOutput, movedDetail, movedUnsent } from "./exchange.ts";
import { MeterNumber } from "./meter-number.ts";
import { OpticalDetector } from "./optical-detector.ts";
import { foreignFrame } from "./other-client.ts";
import { Sent, type Verdict } from "./sent.ts";
import { defaultLinkTiming, type LinkTiming } from "./timing.ts";
import { Waiting } from "./waiting.ts";

/**
 * One link to one meter.
 *
 * @example
 * import { rc4Authentication } from "@meterport/protocol/mep/security/rc4/authentication"
 * new Link(rc4Authentication({ key: new Uint8Array(16), sequence: 0 })).wakeAt() // undefined
 */
export class Link {
  /** Which of the meter's ports it speaks to. */
  readonly kind = "mep";
  readonly #seal: Seal;
  readonly #timing: LinkTiming;
  readonly #waiting: Waiting<Exchange>;
  readonly #deframer = new Deframer();
  readonly #opticalDetector = new OpticalDetector();
  readonly #sent: Sent;
  #current: Exchange | undefined;
  #lastByteAt: Millis = Number.NEGATIVE_INFINITY;
  #lastSentAt: Millis | undefined;
  /** Whether the last byte was the last of a frame; what looks like alerts may be the rest of an answer without its beginning. */
  #frameEnded = true;
  readonly #number = new MeterNumber();

  constructor(seal: Seal, timing: Partial<LinkTiming> = {}) {
    this.#seal = seal;
    this.#sent = new Sent(seal.again);
    this.#timing = { ...defaultLinkTiming, ...timing };
    this.#waiting = new Waiting(this.#timing.queueLimit);
  }

  /** Most data bytes that one read may ask for. */
  get readLimit(): number {
    return this.#seal.readLimit;
  }

  /** Most data bytes of one partial write. */
  get writeLimit(): number {
    return this.#seal.writeLimit;
  }

  /** Whether a change of the meter's dimensions shows in its sequence number: a suite with a session has none. */
  get tellsChanges(): boolean {
    return this.#seal.prepare === undefined;
  }

  /** Ends the suite's session in order, where one stands: a port keeps it until it is told. */
  leave(): LinkOutput[] {
    const farewell = this.#seal.farewell?.();
    return farewell === undefined ? [] : [{ type: "transmit", bytes: farewell }];
  }

  /** Nothing answers a farewell. */
  get busy(): boolean {
    return false;
  }

  /** When a tick is next due; undefined while there is nothing to wait for. */
  wakeAt(): Millis | undefined {
    if (this.#current !== undefined) return this.#current.pausing ? this.#sendAt() : this.#expireAt(this.#current);
    return this.#waiting.length > 0 ? this.#sendAt() : undefined;
  }

  /** Requests that wait or are on their way. */
  get load(): number {
    return this.#waiting.length + (this.#current === undefined ? 0 : 1);
  }

  /** Takes one input at time `now` (never running backwards) and returns what is to be done, in this order. Never throws for received bytes. */
  handle(input: LinkInput, now: Millis): LinkOutput[] {
    const out: LinkOutput[] = [];
    if (input.type === "received") this.#receive(input.bytes, now, out);
    else if (input.type === "cancel") this.#cancel(input.id, out);
    else if (input.type === "request") this.#enqueue(new Exchange(input), out);
    this.#advance(now, out);
    return out;
  }

  #enqueue(exchange: Exchange, out: LinkOutput[]): void {
    const displaced = this.#waiting.add(exchange);
    if (displaced === undefined) return;
    const waiting = `${this.#waiting.length} requests are waiting already`;
    const detail = displaced === exchange ? `not sent, ${waiting}` : "not sent, it gave way to a more urgent request";
    out.push({ type: "failed", id: displaced.id, failure: "queue-full", attempts: 0, detail });
  }

  #cancel(id: number, out: LinkOutput[]): void {
    if (this.#current?.id === id) {
      this.#fail("aborted", "aborted while it was on its way", out);
    } else if (this.#waiting.remove(id) !== undefined) {
      out.push({ type: "failed", id, failure: "aborted", attempts: 0, detail: "aborted before it was sent" });
    }
  }

  /** Does everything that is due. */
  #advance(now: Millis, out: LinkOutput[]): void {
    for (;;) {
      if (this.#current !== undefined && !this.#current.pausing) {
        if (now < this.#expireAt(this.#current)) return;
        if (this.#opticalDetector.inSession(now)) this.#current.evidence.add("optical-session");
        this.#expire(this.#current, out);
        continue;
      }
      if (this.#current === undefined && this.#waiting.length === 0) return;
      const at = this.#sendAt();
      if (at !== undefined && now < at) return;
      this.#current ??= this.#waiting.next();
      if (this.#current !== undefined) this.#transmit(this.#current, now, out);
    }
  }

  /** Not before the spacing is over, nor into a reply that is still coming in: it would be cut, and the meter might not listen. */
  #sendAt(): Millis {
    if (this.#lastSentAt === undefined) return this.#lastByteAt;
    const spaced = this.#lastSentAt + this.#timing.requestSpacing;
    const again = (this.#current?.transmissions ?? 0) > 0;
    if (this.#deframer.pending === 0 && (this.#frameEnded || !again)) return spaced;
    const quiet = Math.min(
      this.#lastByteAt + this.#timing.interByteTimeout,
      this.#lastSentAt + this.#timing.longestResponse,
    );
    return Math.max(spaced, quiet);
  }

  /** An answer that has begun and stopped is over before the time to begin it is; the last attempt takes all the time there is. */
  #expireAt(exchange: Exchange): Millis {
    if (this.#deframer.pending === 0) return exchange.deadline;
    const quiet = Math.max(exchange.answerFrom, this.#lastByteAt) + this.#timing.interByteTimeout;
    return Math.min(exchange.lastDeadline, this.#isLast(exchange) ? Math.max(exchange.deadline, quiet) : quiet);
  }

  #isLast(exchange: Exchange): boolean {
    return exchange.attempts >= (exchange.mostAttempts ?? this.#timing.attempts);
  }

  #expire(exchange: Exchange, out: LinkOutput[]): void {
    this.#dropUnfinished("incomplete", out);
    this.#endAttempt(exchange, out);
  }

  /** An attempt is over without an answer: pause for the next one, or give up. */
  #endAttempt(exchange: Exchange, out: LinkOutput[]): void {
    exchange.pausing = true;
    if (!this.#isLast(exchange)) return;
    const { evidence, attempts } = exchange;
    const [failure, detail] = [evidence.failure(attempts), evidence.detail(attempts, this.#timing.responseTimeout)];
    // A refusal says that nothing was done; a request that went to a meter which took the key before proves it wrong.
    const accepted = this.tellsChanges ? this.#number.confirmed : !exchange.preparing;
    if (exchange.idempotent || !accepted || !refusals.includes(failure)) this.#fail(failure, detail, out);
    else this.#fail("reply-lost", `${detail}, though it took the key before: it may have executed the request`, out);
  }

  #transmit(exchange: Exchange, now: Millis, out: LinkOutput[]): void {
    this.#dropUnfinished("stale", out);
    const { preparing, reseal, retry } = exchange;
    if (exchange.sealed === undefined || preparing || reseal || retry === "next-sequence") {
      const step = this.#seal.prepare?.();
      exchange.preparing = step !== undefined;
      exchange.sealed = step ?? this.#seal.seal(exchange.apdu);
      exchange.repeats = 0;
      exchange.reseal = false;
      this.#sent.add(exchange.id, exchange.sealed);
    }
    const { packet } = exchange.sealed;
    const { byteTime, bridgeDelay, longestResponse, handshakeTimeout } = this.#timing;
    const responseTimeout = exchange.preparing ? handshakeTimeout : this.#timing.responseTimeout;
    const away = now + packet.length * byteTime + bridgeDelay;
    exchange.repeats++;
    exchange.attempts++;
    exchange.transmissions++;
    exchange.pausing = false;
    exchange.answerFrom = away;
    exchange.deadline = away + responseTimeout;
    exchange.lastDeadline = away + Math.max(responseTimeout, longestResponse);
    this.#lastSentAt = now;
    out.push({ type: "transmit", bytes: packet });
  }

  #fail(failure: LinkFailure, detail: string, out: LinkOutput[]): void {
    const exchange = this.#current;
    if (exchange === undefined) return;
    this.#current = undefined;
    out.push({ type: "failed", id: exchange.id, failure, attempts: exchange.transmissions, detail });
  }

  #receive(bytes: Uint8Array, now: Millis, out: LinkOutput[]): void {
    const idle = now - this.#lastByteAt;
    if (this.#deframer.pending > 0 && idle > this.#timing.interByteTimeout) this.#dropUnfinished("incomplete", out);
    if (bytes.length > 0) this.#lastByteAt = now;
    this.#opticalDetector.hear(bytes, idle > this.#timing.interByteTimeout, now);
    const events = this.#deframer.push(bytes);
    const last = events.at(-1)?.type;
    const lone = last === "alert" && events.length === 1 && idle > this.#timing.interByteTimeout;
    if (bytes.length > 0 && !lone) this.#frameEnded = this.#deframer.pending === 0 && last === "frame";
    for (const event of events) {
      if (event.type === "frame") this.#frame(event.body, out);
      else if (event.type === "garbage") this.#garbage(event, out);
      else {
        this.#current?.evidence.add("only-alerts");
        out.push({ type: "alert" });
      }
    }
    if (this.#current !== undefined) this.#findBuriedAnswer(this.#current, out);
  }

  /** Finds the answer after noise that looks like the beginning of a longer frame. Its digest says that it is the answer. */
  #findBuriedAnswer(exchange: Exchange, out: LinkOutput[]): void {
    const { announced } = this.#deframer;
    if (announced === undefined || exchange.fitsAnswer(announced - lengthField)) return;
    for (const body of this.#deframer.hidden((length) => exchange.fitsAnswer(length))) {
      const verdict = this.#sent.judge(body, exchange);
      if (verdict.type !== "apdu" && verdict.type !== "resync") continue;
      const { garbage, unfinished } = this.#deframer.reset();
      if (garbage?.type === "garbage") this.#garbage(garbage, out);
      const length = unfinished.length - lengthField - body.length;
      this.#garbage({ type: "garbage", bytes: unfinished.slice(0, Math.min(length, shownGarbage)), length }, out);
      this.#frame(body, out, verdict);
      return;
    }
  }

  #garbage(event: FrameEvent & { type: "garbage" }, out: LinkOutput[]): void {
    this.#current?.evidence.add("garbage");
    out.push({ type: "discarded", bytes: event.bytes, length: event.length, reason: "garbage" });
  }

  /** Empties the framer. Bytes that are left while a request waits are a reply that stopped. */
  #dropUnfinished(reason: "incomplete" | "stale", out: LinkOutput[]): void {
    const announced = this.#deframer.announced;
    const { garbage, unfinished } = this.#deframer.reset();
    if (garbage?.type === "garbage") this.#garbage(garbage, out);
    if (unfinished.length === 0) return;
    if (reason === "incomplete" && announced !== undefined)
      this.#current?.evidence.add("half-reply", `${unfinished.length} of ${announced} bytes`);
    if (announced === undefined) this.#garbage({ type: "garbage", bytes: unfinished, length: unfinished.length }, out);
    else discard(unfinished, reason, out);
  }

  /** What opened once may open no more, so a verdict that stands is given. */
  #frame(body: Uint8Array, out: LinkOutput[], verdict: Verdict = this.#sent.judge(body, this.#current)): void {
    const exchange = this.#current;
    if (exchange === undefined) {
      const known = verdict.type === "stale" || verdict.type === "echo";
      discard(body, known ? verdict.type : "unsolicited", out);
      if (!known) this.#suspect(body, undefined, out);
      return;
    }
    if (verdict.type === "apdu") this.#answer(exchange, verdict, body, out);
    else if (verdict.type === "resync") this.#resync(exchange, verdict.sequence, body, out);
    else if (verdict.type === "step") this.#step(exchange);
    else if (verdict.type === "session-lost") this.#sessionLost(exchange, verdict.detail, body, out);
    else this.#reject(exchange, verdict, body, out);
  }

  #answer(
    exchange: Exchange,
    { apdu, sequence }: Verdict & { type: "apdu" },
    body: Uint8Array,
    out: LinkOutput[],
  ): void {
    if (malformedResponse(apdu, exchange.reads ? "read" : "write") !== undefined) {
      // The digest hardly protects zeros at the end, so a count that does not fit is taken for noise, not for an answer.
      exchange.evidence.add("bad-digest", "its digest fits, its length does not");
      discard(body, "malformed", out);
      return;
    }
    this.#current = undefined;
    this.#number.answered(sequence);
    out.push({ type: "response", id: exchange.id, apdu, attempts: exchange.transmissions });
  }

  /** The handshake goes on at once; only what fails counts as an attempt. */
  #step(exchange: Exchange): void {
    if (!exchange.preparing || exchange.pausing) return;
    exchange.attempts--;
    exchange.pausing = true;
  }

  /** A new session is needed. Nothing that says so is authentic, so what must not be done twice is not asked again. */
  #sessionLost(exchange: Exchange, detail: string, body: Uint8Array, out: LinkOutput[]): void {
    discard(body, "session-lost", out);
    exchange.evidence.add("tls", detail);
    if (!exchange.idempotent) {
      this.#fail("reply-lost", "the TLS session broke over it, and the meter may have executed it before", out);
      return;
    }
    exchange.reseal = true;
    if (exchange.pausing) return;
    if (++exchange.resyncs <= this.#timing.resyncs) exchange.attempts--;
    this.#endAttempt(exchange, out);
  }

  #resync(exchange: Exchange, theirs: number, body: Uint8Array, out: LinkOutput[]): void {
    if (exchange.reseal) {
      discard(body, "stale", out);
      return;
    }
    const { sealed, repeats } = exchange;
    const said = this.#number.refused({ ours: sealed?.sequence, theirs, transmissions: repeats });
    const { jumped, taken } = said;
    this.#seal.resync(theirs);
    out.push({ type: "resync", sequence: theirs, jumped });
    if (taken > 0) out.push({ type: "other-client", sign: "numbers", certain: taken > 1 });
    if (!exchange.idempotent && said.mayHaveRun) {
      this.#fail("reply-lost", "the meter has most likely executed this request, but its answer was lost", out);
      return;
    }
    // What waits was laid out before, too.
    if (jumped) for (const { id } of this.#waiting.removeAll(({ laidOut }) => laidOut)) out.push(movedUnsent(id));
    if (jumped && exchange.laidOut) {
      this.#fail("moved", movedDetail, out);
      return;
    }
    exchange.reseal = true;
    if (!exchange.pausing) {
      exchange.attempts--;
      exchange.pausing = true;
    }
    if (++exchange.resyncs <= this.#timing.resyncs) return;
    this.#fail("sequence", `the meter asked for another sequence number ${exchange.resyncs} times`, out);
  }

  /** A frame that proves nothing to us may be meant for somebody else. */
  #suspect(body: Uint8Array, asked: Uint8Array | undefined, out: LinkOutput[]): void {
    const sign = foreignFrame(body, asked);
    if (sign === undefined || (sign === "request" && this.#sent.resembles(body))) return;
    out.push({ type: "other-client", sign, certain: sign === "request" });
  }

  /**
   * What is as long as the answer was the answer, damaged, so nothing is left to wait for. Where it was another client's, ours
   * still counts when it comes, and the last attempt waits for it.
   */
  #damaged(exchange: Exchange, length: number, out: LinkOutput[]): void {
    exchange.evidence.add("bad-digest");
    if (!exchange.pausing && !this.#isLast(exchange) && exchange.fitsAnswer(length)) this.#endAttempt(exchange, out);
  }

  #reject(
    exchange: Exchange,
    verdict: Exclude<Verdict, { type: "apdu" | "resync" | "step" | "session-lost" }>,
    body: Uint8Array,
    out: LinkOutput[],
  ): void {
    discard(body, verdict.type === "forged" ? "bad-digest" : verdict.type, out);
    if (verdict.type === "forged" || verdict.type === "refused") this.#suspect(body, exchange.apdu, out);
    if (verdict.type === "echo") exchange.evidence.add("echo");
    else if (verdict.type === "forged") this.#damaged(exchange, body.length, out);
    else if (verdict.type === "stale") {
      if (verdict.other) exchange.evidence.add("other-reply");
    } else if (!exchange.pausing) {
      // The meter has spoken; what it says may be noise on either way, so ask again, but do not wait any longer.
      if (verdict.type === "refused") exchange.evidence.add(verdict.failure ?? "wrong-key", verdict.detail);
      else exchange.evidence.add("bad-resync");
      // A number that another client is told is not ours: an answer may yet come.
      if (verdict.type === "refused" || !this.#isLast(exchange)) this.#endAttempt(exchange, out);
    }
  }
}

/** What a meter says that will have nothing to do with us. */
const refusals: readonly LinkFailure[] = ["wrong-key", "no-tls", "tls-required"];

const discard = (bytes: Uint8Array, reason: DiscardReason, out: LinkOutput[]): void => {
  out.push({ type: "discarded", bytes, length: bytes.length, reason });
};
