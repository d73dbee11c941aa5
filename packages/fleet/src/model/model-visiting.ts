/** Visits of a model: what wants one, when it begins, and what comes of it. */
import { restAfter } from "@meterport/engine/plan/point-job";
import { quietAt, quietRest } from "@meterport/engine/plan/quiet";
import type { Millis } from "@meterport/protocol/ports";
import { mayRead } from "../campaigns/windows.ts";
import { nightWindows } from "./model-campaign.ts";
import { flushSoon } from "./model-flush.ts";
import type { ModelWorker } from "./model-holders.ts";
import { doing, kinds, type ModelState, why } from "./model-state.ts";
import { minute, second, slotTime } from "./model-times.ts";
import { gapsWithout, pieceOf, vainTime, visitTime } from "./model-visits.ts";
import { localOffset, quietWindows } from "./model-world.ts";

/** Live reads of the home daemon come first; what the rhythm wants goes before campaigns, and gaps come last. */
const tickPriority = 8;
export const gapPriority = 2;

/** When the campaigns may read again, at `at` or later. */
export const nextWindow = (now: Millis, at: Millis): Millis =>
  mayRead(nightWindows, at, localOffset) ? Math.max(at, now + second) : at + 10 * minute;

export class Visiting {
  readonly #model: ModelState;

  constructor(model: ModelState) {
    this.#model = model;
  }

