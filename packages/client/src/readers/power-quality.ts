/** What the meter counted of bad voltage and current (ET09), in plain units, phase by phase. */
import type { LtimeDate } from "@meterport/protocol/layout/dates";
import { ET09 } from "@meterport/protocol/tables/extended/et09-power-quality";
import type { CallOptions, Meter } from "../meter.ts";
import { isBlank, utcIso } from "./quality.ts";

const phases = ["L1", "L2", "L3"] as const;
export type QualityPhase = (typeof phases)[number];

/** How often something happened, and when last: ISO 8601 UTC, null for never. */
export interface Happened {
  readonly count: number;
  readonly last: string | null;
  /** False where the meter gives a time that cannot be. */
  readonly timeKnown: boolean;
}
/** Lowest or highest voltage of the latest one; null where there was none. */
export interface VoltageEvent extends Happened {
  readonly voltage_v: number | null;
}
export interface Distortion extends Happened {
  readonly highest_percent: number;
  readonly highestAt: string | null;
  readonly average_percent: number;
}
export interface PhaseQuality {
  readonly sags: VoltageEvent;
  readonly surges: VoltageEvent;
  /** By the second thresholds; null before firmware 4.10. */
  readonly deepSags: VoltageEvent | null;
  readonly overCurrents: number;
  readonly phaseLosses: Happened & { readonly now: boolean };
  /** null before firmware 3.10; modules know that of the voltage only. */
  readonly voltageDistortion: Distortion | null;
  readonly currentDistortion: Distortion | null;
  readonly powerDistortion: Distortion | null;
}
export interface PowerQuality {
  readonly phases: Readonly<Record<QualityPhase, PhaseQuality>>;
  readonly frequency: {
    readonly lowest_hz: number;
    readonly lowestAt: string | null;
    readonly highest_hz: number;
    readonly highestAt: string | null;
  };
  readonly shortOutages: number;
  readonly thresholds: {
    readonly longOutage_s: number;
    readonly sagOrSurge_s: number;
    readonly sag_percent: number;
    readonly surge_percent: number;
    readonly overCurrent_percent: number;
  };
}

const happened = (count: number, date: LtimeDate): Happened => ({
  count,
  last: utcIso(date),
  timeKnown: isBlank(date) || utcIso(date) !== null,
});

/** A voltage goes with the latest event: before the first one it is no measurement. */
const voltageEvent = (count: number, date: LtimeDate, millivolts: number): VoltageEvent => ({
  ...happened(count, date),
  voltage_v: count === 0 && isBlank(date) ? null : millivolts / 1000,
});

const distortion = (et09: ET09, kind: 0 | 1 | 2, phase: 0 | 1 | 2): Distortion | null => {
  const event = et09.thdRecords?.[kind]?.events[phase];
  if (event === undefined) return null;
  return {
    ...happened(event.eventCount, event.eventTime),
    highest_percent: event.maxThd / 10,
    highestAt: utcIso(event.maxThdTime),
    average_percent: event.averageThd / 10,
  };
};

const phaseQuality = (et09: ET09, phase: QualityPhase): PhaseQuality => {
  const l = phase.toLowerCase() as Lowercase<QualityPhase>;
  const index = phases.indexOf(phase) as 0 | 1 | 2;
  const deepCount = et09[`${l}Sag2Events`];
  const deepTime = et09[`${l}MostRecentSag2Event`];
  const deepVoltage = et09[`${l}MostRecentSag2Voltage`];
  return {
    sags: voltageEvent(et09[`${l}Sag1Events`], et09[`${l}MostRecentSag1Event`], et09[`${l}MostRecentSag1Voltage`]),
    surges: voltageEvent(et09[`${l}SurgeEvents`], et09[`${l}MostRecentSurgeEvent`], et09[`${l}MostRecentSurgeVoltage`]),
    deepSags:
      deepCount === undefined || deepTime === undefined || deepVoltage === undefined
        ? null
        : voltageEvent(deepCount, deepTime, deepVoltage),
    overCurrents: et09[`${l}OverCurrentEvents`],
    phaseLosses: {
      ...happened(et09[`${l}PhaseLossEvents`], et09[`${l}MostRecentPhaseLossEvent`]),
      now: et09[`phase${phase}Loss`],
    },
    voltageDistortion: distortion(et09, 0, index),
    currentDistortion: distortion(et09, 1, index),
    powerDistortion: distortion(et09, 2, index),
  };
};

/**
 * The statistics of ET09 since they were reset. MEP guide 1.1, pp. 73-83.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const readPowerQuality = async (meter: Meter, options: CallOptions = {}): Promise<PowerQuality> => {
  const et09 = await meter.read(ET09, options);
  return {
    phases: { L1: phaseQuality(et09, "L1"), L2: phaseQuality(et09, "L2"), L3: phaseQuality(et09, "L3") },
    frequency: {
      lowest_hz: et09.minFrequency / 1000,
      lowestAt: utcIso(et09.minFreqTime),
      highest_hz: et09.maxFrequency / 1000,
      highestAt: utcIso(et09.maxFreqTime),
    },
    shortOutages: et09.shortOutageCount,
    thresholds: {
      longOutage_s: et09.longOutageDurationThreshold,
      sagOrSurge_s: et09.sag1SurgeTimeThreshold * 60 + (et09.sag1SurgeThresholdSeconds ?? 0),
      sag_percent: et09.sag1Threshold,
      surge_percent: et09.surgeThreshold,
      overCurrent_percent: et09.overCurrentThreshold,
    },
  };
};
