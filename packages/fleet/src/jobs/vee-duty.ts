/** The duty that checks days: when something of them changed and they are complete, and all of them at their deadline. */
import { usualDeadline } from "@meterport/gateway/settings/fleet-settings";
import type { Millis } from "@meterport/protocol/ports";
import type { Row } from "../books/database.ts";
import { grouped } from "../books/grouped.ts";
import type { VeeSettings } from "../vee/settings.ts";
import { dayMillis } from "../vee/vee-input.ts";
import { iso } from "./campaign-rows.ts";
import { type Duty, type DutyParts, keysOf } from "./duty.ts";
import { doneAt, noteDone } from "./marks.ts";
import { readDueShards } from "./sql/due-jobs.ts";
import {
  forgetChanged,
  readChanged,
  readChangedShards,
  readLateRegisters,
  readUnchecked,
  shortenChanged,
} from "./sql/vee.ts";
import { isoDay } from "./vee-rows.ts";
import { checkDays, type VeeOptions } from "./vee-run.ts";

export interface VeeDutySettings {
  readonly settings?: VeeSettings | undefined;
  readonly holidays?: ReadonlySet<string> | undefined;
  /** How long after its end a day may be completed; 10 h if omitted. */
  readonly deadline?: Millis | undefined;
}

/** Of a day that is alone; of several days fewer points are loaded at once. */
const pointsAtOnce = 200;
/** How many days of points are loaded at once, about. */
const daysLoaded = 2_000;
const changedAtOnce = 1_600;
/** Checks at the same time: while the database works for one, the other is judged. */
const lanes = 2;
/** Of a longer time the rest waits for the next round. */
const daysAtOnce = 60;
/** After a long stop older days are left as they are, unless something of them changes. */
const mostDeadlines = 40;
/** Sentences about days that cannot be checked, of one job. */
const mostTold = 20;
const mostRemembered = 10_000;

const midnight = (day: unknown): Millis => Date.parse(`${String(day)}T00:00:00Z`);
const dayOf = (time: Millis): Millis => Math.floor(time / dayMillis) * dayMillis;

interface Days {
  readonly first: Millis;
  readonly last: Millis;
}

interface Changed extends Days {
  readonly channel: number;
  readonly point: number;
  readonly changes: number;
  /** With the days that share registers with these. */
  readonly wide: Days;
}

const changedIn = (row: Row): Changed => {
  const own = { first: midnight(row.first_day), last: midnight(row.last_day) };
  const wide = { first: midnight(row.wide_first), last: midnight(row.wide_last) };
  return {
    ...{ channel: Number(row.channel_id), point: Number(row.point_id), changes: Number(row.changes), wide },
    ...(row.is_open === true ? wide : own),
  };
};

/** From the first of some days to the last, none of them after `most`. */
const spanOf = (some: readonly Days[], most: Millis): Days => ({
  first: Math.min(...some.map(({ first }) => first)),
  last: Math.min(most, Math.max(...some.map(({ last }) => last))),
});

type Check = Parameters<typeof checkDays>[1];

/** The checks of points of which the same days changed. */
const checksOf = (
  same: readonly { readonly point: number; readonly first: Millis; readonly last: Millis }[],
): Check[] => {
  const [one] = same;
  if (one === undefined || one.last < one.first) return [];
  const { first, last } = one;
  const days = (last - first) / dayMillis + 10;
  const most = Math.min(pointsAtOnce, Math.floor(daysLoaded / days));
  return Array.from({ length: Math.ceil(same.length / most) }, (_, n) => ({
    points: same.slice(n * most, (n + 1) * most).map(({ point }) => point),
    ...{ first, last },
  }));
};

class VeeWork {
  readonly #parts: DutyParts;
  readonly #settings: VeeDutySettings;
  readonly #deadline: Millis;
  /** What was told of sick points: they say the same each time. */
  readonly #told = new Set<string>();

  constructor(parts: DutyParts, settings: VeeDutySettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#deadline = settings.deadline ?? usualDeadline;
  }

