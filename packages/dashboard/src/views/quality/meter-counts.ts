/** What the meter itself has counted: its table of power quality. */
import { count, listOf, number, oneOf, record, text, timeOf } from "../../state/loose.ts";

export interface Happened {
  readonly count: number;
  /** Milliseconds since 1970; null for never, or if the meter's date is impossible. */
  readonly last: number | null;
}

export interface Distortion extends Happened {
  /** Percent; null if unknown. */
  readonly highest: number | null;
  readonly average: number | null;
}

export interface PhaseCounts {
  readonly sags: Happened | null;
  readonly swells: Happened | null;
  readonly deepSags: Happened | null;
  readonly overCurrents: number | null;
  readonly losses: Happened | null;
  /** Whether the phase has no voltage now. */
  readonly isLost: boolean;
  readonly voltageDistortion: Distortion | null;
  readonly currentDistortion: Distortion | null;
}

export interface MeterCounts {
  /** When the meter was asked, milliseconds since 1970. */
  readonly readAt: number;
  /** Of L1, L2, L3. */
  readonly phases: readonly PhaseCounts[];
  readonly lowestHz: number | null;
  readonly highestHz: number | null;
  readonly shortOutages: number | null;
  readonly thresholds: {
    readonly sagPercent: number | null;
    readonly swellPercent: number | null;
    /** How long a sag or swell must last to be counted, seconds. */
    readonly seconds: number | null;
  };
  /** Whether the meter's own numbers contradict each other. */
  readonly isDoubtful: boolean;
}

function happenedOf(data: unknown): Happened | null {
  const loose = record(data);
  return loose === null ? null : { count: count(loose.count), last: timeOf(loose.last) };
}

function distortionOf(data: unknown): Distortion | null {
  const loose = record(data);
  const happened = happenedOf(data);
  if (loose === null || happened === null) return null;
  return { ...happened, highest: number(loose.highest_percent), average: number(loose.average_percent) };
}

function phaseOf(data: unknown): PhaseCounts {
  const loose = record(data);
  return {
    ...{ sags: happenedOf(loose?.sags), swells: happenedOf(loose?.surges), deepSags: happenedOf(loose?.deepSags) },
    ...{ overCurrents: number(loose?.overCurrents), losses: happenedOf(loose?.phaseLosses) },
    isLost: record(loose?.phaseLosses)?.now === true,
    voltageDistortion: distortionOf(loose?.voltageDistortion),
    currentDistortion: distortionOf(loose?.currentDistortion),
  };
}

/** The counts in an answer of `quality`; null if it is not one. */
export function meterCountsOf(data: unknown): MeterCounts | null {
  const loose = record(data);
  const quality = record(loose?.power_quality);
  const readAt = timeOf(loose?.time_read);
  const phases = record(quality?.phases);
  if (quality === null || readAt === null || phases === null) return null;
  const [frequency, thresholds] = [record(quality.frequency), record(quality.thresholds)];
  return {
    ...{ readAt, phases: ["L1", "L2", "L3"].map((name) => phaseOf(phases[name])) },
    ...{ lowestHz: number(frequency?.lowest_hz), highestHz: number(frequency?.highest_hz) },
    shortOutages: number(quality.shortOutages),
    thresholds: {
      ...{ sagPercent: number(thresholds?.sag_percent), swellPercent: number(thresholds?.surge_percent) },
      seconds: number(thresholds?.sagOrSurge_s),
    },
    isDoubtful: oneOf(["suspect"], quality.quality) !== null || (listOf(quality.doubts, 20, text) ?? []).length > 0,
  };
}

/** Whether the meter measures distortion at all: it has a value, or once had an event. */
export function hasDistortion(counts: MeterCounts, of: "voltageDistortion" | "currentDistortion"): boolean {
  return counts.phases.some((phase) => {
    const value = phase[of];
    return value !== null && (value.count > 0 || (value.highest ?? 0) > 0 || (value.average ?? 0) > 0);
  });
}
