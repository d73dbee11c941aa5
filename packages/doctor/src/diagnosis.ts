/** What an examination of a link finds, layer by layer, and the first problem. */
import type { Millis } from "@meterport/protocol/ports";
import type { OpticalCheckName, OpticalFinding, OpticalSickness } from "./optical-diagnosis.ts";

/** The layers of the MEP port in the order of examination: each depends on those before it. */
export const checkNames = [
  "open",
  "bytes",
  "echo",
  "alerts",
  "framing",
  "security",
  "key",
  "sequence",
  "line",
  "long-replies",
  "access",
  "clock",
] as const;
export type MepCheckName = (typeof checkNames)[number];
export type CheckName = MepCheckName | OpticalCheckName;

/** What can be wrong with a link to a MEP port, from the adapter to the meter's clock; some of it also on an optical port. */
export const sicknesses = [
  "no-device",
  "no-permission",
  "device-busy",
  "unsuitable-device",
  "bridge-refuses",
  "bridge-unreachable",
  "cannot-open",
  "hangs-up",
  "silent",
  "deaf",
  "echo",
  "stuck",
  "wrong-baud",
  "noise",
  "sag",
  "slow-bridge",
  "no-key",
  "wrong-key",
  "key-form",
  "tls-required",
  "no-tls",
  "tls-fails",
  "other-client",
  "paused",
  "loses-requests",
  "loses-replies",
  "locked",
  "clock-off",
] as const;
export type MepSickness = (typeof sicknesses)[number];
export type Sickness = MepSickness | OpticalSickness;

/** Those that still let values through. */
const mild: ReadonlySet<Sickness> = new Set([
  "slow-bridge",
  "key-form",
  "other-client",
  "locked",
  "clock-off",
  "short-packets",
]);

/**
 * Whether values can be read nonetheless.
 *
 * @example
 * isMild("clock-off") // true
 * isMild("echo") // false
 */
export const isMild = (sickness: Sickness): boolean => mild.has(sickness);

/** What was found in a layer. */
export type MepFinding =
  | "opened"
  | "not-opened"
  | "hung-up"
  | "bytes-came"
  | "nothing-came"
  | "no-echo"
  | "echo-came"
  | "no-alerts"
  | "alerts-came"
  | "frames-whole"
  | "frames-broken"
  | "one-byte-only"
  | "other-baud"
  | "speaks-rc4"
  | "speaks-tls"
  | "wants-tls"
  | "lacks-tls"
  | "tls-failed"
  | "key-accepted"
  | "key-refused"
  | "key-in-other-form"
  | "key-missing"
  | "in-step"
  | "numbers-taken"
  | "graded"
  | "went-silent"
  | "long-whole"
  | "long-cut"
  | "long-lost"
  | "long-unknown"
  | "readable"
  | "refused"
  | "clock-right"
  | "clock-wrong"
  | "clock-unknown"
  | "not-examined";

export type Finding = MepFinding | OpticalFinding;

export type Verdict = "good" | "warning" | "bad" | "unknown";
export type Facts = Readonly<Record<string, string | number>>;

export interface Check {
  readonly name: CheckName;
  readonly verdict: Verdict;
  readonly finding: Finding;
  /** Facts that the sentence of the finding names. */
  readonly facts: Facts;
}

/** How many replies broke off at lengths from `from` to `to` bytes. */
export interface BrokenLengths {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface Diagnosis {
  /** The first that was found; null if the link is healthy. */
  readonly sickness: Sickness | null;
  /** Whether values can be read. */
  readonly usable: boolean;
  readonly checks: readonly Check[];
  /** Where replies broke off, shortest first. */
  readonly broken: readonly BrokenLengths[];
  /** "NES 83331-3I, firmware 3.70.12"; without its serial numbers, since a diagnosis is passed on. Null if not known. */
  readonly meter: string | null;
  readonly took: Millis;
}
