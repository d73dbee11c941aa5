/** Hands the files of one spool to one target: in their order, one at a time, again and again until the target has them. */
import type { Clock, Millis } from "@meterport/protocol/ports";
import { afterDelivery, afterFailure, afterRefusal, delayAfter, freshTarget, type TargetState } from "./schedule.ts";
import type { Spool, WaitingParcel } from "./spool.ts";
import { FileRefused, type Target } from "./target.ts";

export interface DelivererParts {
  readonly spool: Spool;
  readonly target: Target;
  readonly clock: Clock;
  /** A number from 0 to 1. */
  readonly chance: () => number;
  readonly log: (line: string) => void;
  /** How the target was doing before, if somebody else delivered to it. */
  readonly state?: TargetState | undefined;
  /** After each attempt: how the target is doing, and why it refused the file for good; null if it did not. */
  readonly onAttempt?: ((state: TargetState, refusal: string | null) => Promise<void>) | undefined;
}

export interface DelivererStatus extends TargetState {
  readonly target: string;
  readonly waiting: number;
  /** When the oldest file that waits was made. */
  readonly oldest: Millis | null;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * A refusal may be a mistake of a moment, such as of a proxy that starts: a file is refused when the target has said so that often. Failures of
 * other kinds say nothing of the file.
 */
const mostRefusals = 3;

export class Deliverer {
  readonly #parts: DelivererParts;
  #state: TargetState;
  #attempt = 0;
  #refusals = 0;
  #wake: () => void = () => {};

  constructor(parts: DelivererParts) {
    this.#parts = parts;
    this.#state = parts.state ?? freshTarget;
  }

  /** Delivers until the signal aborts. An attempt in progress is ended then; its file stays. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#wake();
    signal.addEventListener("abort", stop);
    try {
      while (!signal.aborted) await this.#step(signal);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Says that a file was added. A target that takes nothing is not asked more often because more waits for it. */
  added(): void {
    if (this.#state.failures === 0) this.#wake();
  }

  /** An operator knows that the target is back. */
  retryNow(): void {
    this.#wake();
  }

  /** Lets the others go on if the target refuses the oldest file for good. Gives where it lies; undefined if none waits. */
  setAside(): string | undefined {
    const place = this.#parts.spool.setFirstAside();
    this.#begin();
    this.#wake();
    return place;
  }

  status(): DelivererStatus {
    const { spool, target } = this.#parts;
    return {
      ...this.#state,
      target: target.name,
      waiting: spool.waiting().length,
      oldest: spool.first()?.created ?? null,
    };
  }

  async #step(signal: AbortSignal): Promise<void> {
    const { spool, clock, chance } = this.#parts;
    // The wait begins before the spool is looked at: a file that is added meanwhile ends it.
    const waiting = this.#untilWoken();
    const parcel = spool.first();
    if (parcel === undefined) return waiting;
    if (await this.#try(parcel, signal)) return;
    if (signal.aborted) return;
    const woken = this.#untilWoken();
    const cancel = clock.at(clock.now() + delayAfter(this.#state.failures, chance()), () => this.#wake());
    await woken;
    cancel();
  }

  async #try(parcel: WaitingParcel, signal: AbortSignal): Promise<boolean> {
    const { spool, target, clock, log, onAttempt } = this.#parts;
    try {
      await target.deliver(parcel, ++this.#attempt, signal);
      spool.remove(parcel);
    } catch (error) {
      if (signal.aborted) return false;
      return this.#failed(parcel, error);
    }
    if (this.#state.failures > 0) log(`${target.name} takes files again, after ${this.#state.failures} failures`);
    this.#state = afterDelivery(this.#state, clock.wall());
    this.#begin();
    await onAttempt?.(this.#state, null);
    return true;
  }

  /** Whether to go on at once, with the next file. */
  async #failed(parcel: WaitingParcel, error: unknown): Promise<boolean> {
    const { spool, target, clock, log, onAttempt } = this.#parts;
    const reason = reasonOf(error);
    if (error instanceof FileRefused) this.#refusals++;
    if (this.#refusals >= mostRefusals) {
      log(`${target.name} refuses ${parcel.name}, and those behind it go on: ${reason}`);
      spool.setFirstAside();
      this.#state = afterRefusal(this.#state, reason);
      this.#begin();
      await onAttempt?.(this.#state, reason);
      return true;
    }
    this.#state = afterFailure(this.#state, clock.wall(), reason);
    // Each hour says the same: it is logged when it begins, and then with each doubling.
    const { failures } = this.#state;
    if ((failures & (failures - 1)) === 0)
      log(`${target.name} did not take ${parcel.name} (attempt ${this.#attempt}): ${reason}`);
    await onAttempt?.(this.#state, null);
    return false;
  }

  /** Nothing has been tried with the next file. */
  #begin(): void {
    this.#attempt = this.#refusals = 0;
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
