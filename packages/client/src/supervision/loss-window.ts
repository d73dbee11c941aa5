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

interface Entry extends Traffic {
  readonly at: Millis;
}

const total = (entries: readonly Entry[], of: (entry: Entry) => number): number =>
  entries.reduce((sum, entry) => sum + of(entry), 0);

/** The traffic of the last minute. */
export class LossWindow {
  #entries: Entry[] = [];

  add(traffic: Traffic, now: Millis): void {
    if (traffic.transmissions > 0) this.#entries.push({ ...traffic, at: now });
    let transmissions = total(this.#entries, (entry) => entry.transmissions);
    while (this.#entries.length > 0) {
      const { at, transmissions: first } = this.#entries[0] as Entry;
      const needed = transmissions - first < leastTransmissions;
      if (now - at <= (needed ? oldest : span)) break;
      transmissions -= first;
      this.#entries.shift();
    }
  }

  /** Share of transmissions that were repetitions, 0..1. */
  get repeated(): number {
    const transmissions = total(this.#entries, (entry) => entry.transmissions);
    return transmissions === 0 ? 0 : total(this.#entries, (entry) => entry.repeated) / transmissions;
  }

  /** Whether the line is bad; `was` is whether it was before. */
  bad(was: boolean): boolean {
    if (was) return this.repeated > littleAgain;
    return this.repeated >= tooMuch && total(this.#entries, (entry) => entry.repeated) >= leastRepeated;
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
    counts.set("lost-replies", total(this.#entries, (entry) => entry.repeated) - explained);
    let [found, most]: [Symptom, number] = ["lost-replies", Number.NEGATIVE_INFINITY];
    for (const [symptom, count] of counts) {
      const weight = symptom === was ? clearly * count : count;
      if (weight > most) [found, most] = [symptom, weight];
    }
    return found;
  }
}
