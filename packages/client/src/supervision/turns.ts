/**
 * Turns at opening links and looking for meters. One supervision needs none; thousands that begin at once, or lose the same
 * network, would take so much of the machine that answers come too late for everybody.
 */
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";

export interface TurnsOptions {
  readonly clock: Pick<Clock, "now" | "at">;
  /** Most turns at a time. */
  readonly most?: number | undefined;
  /** Most of them for one group. */
  readonly perGroup?: number | undefined;
}

/** So many begin at once, without looking whether the machine keeps up. */
const burst = 32;
/** Beyond them new ones are let in at a pace that is looked at this often. */
const every: Millis = 20;
/** Turns that begin in that time: at first, at most, and how many more after each time that the machine kept up. */
const pace = { first: 2, most: 12, least: 0.5, more: 0.2, less: 0.8 } as const;
/**
 * The share of time by which timers come late, beyond which the machine is behind, and the time over which it is taken: one collection of
 * garbage holds everything for a moment and says nothing, and answers have half a second to come.
 */
const behind = 0.5;
const memory: Millis = 200;
/** A hold as long as this costs answers, whatever came before it. */
const held: Millis = 250;

interface Waiting {
  begin: (() => void) | undefined;
}

interface Group {
  used: number;
  readonly waiting: Waiting[];
}

/** Gives turns: the groups in rotation, within a group first come, first served. */
export class Turns {
  readonly #clock: TurnsOptions["clock"];
  readonly #most: number;
  readonly #perGroup: number;
  readonly #groups = new Map<string, Group>();
  /** Names of groups in which somebody waits; the first is next. */
  readonly #rotation = new Set<string>();
  #used = 0;
  #credit: number = burst;
  #pace: number = pace.first;
  #lateness = 0;
  #ticking = false;

  constructor({ clock, most = 1_536, perGroup = 32 }: TurnsOptions) {
    this.#clock = clock;
    this.#most = most;
    this.#perGroup = perGroup;
  }

  /** How many have a turn now, and how many wait. */
  get counts(): { readonly used: number; readonly waiting: number } {
    let waiting = 0;
    for (const group of this.#groups.values())
      waiting += group.waiting.filter(({ begin }) => begin !== undefined).length;
    return { used: this.#used, waiting };
  }

  /**
   * Waits for a turn; the function it gives ends the turn. At once if few want one. With `signal` the waiting ends, and so does the turn.
   *
   * @param group names what meters share: a bridge, a serial port
   */
  take(group: string, signal: Signal): Promise<() => void> {
    return new Promise((resolve) => {
      const entry = this.#groups.get(group) ?? { used: 0, waiting: [] };
      this.#groups.set(group, entry);
      const waiting: Waiting = { begin: undefined };
      const give = (begun: boolean): void => {
        waiting.begin = undefined;
        signal.removeEventListener("abort", abandon);
        let open = begun;
        resolve(() => {
          if (open) this.#end(group, entry);
          open = false;
        });
      };
      const abandon = (): void => give(false);
      if (signal.aborted) return give(false);
      signal.addEventListener("abort", abandon, { once: true });
      waiting.begin = () => give(true);
      entry.waiting.push(waiting);
      this.#rotation.add(group);
      this.#admit();
    });
  }

  #end(name: string, group: Group): void {
    this.#used--;
    group.used--;
    if (group.used === 0 && group.waiting.length === 0) this.#groups.delete(name);
    this.#admit();
  }

  #admit(): void {
    let passed = 0;
    while (this.#used < this.#most && this.#credit >= 1 && passed < this.#rotation.size) {
      const name = this.#rotation.values().next().value;
      if (name === undefined) break;
      this.#rotation.delete(name);
      const group = this.#groups.get(name);
      if (group === undefined) continue;
      while (group.waiting.length > 0 && group.waiting[0]?.begin === undefined) group.waiting.shift();
      const next = group.used < this.#perGroup ? group.waiting.shift() : undefined;
      if (group.waiting.length > 0 || next !== undefined) this.#rotation.add(name);
      if (next === undefined) {
        passed++;
        if (group.used === 0 && group.waiting.length === 0) this.#groups.delete(name);
        continue;
      }
      passed = 0;
      this.#used++;
      group.used++;
      this.#credit--;
      next.begin?.();
    }
    if (this.#credit < burst) this.#tick();
  }

  /** Lets more in while the machine keeps up, and fewer when it does not. */
  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    const due = this.#clock.now() + every;
    this.#clock.at(due, () => {
      this.#ticking = false;
      const late = Math.max(0, this.#clock.now() - due);
      const took = every + late;
      this.#lateness += (late / took - this.#lateness) * Math.min(1, took / memory);
      if (late >= held) this.#pace = Math.max(pace.least, this.#pace / 2);
      if (late < held && this.#lateness < behind) {
        this.#pace = Math.min(pace.most, this.#pace + pace.more);
        this.#credit = Math.min(burst, this.#credit + (this.#pace * took) / every);
      } else {
        this.#pace = Math.max(pace.least, this.#pace * pace.less);
        this.#credit = Math.min(burst, this.#credit + pace.least);
      }
      // What could not be used because all turns were taken must not add up.
      if (this.#used >= this.#most) this.#credit = Math.min(this.#credit, pace.most);
      this.#admit();
    });
  }
}
