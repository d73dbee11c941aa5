/** Which tariff is in effect, by the meter's own clock. MEP guide 1.1, pp. 235-237. */
import type { BT55 } from "@meterport/protocol/tables/basic/bt55-local-clock-state";
import { localIso } from "./quality.ts";

/** What is in effect by the meter's own clock (BT55). */
export interface PresentTariff {
  /** Local time without a zone; null if impossible. */
  readonly time: string | null;
  readonly daylightSaving: boolean;
  /** Counted from 0. */
  readonly tier: number;
  readonly season: number;
  /** Who decided the tier. */
  readonly by: "calendar" | "hand until the next switch" | "hand" | "override";
}

const drives: readonly PresentTariff["by"][] = ["calendar", "hand until the next switch", "hand", "override"];

/** BT55 in words. */
export const presentTariff = ({ clock, daylightSavingTime, currentTier, season, tierDrive }: BT55): PresentTariff => ({
  time: localIso(clock),
  daylightSaving: daylightSavingTime,
  tier: currentTier,
  season,
  // Two bits, and each value has its meaning.
  by: drives[tierDrive] ?? "calendar",
});
