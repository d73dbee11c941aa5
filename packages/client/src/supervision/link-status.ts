/** How a link is, in words that people understand. */
import type { Millis } from "@meterport/protocol/ports";
import type { Counters } from "../session/session.ts";

/**
 * `connecting` before the first contact; `up`; `degraded` works, but too much has to be repeated; `paused` silent for a while
 * as by an optical session on the same line; `refused` speaks, but will have nothing to do with us; `silent` no trustworthy answer.
 */
export type LinkState = "connecting" | "up" | "degraded" | "paused" | "refused" | "silent";

/** Why a link is as it is. */
export interface LinkCause {
  /** Stable, for programs: a `LinkFailure`, the code of a refusal, "optical-session", or what makes a line bad, such as "lost-replies". */
  readonly code: string;
  /** One sentence without a full stop. */
  readonly text: string;
}

/** Since the supervision began, over all sessions. */
export interface LinkCounters extends Counters {
  /** How often a link that worked ceased to. */
  readonly outages: number;
  /** How often the transport was opened, and how often that failed. */
  readonly opened: number;
  readonly openFailures: number;
  /** Small reads that look whether the meter is back. */
  readonly probes: number;
}

/** One moment of a link. */
export interface LinkStatus {
  readonly state: LinkState;
  /** Since when it is in this state, milliseconds since 1970. */
  readonly since: Millis;
  /** Null while it is up, and before anything is known. */
  readonly cause: LinkCause | null;
  /** Whether the meter gives authentic answers, be they refusals: only then it makes sense to ask for more. */
  readonly answering: boolean;
  /** Bits per second at which the meter was found last, or is expected; undefined where that cannot be set. */
  readonly baud: number | undefined;
  readonly counters: LinkCounters;
}

/**
 * Whether values may be had over a link in this state.
 *
 * @example
 * isUsable("degraded") // true
 * isUsable("paused") // false
 */
export const isUsable = (state: LinkState): boolean => state === "up" || state === "degraded";
