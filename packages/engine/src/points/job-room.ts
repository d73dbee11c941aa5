/**
 * Room for the jobs of all points together. A job is no hurry, and live readings have half a second for each answer: when thousands of meters
 * are read for the first time, so many jobs run at once as the machine carries, and the others wait.
 */
import type { Clock, Millis } from "@meterport/protocol/ports";

export interface JobRoomOptions {
  readonly clock: Pick<Clock, "now" | "at">;
}

/** Jobs at a time, whatever the machine says: most of a job's time is the line's. And at most, so that the store has fewer writes than it takes. */
const least = 16;
const most = 512;
/** While some wait, it is looked this often whether the machine keeps up. A timer that is late by a tenth of it says nothing. */
const every: Millis = 100;
/** What each look adds while it does, and what it leaves while it does not. */
const more = 0.5;
const less = 0.6;
/** The share of time by which timers come late, beyond which the machine is behind, and the time over which it is taken. */
const behind = 0.3;
const memory: Millis = 400;

type Give = (leave: () => void) => void;

export class JobRoom {
  readonly #clock: JobRoomOptions["clock"];
  /** First come, first served. */
  readonly #waiting = new Set<Give>();
  #running = 0;
  #limit: number = least;
  #lateness = 0;
  #looking = false;

  constructor({ clock }: JobRoomOptions) {
    this.#clock = clock;
  }

  /** How many run, how many wait, and how many may run now. */
  get counts(): { readonly running: number; readonly waiting: number; readonly limit: number } {
    return { running: this.#running, waiting: this.#waiting.size, limit: Math.floor(this.#limit) };
  }

  /**
   * Waits for a place. `give` is called once, at once if there is room, with what ends the job.
   *
   * @returns what ends the waiting
   */
  take(give: Give): () => void {
    // The same function may wait twice.
    const waiting: Give = (leave) => give(leave);
    this.#waiting.add(waiting);
    this.#fill();
    return () => void this.#waiting.delete(waiting);
  }

  #fill(): void {
    for (const give of this.#waiting) {
      if (this.#running >= Math.floor(this.#limit)) break;
      this.#waiting.delete(give);
      this.#running++;
      let open = true;
      give(() => {
        if (!open) return;
        open = false;
        this.#running--;
        this.#fill();
      });
    }
    if (this.#waiting.size > 0) this.#look();
  }

  #look(): void {
    if (this.#looking) return;
    this.#looking = true;
    const due = this.#clock.now() + every;
    this.#clock.at(due, () => {
      this.#looking = false;
      const late = Math.max(0, this.#clock.now() - due);
      const took = every + late;
      this.#lateness += (late / took - this.#lateness) * Math.min(1, took / memory);
      this.#limit = this.#lateness < behind ? Math.min(most, this.#limit + more) : Math.max(least, this.#limit * less);
      this.#fill();
    });
  }
}
