/** Runs a link over a transport: the only place where promises, time and bytes meet. */
import { LinkError, UsageError } from "@meterport/protocol/errors";
import { requestCode } from "@meterport/protocol/mep/frame/apdu";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import type { DiscardReason, LinkInput, LinkOutput, RetryPolicy } from "@meterport/protocol/mep/link/exchange";
import { Link } from "@meterport/protocol/mep/link/link";
import type { OtherClientSign } from "@meterport/protocol/mep/link/other-client";
import { type LinkTiming, linkTimingOf } from "@meterport/protocol/mep/link/timing";
import type { Seal } from "@meterport/protocol/mep/security/seal";
import type { Clock, Millis, Signal, Transport } from "@meterport/protocol/ports";
import { asLinkError } from "./as-link-error.ts";
import type { LinkMachine, MakeMachine } from "./link-machine.ts";

/** The seal for requests on the MEP port, or another machine to drive. */
export type SessionEnd = { readonly seal: Seal } | { readonly machine: MakeMachine };

export type SessionOptions = SessionEnd & SessionSettings;

export interface SessionSettings {
  readonly clock: Clock;
  /** Differences from `defaultLinkTiming`. */
  readonly timing?: Partial<LinkTiming>;
}

export interface RequestOptions {
  /** Name of the request, for messages: "read ET13". */
  readonly label: string;
  readonly signal?: Signal | undefined;
  readonly retry?: RetryPolicy | undefined;
  readonly idempotent?: boolean | undefined;
  /** Whether its offsets depend on the meter's dimensions: if they change before it is executed, it fails with `moved`. */
  readonly laidOut?: boolean | undefined;
  readonly priority?: number | undefined;
  /** How often it is tried; as in the timing by default. */
  readonly attempts?: number | undefined;
}

/** Events other than answers. */
export type SessionEvent =
  /** The meter has something for us: two zero bytes, repeated each second (MEP guide 1.1, p. 23). */
  | { readonly type: "alert" }
  /** The meter named another sequence number. On first contact it must; later, if it `jumped`, its dimensions may have changed (p. 61). */
  | { readonly type: "resync"; readonly firstContact: boolean; readonly jumped: boolean }
  | { readonly type: "discarded"; readonly bytes: Uint8Array; readonly length: number; readonly reason: DiscardReason }
  /** A sign that another program talks to the same meter; one that is not `certain` may be noise, unless it keeps coming. */
  | { readonly type: "other-client"; readonly sign: OtherClientSign; readonly certain: boolean }
  /** The meter has executed a write: `apdu` is the request, from its code on. */
  | { readonly type: "written"; readonly apdu: Uint8Array }
  | { readonly type: "closed"; readonly error: LinkError | undefined };

/** Since the session began. */
export interface Counters {
  readonly requests: number;
  /** Of these, how many were answered, even with a refusal. */
  readonly responses: number;
  readonly failures: number;
  readonly transmissions: number;
  /** Transmissions beyond the first of their request. */
  readonly retries: number;
  readonly resyncs: number;
  readonly alerts: number;
  /** Frames and garbage discarded. */
  readonly discarded: number;
  /** Signs of another client of the same meter. */
  readonly otherClient: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Counters of a session that has done nothing yet. */
export const noCounters: Counters = {
  requests: 0,
  responses: 0,
  failures: 0,
  transmissions: 0,
  retries: 0,
  resyncs: 0,
  alerts: 0,
  discarded: 0,
  otherClient: 0,
  sentBytes: 0,
  receivedBytes: 0,
};

interface Pending {
  readonly id: number;
  readonly label: string;
  readonly apdu: Uint8Array;
  readonly resolve: (apdu: Uint8Array) => void;
  readonly reject: (error: LinkError) => void;
  readonly signal: Signal | undefined;
  /** Listens to the signal. */
  readonly cancel: () => void;
}

const nothing = (): void => {};
const isWrite = ([first]: Uint8Array): boolean => first === requestCode.write || first === requestCode.writeAt;

/** Time for the last message of a session to leave this machine. */
const farewellTime = 100;
/** Time for a meter to confirm the end of a session. */
const farewellPatience = 3_000;

/** One meter behind one transport. Requests are answered in the order of their priority, one at a time. */
export class Session {
  readonly transport: Transport;
  /** Called with each input of the link, undefined for a farewell, and its outputs; must not throw. */
  watch: (input: LinkInput | undefined, outputs: readonly LinkOutput[]) => void = nothing;
  readonly #clock: Clock;
  readonly #timing: Partial<LinkTiming>;
  #seal: Seal | undefined;
  #link: LinkMachine;
  /** Continues closing, once the machine has left. */
  #left: () => void = nothing;
  /** A few at most, one in the usual case: a map would make itself a new table after each. */
  readonly #pending: Pending[] = [];
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  readonly #counters: { -readonly [K in keyof Counters]: number } = { ...noCounters };
  #lastId = 0;
  #answered = false;
  #closed: LinkError | undefined;
  #wakeAt: number | undefined;
  #cancelWake: () => void = nothing;

