/**
 * A fleet in virtual time: discrete events of its meters, lines, workers and database, with the plan, the back-off, the gap arithmetic and the
 * campaigns of the product as they are. Only what they run on is modelled: how long a line is busy, what fails, what the database
 * takes. The same settings give the same figures.
 */
import { phaseOf } from "@meterport/engine/plan/spread";
import type { Millis } from "@meterport/protocol/ports";
import { nightly } from "./model-campaign.ts";
import { flush } from "./model-flush.ts";
import type { ModelGaps } from "./model-gaps.ts";
import { lookAt } from "./model-look.ts";
import { Moving, stint } from "./model-moving.ts";
import type { ModelSettings } from "./model-settings.ts";
import { doing, kinds, ModelState, why } from "./model-state.ts";
import type { Tally } from "./model-tally.ts";
import { day, hour, second, slotTime } from "./model-times.ts";
import { gapPriority, Visiting } from "./model-visiting.ts";
import { localOffset, type ModelWorld } from "./model-world.ts";
import type { SlotBook } from "./slot-book.ts";

/** Local time of the morning's look. */
const lookHour: Millis = 10 * hour;
const sampleEvery: Millis = 10 * second;

export class FleetModel {
  readonly #model: ModelState;
  readonly #visiting: Visiting;
  readonly #moving: Moving;

  constructor(settings: ModelSettings) {
    const model = new ModelState(settings);
    this.#model = model;
    this.#visiting = new Visiting(model);
    this.#moving = new Moving(model, this.#visiting);
    for (let meter = 0; meter < settings.meters; meter++) model.push(model.nextTick(meter, -1), kinds.tick, meter);
    for (let shard = 0; shard < settings.shards; shard++) {
      model.push(phaseOf(`scan ${shard}`, hour), kinds.scan, shard);
      model.push(phaseOf(`stint ${shard}`, stint), kinds.stint, shard);
    }
    this.#planFaults();
    this.#planDays();
    model.push(0, kinds.sample, 0);
  }

  #planFaults(): void {
    const { deaths, amnesia } = this.settings.faults;
    for (const [n, { at, back }] of deaths.entries()) {
      this.#model.push(at, kinds.death, n);
      if (back !== undefined) this.#model.push(back, kinds.back, n);
    }
    for (const [n, { at }] of amnesia.entries()) this.#model.push(at, kinds.forget, n);
  }

  #planDays(): void {
    for (let n = 0; n < this.settings.days; n++) {
      this.#model.push(Math.max(0, nightly(n).opens), kinds.night, n);
      this.#model.push(nightly(n).closes, kinds.dawn, n);
      this.#model.push(n * day + lookHour - localOffset(0), kinds.look, n);
    }
  }

  get settings(): ModelSettings {
    return this.#model.settings;
  }

  get tally(): Tally {
    return this.#model.tally;
  }

  get world(): ModelWorld {
    return this.#model.world;
  }

  get book(): SlotBook {
    return this.#model.book;
  }

  get gaps(): ModelGaps {
    return this.#model.gaps;
  }

  /** Events that there were so far. */
  get events(): number {
    return this.#model.events.count;
  }

  /** Slots that were read and lost with an outbox before they were booked. */
  get slotsLost(): number {
    return this.#model.holders.slotsLost;
  }

  /** Runs until the end. */
  run(): Tally {
    const model = this.#model;
    while (model.events.time < model.duration) {
      model.now = model.events.time;
      const code = model.events.pop() as number;
      this.#handle(code & 15, code >> 4);
    }
    model.now = model.duration;
    this.#look();
    return model.tally;
  }

  #handle(kind: number, index: number): void {
    if (kind === kinds.tick) this.#visiting.tick(index);
    else if (kind === kinds.end) this.#visiting.end(index);
    else if (kind === kinds.target) this.#visiting.targetDue(index);
    else if (kind === kinds.flush) flush(this.#model, index);
    else if (kind === kinds.scan) this.#scan(index);
    else if (kind === kinds.take) this.#moving.take(index);
    else if (kind === kinds.stint) this.#moving.endStint(index);
    else if (kind === kinds.night) this.#openNight(index);
    else if (kind === kinds.dawn) this.tally.campaigns.push(this.#model.campaigns.close());
    else if (kind === kinds.death) this.#moving.die(index);
    else if (kind === kinds.back) this.#moving.comeBack(index);
    else if (kind === kinds.forget) this.#forget(index);
    else if (kind === kinds.look) this.#look();
    else this.#sample();
  }

  /** Compares a shard's book with what should be there. */
  #scan(shard: number): void {
    const model = this.#model;
    const { now, cursor, doing: does } = model;
    model.push(now + hour, kinds.scan, shard);
    if (model.database.back(now) !== undefined || model.holders.of(shard) === undefined) return;
    const expected = Math.max(0, Math.floor((now - model.grace) / slotTime));
    const heldFrom = Math.floor(now / slotTime) - model.settings.memory;
    for (const meter of model.metersOf(shard)) {
      const until = Math.min(expected, cursor[meter] as number);
      if (model.book.firstMissing(meter, until) >= until) continue;
      if (model.gaps.scan(meter, { now, until, heldFrom }) && does[meter] !== doing.reading)
        this.#visiting.wish(meter, why.gap, gapPriority, (model.failures[meter] as number) > 0);
    }
  }

  #openNight(night: number): void {
    const { campaigns, settings, now } = this.#model;
    campaigns.open(night);
    for (let meter = 0; meter < settings.meters; meter++) {
      const at = campaigns.nextAt(meter);
      if (at !== undefined) this.#model.push(Math.max(at, now), kinds.target, meter);
    }
  }

  #forget(n: number): void {
    const { database, now, chance } = this.#model;
    database.forget(this.settings.faults.amnesia[n]?.share ?? 0, now, chance);
  }

  #look(): void {
    const { book, gaps, world, settings, grace, now } = this.#model;
    this.tally.looks.push(lookAt(now, { book, gaps, world, meters: settings.meters, grace }));
  }

  #sample(): void {
    let [lines, waiting, outbox] = [0, 0, 0];
    for (const { alive, turns, outbox: box } of this.#model.holders.workers) {
      if (alive) {
        lines += turns.counts.busy;
        waiting += turns.counts.waiting;
      }
      outbox += box.size;
    }
    this.tally.sample(this.#model.now, lines, waiting, outbox);
    this.#model.push(this.#model.now + sampleEvery, kinds.sample, 0);
  }
}
