/**
 * Our values as metrics of Prometheus, by its rules for names ("Metric and label naming", 2026): base units, `_total` for counters, few
 * labels. What is stale or unknown has no sample, so that Prometheus marks its series as stale within a scrape.
 */

import type { RegisterKey } from "@meterport/engine/guard/measured";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { PointView } from "@meterport/engine/ports/output";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import type { Labels, Metric, Sample } from "../../exports/exposition.ts";

interface Gauge {
  readonly name: string;
  readonly help: string;
  /** Live keys with what tells them apart. */
  readonly of: readonly (readonly [key: LiveKey, labels: Labels])[];
}

const phased = (name: "power" | "voltage" | "current" | "power_factor", unit: string) =>
  [1, 2, 3].map((n) => [`${name}_l${n}${unit}` as LiveKey, { phase: `l${n}` }] as const);

/** Powers and the like, which vanish with the values of their meter. */
const gauges: readonly Gauge[] = [
  {
    name: "active_power_watts",
    help: "Active power, below 0 while energy flows out",
    of: [["power_w", { phase: "total" }], ...phased("power", "_w")],
  },
  {
    name: "active_power_import_watts",
    help: "Active power that flows in, as the meter counts it",
    of: [["power_import_w", {}]],
  },
  {
    name: "active_power_export_watts",
    help: "Active power that flows out, as the meter counts it",
    of: [["power_export_w", {}]],
  },
  { name: "voltage_volts", help: "Voltage", of: phased("voltage", "_v") },
  { name: "current_amperes", help: "Current", of: phased("current", "_a") },
  { name: "frequency_hertz", help: "Frequency of the grid", of: [["frequency_hz", {}]] },
  { name: "power_factor_ratio", help: "Power factor", of: phased("power_factor", "") },
  {
    name: "reactive_power_vars",
    help: "Reactive power",
    of: [
      ["reactive_power_import_var", { direction: "import" }],
      ["reactive_power_export_var", { direction: "export" }],
    ],
  },
  { name: "apparent_power_volt_amperes", help: "Apparent power", of: [["apparent_power_va", {}]] },
];

interface Counter {
  readonly name: string;
  readonly help: string;
  /** From Wh or varh. */
  readonly factor: number;
  readonly unit: "joules" | "kilowatt_hours";
  readonly of: readonly (readonly [key: RegisterKey, labels: Labels])[];
}

const active: Counter["of"] = [
  ["energy_import_wh", { direction: "import" }],
  ["energy_export_wh", { direction: "export" }],
];
const reactive: Counter["of"] = [
  ["reactive_energy_import_varh", { direction: "import" }],
  ["reactive_energy_export_varh", { direction: "export" }],
];

/** Registers of the point, which never fall. */
const counters: readonly Counter[] = [
  {
    ...{ name: "active_energy_joules_total", factor: 3_600, unit: "joules", of: active },
    help: "Active energy of the registers",
  },
  {
    ...{ name: "reactive_energy_var_seconds_total", factor: 3_600, unit: "joules", of: reactive },
    help: "Reactive energy of the registers",
  },
  {
    ...{ name: "active_energy_kilowatt_hours_total", factor: 0.001, unit: "kilowatt_hours", of: active },
    help: "Active energy of the registers",
  },
  {
    ...{ name: "reactive_energy_kilovar_hours_total", factor: 0.001, unit: "kilowatt_hours", of: reactive },
    help: "Reactive energy of the registers",
  },
];

/** A point with what it shows now. */
export interface Shown {
  readonly point: PointView;
  readonly live: LiveAnswer;
}

export interface MetricsOptions {
  readonly energy: "joules" | "kilowatt_hours" | "both";
  readonly liveValues: boolean;
}

const samplesOf = <K>(
  shown: readonly Shown[],
  of: readonly (readonly [key: K, labels: Labels])[],
  value: (each: Shown, key: K) => number | null,
): readonly Sample[] =>
  shown.flatMap((each) =>
    of.flatMap(([key, labels]) => {
      const found = value(each, key);
      return found === null ? [] : [{ value: found, labels: { point: each.point.id, ...labels } }];
    }),
  );

/** Without the dust of binary fractions: registers have whole Wh. */
const scaled = (value: number | null, factor: number): number | null =>
  value === null ? null : Math.round(value * factor * 1e6) / 1e6;

const named = (name: string): string => `meterport_${name}`;

const infoOf = ({ point }: Shown): Sample => {
  const { name, identity } = point.detail();
  const labels = {
    ...{ point: point.id, name, manufacturer: identity?.manufacturer, model: identity?.model },
    ...{ serial: identity?.serial ?? identity?.utility_serial, firmware: identity?.firmware },
  };
  return { value: 1, labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, value ?? ""])) };
};

const states = (all: readonly Shown[]): readonly Metric[] => [
  {
    ...{ name: named("meter_up"), type: "gauge", help: "1 while the values of the meter can be used, else 0" },
    samples: all.map(({ point, live }) => ({ value: live.quality === "stale" ? 0 : 1, labels: { point: point.id } })),
  },
  {
    ...{ name: named("meter_info"), type: "gauge", help: "What is known of the meter; always 1" },
    samples: all.map(infoOf),
  },
  {
    ...{ name: named("last_reading_timestamp_seconds"), type: "gauge", help: "When the meter was read last" },
    samples: all.flatMap(({ point, live }) =>
      live.time === null ? [] : [{ value: Date.parse(live.time) / 1000, labels: { point: point.id } }],
    ),
  },
];

/** The metrics of these points. Stale values are null already, so nothing of them is shown. */
export const meterMetrics = (all: readonly Shown[], { energy, liveValues }: MetricsOptions): readonly Metric[] => {
  const shownCounters = counters.filter(({ unit }) => energy === "both" || energy === unit);
  return [
    ...shownCounters.map(
      ({ name, help, factor, of }): Metric => ({
        ...{ name: named(name), type: "counter", help },
        samples: samplesOf(all, of, ({ point }, key) => scaled(point.total(key), factor)),
      }),
    ),
    ...(liveValues ? gauges : []).map(
      ({ name, help, of }): Metric => ({
        ...{ name: named(name), type: "gauge", help },
        samples: samplesOf(all, of, ({ live }, key) => live[key]),
      }),
    ),
    ...states(all),
  ];
};
