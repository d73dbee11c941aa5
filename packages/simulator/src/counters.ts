/** The energy registers of a meter: what it counted before it was switched on here, and the integral of its household's power since. */
import type { Millis } from "@meterport/protocol/ports";
import { type EnergyDelta, MILLIS_PER_HOUR } from "./household/energy.ts";
import type { Household } from "./household/household.ts";
import type { Noise } from "./household/noise.ts";

/** Registers move at most every 500 ms (MEP guide 1.1, p. 214). */
const UPDATE = 500;
/** The factory setting of ET42: nine decimal digits of Wh (p. 121). */
const ROLLOVER = 1e9;

/** Counts in Wh, varh and VAh that are never less than they were, but for the difference; rolled over at nine digits. */
export interface Counts {
  /** By source id: 0..7, 26..28, 108..111. */
  readonly bySource: ReadonlyMap<number, number>;
  /** Apparent energy of Q1..Q4, which has no source id. */
  readonly apparent: readonly number[];
}

type Flows = Omit<EnergyDelta, "importReactive" | "exportReactive">;

const nothing: Flows = {
  forwardActive: 0,
  reverseActive: 0,
  forwardPlusReverse: 0,
  reactive: [0, 0, 0, 0],
  apparent: [0, 0, 0, 0],
};

type Quadrants = Flows["reactive"];
const plus = ([a, b, c, d]: Quadrants, [e, f, g, h]: Quadrants): Quadrants => [a + e, b + f, c + g, d + h];
const sum = (a: Flows, b: Flows): Flows => ({
  forwardActive: a.forwardActive + b.forwardActive,
  reverseActive: a.reverseActive + b.reverseActive,
  forwardPlusReverse: a.forwardPlusReverse + b.forwardPlusReverse,
  reactive: plus(a.reactive, b.reactive),
  apparent: plus(a.apparent, b.apparent),
});

/** Energy in Wh that was there before, with the fraction of a Wh that no register shows. */
interface Before {
  readonly forward: number;
  readonly reverse: number;
  readonly quadrants: Quadrants;
  readonly apparent: Quadrants;
  /** W·ms below one Wh, for each register its own. */
  readonly fraction: (lane: number) => number;
  /** What the accumulators of sum and difference have lost against the sum and difference of the others, as captures show. */
  readonly sumDrift: number;
  readonly differenceDrift: number;
  readonly outageSeconds: number;
  readonly outages: number;
  readonly errors: number;
}

const beforeOf = (noise: Noise): Before => {
  const whole = (low: number, high: number, lane: number): number => Math.floor(noise.between(0, low, high, lane));
  const outages = whole(0, 12, 10);
  return {
    forward: whole(3_000_000, 70_000_000, 0),
    reverse: whole(0, 9_000_000, 1),
    quadrants: [whole(0, 4_000_000, 2), whole(0, 300_000, 3), whole(0, 400_000, 4), whole(1_000_000, 20_000_000, 5)],
    apparent: [
      whole(4_000_000, 9_000_000, 6),
      whole(0, 500_000, 7),
      whole(0, 9_000_000, 8),
      whole(3_000_000, 80_000_000, 9),
    ],
    fraction: (lane) => Math.floor(noise.between(1, 0, MILLIS_PER_HOUR, lane)),
    sumDrift: whole(0, 4, 11),
    differenceDrift: whole(0, 3_000, 12),
    outages,
    outageSeconds: outages * whole(20, 7_200, 13),
    errors: whole(0, 3, 14),
  };
};

/** A meter's counters. They depend on household, start and seed only, never on who asked when. */
export class Counters {
  readonly #household: Household;
  readonly #start: Millis;
  readonly #before: Before;
  /** What flowed until `#at`: saves adding it up from the start each time. */
  #flows: Flows = nothing;
  #at: Millis;

  constructor(household: Household, start: Millis, noise: Noise) {
    this.#household = household;
    this.#start = start;
    this.#at = start;
    this.#before = beforeOf(noise);
  }

  /** The counts at a moment, Unix milliseconds; before the start they stand still. */
  at(time: Millis): Counts {
    const until = Math.max(this.#start, Math.floor(time / UPDATE) * UPDATE);
    const flows = this.#flowsUntil(until);
    const before = this.#before;
    const wattHours = (offset: number, flow: number, lane: number): number =>
      offset + Math.floor((before.fraction(lane) + flow) / MILLIS_PER_HOUR);
    const forward = wattHours(before.forward, flows.forwardActive, 0);
    const reverse = wattHours(before.reverse, flows.reverseActive, 1);
    const both = wattHours(Math.max(0, before.forward + before.reverse - before.sumDrift), flows.forwardPlusReverse, 2);
    // Clamped at 0 (p. 215): the one register that may fall.
    const difference = Math.max(
      0,
      wattHours(before.forward - before.reverse - before.differenceDrift, flows.forwardActive - flows.reverseActive, 3),
    );
    const quadrants = before.quadrants.map((offset, i) => wattHours(offset, flows.reactive[i] ?? 0, 4 + i));
    const [q1 = 0, q2 = 0, q3 = 0, q4 = 0] = quadrants;
    const apparent = before.apparent.map((offset, i) => wattHours(offset, flows.apparent[i] ?? 0, 8 + i));
    const counts: readonly (readonly [number, number])[] = [
      [0, forward],
      [1, reverse],
      [2, q1 + q2],
      [3, q3 + q4],
      [6, both],
      [7, difference],
      [108, q1],
      [109, q2],
      [110, q3],
      [111, q4],
    ];
    return {
      bySource: new Map([
        ...counts.map(([id, count]) => [id, count % ROLLOVER] as const),
        [4, before.outageSeconds],
        [5, before.outages],
        [26, 0],
        [27, 0],
        [28, before.errors],
      ]),
      apparent: apparent.map((count) => count % ROLLOVER),
    };
  }

  #flowsUntil(until: Millis): Flows {
    // Only a look back starts from the beginning, and it leaves what is kept alone.
    if (until < this.#at) return sum(nothing, this.#household.integrate(this.#start, until));
    if (until > this.#at) {
      this.#flows = sum(this.#flows, this.#household.integrate(this.#at, until));
      this.#at = until;
    }
    return this.#flows;
  }
}
