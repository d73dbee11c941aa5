/** What a holder asks of the books, and what it tells them: the targets of campaigns that are due, and gaps. */
import type { Span } from "@meterport/engine/backfill/profile-gaps";
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "../books/database.ts";
import type { Attempt } from "../campaigns/targets.ts";
import type { DueTarget } from "../campaigns/visits.ts";

/** A target with what its holder knows the meter by. */
export interface DueMeter extends DueTarget {
  readonly serial: string;
  /** The metering point that it measures; null if nobody said. */
  readonly point: string | null;
}

/** What became of an attempt. */
export interface Settled {
  readonly campaign: number;
  readonly meter: number;
  readonly attempt: Attempt;
}

/** Gaps of one channel that a meter is to be asked for. */
export interface DueGap {
  readonly point: string;
  /** "energy_import_wh" */
  readonly channel: string;
  readonly spans: readonly Span[];
}

export interface VisitBook {
  /** Targets of these shards that are due now, most urgent first; marks nothing. */
  readonly dueTargets: (
    run: Run,
    shards: readonly number[],
    now: Millis,
    limit: number,
  ) => Promise<readonly DueMeter[]>;
  /** What became of attempts. The same told twice, or told late, changes nothing more. */
  readonly settle: (run: Run, done: readonly Settled[], now: Millis) => Promise<void>;
  /** Open gaps of these points that nobody asked for lately, the newest first; notes that they are asked for. */
  readonly dueGaps: (run: Run, points: readonly string[], now: Millis, limit: number) => Promise<readonly DueGap[]>;
}
