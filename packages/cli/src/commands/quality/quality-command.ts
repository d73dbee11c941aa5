/** `meterport quality`: the voltage and current events that the meter counted, its thresholds, and the present values. */
import { openLive } from "@meterport/client";
import {
  type Distortion,
  type Happened,
  type PhaseQuality,
  type PowerQuality,
  readPowerQuality,
  type VoltageEvent,
} from "@meterport/client/readers/power-quality";
import type { LiveKey, LiveReading } from "@meterport/protocol/meaning/readings";
import { toJson } from "../../format/json.ts";
import { plainMoment } from "../../format/moment.ts";
import { type Paint, paintFor } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io, print } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import type { ReadOptions } from "../../options/shared-options.ts";

const presentKeys = [
  "voltage_l1_v",
  "voltage_l2_v",
  "voltage_l3_v",
  "current_l1_a",
  "current_l2_a",
  "current_l3_a",
  "frequency_hz",
] as const satisfies readonly LiveKey[];
type Present = Pick<LiveReading, (typeof presentKeys)[number]>;

const whenText = ({ last, timeKnown }: Happened): string => {
  if (last !== null) return plainMoment(last);
  return timeKnown ? "never" : "at an unknown time";
};

const eventRow = (what: string, event: Happened, more = ""): Row => [what, String(event.count), whenText(event), more];
const voltageText = ({ voltage_v: volts }: VoltageEvent): string => (volts === null ? "" : `${volts} V`);
const distortionText = ({ count, highest_percent, average_percent }: Distortion): string =>
  count === 0 ? "" : `${highest_percent} % at most, ${average_percent} % on average`;

const phaseRows = (phase: PhaseQuality): Row[] => {
  const { sags, surges, deepSags, overCurrents, phaseLosses } = phase;
  const distortions = [
    ["voltage distortion", phase.voltageDistortion],
    ["current distortion", phase.currentDistortion],
    ["power distortion", phase.powerDistortion],
  ] as const;
  return [
    eventRow("sags", sags, voltageText(sags)),
    ...(deepSags === null ? [] : [eventRow("deep sags", deepSags, voltageText(deepSags))]),
    eventRow("surges", surges, voltageText(surges)),
    ["over-currents", String(overCurrents), ""],
    eventRow("phase losses", phaseLosses, phaseLosses.now ? "lost now" : ""),
    ...distortions.flatMap(([what, event]) => (event === null ? [] : [eventRow(what, event, distortionText(event))])),
  ];
};

const known = (value: number | null, unit: string): string => (value === null ? "–" : `${value} ${unit}`);

/** The minimum duration. */
const lasting = (seconds: number | null): string => {
  if (seconds === null) return "";
  return seconds === 0 ? "of any length" : `of ${seconds} s`;
};
/** 100 % below is no voltage at all, so more means off: a meter uses 255 %. */
const below = (percent: number): string => (percent >= 100 ? "off" : `${percent} % below the rated voltage`);

const thresholdRows = ({ thresholds }: PowerQuality): Row[] => [
  ["a sag", below(thresholds.sag_percent), lasting(thresholds.sagOrSurge_s)],
  ...(thresholds.deepSag_percent === null
    ? []
    : [["a deep sag", below(thresholds.deepSag_percent), lasting(thresholds.deepSag_s)]]),
  ["a surge", `${thresholds.surge_percent} % above`, lasting(thresholds.sagOrSurge_s)],
  ["an over-current", `${thresholds.overCurrent_percent} % above`, lasting(thresholds.overCurrent_s)],
  ...(["voltage", "current", "power"] as const).flatMap((what): Row[] => {
    const percent = thresholds[`${what}Distortion_percent`];
    return percent === null ? [] : [[`${what} distortion`, percent === 0 ? "off" : `${percent} %`]];
  }),
  ["a long outage", "", lasting(thresholds.longOutage_s)],
];

const textOf = (quality: PowerQuality, present: Present, paint: Paint): string => {
  const { frequency, shortOutages, criticalVoltages, doubts } = quality;
  const title = (text: string): string => `${paint("bold", text)}\n`;
  const table = (rows: readonly Row[], right: readonly number[] = []): string =>
    alignedTable(rows, { indent: "  ", right, width: paint.width });
  const phases = (["L1", "L2", "L3"] as const).map((name) => {
    const n = name.slice(1) as "1" | "2" | "3";
    const now = `, now ${known(present[`voltage_l${n}_v`], "V")}, ${known(present[`current_l${n}_a`], "A")}`;
    return title(`${name}${now}`) + table(phaseRows(quality.phases[name]), [1]);
  });
  const general: Row[] = [
    ["frequency now", known(present.frequency_hz, "Hz")],
    ["lowest frequency", known(frequency.lowest_hz, "Hz"), plainMoment(frequency.lowestAt)],
    ["highest frequency", known(frequency.highest_hz, "Hz"), plainMoment(frequency.highestAt)],
    ["short outages", String(shortOutages)],
  ];
  const critical = (criticalVoltages ?? []).map(
    ({ at, drp_percent, drc_percent }): Row => [plainMoment(at), `DRP ${drp_percent} %`, `DRC ${drc_percent} %`],
  );
  return [
    ...phases,
    title("grid; all times UTC") + table(general),
    ...(critical.length === 0 ? [] : [title("critical voltages") + table(critical)]),
    title("thresholds") + table(thresholdRows(quality)),
    ...(doubts.length === 0 ? [] : [`${doubts.map((doubt) => `${doubt}?`).join(" ")}\n`]),
  ].join("\n");
};

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const qualityCommand = (options: ReadOptions, io: Io): Promise<Exit> =>
  withOpenMeter(options, io, async (meter) => {
    const call = { signal: io.interrupted };
    const quality = await readPowerQuality(meter, call);
    const reading = await (await openLive(meter, { keys: presentKeys, ...call })).read(call);
    const present = Object.fromEntries(presentKeys.map((key) => [key, reading[key]])) as Present;
    if (options.json === true) print(io, toJson({ present, ...quality }));
    else io.stdout.write(textOf(quality, present, paintFor(io.stdout)));
    return exit.done;
  });
