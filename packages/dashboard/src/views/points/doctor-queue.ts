/** Examines the links of many meters, a few at a time: each is not read meanwhile, and others may share its line. */

export interface Finding {
  readonly outcome: "healthy" | "sick" | "failed";
  /** In a few words, in the reader's language; the gateway's own sentence if it failed. */
  readonly text: string | null;
}

export type Examination = { readonly state: "waiting" | "running" } | ({ readonly state: "done" } & Finding);

export interface DoctorQueueOptions {
  /** Examines one; it does not throw. */
  readonly examine: (id: string, signal: AbortSignal) => Promise<Finding>;
  readonly atOnce: number;
  /** After each change, with all of them in the order in which they were asked for. */
  readonly changed: (all: ReadonlyMap<string, Examination>) => void;
}

export class DoctorQueue {
  readonly #options: DoctorQueueOptions;
  readonly #all = new Map<string, Examination>();
  readonly #giveUp = new AbortController();
  #running = 0;

  constructor(options: DoctorQueueOptions) {
    this.#options = options;
  }

  get busy(): boolean {
    return [...this.#all.values()].some(({ state }) => state !== "done");
  }

  /** One that is waiting or running is not asked for twice. */
  add(ids: readonly string[]): void {
    for (const id of ids) {
      const known = this.#all.get(id);
      if (known === undefined || known.state === "done") this.#all.set(id, { state: "waiting" });
    }
    this.#tell();
    this.#next();
  }

  /** Those that wait are not examined; those in progress end by themselves. */
  cancel(): void {
    for (const [id, { state }] of this.#all) if (state === "waiting") this.#all.delete(id);
    this.#tell();
  }

  /** Nothing is told afterwards. */
  close(): void {
    this.#giveUp.abort();
  }

  #tell(): void {
    if (!this.#giveUp.signal.aborted) this.#options.changed(new Map(this.#all));
  }

  #next(): void {
    for (const [id, { state }] of this.#all) {
      if (this.#running >= this.#options.atOnce || this.#giveUp.signal.aborted) return;
      if (state === "waiting") void this.#run(id);
    }
  }

  async #run(id: string): Promise<void> {
    this.#running++;
    this.#all.set(id, { state: "running" });
    this.#tell();
    const finding = await this.#options.examine(id, this.#giveUp.signal);
    this.#running--;
    this.#all.set(id, { state: "done", ...finding });
    this.#tell();
    this.#next();
  }
}