  constructor(transport: Transport, options: SessionOptions) {
    this.transport = transport;
    this.#clock = options.clock;
    this.#timing = { ...linkTimingOf(transport.timing), ...options.timing };
    this.#seal = "seal" in options ? options.seal : undefined;
    this.#link = "seal" in options ? new Link(options.seal, this.#timing) : options.machine(this.#timing, transport);
    const { handTo } = transport.chunks;
    if (handTo === undefined) void this.#pump();
    else handTo({ take: this.#receive, end: this.#ended });
  }

  /** The seal of requests; undefined on the optical port, which has none. */
  get seal(): Seal | undefined {
    return this.#seal;
  }

  /** Which of the meter's ports this is. */
  get kind(): LinkMachine["kind"] {
    return this.#link.kind;
  }

  /** Most data bytes that one read may ask for. */
  get readLimit(): number {
    return this.#link.readLimit;
  }

  /** Most data bytes of one partial write. */
  get writeLimit(): number {
    return this.#link.writeLimit;
  }

  /** Whether a `resync` reports changed dimensions; else they must be checked by a read. */
  get tellsChanges(): boolean {
    return this.#link.tellsChanges;
  }

  /** Continues with another security. @throws UsageError while requests are pending */
  use(seal: Seal): void {
    if (this.#link.load > 0) throw new UsageError("busy", "cannot change security while requests are pending");
    this.#leave();
    this.#seal = seal;
    this.#link = new Link(seal, this.#timing);
    this.#answered = false;
    this.#schedule();
  }

  get counters(): Counters {
    return { ...this.#counters };
  }

  /** The same, counting on: for a look at a few of them without a copy. */
  get counting(): Counters {
    return this.#counters;
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Calls `listener` for each event until the returned function is called. */
  listen(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Sends a request and gives the authentic response, from its code on.
   *
   * @throws LinkError (as a rejection) if there is no trustworthy answer
   */
  request(apdu: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    const { label, signal } = options;
    if (this.#closed !== undefined) return Promise.reject(new LinkError("closed", label, this.#closed.detail));
    if (signal?.aborted === true) return Promise.reject(new LinkError("aborted", label, "aborted before it was sent"));
    const id = ++this.#lastId;
    this.#counters.requests++;
    return new Promise((resolve, reject) => {
      const cancel = signal === undefined ? nothing : (): void => this.#handle({ type: "cancel", id });
      signal?.addEventListener("abort", cancel, { once: true });
      this.#pending.push({ id, label, apdu, resolve, reject, signal, cancel });
      const { retry, idempotent, laidOut, priority, attempts } = options;
      this.#handle({ type: "request", id, apdu, retry, idempotent, laidOut, priority, attempts });
    });
  }

  /** Ends the session; pending requests fail with `closed`. Without `farewell` the meter is not told. */
  async close(farewell = true): Promise<void> {
    if (farewell && this.#leave()) {
      if (this.#link.busy) await this.#until(farewellPatience, (left) => (this.#left = left));
      // A transport may discard unsent bytes when it is closed.
      await this.#until(farewellTime, () => {});
    }
    this.#end(new LinkError("closed", this.transport.name, "the session was closed"), undefined);
    await this.transport.close();
  }

  /** A port keeps a session until told to end it, and refuses everything else meanwhile. False if there is none to leave. */
  #leave(): boolean {
    const outputs = this.#closed === undefined ? this.#link.leave(this.#clock.now()) : [];
    this.watch(undefined, outputs);
    for (const output of outputs) this.#apply(output);
    this.#schedule();
    return outputs.length > 0 || (this.#closed === undefined && this.#link.busy);
  }

  /** Waits for `time`, or until the function given to `early` is called. */
  #until(time: Millis, early: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.at(this.#clock.now() + time, resolve);
      early(() => {
        cancel();
        resolve();
      });
    });
  }

  async #pump(): Promise<void> {
    try {
      for await (const bytes of this.transport.chunks) this.#receive(bytes);
      this.#ended();
    } catch (cause) {
      this.#failed(cause);
    }
  }

  /** A fault of ours ends the session as a broken pipe does. */
  readonly #receive = (bytes: Uint8Array): boolean => {
    try {
      this.#counters.receivedBytes += bytes.length;
      this.#handle({ type: "received", bytes });
    } catch (cause) {
      this.#failed(cause);
    }
    return true;
  };

  readonly #ended = (error?: unknown): void =>
    this.#failed(error ?? new LinkError("closed", this.transport.name, "the other side closed the connection"));

  readonly #failed = (cause: unknown): void => this.#broken(asLinkError(cause, this.transport.name));

  #write(bytes: Uint8Array): void {
    try {
      this.transport.write(bytes).catch(this.#failed);
    } catch (cause) {
      this.#failed(cause);
    }
  }

  #broken(error: LinkError): void {
    if (this.#closed === undefined) this.#end(error, error);
  }

  #end(error: LinkError, reported: LinkError | undefined): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#left();
    this.#cancelWake();
    for (const { label, reject, signal, cancel } of this.#pending.splice(0)) {
      signal?.removeEventListener("abort", cancel);
      this.#counters.failures++;
      reject(new LinkError("closed", label, error.detail, { cause: error }));
    }
    this.#emit({ type: "closed", error: reported });
    this.#listeners.clear();
  }

  #handle(input: LinkInput): void {
    if (this.#closed !== undefined) return;
    const outputs = this.#link.handle(input, this.#clock.now());
    this.watch(input, outputs);
    for (const output of outputs) this.#apply(output);
    if (!this.#link.busy) this.#left();
    this.#schedule();
  }

  #schedule(): void {
    const at = this.#closed === undefined ? this.#link.wakeAt() : undefined;
    if (at === this.#wakeAt) return;
    this.#cancelWake();
    this.#wakeAt = at;
    this.#cancelWake = at === undefined ? nothing : this.#clock.at(at, this.#wake);
  }

  readonly #wake = (): void => {
    this.#wakeAt = undefined;
    this.#cancelWake = nothing;
    this.#handle({ type: "tick" });
  };

  #apply(output: LinkOutput): void {
    switch (output.type) {
      case "transmit":
        this.#counters.transmissions++;
        this.#counters.sentBytes += output.bytes.length;
        this.#write(output.bytes);
        return;
      case "response": {
        this.#counters.responses++;
        this.#counters.retries += output.attempts - 1;
        this.#answered = true;
        const pending = this.#settle(output.id);
        if (pending !== undefined && isWrite(pending.apdu) && output.apdu[0] === code.ok)
          this.#emit({ type: "written", apdu: pending.apdu });
        pending?.resolve(output.apdu);
        return;
      }
      case "failed": {
        this.#counters.failures++;
        this.#counters.retries += Math.max(0, output.attempts - 1);
        const pending = this.#settle(output.id);
        pending?.reject(new LinkError(output.failure, pending.label, output.detail));
        return;
      }
      case "resync":
        this.#counters.resyncs++;
        this.#emit({ type: "resync", firstContact: !this.#answered, jumped: output.jumped });
        return;
      case "alert":
        this.#counters.alerts++;
        this.#emit(output);
        return;
      case "discarded":
        this.#counters.discarded++;
        this.#emit(output);
        return;
      case "other-client":
        this.#counters.otherClient++;
        this.#emit(output);
        return;
      default:
        output satisfies never;
    }
  }

  #settle(id: number): Pending | undefined {
    const at = this.#pending.findIndex((each) => each.id === id);
    const pending = at < 0 ? undefined : this.#pending.splice(at, 1)[0];
    pending?.signal?.removeEventListener("abort", pending.cancel);
    return pending;
  }

  #emit(event: SessionEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        // A listener's bug is not a fault of the line: the session continues, and the host gets it as an unhandled rejection.
        void Promise.reject(error);
      }
    }
  }
}
