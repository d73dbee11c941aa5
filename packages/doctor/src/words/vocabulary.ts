/** The words that a language needs for a diagnosis. */
import type { KeyForm } from "@meterport/protocol/mep/security/key-readings";
import type { CheckName, Finding, MepCheckName, MepFinding, MepSickness, Sickness } from "../diagnosis.ts";
import type { OpticalCheckName, OpticalFinding, OpticalSickness } from "../optical-diagnosis.ts";

export interface SicknessWords {
  /** What is wrong, in a few words. */
  readonly name: string;
  /** Why, in a sentence or two. */
  readonly cause: string;
  /** What to do, in the order to try it. */
  readonly remedies: readonly string[];
}

/** The texts of layers, findings and sicknesses. */
interface Said<C extends CheckName, F extends Finding, S extends Sickness> {
  readonly checks: Readonly<Record<C, string>>;
  /** `{name}` stands for a fact. */
  readonly findings: Readonly<Record<F, string>>;
  readonly sicknesses: Readonly<Record<S, SicknessWords>>;
}

/** What every diagnosis needs. */
interface Frame {
  readonly title: string;
  readonly healthy: string;
  readonly usable: string;
  readonly unusable: string;
  readonly cause: string;
  readonly remedy: string;
  readonly layers: string;
  readonly brokenTitle: string;
  readonly brokenLine: string;
  readonly unknownMeter: string;
  readonly noSecrets: string;
  readonly forms: Readonly<Record<KeyForm, string>>;
}

export type MepWords = Frame & Said<MepCheckName, MepFinding, MepSickness>;
/** What an optical port adds. */
export type OpticalWords = Said<OpticalCheckName, OpticalFinding, OpticalSickness>;
export type Words = Frame & Said<CheckName, Finding, Sickness>;
