/**
 * ABB B23: whole numbers in hundredths of kWh, A, W, var, VA and Hz and tenths of V. Power is positive from the grid. Registers and
 * marks of unknown values of ABB's manual for the meters B23 and B24 (2CMC485003M0201), chapter 9.
 */
import type { RegisterMap, UnknownRegister } from "../register-map.ts";

/** The angles between voltages and currents, which a hole of unsigned words would make -0.1 degrees. */
const angles: readonly UnknownRegister[] = Array.from({ length: 13 }, (_, n) => ({
  at: 0x5b2d + n,
  type: "i16",
  unknown: true,
}));

export const abbB23: RegisterMap = {
  name: "abb_b23",
  maker: "ABB",
  model: "B23",
  unknown: {
    u16: [0xffff],
    i16: [0x7fff],
    u32: [0xffff, 0xffff],
    i32: [0x7fff, 0xffff],
    u64: [0xffff, 0xffff, 0xffff, 0xffff],
    i64: [0x7fff, 0xffff, 0xffff, 0xffff],
  },
  areas: [
    { from: 0x5000, to: 0x5017, hole: "u16" },
    { from: 0x5b00, to: 0x5b3d, hole: "u16" },
    { from: 0x8900, to: 0x8901, hole: "u16" },
  ],
  registers: [
    { at: 0x5000, type: "u64", figure: "energy_import_wh", times: 0.1 },
    { at: 0x5004, type: "u64", figure: "energy_export_wh", times: 0.1 },
    { at: 0x5008, type: "i64", unknown: true },
    { at: 0x500c, type: "u64", figure: "reactive_energy_import_varh", times: 0.1 },
    { at: 0x5010, type: "u64", figure: "reactive_energy_export_varh", times: 0.1 },
    { at: 0x5014, type: "i64", unknown: true },
    { at: 0x5b00, type: "u32", figure: "voltage_l1_v", times: 10 },
    { at: 0x5b02, type: "u32", figure: "voltage_l2_v", times: 10 },
    { at: 0x5b04, type: "u32", figure: "voltage_l3_v", times: 10 },
    { at: 0x5b0c, type: "u32", figure: "current_l1_a", times: 100 },
    { at: 0x5b0e, type: "u32", figure: "current_l2_a", times: 100 },
    { at: 0x5b10, type: "u32", figure: "current_l3_a", times: 100 },
    { at: 0x5b14, type: "i32", figure: "power_w", times: 100 },
    { at: 0x5b16, type: "i32", figure: "power_l1_w", times: 100 },
    { at: 0x5b18, type: "i32", figure: "power_l2_w", times: 100 },
    { at: 0x5b1a, type: "i32", figure: "power_l3_w", times: 100 },
    { at: 0x5b1c, type: "i32", figure: "reactive_power_var", times: 100 },
    { at: 0x5b1e, type: "i32", unknown: true },
    { at: 0x5b20, type: "i32", unknown: true },
    { at: 0x5b22, type: "i32", unknown: true },
    { at: 0x5b24, type: "i32", figure: "apparent_power_va", times: 100 },
    { at: 0x5b26, type: "i32", figure: "apparent_power_l1_va", times: 100 },
    { at: 0x5b28, type: "i32", figure: "apparent_power_l2_va", times: 100 },
    { at: 0x5b2a, type: "i32", figure: "apparent_power_l3_va", times: 100 },
    { at: 0x5b2c, type: "u16", figure: "frequency_hz", times: 100 },
    ...angles,
    { at: 0x5b3a, type: "i16", figure: "power_factor", times: 1_000 },
    { at: 0x5b3b, type: "i16", figure: "power_factor_l1", times: 1_000 },
    { at: 0x5b3c, type: "i16", figure: "power_factor_l2", times: 1_000 },
    { at: 0x5b3d, type: "i16", figure: "power_factor_l3", times: 1_000 },
    { at: 0x8900, type: "u32", serial: true },
  ],
};
