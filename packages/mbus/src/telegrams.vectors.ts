/**
 * Telegrams that devices have sent, with what they say. The bytes and the values beside them are those of the test frames
 * of libmbus (github.com/rscada/libmbus, test/test-frames), which decodes them independently; the two "manual" frames are
 * the examples of the M-Bus documentation MBDOC48, chapter 6.
 */

/** Quantity, unit, value or text or time; then what differs from an instantaneous value of storage, tariff, subunit 0. */
export type ExpectedRecord = readonly [
  quantity: string,
  unit: string | null,
  value: number | string | null,
  more?: Readonly<Record<string, unknown>>,
];

export interface TelegramVector {
  readonly name: string;
  /** The frame on the bus: 68 L L 68 C A CI, …, checksum, 16. */
  readonly frame: string;
  readonly serialNumber: string;
  readonly manufacturer: string | null;
  readonly version: number | null;
  readonly medium: string;
  readonly accessNumber: number;
  readonly records: readonly ExpectedRecord[];
  readonly manufacturerData?: string;
  readonly moreFollow?: boolean;
}

const manual3: TelegramVector = {
  name: "manual_frame3: a water meter, with storage, tariff and subunit",
  frame:
    "68 1F 1F 68 08 02 72 78 56 34 12 24 40 01 07 55 00 00 00 03 13 15 31 00 DA 02 3B 13 01 8B 60 04 37 18 02 18 16",
  serialNumber: "12345678",
  manufacturer: "PAD",
  version: 1,
  medium: "water",
  accessNumber: 85,
  records: [
    ["volume", "m³", 12.565],
    ["volume flow", "m³/h", 0.113, { function: "maximum", storage: 5 }],
    ["energy", "Wh", 218_370, { tariff: 2, subunit: 1 }],
  ],
};

const manual2: TelegramVector = {
  name: "manual_frame2: a fixed structure",
  frame: "68 13 13 68 08 05 73 78 56 34 12 0A 00 E9 7E 01 00 00 00 35 01 00 00 3C 16",
  serialNumber: "12345678",
  manufacturer: null,
  version: null,
  medium: "water",
  accessNumber: 10,
  records: [
    ["volume", "m³", 0.001],
    ["volume", "m³", 0.135, { storage: 1, notes: ["at a fixed date"] }],
  ],
};

const falcon: TelegramVector = {
  name: "els_falcon: a water meter, dates and data of its maker",
  frame:
    "68 4A 4A 68 08 01 72 45 23 11 70 93 15 0A 07 02 00 00 00 0C 13 67 45 23 01 04 6D 3A 0D E6 02 42 6C E1 01 4C 13 51 69 45 00 42 EC 7E 01 11 12 3B 39 17 42 6C 01 11 02 3B F9 17 0F 0E 42 20 01 01 01 00 05 08 5E 01 20 3D 12 08 3D 12 08 00 C0 16",
  serialNumber: "70112345",
  manufacturer: "ELS",
  version: 10,
  medium: "water",
  accessNumber: 2,
  records: [
    ["volume", "m³", 1234.567],
    ["date and time", null, "2007-02-06T13:58:00"],
    ["date", null, "2007-01-01", { storage: 1 }],
    ["volume", "m³", 456.951, { storage: 1 }],
    ["date", null, "2008-01-01", { storage: 1, notes: ["future value"] }],
    ["volume flow", "m³/h", 5.945, { function: "maximum" }],
    ["date", null, "2008-01-01", { storage: 1 }],
    ["volume flow", "m³/h", 6.137],
  ],
  manufacturerData: "0e 42 20 01 01 01 00 05 08 5e 01 20 3d 12 08 3d 12 08 00",
};

const g350: TelegramVector = {
  name: "LGB_G350: a gas meter, a time of six bytes and a number as text",
  frame:
    "68 40 40 68 08 01 72 58 20 08 12 E2 30 40 03 40 00 00 00 2F 2F 4C 13 92 40 83 10 46 6D 00 00 08 16 27 00 0D 78 11 34 31 38 35 30 32 38 30 32 31 39 35 37 31 30 30 47 89 40 FD 1A 01 01 FD 17 00 01 FD 67 0F 38 16",
  serialNumber: "12082058",
  manufacturer: "LGB",
  version: 64,
  medium: "gas",
  accessNumber: 64,
  records: [
    ["volume", "m³", 10_834.092, { storage: 1 }],
    ["date and time", null, "2016-07-22T08:00:00", { storage: 1 }],
    ["fabrication number", null, "G0017591208205814"],
    ["digital output", null, "1", { subunit: 1 }],
    ["error flags", null, "0"],
    ["special supplier information", null, "15"],
  ],
};