  /** The rhythm of a meter wants a visit. */
  tick(meter: number): void {
    if (this.#model.doing[meter] === doing.reading) this.#model.push(this.#model.now + 30 * second, kinds.tick, meter);
    else this.wish(meter, why.tick, tickPriority, (this.#model.failures[meter] as number) > 0);
  }

  /** A campaign's target wants one. */
  targetDue(meter: number): void {
    const at = this.#model.campaigns.nextAt(meter);
    if (at === undefined || at > this.#model.now || this.#model.doing[meter] === doing.reading) return;
    this.wish(meter, why.target, this.#model.campaigns.priority(meter), this.#model.campaigns.isRetry(meter));
  }

  /** Waits for a line, with what waits already. */
  wish(meter: number, reason: number, priority: number, retry: boolean): void {
    this.#model.why[meter] = (this.#model.why[meter] as number) | reason;
    if (this.#model.doing[meter] === doing.waiting) return;
    this.#model.doing[meter] = doing.waiting;
    this.#model.wishedAt[meter] = this.#model.now;
    const worker = this.#model.holderOf(meter);
    // Without a holder it waits for the next one, which begins with what is overdue.
    if (worker === undefined) return;
    worker.turns.add({ site: this.#model.world.siteOf[meter] as number, priority, retry, visit: meter });
    this.beginVisits(worker);
  }

  /** Begins what a worker has lines for. */
  beginVisits(worker: ModelWorker): void {
    for (let next = worker.turns.next(); next !== undefined; next = worker.turns.next())
      if (!this.#begin(next.visit, next.site, worker)) worker.turns.done(next.site);
  }

  /** False if there is nothing to do after all. */
  #begin(meter: number, site: number, worker: ModelWorker): boolean {
    const quietUntil = this.#quietUntil(site);
    if (quietUntil > this.#model.now) return this.#leave(meter, quietUntil);
    const reasons = this.#model.why[meter] as number;
    const campaign = this.#model.campaigns.mayTakeAlong(meter, this.#model.now);
    const read = (reasons & (why.tick | why.gap)) !== 0 ? this.#findPiece(meter, site) : 0;
    if (!campaign && read === 0) return this.#leave(meter, this.#model.now);
    this.#model.why[meter] = (reasons & ~why.target) | (campaign ? why.target : 0);
    this.#checkPromises(site, campaign);
    const isDead = this.#model.isDead(site);
    const took = isDead ? vainTime(this.#model.chance) : visitTime(read, campaign, this.#model.chance);
    this.#model.failed[site] = Number(isDead || this.#model.chance.next() < this.#model.settings.faults.failedReads);
    this.#model.doing[meter] = doing.reading;
    this.#model.visitor[site] = meter;
    this.#model.life[site] = worker.life;
    this.#model.endsAt[site] = this.#model.now + took;
    this.#model.tally.began(this.#model.now, took, this.#model.now - (this.#model.wishedAt[meter] as number));
    if (reasons === why.gap) this.#model.tally.gapReads++;
    this.#model.push(this.#model.now + took, kinds.end, site);
    return true;
  }

  /** When a site is no longer to be left alone; now if it is not. */
  #quietUntil(site: number): Millis {
    const isQuiet =
      this.#model.world.isQuiet[site] === 1 && quietAt(quietWindows, this.#model.now, localOffset) !== undefined;
    return isQuiet ? this.#model.now + quietRest(quietWindows, this.#model.now, localOffset) : this.#model.now;
  }

  #checkPromises(site: number, campaign: boolean): void {
    const { broken } = this.#model.tally;
    if ((this.#model.endsAt[site] as number) > this.#model.now) broken.twoAtALine++;
    if (campaign && !mayRead(nightWindows, this.#model.now, localOffset)) broken.outsideWindow++;
    if (this.#model.world.isQuiet[site] === 1 && quietAt(quietWindows, this.#model.now, localOffset))
      broken.inQuietWindow++;
  }

  /** Notes what a visit is to read of the load profile; how many slots. */
  #findPiece(meter: number, site: number): number {
    const newest = Math.floor(this.#model.now / slotTime);
    const cursor = this.#keepCursor(meter, site, newest);
    const piece = pieceOf(cursor, newest, this.#model.gaps.spans(meter));
    this.#model.piece.set([piece?.from ?? 0, piece?.to ?? 0, Number(piece?.more ?? false)], 3 * site);
    if (piece === undefined) return 0;
    if (this.#model.gaps.hasGone(meter, piece.from, piece.to)) this.#model.tally.broken.askedForGone++;
    return piece.to - piece.from;
  }

  /** The cursor, moved beyond what the meter has lost meanwhile. */
  #keepCursor(meter: number, site: number, newest: number): number {
    const cursor = this.#model.cursor[meter] as number;
    const held = newest - this.#model.settings.memory;
    if (cursor >= held) return cursor;
    // While its bridge is dead, nobody knows what the meter still has.
    if (this.#model.failures[meter] === 0 || !this.#model.isDead(site)) {
      this.#model.gaps.lose(meter, cursor, held);
      this.#model.cursor[meter] = held;
      return held;
    }
    return cursor;
  }

  /** A visit that does not take place now: what wanted it comes again. */
  #leave(meter: number, at: Millis): false {
    const reasons = this.#model.why[meter] as number;
    this.#model.doing[meter] = doing.idle;
    this.#model.why[meter] = 0;
    if ((reasons & why.tick) !== 0)
      this.#model.push(at > this.#model.now ? at : this.#model.nextTick(meter, this.#model.now), kinds.tick, meter);
    const target = this.#model.campaigns.nextAt(meter);
    if ((reasons & why.target) !== 0 && target !== undefined)
      this.#model.push(nextWindow(this.#model.now, at), kinds.target, meter);
    return false;
  }

  /** A visit at a site has ended. */
  end(site: number): void {
    const shard = this.#model.world.shardOfSite[site] as number;
    const worker = this.#model.holders.of(shard);
    // Its worker has died, or the site has moved: the next holder begins again.
    if (worker === undefined || worker.life !== this.#model.life[site] || this.#model.endsAt[site] !== this.#model.now)
      return;
    const meter = this.#model.visitor[site] as number;
    const reasons = this.#model.why[meter] as number;
    const isRead = this.#model.failed[site] === 0;
    this.#model.doing[meter] = doing.idle;
    this.#model.why[meter] = 0;
    worker.turns.done(site);
    if (!isRead) this.#model.tally.failedReads++;
    if ((reasons & why.target) !== 0) this.#endTarget(meter, isRead, reasons !== why.target);
    if ((reasons & (why.tick | why.gap)) !== 0) {
      const more = isRead && this.#keepPiece(meter, site, worker);
      this.#planNext(meter, reasons, isRead, more);
    }
    this.beginVisits(worker);
  }

  #endTarget(meter: number, isRead: boolean, bundled: boolean): void {
    this.#model.campaigns.tried(meter, isRead, this.#model.now);
    this.#model.tally.campaignReads += Number(isRead);
    this.#model.tally.bundled += Number(isRead && bundled);
    const next = this.#model.campaigns.nextAt(meter);
    if (next !== undefined) this.#model.push(next, kinds.target, meter);
  }

  #planNext(meter: number, reasons: number, isRead: boolean, more: boolean): void {
    const failures = isRead ? 0 : Math.min(255, (this.#model.failures[meter] as number) + 1);
    this.#model.failures[meter] = failures;
    if (more) this.wish(meter, reasons & (why.tick | why.gap), tickPriority, false);
    else if ((reasons & why.tick) !== 0)
      this.#model.push(
        isRead ? this.#model.nextTick(meter, this.#model.now) : this.#retryTick(meter, failures),
        kinds.tick,
        meter,
      );
  }

  #retryTick(meter: number, failures: number): Millis {
    return Math.min(this.#model.nextTick(meter, this.#model.now), this.#model.now + restAfter(failures));
  }

  /** Puts what was read into the outbox; true if the meter has more. */
  #keepPiece(meter: number, site: number, worker: ModelWorker): boolean {
    const [from = 0, to = 0, more = 0] = this.#model.piece.subarray(3 * site, 3 * site + 3);
    if (to === from) return false;
    worker.outbox.add({ meter, from, to });
    flushSoon(this.#model, worker.number);
    const cursor = this.#model.cursor[meter] as number;
    if (from <= cursor && to > cursor) this.#model.cursor[meter] = to;
    const gaps = this.#model.gaps.spans(meter);
    if (gaps !== undefined) this.#model.gaps.setSpans(meter, gapsWithout(gaps, { from, to }));
    return more === 1;
  }
}
