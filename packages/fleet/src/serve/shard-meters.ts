/**
 * The meters of the shards that this process holds, in the gateway. Shards that come at about the same time are loaded together, one change of the
 * gateway follows the other, and what others change at sites is noticed.
 */

import { eventLogMemo } from "@meterport/engine/backfill/event-log-job";
import type { ProfileKnown } from "@meterport/engine/backfill/profile-known";
import type { Device } from "@meterport/engine/model/device";
import type { LevelLog } from "@meterport/gateway/log";
import type { LinkGate } from "@meterport/gateway/meters/gated-meter";
import type { CompanionGateway, HeldMeter } from "@meterport/gateway/operation/companion";
import { UsageError } from "@meterport/protocol/errors";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import { grouped } from "../books/grouped.ts";
import { devicesOf } from "../books/installed.ts";
import { sitesOf } from "../shards/sites.ts";
import type { Stint } from "../shards/stint.ts";
import { marksOf } from "../shards/told.ts";
import type { MeterKeys } from "./parts.ts";
import {
  differs,
  heldMeter,
  keyFor,
  pausedSites,
  type ReachedMeter,
  type Rhythm,
  reachedMeters,
} from "./site-meters.ts";

export interface ShardMetersOptions {
  readonly run: Run;
  readonly keys: MeterKeys;
  readonly gateway: Pick<CompanionGateway, "hold" | "release" | "store">;
  readonly rhythm: Rhythm;
  readonly known: ProfileKnown;
  /** What is known of the claim of a shard; undefined once it is over. */
  readonly stintOf: (shard: number) => Pick<Stint, "mayRead" | "heard"> | undefined;
  readonly clock: Clock;
  readonly log: LevelLog;
}

/** Points of one statement, and stores that are asked at once. */
const page = 200;

/** A meter that is read. */
interface Held {
  readonly shard: number;
  readonly meter: HeldMeter;
}

/** Why a meter is not read. */
interface Problem {
  readonly shard: number;
  readonly text: string;
}

/** What is to be done with a shard. */
interface Change {
  readonly shard: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export interface MeterCounts {
  readonly held: number;
  /** Without a key that opens, or with a link that leads nowhere. */
  readonly unreadable: number;
  readonly pausedSites: number;
}

/** Lines of the log about meters that are not read. */
const mostLines = 5;

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class ShardMeters {
  readonly #options: ShardMetersOptions;
  readonly #shards = new Set<number>();
  readonly #held = new Map<string, Held>();
  /** By point: what is wrong with meters that are not read. */
  readonly #problems = new Map<string, Problem>();
  readonly #coming: Change[] = [];
  readonly #leaving: Change[] = [];
  #paused = 0;
  #working: Promise<void> | undefined;
  #wantsLook = false;

  constructor(options: ShardMetersOptions) {
    this.#options = options;
  }

  /** Reads the meters of a shard from now on. @throws PostgresError if they cannot be loaded */
  take(shard: number): Promise<void> {
    return this.#change(this.#coming, shard);
  }

  /** Closes the links of a shard's meters. */
  drop(shard: number): Promise<void> {
    return this.#change(this.#leaving, shard);
  }

  /** Looks what others have changed at the sites. */
  look(): Promise<void> {
    this.#wantsLook = true;
    return this.#work();
  }

  /** The shard of a point that is read here. */
  shardOf(point: string): number | undefined {
    return this.#held.get(point)?.shard;
  }

  points(): readonly string[] {
    return [...this.#held.keys()];
  }

  counts(): MeterCounts {
    return { held: this.#held.size, unreadable: this.#problems.size, pausedSites: this.#paused };
  }

  #change(list: Change[], shard: number): Promise<void> {
    return new Promise((done, failed) => {
      list.push({ shard, done, failed });
      void this.#work();
    });
  }

  #work(): Promise<void> {
    this.#working ??= this.#workAll().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async #workAll(): Promise<void> {
    // A moment later, so that shards which are taken together are loaded together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#coming.length + this.#leaving.length > 0 || this.#wantsLook) {
      this.#wantsLook = false;
      await this.#leave(this.#leaving.splice(0));
      await this.#come(this.#coming.splice(0));
    }
  }

  /** Never rejects: a link that does not close is the gateway's to cut. */
  async #leave(leaving: readonly Change[]): Promise<void> {
    if (leaving.length === 0) return;
    const shards = new Set(leaving.map(({ shard }) => shard));
    for (const shard of shards) this.#shards.delete(shard);
    const gone = [...this.#held].flatMap(([point, { shard }]) => (shards.has(shard) ? [point] : []));
    for (const [point, { shard }] of this.#problems) if (shards.has(shard)) this.#problems.delete(point);
    try {
      await this.#release(gone);
    } catch (error) {
      this.#options.log.error(`meters of a shard do not end in order: ${sentenceOf(error)}`);
    }
    for (const { done } of leaving) done();
  }

  async #release(points: readonly string[]): Promise<void> {
    for (const point of points) this.#held.delete(point);
    if (points.length > 0) await this.#options.gateway.release(points);
  }

