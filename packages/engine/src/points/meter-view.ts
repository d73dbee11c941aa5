/** What outputs may ask of a meter: the one snapshot behind all of them. */
import type { LinkHealth, LiveAnswer, MeterDetail, MeterSummary } from "../model/point-model.ts";

export type MeterChange =
  | { readonly event: "live"; readonly data: LiveAnswer }
  | { readonly event: "link"; readonly data: LinkHealth };

export interface MeterView {
  readonly id: string;
  readonly summary: () => MeterSummary;
  readonly detail: () => MeterDetail;
  /** Fresh values, or nulls where nothing fresh is known. */
  readonly live: () => LiveAnswer;
  /** Tells of every change until the returned function is called. */
  readonly subscribe: (listener: (change: MeterChange) => void) => () => void;
}
