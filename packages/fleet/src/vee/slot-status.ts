/** What the meter, or the read, noted about one slot: bits of one number, since most slots of a million meters have none. */

/** Bits by name. The names are those of `Interval.flags` in the engine; `recovered` and `calculated` say how a value came to us. */
export const statusBits = {
  dst: 1 << 0,
  powerFail: 1 << 1,
  clockForward: 1 << 2,
  clockBackward: 1 << 3,
  partialInterval: 1 << 4,
  longInterval: 1 << 5,
  clockError: 1 << 6,
  clockDoubted: 1 << 7,
  overflow: 1 << 8,
  testMode: 1 << 9,
  notCurrent: 1 << 10,
  skipped: 1 << 11,
  decryptionFailure: 1 << 12,
  deviceMissing: 1 << 13,
  optedOut: 1 << 14,
  placeholder: 1 << 15,
  /** Read later, from the meter's memory. */
  recovered: 1 << 16,
  /** A difference of registers that were read at both ends, or a sum. */
  calculated: 1 << 17,
  /** The meter noted something that has no name here. */
  other: 1 << 18,
} as const;

export type StatusFlag = keyof typeof statusBits;

/** With one of these the number beside it is no value: the meter writes 0, or something encrypted (MEP guide 1.1, pp. 246-247). */
export const noValueBits: number =
  statusBits.skipped |
  statusBits.decryptionFailure |
  statusBits.deviceMissing |
  statusBits.optedOut |
  statusBits.placeholder;

const isFlag = (name: string): name is StatusFlag => Object.hasOwn(statusBits, name);

/**
 * The bits of some flags; a name that is not known becomes `other`.
 *
 * @example
 * statusOf(["powerFail", "partialInterval"]) // 18
 */
export const statusOf = (flags: readonly string[]): number =>
  flags.reduce((bits, name) => bits | (isFlag(name) ? statusBits[name] : statusBits.other), 0);
