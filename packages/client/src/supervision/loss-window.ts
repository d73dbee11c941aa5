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

interface Entry extends Omit<Traffic, "alerts"> {
  readonly at: Millis;
}

/** The traffic of the last minute. */
export class LossWindow {
  readonly #entries: Entry[] = [];
  /** Of all entries. */
  #transmissions = 0;
  #repetitions = 0;

  add({ transmissions, repeated, symptoms }: Traffic, now: Millis): void {
    if (transmissions > 0) {
      this.#entries.push({ transmissions, repeated, symptoms, at: now });
      this.#transmissions += transmissions;
      this.#repetitions += repeated;
    }
    while (this.#entries.length > 0) {
      const first = this.#entries[0] as Entry;
      const needed = this.#transmissions - first.transmissions < leastTransmissions;
      if (now - first.at <= (needed ? oldest : span)) break;
      this.#transmissions -= first.transmissions;
      this.#repetitions -= first.repeated;
      this.#entries.shift();
    }
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
    for (const { symptoms } of this.#entries)
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
