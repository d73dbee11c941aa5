/**
 * Compares three clocks: the machine's wall clock, its monotonic one, and the meter's. Nothing here sets a clock; what it finds names the
 * intervals that are affected.
 */
import type { Millis } from "@meterport/protocol/ports";

/** Both clocks of the machine at one moment. */
export interface ClockMoment {
  readonly wall: Millis;
  readonly monotonic: Millis;
}

/** One read of the meter's clock. */
export interface ClockSample {
  /** Before the request was sent, and after the answer came. */
  readonly before: ClockMoment;
  readonly after: ClockMoment;
  /** What the meter said, milliseconds since 1970; null for a date that no calendar has. */
  readonly meter: Millis | null;
}

/** The meter's clock minus the machine's. */
export interface ClockOffset {
  readonly offset: Millis;
  /** The true offset is within this distance: half of the round trip and of the second that the meter counts in. */
  readonly error: Millis;
  /** Wall time of the read. */
  readonly time: Millis;
  /** How much faster the meter's clock runs than the machine's, in millionths; null before six hours without a step. */
  readonly drift: { readonly ppm: number; readonly error: number } | null;
}

export type ClockFinding =
  /** The machine's clock was set, or the machine slept: `confirmed` is false if no meter's clock could tell. */
  | {
      readonly kind: "machine-clock-step";
      readonly by: Millis;
      readonly from: Millis;
      readonly to: Millis;
      readonly confirmed: boolean;
    }
  | {
      readonly kind: "meter-clock-step";
      readonly by: Millis;
      readonly error: Millis;
      readonly from: Millis;
      readonly to: Millis;
    }
  /** The meter's clock is wrong, or was until then; `offset` is null if its date is impossible. */
  | {
      readonly kind: "meter-clock-off";
      readonly offset: Millis | null;
      readonly error: Millis;
      readonly since: Millis;
      readonly until: Millis | null;
    };

/** A meter's clock that is found wrong. */
export interface ClockOff {
  readonly since: Millis;
  readonly offset: Millis | null;
  readonly error: Millis;
}

export interface ClockWatchOptions {
  /** How far the meter's clock may be off, milliseconds. */
  readonly limit?: Millis | undefined;
  /** As it was before a restart. */
  readonly off?: ClockOff | null | undefined;
}

const defaultLimit: Millis = 10_000;
/** The meter counts whole seconds. */
const resolution: Millis = 1_000;
/** A smaller change of the machine's clock is not a step; NTP slews by at most 500 ppm. */
const smallestStep: Millis = 2_000;
const slew = 1e-3;
/** Two healthy clocks drift apart by less. */
const largestDrift = 2e-4;
/** If no meter's clock can be read for so long, a step of the machine's clock is told without it. */
const waitForMeter: Millis = 900_000;
const shortestDrift: Millis = 6 * 3_600_000;
/** An older offset says little. */
const offsetAge: Millis = 3 * 3_600_000;

interface Measured {
  /** Meter's clock minus the monotonic one. */
  readonly ahead: Millis;
  readonly error: Millis;
  readonly middle: ClockMoment;
}

interface Step {
  readonly by: Millis;
  readonly from: Millis;
  readonly to: Millis;
  readonly monotonic: Millis;
}

const middleOf = (a: ClockMoment, b: ClockMoment): ClockMoment => ({
  wall: (a.wall + b.wall) / 2,
  monotonic: (a.monotonic + b.monotonic) / 2,
});

export class ClockWatch {
  readonly #limit: Millis;
  #off: ClockOff | null;
  #moment: ClockMoment | undefined;
  #step: Step | undefined;
  #last: Measured | undefined;
  /** How far the machine's clock was set since it agreed with the meter's. */
  #steps: Millis = 0;
  /** A step of the machine's clock that was told before the meter's clock could be compared. */
  #unconfirmed: Millis | undefined;
  /** The first read since the last step, from which drift is measured. */
  #first: Measured | undefined;

  constructor({ limit = defaultLimit, off = null }: ClockWatchOptions = {}) {
    this.#limit = limit;
    this.#off = off;
  }

  /** Whether the machine's clock stepped and the meter's should be read to see what happened. */
  get asks(): boolean {
    return this.#step !== undefined;
  }

  get off(): ClockOff | null {
    return this.#off;
  }

