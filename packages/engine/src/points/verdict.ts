/** The state of a link as far as values go: a link that works but gives none is silent. */
import { isUsable, type LinkStatus } from "@meterport/client/supervision/link-status";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { LinkState } from "../model/point-model.ts";
import { isStale, staleAfter, type TakenAt } from "./staleness.ts";

export interface Verdict {
  readonly state: LinkState;
  /** A stable code; null while it is up. */
  readonly cause: string | null;
  /** The cause as one sentence; null while it is up. */
  readonly problem: string | null;
  /** Milliseconds since 1970. */
  readonly since: Millis;
}

/**
 * Judges a link by its status and by how long a reading is overdue: a read that hangs, or a machine that slept,
 * must not leave an old number on display.
 *
 * @param waiting the moment since when a reading is expected; undefined while none is
 */
export const verdictOn = (
  status: Pick<LinkStatus, "state" | "cause" | "since">,
  waiting: TakenAt | undefined,
  clock: Clock,
  interval: Millis,
): Verdict => {
  const { state, cause, since } = status;
  if (isUsable(state) && waiting !== undefined && isStale(waiting, clock, interval)) {
    const problem = `no reading for ${staleAfter(interval) / 1000} s`;
    const overdue = waiting.wall + staleAfter(interval);
    return { state: "silent", cause: "no-reading", problem, since: Math.max(since, overdue) };
  }
  return { state, cause: cause?.code ?? null, problem: cause?.text ?? null, since };
};
