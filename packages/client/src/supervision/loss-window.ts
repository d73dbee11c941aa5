/** How much of what was lately asked had to be asked again, and what was seen meanwhile. */
import type { Millis } from "@meterport/protocol/ports";

/** What tells of a bad line although answers come. */
export type Symptom = "lost-replies" | "half-reply" | "bad-digest" | "noise" | "other-client";

/** What crossed the line since one looked last. */
export interface Traffic {
  readonly transmissions: number;
  /** Of these, how many were repetitions. */
  readonly repeated: number;
  readonly alerts: number;
  readonly symptoms: ReadonlyMap<Symptom, number>;
}

/** How long a loss counts, and how many transmissions count at least, however old: a slow poll asks twice a minute. */
const span: Millis = 60_000;
const leastTransmissions = 30;
const oldest: Millis = 3_600_000;
/** Beside the share: one lost reply in three is no verdict. */
const leastRepeated = 4;
/** Between the two a link stays what it is, so that it does not flap. */
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

  /** Share of what was sent that was a repetition, 0..1. */
  get repeated(): number {
    const transmissions = total(this.#entries, (entry) => entry.transmissions);
    return transmissions === 0 ? 0 : total(this.#entries, (entry) => entry.repeated) / transmissions;
  }

  /** Whether the line is bad, where it `was` or was not before. */
  bad(was: boolean): boolean {
    if (was) return this.repeated > littleAgain;
    return this.repeated >= tooMuch && total(this.#entries, (entry) => entry.repeated) >= leastRepeated;
  }

  /**
   * What was seen most often; repetitions that nothing else explains are replies that did not come. What it `was` is only
   * given up for what is clearly more.
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
