/** What a model counts while it runs. */
import type { Millis } from "@meterport/protocol/ports";
import type { CampaignReport } from "./model-campaign.ts";
import { hour, second } from "./model-times.ts";

/** How much of what should be there is there at a moment. */
export interface ModelLook {
  readonly at: Millis;
  /** Share of the slots that should be booked by now, 0 to 1. */
  readonly due: number;
  /** Share of the slots of the day before, and of the meters that have all of them; null on the first day. */
  readonly yesterday: number | null;
  readonly wholeMeters: number | null;
  /** Slots that should be booked and are not, and are not gone. */
  readonly missing: number;
  /** Those of them at meters whose bridge is dead, or was until a read ago. */
  readonly unreachable: number;
}

/** Promises that a model must keep; each counts how often it was broken. */
export interface Broken {
  /** Two visits at one line. */
  twoAtALine: number;
  /** A campaign's read outside of its windows. */
  outsideWindow: number;
  /** A visit within a quiet window. */
  inQuietWindow: number;
  /** A slot that was asked for though it was known to be gone. */
  askedForGone: number;
}

export class Tally {
  readonly #hours: number;
  readonly #merges: Uint32Array;
  /** Of each hour. */
  readonly reads: Float64Array;
  readonly lineTime: Float64Array;
  readonly mostLines: Float64Array;
  readonly mostWaiting: Float64Array;
  readonly mostOutbox: Float64Array;
  readonly looks: ModelLook[] = [];
  readonly campaigns: CampaignReport[] = [];
  readonly broken: Broken = { twoAtALine: 0, outsideWindow: 0, inQuietWindow: 0, askedForGone: 0 };
  failedReads = 0;
  campaignReads = 0;
  /** Of them, those that a visit took along which was under way anyway. */
  bundled = 0;
  gapReads = 0;
  /** Slots that were booked for the first time, and again. */
  booked = 0;
  bookedAgain = 0;
  forgotten = 0;
  moved = 0;
  /** Longest time from a tick to the beginning of its visit, and the sum of all. */
  longestWait: Millis = 0;
  waited: Millis = 0;
  /** From the death of a worker to the last of its shards taken over. */
  slowestTakeover: Millis = 0;

  constructor(duration: Millis) {
    this.#hours = Math.ceil(duration / hour) + 1;
    this.#merges = new Uint32Array(Math.ceil(duration / second) + 1);
    const hourly = (): Float64Array => new Float64Array(this.#hours);
    this.reads = hourly();
    this.lineTime = hourly();
    this.mostLines = hourly();
    this.mostWaiting = hourly();
    this.mostOutbox = hourly();
  }

  /** A visit that began and takes so long. */
  began(now: Millis, took: Millis, waited: Millis): void {
    const at = Math.floor(now / hour);
    this.reads[at] = (this.reads[at] ?? 0) + 1;
    this.lineTime[at] = (this.lineTime[at] ?? 0) + took;
    this.waited += waited;
    this.longestWait = Math.max(this.longestWait, waited);
  }

  /** Lines that are busy, visits that wait, and entries of all outboxes. */
  sample(now: Millis, lines: number, waiting: number, outbox: number): void {
    const at = Math.floor(now / hour);
    this.mostLines[at] = Math.max(this.mostLines[at] ?? 0, lines);
    this.mostWaiting[at] = Math.max(this.mostWaiting[at] ?? 0, waiting);
    this.mostOutbox[at] = Math.max(this.mostOutbox[at] ?? 0, outbox);
  }

  merged(now: Millis, count: number): void {
    const at = Math.floor(now / second);
    this.#merges[at] = (this.#merges[at] ?? 0) + count;
  }

  /** Channel-days merged in the time from `from` to below `to`: in a second of it at most, and in the mean. */
  merges(from: Millis, to: Millis): { readonly most: number; readonly mean: number } {
    let [most, sum] = [0, 0];
    const end = Math.min(this.#merges.length, Math.floor(to / second));
    for (let at = Math.floor(from / second); at < end; at++) {
      const count = this.#merges[at] as number;
      sum += count;
      most = Math.max(most, count);
    }
    return { most, mean: sum / Math.max(1, (to - from) / second) };
  }
}
