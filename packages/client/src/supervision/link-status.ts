/** The state of a link, in terms that people understand. */
import type { Millis } from "@meterport/protocol/ports";
import type { Counters } from "../session/session.ts";

/** Every state that a link can have. */
export const linkStates = ["up", "degraded", "connecting", "paused", "refused", "silent"] as const;

/**
 * `connecting`: before the first contact; `up`; `degraded`: works, but too much must be repeated; `paused`: silent for a while,
 * as during an optical session on the same line; `refused`: answers, but rejects us; `silent`: no trustworthy answer.
 */
export type LinkState = (typeof linkStates)[number];

/** Why a link is in its state. */
export interface LinkCause {
  /** Stable, for programs: a `LinkFailure`, the code of a refusal, "optical-session", or the symptom of a bad line, such as "lost-replies". */
  readonly code: string;
  /** One sentence without a full stop. */
  readonly text: string;
}

/** Since the supervision began, over all sessions. */
export interface LinkCounters extends Counters {
  /** How often a working link went down. */
  readonly outages: number;
  /** How often the transport was opened, and how often that failed. */
  readonly opened: number;
  readonly openFailures: number;
  /** Small reads that check whether the meter is back. */
  readonly probes: number;
}

/** How a link is at one moment. */
export interface LinkCondition {
  readonly state: LinkState;
  /** Since when it is in this state, milliseconds since 1970. */
  readonly since: Millis;
  /** Null while it is up, and before anything is known. */
  readonly cause: LinkCause | null;
  /** Whether the meter gives authentic answers, even refusals: only then do more requests make sense. */
  readonly answering: boolean;
}

/** A link at one moment. */
export interface LinkStatus extends LinkCondition {
  /** Bits per second at which the meter was last found, or is expected; undefined if that cannot be set. */
  readonly baud: number | undefined;
  readonly counters: LinkCounters;
}

/**
 * Whether a link in this state can give values.
 *
 * @example
 * isUsable("degraded") // true
 * isUsable("paused") // false
 */
export const isUsable = (state: LinkState): boolean => state === "up" || state === "degraded";
