/** One minute of load, second by second: the piece in which a household is computed. */

/** Seconds in a block. A minute is short enough to compute for one live value and long enough to share its costs. */
export const BLOCK_SECONDS = 60;

/** The load of three phases for 60 seconds; appliances add to it one after the other. */
export class LoadBlock {
  /** Unix seconds of its first second. */
  readonly start: number;
  /** Local wall time of its first second, seconds since 1970 local; clocks change on whole hours, never inside. */
  readonly local: number;
  /** W, index phase * 60 + second; import positive. */
  readonly active: Float64Array = new Float64Array(3 * BLOCK_SECONDS);
  /** var, index phase * 60 + second; inductive positive. */
  readonly reactive: Float64Array = new Float64Array(3 * BLOCK_SECONDS);

  constructor(start: number, local: number) {
    this.start = start;
    this.local = local;
  }

  /** Adds W and var to a phase (0..2) for one second (0..59). */
  add(phase: number, second: number, watts: number, vars: number): void {
    const i = phase * BLOCK_SECONDS + second;
    this.active[i] = (this.active[i] as number) + watts;
    this.reactive[i] = (this.reactive[i] as number) + vars;
  }

  /** Adds W and var to a phase from local second `from` until before `to`, as far as it falls into this minute. */
  addSpan(phase: number, from: number, to: number, watts: number, vars: number): void {
    const first = Math.max(0, Math.ceil(from - this.local));
    const last = Math.min(BLOCK_SECONDS, Math.ceil(to - this.local));
    for (let second = first; second < last; second++) this.add(phase, second, watts, vars);
  }

  /** W on a phase in one second so far. */
  wattsAt(phase: number, second: number): number {
    return this.active[phase * BLOCK_SECONDS + second] as number;
  }

  /** var on a phase in one second so far. */
  varsAt(phase: number, second: number): number {
    return this.reactive[phase * BLOCK_SECONDS + second] as number;
  }

  /** Holds each phase within `limit` VA and makes powers whole numbers, so that phases add up and energy is exact. */
  settle(limit: number): void {
    for (let i = 0; i < this.active.length; i++) {
      const watts = this.active[i] as number;
      const vars = this.reactive[i] as number;
      const squared = watts * watts + vars * vars;
      const share = squared > limit * limit ? limit / Math.sqrt(squared) : 1;
      // "+ 0" turns a rounded -0 into 0; rounding towards zero where the limit binds keeps within it.
      const round = share < 1 ? Math.trunc : Math.round;
      this.active[i] = round(watts * share) + 0;
      this.reactive[i] = round(vars * share) + 0;
    }
  }
}

/** Something that draws or feeds power: it adds its share of a minute, as a pure function of the block's times. */
export type Appliance = (block: LoadBlock) => void;
