/** What the value information of an M-Bus record says: quantity, unit and power of ten (EN 13757-3, VIF and its tables). */

/** What a value is. `unit` null: it has none. */
export interface MbusQuantity {
  readonly name: string;
  readonly unit: string | null;
  /** Power of ten by which the number is multiplied. */
  readonly exponent: number;
  /** And what it is multiplied by besides: seconds in a minute, an hour, a day. */
  readonly factor: number;
  /**
   * Dates and times are packed, identifications are not quantities; `packed` is several values in one that are not
   * taken apart, `secret` a key or a code that nobody may see.
   */
  readonly kind: "number" | "time" | "label" | "packed" | "secret";
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
type Entry = readonly [code: number, quantity: MbusQuantity];

const spread = (rows: readonly Row[]): Entry[] =>
  rows.flatMap(([first, count, name, unit, exponent]) =>
    Array.from(
      { length: count },
      (_, i): Entry => [first + i, { name, unit, exponent: exponent + i, factor: 1, kind: "number" }],
    ),
  );

/** Months and years have no length in seconds, and are units of their own. */
const lengths = [
  ["s", 1],
  ["s", 60],
  ["s", 3600],
  ["s", 86_400],
  ["month", 1],
  ["year", 1],
] as const;

/** The first code, a name, and the lengths from the first to the last one as their indices above. */
const durations = (rows: readonly (readonly [first: number, name: string, from: number, to: number])[]): Entry[] =>
  rows.flatMap(([first, name, from, to]) =>
    lengths
      .slice(from, to + 1)
      .map(([unit, factor], i): Entry => [first + i, { name, unit, exponent: 0, factor, kind: "number" }]),
  );

const named = (kind: MbusQuantity["kind"], names: readonly (readonly [code: number, name: string])[]): Entry[] =>
  names.map(([code, name]) => [code, { name, unit: null, exponent: 0, factor: 1, kind }]);

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
    // "Any VIF": a value whose kind the codes behind it tell.
    [0x7e, 1, "any", null, 0],
  ]),
  ...durations([
    [0x20, "on time", 0, 3],
    [0x24, "operating time", 0, 3],
    [0x70, "averaging duration", 0, 3],
    [0x74, "actuality duration", 0, 3],
  ]),
  ...named("time", [
    [0x6c, "date"],
    [0x6d, "date and time"],
  ]),
  ...named("label", [
    [0x78, "fabrication number"],
    [0x79, "identification"],
    [0x7a, "bus address"],
  ]),
]);

/** Behind 0xFD. */
const extensionFd = new Map([
  ...spread([
    [0x00, 4, "credit", "currency", -3],
    [0x04, 4, "debit", "currency", -3],
    [0x1c, 1, "baud rate", "Bd", 0],
    [0x1d, 1, "response delay", "bit times", 0],
    [0x1e, 1, "retries", null, 0],
    [0x20, 1, "first storage number", null, 0],
    [0x21, 1, "last storage number", null, 0],
    [0x22, 1, "size of storage block", null, 0],
    [0x2b, 1, "second of the time point", "s", 0],
    [0x3a, 1, "number without a unit", null, 0],
    [0x40, 16, "voltage", "V", -9],
    [0x50, 16, "current", "A", -12],
    [0x60, 1, "reset counter", null, 0],
    [0x61, 1, "cumulation counter", null, 0],
    [0x62, 1, "control signal", null, 0],
    [0x63, 1, "day of week", null, 0],
    [0x64, 1, "week number", null, 0],
    [0x71, 1, "received level", "dBm", 0],
    [0x75, 1, "times the meter was stopped", null, 0],
  ]),
  ...durations([
    [0x24, "storage interval", 0, 5],
    [0x2c, "duration since the latest readout", 0, 3],
    [0x31, "tariff duration", 1, 3],
    [0x34, "tariff period", 0, 5],
    [0x3c, "transmission period", 0, 3],
    [0x68, "duration since the latest cumulation", 2, 5],
    [0x6c, "operating time of the battery", 2, 5],
    [0x74, "remaining battery life", 3, 3],
  ]),
  ...named("time", [
    [0x30, "start of tariff"],
    [0x65, "time of day change"],
    [0x70, "change of battery"],
  ]),
  ...named("label", [
    [0x08, "access number"],
    [0x09, "medium"],
    [0x0a, "manufacturer"],
    [0x0b, "parameter set"],
    [0x0c, "model"],
    [0x0d, "hardware version"],
    [0x0e, "metrology firmware version"],
    [0x0f, "software version"],
    [0x10, "customer location"],
    [0x11, "customer"],
    [0x17, "error flags"],
    [0x18, "error mask"],
    [0x1a, "digital output"],
    [0x1b, "digital input"],
    [0x1f, "remote control"],
    [0x23, "descriptor of tariff and subunit"],
    [0x2a, "operator data"],
    [0x66, "state of parameter activation"],
    [0x67, "special supplier information"],
  ]),
  ...named("packed", [
    [0x3b, "container of wireless M-Bus data"],
    [0x72, "daylight saving"],
    [0x73, "listening windows"],
    [0x76, "container of manufacturer's data"],
  ]),
  ...named("secret", [
    [0x12, "access code of the user"],
    [0x13, "access code of the operator"],
    [0x14, "access code of the system operator"],
    [0x15, "access code of the developer"],
    [0x16, "password"],
    [0x19, "security key"],
  ]),
]);