  async #come(coming: readonly Change[]): Promise<void> {
    const shards = [...new Set([...this.#shards, ...coming.map(({ shard }) => shard)])];
    if (shards.length === 0) return;
    try {
      await this.#load(shards);
      for (const { shard, done } of coming) {
        this.#shards.add(shard);
        done();
      }
    } catch (error) {
      if (coming.length === 0) this.#options.log.debug(`sites are looked at again later: ${sentenceOf(error)}`);
      for (const { failed } of coming) failed(error);
    }
  }

  /** What the meters of these shards are now; of those that are held already, only changes count. */
  async #load(shards: readonly number[]): Promise<void> {
    const { run, keys, clock, rhythm, known } = this.#options;
    const sites = await sitesOf(run, shards);
    const reached = reachedMeters(sites, clock.wall());
    const opened = await keys.open(
      run,
      reached.map(({ meter }) => meter.serial),
    );
    this.#paused = pausedSites(sites, clock.wall());
    const wanted = new Map<string, Held>();
    const problems = new Map<string, Problem>();
    for (const one of reached) {
      const key = keyFor(one, opened);
      if (typeof key === "string") problems.set(one.meter.point, { shard: one.shard, text: key });
      else
        wanted.set(one.meter.point, { shard: one.shard, meter: heldMeter(one, key, rhythm, known, this.#gateOf(one)) });
    }
    const gone = [...this.#held.keys()].filter((point) => !wanted.has(point));
    await this.#release(gone);
    const changed = [...wanted].filter(([point, { meter }]) => {
      const now = this.#held.get(point);
      return now === undefined || differs(now.meter, meter);
    });
    await this.#seed(changed.flatMap(([point]) => (this.#held.has(point) ? [] : [point])));
    await this.#hold(changed, problems);
    // A point that went from one shard of ours to another is read on.
    for (const [point, held] of wanted) {
      const now = this.#held.get(point);
      if (now !== undefined) this.#held.set(point, { ...now, shard: held.shard });
    }
    await this.#tellProblems(problems);
  }

  /** Its meter may be asked while the claim of its shard holds: that shard is another one if the point has moved. */
  #gateOf({ shard, meter: { point } }: ReachedMeter): LinkGate {
    const stint = () => this.#options.stintOf(this.#held.get(point)?.shard ?? shard);
    return {
      isOpen: () => stint()?.mayRead() ?? false,
      // Without a claim the link is about to be closed.
      changed: () => stint()?.heard() ?? new Promise(() => {}),
    };
  }

  /** All at once, or each by itself if one of them has a link that leads nowhere. */
  async #hold(
    meters: readonly (readonly [point: string, held: Held])[],
    problems: Map<string, Problem>,
  ): Promise<void> {
    const { gateway } = this.#options;
    if (meters.length === 0) return;
    try {
      await gateway.hold(meters.map(([, { meter }]) => meter));
      for (const [point, held] of meters) this.#held.set(point, held);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const [one, ...others] = meters;
      if (one === undefined) return;
      if (others.length === 0) {
        problems.set(one[0], { shard: one[1].shard, text: error.message });
        return;
      }
      const half = Math.ceil(meters.length / 2);
      await this.#hold(meters.slice(0, half), problems);
      await this.#hold(meters.slice(half), problems);
    }
  }

  /** Tells the store which meters hung at these points before, so that none is taken for a stranger, and up to where their logs were read. */
  async #seed(points: readonly string[]): Promise<void> {
    const { run, gateway } = this.#options;
    for (let from = 0; from < points.length; from += page) {
      const some = points.slice(from, from + page);
      const known = grouped(await devicesOf(run, some), ({ point }) => point);
      const unknown = await Promise.all(
        [...known].map(async ([point, devices]): Promise<readonly Device[]> => {
          const own = new Set((await gateway.store.devices(point)).map((device) => device.from));
          return devices.every((device) => own.has(device.from)) ? [] : devices;
        }),
      );
      const devices = unknown.flat();
      const marks = await marksOf(run, eventLogMemo, some);
      const memos = marks.map(({ point, mark }) => ({ point, name: eventLogMemo, text: mark }));
      if (devices.length + memos.length > 0) await gateway.store.write({ devices, memos });
    }
  }

  /** An event and a line for each meter that is not read, when that begins. */
  async #tellProblems(problems: ReadonlyMap<string, Problem>): Promise<void> {
    const { clock, log, gateway } = this.#options;
    const time: Millis = clock.wall();
    const news = [...problems].filter(([point, { text }]) => this.#problems.get(point)?.text !== text);
    for (const [point] of this.#problems) if (!problems.has(point)) this.#problems.delete(point);
    for (const [point, problem] of problems) this.#problems.set(point, problem);
    if (news.length === 0) return;
    for (const [point, { text }] of news.slice(0, mostLines)) log.warn(`not read: ${text}`, { meter: point });
    if (news.length > mostLines)
      log.warn(`and ${news.length - mostLines} more meters are not read; each has an event that says why`);
    await gateway.store.write({
      events: news.map(([point, { text }]) => ({
        ...{ point, id: `not-readable:${time}`, time, until: null, kind: "not-readable", number: null },
        ...{ origin: "gateway" as const, detail: JSON.stringify({ problem: text }) },
      })),
    });
  }
}
