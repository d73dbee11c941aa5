/** Validation, estimation and choice of one day in one call. */
import type { Millis } from "@meterport/protocol/ports";
import { type ChosenDay, chooseDay } from "./choose-day.ts";
import type { Edit } from "./edits.ts";
import { type Estimate, estimateDay } from "./estimate-day.ts";
import { type DayVerdicts, judgeDay } from "./judge-day.ts";
import { makeView } from "./make-view.ts";
import { defaultVeeSettings, type VeeSettings } from "./settings.ts";
import type { VeeInput } from "./vee-input.ts";

export interface VeeRun {
  readonly verdicts: DayVerdicts;
  /** One entry a slot; null where nothing had to be estimated or could not be. */
  readonly estimates: readonly (Estimate | null)[];
  readonly chosen: ChosenDay | "unchanged";
  /** Whether it looked at a day that was not loaded: with all days it might come out differently. */
  readonly lacked: boolean;
}

export interface VeeRequest {
  readonly input: VeeInput;
  /** The version that holds; null if there is none yet. */
  readonly previous: ChosenDay | null;
  /** All decisions about the day, and about days that share registers with it. */
  readonly edits: readonly Edit[];
  /** Now, milliseconds since 1970. */
  readonly at: Millis;
  readonly settings?: VeeSettings | undefined;
}

/**
 * Judges a day, estimates what it lacks, and makes its next version. The same request gives the same result, and a request with the version
 * that came of it gives `"unchanged"`.
 *
 * @throws UsageError (`vee`, `edit`, `zone`) with the place and what is wrong there
 */
export const runVee = ({ input, previous, edits, at, settings = defaultVeeSettings }: VeeRequest): VeeRun => {
  const view = makeView(input, settings, edits);
  const verdicts = judgeDay(view, settings);
  const estimates = estimateDay(view, verdicts, settings);
  const { first, slotsOfDay, slots, values, status } = view.series;
  const end = first + slotsOfDay;
  const chosen = chooseDay({
    previous,
    profile: { values: values.slice(first, end), status: status.slice(first, end) },
    verdicts,
    estimates,
    edits: slots.map((slot) => view.edit(slot)),
    at,
  });
  return { verdicts, estimates, chosen, lacked: view.lacked() };
};
