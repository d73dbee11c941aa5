/** Pages of the list of points, in the order of the configuration. */
import type { LinkState } from "@meterport/client/supervision/link-status";
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Meters } from "../answers.ts";
import { cursorOf, parseCursor } from "../query/cursor.ts";
import { stateOf } from "./link-states.ts";

export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** A part of its id or name, whatever the case. */
  readonly q?: string | undefined;
  readonly states?: readonly LinkState[] | undefined;
  /** States that were seen lately, so that not each link has to be judged again. */
  readonly seen?: ReadonlyMap<string, LinkState> | undefined;
}

export interface ListPage {
  readonly views: readonly MeterView[];
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

const wanted = ({ q, states, seen }: ListQuery): ((view: MeterView) => boolean) => {
  const text = q?.toLowerCase();
  const isIn = (state: LinkState | undefined): boolean =>
    states === undefined || state === undefined || states.includes(state);
  return (view) => {
    if (states !== undefined && !(isIn(seen?.get(view.id)) && isIn(stateOf(view)))) return false;
    return text === undefined || view.id.includes(text) || nameOf(view).toLowerCase().includes(text);
  };
};

/** Undefined if the cursor is not one of this list. */
export const listPage = (meters: Meters, query: ListQuery): ListPage | undefined => {
  const cursor = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  if (query.cursor !== undefined && cursor === undefined) return undefined;
  const all = [...meters.values()];
  const fits = wanted(query);
  const views: MeterView[] = [];
  let last = 0;
  for (let i = cursor === undefined ? 0 : startAfter(all, cursor); i < all.length; i++) {
    const view = all[i] as MeterView;
    if (!fits(view)) continue;
    if (views.length === query.limit) return { views, next: cursorOf(last, (all[last] as MeterView).id) };
    views.push(view);
    last = i;
  }
  return { views, next: null };
};
