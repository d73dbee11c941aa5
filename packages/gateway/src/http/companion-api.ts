/** What a companion adds to the API: routes, owners of tokens, and a word on readiness. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { TokenOwner } from "./access/credentials.ts";
import type { Points } from "./give.ts";
import type { ApiStore } from "./store/api-store.ts";

/** One thing that readiness depends on, for people and programs. */
export interface Readiness {
  /** "database" */
  readonly name: string;
  readonly ready: boolean;
  /** One sentence if something is wrong; null else. */
  readonly problem: string | null;
  /** Figures, such as how many meters are held; null is unknown. */
  readonly figures: Readonly<Record<string, number | string | null>>;
}

/** What the routes of a companion may use. */
export interface RoutesContext extends Points {
  readonly store: ApiStore;
}

export interface CompanionApi {
  /** What it makes of the gateway, so that the page has a view for it: "fleet". */
  readonly part?: string | undefined;
  /** Adds routes to the API before those of points, so that it may answer for points that are elsewhere. */
  readonly routes?: ((app: OpenAPIHono, context: RoutesContext) => void) | undefined;
  /** Who a token belongs to that the gateway does not know. */
  readonly actorOf?: TokenOwner | undefined;
  readonly ready: () => readonly Readiness[];
}
