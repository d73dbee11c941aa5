/** From our values to those of a consumer: each row of a mapping says where its value comes from. Null is unknown. */
import type { RegisterKey } from "@meterport/engine/guard/measured";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import type { Shown } from "./meter-on-show.ts";

/** Where a value comes from. */
export type Source = (shown: Shown) => number | null;

export type Phase = 1 | 2 | 3;
export const phases: readonly Phase[] = [1, 2, 3];

/** A number with so many decimals at most, without the dust of binary fractions. */
export const rounded = (value: number, decimals: number): number => {
  const factor = 10 ** decimals;
  // Never -0, which JSON cannot write.
  return Math.round(value * factor) / factor + 0;
};

/** Both or nothing. */
const both = (a: number | null, b: number | null, join: (a: number, b: number) => number): number | null =>
  a === null || b === null ? null : join(a, b);

/** A live value in its own unit. */
export const live =
  (key: LiveKey, decimals = 3): Source =>
  ({ live }) => {
    const value = live[key];
    return value === null ? null : rounded(value, decimals);
  };

/** A live value in thousandths of its unit, as an integer. */
export const thousandths =
  (key: LiveKey): Source =>
  ({ live }) => {
    const value = live[key];
    return value === null ? null : Math.round(value * 1000);
  };

/** A register of the point in Wh or varh, which never falls. */
export const total =
  (register: RegisterKey): Source =>
  ({ point }) =>
    point.total(register);

/** A register in kWh or kvarh. */
export const totalKilo =
  (register: RegisterKey): Source =>
  ({ point }) => {
    const value = point.total(register);
    return value === null ? null : value / 1000;
  };

export const phasePower = (phase: Phase): LiveKey => `power_l${phase}_w`;
export const phaseVoltage = (phase: Phase): LiveKey => `voltage_l${phase}_v`;
export const phaseCurrent = (phase: Phase): LiveKey => `current_l${phase}_a`;
export const phaseFactor = (phase: Phase): LiveKey => `power_factor_l${phase}`;

/** The current of a phase in A, negative while the phase exports. */
export const signedCurrent =
  (phase: Phase): Source =>
  ({ live }) =>
    both(live[phaseCurrent(phase)], live[phasePower(phase)], (current, power) =>
      rounded(power < 0 ? -current : current, 3),
    );

/** A value without decimals. */
export const whole =
  (source: Source): Source =>
  (shown) => {
    const value = source(shown);
    return value === null ? null : Math.round(value) + 0;
  };

/** Apparent power of a phase in VA, which is U·I by definition. */
export const phaseApparent =
  (phase: Phase): Source =>
  ({ live }) =>
    both(live[phaseVoltage(phase)], live[phaseCurrent(phase)], (voltage, current) => rounded(voltage * current, 3));

/** Import less export, in var. */
export const netReactive: Source = ({ live }) =>
  both(live.reactive_power_import_var, live.reactive_power_export_var, (a, b) => rounded(a - b, 3));

/** A sum over the phases; null if one is unknown. */
export const sumOf =
  (of: (phase: Phase) => Source): Source =>
  (shown) =>
    phases.map((phase) => of(phase)(shown)).reduce((sum, value) => both(sum, value, (a, b) => rounded(a + b, 3)), 0);

/** What is drawn from the grid on a phase in W, or else what is fed into it. */
export const oneWay =
  (key: LiveKey, way: "import" | "export"): Source =>
  ({ live }) => {
    const value = live[key];
    return value === null ? null : Math.round(Math.max(0, way === "import" ? value : -value));
  };

/** A mapping: keys of the consumer, and where their values come from. */
export type Mapping = Readonly<Record<string, Source>>;

/** Every key, null where it is unknown. */
export const allOf = (mapping: Mapping, shown: Shown): Readonly<Record<string, number | null>> =>
  Object.fromEntries(Object.entries(mapping).map(([key, source]) => [key, source(shown)]));

/** Only keys that are known. */
export const knownOf = (mapping: Mapping, shown: Shown): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(mapping).flatMap(([key, source]) => {
      const value = source(shown);
      return value === null ? [] : [[key, value]];
    }),
  );
