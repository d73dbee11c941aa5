/** All that a model knows at a moment: what happens to it is in the files beside. */
import { graceOf } from "@meterport/engine/intervals/grace";
import { nextRead } from "@meterport/engine/plan/rhythm";
import type { Millis } from "@meterport/protocol/ports";
import { EventHeap } from "./event-heap.ts";
import { NightCampaigns } from "./model-campaign.ts";
import { ModelDatabase } from "./model-database.ts";
import { ModelGaps } from "./model-gaps.ts";
import { Holders, type ModelWorker } from "./model-holders.ts";
import type { ModelSettings } from "./model-settings.ts";
import { Tally } from "./model-tally.ts";
import { day, slotsPerDay } from "./model-times.ts";
import { type ModelWorld, worldOf } from "./model-world.ts";
import { Seeded } from "./seeded.ts";
import { SlotBook } from "./slot-book.ts";

/** What an event is, in the low four bits of its code; above them the number of a meter, site, shard, worker, day or failure. */
export const kinds = {
  ...{ tick: 0, target: 1, end: 2, flush: 3, scan: 4, take: 5, stint: 6 },
  ...{ night: 7, dawn: 8, death: 9, back: 10, forget: 11, look: 12, sample: 13 },
} as const;

/** Why a visit is made, as bits. */
export const why = { tick: 1, gap: 2, target: 4 } as const;

/** What a meter does. */
export const doing = { idle: 0, waiting: 1, reading: 2 } as const;

export class ModelState {
  readonly settings: ModelSettings;
  readonly tally: Tally;
  readonly world: ModelWorld;
  readonly book: SlotBook;
  readonly gaps: ModelGaps;
  readonly chance: Seeded;
  readonly events: EventHeap;
  readonly holders: Holders;
  readonly campaigns: NightCampaigns;
  readonly database: ModelDatabase;
  /** From one read of a meter to the next. */
  readonly every: Millis;
  /** How long after its end a slot may come. */
  readonly grace: Millis;
  readonly duration: Millis;
  /** Of each meter: slots before it are read or gone, as its holder knows. */
  readonly cursor: Int32Array;
  readonly doing: Uint8Array;
  readonly why: Uint8Array;
  readonly failures: Uint8Array;
  readonly wishedAt: Float64Array;
  /** Of each site: the meter of its visit, the life of the worker that makes it, when it ends, and whether it fails. */
  readonly visitor: Int32Array;
  readonly life: Int32Array;
  readonly endsAt: Float64Array;
  readonly failed: Uint8Array;
  /** What it reads: slots from, to below, and whether there is more. */
  readonly piece: Int32Array;
  now: Millis = 0;

  constructor(settings: ModelSettings) {
    const { meters, days, seed, readsPerDay } = settings;
    this.settings = settings;
    this.chance = new Seeded(seed);
    this.world = worldOf(settings, this.chance);
    this.duration = days * day;
    this.tally = new Tally(this.duration);
    this.book = new SlotBook(meters, days * slotsPerDay);
    this.gaps = new ModelGaps(this.book);
    this.events = new EventHeap(Math.max(1_024, 2 * meters));
    this.holders = new Holders(settings);
    this.campaigns = new NightCampaigns(this.world, this.chance);
    this.database = new ModelDatabase(settings, this.book, this.tally);
    this.every = day / readsPerDay;
    this.grace = graceOf({ profile: this.every, live: this.every });
    this.cursor = new Int32Array(meters);
    this.doing = new Uint8Array(meters);
    this.why = new Uint8Array(meters);
    this.failures = new Uint8Array(meters);
    this.wishedAt = new Float64Array(meters);
    const { sites } = this.world;
    this.visitor = new Int32Array(sites);
    this.life = new Int32Array(sites);
    this.endsAt = new Float64Array(sites);
    this.failed = new Uint8Array(sites);
    this.piece = new Int32Array(3 * sites);
  }

  push(time: Millis, kind: number, index: number): void {
    this.events.push(time, (index << 4) | kind);
  }

  nextTick(meter: number, now: Millis): Millis {
    return nextRead({ began: this.world.phase[meter] as number, interval: this.every }, now);
  }

  holderOf(meter: number): ModelWorker | undefined {
    return this.holders.of(this.world.shardOfSite[this.world.siteOf[meter] as number] as number);
  }

  /** Whether the bridge of a site is dead now. */
  isDead(site: number): boolean {
    return this.now >= (this.world.deadFrom[site] as number) && this.now < (this.world.deadUntil[site] as number);
  }

  *metersOf(shard: number): Iterable<number> {
    const { sitesOfShard, firstMeter } = this.world;
    for (const site of sitesOfShard[shard] ?? [])
      for (let meter = firstMeter[site] as number; meter < (firstMeter[site + 1] as number); meter++) yield meter;
  }
}