  /** The last deadline that has passed: days that ended this long before. */
  lastDeadline(now: Millis): Millis {
    return dayOf(now - this.#deadline) + this.#deadline;
  }

  async perform(key: string, signal: AbortSignal): Promise<void> {
    const now = await this.#parts.now();
    const sick: string[] = [];
    const options = this.#options(now, (sentence) => void sick.push(sentence));
    try {
      while (await this.#changed(Number(key), options)) signal.throwIfAborted();
      await this.#deadlines(Number(key), options, signal);
    } finally {
      this.#tell(sick);
    }
  }

  #tell(sick: readonly string[]): void {
    const news = sick.filter((sentence) => !this.#told.has(sentence));
    for (const sentence of news.slice(0, mostTold)) this.#parts.log(sentence);
    if (news.length > mostTold) this.#parts.log(`${news.length - mostTold} more days cannot be checked`);
    if (this.#told.size > mostRemembered) this.#told.clear();
    for (const sentence of news) this.#told.add(sentence);
  }

  #options(now: Millis, complain: (sentence: string) => void): VeeOptions {
    const { settings, holidays } = this.#settings;
    return { settings, holidays, now, deadline: now - this.#deadline, complain };
  }

  /** Points have one check at most, so checks do not wait for each other. */
  async #checkAll(
    ranges: readonly (Days & { readonly point: number })[],
    options: VeeOptions,
  ): Promise<ReadonlySet<number>> {
    const same = grouped(ranges, ({ first, last }) => `${first} ${last}`);
    const left = [...same.values()].flatMap(checksOf).values();
    const unsettled = new Set<number>();
    const lane = async (): Promise<void> => {
      for (const check of left)
        for (const point of (await checkDays(this.#parts.database, check, options)).unsettled) unsettled.add(point);
    };
    // What failed in one is told when the other has ended as well: nothing goes on behind a job that is over.
    for (const done of await Promise.allSettled(Array.from({ length: lanes }, lane)))
      if (done.status === "rejected") throw done.reason;
    return unsettled;
  }

  /** Checks some of what changed; false if nothing is left. */
  async #changed(shard: number, options: VeeOptions): Promise<boolean> {
    const { run } = this.#parts.database;
    const changed = (await run(readChanged, [shard, changedAtOnce])).rows.map(changedIn);
    const yesterday = dayOf(options.now) - dayMillis;
    const ends = new Map<number, Millis>();
    const ranges = [...grouped(changed, ({ point }) => point)].map(([point, some]) => {
      const { first, last } = spanOf(some, yesterday);
      const end = Math.min(last, first + (daysAtOnce - 1) * dayMillis);
      ends.set(point, end);
      const wide = spanOf(
        some.map((one) => one.wide),
        yesterday,
      );
      return { point, first, last: end, wide: { first: Math.min(first, wide.first), last: Math.max(end, wide.last) } };
    });
    const unsettled = await this.#checkAll(ranges, options);
    const again = ranges.flatMap(({ point, first, last, wide }) =>
      unsettled.has(point) && (wide.first < first || wide.last > last) ? [{ point, ...wide }] : [],
    );
    await this.#checkAll(again, options);
    const isLeft = ({ point, last }: Changed): boolean => Math.min(last, yesterday) > (ends.get(point) ?? last);
    const [left, done] = [changed.filter(isLeft), changed.filter((one) => !isLeft(one))];
    const columns = (some: readonly Changed[]) => [
      some.map(({ channel }) => channel),
      some.map(({ changes }) => changes),
    ];
    if (done.length > 0) await run(forgetChanged, columns(done));
    if (left.length > 0) {
      const next = left.map(({ point }) => isoDay((ends.get(point) ?? 0) + dayMillis));
      await run(shortenChanged, [...columns(left), next]);
    }
    return changed.length === changedAtOnce || left.length > 0;
  }

  /** Checks days as they are whose deadline has passed. */
  async #deadlines(shard: number, options: VeeOptions, signal: AbortSignal): Promise<void> {
    const { run } = this.#parts.database;
    const until = this.lastDeadline(options.now);
    const before = (await doneAt(run, "vee-deadline", String(shard))) ?? until - dayMillis;
    if (before >= until) return;
    const days = Math.min(mostDeadlines, Math.ceil((until - before) / dayMillis));
    for (let n = days; n > 0; n--)
      await this.#deadlineOf(shard, dayOf(until - this.#deadline) - n * dayMillis, options, signal);
    await noteDone(run, "vee-deadline", String(shard), until);
  }

  async #deadlineOf(shard: number, day: Millis, options: VeeOptions, signal: AbortSignal): Promise<void> {
    const { database } = this.#parts;
    for (let after = 0; ; ) {
      signal.throwIfAborted();
      const { rows } = await database.run(readUnchecked, [shard, after, isoDay(day), pointsAtOnce]);
      const points = rows.map(({ point_id }) => Number(point_id));
      if (points.length > 0) await checkDays(database, { points, first: day, last: day }, options);
      if (points.length < pointsAtOnce) break;
      after = points.at(-1) ?? after;
    }
    const late = (await database.run(readLateRegisters, [shard, isoDay(day)])).rows;
    const ranges = late.map((row) => ({ point: Number(row.point_id), first: midnight(row.first_day), last: day }));
    await this.#checkAll(ranges, options);
  }
}

export const veeDuty = (parts: DutyParts, settings: VeeDutySettings = {}): Duty => {
  const work = new VeeWork(parts, settings);
  return {
    name: "vee",
    atOnce: 1,
    due: async (run, now) => {
      const changed = await keysOf(run, readChangedShards, []);
      const late = await keysOf(run, readDueShards, ["vee-deadline", parts.shards, iso(work.lastDeadline(now))]);
      return [...new Set([...changed, ...late])];
    },
    perform: (key, signal) => work.perform(key, signal),
  };
};
