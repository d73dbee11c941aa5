import type { BadLinkState } from "@meterport/engine/model/point-model";
import type { CaptureState } from "./api-capture.ts";

/** The states that cause a capture of the traffic before. */
export const badLinkStates = ["degraded", "paused", "refused", "silent"] as const satisfies readonly BadLinkState[];

/** Why there is a capture. */
export const captureStates = [...badLinkStates, "recorded"] as const satisfies readonly CaptureState[];
