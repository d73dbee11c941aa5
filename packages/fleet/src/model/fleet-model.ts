/**
 * A fleet in virtual time: discrete events of its meters, lines, workers and database, with the plan, the back-off, the gap arithmetic and the
 * campaigns of the product as they are. Only what they run on is modelled: how long a line is busy, what fails, what the database
 * takes. The same settings give the same figures.
 */
import { graceOf } from "@meterport/engine/intervals/grace";
import { restAfter } from "@meterport/engine/plan/point-job";
import { quietAt, quietRest } from "@meterport/engine/plan/quiet";
import { nextRead } from "@meterport/engine/plan/rhythm";
import { phaseOf } from "@meterport/engine/plan/spread";
import type { Millis } from "@meterport/protocol/ports";
import { mayRead } from "../campaigns/windows.ts";
import { EventHeap } from "./event-heap.ts";
import { NightCampaigns, nightly, nightWindows } from "./model-campaign.ts";
import { ModelDatabase } from "./model-database.ts";
import { ModelGaps } from "./model-gaps.ts";
import { Holders, type ModelWorker } from "./model-holders.ts";
import { lookAt } from "./model-look.ts";
import type { ModelSettings } from "./model-settings.ts";
import { Tally } from "./model-tally.ts";
import { day, hour, minute, second, slotsPerDay, slotTime } from "./model-times.ts";
import { gapsWithout, pieceOf, vainTime, visitTime } from "./model-visits.ts";
import { localOffset, type ModelWorld, quietWindows, worldOf } from "./model-world.ts";
import { Seeded } from "./seeded.ts";
import { SlotBook } from "./slot-book.ts";

/** What an event is, in the low four bits of its code; above them the number of a meter, site, shard or worker. */
const kinds = {
  tick: 0,
  target: 1,
  end: 2,
  flush: 3,
  scan: 4,
  take: 5,
  stint: 6,
  night: 7,
  dawn: 8,
  death: 9,
  back: 10,
} as const;
const forget = 11;
const look = 12;
const sample = 13;

/** Why a visit is made, as bits. */
const why = { tick: 1, gap: 2, target: 4 } as const;
const [idle, waiting, reading] = [0, 1, 2];

/** Live reads of the home daemon come first; what the rhythm wants goes before campaigns, and gaps come last. */
const tickPriority = 8;
const gapPriority = 2;
const flushEvery: Millis = second;
/** From a death to the first shard of another holder, and to the last: as pg-boss was measured. */
const takeover = { first: 7.4 * second, last: 10.4 * second };
/** As a job of pg-boss expires. */
const stint: Millis = 23 * hour;
const lookHour: Millis = 10 * hour;

export class FleetModel {
  readonly settings: ModelSettings;
  readonly tally: Tally;
  readonly world: ModelWorld;
  readonly book: SlotBook;
  readonly gaps: ModelGaps;
  readonly #chance: Seeded;
  readonly #events: EventHeap;
  readonly #holders: Holders;
  readonly #campaigns: NightCampaigns;
  readonly #database: ModelDatabase;
  readonly #every: Millis;
  readonly #grace: Millis;
  readonly #duration: Millis;
  /** Of each meter: slots before it are read or gone, as its holder knows. */
  readonly #cursor: Int32Array;
  readonly #state: Uint8Array;
  readonly #why: Uint8Array;
  readonly #failures: Uint8Array;
  readonly #wishedAt: Float64Array;
  /** Of each site: its visit, and of which life of a worker it is. */
  readonly #visitor: Int32Array;
  readonly #life: Int32Array;
  readonly #endsAt: Float64Array;
  readonly #piece: Int32Array;
  readonly #failed: Uint8Array;
  readonly #flushing = new Set<number>();
  readonly #deaths = new Map<number, Millis>();
  #now: Millis = 0;

