/** How shards of a model move: deaths, takeovers, and stints that end. */
import type { Millis } from "@meterport/protocol/ports";
import { flushSoon } from "./model-flush.ts";
import type { ModelWorker } from "./model-holders.ts";
import { doing, kinds, type ModelState, why } from "./model-state.ts";
import { hour, second, slotTime } from "./model-times.ts";
import { nextWindow, type Visiting } from "./model-visiting.ts";

/** From a death to the first shard of another holder, and to the last: as pg-boss was measured. */
const takeover = { first: 7.4 * second, last: 10.4 * second };
/** As a job of pg-boss expires. */
export const stint: Millis = 23 * hour;

export class Moving {
  readonly #model: ModelState;
  readonly #visiting: Visiting;
  /** When the holder of a shard died. */
  readonly #deaths = new Map<number, Millis>();

  constructor(model: ModelState, visiting: Visiting) {
    this.#model = model;
    this.#visiting = visiting;
  }

  /** The worker of a failure dies: its shards are taken over one after the other. */
  die(n: number): void {
    const death = this.#model.settings.faults.deaths[n];
    const worker = this.#model.holders.workers[death?.worker ?? -1];
    if (death === undefined || worker === undefined || !worker.alive) return;
    this.#model.holders.kill(worker, death.disk);
    for (const shard of worker.shards) {
      this.#deaths.set(shard, this.#model.now);
      this.#model.push(
        this.#model.now + takeover.first + this.#model.chance.next() * (takeover.last - takeover.first),
        kinds.take,
        shard,
      );
    }
  }

  /** It runs again: it books what its outbox has, and takes shards whose stints end. */
  comeBack(n: number): void {
    const worker = this.#model.holders.workers[this.#model.settings.faults.deaths[n]?.worker ?? -1];
    if (worker === undefined || worker.alive) return;
    this.#model.holders.start(worker);
    if (worker.outbox.size > 0) flushSoon(this.#model, worker.number);
  }

  /** Another worker takes a shard of a dead one, as soon as there is a database to take it from. */
  take(shard: number): void {
    const back = this.#model.database.back(this.#model.now);
    const worker = this.#model.holders.free();
    if (back !== undefined || worker === undefined) {
      this.#model.push((back ?? this.#model.now) + second, kinds.take, shard);
      return;
    }
    this.#move(shard, worker);
    const died = this.#deaths.get(shard);
    if (died === undefined || this.#model.database.wasAway(died, this.#model.now)) return;
    this.#model.tally.slowestTakeover = Math.max(this.#model.tally.slowestTakeover, this.#model.now - died);
  }

  /** A stint ends, and the holder with the fewest shards takes the next one. */
  endStint(shard: number): void {
    this.#model.push(this.#model.now + stint, kinds.stint, shard);
    const holder = this.#model.holders.of(shard);
    const worker = this.#model.holders.free();
    if (
      this.#model.database.back(this.#model.now) !== undefined ||
      holder === undefined ||
      worker === undefined ||
      worker === holder
    )
      return;
    if (worker.shards.size + 1 < holder.shards.size) this.#move(shard, worker);
  }

  /** The new holder knows only what is booked, and begins with what is overdue. */
  #move(shard: number, to: ModelWorker): void {
    const from = this.#model.holders.of(shard);
    this.#model.tally.moved++;
    this.#model.holders.give(shard, to);
    for (const site of this.#model.world.sitesOfShard[shard] ?? []) {
      from?.turns.drop(site);
      if (from?.turns.isBusy(site)) from.turns.done(site);
      this.#model.endsAt[site] = 0;
    }
    const newest = Math.floor(this.#model.now / slotTime);
    for (const meter of this.#model.metersOf(shard)) {
      this.#model.cursor[meter] = Math.min(newest, this.#model.book.firstMissing(meter, newest));
      this.#model.gaps.setSpans(meter, []);
      if (this.#model.doing[meter] !== doing.idle) this.#resume(meter);
    }
    if (from !== undefined) this.#visiting.beginVisits(from);
  }

  #resume(meter: number): void {
    const reasons = this.#model.why[meter] as number;
    this.#model.doing[meter] = doing.idle;
    this.#model.why[meter] = 0;
    const soon = this.#model.now + this.#model.chance.next() * second;
    if ((reasons & why.tick) !== 0) this.#model.push(soon, kinds.tick, meter);
    if (this.#model.campaigns.nextAt(meter) !== undefined)
      this.#model.push(nextWindow(this.#model.now, soon), kinds.target, meter);
  }
}
