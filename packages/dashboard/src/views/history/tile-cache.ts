/** Keeps what was loaded of a history, so that moving back and forth asks for nothing twice. */

/** How a tile came out: its data, or why there is none. */
export type Loaded<T, F> =
  | { readonly ok: true; readonly data: T; readonly weight: number }
  | { readonly ok: false; readonly failure: F };

export interface TileCacheOptions<K extends string, T, F> {
  /** Loads one tile. What it gives after `signal` is aborted is dropped. */
  readonly load: (key: K, signal: AbortSignal) => Promise<Loaded<T, F>>;
  /** A tile came, or failed; undefined if all that failed is tried again. */
  readonly changed: (key?: K) => void;
  /** The weight of all tiles that are kept although nobody wants them now. */
  readonly most: number;
  /** Requests at the same time. */
  readonly atOnce: number;
}

interface Tile<T> {
  readonly data: T;
  readonly weight: number;
}

/**
 * Tiles by key. Each part of the page says which tiles it wants now; a request that nobody waits for any more is cancelled, and of what
 * nobody wants the least recently used goes first once the memory is full.
 */
export class TileCache<K extends string, T, F> {
  readonly #options: TileCacheOptions<K, T, F>;
  /** In the order of use, the oldest first. */
  readonly #tiles = new Map<K, Tile<T>>();
  readonly #failures = new Map<K, F>();
  readonly #running = new Map<K, AbortController>();
  readonly #wanted = new Map<string, ReadonlySet<K>>();
  /** Loaded, but to be loaded again; shown meanwhile. */
  readonly #stale = new Set<K>();
  #weight = 0;
  #closed = false;

  constructor(options: TileCacheOptions<K, T, F>) {
    this.#options = options;
  }

  /** Sets what one part of the page wants, in the order in which it is needed. */
  want(who: string, keys: readonly K[]): void {
    if (this.#closed) return;
    this.#wanted.set(who, new Set(keys));
    for (const [key, controller] of this.#running)
      if (!this.#isWanted(key)) {
        controller.abort();
        this.#running.delete(key);
      }
    for (const key of keys) this.#touch(key);
    this.#next();
  }

  get(key: K): T | undefined {
    return this.#tiles.get(key)?.data;
  }

  /** Whether a tile that this part wants is still to come, or it has not said yet what it wants. */
  isLoading(who: string): boolean {
    const keys = [...(this.#wanted.get(who) ?? [])];
    return keys.length === 0 || keys.some((key) => !this.#tiles.has(key) && !this.#failures.has(key));
  }

  /** Why the first of the failed tiles of a part is missing, or could not be renewed; undefined if none failed. */
  failure(who: string): F | undefined {
    for (const key of this.#wanted.get(who) ?? []) if (this.#failures.has(key)) return this.#failures.get(key);
    return undefined;
  }

  /** Loads what failed again. */
  retry(): void {
    this.#failures.clear();
    this.#next();
    this.#options.changed();
  }

  /** Loads those that may have changed again: the wanted ones now, the others when somebody wants them. */
  expire(changed: (key: K) => boolean): void {
    for (const key of this.#tiles.keys()) if (changed(key)) this.#stale.add(key);
    for (const key of [...this.#failures.keys()]) if (changed(key)) this.#failures.delete(key);
    this.#next();
  }

  /** The weight of all that is kept. */
  get weight(): number {
    return this.#weight;
  }

  close(): void {
    this.#closed = true;
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
    this.#wanted.clear();
  }

  #isWanted(key: K): boolean {
    for (const keys of this.#wanted.values()) if (keys.has(key)) return true;
    return false;
  }

  #touch(key: K): void {
    const tile = this.#tiles.get(key);
    if (tile === undefined) return;
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
  }

  #next(): void {
    if (this.#closed) return;
    for (const keys of this.#wanted.values())
      for (const key of keys) {
        if (this.#running.size >= this.#options.atOnce) return;
        const isThere = this.#tiles.has(key) && !this.#stale.has(key);
        if (!isThere && !this.#running.has(key) && !this.#failures.has(key)) void this.#load(key);
      }
  }

  async #load(key: K): Promise<void> {
    const controller = new AbortController();
    this.#running.set(key, controller);
    this.#stale.delete(key);
    const loaded = await this.#options.load(key, controller.signal);
    if (controller.signal.aborted) {
      // What was to be renewed still is.
      if (this.#tiles.has(key) && !this.#running.has(key)) this.#stale.add(key);
      return;
    }
    this.#running.delete(key);
    if (loaded.ok) this.#keep(key, loaded);
    else this.#failures.set(key, loaded.failure);
    this.#next();
    this.#options.changed(key);
  }

  #keep(key: K, { data, weight }: Tile<T>): void {
    this.#weight += weight - (this.#tiles.get(key)?.weight ?? 0);
    this.#tiles.delete(key);
    this.#tiles.set(key, { data, weight });
    this.#failures.delete(key);
    for (const [old, tile] of this.#tiles) {
      if (this.#weight <= this.#options.most) return;
      if (this.#isWanted(old)) continue;
      this.#tiles.delete(old);
      this.#stale.delete(old);
      this.#weight -= tile.weight;
    }
  }
}
