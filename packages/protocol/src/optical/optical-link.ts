/**
 * The client's side of the optical port as a pure machine (ANSI C12.18-1996), with the inputs and outputs of `Link`: requests
 * and responses are those of the MEP port. It signs on by itself, keeps the channel while requests come, and signs on again
 * where the session is lost.
 */
import type { LinkFailure } from "../errors.ts";
import { code } from "../mep/frame/response-codes.ts";
import type { LinkInput, LinkRequest } from "../mep/link/exchange.ts";
import { Waiting } from "../mep/link/waiting.ts";
import type { Millis } from "../ports.ts";
import { Channel, type ChannelOutput, messageRoom, wantedLimits } from "./channel.ts";
import { OpticalExchange } from "./optical-exchange.ts";
import type { OpticalLinkOptions, OpticalLinkOutput } from "./optical-link-ends.ts";
import { SessionStages } from "./session-stages.ts";
import { refusalOf, type SessionStep, type Step, stepResult, transientResult } from "./session-steps.ts";
import { readOverhead, tableResponse, writeAtOverhead } from "./table-service.ts";
import { defaultOpticalTiming, type OpticalTiming } from "./timing.ts";

/** Bits that alternate, which any receiver can wake up by. */
const wakeByte = 0x55;

/** One optical port of one meter. */
export class OpticalLink {
  /** Which of the meter's ports it speaks to. */
  readonly kind = "optical";
  /** Nothing in an answer shows that the meter's dimensions changed. */
  readonly tellsChanges = false;
  readonly #timing: OpticalTiming;
  readonly #channel: Channel;
  readonly #stages: SessionStages;
  readonly #waiting: Waiting<OpticalExchange>;
  #current: OpticalExchange | undefined;
  #step: Step | undefined;
  /** When the answer to the step in hand is overdue; never before the step is delivered. */
  #overdue: Millis = Number.POSITIVE_INFINITY;
  /** Nothing is sent before. */
  #pauseUntil: Millis = Number.NEGATIVE_INFINITY;
  /** Bytes that have gone out to wake the meter for the session that is to begin. */
  #wakes = 0;
  /** Why the meter refused the password: it is not shown a second time, because wrong ones lock the port. */
  #keyRefused: string | undefined;
  #leaving = false;
  /** Of the last input. */
  #now: Millis = 0;

  /** @throws UsageError (`range`) for a password, user or time that does not fit its field */
  constructor(options: OpticalLinkOptions = {}) {
    const { timing, ...signOn } = options;
    this.#timing = { ...defaultOpticalTiming, ...timing };
    this.#channel = new Channel(wantedLimits, this.#timing);
    this.#stages = new SessionStages(this.#channel, signOn, this.#timing);
    this.#waiting = new Waiting(this.#timing.queueLimit);
  }