  constructor(settings: ModelSettings) {
    const { meters, days, seed, readsPerDay, shards } = settings;
    this.settings = settings;
    this.#chance = new Seeded(seed);
    this.world = worldOf(settings, this.#chance);
    this.#duration = days * day;
    this.tally = new Tally(this.#duration);
    this.book = new SlotBook(meters, days * slotsPerDay);
    this.gaps = new ModelGaps(this.book);
    this.#events = new EventHeap(Math.max(1_024, 2 * meters));
    this.#holders = new Holders(settings);
    this.#campaigns = new NightCampaigns(this.world, this.#chance);
    this.#database = new ModelDatabase(settings, this.book, this.tally);
    this.#every = day / readsPerDay;
    this.#grace = graceOf({ profile: this.#every, live: this.#every });
    this.#cursor = new Int32Array(meters);
    this.#state = new Uint8Array(meters);
    this.#why = new Uint8Array(meters);
    this.#failures = new Uint8Array(meters);
    this.#wishedAt = new Float64Array(meters);
    const { sites } = this.world;
    this.#visitor = new Int32Array(sites);
    this.#life = new Int32Array(sites);
    this.#endsAt = new Float64Array(sites);
    this.#piece = new Int32Array(3 * sites);
    this.#failed = new Uint8Array(sites);
    for (let meter = 0; meter < meters; meter++) this.#push(this.#nextTick(meter, -1), kinds.tick, meter);
    for (let shard = 0; shard < shards; shard++) {
      this.#push(phaseOf(`scan ${shard}`, hour), kinds.scan, shard);
      this.#push(phaseOf(`stint ${shard}`, stint), kinds.stint, shard);
    }
    this.#planFaults();
    this.#planDays();
    this.#push(0, sample, 0);
  }

  #planFaults(): void {
    const { deaths, amnesia } = this.settings.faults;
    for (const [n, { at, back }] of deaths.entries()) {
      this.#push(at, kinds.death, n);
      if (back !== undefined) this.#push(back, kinds.back, n);
    }
    for (const [n, { at }] of amnesia.entries()) this.#push(at, forget, n);
  }

  #planDays(): void {
    for (let n = 0; n < this.settings.days; n++) {
      this.#push(Math.max(0, nightly(n).opens), kinds.night, n);
      this.#push(nightly(n).closes, kinds.dawn, n);
      this.#push(n * day + lookHour - localOffset(0), look, n);
    }
  }

  /** Events that there were so far. */
  get events(): number {
    return this.#events.count;
  }

  /** Slots that were read and lost with an outbox before they were booked. */
  get slotsLost(): number {
    return this.#holders.slotsLost;
  }

  /** Runs until the end. */
  run(): Tally {
    while (this.#events.time < this.#duration) {
      this.#now = this.#events.time;
      const code = this.#events.pop() as number;
      this.#handle(code & 15, code >> 4);
    }
    this.#now = this.#duration;
    this.#look();
    return this.tally;
  }

