/** What the reader chose to see of the list; it is kept in the address. */
import type { LinkState } from "@meterport/gateway/http/api";
import { LINK_STATES } from "../../state/point-rows.ts";

export const SORTS = ["configured", "name", "group", "state", "power"] as const;

export interface Chosen {
  readonly q: string;
  readonly states: readonly LinkState[];
  /** The empty text is "in no group", undefined is all. */
  readonly group: string | undefined;
  readonly sort: (typeof SORTS)[number];
}

/**
 * From the query of the address; what is unknown there is ignored.
 *
 * @example chosenIn({ state: "silent,x", sort: "size" }) // { q: "", states: ["silent"], group: undefined, sort: "configured" }
 */
export function chosenIn(query: Readonly<Record<string, string | undefined>>): Chosen {
  const states = (query.state ?? "").split(",");
  return {
    q: (query.q ?? "").slice(0, 100),
    states: LINK_STATES.filter((state) => states.includes(state)),
    group: query.group?.slice(0, 80),
    sort: SORTS.find((sort) => sort === query.sort) ?? "configured",
  };
}

/** For the address; undefined leaves a part out. */
export function queryOf({ q, states, group, sort }: Chosen): Record<string, string | undefined> {
  return {
    q: q === "" ? undefined : q,
    state: states.length === 0 ? undefined : states.join(","),
    group,
    sort: sort === "configured" ? undefined : sort,
  };
}
