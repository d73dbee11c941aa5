/** Pages of a list of points. */
import type { LinkState } from "@meterport/client/supervision/link-status";
import type { MeterView } from "@meterport/engine/points/meter-view";
import { cursorOf, parseCursor } from "../query/cursor.ts";
import { stateOf } from "./link-states.ts";

export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** A part of its id or name, whatever the case. */
  readonly q?: string | undefined;
  /** Only points of this group; the empty text: only those in none. */
  readonly group?: string | undefined;
  readonly states?: readonly LinkState[] | undefined;
  /** States that were seen lately, so that not each link has to be judged again. */
  readonly seen?: ReadonlyMap<string, LinkState> | undefined;
}

export interface ListPage {
  readonly views: readonly MeterView[];
  /** How many fit, on all pages. */
  readonly found: number;
  /** Cursor of the next page; null if this is the last one. */
  readonly next: string | null;
}

/** Index of the first view of a page: after the one that the cursor names, wherever that is now. */
const startAfter = (
  views: readonly MeterView[],
  { number, name }: { readonly number: number; readonly name: string },
) => {
  if (views[number]?.id === name) return number + 1;
  const moved = views.findIndex(({ id }) => id === name);
  // A point that is gone since: its followers have moved up to its place.
  return moved === -1 ? Math.max(0, Math.min(number, views.length)) : moved + 1;
};

const nameOf = (view: MeterView): string => view.name ?? view.summary().name;

/** Their groups, by the point's id. */
export type GroupOf = (id: string) => string | null | undefined;

const wanted = ({ q, group, states, seen }: ListQuery, groupOf: GroupOf): ((view: MeterView) => boolean) => {
  const text = q?.toLowerCase();
  const isIn = (state: LinkState | undefined): boolean =>
    states === undefined || state === undefined || states.includes(state);
  return (view) => {
    if (group !== undefined && (groupOf(view.id) ?? "") !== group) return false;
    if (states !== undefined && !(isIn(seen?.get(view.id)) && isIn(stateOf(view)))) return false;
    return text === undefined || view.id.includes(text) || nameOf(view).toLowerCase().includes(text);
  };
};

/**
 * Undefined if the cursor is not one of this list.
 *
 * @param all the points in the order of the list
 */
export const listPage = (
  all: readonly MeterView[],
  query: ListQuery,
  groupOf: GroupOf = () => null,
): ListPage | undefined => {
  const cursor = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  if (query.cursor !== undefined && cursor === undefined) return undefined;
  const fits = wanted(query, groupOf);
  const start = cursor === undefined ? 0 : startAfter(all, cursor);
  const views: MeterView[] = [];
  let [found, last, more] = [0, 0, false];
  for (const [i, view] of all.entries()) {
    if (!fits(view)) continue;
    found++;
    if (i < start) continue;
    if (views.length === query.limit) {
      more = true;
      continue;
    }
    views.push(view);
    last = i;
  }
  return { views, found, next: more ? cursorOf(last, (all[last] as MeterView).id) : null };
};
