import type { BadLinkState } from "../http/api.ts";

/** The states before which a link is captured. */
export const badLinkStates = ["degraded", "paused", "refused", "silent"] as const satisfies readonly BadLinkState[];
