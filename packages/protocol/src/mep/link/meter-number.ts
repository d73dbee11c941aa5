/** What is known of the sequence number that the meter expects, and what its 0x0C says about a request. */
import { dimensionsJump, mayHaveRun } from "./executed.ts";

/** What an authentic 0x0C says. */
export interface Resync {
  /** Whether the number may have jumped since our last exchange, as it does when the meter's dimensions change (p. 61). */
  readonly jumped: boolean;
  /** How many numbers another client has used; 0 if nothing points to one. */
  readonly taken: number;
  /** Whether the meter may have executed the request, so that only its answer was lost. */
  readonly mayHaveRun: boolean;
}

/** A request as its 0x0C finds it. */
export interface Refused {
  /** Its number; undefined under a suite without numbers. */
  readonly ours: number | undefined;
  /** The number that the meter gives. */
  readonly theirs: number;
  /** How often its packet was sent. */
  readonly transmissions: number;
}

export class MeterNumber {
  #confirmed = false;
  #leastExpected: number | undefined;

  /** Whether the meter has once confirmed a number of ours, so that its numbers show what it has executed. */
  get confirmed(): boolean {
    return this.#confirmed;
  }

  /** The meter answered the request with this number. A late answer to an early attempt never sets the number back. */
  answered(sequence: number | undefined): void {
    this.#confirmed = true;
    if (sequence === undefined) return;
    const next = (sequence + 1) >>> 0;
    if (this.#leastExpected === undefined || (next - this.#leastExpected) >>> 0 < 2 ** 31) this.#leastExpected = next;
  }

  /** The meter refused a request and gave the number that it expects. */
  refused({ ours, theirs, transmissions }: Refused): Resync {
    const repeated = transmissions > 1;
    // Any number beyond ours was used by another client; the next one also if ours arrived twice.
    const beyond = ours === undefined || !this.#confirmed ? 0 : (theirs - ours) >>> 0;
    const foreign = beyond > 0 && beyond < dimensionsJump - 1 && (beyond > 1 || !repeated);
    // The guide's text has the meter give the number that it expects, its example the one before (p. 22): one less counts too.
    const ahead = this.#leastExpected === undefined ? dimensionsJump : (theirs - this.#leastExpected) >>> 0;
    const resync = {
      jumped: ahead >= dimensionsJump - 1,
      taken: foreign ? beyond : 0,
      mayHaveRun: ours !== undefined && mayHaveRun({ ours, theirs, repeated, synchronised: this.#confirmed }),
    };
    this.#confirmed = true;
    this.#leastExpected = theirs;
    return resync;
  }
}
