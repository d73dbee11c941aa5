/** What the readers publish that people had before: topics and payloads as data. Unknown values are null, or not there. */
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import {
  currents,
  energies,
  forward,
  forwardAverages,
  forwardTotal,
  frequency,
  reverse,
  reverseAverages,
  reverseTotal,
  unknown,
  voltages,
} from "../dabbler/dabbler-fields.ts";
import type { Shown } from "../listening/meter-on-show.ts";
import {
  allOf,
  live,
  type Mapping,
  oneWay,
  phaseCurrent,
  phaseFactor,
  phasePower,
  phases,
  phaseVoltage,
  type Source,
  thousandths,
  totalKilo,
  whole,
} from "../listening/values.ts";
import type { readers } from "./former-topics-settings.ts";

export interface FormerMessage {
  /** Below the configured topic, with a slash in front. */
  readonly path: string;
  readonly payload: string;
  readonly retain: boolean;
}

/** What counts since the connection was made. */
export interface Counts {
  /** Seconds. */
  readonly uptime: number;
  readonly readings: number;
}

/** The five topics of Dabbler's firmware. */
const dabbler: Readonly<Record<string, Mapping>> = {
  sensors: {
    ...currents,
    ...voltages,
    ...Object.fromEntries(phases.map((phase) => [`L${phase}_PF_Fac`, thousandths(phaseFactor(phase))])),
    ExportReactive_VAr: whole(live("reactive_power_export_var")),
    ImportReactive_VAr: whole(live("reactive_power_import_var")),
  },
  meterConsumptionTotal: energies,
  meterConsumptionFwd: { ...forwardTotal, Fwd_Avg_W: unknown, ...forward, ...forwardAverages },
  meterConsumptionRev: { ...reverseTotal, Rev_Avg_W: unknown, ...reverse, ...reverseAverages },
  frequency,
};

const dabblerMessages = (shown: Shown): readonly FormerMessage[] =>
  Object.entries(dabbler).flatMap(([name, mapping]) => {
    const values = allOf(mapping, shown);
    if (Object.values(values).every((value) => value === null)) return [];
    return [{ path: `/${name}/mydatajson`, payload: JSON.stringify(values), retain: false }];
  });

interface Row {
  readonly paths: readonly string[];
  readonly source: Source;
  readonly digits: number;
  readonly retain?: true;
}

const row = (source: Source, digits: number, ...paths: readonly string[]): Row => ({ paths, source, digits });
const watts = (key: LiveKey, path: string): Row => row(live(key), 0, path);

/** The raw form of NES-MEP-Reader. A second path is the name in its documentation, which its code does not use. */
const raw: readonly Row[] = [
  watts("power_import_w", "/meter/import/active"),
  watts("power_export_w", "/meter/export/active"),
  watts("reactive_power_import_var", "/meter/import/reactive"),
  watts("reactive_power_export_var", "/meter/export/reactive"),
  { ...row(totalKilo("energy_import_wh"), 3, "/meter/import/active/accumulated"), retain: true },
  { ...row(totalKilo("energy_export_wh"), 3, "/meter/export/active/accumulated"), retain: true },
  { ...row(totalKilo("reactive_energy_import_varh"), 3, "/meter/import/reactive/accumulated"), retain: true },
  { ...row(totalKilo("reactive_energy_export_varh"), 3, "/meter/export/reactive/accumulated"), retain: true },
  ...phases.flatMap((phase) => [
    row(live(phaseVoltage(phase)), 2, `/meter/l${phase}/voltage`),
    row(live(phaseCurrent(phase)), 2, `/meter/l${phase}/current`),
    row(live(phaseFactor(phase)), 2, `/meter/l${phase}/powerfactor`),
    row(oneWay(phasePower(phase), "import"), 2, `/meter/import/l${phase}`),
    row(oneWay(phasePower(phase), "export"), 2, `/meter/export/l${phase}`),
  ]),
  row(live("frequency_hz"), 2, "/meter/power/frequency", "/meter/frequency"),
  row(live("apparent_power_va"), 0, "/meter/power/aparentpower", "/meter/appowerVA"),
];

/** Texts of the meter; null if it does not say. */
const textsOf = ({ point, live }: Shown, { uptime, readings }: Counts): Readonly<Record<string, string | null>> => {
  const { identity } = point.detail();
  return {
    "/uptime": String(Math.floor(uptime)),
    "/meter/dlms/timestamp": live.time === null ? null : String(Math.floor(Date.parse(live.time) / 1000)),
    "/meter/id": identity?.manufacturer ?? null,
    "/meter/manufacturer": identity?.manufacturer ?? null,
    "/meter/type": identity?.model ?? null,
    "/meter/model": identity?.model ?? null,
    "/meter/serialnumber": identity?.utility_serial ?? identity?.serial ?? null,
    "/meter/firmwareversion": identity?.firmware ?? null,
    "/meter/mep_data_ready": "1",
    "/meter/mep_alivecounter": String(readings),
  };
};

const rawMessages = (shown: Shown, counts: Counts): readonly FormerMessage[] => [
  ...Object.entries(textsOf(shown, counts)).flatMap(([path, payload]) =>
    payload === null ? [] : [{ path, payload, retain: false }],
  ),
  ...raw.flatMap(({ paths, source, digits, retain = false }) => {
    const value = source(shown);
    if (value === null) return [];
    const payload = value.toFixed(digits).replace(/^-(0(?:\.0*)?)$/, "$1");
    return paths.map((path) => ({ path, payload, retain }));
  }),
];

/** All messages of a reader for these values. */
export const formerMessages: Readonly<
  Record<(typeof readers)[number], (shown: Shown, counts: Counts) => readonly FormerMessage[]>
> = { dabbler: dabblerMessages, "nes-mep-reader": rawMessages };
