/** What a campaign is: something that is read once of each of many meters, within a time. Pure. */
import { type ReadKind, readKinds } from "@meterport/engine/model/visit";
import type { Millis } from "@meterport/protocol/ports";
import type { ReadWindow } from "./windows.ts";

export { type ReadKind, readKinds };

/** How long a target rests after a failure: the first rest, twice as long each time, and the longest. */
export interface RetryRule {
  readonly first: Millis;
  readonly longest: Millis;
  /** Attempts at most; a campaign is never without a limit. */
  readonly attempts: number;
}

export interface Campaign {
  readonly id: number;
  readonly reads: readonly ReadKind[];
  /** Milliseconds since 1970. */
  readonly opens: Millis;
  /** No visit begins at it or later. */
  readonly closes: Millis;
  /** Of the local day of each site; without any it may read at any time. */
  readonly windows: readonly ReadWindow[];
  /** 0 to 9; 9 goes first. */
  readonly priority: number;
  /** Over how long the first attempts are spread, so that a million do not begin at once. */
  readonly spread: Millis;
  readonly retry: RetryRule;
}

export const highestPriority = 9;

const minute: Millis = 60_000;

/** 2 min, 4 min, … 1 h: a night has about ten attempts. */
export const usualRetry: RetryRule = { first: 2 * minute, longest: 60 * minute, attempts: 50 };

const isWhole = (value: number, from: number, to: number): boolean =>
  Number.isInteger(value) && value >= from && value <= to;

/** Longest time that a campaign may last. */
const longest: Millis = 400 * 1_440 * minute;

/**
 * What is wrong with a campaign, one sentence each; empty if nothing is.
 *
 * @example
 * campaignProblems({ id: 1, reads: [], opens: 0, closes: 10, windows: [], priority: 5, spread: 0, retry: usualRetry })
 * // ["A campaign must read something: name at least one of registers, profile, events, quality, clock, identity, billing."]
 */
export const campaignProblems = (campaign: Campaign): readonly string[] => {
  const { reads, opens, closes, windows, priority, spread, retry } = campaign;
  const problems: string[] = [];
  const unless = (right: boolean, problem: string): void => {
    if (!right) problems.push(problem);
  };
  unless(reads.length > 0, `A campaign must read something: name at least one of ${readKinds.join(", ")}.`);
  unless(
    reads.every((kind) => readKinds.includes(kind)),
    `A campaign can read ${readKinds.join(", ")} and nothing else.`,
  );
  unless(
    Number.isFinite(opens) && Number.isFinite(closes) && closes > opens && closes - opens <= longest,
    "A campaign must close after it opens, and within 400 days.",
  );
  unless(
    windows.length <= 24 &&
      windows.every(({ from, to }) => isWhole(from, 0, 1_439) && isWhole(to, 0, 1_439) && from !== to),
    "The windows of a campaign must be up to 24 parts of the day like 00:30-05:30.",
  );
  unless(
    isWhole(priority, 0, highestPriority),
    `The priority of a campaign must be a whole number from 0 to ${highestPriority}.`,
  );
  unless(
    spread >= 0 && spread <= closes - opens,
    "The first attempts must be spread over at most the time that the campaign is open.",
  );
  unless(
    retry.first >= 1_000 && retry.longest >= retry.first && isWhole(retry.attempts, 1, 1_000),
    "A campaign must rest 1 s or longer after a failure, and may try 1 to 1,000 times.",
  );
  return problems;
};
