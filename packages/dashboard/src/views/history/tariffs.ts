/** What each tariff counted between two states of the registers. */
import type { RegisterState } from "./history-answers.ts";
import type { Span } from "./shown-range.ts";

export interface TariffUse {
  /** 1 for T1. */
  readonly tier: number;
  /** Wh */
  readonly imported: number | null;
  readonly exported: number | null;
}

export interface Tariffs extends Span {
  readonly tiers: readonly TariffUse[];
}

/** Registers of tiers with the same meter at one moment. */
interface Snapshot {
  readonly time: number;
  readonly serial: string | null;
  readonly values: ReadonlyMap<string, number>;
}

const keyOf = (register: string, tier: number): string => `${register}/${tier}`;

function snapshots(states: readonly RegisterState[]): Snapshot[] {
  const byTime = new Map<number, RegisterState[]>();
  for (const state of states) {
    if (state.tier === 0) continue;
    const list = byTime.get(state.time);
    if (list === undefined) byTime.set(state.time, [state]);
    else list.push(state);
  }
  return [...byTime]
    .map(([time, some]) => ({
      time,
      serial: some[0]?.serial ?? null,
      values: new Map(some.map(({ register, tier, value }) => [keyOf(register, tier), value])),
    }))
    .sort((a, b) => a.time - b.time);
}

/** How far a state may be from the end of the range that it stands for: self-reads are taken once a day. */
const NEAR = 26 * 3_600_000;

/**
 * What each tariff counted in a range, from the states nearest to its ends; the answer says which these are. Null if there are no two
 * states of one meter near the ends.
 *
 * @param atStart states around the beginning, and `atEnd` around the end of the range
 */
export function tariffsOf(
  { from, to }: Span,
  atStart: readonly RegisterState[],
  atEnd: readonly RegisterState[],
): Tariffs | null {
  const nearest = (states: readonly RegisterState[], time: number): Snapshot | undefined =>
    snapshots(states)
      .filter((one) => Math.abs(one.time - time) <= NEAR)
      .sort((a, b) => Math.abs(a.time - time) - Math.abs(b.time - time))[0];
  const [first, last] = [nearest(atStart, from), nearest(atEnd, to)];
  if (first === undefined || last === undefined || last.time <= first.time || first.serial !== last.serial) return null;
  const difference = (register: string, tier: number): number | null => {
    const [a, b] = [first.values.get(keyOf(register, tier)), last.values.get(keyOf(register, tier))];
    return a === undefined || b === undefined || b < a ? null : b - a;
  };
  const tiers = new Set([...last.values.keys()].map((key) => Number(key.slice(key.indexOf("/") + 1))));
  const uses = [...tiers]
    .sort((a, b) => a - b)
    .map((tier) => ({
      tier,
      imported: difference("energy_import_wh", tier),
      exported: difference("energy_export_wh", tier),
    }))
    // Meters have registers for tariffs that nobody uses.
    .filter(({ imported, exported }) => (imported ?? 0) > 0 || (exported ?? 0) > 0);
  return uses.length === 0 ? null : { from: first.time, to: last.time, tiers: uses };
}
