/** Live readings for people: one line each, or a panel that is redrawn in place. */
import { type LiveKey, type LiveReading, liveKeyInfo } from "@meterport/protocol/meaning/readings";
import { units } from "@meterport/protocol/meaning/units";
import { plainText } from "@meterport/protocol/plain-text";
import type { Paint } from "../../format/paint.ts";
import { alignedTable, type Row, textWidth, wrap } from "../../format/table.ts";

const digitsOf: Readonly<Record<string, number>> = { V: 1, A: 2, Hz: 2, ratio: 3 };

/** A value with its significant digits; a dash if it is unknown. */
const amount = (reading: LiveReading, key: LiveKey): string => {
  const value = reading[key];
  return value === null ? "–" : value.toFixed(digitsOf[liveKeyInfo[key].unit] ?? 0);
};
const withUnit = (reading: LiveReading, key: LiveKey): string =>
  `${amount(reading, key)} ${units[liveKeyInfo[key].unit].symbol}`.trimEnd();

const kilo = (value: number | null): string => (value === null ? "–" : (value / 1000).toFixed(3));

/** The time of day of a reading, UTC as in the JSON. */
const clockTime = (reading: LiveReading): string => reading.time.slice(11, 19);

const lineKeys: readonly LiveKey[] = [
  "power_w",
  "power_l1_w",
  "power_l2_w",
  "power_l3_w",
  "voltage_l1_v",
  "voltage_l2_v",
  "voltage_l3_v",
  "current_l1_a",
  "current_l2_a",
  "current_l3_a",
  "frequency_hz",
];
const lineWidths = [7, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6];

/** The names of the columns of `liveLine`. */
export const liveHead = (): string => {
  const names = ["W", "L1 W", "L2 W", "L3 W", "L1 V", "L2 V", "L3 V", "L1 A", "L2 A", "L3 A", "Hz"];
  const columns = names.map((name, i) => name.padStart(lineWidths[i] ?? 0)).join(" ");
  return `time     ${columns}     import kWh     export kWh  quality\n`;
};

/** One reading in columns of fixed width, so that lines are aligned. */
export const liveLine = (reading: LiveReading): string => {
  const columns = lineKeys.map((key, i) => amount(reading, key).padStart(lineWidths[i] ?? 0)).join(" ");
  const energy = [reading.energy_import_wh, reading.energy_export_wh].map((wh) => kilo(wh).padStart(14)).join(" ");
  return `${clockTime(reading)} ${columns} ${energy}  ${reading.quality}\n`;
};

const direction = (power: number | null, paint: Paint): string => {
  if (power === null) return paint("dim", "unknown");
  if (power === 0) return paint("dim", "idle");
  return power > 0 ? paint("yellow", "▼ from the grid") : paint("green", "▲ to the grid");
};

const phaseRow = (reading: LiveReading, n: 1 | 2 | 3): Row => [
  `L${n}`,
  withUnit(reading, `power_l${n}_w`),
  withUnit(reading, `voltage_l${n}_v`),
  withUnit(reading, `current_l${n}_a`),
  amount(reading, `power_factor_l${n}`),
];

/** Two names with their values in a line, or one if two do not fit. */
const totalsTable = (rows: readonly Row[], width: number): string => {
  const indent = "  ";
  const wide = alignedTable(rows, { indent, right: [1, 3] });
  if (wide.split("\n").every((line) => textWidth(line) <= width)) return wide;
  const halves = [...rows.map((row) => row.slice(0, 2)), ...rows.map((row) => row.slice(2))];
  return alignedTable(halves, { indent, width });
};

export interface PanelContext {
  /** The meter's identity and link. */
  readonly title: string;
  /** The present problem, if any. */
  readonly trouble: string | undefined;
}

/** A whole reading on a few lines. */
export const livePanel = (reading: LiveReading, { title, trouble }: PanelContext, paint: Paint): string => {
  const power = reading.power_w === null ? "–" : `${Math.abs(reading.power_w)} W`;
  const good = reading.quality === "good";
  const head = ["", "power", "voltage", "current", "factor"].map((text) => ({
    text,
    paint: (plain: string) => paint("dim", plain),
  }));
  const kvarh = `${kilo(reading.reactive_energy_import_varh)} / ${kilo(reading.reactive_energy_export_varh)} kvarh`;
  const reactive = `${amount(reading, "reactive_power_import_var")} / ${withUnit(reading, "reactive_power_export_var")}`;
  const totals: Row[] = [
    ["import", `${kilo(reading.energy_import_wh)} kWh`, "reactive power", reactive],
    ["export", `${kilo(reading.energy_export_wh)} kWh`, "reactive energy", kvarh],
    ["frequency", withUnit(reading, "frequency_hz"), "apparent power", withUnit(reading, "apparent_power_va")],
  ];
  const quality = paint(good ? "green" : reading.quality === "partial" ? "yellow" : "red", reading.quality);
  return [
    paint("dim", plainText(title)),
    "",
    `  ${paint("bold", power.padStart(9))}  ${direction(reading.power_w, paint)}`,
    "",
    alignedTable([head, ...([1, 2, 3] as const).map((n) => phaseRow(reading, n))], {
      indent: "  ",
      right: [1, 2, 3, 4],
      head: true,
      width: paint.width,
    }),
    totalsTable(totals, paint.width),
    `  ${clockTime(reading)} UTC  ${quality}`,
    ...(trouble === undefined
      ? []
      : wrap(plainText(trouble), Math.max(20, paint.width - 2)).map((line) => `  ${paint("red", line)}`)),
    "",
  ].join("\n");
};