  #push(time: Millis, kind: number, index: number): void {
    this.#events.push(time, (index << 4) | kind);
  }

  #handle(kind: number, index: number): void {
    if (kind === kinds.tick) this.#tick(index);
    else if (kind === kinds.end) this.#end(index);
    else if (kind === kinds.target) this.#targetDue(index);
    else if (kind === kinds.flush) this.#flush(index);
    else if (kind === kinds.scan) this.#scan(index);
    else if (kind === kinds.take) this.#take(index);
    else if (kind === kinds.stint) this.#endStint(index);
    else if (kind === kinds.night) this.#openNight(index);
    else if (kind === kinds.dawn) this.tally.campaigns.push(this.#campaigns.close());
    else if (kind === kinds.death) this.#die(index);
    else if (kind === kinds.back) this.#comeBack(index);
    else if (kind === forget) this.#forget(index);
    else if (kind === look) this.#look();
    else this.#sample();
  }

  #nextTick(meter: number, now: Millis): Millis {
    return nextRead({ began: this.world.phase[meter] as number, interval: this.#every }, now);
  }

  #holderOf(meter: number): ModelWorker | undefined {
    return this.#holders.of(this.world.shardOfSite[this.world.siteOf[meter] as number] as number);
  }

  /** When a site is no longer to be left alone; now if it is not. */
  #quietUntil(site: number): Millis {
    const isQuiet = this.world.isQuiet[site] === 1 && quietAt(quietWindows, this.#now, localOffset) !== undefined;
    return isQuiet ? this.#now + quietRest(quietWindows, this.#now, localOffset) : this.#now;
  }

  // What wants a visit

  #tick(meter: number): void {
    if (this.#state[meter] === reading) this.#push(this.#now + 30 * second, kinds.tick, meter);
    else this.#wish(meter, why.tick, tickPriority, (this.#failures[meter] as number) > 0);
  }

  #targetDue(meter: number): void {
    const at = this.#campaigns.nextAt(meter);
    if (at === undefined || at > this.#now || this.#state[meter] === reading) return;
    this.#wish(meter, why.target, this.#campaigns.priority(meter), this.#campaigns.isRetry(meter));
  }

  #wish(meter: number, reason: number, priority: number, retry: boolean): void {
    this.#why[meter] = (this.#why[meter] as number) | reason;
    if (this.#state[meter] === waiting) return;
    this.#state[meter] = waiting;
    this.#wishedAt[meter] = this.#now;
    const worker = this.#holderOf(meter);
    // Without a holder it waits for the next one, which begins with what is overdue.
    if (worker === undefined) return;
    worker.turns.add({ site: this.world.siteOf[meter] as number, priority, retry, visit: meter });
    this.#beginVisits(worker);
  }

  // Visits

  #beginVisits(worker: ModelWorker): void {
    for (let next = worker.turns.next(); next !== undefined; next = worker.turns.next())
      if (!this.#begin(next.visit, next.site, worker)) worker.turns.done(next.site);
  }

  /** False if there is nothing to do after all. */
  #begin(meter: number, site: number, worker: ModelWorker): boolean {
    const quietUntil = this.#quietUntil(site);
    if (quietUntil > this.#now) return this.#leave(meter, quietUntil);
    const reasons = this.#why[meter] as number;
    const campaign = this.#campaigns.mayTakeAlong(meter, this.#now);
    const read = (reasons & (why.tick | why.gap)) !== 0 ? this.#findPiece(meter, site) : 0;
    if (!campaign && read === 0) return this.#leave(meter, this.#now);
    this.#why[meter] = (reasons & ~why.target) | (campaign ? why.target : 0);
    this.#checkPromises(site, campaign);
    const isDead =
      this.#now >= (this.world.deadFrom[site] as number) && this.#now < (this.world.deadUntil[site] as number);
    const took = isDead ? vainTime(this.#chance) : visitTime(read, campaign, this.#chance);
    this.#failed[site] = Number(isDead || this.#chance.next() < this.settings.faults.failedReads);
    this.#state[meter] = reading;
    this.#visitor[site] = meter;
    this.#life[site] = worker.life;
    this.#endsAt[site] = this.#now + took;
    this.tally.began(this.#now, took, this.#now - (this.#wishedAt[meter] as number));
    if (campaign && reasons !== why.target) this.tally.bundled++;
    if (reasons === why.gap) this.tally.gapReads++;
    this.#push(this.#now + took, kinds.end, site);
    return true;
  }

  #checkPromises(site: number, campaign: boolean): void {
    const { broken } = this.tally;
    if ((this.#endsAt[site] as number) > this.#now) broken.twoAtALine++;
    if (campaign && !mayRead(nightWindows, this.#now, localOffset)) broken.outsideWindow++;
    if (this.world.isQuiet[site] === 1 && quietAt(quietWindows, this.#now, localOffset)) broken.inQuietWindow++;
  }

  /** Notes what a visit is to read of the load profile; how many slots. */
  #findPiece(meter: number, site: number): number {
    const newest = Math.floor(this.#now / slotTime);
    const cursor = this.#keepCursor(meter, newest);
    const piece = pieceOf(cursor, newest, this.gaps.spans(meter));
    if (piece === undefined) return 0;
    if (this.gaps.hasGone(meter, piece.from, piece.to)) this.tally.broken.askedForGone++;
    this.#piece.set([piece.from, piece.to, Number(piece.more)], 3 * site);
    return piece.to - piece.from;
  }

  /** The cursor, moved beyond what the meter has lost meanwhile. */
  #keepCursor(meter: number, newest: number): number {
    const cursor = this.#cursor[meter] as number;
    const held = newest - this.settings.memory;
    if (cursor >= held) return cursor;
    // While its bridge is dead, nobody knows what the meter still has.
    if (this.#failures[meter] === 0 || this.#reachable(meter)) {
      this.gaps.lose(meter, cursor, held);
      this.#cursor[meter] = held;
      return held;
    }
    return cursor;
  }

  #reachable(meter: number): boolean {
    const site = this.world.siteOf[meter] as number;
    return this.#now < (this.world.deadFrom[site] as number) || this.#now >= (this.world.deadUntil[site] as number);
  }

  /** A visit that does not take place now: what wanted it comes again. */
  #leave(meter: number, at: Millis): false {
    const reasons = this.#why[meter] as number;
    this.#state[meter] = idle;
    this.#why[meter] = 0;
    if ((reasons & why.tick) !== 0)
      this.#push(at > this.#now ? at : this.#nextTick(meter, this.#now), kinds.tick, meter);
    const target = this.#campaigns.nextAt(meter);
    if ((reasons & why.target) !== 0 && target !== undefined) this.#push(this.#nextWindow(at), kinds.target, meter);
    return false;
  }

  /** When the campaigns may read again. */
  #nextWindow(at: Millis): Millis {
    return mayRead(nightWindows, at, localOffset) ? Math.max(at, this.#now + second) : at + 10 * minute;
  }

  #end(site: number): void {
    const shard = this.world.shardOfSite[site] as number;
    const worker = this.#holders.of(shard);
    // Its worker has died, or the site has moved: the next holder begins again.
    if (worker === undefined || worker.life !== this.#life[site] || this.#endsAt[site] !== this.#now) return;
    const meter = this.#visitor[site] as number;
    const reasons = this.#why[meter] as number;
    const isRead = this.#failed[site] === 0;
    this.#state[meter] = idle;
    this.#why[meter] = 0;
    worker.turns.done(site);
    if (!isRead) this.tally.failedReads++;
    if ((reasons & why.target) !== 0) this.#endTarget(meter, isRead);
    if ((reasons & (why.tick | why.gap)) !== 0) {
      const more = isRead && this.#keepPiece(meter, site, worker);
      this.#planNext(meter, reasons, isRead, more);
    }
    this.#beginVisits(worker);
  }

  #endTarget(meter: number, isRead: boolean): void {
    this.#campaigns.tried(meter, isRead, this.#now);
    if (isRead) this.tally.campaignReads++;
    const next = this.#campaigns.nextAt(meter);
    if (next !== undefined) this.#push(next, kinds.target, meter);
  }

  #planNext(meter: number, reasons: number, isRead: boolean, more: boolean): void {
    const failures = isRead ? 0 : Math.min(255, (this.#failures[meter] as number) + 1);
    this.#failures[meter] = failures;
    if (more) this.#wish(meter, reasons & (why.tick | why.gap), tickPriority, false);
    else if ((reasons & why.tick) !== 0)
      this.#push(isRead ? this.#nextTick(meter, this.#now) : this.#retryTick(meter, failures), kinds.tick, meter);
  }

  #retryTick(meter: number, failures: number): Millis {
    return Math.min(this.#nextTick(meter, this.#now), this.#now + restAfter(failures));
  }

  /** Puts what was read into the outbox; true if the meter has more. */
  #keepPiece(meter: number, site: number, worker: ModelWorker): boolean {
    const [from = 0, to = 0, more = 0] = this.#piece.subarray(3 * site, 3 * site + 3);
    if (to === from) return false;
    worker.outbox.add({ meter, from, to });
    this.#flushSoon(worker.number);
    const cursor = this.#cursor[meter] as number;
    if (from <= cursor && to > cursor) this.#cursor[meter] = to;
    const gaps = this.gaps.spans(meter);
    if (gaps !== undefined) this.gaps.setSpans(meter, gapsWithout(gaps, { from, to }));
    return more === 1;
  }

  // The database

  #flushSoon(worker: number): void {
    if (this.#flushing.has(worker)) return;
    this.#flushing.add(worker);
    this.#push(this.#now + flushEvery, kinds.flush, worker);
  }

  #flush(number: number): void {
    this.#flushing.delete(number);
    const worker = this.#holders.workers[number] as ModelWorker;
    if (!worker.alive) return;
    const back = this.#database.back(this.#now);
    if (back === undefined) this.#database.bookSome(worker, this.#now);
    if (worker.outbox.size > 0) this.#flushSoon(number);
  }

  #forget(n: number): void {
    this.#database.forget(this.settings.faults.amnesia[n]?.share ?? 0, this.#now, this.#chance);
  }

  // Completeness

  #scan(shard: number): void {
    this.#push(this.#now + hour, kinds.scan, shard);
    if (this.#database.back(this.#now) !== undefined || this.#holders.of(shard) === undefined) return;
    const newest = Math.floor(this.#now / slotTime);
    const view = {
      now: this.#now,
      expected: Math.max(0, Math.floor((this.#now - this.#grace) / slotTime)),
      heldFrom: newest - this.settings.memory,
    };
    for (const meter of this.#metersOf(shard)) {
      const cursor = this.#cursor[meter] as number;
      if (this.book.firstMissing(meter, Math.min(view.expected, cursor)) >= Math.min(view.expected, cursor)) continue;
      if (this.gaps.scan(meter, { ...view, cursor }) && this.#state[meter] !== reading)
        this.#wish(meter, why.gap, gapPriority, (this.#failures[meter] as number) > 0);
    }
  }

  *#metersOf(shard: number): Iterable<number> {
    const { sitesOfShard, firstMeter } = this.world;
    for (const site of sitesOfShard[shard] ?? [])
      for (let meter = firstMeter[site] as number; meter < (firstMeter[site + 1] as number); meter++) yield meter;
  }

  #openNight(night: number): void {
    this.#campaigns.open(night);
    for (let meter = 0; meter < this.settings.meters; meter++) {
      const at = this.#campaigns.nextAt(meter);
      if (at !== undefined) this.#push(Math.max(at, this.#now), kinds.target, meter);
    }
  }

  // Workers

  #die(n: number): void {
    const death = this.settings.faults.deaths[n];
    const worker = this.#holders.workers[death?.worker ?? -1];
    if (death === undefined || worker === undefined || !worker.alive) return;
    this.#holders.kill(worker, death.disk);
    for (const shard of worker.shards) {
      this.#deaths.set(shard, this.#now);
      this.#push(
        this.#now + takeover.first + this.#chance.next() * (takeover.last - takeover.first),
        kinds.take,
        shard,
      );
    }
  }

  #comeBack(n: number): void {
    const worker = this.#holders.workers[this.settings.faults.deaths[n]?.worker ?? -1];
    if (worker === undefined || worker.alive) return;
    this.#holders.start(worker);
    if (worker.outbox.size > 0) this.#flushSoon(worker.number);
  }

  /** Another worker takes a shard of a dead one, as soon as there is a database to take it from. */
  #take(shard: number): void {
    const back = this.#database.back(this.#now);
    const worker = this.#holders.free();
    if (back !== undefined || worker === undefined) {
      this.#push((back ?? this.#now) + second, kinds.take, shard);
      return;
    }
    this.#move(shard, worker);
    const died = this.#deaths.get(shard);
    if (died === undefined || this.#database.wasAway(died, this.#now)) return;
    this.tally.slowestTakeover = Math.max(this.tally.slowestTakeover, this.#now - died);
  }

  /** A stint ends, and whoever has the fewest shards takes the next one. */
  #endStint(shard: number): void {
    this.#push(this.#now + stint, kinds.stint, shard);
    const holder = this.#holders.of(shard);
    const worker = this.#holders.free();
    if (
      this.#database.back(this.#now) !== undefined ||
      holder === undefined ||
      worker === undefined ||
      worker === holder
    )
      return;
    if (worker.shards.size + 1 < holder.shards.size) this.#move(shard, worker);
  }

  /** The new holder knows only what is booked, and begins with what is overdue. */
  #move(shard: number, to: ModelWorker): void {
    const from = this.#holders.of(shard);
    this.tally.moved++;
    this.#holders.give(shard, to);
    for (const site of this.world.sitesOfShard[shard] ?? []) {
      from?.turns.drop(site);
      if (from?.turns.isBusy(site)) from.turns.done(site);
      this.#endsAt[site] = 0;
    }
    const newest = Math.floor(this.#now / slotTime);
    for (const meter of this.#metersOf(shard)) {
      this.#cursor[meter] = Math.min(newest, this.book.firstMissing(meter, newest));
      this.gaps.setSpans(meter, []);
      if (this.#state[meter] !== idle) this.#resume(meter);
    }
    if (from !== undefined) this.#beginVisits(from);
  }

  #resume(meter: number): void {
    const reasons = this.#why[meter] as number;
    this.#state[meter] = idle;
    this.#why[meter] = 0;
    const soon = this.#now + this.#chance.next() * second;
    if ((reasons & why.tick) !== 0) this.#push(soon, kinds.tick, meter);
    if (this.#campaigns.nextAt(meter) !== undefined) this.#push(this.#nextWindow(soon), kinds.target, meter);
  }

  // Figures

  #look(): void {
    const { book, gaps, world, settings } = this;
    this.tally.looks.push(lookAt(this.#now, { book, gaps, world, meters: settings.meters, grace: this.#grace }));
  }

  #sample(): void {
    let [lines, queued, outbox] = [0, 0, 0];
    for (const { alive, turns, outbox: box } of this.#holders.workers) {
      if (alive) {
        lines += turns.counts.busy;
        queued += turns.counts.waiting;
      }
      outbox += box.size;
    }
    this.tally.sample(this.#now, lines, queued, outbox);
    this.#push(this.#now + 10 * second, sample, 0);
  }
}
