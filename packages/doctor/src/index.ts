/** Examines the link to a meter, at its MEP port or through an optical head, and describes what it found. */
export {
  type BrokenLengths,
  type Check,
  type CheckName,
  checkNames,
  type Diagnosis,
  type Facts,
  type Finding,
  isMild,
  type Sickness,
  sicknesses,
  type Verdict,
} from "./diagnosis.ts";
export { type ExamineOptions, examine } from "./mep/examine.ts";
export type { ExaminedLinkOptions } from "./mep/examined-link.ts";
export { type ExamineOpticalOptions, examineOptical, opticalRates } from "./optical/examine-optical.ts";
export type { HeadSupply } from "./optical/optical-contact.ts";
export type { SicknessWords, Words } from "./words/vocabulary.ts";
export {
  filled,
  findingText,
  type Language,
  languageOf,
  languages,
  wordsOf,
} from "./words/words.ts";
