/** The status byte of a telegram (EN 13757-3). */

/** What the device says of its own state. */
export interface MbusStatus {
  readonly application: "none" | "busy" | "error" | "reserved";
  readonly powerLow: boolean;
  readonly permanentError: boolean;
  readonly temporaryError: boolean;
  /** Three bits of the maker's. */
  readonly manufacturer: number;
}

/** By the number in the lowest two bits. */
export const applicationStates: readonly MbusStatus["application"][] = ["none", "busy", "error", "reserved"];

/** The status byte of a variable structure. */
export const statusFrom = (byte: number): MbusStatus => ({
  application: applicationStates[byte & 3] ?? "reserved",
  powerLow: (byte & 4) !== 0,
  permanentError: (byte & 8) !== 0,
  temporaryError: (byte & 16) !== 0,
  manufacturer: byte >> 5,
});
