/** How a line did in the last minutes, collected while somebody looks. */
import type { LinkHealth } from "@meterport/gateway/http/api";

/** Milliseconds that are kept. */
export const KEPT_MS = 15 * 60_000;

export interface LineSample {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Milliseconds of the last reading; null while there is none. */
  readonly roundTrip: number | null;
  /** Readings since the sample before, and what went wrong meanwhile. */
  readonly polls: number;
  readonly failures: number;
  readonly retries: number;
  readonly discarded: number;
}

type Counts = Pick<LinkHealth, "polls" | "failures" | "retries" | "discarded">;

export interface LineLog {
  readonly samples: readonly LineSample[];
  /** The counters at the last sample. */
  readonly counts: Counts | null;
}

export const EMPTY: LineLog = { samples: [], counts: null };

const NAMES = ["polls", "failures", "retries", "discarded"] as const;

/**
 * Adds what the gateway says of a link now. Counters that went back are those of another start: then it starts over, as it does
 * for another meter.
 */
export function withHealth(log: LineLog, link: LinkHealth, time: number): LineLog {
  const counts = { polls: link.polls, failures: link.failures, retries: link.retries, discarded: link.discarded };
  const before = log.counts;
  const restarted = before === null || NAMES.some((name) => counts[name] < before[name]);
  const since = restarted ? counts : before;
  const [polls, failures, retries, discarded] = NAMES.map((name) => counts[name] - since[name]) as [
    number,
    number,
    number,
    number,
  ];
  const answers = link.state === "up" || link.state === "degraded";
  const old = restarted ? [] : log.samples;
  const last = old.at(-1);
  // Nothing was read meanwhile: what was resent counts for the next reading. But that a meter has gone silent is news.
  if (!restarted && polls === 0 && failures === 0 && (answers || last?.roundTrip === null)) return log;
  // A reading that failed has no round trip of its own: the gateway still gives the one before.
  const measured = answers && (restarted || polls > failures) ? link.round_trip_ms : null;
  const sample = { time, roundTrip: measured, polls, failures, retries, discarded };
  const kept = old.filter((each) => each.time > time - KEPT_MS && each.time < time);
  return { samples: [...kept, sample], counts };
}

export interface LineSummary {
  /** Milliseconds; null without any. */
  readonly least: number | null;
  readonly middle: number | null;
  readonly most: number | null;
  readonly polls: number;
  readonly failures: number;
  readonly retries: number;
  readonly discarded: number;
  /** Milliseconds since 1970: when it began to count. */
  readonly from: number;
}

/** What the samples say together; null without any. */
export function summaryOf({ samples }: LineLog): LineSummary | null {
  const first = samples[0];
  if (first === undefined) return null;
  const times = samples.flatMap(({ roundTrip }) => (roundTrip === null ? [] : [roundTrip])).sort((a, b) => a - b);
  const sum = (name: (typeof NAMES)[number]): number => samples.reduce((all, sample) => all + sample[name], 0);
  return {
    least: times[0] ?? null,
    middle: times[Math.floor(times.length / 2)] ?? null,
    most: times.at(-1) ?? null,
    ...{ polls: sum("polls"), failures: sum("failures"), retries: sum("retries"), discarded: sum("discarded") },
    from: first.time,
  };
}

/** A step of a scale that people can read: 1, 2 or 5 times a power of ten, at least 10. */
export function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(10, value)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((top) => top >= value) ?? 10 * power;
}
