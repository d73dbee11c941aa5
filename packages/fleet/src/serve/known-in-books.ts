/**
 * What the books know of load profiles, for the back-fill of a process that has just taken a shard: it reads what is missing there and nothing
 * else. Points that ask at about the same time are looked up together.
 */

import type { Covered } from "@meterport/engine/backfill/profile-gaps";
import type { KnownIntervals, KnownQuery, ProfileKnown } from "@meterport/engine/backfill/profile-known";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import { type RankedDay, ranksOf } from "../books/gap-book.ts";
import { grouped } from "../books/grouped.ts";
import { endOf, meaningOf, void_ } from "../books/slots.ts";

const day: Millis = 86_400_000;
/** So long others may join a look-up. */
const gather: Millis = 25;
/** Points of one look-up: sixty days of them are some megabytes. */
const mostPoints = 100;
/** If the books do not answer, so much is read again rather than waited for. */
const worthReading: Millis = 2 * day;

interface Asked extends KnownQuery {
  readonly answer: (known: KnownIntervals) => void;
  readonly fail: (error: unknown) => void;
}

const isLong = ({ after, until }: KnownQuery): boolean => until - after > worthReading;

const isSettled = (rank: string | undefined): boolean => {
  if (rank === undefined) return false;
  const source = meaningOf(rank)?.source;
  return rank === void_ || source === "profile" || source === "manual";
};

/** Settled slots of a day, as spans. */
const spansOf = (one: RankedDay): readonly Covered[] => {
  const spans: [Millis, Millis][] = [];
  const count = Math.max(one.rank.length, one.gone.length);
  for (let slot = 0; slot < count; slot++) {
    if (!isSettled(one.rank[slot]) && one.gone[slot] !== "1") continue;
    const end = endOf(one.day, slot, one);
    const from = end - 1_000 * one.step;
    const last = spans.at(-1);
    if (last !== undefined && last[1] === from) last[1] = end;
    else spans.push([from, end]);
  }
  return spans;
};

/** By channel; ascending by their beginnings. */
const settledIn = (days: readonly RankedDay[]): KnownIntervals =>
  new Map(
    [...grouped(days, ({ name }) => name)].map(([name, some]) => [
      name,
      some.flatMap(spansOf).sort((a, b) => a[0] - b[0]),
    ]),
  );

const isoDay = (time: Millis): string => new Date(time).toISOString().slice(0, 10);

export class KnownInBooks {
  readonly #run: Run;
  readonly #clock: Pick<Clock, "now" | "at">;
  #waiting: Asked[] = [];
  #cancel: (() => void) | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(run: Run, clock: Pick<Clock, "now" | "at">) {
    this.#run = run;
    this.#clock = clock;
  }

  /** @throws PostgresError if so much is asked for that waiting is better than reading */
  readonly ask: ProfileKnown = (query) =>
    new Promise((answer, fail) => {
      this.#waiting.push({ ...query, answer, fail });
      this.#cancel ??= this.#clock.at(this.#clock.now() + gather, () => this.#flush());
    });

  #flush(): void {
    this.#cancel = undefined;
    const all = this.#waiting;
    this.#waiting = [];
    for (const some of [all.filter(isLong), all.filter((query) => !isLong(query))])
      for (let from = 0; from < some.length; from += mostPoints) {
        const asked = some.slice(from, from + mostPoints);
        // One look-up at a time: booking needs the database as well.
        this.#looking = this.#looking.then(() => this.#look(asked));
      }
  }

  async #look(asked: readonly Asked[]): Promise<void> {
    const first = Math.min(...asked.map(({ after }) => after)) - 2 * day;
    const last = Math.max(...asked.map(({ until }) => until));
    try {
      const points = [...new Set(asked.map(({ point }) => point))];
      const days = grouped(
        await ranksOf(this.#run, points, { first: isoDay(first), last: isoDay(last) }),
        ({ point }) => point,
      );
      for (const { point, answer } of asked) answer(settledIn(days.get(point) ?? []));
    } catch (error) {
      for (const query of asked)
        if (isLong(query)) query.fail(error);
        else query.answer(new Map());
    }
  }
}
