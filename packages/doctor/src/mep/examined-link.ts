/** A link under examination: opened, asked with small reads, and every answer and failure recorded. */

import { exchange } from "@meterport/client/meter/read/table-bytes";
import { optical } from "@meterport/client/session/optical";
import { pause } from "@meterport/client/session/pause";
import { rc4 } from "@meterport/client/session/security";
import { Session, type SessionEnd, type SessionEvent } from "@meterport/client/session/session";
import { tls } from "@meterport/client/session/tls";
import { LinkError, type LinkFailure, ResponseError } from "@meterport/protocol/errors";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Level, Seal } from "@meterport/protocol/mep/security/seal";
import type { OpticalTiming } from "@meterport/protocol/optical/timing";
import type { Clock, Entropy, Millis, Signal, Transport } from "@meterport/protocol/ports";
import { numberOf } from "@meterport/protocol/tables/identifiers";
import type { FrameCounter } from "./frame-counter.ts";
import { type Heard, Tap } from "./tap.ts";

export interface ExaminedLinkOptions {
  /** Opens the link; with a number, at that baud rate, if the link's can be set. */
  readonly open: (baud: number | undefined) => Promise<Transport>;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly clientId?: number | undefined;
  /** Bytes that wake the meter before each session on its optical port; none if omitted. */
  readonly wake?: number | undefined;
  readonly signal?: Signal | undefined;
  /** Called with each session before its first request. */
  readonly onSession?: ((session: Session) => void) | undefined;
  /** Makes the counter for each opening of the link; if omitted, it counts the MEP port's frames. */
  readonly frames?: (() => FrameCounter) | undefined;
}

/** The outcome of one small read. */
export interface Probe {
  readonly answered: boolean;
  /** Set if there was no answer. */
  readonly failure: LinkFailure | undefined;
  readonly detail: string;
  /** The request was answered only after a repetition. */
  readonly repeated: boolean;
  /** Bytes were discarded meanwhile: noise, or another client's. */
  readonly disturbed: boolean;
  readonly took: Millis;
}

/** Seen by the current session. */
export interface Observed {
  readonly echoes: number;
  /** Signs of another client; an uncertain one counts a quarter. */
  readonly otherClient: number;
  /** Signs that noise cannot give. */
  readonly certainlyOther: number;
  /** Answers that came after the timeout. */
  readonly late: number;
  /** After how many bytes replies broke off. */
  readonly brokenAt: readonly number[];
  /** Pieces that were not a frame, or whose digest did not match. */
  readonly spoiled: number;
}

const nothingObserved = { echoes: 0, otherClient: 0, certainlyOther: 0, late: 0, spoiled: 0 };

/** Two bytes of BT01, which every key may read. */
const probeAt = { offset: 14, length: 2 };
const over: ReadonlySet<LinkFailure> = new Set(["aborted", "closed", "not-open"]);

/** How a MEP port is addressed: security, key, and delay of the bridge. */
export interface Approach {
  readonly kind: "rc4" | "rc4-encrypted" | "tls";
  readonly secret: Secret;
  readonly level?: Level | undefined;
  readonly delay?: Millis | undefined;
}

/** How an optical port is addressed. */
export interface OpticalApproach {
  readonly kind: "optical";
  /** If omitted, only tables that need no key are read. */
  readonly secret?: Secret | undefined;
  readonly delay?: Millis | undefined;
  /** How it differs from the port's usual timing. */
  readonly timing?: Partial<OpticalTiming> | undefined;
}

export class ExaminedLink {
  readonly #options: ExaminedLinkOptions;
  readonly #told: Heard[] = [];
  #tap: Tap | undefined;
  #session: Session | undefined;
  #unlisten: () => void = () => {};
  #observed = { ...nothingObserved, brokenAt: [] as number[] };
  #slowest: Millis = 0;
  #allBroken: number[] = [];
  #discarded = 0;
  #echoes = 0;
  #met = false;

  constructor(options: ExaminedLinkOptions) {
    this.#options = options;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get signal(): Signal | undefined {
    return this.#options.signal;
  }

