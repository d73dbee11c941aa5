/** The share of recent requests that had to be repeated, and what was seen meanwhile. */
import type { Millis } from "@meterport/protocol/ports";

/** Signs of a bad line although answers come. */
export type Symptom = "lost-replies" | "half-reply" | "bad-digest" | "noise" | "other-client";

/** What crossed the line since the last look. */
export interface Traffic {
  readonly transmissions: number;
  /** Of these, how many were repetitions. */
  readonly repeated: number;
  readonly alerts: number;
  readonly symptoms: ReadonlyMap<Symptom, number>;
}

/** How long a loss counts, and how many transmissions count at least, however old: a slow poll sends two a minute. */
const span: Millis = 60_000;
const leastTransmissions = 30;
const oldest: Millis = 3_600_000;
/** Required as well as the share: one lost reply in three is not enough. */
const leastRepeated = 4;
/** Between the two a link keeps its state, so that it does not flap. */
const tooMuch = 0.15;
const littleAgain = 0.05;
const clearly = 2;

/** Fields of an entry: when it was, its transmissions, how many of them were repetitions. */
const fields = 3;
type Numbers = readonly [at: Millis, sent: number, again: number];

/** The traffic of the last minute. */
export class LossWindow {
  /**
   * The entries one after the other, oldest first, from `#from` to `#to`: of thousands of links, objects would outnumber everything else.
   * The array stays and is filled from its beginning again, since one that is cut at its end and grows at the other is copied each time.
   */
  readonly #entries: number[] = [];
  #from = 0;
  #to = 0;
  /** What was seen on a bad line, with the moment of its entry. */
  #seen: { readonly at: Millis; readonly symptoms: ReadonlyMap<Symptom, number> }[] = [];
  /** Of all entries. */
  #transmissions = 0;
  #repetitions = 0;

  add({ transmissions, repeated, symptoms }: Traffic, now: Millis): void {
    if (transmissions > 0) {
      this.#push(now, transmissions, repeated);
      if (symptoms.size > 0) this.#seen.push({ at: now, symptoms });
      this.#transmissions += transmissions;
      this.#repetitions += repeated;
    }
    const first = this.#from;
    for (; this.#from < this.#to; this.#from += fields) {
      const [at, sent, again] = [this.#number(0), this.#number(1), this.#number(2)];
      const needed = this.#transmissions - sent < leastTransmissions;
      if (now - at <= (needed ? oldest : span)) break;
      this.#transmissions -= sent;
      this.#repetitions -= again;
    }
    if (this.#from === first || this.#seen.length === 0) return;
    const oldestLeft = this.#from < this.#to ? this.#number(0) : Number.POSITIVE_INFINITY;
    this.#seen = this.#seen.filter(({ at }) => at >= oldestLeft);
  }

  /** A field of the oldest entry. */
  #number(field: number): number {
    return this.#entries[this.#from + field] as number;
  }

  #push(...numbers: Numbers): void {
    if (this.#to === this.#entries.length && this.#from >= this.#to / 2) {
      this.#entries.copyWithin(0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
    }
    for (const number of numbers) this.#entries[this.#to++] = number;
  }

  /** Share of transmissions that were repetitions, 0..1. */
  get repeated(): number {
    return this.#transmissions === 0 ? 0 : this.#repetitions / this.#transmissions;
  }

  /** Whether the line is bad; `was` is whether it was before. */
  bad(was: boolean): boolean {
    if (was) return this.repeated > littleAgain;
    return this.repeated >= tooMuch && this.#repetitions >= leastRepeated;
  }

  /**
   * The most frequent symptom; repetitions that nothing else explains are lost replies. The earlier one, `was`, is only
   * replaced by one that is clearly more frequent.
   */
  symptom(was: string | undefined): Symptom {
    const counts = new Map<Symptom, number>();
    for (const { symptoms } of this.#seen)
      for (const [symptom, count] of symptoms) counts.set(symptom, (counts.get(symptom) ?? 0) + count);
    const explained = [...counts.values()].reduce((sum, count) => sum + count, 0);
    counts.set("lost-replies", this.#repetitions - explained);
    let [found, most]: [Symptom, number] = ["lost-replies", Number.NEGATIVE_INFINITY];
    for (const [symptom, count] of counts) {
      const weight = symptom === was ? clearly * count : count;
      if (weight > most) [found, most] = [symptom, weight];
    }
    return found;
  }
}
