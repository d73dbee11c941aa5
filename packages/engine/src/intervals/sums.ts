/** Whether the intervals of a closed day add up to what its registers counted, to the Wh. */
import type { Millis } from "@meterport/protocol/ports";
import { registerKeys } from "../guard/measured.ts";
import { rolledOver } from "../guard/rollover.ts";
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

export type SumStore = Pick<Store, "intervals" | "registers" | "devices">;

/** The meter's clock shows whole seconds. */
const exact: Millis = 1_000;
/** More than the reasons for which a state is kept, several times over. */
const mostStates = 100;

interface Ends {
  readonly from: number;
  readonly to: number;
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

/** States of a register at both ends: copies that the meter took at that moment, or else what its load profile recorded then. */
const endsOf = async (
  store: SumStore,
  point: string,
  channel: string,
  { from, to }: TimeRange,
): Promise<(Ends & { readonly basis: "self-read" | "profile" }) | undefined> => {
  const copyAt = async (time: Millis): Promise<number | undefined> => {
    const range = { register: channel, tier: 0, from: time - exact, to: time + exact + 1, limit: mostStates };
    return (await store.registers(point, range)).find(({ reason }) => reason === "self-read")?.value;
  };
  const recordedAt = async (time: Millis): Promise<number | undefined> => {
    const [row] = await store.intervals(point, { channel, from: time - 1, to: time, limit: 1 });
    return row?.source === "profile" ? (row.register ?? undefined) : undefined;
  };
  for (const [basis, at] of [["self-read", copyAt] as const, ["profile", recordedAt] as const]) {
    const [start, end] = [await at(from), await at(to)];
    if (start !== undefined && end !== undefined) return { from: start, to: end, basis };
  }
  return undefined;
};

/** When another meter came. */
export const exchangesOf = async (store: Pick<Store, "devices">, point: string): Promise<readonly Millis[]> =>
  (await store.devices(point)).slice(1).map(({ from }) => from);

/** How far a register rose, also past the end at which it starts over; null if it fell otherwise. */
const riseOf = ({ from, to }: Ends): number | null =>
  to >= from ? to - from : (rolledOver({ from, to, count: null, room: Number.POSITIVE_INFINITY })?.rise ?? null);

/** Checks a period of which the sum is known already. */
export const checkSum = async (
  store: SumStore,
  point: string,
  channel: string,
  sum: IntervalSum,
  exchanges: readonly Millis[],
): Promise<SumCheck> => {
  const { from, to } = sum;
  const ends = await endsOf(store, point, channel, sum);
  const difference = ends === undefined ? null : riseOf(ends);
  const exchanged = exchanges.some((time) => time > from && time <= to);
  const verdict = verdictOf(sum, difference, exchanged);
  return {
    ...{ from, to, channel, verdict, difference },
    sum: verdict === "incomplete" ? null : sum.value,
    basis: difference === null ? null : (ends?.basis ?? null),
  };
};

/** Checks each period between neighbouring bounds. */
export const checkSums = async (
  store: SumStore & Pick<Store, "intervalSums">,
  point: string,
  bounds: readonly Millis[],
  channels: readonly string[] = registerKeys,
): Promise<readonly SumCheck[]> => {
  if (bounds.length < 2) return [];
  const exchanges = await exchangesOf(store, point);
  const checks: SumCheck[] = [];
  for (const channel of channels)
    for (const sum of await store.intervalSums(point, channel, bounds))
      checks.push(await checkSum(store, point, channel, sum, exchanges));
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
