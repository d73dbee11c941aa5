/** A day as the rules see it: its slots, which of them are refused or edited, and what is known around it. */
import type { Millis } from "@meterport/protocol/ports";
import type { Bracket, Registers } from "./brackets.ts";
import type { SlotEdit } from "./edits.ts";
import type { LikeDays } from "./like-days.ts";
import type { Series } from "./series.ts";
import type { VeeInput } from "./vee-input.ts";

/** Slots are those of the series; the day begins at `series.first`. */
export interface DayView {
  readonly input: VeeInput;
  readonly series: Series;
  /** What the fuse lets through in one slot, units; `amps` is used if the fuse is not known. */
  fuseUnits(amps: number): number;
  /** The offset of the meter's clock at the first read after a slot; null if there was none within a day. */
  clockOffset(slot: number): Millis | null;
  /** What stands in a slot so far: edited, or measured and not refused; null otherwise. */
  known(slot: number): number | null;
  /** What a person did with a slot. */
  edit(slot: number): SlotEdit | null;
  /** Whether a slot was measured and no rule doubts it by itself. */
  readonly isGood: (slot: number) => boolean;
  readonly likeDays: LikeDays;
  readonly registers: Registers;
  /** What lies between two registers, in slots: those of them that are known, and those that are not. */
  content(bracket: Bracket): BracketContent | undefined;
}

/** The slots of a bracket. */
export interface BracketContent {
  /** First slot, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Sum of the slots that are known. */
  readonly known: number;
  /** Slots that are not known, and how much of each lies in the bracket. */
  readonly missing: readonly { readonly slot: number; readonly millis: Millis }[];
}
