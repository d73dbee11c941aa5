/** What the firmware MEP-SW-ESP32 of Dabbler gives, field by field. Every value is an integer: mA, mV, mHz, W, Wh. */
import type { PointView } from "@meterport/engine/ports/output";
import { localText } from "../listening/local-text.ts";
import type { Shown } from "../listening/meter-on-show.ts";
import {
  allOf,
  live,
  type Mapping,
  oneWay,
  phaseCurrent,
  phasePower,
  phases,
  phaseVoltage,
  type Source,
  thousandths,
  total,
  whole,
} from "../listening/values.ts";

const perPhase = (key: (phase: number) => string, source: (phase: 1 | 2 | 3) => Source): Mapping =>
  Object.fromEntries(phases.map((phase) => [key(phase), source(phase)]));

/** The firmware reads averages from the meter; we do not, and unknown is not 0. */
export const unknown: Source = () => null;

export const currents = perPhase(
  (n) => `L${n}_RMS_A`,
  (phase) => thousandths(phaseCurrent(phase)),
);
export const voltages = perPhase(
  (n) => `L${n}_RMS_V`,
  (phase) => thousandths(phaseVoltage(phase)),
);
export const forward = perPhase(
  (n) => `L${n}_Fwd_W`,
  (phase) => oneWay(phasePower(phase), "import"),
);
export const reverse = perPhase(
  (n) => `L${n}_Rev_W`,
  (phase) => oneWay(phasePower(phase), "export"),
);
export const forwardAverages = perPhase(
  (n) => `L${n}_Fwd_Avg_W`,
  () => unknown,
);
export const reverseAverages = perPhase(
  (n) => `L${n}_Rev_Avg_W`,
  () => unknown,
);
export const energies: Mapping = { Fwd_Act_Wh: total("energy_import_wh"), Rev_Act_Wh: total("energy_export_wh") };
export const forwardTotal: Mapping = { Fwd_W: whole(live("power_import_w")) };
export const reverseTotal: Mapping = { Rev_W: whole(live("power_export_w")) };
export const frequency: Mapping = { Freq_mHz: thousandths("frequency_hz") };

const values: Mapping = {
  ...energies,
  ...forwardTotal,
  ...reverseTotal,
  ...frequency,
  ...currents,
  ...voltages,
  ...forward,
  ...reverse,
  Fwd_Avg_W: unknown,
  Rev_Avg_W: unknown,
  ...forwardAverages,
  ...reverseAverages,
};

/** The integration of Home Assistant calculates with these, and fails if one is null. */
const needed = Object.keys({
  ...{ ...energies, ...forwardTotal, ...reverseTotal, ...currents, ...voltages, ...forward, ...reverse },
});

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

/** "3.70.12" -> "3.70" */
const firmwareOf = (firmware: string | null): string => /^\d+\.\d+/.exec(firmware ?? "")?.[0] ?? "";

const meterOf = (point: PointView): object | undefined => {
  const { identity } = point.detail();
  const serial = (identity?.utility_serial ?? identity?.serial ?? "").trimEnd();
  // Entities are named after it: without it they would become others.
  if (identity === null || serial === "") return undefined;
  return {
    Meter_Manufacturer: identity.manufacturer ?? "",
    Meter_Model: identity.model ?? "",
    Meter_SW_Version: firmwareOf(identity.firmware),
    Utility_SN: serial,
  };
};

/** The body of `/getDashDataWS`; undefined if the integration could not read it. */
export const dashData = (shown: Shown, version: string): object | undefined => {
  const { point, live } = shown;
  const meter = meterOf(point);
  const all = allOf(values, shown);
  if (meter === undefined || live.time === null || needed.some((key) => all[key] === null)) return undefined;
  // The firmware writes the local time with a Z. Of the reading, so that a value which does not change is seen as old.
  const text = localText(point.zone, Date.parse(live.time));
  const day = weekdays[new Date(`${text}Z`).getUTCDay()];
  return {
    ...{ ESP_SW: "ESP32 MEP", ESP_SW_By: "Meterport", ESP_SW_Version: version, ...meter },
    CurrentDateTimeString: `${text.slice(0, 10)} (${day}) @ ${text.slice(11)}`,
    CurrentDateTime: `${text}.000Z`,
    ...all,
  };
};
