/**
 * What a datagram holds, as data, in the order of a real meter: numbers after OBIS, 4 bytes for a present value and 8 for a counter.
 * Powers are in tenths, voltages and currents in thousandths, counters in watt seconds: SMA's *meter protocol* 1.0, chapter 4.
 */
import type { FigureKey } from "../lines/figures.ts";

export interface Measurement {
  readonly channel: number;
  readonly kind: "now" | "counter";
  readonly figure: FigureKey;
  /** What one unit of the figure is in the datagram. */
  readonly times: number;
  /** Of a figure without direction: the direction of this channel, and the power that tells it (`power_w` if omitted). */
  readonly flows?: "in" | "out" | undefined;
  readonly power?: FigureKey | undefined;
}

const now = (channel: number, figure: FigureKey, times: number): Measurement => ({
  channel,
  kind: "now",
  figure,
  times,
});
const counter = (channel: number, figure: FigureKey): Measurement => ({
  channel,
  kind: "counter",
  figure,
  times: 3_600,
});

const apparent = (channel: number, figure: FigureKey, power: FigureKey): readonly Measurement[] => [
  { channel, kind: "now", figure, times: 10, flows: "in", power },
  { channel: channel + 1, kind: "now", figure, times: 10, flows: "out", power },
];

const phase = (first: number, name: "l1" | "l2" | "l3"): readonly Measurement[] => [
  now(first, `power_import_${name}_w`, 10),
  now(first + 1, `power_export_${name}_w`, 10),
  ...apparent(first + 8, `apparent_power_${name}_va`, `power_${name}_w`),
  now(first + 10, `current_${name}_a`, 1_000),
  now(first + 11, `voltage_${name}_v`, 1_000),
  now(first + 12, `power_factor_${name}`, 1_000),
];

export const measurements: readonly Measurement[] = [
  now(1, "power_import_w", 10),
  counter(1, "energy_import_wh"),
  now(2, "power_export_w", 10),
  counter(2, "energy_export_wh"),
  now(3, "reactive_power_import_var", 10),
  counter(3, "reactive_energy_import_varh"),
  now(4, "reactive_power_export_var", 10),
  counter(4, "reactive_energy_export_varh"),
  ...apparent(9, "apparent_power_va", "power_w"),
  now(13, "power_factor", 1_000),
  now(14, "frequency_hz", 1_000),
  ...phase(21, "l1"),
  ...phase(41, "l2"),
  ...phase(61, "l3"),
];
