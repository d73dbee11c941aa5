/** Checks the sums of each day once it is closed and everything of it is settled; a difference is an event. */
import type { Clock, Millis } from "@meterport/protocol/ports";
import { dayBounds, startOfDay } from "../calendar/local-calendar.ts";
import type { PointJob } from "../plan/point-job.ts";
import type { Store } from "../ports/store.ts";
import { checkSums, sumEvent } from "./sums.ts";

export interface SumsJobOptions {
  readonly point: string;
  /** IANA zone of the point. */
  readonly zone: string;
  readonly store: Pick<Store, "write" | "intervals" | "intervalSums" | "registers" | "devices" | "memo">;
  readonly clock: Clock;
  /** Everything until then is settled, milliseconds since 1970; null if unknown: `ProfileJob.progress().settled`. */
  readonly settled: () => Millis | null;
}

const memoName = "sums";
const every: Millis = 3_600_000;
/** Days that one run checks. */
const mostDays = 31;
/** The oldest day that is checked at first: meters keep little more. */
const farthest: Millis = 62 * 86_400_000;
/** By then the copies of that midnight have been read too. */
const afterMidnight: Millis = 2 * 3_600_000;

export class SumsJob implements PointJob {
  readonly name = "sums";
  readonly #options: SumsJobOptions;
  #next: Millis;

  constructor(options: SumsJobOptions) {
    this.#options = options;
    this.#next = options.clock.now() + every;
  }

  due(): Millis {
    return this.#next;
  }

  async run(): Promise<void> {
    const { point, zone, store, clock, settled } = this.#options;
    this.#next = clock.now() + every;
    const until = settled();
    if (until === null) return;
    const known = Number((await store.memo(point, memoName)) ?? 0);
    // A damaged memo is as good as none.
    const checked = Number.isFinite(known) ? known : 0;
    const today = startOfDay(zone, until - afterMidnight);
    const from = Math.max(checked, startOfDay(zone, until - farthest));
    if (!(from < today)) return;
    const bounds = dayBounds(zone, from, today).slice(0, mostDays + 1);
    const done = bounds.at(-1) as Millis;
    const different = (await checkSums(store, point, bounds)).filter(({ verdict }) => verdict === "different");
    const memo = { point, name: memoName, text: String(done) };
    await store.write({ events: different.map((check) => sumEvent(point, check)), memos: [memo] });
    if (done < today) this.#next = clock.now();
  }
}
