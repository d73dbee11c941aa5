/** Quantities and units, and the scaled units in which the wire carries them. */

/** Every unit in which a value is given to people and programs, with its symbol, its name and what it measures. */
export const units = {
  Wh: { symbol: "Wh", name: "watt-hour", measures: "active energy" },
  varh: { symbol: "varh", name: "var-hour", measures: "reactive energy" },
  VAh: { symbol: "VAh", name: "volt-ampere-hour", measures: "apparent energy" },
  W: { symbol: "W", name: "watt", measures: "active power" },
  var: { symbol: "var", name: "var", measures: "reactive power" },
  VA: { symbol: "VA", name: "volt-ampere", measures: "apparent power" },
  A: { symbol: "A", name: "ampere", measures: "current" },
  V: { symbol: "V", name: "volt", measures: "voltage" },
  Hz: { symbol: "Hz", name: "hertz", measures: "frequency" },
  deg: { symbol: "°", name: "degree", measures: "angle" },
  s: { symbol: "s", name: "second", measures: "duration" },
  percent: { symbol: "%", name: "percent", measures: "share" },
  ratio: { symbol: "", name: "ratio", measures: "ratio" },
  count: { symbol: "", name: "count", measures: "count" },
  pulses: { symbol: "pulses", name: "pulses", measures: "pulses" },
} as const satisfies Record<string, UnitInfo>;

/** What is known of a unit. */
export interface UnitInfo {
  /** For people: "Wh", "°"; empty where a bare number says enough. */
  readonly symbol: string;
  readonly name: string;
  readonly measures: string;
}

/** Name of a unit in programs: "Wh", "deg", "ratio". */
export type Unit = keyof typeof units;

/** What a meter's value stands for. */
export type Quantity = keyof typeof quantities;

/** Every quantity that a source can have, with the unit in which it is given; null where the meter's configuration decides. */
export const quantities = {
  activeEnergy: "Wh",
  reactiveEnergy: "varh",
  apparentEnergy: "VAh",
  activePower: "W",
  reactivePower: "var",
  apparentPower: "VA",
  current: "A",
  voltage: "V",
  frequency: "Hz",
  powerFactor: "ratio",
  /** Sine of the angle between voltage and current. */
  phaseAngleSine: "ratio",
  angle: "deg",
  duration: "s",
  count: "count",
  pulses: "pulses",
  /** A demand register: quantity and unit are those of the source that it averages (BT22). */
  demand: null,
  /** A mapped source: quantity and unit are those of the extended source that ET66 names. */
  mapped: null,
  /** A counter of a device on the MEP or M-Bus: the device decides. */
  device: null,
  /** The moment at which a neighbouring value was taken; no format is documented. */
  time: null,
  /** Nothing is behind it. */
  none: null,
} as const satisfies Record<string, Unit | null>;

/** One step of an integer on the wire: `scale` of `unit`. */
export interface WireUnit {
  readonly unit: Unit;
  /** 0.001 for mA, 60 for minutes; 1 where the wire carries the unit itself. */
  readonly scale: number;
}

/** Every unit that the guide uses for integers in tables. MEP guide 1.1, pp. 80, 146-165, 214-226. */
export const wireUnits = {
  Wh: { unit: "Wh", scale: 1 },
  varh: { unit: "varh", scale: 1 },
  VAh: { unit: "VAh", scale: 1 },
  W: { unit: "W", scale: 1 },
  var: { unit: "var", scale: 1 },
  VA: { unit: "VA", scale: 1 },
  A: { unit: "A", scale: 1 },
  mA: { unit: "A", scale: 0.001 },
  V: { unit: "V", scale: 1 },
  mV: { unit: "V", scale: 0.001 },
  Hz: { unit: "Hz", scale: 1 },
  mHz: { unit: "Hz", scale: 0.001 },
  "1/1000": { unit: "ratio", scale: 0.001 },
  "1/100 deg": { unit: "deg", scale: 0.01 },
  "%": { unit: "percent", scale: 1 },
  "0.1 %": { unit: "percent", scale: 0.1 },
  ms: { unit: "s", scale: 0.001 },
  s: { unit: "s", scale: 1 },
  min: { unit: "s", scale: 60 },
  h: { unit: "s", scale: 3600 },
  d: { unit: "s", scale: 86400 },
  count: { unit: "count", scale: 1 },
  pulses: { unit: "pulses", scale: 1 },
} as const satisfies Record<string, WireUnit>;

/** Name of a wire unit: "mA", "min", "1/100 deg". */
export type WireUnitName = keyof typeof wireUnits;

/**
 * An integer from the wire in its unit, as the double nearest to the exact decimal.
 *
 * @example
 * inUnit(229433, wireUnits.mV) // 229.433
 */
export const inUnit = (raw: number, wire: WireUnit): number =>
  // Dividing by 1000 rounds once; multiplying by 0.001, which no double is, gives 229.43300000000002.
  wire.scale < 1 ? raw / Math.round(1 / wire.scale) : raw * wire.scale;

/**
 * The integer on the wire that is nearest to a value in its unit.
 *
 * @example
 * onWire(229.433, wireUnits.mV) // 229433
 */
export const onWire = (value: number, wire: WireUnit): number =>
  Math.round(wire.scale < 1 ? value * Math.round(1 / wire.scale) : value / wire.scale);

/**
 * How many decimals a value has when one step on the wire is its last digit.
 *
 * @example
 * decimals(wireUnits.mA) // 3
 */
export const decimals = (wire: WireUnit): number => (wire.scale < 1 ? Math.round(-Math.log10(wire.scale)) : 0);
