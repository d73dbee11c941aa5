/** What the value information of an M-Bus record says: quantity, unit and power of ten (EN 13757-3, VIF and its tables). */

/** What a value is. `unit` null: it has none. */
export interface MbusQuantity {
  readonly name: string;
  readonly unit: string | null;
  /** Power of ten by which the number is multiplied. */
  readonly exponent: number;
  /** And what it is multiplied by besides: seconds in a minute, an hour, a day. */
  readonly factor: number;
  /** Dates and times are packed, identifications are not quantities. */
  readonly kind: "number" | "time" | "label";
}

type Row = readonly [
  first: number,
  /** How many codes. */
  count: number,
  name: string,
  unit: string | null,
  /** Power of ten of the first code; each next one has one more. */
  exponent: number,
];

const spread = (rows: readonly Row[]): Map<number, MbusQuantity> =>
  new Map(
    rows.flatMap(([first, count, name, unit, exponent]) =>
      Array.from({ length: count }, (_, i): [number, MbusQuantity] => [
        first + i,
        { name, unit, exponent: exponent + i, factor: 1, kind: "number" },
      ]),
    ),
  );

/** Seconds, minutes, hours and days; a longer list goes on with months and years, which have no length in seconds. */
const lengths = [1, 60, 3600, 86_400] as const;
const durations = (first: number, name: string): [number, MbusQuantity][] =>
  lengths.map((factor, i) => [first + i, { name, unit: "s", exponent: 0, factor, kind: "number" }]);
const labels = (names: Readonly<Record<number, string>>): [number, MbusQuantity][] =>
  Object.entries(names).map(([code, name]) => [
    Number(code),
    { name, unit: null, exponent: 0, factor: 1, kind: "label" },
  ]);
const times = (names: Readonly<Record<number, string>>): [number, MbusQuantity][] =>
  labels(names).map(([code, quantity]) => [code, { ...quantity, kind: "time" }]);

const primary = new Map([
  ...spread([
    [0x00, 8, "energy", "Wh", -3],
    [0x08, 8, "energy", "J", 0],
    [0x10, 8, "volume", "m³", -6],
    [0x18, 8, "mass", "kg", -3],
    [0x28, 8, "power", "W", -3],
    [0x30, 8, "power", "J/h", 0],
    [0x38, 8, "volume flow", "m³/h", -6],
    [0x40, 8, "volume flow", "m³/min", -7],
    [0x48, 8, "volume flow", "m³/s", -9],
    [0x50, 8, "mass flow", "kg/h", -3],
    [0x58, 4, "flow temperature", "°C", -3],
    [0x5c, 4, "return temperature", "°C", -3],
    [0x60, 4, "temperature difference", "K", -3],
    [0x64, 4, "external temperature", "°C", -3],
    [0x68, 4, "pressure", "bar", -3],
    [0x6e, 1, "heat cost allocation", null, 0],
  ]),
  ...durations(0x20, "on time"),
  ...durations(0x24, "operating time"),
  ...durations(0x70, "averaging duration"),
  ...durations(0x74, "actuality duration"),
  ...times({ 108: "date", 109: "date and time" }),
  ...labels({ 120: "fabrication number", 121: "identification", 122: "bus address" }),
]);

/** Behind 0xFD. */
const extensionFd = new Map([
  ...spread([
    [0x1c, 1, "baud rate", "Bd", 0],
    [0x20, 1, "first storage number", null, 0],
    [0x21, 1, "last storage number", null, 0],
    [0x22, 1, "size of storage block", null, 0],
    [0x3a, 1, "number without a unit", null, 0],
    [0x40, 16, "voltage", "V", -9],
    [0x50, 16, "current", "A", -12],
    [0x60, 1, "reset counter", null, 0],
    [0x61, 1, "cumulation counter", null, 0],
    [0x71, 1, "received level", "dBm", 0],
  ]),
  ...durations(0x24, "storage interval"),
  ...durations(0x2c, "duration since the latest readout"),
  ...durations(0x30, "tariff duration").slice(1),
  ...durations(0x34, "tariff period"),
  ...times({ 48: "start of tariff", 112: "change of battery" }),
  ...labels({
    8: "access number",
    9: "medium",
    10: "manufacturer",
    11: "parameter set",
    12: "model",
    13: "hardware version",
    14: "metrology firmware version",
    15: "software version",
    16: "customer location",
    17: "customer",
    23: "error flags",
    24: "error mask",
    26: "digital output",
    27: "digital input",
    102: "state of parameter activation",
    103: "special supplier information",
  }),
]);

/** Behind 0xFB. */
const extensionFb = new Map([
  ...spread([
    [0x00, 2, "energy", "Wh", 5],
    [0x02, 2, "reactive energy", "varh", 3],
    [0x08, 2, "energy", "J", 8],
    [0x0c, 4, "energy", "cal", 5],
    [0x10, 2, "volume", "m³", 2],
    [0x14, 4, "reactive power", "var", 0],
    [0x18, 2, "mass", "kg", 5],
    [0x1a, 2, "relative humidity", "%", -1],
    [0x28, 2, "power", "W", 5],
    [0x2c, 4, "frequency", "Hz", -3],
    [0x30, 2, "power", "J/h", 8],
    [0x34, 4, "apparent power", "VA", 0],
    [0x74, 4, "temperature limit", "°C", -3],
    [0x78, 8, "cumulated maximum of active power", "W", -3],
  ]),
]);

const tables = { fd: extensionFd, fb: extensionFb, primary } as const;

/**
 * The meaning of a value information code without its extension bit; undefined for one that is reserved, or not known.
 *
 * @example
 * mbusQuantity("primary", 0x13).unit // "m³"
 */
export const mbusQuantity = (table: keyof typeof tables, code: number): MbusQuantity | undefined =>
  tables[table].get(code);

/** Units of the fixed data structure: nine steps each, a power of ten apart. */
const fixedUnits: readonly Row[] = [
  [0x02, 9, "energy", "Wh", 0],
  [0x0b, 9, "energy", "J", 3],
  [0x14, 9, "power", "W", 0],
  [0x1d, 9, "power", "J/h", 3],
  [0x26, 9, "volume", "m³", -6],
  [0x2f, 9, "volume flow", "m³/h", -6],
  [0x38, 1, "temperature", "°C", -3],
  [0x39, 1, "heat cost allocation", null, 0],
  [0x3f, 1, "number without a unit", null, 0],
];
const fixedQuantities = spread(fixedUnits);

/** What a counter of the fixed data structure counts, by its six bits; undefined if unknown. */
export const fixedQuantity = (code: number): MbusQuantity | undefined => fixedQuantities.get(code);