  /** The last offset, if it is fresh and the machine's clock has not been set since. */
  offset({ monotonic }: Pick<ClockMoment, "monotonic">): ClockOffset | null {
    const last = this.#last;
    if (last === undefined || this.#step !== undefined || monotonic - last.middle.monotonic > offsetAge) return null;
    const { wall, monotonic: then } = last.middle;
    return { offset: Math.round(last.ahead + then - wall), error: last.error, time: wall, drift: this.#drift(last) };
  }

  /** Looks at the machine's own clocks; called often. */
  tick(now: ClockMoment): readonly ClockFinding[] {
    const last = this.#moment;
    this.#moment = now;
    if (last === undefined) return [];
    const elapsed = now.monotonic - last.monotonic;
    const by = now.wall - last.wall - elapsed;
    if (Math.abs(by) > smallestStep + slew * elapsed) {
      const before = this.#step;
      this.#step = {
        by: (before?.by ?? 0) + by,
        from: before?.from ?? last.wall,
        to: now.wall,
        monotonic: now.monotonic,
      };
    }
    const step = this.#step;
    if (step === undefined || now.monotonic - step.monotonic < waitForMeter) return [];
    return this.#stepped(step, false);
  }

  /** Takes a read of the meter's clock. */
  sample({ before, after, meter }: ClockSample): readonly ClockFinding[] {
    const findings = [...this.tick(before), ...this.tick(after)];
    const middle = middleOf(before, after);
    const roundTrip = Math.max(0, after.monotonic - before.monotonic);
    const error = (roundTrip + resolution) / 2;
    if (meter === null) {
      const step = this.#step;
      if (step !== undefined) findings.push(...this.#stepped(step, false));
      return [...findings, ...this.#judge(null, error, middle.wall)];
    }
    // The meter shows the second that has begun: on average it is half of one later.
    const now: Measured = { ahead: meter + resolution / 2 - middle.monotonic, error, middle };
    findings.push(...this.#compare(now));
    this.#last = now;
    this.#first ??= now;
    return [...findings, ...this.#judge(now.ahead + middle.monotonic - middle.wall, error, middle.wall)];
  }

  #drift(last: Measured): ClockOffset["drift"] {
    const first = this.#first;
    const span = first === undefined ? 0 : last.middle.monotonic - first.middle.monotonic;
    if (first === undefined || span < shortestDrift) return null;
    return { ppm: (1e6 * (last.ahead - first.ahead)) / span, error: (1e6 * (last.error + first.error)) / span };
  }

  /** Which clock moved since the last read: the monotonic one says. */
  #compare(now: Measured): readonly ClockFinding[] {
    const [last, step] = [this.#last, this.#step];
    if (last === undefined) return step === undefined ? [] : this.#stepped(step, false);
    const elapsed = now.middle.monotonic - last.middle.monotonic;
    const tolerance = now.error + last.error + smallestStep + largestDrift * elapsed;
    const jump = now.ahead - last.ahead;
    const isStill = Math.abs(jump) <= tolerance;
    // The wall clock and the meter's went on while the monotonic one stood still: the machine slept, and nobody set a clock.
    const slept = step?.by ?? this.#unconfirmed;
    this.#unconfirmed = undefined;
    if (slept !== undefined && !isStill && Math.abs(jump - slept) <= tolerance) {
      this.#step = undefined;
      this.#first = undefined;
      return [];
    }
    const findings: ClockFinding[] = step === undefined ? [] : [...this.#stepped(step, true)];
    if (!isStill) {
      this.#first = undefined;
      const error = now.error + last.error;
      findings.push({
        kind: "meter-clock-step",
        by: Math.round(jump),
        error,
        from: last.middle.wall,
        to: now.middle.wall,
      });
    }
    return findings;
  }

  #stepped({ by, from, to }: Step, confirmed: boolean): readonly ClockFinding[] {
    this.#step = undefined;
    // An offset from before the step compares with a clock that is no more; what it says about the meter's clock stays true.
    const last = this.#last;
    if (confirmed) this.#steps += by;
    else this.#unconfirmed = by;
    if (last !== undefined && !confirmed)
      this.#last = { ...last, middle: { ...last.middle, wall: last.middle.wall + by } };
    return [{ kind: "machine-clock-step", by, from, to, confirmed }];
  }

  #judge(offset: Millis | null, error: Millis, time: Millis): readonly ClockFinding[] {
    const off = this.#off;
    if (offset !== null && Math.abs(offset) <= this.#limit) this.#steps = 0;
    // The machine's clock was set away from the meter's, which is told already.
    const isOurs = offset !== null && this.#steps !== 0 && Math.abs(offset + this.#steps) - error <= this.#limit;
    if (isOurs && off === null) return [];
    if (offset === null || Math.abs(offset) - error > this.#limit) {
      const rounded = offset === null ? null : Math.round(offset);
      this.#off = { since: off?.since ?? time, offset: rounded, error };
      return off === null ? [{ kind: "meter-clock-off", offset: rounded, error, since: time, until: null }] : [];
    }
    if (off === null || Math.abs(offset) > this.#limit) return [];
    this.#off = null;
    return [{ kind: "meter-clock-off", offset: off.offset, error: off.error, since: off.since, until: time }];
  }
}
