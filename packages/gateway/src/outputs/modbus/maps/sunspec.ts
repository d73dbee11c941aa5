/**
 * SunSpec: the common model 1, and the models 203 (whole numbers with scale factors) and 213 (floats) of a meter on three phases
 * with a neutral. Offsets, kinds and the marks of unknown values are those of the SunSpec Alliance's `model_1.json`,
 * `model_203.json` and `model_213.json`. Power is positive from the grid.
 */
import type { FigureKey } from "../../lines/figures.ts";
import { type NumberType, nan, type Register, type RegisterMap, type UnknownWords } from "../register-map.ts";

/** Where the models begin: the first of the three places that the standard gives. */
const base = 40_000;

const sunspecUnknown: UnknownWords = {
  u16: [0xffff],
  i16: [0x8000],
  u32: [0xffff, 0xffff],
  i32: [0x8000, 0x0000],
  // Of a counter that the meter has not; what it has and cannot tell now is refused.
  acc32: [0, 0],
  f32: nan,
};

interface Names {
  readonly maker: string | { readonly name: "maker" };
  readonly model: string | { readonly name: "model" };
  readonly options: string;
}

/** The mark and the common model. `length` is 66, or 65 without the pad. */
const commonModel = (length: 65 | 66, { maker, model, options }: Names): readonly Register[] => [
  { at: base, words: 2, text: "SunS" },
  { at: base + 2, type: "u16", value: 1 },
  { at: base + 3, type: "u16", value: length },
  { at: base + 4, words: 16, text: maker },
  { at: base + 20, words: 16, text: model },
  { at: base + 36, words: 8, text: options },
  { at: base + 44, words: 8, text: { name: "version" } },
  { at: base + 52, words: 16, text: { name: "serial" } },
  { at: base + 68, type: "u16", value: 1 },
  ...(length === 66 ? [{ at: base + 69, type: "u16", unknown: true } as const] : []),
];

const endModel = (at: number): readonly Register[] => [
  { at, type: "u16", value: 0xffff },
  { at: at + 1, type: "u16", value: 0 },
];

/** A row of values that follow each other; null is one that a meter of ours has not. */
const row = (
  at: number,
  type: NumberType,
  figures: readonly (FigureKey | null)[],
  more: { readonly times?: number; readonly needed?: boolean } = {},
): readonly Register[] =>
  figures.map((figure, n): Register => {
    const place = at + n * (type === "i16" ? 1 : 2);
    return figure === null ? { at: place, type, unknown: true } : { at: place, type, figure, ...more };
  });

const absent = (count: number): readonly null[] => Array.from({ length: count }, () => null);

const currents = ["current_sum_a", "current_l1_a", "current_l2_a", "current_l3_a"] as const;
const voltages = ["voltage_mean_v", "voltage_l1_v", "voltage_l2_v", "voltage_l3_v"] as const;
const powers = ["power_w", "power_l1_w", "power_l2_w", "power_l3_w"] as const;
const apparents = [
  "apparent_power_va",
  "apparent_power_l1_va",
  "apparent_power_l2_va",
  "apparent_power_l3_va",
] as const;
const factors = ["power_factor", "power_factor_l1", "power_factor_l2", "power_factor_l3"] as const;

/** Powers of ten; what is beyond 16 bits with them is unknown. */
const model203 = (start: number): readonly Register[] => {
  const scale = (at: number, value: number): Register => ({ at: start + at, type: "i16", value });
  return [
    { at: start, type: "u16", value: 203 },
    { at: start + 1, type: "u16", value: 105 },
    ...row(start + 2, "i16", currents, { times: 100 }),
    scale(6, -2),
    ...row(start + 7, "i16", voltages, { times: 10 }),
    ...row(start + 11, "i16", absent(4)),
    scale(15, -1),
    ...row(start + 16, "i16", ["frequency_hz"], { times: 100 }),
    scale(17, -2),
    ...row(start + 18, "i16", powers),
    scale(22, 0),
    ...row(start + 23, "i16", apparents),
    scale(27, 0),
    ...row(start + 28, "i16", ["reactive_power_var", ...absent(3)]),
    scale(32, 0),
    // In percent.
    ...row(start + 33, "i16", factors, { times: 1_000 }),
    scale(37, -1),
    ...row(start + 38, "acc32", ["energy_export_wh"], { needed: true }),
    ...row(start + 40, "acc32", absent(3)),
    ...row(start + 46, "acc32", ["energy_import_wh"], { needed: true }),
    ...row(start + 48, "acc32", absent(3)),
    scale(54, 0),
    ...row(start + 55, "acc32", absent(8)),
    scale(71, 0),
    ...row(start + 72, "acc32", absent(16)),
    scale(104, 0),
    { at: start + 105, type: "u32", value: 0 },
    ...endModel(start + 107),
  ];
};

const model213 = (start: number): readonly Register[] => [
  { at: start, type: "u16", value: 213 },
  { at: start + 1, type: "u16", value: 124 },
  ...row(start + 2, "f32", currents),
  ...row(start + 10, "f32", voltages),
  ...row(start + 18, "f32", absent(4)),
  ...row(start + 26, "f32", ["frequency_hz"]),
  ...row(start + 28, "f32", powers),
  ...row(start + 36, "f32", apparents),
  ...row(start + 44, "f32", ["reactive_power_var", ...absent(3)]),
  ...row(start + 52, "f32", factors),
  ...row(start + 60, "f32", ["energy_export_wh", ...absent(3)]),
  ...row(start + 68, "f32", ["energy_import_wh", ...absent(3)]),
  ...row(start + 76, "f32", absent(24)),
  { at: start + 124, type: "u32", value: 0 },
  ...endModel(start + 126),
];

const own: Names = { maker: { name: "maker" }, model: { name: "model" }, options: "" };

export const sunspec203: RegisterMap = {
  name: "sunspec_203",
  unknown: sunspecUnknown,
  areas: [{ from: base, to: base + 70 + 108, hole: "u16" }],
  registers: [...commonModel(66, own), ...model203(base + 70)],
};

export const sunspec213: RegisterMap = {
  name: "sunspec_213",
  unknown: sunspecUnknown,
  areas: [{ from: base, to: base + 70 + 127, hole: "u16" }],
  registers: [...commonModel(66, own), ...model213(base + 70)],
};

/**
 * What a Fronius inverter looks for: the common model without its pad, so that the meter's begins at 40069, and these names. From
 * reports of those who built one; each needs a serial number of its own.
 */
export const fronius: RegisterMap = {
  name: "fronius",
  maker: "Fronius",
  model: "Smart Meter TS 65A-3",
  unknown: sunspecUnknown,
  areas: [{ from: base, to: base + 69 + 127, hole: "u16" }],
  registers: [
    ...commonModel(65, { maker: "Fronius", model: "Smart Meter TS 65A-3", options: "<primary>" }),
    ...model213(base + 69),
  ],
};
