/**
 * Room for the pieces of load profiles that are in progress, of all points together: what was read of a piece is in memory until the store
 * has it. A home has room for whole pieces. When a thousand meters are read for the first time, their pieces become smaller, and beyond
 * that they wait for each other.
 */

/** Blocks in progress at most: some 100 intervals of four channels each, so 50 MB together. */
const mostBlocks = 256;

/** Room that was given. */
export interface Place {
  /** How many blocks may be read: at least one. */
  readonly blocks: number;
  /** To be called when the store has them. */
  readonly leave: () => void;
}

interface Waiting {
  readonly wanted: number;
  readonly give: (place: Place | undefined) => void;
}

export class PieceRoom {
  readonly #most: number;
  /** First come, first served. */
  readonly #waiting = new Set<Waiting>();
  #blocks = 0;
  #pieces = 0;

  constructor(most: number = mostBlocks) {
    this.#most = most;
  }

  /** Blocks in progress, and how many pieces wait. */
  get counts(): { readonly blocks: number; readonly waiting: number } {
    return { blocks: this.#blocks, waiting: this.#waiting.size };
  }

  /**
   * Waits for room for up to `wanted` blocks. `give` is called once, with undefined if the wait was ended by the returned function.
   */
  take(wanted: number, give: (place: Place | undefined) => void): () => void {
    const waiting: Waiting = { wanted, give };
    this.#waiting.add(waiting);
    this.#fill();
    return () => {
      if (this.#waiting.delete(waiting)) give(undefined);
    };
  }

  #fill(): void {
    for (const waiting of this.#waiting) {
      const free = this.#most - this.#blocks;
      if (free < 1) return;
      // As if all who are here had come at once.
      const share = Math.floor(this.#most / (this.#pieces + this.#waiting.size));
      const blocks = Math.max(1, Math.min(waiting.wanted, share, free));
      this.#waiting.delete(waiting);
      this.#blocks += blocks;
      this.#pieces++;
      let left = false;
      const leave = (): void => {
        if (left) return;
        left = true;
        this.#blocks -= blocks;
        this.#pieces--;
        this.#fill();
      };
      waiting.give({ blocks, leave });
    }
  }
}
