/** The groups of points, with the states of their links. */
import { type LinkState, linkStates } from "@meterport/client/supervision/link-status";
import type { BodyOf, Points } from "../give.ts";
import { cursorOf, parseCursor } from "../query/cursor.ts";
import { othersFirst, type StateCounts } from "./link-states.ts";
import type { groupsAnswer } from "./schemas.ts";

/** Points that are looked at before others get their turn. */
const slice = 2_000;

type Counts = { -readonly [K in keyof StateCounts]: number };

const noCounts = (): Counts => Object.fromEntries(linkStates.map((state) => [state, 0])) as Counts;

const collator = new Intl.Collator("en", { numeric: true });

/** Names that only a reader takes for the same, such as A1 and A01, have an order as well, which a cursor needs. */
const byName = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : collator.compare(a, b) || (a < b ? -1 : 1);

/** A page: so many groups after the one that the cursor names, wherever that is now. */
export interface GroupsQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Undefined if the cursor is not one of this list.
 *
 * @param states by point, as they were seen lately
 */
export const groupsOf = async (
  { meters, pointInfo }: Points,
  states: ReadonlyMap<string, LinkState>,
  { limit, cursor }: GroupsQuery,
): Promise<BodyOf<typeof groupsAnswer> | undefined> => {
  const last = cursor === undefined ? undefined : parseCursor(cursor);
  if (cursor !== undefined && last === undefined) return undefined;
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
  const rest = [...groups]
    .filter(([name]) => last === undefined || byName(name, last.name) > 0)
    .sort(([a], [b]) => byName(a, b));
  const page = rest.slice(0, limit).map(([name, group]) => ({ name, ...group }));
  const end = page.at(-1)?.name;
  return { groups: page, next: rest.length > limit && typeof end === "string" ? cursorOf(0, end) : null };
};
