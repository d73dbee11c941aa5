/**
 * Turns of a holder's sites. A site is one line: it has one visit at a time. Sites have their turns in rotation, so a bridge
 * with a thousand meters does not hold up a house, and visits that failed before get a part of the lines only, so dead bridges,
 * each of which takes a line until it times out, do not hold up those that answer. Pure: it knows no time.
 */
import { highestPriority } from "./campaign.ts";

export interface SiteTurnsOptions {
  /** Lines that may be busy at once. */
  readonly lines: number;
  /** The part of them that visits which failed before may take; at least one line. */
  readonly retryShare?: number | undefined;
  /** Visits that may wait for one site. */
  readonly mostPerSite?: number | undefined;
}

export interface Wish<V> {
  readonly site: number;
  /** 0 to 9; 9 goes first. */
  readonly priority: number;
  readonly retry: boolean;
  readonly visit: V;
}

interface Waiting<V> {
  /** Not empty; by priority, then in the order in which they came. Fresh ones and retries apart. */
  readonly fresh: Wish<V>[];
  readonly retries: Wish<V>[];
}

const usualRetryShare = 0.5;
const usualMost = 2_000;

const classOf = (priority: number, retry: boolean): number => 2 * priority + (retry ? 0 : 1);

export class SiteTurns<V> {
  readonly #lines: number;
  readonly #retryLines: number;
  readonly #most: number;
  readonly #waiting = new Map<number, Waiting<V>>();
  /** Sites that are not busy, by the class of the best that waits there: the first in a set is next. */
  readonly #rotations: readonly Set<number>[] = Array.from({ length: 2 * (highestPriority + 1) }, () => new Set());
  /** Busy sites, and whether by a retry. */
  readonly #busy = new Map<number, boolean>();
  #retriesBusy = 0;
  #count = 0;

  constructor({ lines, retryShare = usualRetryShare, mostPerSite = usualMost }: SiteTurnsOptions) {
    this.#lines = lines;
    this.#retryLines = Math.max(1, Math.floor(lines * retryShare));
    this.#most = mostPerSite;
  }

  /** Lines that are busy, and visits that wait. */
  get counts(): { readonly busy: number; readonly waiting: number } {
    return { busy: this.#busy.size, waiting: this.#count };
  }

  isBusy(site: number): boolean {
    return this.#busy.has(site);
  }

  /** Adds what waits for its turn; false if too much waits for the site already, and it is to be asked for later. */
  add(wish: Wish<V>): boolean {
    const { site, priority, retry } = wish;
    let waiting = this.#waiting.get(site);
    if (waiting === undefined) {
      waiting = { fresh: [], retries: [] };
      this.#waiting.set(site, waiting);
    }
    if (waiting.fresh.length + waiting.retries.length >= this.#most) return false;
    const queue = retry ? waiting.retries : waiting.fresh;
    const before = queue[0];
    let place = queue.length;
    while (place > 0 && (queue[place - 1] as Wish<V>).priority < priority) place--;
    queue.splice(place, 0, wish);
    this.#count++;
    if (!this.#busy.has(site) && place === 0) {
      if (before !== undefined) this.#rotations[classOf(before.priority, retry)]?.delete(site);
      this.#rotations[classOf(priority, retry)]?.add(site);
    }
    return true;
  }

  /** The next visit, whose site is busy from now on; undefined if no line is free or nothing may begin. */
  next(): Wish<V> | undefined {
    if (this.#count === 0 || this.#busy.size >= this.#lines) return undefined;
    for (let at = this.#rotations.length - 1; at >= 0; at--) {
      const retry = at % 2 === 0;
      const rotation = this.#rotations[at] as Set<number>;
      if (rotation.size === 0 || (retry && this.#retriesBusy >= this.#retryLines)) continue;
      const [site] = rotation;
      return this.#begin(site as number, retry);
    }
    return undefined;
  }

  #begin(site: number, retry: boolean): Wish<V> {
    const waiting = this.#waiting.get(site) as Waiting<V>;
    this.#leaveRotations(site, waiting);
    const wish = (retry ? waiting.retries : waiting.fresh).shift() as Wish<V>;
    if (waiting.fresh.length + waiting.retries.length === 0) this.#waiting.delete(site);
    this.#count--;
    this.#busy.set(site, retry);
    if (retry) this.#retriesBusy++;
    return wish;
  }

  /** A visit has ended, however it did: its site goes to the end of its rotation. */
  done(site: number): void {
    const retry = this.#busy.get(site);
    if (retry === undefined) return;
    this.#busy.delete(site);
    if (retry) this.#retriesBusy--;
    const { fresh, retries } = this.#waiting.get(site) ?? { fresh: [], retries: [] };
    for (const first of [fresh[0], retries[0]])
      if (first !== undefined) this.#rotations[classOf(first.priority, first.retry)]?.add(site);
  }

  /** Forgets a site that another holder has now, and returns what waited there. A visit in progress still ends with `done`. */
  drop(site: number): readonly Wish<V>[] {
    const waiting = this.#waiting.get(site);
    if (waiting === undefined) return [];
    this.#leaveRotations(site, waiting);
    this.#waiting.delete(site);
    const all = [...waiting.fresh, ...waiting.retries];
    this.#count -= all.length;
    return all;
  }

  #leaveRotations(site: number, { fresh, retries }: Waiting<V>): void {
    for (const first of [fresh[0], retries[0]])
      if (first !== undefined) this.#rotations[classOf(first.priority, first.retry)]?.delete(site);
  }
}
