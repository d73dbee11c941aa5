import type { BadLinkState } from "@meterport/engine/model/point-model";

/** The states before which a link is captured. */
export const badLinkStates = ["degraded", "paused", "refused", "silent"] as const satisfies readonly BadLinkState[];