  /** Most data bytes that one read may ask for, as last agreed with the meter. */
  get readLimit(): number {
    return messageRoom(this.#stages.limits) - readOverhead;
  }

  /** Most data bytes of one partial write. */
  get writeLimit(): number {
    return messageRoom(this.#stages.limits) - writeAtOverhead;
  }

  /** When a tick is next due; undefined while there is nothing to wait for. */
  wakeAt(): Millis | undefined {
    const { changeAt = this.load > 0 ? this.#pauseUntil : this.#idleAt() } = this.#stages.speed;
    const times: (Millis | undefined)[] = [this.#channel.wakeAt(), this.#channel.deferred(this.#overdue)];
    if (this.#step === undefined) times.push(changeAt);
    const due = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    return due === Number.POSITIVE_INFINITY ? undefined : Math.max(due, this.#now);
  }

  /** Requests that wait or are on their way. */
  get load(): number {
    return this.#waiting.length + (this.#current === undefined ? 0 : 1);
  }

  /** Whether the meter may still hold a channel for us. */
  get busy(): boolean {
    return this.#step !== undefined || this.load > 0 || (this.#leaving && this.#stages.stage !== "base");
  }

  /** Takes one input at time `now` (never running backwards) and returns what is to be done, in this order. Never throws for received bytes. */
  handle(input: LinkInput, now: Millis): OpticalLinkOutput[] {
    const out: OpticalLinkOutput[] = [];
    this.#now = now;
    if (input.type === "cancel") this.#cancel(input.id, out);
    else if (input.type === "request") this.#enqueue(input, out);
    const heard: ChannelOutput[] = [];
    if (input.type === "received") this.#channel.receive(input.bytes, now, heard);
    else this.#channel.advance(now, heard);
    this.#hear(heard, now, out);
    this.#advance(now, out);
    return out;
  }

  /** Begins to end the session in order; over when `busy` is false. Requests that wait fail. */
  leave(now: Millis): OpticalLinkOutput[] {
    const out: OpticalLinkOutput[] = [];
    this.#now = now;
    this.#leaving = true;
    for (let waiting = this.#waiting.next(); waiting !== undefined; waiting = this.#waiting.next())
      this.#end(waiting, "closed", "the session was closed", out);
    if (this.#current !== undefined) this.#fail("closed", "the session was closed", out);
    this.#advance(now, out);
    return out;
  }

  #enqueue(request: LinkRequest, out: OpticalLinkOutput[]): void {
    const exchange = new OpticalExchange(request);
    // A wake-up that was given up does not count any more.
    if (this.load === 0) this.#wakes = 0;
    const displaced = this.#leaving ? exchange : this.#waiting.add(exchange);
    if (displaced === undefined) return;
    const waiting = `${this.#waiting.length} requests are waiting already`;
    const detail = displaced === exchange ? `not sent, ${waiting}` : "not sent, it gave way to a more urgent request";
    if (this.#leaving) this.#end(displaced, "closed", "the session was closed", out);
    else this.#end(displaced, "queue-full", detail, out);
  }

  #cancel(id: number, out: OpticalLinkOutput[]): void {
    const waiting = this.#waiting.remove(id);
    if (waiting !== undefined) this.#end(waiting, "aborted", "aborted before it was sent", out);
    // What the meter is about to answer must be awaited all the same: nothing in an answer names its request.
    else if (this.#current?.id === id) this.#fail("aborted", "aborted while it was on its way", out);
  }

  #end(exchange: OpticalExchange, failure: LinkFailure, detail: string, out: OpticalLinkOutput[]): void {
    out.push({ type: "failed", id: exchange.id, failure, attempts: exchange.transmissions, detail });
  }

  #fail(failure: LinkFailure, detail: string, out: OpticalLinkOutput[]): void {
    const exchange = this.#current;
    if (exchange === undefined) return;
    this.#current = undefined;
    this.#end(exchange, failure, detail, out);
  }

  #hear(heard: readonly ChannelOutput[], now: Millis, out: OpticalLinkOutput[]): void {
    this.#current?.count(this.#channel.takeTransmissions(), this.#step === "request");
    for (const output of heard) {
      if (output.type === "transmit") out.push(output);
      else if (output.type === "discarded") {
        this.#current?.seen.add(output.reason);
        out.push(output);
      } else if (output.type === "refused") this.#current?.seen.refused();
      else if (output.type === "delivered" || output.type === "progress") this.#delivered(now);
      else if (output.type === "message") this.#message(output.data, now, out);
      else if (this.#step !== undefined) this.#unanswered(this.#step, true, out);
    }
    if (this.#step !== undefined && now >= this.#channel.deferred(this.#overdue))
      this.#unanswered(this.#step, false, out);
  }

  /** The meter has the step or a part of it, or a part of its answer has come. */
  #delivered(now: Millis): void {
    this.#current?.seen.answered();
    this.#stages.alive(now);
    this.#stages.speed.proven();
    if (this.#step !== undefined && !this.#channel.sending)
      this.#overdue = now + this.#timing.bridgeDelay + this.#timing.trafficTimeout;
  }

  /** Does everything that is due and not the channel's own business. */
  #advance(now: Millis, out: OpticalLinkOutput[]): void {
    const { speed } = this.#stages;
    const baudRate = speed.change(now);
    if (baudRate !== undefined) {
      this.#pauseUntil = Math.max(this.#pauseUntil, now + this.#timing.speedPause);
      out.push({ type: "speed", baudRate, last: speed.offers.length === 0 });
    }
    while (this.#step === undefined && now >= this.#pauseUntil && speed.changeAt === undefined) {
      const step = this.#leaving ? this.#stages.farewell() : this.#next(now, out);
      if (step === undefined) return;
      if (step !== "identification" || !this.#wake(now, out)) this.#send(step, now, out);
    }
  }

  /** Whether another byte that wakes the meter was due before the session begins. */
  #wake(now: Millis, out: OpticalLinkOutput[]): boolean {
    const { wakeBytes, wakeSpacing } = this.#timing;
    if (this.#wakes >= wakeBytes) {
      this.#wakes = 0;
      return false;
    }
    this.#wakes++;
    this.#pauseUntil = now + wakeSpacing;
    out.push({ type: "transmit", bytes: Uint8Array.of(wakeByte) });
    return true;
  }

  /** What is to be sent for the request in hand, or to keep the channel. */
  #next(now: Millis, out: OpticalLinkOutput[]): Step | undefined {
    for (;;) {
      this.#current ??= this.#waiting.next();
      if (this.#current === undefined) return this.#stages.whenIdle(now, this.#pauseUntil);
      if (this.#keyRefused === undefined) break;
      this.#fail("wrong-key", this.#keyRefused, out);
    }
    return this.#stages.forRequest(now);
  }

  #idleAt(): Millis | undefined {
    if (this.#leaving) return this.#stages.stage === "base" ? undefined : this.#pauseUntil;
    return this.#stages.idleAt(this.#pauseUntil);
  }

  #send(step: Step, now: Millis, out: OpticalLinkOutput[]): void {
    const message = step === "request" ? this.#current?.message : this.#stages.message(step);
    if (message === undefined) return;
    const room = messageRoom(this.#channel.limits);
    if (message.length > room) {
      this.#fail("session", `its ${message.length} bytes are more than the ${room} that the meter takes now`, out);
      return;
    }
    this.#step = step;
    const sent: ChannelOutput[] = [];
    this.#channel.send(message, now, sent, step === "identification");
    this.#hear(sent, now, out);
  }

  /** What the meter has heard or done is unknown: the channel is ended before anything else is asked. */
  #unanswered(step: Step, undelivered: boolean, out: OpticalLinkOutput[]): void {
    this.#overdue = Number.POSITIVE_INFINITY;
    this.#step = undefined;
    // A channel that cannot even be ended counts as ended.
    this.#stages.begin(
      this.#leaving || step === "terminate" || step === "identification" ? "base" : "unknown",
      this.#now,
    );
    if (this.#stages.speed.changed) {
      // The head may not follow. The meter's channel ends with the silence, and it goes back to the first speed by itself.
      this.#stages.speed.giveUp();
      this.#stages.begin("base", this.#now);
      this.#pauseUntil = this.#now + 1.1 * this.#timing.trafficTimeout;
    }
    const exchange = this.#current;
    if (exchange === undefined) return;
    const { seen, transmissions } = exchange;
    const once = step === "request" && !exchange.idempotent;
    if (once && !undelivered)
      this.#fail("reply-lost", "the meter has the request and may have executed it, but its answer was lost", out);
    else if (once || (undelivered && (step === "terminate" || step === "identification")))
      this.#fail(seen.failure, seen.detail(transmissions), out);
    else this.#renew(exchange, out);
  }

  /** Once more from the beginning, where that is not too often. */
  #renew(exchange: OpticalExchange, out: OpticalLinkOutput[]): void {
    if (++exchange.renewals <= this.#timing.renewals) return;
    const { seen, transmissions } = exchange;
    this.#fail(seen.failure, seen.detail(transmissions), out);
  }

  #message(data: Uint8Array, now: Millis, out: OpticalLinkOutput[]): void {
    this.#stages.alive(now);
    const step = this.#step;
    if (step === undefined) out.push({ type: "discarded", bytes: data, length: data.length, reason: "unsolicited" });
    else if (step === "request") this.#response(data, now, out);
    else this.#stepAnswered(step, data, now, out);
  }

  #stepAnswered(step: SessionStep, data: Uint8Array, now: Millis, out: OpticalLinkOutput[]): void {
    const result = stepResult(step, data);
    if (result.type === "stale") {
      out.push({ type: "discarded", bytes: data, length: data.length, reason: "stale" });
      return;
    }
    this.#overdue = Number.POSITIVE_INFINITY;
    this.#step = undefined;
    if (result.type === "done") this.#stages.done(step, result.agreed, now);
    else if (result.type === "lost") this.#lost(false, out);
    else if (step === "wait") this.#stages.withoutWaits();
    else if (result.type === "busy") this.#tryLater(data, now, out);
    else this.#refused(step, result.code, now, out);
  }

  #refused(step: SessionStep, refused: number, now: Millis, out: OpticalLinkOutput[]): void {
    const detail = refusalOf(step, refused);
    if (step === "negotiate") this.#stages.negotiationRefused(now);
    else if (step === "security") {
      const asKey = refused === code.insufficientSecurity || refused === code.error;
      if (asKey)
        this.#keyRefused = "the meter refuses the password, which is not shown again because wrong ones lock the port";
      this.#fail(asKey ? "wrong-key" : "session", asKey ? (this.#keyRefused ?? detail) : detail, out);
    } else this.#fail("session", detail, out);
  }

  /** The meter says that it did nothing; `doubtful` where it may not know. */
  #lost(doubtful: boolean, out: OpticalLinkOutput[]): void {
    this.#stages.begin("unknown", this.#now);
    const exchange = this.#current;
    if (exchange === undefined) return;
    if (doubtful) {
      this.#fail("reply-lost", "the session broke over it, and the meter may have executed it before", out);
      return;
    }
    if (++exchange.renewals <= this.#timing.renewals) return;
    this.#fail("session", "the meter takes no session: it says each time that it is in another state", out);
  }

  #tryLater(data: Uint8Array, now: Millis, out: OpticalLinkOutput[]): void {
    this.#pauseUntil = now + this.#timing.busyPause;
    const exchange = this.#current;
    if (exchange === undefined || ++exchange.busy <= this.#timing.busyRetries) return;
    this.#pauseUntil = now;
    if (this.#stages.stage === "open") this.#answer(exchange, data, now, out);
    else this.#fail("session", refusalOf("identification", data[0] as number), out);
  }

  #answer(exchange: OpticalExchange, apdu: Uint8Array, now: Millis, out: OpticalLinkOutput[]): void {
    this.#current = undefined;
    this.#stages.asked(now);
    out.push({ type: "response", id: exchange.id, apdu, attempts: exchange.attempts });
  }

  #response(data: Uint8Array, now: Millis, out: OpticalLinkOutput[]): void {
    this.#overdue = Number.POSITIVE_INFINITY;
    this.#step = undefined;
    this.#stages.asked(now);
    const exchange = this.#current;
    if (exchange === undefined) return; // Its caller has given up: the answer has been awaited, and that was all.
    const transient = transientResult(data);
    if (transient?.type === "lost") this.#lost(exchange.doubtful(this.#channel.packetsFor(exchange.message)), out);
    else if (transient?.type === "busy") this.#tryLater(data, now, out);
    else {
      const apdu = tableResponse(data, exchange.kind);
      if ("kind" in apdu) this.#malformed(exchange, apdu.detail, data, out);
      else if (!exchange.startOver(apdu)) this.#answer(exchange, exchange.trimmed(apdu), now, out);
    }
  }

  /** Its CRC fits, its form does not: the answer to something else, then, and the two ends are out of step. */
  #malformed(exchange: OpticalExchange, detail: string, data: Uint8Array, out: OpticalLinkOutput[]): void {
    out.push({ type: "discarded", bytes: data, length: data.length, reason: "malformed" });
    this.#stages.begin("unknown", this.#now);
    if (!exchange.idempotent)
      this.#fail("reply-lost", `${detail} came, and the meter may have executed the request`, out);
    else this.#renew(exchange, out);
  }
}
