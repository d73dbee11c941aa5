/** The targets of a campaign: made once, then tried, rested and tried again until they are read or no longer wanted. Pure. */
import type { Attempt } from "@meterport/engine/model/visit";
import type { LocalOffset } from "@meterport/engine/plan/quiet";
import { phaseOf } from "@meterport/engine/plan/spread";
import type { Entropy, Millis } from "@meterport/protocol/ports";
import type { Campaign, RetryRule } from "./campaign.ts";
import { isOpen, stateAfter, type TargetState } from "./target-state.ts";
import { mayRead, nextClosing, nextOpening } from "./windows.ts";

/** A meter that a campaign is for. */
export interface CampaignMeter {
  readonly meter: number;
  readonly site: number;
  readonly shard: number;
  /** Of its site. */
  readonly offset: LocalOffset;
}

export interface Target {
  readonly campaign: number;
  readonly meter: number;
  readonly site: number;
  readonly shard: number;
  readonly state: TargetState;
  /** How many attempts have ended. */
  readonly attempts: number;
  /** Not before it, milliseconds since 1970. */
  readonly nextAt: Millis;
  /** Why it is in its state, for people; null if there is nothing to say. */
  readonly reason: string | null;
}

/** Why what nobody tried has expired. */
export const untried = "It was not tried before the campaign closed.";

/** What is wrong when no attempt fits. */
const noWindow = "No window of the campaign is open before it closes.";

/** How long attempts may still begin after an opening: until its window or the campaign closes, but not beyond the time over which they are spread. */
const roomAfter = ({ windows, closes, spread }: Campaign, opening: Millis, offset: LocalOffset): Millis =>
  Math.max(0, Math.min(spread, Math.min(nextClosing(windows, opening, offset) ?? closes, closes) - opening));

/** Where in that time a meter has its turn: always the same, and evenly spread. */
const turnOf = ({ id }: Campaign, meter: number, opening: Millis, room: Millis): Millis =>
  Math.floor(opening + phaseOf(`${id} ${meter}`, room));

/** When and for how long a campaign opens: the same for all meters of a zone, which is asked for once. */
const firstOpenings = (campaign: Campaign) => {
  const known = new Map<LocalOffset, { readonly opening: Millis; readonly room: Millis }>();
  return (offset: LocalOffset) => {
    const before = known.get(offset);
    if (before !== undefined) return before;
    const opening = nextOpening(campaign.windows, campaign.opens, offset);
    const found = { opening, room: roomAfter(campaign, opening, offset) };
    known.set(offset, found);
    return found;
  };
};

/**
 * One target for each meter: first attempts are spread evenly from the first opening on, at the same moment if a campaign is expanded again. A
 * meter that is named twice is one target, and one that has no window in time is told so at once.
 *
 * @returns in the order of the meters' numbers
 */
export const targetsOf = (campaign: Campaign, meters: Iterable<CampaignMeter>): readonly Target[] => {
  const byMeter = new Map<number, Target>();
  const openingOf = firstOpenings(campaign);
  for (const { meter, site, shard, offset } of meters) {
    if (byMeter.has(meter)) continue;
    const { opening, room } = openingOf(offset);
    const nextAt = turnOf(campaign, meter, opening, room);
    const fits = nextAt < campaign.closes;
    byMeter.set(meter, {
      ...{ campaign: campaign.id, meter, site, shard, attempts: 0, nextAt },
      state: fits ? "waiting" : "expired",
      reason: fits ? null : noWindow,
    });
  }
  return [...byMeter.values()].sort((a, b) => a.meter - b.meter);
};

/**
 * How long a target rests after so many failures: twice as long each time, less a random part of up to a quarter, so that what failed
 * together does not come back together.
 *
 * @example
 * const even = (length) => new Uint8Array(length);
 * [1, 2, 3, 9].map((n) => retryRest({ first: 60_000, longest: 600_000, attempts: 50 }, n, even)) // [60_000, 120_000, 240_000, 600_000]
 */
const retryRest = ({ first, longest }: RetryRule, failures: number, entropy: Entropy): Millis => {
  const chance = (entropy(1)[0] ?? 0) / 255;
  return Math.round(Math.min(longest, first * 2 ** Math.min(Math.max(failures, 1) - 1, 30)) * (1 - chance / 4));
};

/**
 * The priority of a target: it falls by one with each attempt, so that meters that never answer do not hold up the others.
 *
 * @example
 * [0, 2, 9].map((attempts) => priorityAfter(5, attempts)) // [5, 3, 0]
 */
export const priorityAfter = (priority: number, attempts: number): number => Math.max(0, priority - attempts);

export type { Attempt };

export interface AttemptContext {
  /** Milliseconds since 1970. */
  readonly now: Millis;
  readonly offset: LocalOffset;
  readonly entropy: Entropy;
}

/** The target after a failure: it rests, and its rest ends within a window; if no attempt fits any more, it has expired. */
const rested = (target: Target, campaign: Campaign, reason: string | null, context: AttemptContext): Target => {
  const { now, offset, entropy } = context;
  const { windows, closes, retry } = campaign;
  const earliest = now + retryRest(retry, target.attempts, entropy);
  const opening = nextOpening(windows, earliest, offset);
  // What failed in the evening does not begin at the stroke of the next opening all at once.
  const nextAt =
    opening > earliest ? turnOf(campaign, target.meter, opening, roomAfter(campaign, opening, offset)) : earliest;
  if (target.attempts < retry.attempts && nextAt < closes)
    return { ...target, state: stateAfter(target.state, "failed"), nextAt, reason };
  return { ...target, state: stateAfter(target.state, "over"), reason };
};

/** The target after an attempt. */
export const afterAttempt = (target: Target, campaign: Campaign, attempt: Attempt, context: AttemptContext): Target => {
  const { event, reason } = attempt;
  const tried = { ...target, attempts: target.attempts + 1 };
  if (event === "failed" && isOpen(target.state)) return rested(tried, campaign, reason, context);
  const state = stateAfter(target.state, event);
  return state === target.state ? target : { ...tried, state, reason };
};

/** The target when its campaign ends or is no longer wanted: what is open has expired. */
export const afterEnd = (target: Target): Target =>
  isOpen(target.state)
    ? {
        ...target,
        state: stateAfter(target.state, "over"),
        reason: target.reason ?? untried,
      }
    : target;

/** Until when each paused site is left alone, milliseconds since 1970. */
export type PausedSites = ReadonlyMap<number, Millis>;

export interface DueContext {
  /** Milliseconds since 1970. */
  readonly now: Millis;
  readonly offset: LocalOffset;
  readonly paused: PausedSites;
}

/**
 * Whether a visit that is made now anyway may take a target along: it need not be its turn, but its campaign must be open and in a window,
 * and its site not paused.
 */
export const mayTakeAlong = (
  target: Pick<Target, "state" | "site">,
  { opens, closes, windows }: Pick<Campaign, "opens" | "closes" | "windows">,
  { now, offset, paused }: DueContext,
): boolean =>
  isOpen(target.state) &&
  now >= opens &&
  now < closes &&
  (paused.get(target.site) ?? now) <= now &&
  mayRead(windows, now, offset);

/** Whether a target is to be visited now. The windows count as well as `nextAt`: it may have waited for its line meanwhile. */
export const isDue = (
  target: Pick<Target, "state" | "nextAt" | "site">,
  campaign: Pick<Campaign, "opens" | "closes" | "windows">,
  context: DueContext,
): boolean => target.nextAt <= context.now && mayTakeAlong(target, campaign, context);
