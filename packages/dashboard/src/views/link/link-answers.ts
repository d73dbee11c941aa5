/** Reads what the gateway answers of tests and recordings of a link. */
import { count, listOf, number, oneOf, record, text, timeOf } from "../../state/loose.ts";

const STATES = ["running", "done", "failed"] as const;

/** Something that the gateway does while the page waits. */
export interface Job {
  readonly state: (typeof STATES)[number];
  /** Milliseconds since 1970; null if there was none. */
  readonly started: number | null;
}

/** A test of a link. */
export interface Test extends Job {
  readonly took: number | null;
  /** The gateway's sentence on why it failed, in English. */
  readonly problem: string | null;
}

export const VERDICTS = ["good", "warning", "bad", "unknown"] as const;
export type CheckVerdict = (typeof VERDICTS)[number];

export interface Check {
  readonly name: string;
  readonly verdict: CheckVerdict;
  readonly title: string;
  readonly text: string;
}

export interface Diagnosis {
  /** Language of its sentences. */
  readonly language: string;
  readonly meter: string | null;
  /** Null if the link is healthy. */
  readonly sickness: string | null;
  readonly usable: boolean;
  readonly name: string;
  readonly cause: string | null;
  readonly remedies: readonly string[];
  readonly checks: readonly Check[];
  /** The whole document, for a file. */
  readonly document: object;
}

export interface DoctorTest extends Test {
  readonly diagnosis: Diagnosis | null;
}

export const OUTCOMES = ["works", "wrong-key", "needs-key", "no-answer", "failed"] as const;
export type KeyOutcome = (typeof OUTCOMES)[number];

export interface KeyVerdict {
  readonly outcome: KeyOutcome;
  /** Null if it is unknown. */
  readonly level: "none" | "basic" | "advanced" | null;
  readonly meter: string | null;
  /** In English. */
  readonly message: string | null;
  readonly phases: number | null;
  readonly power: number | null;
  readonly days: number | null;
}

export interface KeyTest extends Test {
  readonly verdict: KeyVerdict | null;
}

const ENDS = ["stopped", "time", "full", "closed"] as const;

export interface Recording extends Job {
  readonly until: number | null;
  /** Bytes that crossed the line. */
  readonly bytes: number;
  readonly entries: number;
  readonly ended: (typeof ENDS)[number] | null;
  /** Its name among the captures. */
  readonly capture: string | null;
}

const MOST_CHECKS = 40;
const MOST_REMEDIES = 20;

function testOf(data: unknown): Test | null {
  const loose = record(data);
  const state = oneOf(STATES, loose?.state);
  if (loose === null || state === null) return null;
  return { state, started: timeOf(loose.started), took: number(loose.took_ms), problem: text(loose.problem) };
}

function checkOf(data: unknown): Check | null {
  const loose = record(data);
  const [name, title] = [text(loose?.name), text(loose?.title)];
  if (loose === null || name === null || title === null) return null;
  return { name, title, verdict: oneOf(VERDICTS, loose.verdict) ?? "unknown", text: text(loose.text) ?? "" };
}

function diagnosisOf(data: unknown): Diagnosis | null {
  const loose = record(data);
  const [name, checks] = [text(loose?.name), listOf(loose?.checks, MOST_CHECKS, checkOf)];
  if (loose === null || name === null || checks === null) return null;
  return {
    ...{ name, checks, sickness: text(loose.sickness), usable: loose.usable === true, cause: text(loose.cause) },
    ...{ language: text(loose.language) ?? "en", meter: text(loose.meter), document: loose },
    remedies: listOf(loose.remedies, MOST_REMEDIES, text) ?? [],
  };
}

/** `GET` and `POST /api/v1/points/{id}/link/doctor`; null for what cannot be understood. */
export function doctorTestOf(data: unknown): DoctorTest | null {
  const test = testOf(data);
  if (test === null) return null;
  const diagnosis = diagnosisOf(record(data)?.diagnosis);
  return test.state === "done" && diagnosis === null ? null : { ...test, diagnosis };
}

export interface Tests {
  readonly doctor: boolean;
  readonly key: boolean;
}

/** `GET /api/v1/points/{id}/link/tests`: which of them there are. */
export function testsOf(data: unknown): Tests | null {
  const loose = record(data);
  return loose === null ? null : { doctor: record(loose.doctor) !== null, key: record(loose.key_test) !== null };
}

function verdictOf(data: unknown): KeyVerdict | null {
  const loose = record(data);
  const outcome = oneOf(OUTCOMES, loose?.outcome);
  if (loose === null || outcome === null) return null;
  const offer = record(loose.offer);
  return {
    ...{ outcome, level: oneOf(["none", "basic", "advanced"], loose.level), meter: text(loose.meter) },
    ...{ message: text(loose.message), phases: number(offer?.phases), power: number(offer?.power_w) },
    days: number(offer?.profile_days),
  };
}

/** `GET` and `POST /api/v1/points/{id}/link/key-test`. */
export function keyTestOf(data: unknown): KeyTest | null {
  const test = testOf(data);
  if (test === null) return null;
  const verdict = verdictOf(record(data)?.verdict);
  return test.state === "done" && verdict === null ? null : { ...test, verdict };
}

/** `/api/v1/points/{id}/link/recording`, by any method. */
export function recordingOf(data: unknown): Recording | null {
  const loose = record(data);
  if (loose === null || typeof loose.running !== "boolean") return null;
  return {
    ...{ state: loose.running ? "running" : "done", started: timeOf(loose.started), until: timeOf(loose.until) },
    ...{ bytes: count(loose.bytes), entries: count(loose.entries), ended: oneOf(ENDS, loose.ended) },
    capture: text(loose.capture),
  };
}
