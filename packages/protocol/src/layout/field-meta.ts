/** What a declaration says of a field beside its place and its type. */

/** Who controls a value (MEP guide 1.1, p. 48): F fixed, M the meter, H the host, P fixed for a program id. */
export type ValueControl = "F" | "M" | "H" | "P" | "H/M" | "HD/HI";

/** What is known of a field beside its place: never applied by the codec, only read by people and by `meaning`. */
export interface FieldMeta {
  readonly vci?: ValueControl;
  /** Unit of the integer on the wire: "s", "min", "mA", "0.1 %". */
  readonly unit?: string;
  /** Factory value that the guide prints. */
  readonly value?: number | boolean | string;
  /** Names of values, as the guide gives them. */
  readonly names?: Readonly<Record<number, string>>;
  /** First firmware that gives the field a meaning, where its place exists in older firmware too. */
  readonly since?: string;
  /**
   * It tells one meter, device, person or key from others, so `redact` replaces it: all of it, or of a MEP client's
   * identification what follows the manufacturer and the device class.
   */
  readonly identifies?: "all" | "mep-client";
  /** A key: it is never shown, not even where the meter gives it away. */
  readonly secret?: true;
}
