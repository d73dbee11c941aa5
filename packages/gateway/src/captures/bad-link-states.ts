import type { BadLinkState } from "@meterport/engine/model/point-model";

/** The states that cause a capture of the traffic before. */
export const badLinkStates = ["degraded", "paused", "refused", "silent"] as const satisfies readonly BadLinkState[];
