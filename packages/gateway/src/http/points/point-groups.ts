/** The groups of points, with the states of their links. */
import type { LinkState } from "@meterport/client/supervision/link-status";
import { linkStates } from "@meterport/client/supervision/link-status";
import type { BodyOf, Points } from "../give.ts";
import { othersFirst, type StateCounts } from "./link-states.ts";
import type { groupsAnswer } from "./schemas.ts";

const mostGroups = 1_000;
/** Points that are looked at before others get their turn. */
const slice = 2_000;

type Counts = { -readonly [K in keyof StateCounts]: number };

const noCounts = (): Counts => Object.fromEntries(linkStates.map((state) => [state, 0])) as Counts;

const byName = (a: string | null, b: string | null): number =>
  a === null ? 1 : b === null ? -1 : a.localeCompare(b, "en", { numeric: true });

/** @param states by point, as they were seen lately */
export const groupsOf = async (
  { meters, pointInfo }: Points,
  states: ReadonlyMap<string, LinkState>,
): Promise<BodyOf<typeof groupsAnswer>> => {
  const groups = new Map<string | null, { points: number; readonly states: Counts }>();
  let looked = 0;
  for (const id of meters.keys()) {
    const name = pointInfo(id)?.group ?? null;
    const group = groups.get(name) ?? { points: 0, states: noCounts() };
    const state = states.get(id);
    group.points++;
    if (state !== undefined) group.states[state]++;
    groups.set(name, group);
    if (++looked % slice === 0) await othersFirst();
  }
  const sorted = [...groups].sort(([a], [b]) => byName(a, b));
  return { groups: sorted.slice(0, mostGroups).map(([name, group]) => ({ name, ...group })) };
};
