/** What the meter, or the read, noted about one slot: bits of one number, since most slots of a million meters have none. */
import type { IntervalQuality, IntervalSource } from "@meterport/engine/model/interval";

/**
 * Bits by name. Those before `recovered` are flags of the engine's intervals; the others say how a value came to us, and what the books note
 * of a slot.
 */
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
  /** As the books note it: forward or backward. */
  clockSet: 1 << 19,
  /** As the books note it: shorter or longer than usual. */
  length: 1 << 20,
  /** Two reads gave different values for it. */
  disagrees: 1 << 21,
  /** The engine already doubted it. */
  doubted: 1 << 22,
  /** The engine estimated it, so it is no evidence. */
  estimated: 1 << 23,
  /** A person entered it at the gateway. */
  manual: 1 << 24,
} as const;

export type StatusFlag = keyof typeof statusBits;

/** With one of these the number beside it is no value: the meter writes 0, or something encrypted (MEP guide 1.1, pp. 246-247), or nobody measured it. */
export const noValueBits: number =
  statusBits.skipped |
  statusBits.decryptionFailure |
  statusBits.deviceMissing |
  statusBits.optedOut |
  statusBits.placeholder |
  statusBits.estimated;

const isFlag = (name: string): name is StatusFlag => Object.hasOwn(statusBits, name);

/**
 * The bits of some flags; a name that is not known becomes `other`.
 *
 * @example
 * statusOf(["powerFail", "partialInterval"]) // 18
 */
export const statusOf = (flags: readonly string[]): number =>
  flags.reduce((bits, name) => bits | (isFlag(name) ? statusBits[name] : statusBits.other), 0);

const bitOfSource: Readonly<Record<IntervalSource, number>> = {
  manual: statusBits.manual,
  profile: 0,
  difference: statusBits.calculated,
  estimated: statusBits.estimated,
};

/**
 * The bits of a slot as the books know it: where it came from, how far it can be trusted, and what was noted.
 *
 * @example
 * statusOfSlot("difference", "good", []) === statusOf(["calculated"]) // true
 */
export const statusOfSlot = (source: IntervalSource, quality: IntervalQuality, notes: readonly string[]): number => {
  const bits = statusOf(notes) | bitOfSource[source];
  if (quality === "suspect") return bits | statusBits.doubted;
  // What made it partial is noted as a rule.
  return quality === "partial" && bits === bitOfSource[source] ? bits | statusBits.length : bits;
};