  /** @throws LinkError (`closed`) before the first session */
  get session(): Session {
    if (this.#session === undefined) throw new LinkError("closed", "doctor", "no session was begun");
    return this.#session;
  }

  /** Whether the link has ever been open. */
  get opened(): boolean {
    return this.#tap !== undefined || this.#told.length > 0;
  }

  get observed(): Observed {
    return { ...this.#observed, brokenAt: [...this.#observed.brokenAt] };
  }

  /** The longest time to an answer in the current session. */
  get slowest(): Millis {
    return this.#slowest;
  }

  /** Whether there has ever been an answer. */
  get met(): boolean {
    return this.#met;
  }

  /** How often our own bytes came back, over all sessions. */
  get echoes(): number {
    return this.#echoes;
  }

  /** Over all sessions. */
  get brokenAt(): readonly number[] {
    return this.#allBroken;
  }

  /** Over all openings of the link. */
  get heard(): Heard {
    const all = this.#tap === undefined ? this.#told : [...this.#told, this.#tap.heard];
    const total = (name: "bytes" | "alerts" | "frames" | "garbage"): number =>
      all.reduce((sum, heard) => sum + heard[name], 0);
    return {
      bytes: total("bytes"),
      alerts: total("alerts"),
      frames: total("frames"),
      garbage: total("garbage"),
      only: all.find(({ only }) => only !== undefined)?.only,
    };
  }

  /** Opens the link again. @throws LinkError, UsageError */
  async open(baud?: number): Promise<void> {
    await this.close();
    this.#watch(await this.#options.open(baud));
  }

  /** Continues over another pipe to the same meter. */
  async use(transport: Transport): Promise<void> {
    await this.close();
    this.#watch(transport);
  }

  #watch(transport: Transport): void {
    this.#tap = new Tap(transport, this.#options.frames?.());
  }

  /** Ends the current session and sends bytes that are not a request. @throws LinkError */
  async send(bytes: Uint8Array): Promise<void> {
    await this.#endSession();
    await this.#tap?.lend().write(bytes);
  }

  async close(): Promise<void> {
    await this.#endSession();
    const tap = this.#tap;
    this.#tap = undefined;
    if (tap === undefined) return;
    this.#told.push(tap.heard);
    await tap.close();
  }

  /** Waits and listens. @throws LinkError aborted */
  listen(time: Millis): Promise<void> {
    return pause(this.#options.clock, time, "examine the link", this.#options.signal);
  }

  /** Starts another session. */
  async begin(way: Approach | OpticalApproach): Promise<void> {
    await this.#endSession();
    const tap = this.#tap;
    if (tap === undefined) throw new LinkError("closed", "doctor", "the link is not open");
    const transport = tap.lend(way.delay === undefined ? {} : { delay: way.delay });
    const session = new Session(transport, { ...this.#endOf(way), clock: this.#options.clock });
    this.#session = session;
    this.#options.onSession?.(session);
    this.#observed = { ...nothingObserved, brokenAt: [] };
    this.#slowest = 0;
    this.#unlisten = session.listen((event) => this.#note(event));
  }

  /**
   * One small read. A `careful` one is repeated as the same bytes, so that a lost request can be told from a lost reply.
   *
   * @throws LinkError aborted
   */
  async ask({ careful = false } = {}): Promise<Probe> {
    const { clock, signal } = this.#options;
    const began = clock.now();
    const before = this.session.counters;
    const discarded = this.#discarded;
    const how = careful
      ? ({ attempts: 2, retry: "same-packet", idempotent: false } as const)
      : ({ attempts: 1 } as const);
    const outcome = await this.#outcome({ label: "read BT01", ...how, ...(signal === undefined ? {} : { signal }) });
    const took = clock.now() - began;
    if (outcome.answered) {
      this.#met = true;
      this.#slowest = Math.max(this.#slowest, took);
    }
    return {
      ...outcome,
      repeated: this.session.counters.retries > before.retries,
      disturbed: this.#discarded > discarded,
      took,
    };
  }

  async #outcome(options: Parameters<typeof exchange>[2]): Promise<Pick<Probe, "answered" | "failure" | "detail">> {
    try {
      const table = numberOf("BT01");
      await exchange(this.session, { kind: "read-at", table, offset: probeAt.offset, count: probeAt.length }, options);
      return { answered: true, failure: undefined, detail: "" };
    } catch (error) {
      // A refusal is an answer too.
      if (error instanceof ResponseError) return { answered: true, failure: undefined, detail: error.message };
      if (!(error instanceof LinkError) || error.code === "aborted") throw error;
      return { answered: false, failure: error.code, detail: error.detail };
    }
  }

  #note(event: SessionEvent): void {
    if (event.type === "other-client") {
      this.#observed.otherClient += event.certain ? 1 : 0.25;
      if (event.certain) this.#observed.certainlyOther++;
    }
    if (event.type !== "discarded") return;
    if (event.reason === "echo") {
      this.#observed.echoes++;
      this.#echoes++;
    } else if (event.reason === "stale" || event.reason === "unsolicited") this.#observed.late++;
    else this.#discarded++;
    if (event.reason === "garbage" || event.reason === "bad-digest") this.#observed.spoiled++;
    if (event.reason !== "incomplete") return;
    this.#observed.brokenAt.push(event.length);
    this.#allBroken.push(event.length);
  }

  #endOf(way: Approach | OpticalApproach): SessionEnd {
    const { clientId, wake } = this.#options;
    if (way.kind !== "optical") return { seal: this.#sealOf(way) };
    return optical({
      // The search stays at the link's own speed.
      fastest: 0,
      ...(way.secret === undefined ? {} : { key: way.secret }),
      ...(clientId === undefined ? {} : { userId: clientId }),
      ...(wake === undefined ? {} : { wake }),
      ...(way.timing === undefined ? {} : { timing: way.timing }),
    });
  }

  #sealOf({ kind, secret, level = "basic" }: Approach): Seal {
    const { entropy, clientId } = this.#options;
    if (kind !== "tls") return rc4({ key: secret, entropy, encrypt: kind === "rc4-encrypted" }).seal;
    return tls({ key: secret, entropy, level, ...(clientId === undefined ? {} : { clientId }) }).seal;
  }

  async #endSession(): Promise<void> {
    this.#unlisten();
    const session = this.#session;
    this.#session = undefined;
    await session?.close().catch(() => {});
  }
}

/** Whether the link can carry no more requests. */
export const isOver = (failure: LinkFailure | undefined): boolean => failure !== undefined && over.has(failure);
