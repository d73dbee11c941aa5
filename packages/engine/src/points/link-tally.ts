/** How many points are in which state: counted as they change, so that nobody has to ask twenty thousand of them. */
import type { LinkState } from "../model/point-model.ts";

export type LinkCounts = Readonly<Record<LinkState, number>>;

export class LinkTally {
  readonly #counts: Record<LinkState, number> = { connecting: 0, up: 0, degraded: 0, paused: 0, refused: 0, silent: 0 };

  /** A point changes its state; undefined before it is made and after it has stopped. */
  move(from: LinkState | undefined, to: LinkState | undefined): void {
    if (from !== undefined) this.#counts[from]--;
    if (to !== undefined) this.#counts[to]++;
  }

  get counts(): LinkCounts {
    return { ...this.#counts };
  }

  get points(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  /** Points that give no values now. */
  get without(): number {
    const { up, degraded } = this.#counts;
    return this.points - up - degraded;
  }
}
