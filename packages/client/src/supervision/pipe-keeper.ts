/** Opens the pipe to a meter, again and again: decides which speed to try next, and when to give up a silent pipe. */
import type { LinkError } from "@meterport/protocol/errors";
import type { Clock, Millis, Signal, Transport } from "@meterport/protocol/ports";
import type { Session } from "../session/session.ts";
import { BaudSearch } from "./baud-search.ts";
import { bounded } from "./bounded.ts";
import { LastingTransport } from "./lasting-transport.ts";

export interface OpenOptions {
  readonly signal: Signal;
  /** Bits per second; undefined if the link's speed cannot be set. */
  readonly baud: number | undefined;
}

export interface PipeKeeperOptions {
  readonly name: string;
  readonly open: (options: OpenOptions) => Promise<Transport>;
  readonly clock: Clock;
  /** Ends everything in progress. */
  readonly stop: Signal;
  readonly baud: number | undefined;
  /** Called when a pipe ends, unless we closed it. */
  readonly onEnd: (error: LinkError) => void;
}

const firstLimit: Millis = 10_000;
/**
 * A pipe that opened before gets little more time than it took then, so that attempts are frequent; once they have failed
 * for `atMostFor`, it gets the full time, as opening may take longer now.
 */
const again = { factor: 4, least: 1_500, atMostFor: 120_000 };
const closeLimit: Millis = 2_000;
/** A pipe may die without notice: after this much silence it is opened again, later less often. */
const silence = { first: 3_000, factor: 3, most: 60_000 };

export class PipeKeeper {
  readonly #options: PipeKeeperOptions;
  readonly #search: BaudSearch | undefined;
  #lasting: LastingTransport | undefined;
  #baud: number | undefined;
  #tookToOpen: Millis | undefined;
  #openedAt: Millis = 0;
  /** Since when opening has failed. */
  #openingSince: Millis | undefined;
  #longestSilence: Millis = silence.first;
  #opened = 0;
  #failures = 0;
  /** How many pipes ended on their own since the last answer, and whether the rest after the last of them was taken. */
  #ends = 0;
  #rested = true;

  constructor(options: PipeKeeperOptions) {
    this.#options = options;
    this.#baud = options.baud;
    this.#search = options.baud === undefined ? undefined : new BaudSearch(options.baud);
  }

  /** The transport of the sessions; undefined before the first pipe. */
  get transport(): LastingTransport | undefined {
    return this.#lasting;
  }

  get attached(): boolean {
    return this.#lasting?.attached === true;
  }

  get baud(): number | undefined {
    return this.#baud;
  }

  /** The speed at which the meter was last found, or is expected. */
  get home(): number | undefined {
    return this.#search?.home;
  }

  /** Whether it is at another speed than the meter's expected one. */
  get isAtOtherSpeed(): boolean {
    return this.#baud !== this.#search?.home;
  }

  /** The time for this many bytes at the present speed, if known, plus the delay of a bridge. */
  bytesTake(bytes: number): Millis {
    return (this.#baud === undefined ? 0 : (bytes * 10_000) / this.#baud) + (this.#lasting?.timing.delay ?? 0);
  }

  get counts(): { readonly opened: number; readonly openFailures: number } {
    return { opened: this.#opened, openFailures: this.#failures };
  }

  /** @throws LinkError, UsageError */
  async open(): Promise<void> {
    const { clock, stop, name, open } = this.#options;
    const onEnd = (error: LinkError): void => {
      this.#rested = ++this.#ends < 2;
      this.#options.onEnd(error);
    };
    const began = clock.now();
    const baud = this.#baud;
    this.#openingSince ??= began;
    const hasty = this.#tookToOpen !== undefined && began - this.#openingSince < again.atMostFor;
    const limit = hasty ? Math.max(again.least, again.factor * (this.#tookToOpen ?? 0)) : firstLimit;
    const late = (pipe: Transport): void => void pipe.close().catch(() => {});
    try {
      const pipe = await bounded({ clock, limit, signal: stop, label: name, late }, (signal) => open({ signal, baud }));
      this.#opened++;
      this.#openingSince = undefined;
      this.#tookToOpen = clock.now() - began;
      this.#openedAt = clock.now();
      if (this.#lasting === undefined || this.#lasting.closed) this.#lasting = new LastingTransport(pipe, clock, onEnd);
      else this.#lasting.attach(pipe);
    } catch (error) {
      this.#failures++;
      throw error;
    }
  }

  /** Closes the pipe; the session stays. A pipe that does not close in time is abandoned. */
  async detach(): Promise<void> {
    await this.#within(this.#lasting?.detach());
  }

  /** Closes the pipe and ends its session, with a farewell to the meter. */
  async close(session?: Pick<Session, "close">, farewell = true): Promise<void> {
    const lasting = this.#lasting;
    this.#lasting = undefined;
    await this.#within(session?.close(farewell));
    await this.#within(lasting?.close());
  }

  /** Takes the rest that is due before the next pipe is opened. Returns whether one was due: two pipes ended without an answer. */
  takeRest(): boolean {
    const owes = !this.#rested;
    this.#rested = true;
    return owes;
  }

  /** Called when the meter has answered through the pipe. */
  answered(): void {
    this.#ends = 0;
    this.#rested = true;
    this.#longestSilence = silence.first;
    if (this.#baud !== undefined) this.#search?.found(this.#baud);
  }

  /** Returns whether the pipe has been silent for so long that it may be dead; if so, the next silence may last longer. */
  giveUpIfSilent(): boolean {
    if (this.#options.clock.now() - this.#openedAt < this.#longestSilence) return false;
    this.#longestSilence = Math.min(silence.most, silence.factor * this.#longestSilence);
    return true;
  }

  /** Sets another speed for the next attempt. Returns whether there is one. */
  tune(): boolean {
    const before = this.#baud;
    this.#baud = this.#search?.next() ?? before;
    return this.#baud !== before;
  }

  /** Notes that the meter changes to another speed. Returns whether the line must follow. */
  follow(baud: number): boolean {
    if (this.#search === undefined || baud === this.#baud) return false;
    this.#baud = baud;
    this.#search.found(baud);
    return true;
  }

  async #within(closing: Promise<void> | undefined): Promise<void> {
    const { clock, name } = this.#options;
    if (closing === undefined) return;
    await bounded({ clock, limit: closeLimit, label: `close ${name}` }, () => closing).catch(() => {});
  }
}
