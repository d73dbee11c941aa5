/** When the household first exported, month by month: the head-end clears the alarm when a month ends. */
import type { Millis } from "@meterport/protocol/ports";
import type { Household } from "../household/household.ts";
import type { PhaseState } from "../household/state.ts";
import { monthBegins } from "./calendar-days.ts";
import type { Outage, Past } from "./past.ts";

/** How often the meter is looked at: a change of clouds in between shows at the next look. */
const step = 1_800_000;
/** How long energy must flow back (the head-end's event table, 48). */
const lasting = 10_000;

export interface Reversal {
  readonly time: Millis;
  /** Bits 0 to 2 for L1 to L3. */
  readonly phases: number;
}

interface Month {
  /** Nothing was found up to this time. */
  looked: Millis;
  found?: Reversal;
}

const feedingIn = (phases: readonly PhaseState[]): number =>
  phases.reduce((bits, { activePower }, i) => (activePower < 0 ? bits | (1 << i) : bits), 0);

export class ReverseEnergy {
  readonly #household: Household;
  readonly #past: Past;
  readonly #months = new Map<Millis, Month>();

  constructor(household: Household, past: Past) {
    this.#household = household;
    this.#past = past;
  }

  /** At most one for each month, oldest first. */
  until(time: Millis): readonly Reversal[] {
    const begins = [this.#past.origin, ...monthBegins(this.#past.origin, time)];
    return begins.flatMap((begin, i) => {
      const found = this.#first(begin, Math.min(begins[i + 1] ?? time, time));
      return found === undefined || found.time > time ? [] : [found];
    });
  }

  #first(begin: Millis, end: Millis): Reversal | undefined {
    const month: Month = this.#months.get(begin) ?? { looked: begin };
    this.#months.set(begin, month);
    for (; month.found === undefined && month.looked + lasting <= end; month.looked += step) {
      const at = month.looked;
      if (this.#past.outages.some((outage) => isDark(outage, at))) continue;
      const phases =
        feedingIn(this.#household.state(at).phases) & feedingIn(this.#household.state(at + lasting).phases);
      if (phases !== 0) month.found = { time: at + lasting, phases };
    }
    return month.found;
  }
}

/** Whether there was no power at a moment. */
const isDark = ({ off, on }: Outage, time: Millis): boolean => time >= off - lasting && time < on + lasting;
