/** ET55 up to byte 51: tariff switches, PLC activity, lockouts (MEP guide 1.1, pp. 146-148). */
import { at, bool, filler, not, reserved, u8, u16, when } from "../../layout/index.ts";
import { generation4 } from "./et55-columns.ts";

export const communicationFields = {
  reserved0: at(0, reserved(3), "Reserved"),
  tariffFiller0: at(3, filler(0, 0), "Reserved"),
  consumptionBasedTariffEnabled: at(3, bool(1), "Consumption-based tariff, unless its disable bit is set too", {
    vci: "H",
    value: false,
  }),
  tariffFiller2: at(3, filler(2, 4), "Reserved"),
  stepTariffEnabled: at(3, bool(5), "Step tariff, unless its disable bit is set too", { vci: "H", value: false }),
  tariffFiller6: at(3, filler(6, 7), "Not described"),
  // For 4.0 the page prints offset 1, inside the reserved 0..2, and reserves 4..13 (p. 146): 1 is likely the factory
  // value in the wrong column, so byte 4 means nothing there until one has been seen.
  deltaTimeAdjustmentIncrement: at(4, when(not(generation4), u8), "Clock change per minute of a delta adjustment", {
    vci: "H",
    unit: "s/min",
    value: 1,
  }),
  reserved4: at(4, when(generation4, reserved(1)), "Reserved"),
  reserved5: at(5, reserved(9), "Reserved"),
  signalStrengthThreshold: at(14, u8, "Weakest signal that counts as PLC activity", { vci: "H", value: "-84 dB" }),
  plcActiveTimeout: at(15, u16, "PLC silence after which the PLC icon goes out", { vci: "H", unit: "min", value: 60 }),
  // Printed as reserved 17..51 (p. 147), with four fields of 4.30 inside and a second reserved 24..51.
  reserved17: at(17, reserved(3), "Reserved"),
  plcFailedAuthenticationLockoutThreshold: at(20, u8, "Failed authentications in a row that lock PLC", {
    vci: "H",
    value: 0,
    since: "meter 4.30",
  }),
  plcFailedAuthenticationLockoutDuration: at(21, u8, "How long PLC stays locked", {
    vci: "H",
    unit: "min",
    value: 0,
    since: "meter 4.30",
  }),
  opticalFailedAuthenticationLockoutThreshold: at(
    22,
    u8,
    "Failed authentications in a row that lock the optical port",
    {
      vci: "H",
      value: 0,
      since: "meter 4.30",
    },
  ),
  opticalFailedAuthenticationLockoutDuration: at(23, u8, "How long the optical port stays locked", {
    vci: "H",
    unit: "min",
    value: 0,
    since: "meter 4.30",
  }),
  reserved24: at(24, reserved(28), "Reserved"),
};
