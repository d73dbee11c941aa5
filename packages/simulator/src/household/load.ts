/** One minute of load, second by second: the piece in which a household is computed. */

/** Seconds in a block. A minute is short enough to compute for one live value and long enough to share its costs. */
export const BLOCK_SECONDS = 60;

/** The load of three phases for 60 seconds; appliances add to it one after the other. */
export class LoadBlock {
  #start: number;
  #local: number;
  /** W, index phase * 60 + second; import positive. */
  readonly active: Float64Array = new Float64Array(3 * BLOCK_SECONDS);
  /** var, index phase * 60 + second; inductive positive. */
  readonly reactive: Float64Array = new Float64Array(3 * BLOCK_SECONDS);
  /** VA of distortion, index phase * 60 + second, never negative: current in harmonics, which carries neither W nor var. */
  readonly distortion: Float64Array = new Float64Array(3 * BLOCK_SECONDS);

  constructor(start: number, local: number) {
    this.#start = start;
    this.#local = local;
  }

  /** Unix seconds of its first second. */
  get start(): number {
    return this.#start;
  }

  /** Local wall time of its first second, seconds since 1970 local; clocks change on whole hours, never inside. */
  get local(): number {
    return this.#local;
  }

  /** Begins another minute without load; new arrays for each minute would take longer than all that is computed in them. */
  begin(start: number, local: number): void {
    this.#start = start;
    this.#local = local;
    this.active.fill(0);
    this.reactive.fill(0);
    this.distortion.fill(0);
  }

  /**
   * Adds W, var and VA of distortion to a phase (0..2) for one second (0..59). Power supplies charge at the crests of the
   * same voltage, so their harmonics add up.
   */
  add(phase: number, second: number, watts: number, vars: number, distortion = 0): void {
    const i = phase * BLOCK_SECONDS + second;
    this.active[i] = (this.active[i] as number) + watts;
    this.reactive[i] = (this.reactive[i] as number) + vars;
    this.distortion[i] = (this.distortion[i] as number) + distortion;
  }

  /** Adds W, var and VA of distortion to a phase from local second `from` until before `to`, as far as it falls into this minute. */
  addSpan(phase: number, from: number, to: number, watts: number, vars: number, distortion = 0): void {
    const first = Math.max(0, Math.ceil(from - this.#local));
    const last = Math.min(BLOCK_SECONDS, Math.ceil(to - this.#local));
    const end = phase * BLOCK_SECONDS + last;
    for (let i = phase * BLOCK_SECONDS + first; i < end; i++) {
      this.active[i] = (this.active[i] as number) + watts;
      this.reactive[i] = (this.reactive[i] as number) + vars;
      this.distortion[i] = (this.distortion[i] as number) + distortion;
    }
  }

  /** W on a phase in one second so far. */
  wattsAt(phase: number, second: number): number {
    return this.active[phase * BLOCK_SECONDS + second] as number;
  }

  /** var on a phase in one second so far. */
  varsAt(phase: number, second: number): number {
    return this.reactive[phase * BLOCK_SECONDS + second] as number;
  }

  /** VA on a phase in one second so far: U·I, of which harmonics are a part. */
  voltAmperesAt(phase: number, second: number): number {
    const i = phase * BLOCK_SECONDS + second;
    return apparentOf(this.active[i] as number, this.reactive[i] as number, this.distortion[i] as number);
  }

  /** Holds each phase within `limit` VA and makes powers whole numbers, so that phases add up and energy is exact. */
  settle(limit: number): void {
    const { active, reactive, distortion } = this;
    for (let i = 0; i < active.length; i++) {
      const watts = active[i] as number;
      const vars = reactive[i] as number;
      const distorting = distortion[i] as number;
      // "+ 0" turns a rounded -0 into 0; rounding towards zero where the limit binds keeps within it.
      const apparent = apparentOf(watts, vars, distorting);
      if (apparent > limit) {
        const share = limit / apparent;
        active[i] = Math.trunc(watts * share) + 0;
        reactive[i] = Math.trunc(vars * share) + 0;
        distortion[i] = Math.trunc(distorting * share);
      } else {
        active[i] = Math.round(watts) + 0;
        reactive[i] = Math.round(vars) + 0;
        distortion[i] = Math.round(distorting);
      }
    }
  }
}

// Square roots by hand: Math.hypot is several times slower, and this runs for every second.
function apparentOf(watts: number, vars: number, distortion: number): number {
  return Math.sqrt(watts * watts + vars * vars + distortion * distortion);
}

/** Something that draws or feeds power: it adds its share of a minute, as a pure function of the block's times. */
export type Appliance = (block: LoadBlock) => void;
