import { createContext } from "svelte";
import type { Dashboard } from "./dashboard.svelte.ts";
import type { Requests } from "./requests.ts";

/** What every view can use: the live state of the shown meter, and the gateway's API. */
export interface Page {
  readonly dashboard: Dashboard;
  readonly requests: Requests;
}

export const [getPage, setPage] = createContext<Page>();
