/** Keeps what a point says: each reading with the facts that follow from it, in one write. */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { ClockJob, clockMemoName } from "../clock/clock-job.ts";
import type { ClockOffset } from "../clock/clock-watch.ts";
import { exchangeSentence } from "../devices/exchange.ts";
import type { GuardEvent, GuardState } from "../guard/guard.ts";
import type { PointJob } from "../plan/point-job.ts";
import { type Log, logOf } from "../ports/log.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import type { LastRegisters, Memo, Store } from "../ports/store.ts";
import { guardMemoName, guardMemoWriter, resumedGuard } from "./guard-memo.ts";
import type { Keeper } from "./keeper.ts";
import { PointFacts } from "./point-facts.ts";
import { dayIn } from "./point-facts-day.ts";
import { loadFactsMemory } from "./point-facts-memory.ts";

export interface PointKeeperOptions {
  readonly point: string;
  /** IANA name of the zone whose days count. */
  readonly zone: string;
  readonly source: Pick<MeterSource, "ask" | "status" | "condition" | "identity">;
  readonly store: Store;
  readonly keeper: Keeper;
  readonly clock: Clock;
  readonly log: Log;
  /** How often the meter's clock is read; an hour if omitted. */
  readonly clockEvery?: Millis | "off" | undefined;
}

interface Resumed {
  readonly guardState: GuardState;
  readonly guardMemo: string | undefined;
  readonly clockMemo: string | undefined;
}

type Noted = Parameters<PointFacts["take"]>[0];

/** Readings whose facts wait until the store says what it knows of the point; more than these are not kept. */
const mayWait = 1_000;

export class PointKeeper {
  /** Where the guard resumes. */
  readonly guardState: GuardState;
  readonly jobs: readonly PointJob[];
  readonly #options: PointKeeperOptions;
  readonly #clockJob: ClockJob;
  #facts: PointFacts | undefined;
  readonly #memoOf = guardMemoWriter();
  #memo: string | null;
  /** What the guard noticed about the reading that comes next. */
  #noticed: GuardEvent[] = [];
  /** Readings, which are stored already, whose facts are not known yet. */
  #unread: Noted[] = [];
  #loading = false;

  constructor(options: PointKeeperOptions, resumed: Resumed) {
    const { point, source, clock, log, keeper, clockEvery } = options;
    this.#options = options;
    this.guardState = resumed.guardState;
    this.#memo = resumed.guardMemo ?? null;
    this.#clockJob = new ClockJob({
      ...{ point, source, clock, log, memo: resumed.clockMemo, every: clockEvery === "off" ? undefined : clockEvery },
      keep: (events, text) => keeper.keep({ events, memos: [{ point, name: clockMemoName, text }] }),
    });
    this.jobs = clockEvery === "off" ? [] : [this.#clockJob];
  }

  /** The meter's clock minus the machine's; null if it is not known now. */
  readonly clockOffset = (): ClockOffset | null => this.#clockJob.offset();

  /** How far the two clocks were apart when they were last compared; null if they were not, or one was set since. */
  readonly clockDisagreement = (): Millis | null => this.#clockJob.disagreement();

  readonly onEvent = (event: GuardEvent): void => {
    if (event.kind !== "withheld") this.#noticed.push(event);
  };

  readonly onReading = (reading: LiveReading, guardState: GuardState): void => {
    this.#clockJob.notice();
    const { point, source, keeper } = this.#options;
    const [events, identity, memo] = [this.#noticed, source.identity(), this.#memoOf(guardState)];
    if (events.length > 0) this.#noticed = [];
    const memos: Memo[] | undefined = memo === this.#memo ? undefined : [{ point, name: guardMemoName, text: memo }];
    this.#memo = memo;
    const noted: Noted = { reading, identity, events };
    const readings = [{ point, reading }];
    if (this.#facts !== undefined) {
      const facts = this.#factsOf(this.#facts, noted);
      keeper.keep({
        readings,
        ...facts,
        memos: memos === undefined ? facts.memos : [...(facts.memos ?? []), ...memos],
      });
      return;
    }
    keeper.keep({ readings, memos });
    this.#unread = [...this.#unread, noted].slice(-mayWait);
    void this.#follow();
  };

  /** An exchange is worth a line: it is rare, and somebody was there. */
  #factsOf(from: PointFacts, noted: Noted): ReturnType<PointFacts["take"]> {
    const { point, log } = this.#options;
    const facts = from.take(noted);
    for (const event of facts.events ?? []) {
      const sentence = exchangeSentence(event);
      if (sentence !== undefined) logOf(log, point).info(sentence);
    }
    return facts;
  }

  /** Facts follow from what the store knows of the point; while it fails, each reading asks again. */
  async #follow(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      const facts = await this.#load();
      this.#facts = facts;
      for (const noted of this.#unread) this.#options.keeper.keep(this.#factsOf(facts, noted));
      this.#unread = [];
    } catch {
      // The keeper says that the store fails.
    } finally {
      this.#loading = false;
    }
  }

  async #load(): Promise<PointFacts> {
    const { point, zone, store, clock } = this.#options;
    const memory = await loadFactsMemory(store, point, clock.wall());
    return new PointFacts({
      point,
      dayOf: dayIn(zone),
      clockOffset: () => this.clockOffset()?.offset ?? null,
      ...memory,
    });
  }
}

/** What the store has of a point when it is opened. */
export interface StoredPoint {
  readonly last: LastRegisters | undefined;
  readonly guardMemo: string | undefined;
  readonly clockMemo: string | undefined;
}

/** That of all points, in three queries: one for each point would delay a start with many. @throws what the store throws */
export const storedPoints = async (
  store: Pick<Store, "allLastRegisters" | "allMemos">,
): Promise<(point: string) => StoredPoint> => {
  const [last, guardMemos, clockMemos] = await Promise.all([
    store.allLastRegisters(),
    store.allMemos(guardMemoName),
    store.allMemos(clockMemoName),
  ]);
  return (point) => ({ last: last.get(point), guardMemo: guardMemos.get(point), clockMemo: clockMemos.get(point) });
};

/** @throws what the store throws when the devices of the point are read */
export const openPointKeeper = async (
  options: PointKeeperOptions,
  { last, guardMemo, clockMemo }: StoredPoint,
): Promise<PointKeeper> => {
  const { point, store, clock } = options;
  const wall = clock.wall();
  // Only after a wrong clock does it matter which meter hangs there now.
  const devices = last !== undefined && last.time > wall ? await store.devices(point) : [];
  const device = devices.find(({ to }) => to === null);
  return new PointKeeper(options, {
    guardState: resumedGuard({ last, memo: guardMemo, device, wall }),
    guardMemo,
    clockMemo,
  });
};
