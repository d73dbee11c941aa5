/** Whether the intervals of a closed day add up to what its registers counted, to the Wh. */
import type { Millis } from "@meterport/protocol/ports";
import { registerKeys } from "../guard/measured.ts";
import type { PointEvent } from "../model/point-event.ts";
import type { IntervalSum, Store, TimeRange } from "../ports/store.ts";

/**
 * - `equal`, `different`: to the unit.
 * - `incomplete`: an interval has no value, or not yet one that the meter measured itself.
 * - `exchange`: another meter came, so the registers cannot be compared.
 * - `unknown`: a register at one end of the day is not known for exactly that moment.
 */
export type SumVerdict = "equal" | "different" | "incomplete" | "exchange" | "unknown";

export interface SumCheck extends TimeRange {
  readonly channel: string;
  readonly verdict: SumVerdict;
  /** Sum of the intervals; null if it is incomplete. */
  readonly sum: number | null;
  /** Difference of the registers at both ends; null if it is unknown. */
  readonly difference: number | null;
  /** Where the registers are from: copies that the meter took by itself, or its load profile. */
  readonly basis: "self-read" | "profile" | null;
}

type SumStore = Pick<Store, "intervals" | "intervalSums" | "registers" | "devices">;

/** The meter's clock shows whole seconds. */
const exact: Millis = 1_000;
const mostStates = 10_000;

interface Ends {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

const verdictOf = (
  { value, seconds, from, to, bySource, byQuality }: IntervalSum,
  difference: number | null,
  exchanged: boolean,
): SumVerdict => {
  if (exchanged) return "exchange";
  const foreign = bySource.difference + bySource.estimated + bySource.manual + byQuality.missing;
  if (value === null || foreign > 0 || 1000 * seconds !== to - from) return "incomplete";
  if (difference === null) return "unknown";
  return value === difference ? "equal" : "different";
};

/**
 * Checks each period between neighbouring bounds. The registers are the copies that the meter took at that moment, or
 * else what its load profile recorded then.
 */
export const checkSums = async (
  store: SumStore,
  point: string,
  bounds: readonly Millis[],
  channels: readonly string[] = registerKeys,
): Promise<readonly SumCheck[]> => {
  const [first, last] = [bounds[0], bounds.at(-1)];
  if (first === undefined || last === undefined || bounds.length < 2) return [];
  const exchanges = (await store.devices(point)).slice(1).map(({ from }) => from);
  const checks: SumCheck[] = [];
  for (const channel of channels) {
    const range = { register: channel, tier: 0, from: first - exact, to: last + exact + 1, limit: mostStates };
    const states = (await store.registers(point, range)).filter(({ reason }) => reason === "self-read");
    const copyAt = (time: Millis): number | undefined =>
      states.find((state) => Math.abs(state.time - time) <= exact)?.value;
    const recordedAt = async (time: Millis): Promise<number | undefined> => {
      const [row] = await store.intervals(point, { channel, from: time - 1, to: time, limit: 1 });
      return row?.source === "profile" ? (row.register ?? undefined) : undefined;
    };
    for (const sum of await store.intervalSums(point, channel, bounds)) {
      const copies: Ends = { from: copyAt(sum.from), to: copyAt(sum.to) };
      const hasCopies = copies.from !== undefined && copies.to !== undefined;
      const ends: Ends = hasCopies ? copies : { from: await recordedAt(sum.from), to: await recordedAt(sum.to) };
      const known = ends.from !== undefined && ends.to !== undefined && ends.to >= ends.from;
      const difference = known ? (ends.to as number) - (ends.from as number) : null;
      const exchanged = exchanges.some((time) => time > sum.from && time <= sum.to);
      const verdict = verdictOf(sum, difference, exchanged);
      checks.push({
        from: sum.from,
        to: sum.to,
        channel,
        verdict,
        sum: verdict === "incomplete" ? null : sum.value,
        difference,
        basis: difference === null ? null : hasCopies ? "self-read" : "profile",
      });
    }
  }
  return checks;
};

/** The event of a sum that differs. */
export const sumEvent = (point: string, { from, to, channel, sum, difference, basis }: SumCheck): PointEvent => ({
  point,
  id: `sum-difference:${channel}:${from}`,
  time: from,
  until: to,
  kind: "sum-difference",
  number: null,
  origin: "gateway",
  detail: JSON.stringify({ channel, sum, difference, off: (sum ?? 0) - (difference ?? 0), basis }),
});
