/** The energy registers of a meter: what it counted before it was switched on here, and the integral of its household's power since. */
import type { Millis } from "@meterport/protocol/ports";
import { type EnergyDelta, MILLIS_PER_HOUR } from "../household/energy.ts";
import type { Household } from "../household/household.ts";
import type { Noise } from "../household/noise.ts";
import { scenarios } from "../household/scenarios.ts";
import { Ledger } from "./ledger.ts";
import { type Past, pastOf } from "./past.ts";

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

type Quadrants = EnergyDelta["reactive"];

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
  readonly errors: number;
}

/** A household without generation has never exported, so its export quadrants are empty. */
const beforeOf = (noise: Noise, generates: boolean, counted: number): Before => {
  const whole = (low: number, high: number, lane: number): number => Math.floor(noise.between(0, low, high, lane));
  const feedIn = generates ? 1 : 0;
  // More than any household needs in the days of its past, in each tier.
  const forward = whole(9_000_000, 70_000_000, 0) + counted;
  const reverse = feedIn * (whole(9_000_000, 20_000_000, 1) + counted);
  const quadrants: Quadrants = [
    whole(2_500_000, 6_000_000, 2) + counted,
    feedIn * (whole(1_000_000, 2_000_000, 3) + counted),
    feedIn * (whole(800_000, 1_500_000, 4) + counted),
    whole(2_500_000, 20_000_000, 5) + counted,
  ];
  const share = noise.between(0, 0.75, 0.9, 6);
  const active = [forward * share, reverse * share, reverse * share, forward * share];
  // Never less than the energies of its quadrant allow.
  const apparentIn = (quadrant: 0 | 1 | 2 | 3): number =>
    Math.ceil(Math.hypot(active[quadrant] as number, quadrants[quadrant]) * noise.between(quadrant, 1.01, 1.12, 7));
  return {
    forward,
    reverse,
    quadrants,
    apparent: [apparentIn(0), apparentIn(1), apparentIn(2), apparentIn(3)],
    fraction: (lane) => Math.floor(noise.between(1, 0, MILLIS_PER_HOUR, lane)),
    sumDrift: whole(0, 4, 11),
    differenceDrift: whole(0, 3_000, 12),
    errors: whole(0, 3, 14),
  };
};

/** A meter's counters. They depend on household, start and seed only, never on when they are read. */
export class Counters {
  readonly past: Past;
  readonly #before: Before;
  readonly #ledger: Ledger;

  /**
   * @param counted what each register has counted more, in Wh, than a new household's would
   * @param days how far back its memory reaches; 60 if omitted
   */
  constructor(household: Household, start: Millis, noise: Noise, counted = 0, days?: number) {
    this.past = pastOf(start, noise, days);
    this.#ledger = new Ledger(household, this.past);
    this.#before = beforeOf(noise, scenarios[household.scenario].generates, counted);
  }

  /** The counts at a moment, Unix milliseconds; more than 60 days before the start they stand still. */
  at(time: Millis): Counts {
    const until = Math.floor(time / UPDATE) * UPDATE;
    const flows = this.#ledger.until(until);
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
    // Counted when power is back.
    const over = this.past.outages.filter(({ on }) => on <= until);
    return {
      bySource: new Map([
        ...counts.map(([id, count]) => [id, count % ROLLOVER] as const),
        [4, over.reduce((sum, { off, on }) => sum + (on - off) / 1000, 0)],
        [5, over.length],
        [26, 0],
        [27, 0],
        [28, before.errors],
      ]),
      apparent: apparent.map((count) => count % ROLLOVER),
    };
  }
}
