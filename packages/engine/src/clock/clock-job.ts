/** Reads the meter's clock once an hour, after an outage and after a step of the machine's clock, and tells what follows. */
import { ResponseError } from "@meterport/protocol/errors";
import { utcMillis } from "@meterport/protocol/layout/index";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { BT52 } from "@meterport/protocol/tables/basic/bt52-utc-clock";
import type { PointEvent } from "../model/point-event.ts";
import type { PointJob } from "../plan/point-job.ts";
import { type Log, logOf } from "../ports/log.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import { clockEvent, describeClock } from "./clock-events.ts";
import { type ClockFinding, type ClockMoment, type ClockOff, type ClockOffset, ClockWatch } from "./clock-watch.ts";

export interface ClockJobOptions {
  readonly point: string;
  readonly source: Pick<MeterSource, "ask" | "status" | "condition">;
  readonly clock: Clock;
  readonly log: Log;
  /** What was kept under `clockMemoName`. */
  readonly memo?: string | undefined;
  /** How often it is read; an hour if omitted. */
  readonly every?: Millis | undefined;
  /** Stores what was found, and the memo; null deletes it. */
  readonly keep: (events: readonly PointEvent[], memo: string | null) => void;
}

/** Name of the memo in the store. */
export const clockMemoName = "clock";

const usually: Millis = 3_600_000;
/** A link that comes and goes is no reason to read more often. */
const atMostEvery: Millis = 300_000;
/** A meter that refuses the table is asked again after a day: its key or its firmware may have changed. */
const afterRefusal: Millis = 86_400_000;
const limit: Millis = 10_000;

const isNumberOrNull = (value: unknown): value is number | null => value === null || Number.isFinite(value);

/** A damaged memo is as good as none. */
export const readClockMemo = (text: string | undefined): ClockOff | null => {
  try {
    const { since, offset, error } = JSON.parse(text ?? "{}") as Readonly<Record<string, unknown>>;
    if (!Number.isFinite(since) || !isNumberOrNull(offset) || !Number.isFinite(error)) return null;
    return { since: since as number, offset, error: error as number };
  } catch {
    return null;
  }
};

export class ClockJob implements PointJob {
  readonly name = "read the meter's clock";
  readonly #options: ClockJobOptions;
  readonly #watch: ClockWatch;
  #next: Millis = Number.NEGATIVE_INFINITY;
  #last: Millis = Number.NEGATIVE_INFINITY;
  /** Since when the link was in the state in which the clock was last read. */
  #link: Millis | undefined;

  constructor(options: ClockJobOptions) {
    this.#options = options;
    this.#watch = new ClockWatch({ off: readClockMemo(options.memo) });
  }

  due(now: Millis): Millis {
    const isNew = this.#watch.asks || this.#linkSince() !== this.#link;
    return isNew ? Math.min(this.#next, Math.max(now, this.#last + atMostEvery)) : this.#next;
  }

  async run(): Promise<void> {
    const { source, clock, every = usually } = this.#options;
    try {
      const sample = await source.ask({
        label: this.name,
        limit,
        run: async (meter, signal) => {
          const before = this.#moment();
          const date = await meter.read(BT52, ["clock"], { signal });
          return { before, after: this.#moment(), meter: utcMillis(date) ?? null };
        },
      });
      this.#tell(this.#watch.sample(sample));
      this.#next = clock.now() + every;
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      this.#next = clock.now() + afterRefusal;
    }
    this.#last = clock.now();
    this.#link = this.#linkSince();
  }

  /** Compares the machine's own clocks; call it with each reading. */
  notice(): void {
    this.#tell(this.#watch.tick(this.#moment()));
  }

  /** The meter's clock minus the machine's; null if it is not known now. */
  offset(): ClockOffset | null {
    return this.#watch.offset(this.#moment());
  }

  /** The same, for a judgement: a clock that was found wrong counts until a read finds it right. */
  disagreement(): Millis | null {
    if (this.#watch.asks) return null;
    return this.offset()?.offset ?? this.#watch.off?.offset ?? null;
  }

  #linkSince(): Millis {
    const { source } = this.#options;
    return (source.condition?.() ?? source.status()).since;
  }

  #moment(): ClockMoment {
    const { clock } = this.#options;
    return { wall: clock.wall(), monotonic: clock.now() };
  }

  #tell(findings: readonly ClockFinding[]): void {
    if (findings.length === 0) return;
    const { point, keep, log } = this.#options;
    for (const finding of findings) {
      const isOver = finding.kind === "meter-clock-off" && finding.until !== null;
      logOf(log, point)[isOver ? "info" : "warn"](`${point}: ${describeClock(finding)}`);
    }
    const { off } = this.#watch;
    keep(
      findings.map((finding) => clockEvent(point, finding)),
      off === null ? null : JSON.stringify(off),
    );
  }
}
