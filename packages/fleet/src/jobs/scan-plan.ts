/** Which slots of a point's channels the gap scan expects. Pure. */
import type { Millis } from "@meterport/protocol/ports";
import { grouped } from "../books/grouped.ts";
import type { Expected } from "../campaigns/gaps.ts";

const day: Millis = 86_400_000;

/** A channel of intervals, and when its slots begin and end as far as the books know. */
export interface ScanChannel {
  readonly channel: number;
  readonly name: string;
  readonly step: number;
  readonly phase: number;
  /** Null if no slot was ever seen. */
  readonly begin: Millis | null;
  /** Null if there is none now. */
  readonly end: Millis | null;
}

export interface ScanPoint {
  readonly point: string;
  /** How far its meter remembers; null if it did not say. */
  readonly memoryDays: number | null;
  /** When its newest meter came and went; null if unknown, or still there. */
  readonly cameAt: Millis | null;
  readonly wentAt: Millis | null;
}

export interface ScanLimits {
  readonly now: Millis;
  /** How long after its end a slot may take to arrive. */
  readonly grace: Millis;
  /** Nothing before it is looked at. */
  readonly from: Millis;
  /** Of meters that did not say how far they remember. */
  readonly memory: Millis;
}

/** What is expected of one channel name. */
export interface ScanPlan {
  readonly name: string;
  /** The channel that keeps its gaps. */
  readonly channel: number;
  readonly expected: Expected;
}

/** The grid of a name: that of the channel whose slots reach furthest, the shortest of several. */
const gridOf = (channels: readonly ScanChannel[]): ScanChannel | undefined =>
  channels.reduce<ScanChannel | undefined>((best, one) => {
    if (best === undefined) return one;
    const [end, bestEnd] = [one.end ?? 0, best.end ?? 0];
    return end > bestEnd || (end === bestEnd && one.step < best.step) ? one : best;
  }, undefined);

/** A channel that a newer meter does not have, or whose meter is gone, is not waited for. */
const endOfInterest = ({ cameAt, wentAt }: ScanPoint, newest: Millis): Millis => {
  if (wentAt !== null) return wentAt;
  return cameAt !== null && newest < cameAt ? cameAt : Number.POSITIVE_INFINITY;
};

/** What is expected of each channel name of a point; nothing of one of which no slot was ever seen. */
export const scanPlans = (
  point: ScanPoint,
  channels: readonly ScanChannel[],
  { now, grace, from, memory }: ScanLimits,
): readonly ScanPlan[] =>
  [...grouped(channels, ({ name }) => name)].flatMap(([name, some]) => {
    const grid = gridOf(some);
    const begun = Math.min(...some.map(({ begin }) => begin ?? Number.POSITIVE_INFINITY));
    if (grid === undefined || !Number.isFinite(begun)) return [];
    const newest = Math.max(...some.map(({ end }) => end ?? 0));
    const same = some.filter(({ step, phase }) => step === grid.step && phase === grid.phase);
    const expected: Expected = {
      ...{ step: grid.step, phase: grid.phase, since: Math.max(begun, from) },
      until: Math.min(now - grace, endOfInterest(point, newest)),
      keptAfter: now - (point.memoryDays === null ? memory : point.memoryDays * day),
    };
    // Of channels that differ in decimal places always the same one.
    return [{ name, channel: Math.min(...same.map(({ channel }) => channel)), expected }];
  });
