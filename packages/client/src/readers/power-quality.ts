/** The meter's counters of bad voltage and current (ET09), in plain units, phase by phase. */
import type { LtimeDate } from "@meterport/protocol/layout/dates";
import { ET09 } from "@meterport/protocol/tables/extended/et09-power-quality";
import type { CallOptions, Meter } from "../meter/meter.ts";
import { type Believed, believed, type Doubt, isBlank, utcIso } from "./quality.ts";

const phases = ["L1", "L2", "L3"] as const;
export type QualityPhase = (typeof phases)[number];

/** How often something happened, and when last: ISO 8601 UTC, null for never. */
export interface Happened {
  readonly count: number;
  readonly last: string | null;
  /** False if the meter gives an impossible time. */
  readonly timeKnown: boolean;
}
/** Lowest or highest voltage of the latest one; null if there was none. */
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
  /** null before firmware 3.10; modules count it for the voltage only. */
  readonly voltageDistortion: Distortion | null;
  readonly currentDistortion: Distortion | null;
  readonly powerDistortion: Distortion | null;
}
/** When a threshold of critical voltage was exceeded. */
export interface CriticalVoltage {
  /** ISO 8601 UTC; null if impossible. */
  readonly at: string | null;
  /** Relative duration by the average voltage, and by the continuous one. */
  readonly drp_percent: number;
  readonly drc_percent: number;
}
export interface PowerQuality extends Believed {
  readonly phases: Readonly<Record<QualityPhase, PhaseQuality>>;
  readonly frequency: {
    /** null if none was recorded. */
    readonly lowest_hz: number | null;
    readonly lowestAt: string | null;
    readonly highest_hz: number | null;
    readonly highestAt: string | null;
  };
  readonly shortOutages: number;
  /** Newest first, as the meter stores them; null before firmware 3.70 and on modules. */
  readonly criticalVoltages: readonly CriticalVoltage[] | null;
  readonly thresholds: {
    readonly longOutage_s: number;
    readonly sagOrSurge_s: number;
    readonly sag_percent: number;
    readonly surge_percent: number;
    readonly overCurrent_percent: number;
    /** null on firmware without it, like those below. */
    readonly overCurrent_s: number | null;
    readonly deepSag_percent: number | null;
    readonly deepSag_s: number | null;
    /** 0 = off. */
    readonly voltageDistortion_percent: number | null;
    readonly currentDistortion_percent: number | null;
    readonly powerDistortion_percent: number | null;
  };
}

const happened = (count: number, date: LtimeDate): Happened => ({
  count,
  last: utcIso(date),
  timeKnown: isBlank(date) || utcIso(date) !== null,
});

/** A voltage belongs to the latest event: before the first one it is not a measurement. */
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

/** A frequency belongs to the time at which it was recorded. */
const frequencyOf = (millihertz: number, date: LtimeDate): number | null =>
  millihertz === 0 && isBlank(date) ? null : millihertz / 1000;

const criticalVoltages = ({ drpDrcEvents }: ET09): CriticalVoltage[] | null =>
  drpDrcEvents
    ?.filter(({ timeStamp }) => !isBlank(timeStamp))
    .map(({ drp, drc, timeStamp }) => ({ at: utcIso(timeStamp), drp_percent: drp / 10, drc_percent: drc / 10 })) ??
  null;

const impossible = (date: LtimeDate): boolean => !isBlank(date) && utcIso(date) === null;

/** Whether the table has an impossible time. */
const doubtsOf = (
  { phases: each, criticalVoltages: critical }: Pick<PowerQuality, "phases" | "criticalVoltages">,
  et09: ET09,
): Doubt[] => {
  const events = Object.values(each).flatMap((phase) => [
    phase.sags,
    phase.surges,
    phase.deepSags,
    phase.phaseLosses,
    phase.voltageDistortion,
    phase.currentDistortion,
    phase.powerDistortion,
  ]);
  const wrong =
    events.some((event) => event?.timeKnown === false) ||
    critical?.some(({ at }) => at === null) === true ||
    impossible(et09.minFreqTime) ||
    impossible(et09.maxFreqTime);
  return wrong ? ["time"] : [];
};

/** Of voltage, current and apparent power. */
const distortionThreshold = (et09: ET09, kind: 0 | 1 | 2): number | null => {
  const threshold = et09.thdRecords?.[kind]?.thdThreshold;
  return threshold === undefined ? null : threshold / 10;
};

/**
 * The statistics of ET09 since they were reset. MEP guide 1.1, pp. 73-83.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const readPowerQuality = async (meter: Meter, options: CallOptions = {}): Promise<PowerQuality> => {
  const et09 = await meter.read(ET09, options);
  const told = {
    phases: { L1: phaseQuality(et09, "L1"), L2: phaseQuality(et09, "L2"), L3: phaseQuality(et09, "L3") },
    frequency: {
      lowest_hz: frequencyOf(et09.minFrequency, et09.minFreqTime),
      lowestAt: utcIso(et09.minFreqTime),
      highest_hz: frequencyOf(et09.maxFrequency, et09.maxFreqTime),
      highestAt: utcIso(et09.maxFreqTime),
    },
    shortOutages: et09.shortOutageCount,
    criticalVoltages: criticalVoltages(et09),
    thresholds: {
      longOutage_s: et09.longOutageDurationThreshold,
      sagOrSurge_s: et09.sag1SurgeTimeThreshold * 60 + (et09.sag1SurgeThresholdSeconds ?? 0),
      sag_percent: et09.sag1Threshold,
      surge_percent: et09.surgeThreshold,
      overCurrent_percent: et09.overCurrentThreshold,
      overCurrent_s: et09.overCurrentTimeThreshold ?? null,
      deepSag_percent: et09.sag2Threshold ?? null,
      deepSag_s: et09.sag2TimeThreshold ?? null,
      voltageDistortion_percent: distortionThreshold(et09, 0),
      currentDistortion_percent: distortionThreshold(et09, 1),
      powerDistortion_percent: distortionThreshold(et09, 2),
    },
  };
  return { ...told, ...believed(doubtsOf(told, et09)) };
};