/** Behind 0xFD 0xFD. */
const extensionFdFd = new Map([
  ...spread([[0x00, 1, "selected application", null, 0]]),
  ...durations([[0x02, "remaining battery life", 4, 5]]),
]);

/** Behind 0xFB. Gallons and degrees Fahrenheit are of older editions, and no longer given to anything else. */
const extensionFb = new Map(
  spread([
    [0x00, 2, "energy", "Wh", 5],
    [0x02, 2, "reactive energy", "varh", 3],
    [0x04, 2, "apparent energy", "VAh", 3],
    [0x08, 2, "energy", "J", 8],
    [0x0c, 4, "energy", "cal", 5],
    [0x10, 2, "volume", "m³", 2],
    [0x14, 4, "reactive power", "var", 0],
    [0x18, 2, "mass", "kg", 5],
    [0x1a, 2, "relative humidity", "%", -1],
    [0x20, 1, "volume", "ft³", 0],
    [0x21, 1, "volume", "ft³", -1],
    [0x22, 2, "volume", "US gal", -1],
    [0x24, 1, "volume flow", "US gal/min", -3],
    [0x25, 1, "volume flow", "US gal/min", 0],
    [0x26, 1, "volume flow", "US gal/h", 0],
    [0x28, 2, "power", "W", 5],
    [0x2a, 1, "phase between voltages", "°", -1],
    [0x2b, 1, "phase of voltage to current", "°", -1],
    [0x2c, 4, "frequency", "Hz", -3],
    [0x30, 2, "power", "J/h", 8],
    [0x34, 4, "apparent power", "VA", 0],
    [0x58, 4, "flow temperature", "°F", -3],
    [0x5c, 4, "return temperature", "°F", -3],
    [0x60, 4, "temperature difference", "°F", -3],
    [0x64, 4, "external temperature", "°F", -3],
    [0x70, 4, "temperature limit", "°F", -3],
    [0x74, 4, "temperature limit", "°C", -3],
    [0x78, 8, "cumulated maximum of active power", "W", -3],
  ]),
);

const tables = { primary, fd: extensionFd, fb: extensionFb, fdfd: extensionFdFd } as const;
export type MbusTable = keyof typeof tables;

/**
 * The meaning of a value information code without its extension bit; undefined for one that is reserved, or not known.
 *
 * @example
 * mbusQuantity("primary", 0x13).unit // "m³"
 */
export const mbusQuantity = (table: MbusTable, code: number): MbusQuantity | undefined => tables[table].get(code);

/** The bytes that lead to a table. */
export const tablePrefixes: Readonly<Record<MbusTable, readonly number[]>> = {
  primary: [],
  fd: [0xfd],
  fb: [0xfb],
  fdfd: [0xfd, 0xfd],
};

/**
 * All codes of a quantity, each with its table: what an encoder chooses from.
 *
 * @example
 * codesOfQuantity("volume", "m³").length // 10
 */
export const codesOfQuantity = (
  name: string,
  unit: string | null,
): readonly { readonly table: MbusTable; readonly code: number; readonly quantity: MbusQuantity }[] =>
  (Object.keys(tables) as MbusTable[]).flatMap((table) =>
    [...tables[table]]
      .filter(([, quantity]) => quantity.name === name && quantity.unit === unit)
      .map(([code, quantity]) => ({ table, code, quantity })),
  );

/** Units of the fixed data structure: nine steps each, a power of ten apart. */
const fixedQuantities = new Map(
  spread([
    [0x02, 9, "energy", "Wh", 0],
    [0x0b, 9, "energy", "J", 3],
    [0x14, 9, "power", "W", 0],
    [0x1d, 9, "power", "J/h", 3],
    [0x26, 9, "volume", "m³", -6],
    [0x2f, 9, "volume flow", "m³/h", -6],
    [0x38, 1, "temperature", "°C", -3],
    [0x39, 1, "heat cost allocation", null, 0],
    [0x3f, 1, "number without a unit", null, 0],
  ]),
);

/** What a counter of the fixed data structure counts, by its six bits; undefined if unknown. */
export const fixedQuantity = (code: number): MbusQuantity | undefined => fixedQuantities.get(code);
