/** What outputs may ask about a meter: the one snapshot behind all of them. */
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import type { LiveProofContext } from "../guard/live-proof.ts";
import type { LinkHealth, LiveAnswer, MeterDetail, MeterSummary } from "../model/point-model.ts";
import type { Verdict } from "./verdict.ts";

export type MeterChange =
  | { readonly event: "live"; readonly data: LiveAnswer }
  | { readonly event: "link"; readonly data: LinkHealth };

export interface MeterView {
  readonly id: string;
  /** Its name, where that costs less than the summary. */
  readonly name?: string | undefined;
  readonly summary: () => MeterSummary;
  /** The state of its link and why, where that costs less than the summary. */
  readonly verdict?: (() => Verdict) | undefined;
  readonly detail: () => MeterDetail;
  /** Fresh values, or nulls if there are none. */
  readonly live: () => LiveAnswer;
  /** What is known of a live value beside its number, for `liveProof`. Costs nothing unless it is asked for. */
  readonly liveContext?: ((key: LiveKey) => LiveProofContext) | undefined;
  /** Calls the listener at every change until the returned function is called. */
  readonly subscribe: (listener: (change: MeterChange) => void) => () => void;
}

/** The state of a point's link and why, by the cheapest way that its view has. */
export const verdictOf = (view: Pick<MeterView, "verdict" | "summary">): Verdict => {
  const told = view.verdict?.();
  if (told !== undefined) return told;
  const { state, cause, problem, since } = view.summary().link;
  return { state, cause, problem, since: Date.parse(since) };
};