const cf50: TelegramVector = {
  name: "allmess_cf50: a heat meter",
  frame:
    "68 3D 3D 68 08 01 72 00 51 20 02 82 4D 02 04 00 88 00 00 04 07 00 00 00 00 0C 15 03 00 00 00 0B 2E 00 00 00 0B 3B 00 00 00 0A 5A 88 12 0A 5E 16 05 0B 61 23 77 00 02 6C 8C 11 02 27 37 0D 0F 60 00 67 16",
  serialNumber: "02205100",
  manufacturer: "SLB",
  version: 2,
  medium: "heat, by the return temperature",
  accessNumber: 0,
  records: [
    ["energy", "Wh", 0],
    ["volume", "m³", 0.3],
    ["power", "W", 0],
    ["volume flow", "m³/h", 0],
    ["flow temperature", "°C", 128.8],
    ["return temperature", "°C", 51.6],
    ["temperature difference", "K", 77.23],
    ["date", null, "2012-01-12"],
    ["operating time", "s", 292_291_200],
  ],
  manufacturerData: "60 00",
};

const humidity: TelegramVector = {
  name: "elv_temp_humid: a unit in plain text, corrected by a factor, and more to come",
  frame:
    "68 53 53 68 08 05 72 34 08 00 54 96 15 32 00 F2 00 00 00 01 FD 1B 00 02 FC 03 48 52 25 74 D4 11 22 FC 03 48 52 25 74 C8 11 12 FC 03 48 52 25 74 B4 16 02 65 D0 08 22 65 70 08 12 65 23 09 01 72 18 42 65 E4 08 82 01 65 DD 08 0C 78 34 08 00 54 03 FD 0F 00 00 04 1F 5D 16",
  serialNumber: "54000834",
  manufacturer: "ELV",
  version: 50,
  medium: "other",
  accessNumber: 242,
  records: [
    ["digital input", null, "0"],
    ["%RH", null, 45.64, { notes: ["corrected by a factor"] }],
    ["%RH", null, 45.52, { notes: ["corrected by a factor"], function: "minimum" }],
    ["%RH", null, 58.12, { notes: ["corrected by a factor"], function: "maximum" }],
    ["external temperature", "°C", 22.56],
    ["external temperature", "°C", 21.6, { function: "minimum" }],
    ["external temperature", "°C", 23.39, { function: "maximum" }],
    ["averaging duration", "s", 86_400],
    ["external temperature", "°C", 22.76, { storage: 1 }],
    ["external temperature", "°C", 22.69, { storage: 2 }],
    ["fabrication number", null, "54000834"],
    ["software version", null, "262144"],
  ],
  manufacturerData: "",
  moreFollow: true,
};

/** A maker that is not named in the header has codes of its own behind the standard ones. */
const makers = (code: string) =>
  ({ doubts: ["modifier"], quality: "suspect", notes: [`manufacturer's code ${code}`] }) as const;
const unknown = (codes: string) => ({ doubts: ["unit"], quality: "suspect", notes: [`VIF ${codes}`], codes }) as const;
const electricity: TelegramVector = {
  name: "electricity-meter-2: tariffs, and codes of its maker",
  frame:
    "68 92 92 68 08 02 72 E5 02 00 05 00 00 12 02 25 00 00 00 8C 10 04 54 02 00 00 8C 11 04 54 02 00 00 8C 20 04 28 41 44 00 8C 21 04 28 41 44 00 02 FD C9 FF 01 E9 00 02 FD DB FF 01 01 00 02 AC FF 01 00 00 82 40 AC FF 01 00 00 02 FD C9 FF 02 EA 00 02 FD DB FF 02 00 00 02 AC FF 02 00 00 82 40 AC FF 02 00 00 02 FD C9 FF 03 EB 00 02 FD DB FF 03 01 00 02 AC FF 03 00 00 82 40 AC FF 03 00 00 02 FF 68 00 00 02 AC FF 00 00 00 82 40 AC FF 00 00 00 01 FF 13 04 E9 16",
  serialNumber: "050002e5",
  manufacturer: null,
  version: 18,
  medium: "electricity",
  accessNumber: 37,
  records: [
    ["energy", "Wh", 2540, { tariff: 1 }],
    ["energy", "Wh", 2540, { tariff: 1, storage: 2 }],
    ["energy", "Wh", 4_441_280, { tariff: 2 }],
    ["energy", "Wh", 4_441_280, { tariff: 2, storage: 2 }],
    ...[233, 234, 235].flatMap((volts, phase): ExpectedRecord[] => {
      const code = makers(`0${phase + 1}`);
      return [
        ["voltage", "V", volts, { ...code, raw: volts }],
        ["current", "A", [0.1, 0, 0.1][phase] ?? null, { ...code, raw: [1, 0, 1][phase] }],
        ["power", "W", 0, { ...code, raw: 0 }],
        ["power", "W", 0, { ...code, raw: 0, subunit: 1 }],
      ];
    }),
    ["manufacturer specific", null, null, { ...unknown("ff68"), raw: 0 }],
    ["power", "W", 0, { ...makers("00"), raw: 0 }],
    ["power", "W", 0, { ...makers("00"), raw: 0, subunit: 1 }],
    ["manufacturer specific", null, null, { ...unknown("ff13"), raw: 4 }],
  ],
};

