/** What has flowed through the meter's terminals until any moment, before and after it was switched on here. */
import type { Millis } from "@meterport/protocol/ports";
import type { EnergyDelta } from "../household/energy.ts";
import type { Household } from "../household/household.ts";
import type { Past } from "./past.ts";

export type Flows = Omit<EnergyDelta, "importReactive" | "exportReactive">;

const nothing: Flows = {
  forwardActive: 0,
  reverseActive: 0,
  forwardPlusReverse: 0,
  reactive: [0, 0, 0, 0],
  apparent: [0, 0, 0, 0],
};

type Quadrants = Flows["reactive"];
const quadrants = ([a, b, c, d]: Quadrants, [e, f, g, h]: Quadrants, sign: 1 | -1): Quadrants => [
  a + sign * e,
  b + sign * f,
  c + sign * g,
  d + sign * h,
];
const combine = (a: Flows, b: Flows, sign: 1 | -1): Flows => ({
  forwardActive: a.forwardActive + sign * b.forwardActive,
  reverseActive: a.reverseActive + sign * b.reverseActive,
  forwardPlusReverse: a.forwardPlusReverse + sign * b.forwardPlusReverse,
  reactive: quadrants(a.reactive, b.reactive, sign),
  apparent: quadrants(a.apparent, b.apparent, sign),
});

/** Load profiles, tariffs and calendars all change on quarters of an hour. */
const step = 900_000;
/** A little more than the load profile goes back: what lies further back is added up again when it is asked for. */
const mostPoints = 96 * 64;

/** Flows since the start, negative before it, in W·ms; exact, so that differences of any two are what flowed between. */
export class Ledger {
  readonly #household: Household;
  readonly #past: Past;
  /** What flowed until `#at`, the latest moment asked for. */
  #flows: Flows = nothing;
  #at: Millis;
  /** Flows at multiples of `step` from `#low` to `#high`, without a gap. */
  readonly #points = new Map<number, Flows>();
  #low = 0;
  #high = -1;

  constructor(household: Household, past: Past) {
    this.#household = household;
    this.#past = past;
    this.#at = past.start;
  }

  /** Flows from the start until a time of the meter's clock; before the origin of its past they stand still. */
  until(time: Millis): Flows {
    if (time >= this.#at) {
      if (time > this.#at) {
        this.#flows = combine(this.#flows, this.#between(this.#at, time), 1);
        this.#at = time;
      }
      return this.#flows;
    }
    const back = Math.max(time, this.#past.origin);
    const slot = Math.floor(back / step);
    const point = this.#point(slot);
    return back === slot * step ? point : combine(point, this.#between(slot * step, back), 1);
  }

  #point(slot: number): Flows {
    const known = this.#points.get(slot);
    if (known !== undefined) return known;
    this.#open(slot);
    while (this.#high < slot) {
      const flows = combine(this.#value(this.#high), this.#between(this.#high * step, (this.#high + 1) * step), 1);
      this.#points.set(++this.#high, flows);
      if (this.#points.size > mostPoints) this.#points.delete(this.#low++);
    }
    while (this.#low > slot) {
      const flows = combine(this.#value(this.#low), this.#between((this.#low - 1) * step, this.#low * step), -1);
      this.#points.set(--this.#low, flows);
      if (this.#points.size > mostPoints) this.#points.delete(this.#high--);
    }
    return this.#value(slot);
  }

  /** Makes sure that there is a point, not too far from the one that is wanted. */
  #open(slot: number): void {
    const { start } = this.#past;
    if (this.#high < this.#low) {
      this.#low = Math.ceil(start / step);
      this.#high = this.#low;
      this.#points.set(this.#low, this.#between(start, this.#low * step));
    }
    if (slot - this.#high <= mostPoints) return;
    const flows = combine(this.#value(this.#high), this.#between(this.#high * step, (slot - mostPoints) * step), 1);
    this.#points.clear();
    this.#low = slot - mostPoints;
    this.#high = this.#low;
    this.#points.set(this.#low, flows);
  }

  #value(slot: number): Flows {
    return this.#points.get(slot) ?? nothing;
  }

  /** What the household drew while the meter had power. */
  #between(from: Millis, to: Millis): Flows {
    const { outages } = this.#past;
    let flows: Flows = this.#integrate(from, to);
    for (const { off, on } of outages) {
      const [dark, light] = [Math.max(off, from), Math.min(on, to)];
      if (dark < light) flows = combine(flows, this.#integrate(dark, light), -1);
    }
    return flows;
  }

  #integrate(from: Millis, to: Millis): Flows {
    return this.#household.integrate(this.#trueTime(from), this.#trueTime(to));
  }

  /** Before its clock was set the meter was late. */
  #trueTime(time: Millis): Millis {
    const { time: set, by } = this.#past.clockChange;
    return Math.max(0, time >= set ? time : Math.min(time + by, set));
  }
}
