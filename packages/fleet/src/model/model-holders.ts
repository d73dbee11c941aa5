/** Workers of a model and the shards that they hold. */
import { SiteTurns } from "../campaigns/site-turns.ts";
import { Outbox } from "./model-outbox.ts";

export interface ModelWorker {
  readonly number: number;
  alive: boolean;
  /** Another number after each start: what a dead worker began has no end. */
  life: number;
  turns: SiteTurns<number>;
  outbox: Outbox;
  /** Whether its outbox is about to be booked. */
  flushes: boolean;
  readonly shards: Set<number>;
}

/**
 * Shards that a worker holds at most: a little more than its share, so that a fleet is at rest while all are about even.
 *
 * @example
 * mostShards(1_024, 10) // 118
 */
export const mostShards = (shards: number, live: number): number => Math.ceil((1.15 * shards) / Math.max(1, live));

const nobody = -1;

export class Holders {
  readonly workers: readonly ModelWorker[];
  readonly #holder: Int16Array;
  readonly #lines: number;
  #lives = 0;
  #slotsLost = 0;

  constructor({
    workers,
    lines,
    shards,
  }: { readonly workers: number; readonly lines: number; readonly shards: number }) {
    this.#lines = lines;
    this.#holder = new Int16Array(shards).fill(nobody);
    this.workers = Array.from({ length: workers }, (_, number) => ({
      ...{ number, alive: true, life: this.#lives++, turns: new SiteTurns<number>({ lines }) },
      ...{ outbox: new Outbox(), flushes: false, shards: new Set<number>() },
    }));
    for (let shard = 0; shard < shards; shard++) this.give(shard, this.workers[shard % workers] as ModelWorker);
  }

  /** The live holder of a shard; undefined while it has none. */
  of(shard: number): ModelWorker | undefined {
    const worker = this.workers[this.#holder[shard] as number];
    return worker?.alive === true ? worker : undefined;
  }

  give(shard: number, to: ModelWorker): void {
    this.workers[this.#holder[shard] as number]?.shards.delete(shard);
    this.#holder[shard] = to.number;
    to.shards.add(shard);
  }

  /** The live worker with the fewest shards that may hold one more; undefined if there is none. */
  free(): ModelWorker | undefined {
    const live = this.workers.filter(({ alive }) => alive);
    const most = mostShards(this.#holder.length, live.length);
    const [first] = live.toSorted((a, b) => a.shards.size - b.shards.size);
    return first !== undefined && first.shards.size < most ? first : undefined;
  }

  kill(worker: ModelWorker, disk: "kept" | "lost"): void {
    worker.alive = false;
    if (disk === "kept") return;
    this.#slotsLost += worker.outbox.slots;
    worker.outbox = new Outbox();
  }

  /** Slots in outboxes that were lost with their disks. */
  get slotsLost(): number {
    return this.#slotsLost;
  }

  start(worker: ModelWorker): void {
    worker.alive = true;
    worker.life = this.#lives++;
    worker.turns = new SiteTurns<number>({ lines: this.#lines });
  }
}