export const telegramVectors: readonly TelegramVector[] = [manual3, manual2, falcon, g350, cf50, humidity, electricity];

/**
 * First and last code of each range of value information, and what one step of it is: from the table of libmbus
 * (mbus-protocol-aux.c) typed again, the younger ones of 0xFB from the list of the M-Bus parser Valley.Net.Protocols.MeterBus.
 */
export const stepVectors: readonly (readonly [vif: string, unit: string | null, step: number])[] = [
  ["00", "Wh", 0.001],
  ["07", "Wh", 10_000],
  ["08", "J", 1],
  ["0f", "J", 1e7],
  ["10", "m³", 1e-6],
  ["17", "m³", 10],
  ["18", "kg", 0.001],
  ["1f", "kg", 10_000],
  ["20", "s", 1],
  ["21", "s", 60],
  ["22", "s", 3600],
  ["23", "s", 86_400],
  ["27", "s", 86_400],
  ["28", "W", 0.001],
  ["2f", "W", 10_000],
  ["30", "J/h", 1],
  ["37", "J/h", 1e7],
  ["38", "m³/h", 1e-6],
  ["3f", "m³/h", 10],
  ["40", "m³/min", 1e-7],
  ["47", "m³/min", 1],
  ["48", "m³/s", 1e-9],
  ["4f", "m³/s", 0.01],
  ["50", "kg/h", 0.001],
  ["57", "kg/h", 10_000],
  ["58", "°C", 0.001],
  ["5b", "°C", 1],
  ["5c", "°C", 0.001],
  ["5f", "°C", 1],
  ["60", "K", 0.001],
  ["63", "K", 1],
  ["64", "°C", 0.001],
  ["67", "°C", 1],
  ["68", "bar", 0.001],
  ["6b", "bar", 1],
  ["6e", null, 1],
  ["70", "s", 1],
  ["73", "s", 86_400],
  ["74", "s", 1],
  ["77", "s", 86_400],
  ["fd24", "s", 1],
  ["fd27", "s", 86_400],
  ["fd2c", "s", 1],
  ["fd2f", "s", 86_400],
  ["fd31", "s", 60],
  ["fd33", "s", 86_400],
  ["fd34", "s", 1],
  ["fd37", "s", 86_400],
  ["fd3a", null, 1],
  ["fd40", "V", 1e-9],
  ["fd4f", "V", 1e6],
  ["fd50", "A", 1e-12],
  ["fd5f", "A", 1000],
  ["fb00", "Wh", 1e5],
  ["fb01", "Wh", 1e6],
  ["fb02", "varh", 1000],
  ["fb03", "varh", 10_000],
  ["fb08", "J", 1e8],
  ["fb09", "J", 1e9],
  ["fb0c", "cal", 1e5],
  ["fb0f", "cal", 1e8],
  ["fb10", "m³", 100],
  ["fb11", "m³", 1000],
  ["fb14", "var", 1],
  ["fb17", "var", 1000],
  ["fb18", "kg", 1e5],
  ["fb19", "kg", 1e6],
  ["fb1a", "%", 0.1],
  ["fb1b", "%", 1],
  ["fb28", "W", 1e5],
  ["fb29", "W", 1e6],
  ["fb2c", "Hz", 0.001],
  ["fb2f", "Hz", 1],
  ["fb30", "J/h", 1e8],
  ["fb31", "J/h", 1e9],
  ["fb34", "VA", 1],
  ["fb37", "VA", 1000],
  ["fb74", "°C", 0.001],
  ["fb77", "°C", 1],
  ["fb78", "W", 0.001],
  ["fb7f", "W", 10_000],
];
