/** The history of one point: intervals from its live registers at once, and from its meter's memory as soon as that is read. */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { clockPutsElsewhere } from "../clock/clock-share.ts";
import type { GuardEvent } from "../guard/guard.ts";
import { IntervalBuilder } from "../intervals/interval-builder.ts";
import type { Interval } from "../model/interval.ts";
import type { PointJob } from "../plan/point-job.ts";
import type { Keeper } from "../points/keeper.ts";
import type { Log } from "../ports/log.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import type { Store } from "../ports/store.ts";
import { type BackfillJobs, type BackfillRates, backfillJobs } from "./jobs.ts";
import { LiveFirst } from "./live-first.ts";
import type { PieceRoom } from "./piece-room.ts";
import type { ProfileProgress } from "./profile-job.ts";
import type { ProfileKnown } from "./profile-known.ts";

export interface PointHistoryOptions {
  readonly point: string;
  /** IANA name of the zone whose days count. */
  readonly zone: string;
  readonly source: MeterSource;
  readonly store: Store;
  readonly keeper: Pick<Keeper, "keep">;
  readonly clock: Clock;
  /** Time between two live readings. */
  readonly interval: Millis;
  /** Whether the meter's memory is read; it is if omitted. */
  readonly backFill?: boolean | undefined;
  readonly rates?: BackfillRates | undefined;
  /** How far the machine's clock and the meter's are apart, milliseconds; null if that is unknown. */
  readonly clockDisagreement?: (() => Millis | null) | undefined;
  readonly log?: Pick<Log, "info"> | undefined;
  /** What the load profiles of all points share. */
  readonly room?: PieceRoom | undefined;
  /** What is known of its load profile elsewhere. */
  readonly known?: ProfileKnown | undefined;
}

/** Readings may be this far from the end of an interval at least. */
const tolerance: Millis = 60_000;

/** Two clocks disagree on when it was; a value of the load profile, or one with a right clock, replaces it. */
const doubtedByClock = (interval: Interval): Interval => ({
  ...interval,
  quality: "suspect",
  flags: [...interval.flags, "clockDoubted"],
});

export class PointHistory {
  /** The source that live readings must use, so that back-fill lets them come first. */
  readonly source: MeterSource;
  readonly jobs: readonly PointJob[];
  readonly #options: PointHistoryOptions;
  readonly #fill: BackfillJobs;
  readonly #builder: IntervalBuilder;
  /** Of the meter whose registers the builder has. */
  #serial: string | null = null;

  constructor(options: PointHistoryOptions) {
    const { point, zone, source, store, clock, interval, backFill = true, rates, log, room, known } = options;
    const live = new LiveFirst();
    this.#options = options;
    this.source = live.watch(source);
    this.#fill = backfillJobs({ point, zone, source, store, clock, before: live.turn, rates, log, room, known });
    this.jobs = backFill ? this.#fill.all : [];
    this.#builder = new IntervalBuilder({ point, tolerance: Math.max(tolerance, interval) });
  }

  /** What the guard noticed about the reading that comes next. */
  readonly onEvent = ({ kind }: GuardEvent): void => {
    // Another meter, whose registers need not be lower, or a gap that went unnoticed.
    if (kind === "meter-exchange" || kind === "register-leap") this.#builder.forget();
  };

  readonly onReading = (reading: LiveReading): void => {
    const { keeper, clock, source, clockDisagreement } = this.#options;
    const serial = source.identity()?.serial ?? null;
    if (serial !== null && this.#serial !== null && serial !== this.#serial) this.#builder.forget();
    this.#serial = serial ?? this.#serial;
    const { seconds } = this.#fill.profile;
    if (seconds !== undefined) this.#builder.follow(seconds);
    const apart = Math.abs(clockDisagreement?.() ?? 0);
    const intervals = this.#builder
      .push(reading, clock.now())
      .map((made) => (clockPutsElsewhere(apart, made.seconds) ? doubtedByClock(made) : made));
    if (intervals.length > 0) keeper.keep({ intervals });
  };

  /** How far the load profile has been read. */
  readonly progress = (): ProfileProgress => this.#fill.profile.progress();

  /** Has the load profile looked at again from this moment on. */
  readonly readAgainFrom = (time: Millis): void => this.#fill.profile.readAgainFrom(time);

  readonly close = (): void => this.#fill.close();
}
