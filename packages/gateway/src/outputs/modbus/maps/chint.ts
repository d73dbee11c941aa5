/**
 * Chint DTSU666: floats in tenths of V, W and var, thousandths of A and of the power factor, hundredths of Hz, and kWh. Power is
 * positive from the grid. Registers of the maker's manual for the DTSU666, part of communication.
 */
import { nan, type RegisterMap } from "../register-map.ts";

export const dtsu666: RegisterMap = {
  name: "dtsu666",
  maker: "CHINT",
  model: "DTSU666",
  unknown: { f32: nan },
  areas: [
    { from: 0x2000, to: 0x204f, hole: "f32" },
    { from: 0x401e, to: 0x4031, hole: "f32" },
  ],
  registers: [
    { at: 0x2006, type: "f32", figure: "voltage_l1_v", times: 10 },
    { at: 0x2008, type: "f32", figure: "voltage_l2_v", times: 10 },
    { at: 0x200a, type: "f32", figure: "voltage_l3_v", times: 10 },
    { at: 0x200c, type: "f32", figure: "current_l1_a", times: 1_000 },
    { at: 0x200e, type: "f32", figure: "current_l2_a", times: 1_000 },
    { at: 0x2010, type: "f32", figure: "current_l3_a", times: 1_000 },
    { at: 0x2012, type: "f32", figure: "power_w", times: 10 },
    { at: 0x2014, type: "f32", figure: "power_l1_w", times: 10 },
    { at: 0x2016, type: "f32", figure: "power_l2_w", times: 10 },
    { at: 0x2018, type: "f32", figure: "power_l3_w", times: 10 },
    { at: 0x201a, type: "f32", figure: "reactive_power_var", times: 10 },
    { at: 0x202a, type: "f32", figure: "power_factor", times: 1_000 },
    { at: 0x202c, type: "f32", figure: "power_factor_l1", times: 1_000 },
    { at: 0x202e, type: "f32", figure: "power_factor_l2", times: 1_000 },
    { at: 0x2030, type: "f32", figure: "power_factor_l3", times: 1_000 },
    { at: 0x2044, type: "f32", figure: "frequency_hz", times: 100 },
    { at: 0x401e, type: "f32", figure: "energy_import_wh", times: 0.001 },
    { at: 0x4028, type: "f32", figure: "energy_export_wh", times: 0.001 },
  ],
};
