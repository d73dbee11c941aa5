/** The gateway's answers about checked days: the inbox, and a day in all its layers. */
import { count, distinct, type Loose, listOf, number, oneOf, record, text, timeOf } from "../../state/loose.ts";
import type { ListPage } from "./answers.ts";

export const VERDICTS = ["notice", "suspect", "estimate", "refuse", "stop"] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Finding {
  /** "spike"; an unknown one is shown as it is. */
  readonly rule: string;
  readonly verdict: Verdict | null;
  /** Slots of the day from `from` to before `to`, counted from 0. */
  readonly from: number;
  readonly to: number;
  readonly detail: readonly (readonly [name: string, value: string])[];
}

export interface CheckedDay {
  readonly point: string;
  readonly name: string;
  readonly site: string | null;
  /** "1-0:1.29.0" */
  readonly obis: string;
  /** A day of UTC, "2026-11-29". */
  readonly day: string;
  readonly verdict: Verdict | null;
  readonly findings: readonly Finding[];
}

const MOST_DAYS = 1000;
const MOST_FINDINGS = 300;
const MOST_DETAILS = 20;
/** A day in minutes. */
const MOST_SLOTS = 1440;
const LONGEST_NAME = 200;

function findingOf(data: unknown): Finding | null {
  const loose = record(data);
  const rule = text(loose?.rule);
  if (loose === null || rule === null) return null;
  return {
    rule: rule.slice(0, LONGEST_NAME),
    verdict: oneOf(VERDICTS, loose.verdict),
    from: count(loose.from),
    to: count(loose.to),
    detail: Object.entries(record(loose.detail) ?? {})
      .slice(0, MOST_DETAILS)
      .map(([name, value]) => [name, String(value).slice(0, LONGEST_NAME)] as const),
  };
}

function checkedIn(loose: Loose): CheckedDay | null {
  const [point, obis, day] = [text(loose.point), text(loose.obis), text(loose.day)];
  if (point === null || obis === null || day === null) return null;
  return {
    point,
    obis,
    day,
    name: text(loose.name)?.slice(0, LONGEST_NAME) ?? point,
    site: text(loose.site)?.slice(0, LONGEST_NAME) ?? null,
    verdict: oneOf(VERDICTS, loose.verdict),
    findings: listOf(loose.findings, MOST_FINDINGS, findingOf) ?? [],
  };
}

/** A key for a list of them. */
export function keyOfDay({ point, obis, day }: CheckedDay): string {
  return `${day} ${obis} ${point}`;
}

/** Days that need a person. */
export function inboxOf(data: unknown): ListPage<CheckedDay> | null {
  const loose = record(data);
  const rows = listOf(loose?.days, MOST_DAYS, (entry) => {
    const each = record(entry);
    return each === null ? null : checkedIn(each);
  });
  return loose === null || rows === null
    ? null
    : { rows: distinct(rows, keyOfDay), next: text(loose.next), total: null };
}

export const DECISIONS = ["accept", "estimate", "set", "withdraw"] as const;
export type Decision = (typeof DECISIONS)[number];

export interface Slot {
  /** Milliseconds since 1970. */
  readonly begins: number;
  readonly ends: number;
  readonly recorded: number | null;
  readonly notes: readonly string[];
  readonly chosen: number | null;
  readonly code: string | null;
  /** The rule that doubted the value, or the way by which it was found. */
  readonly rule: string | null;
}

export interface Edit {
  readonly kind: Decision | null;
  readonly author: string;
  readonly reason: string;
  readonly at: number | null;
  readonly from: number | null;
  readonly to: number | null;
}

export interface DayLayers extends CheckedDay {
  readonly zone: string;
  readonly unit: string;
  readonly state: "open" | "seen" | "fine" | null;
  readonly slots: readonly Slot[];
  /** The newest; null before the day was chosen. */
  readonly version: { readonly version: number; readonly by: string; readonly at: number | null } | null;
  readonly edits: readonly Edit[];
}

function slotOf(step: number) {
  return (data: unknown): Slot | null => {
    const loose = record(data);
    const begins = timeOf(loose?.start);
    if (loose === null || begins === null) return null;
    return {
      begins,
      ends: begins + 1000 * step,
      recorded: number(loose.recorded),
      notes: listOf(loose.notes, MOST_DETAILS, text) ?? [],
      chosen: number(loose.chosen),
      code: text(loose.code),
      rule: text(loose.rule),
    };
  };
}

function editOf(data: unknown): Edit | null {
  const loose = record(data);
  if (loose === null) return null;
  return {
    kind: oneOf(DECISIONS, loose.kind),
    author: text(loose.author) ?? "",
    reason: text(loose.reason) ?? "",
    at: timeOf(loose.at),
    from: timeOf(loose.from),
    to: timeOf(loose.to),
  };
}

export function dayLayersOf(data: unknown): DayLayers | null {
  const loose = record(data);
  const step = number(loose?.step_s);
  const day = loose === null ? null : checkedIn(loose);
  const slots = step === null || step <= 0 ? null : listOf(loose?.slots, MOST_SLOTS, slotOf(step));
  if (loose === null || day === null || slots === null) return null;
  const [newest] = listOf(loose.versions, 1, record) ?? [];
  const version = number(newest?.version);
  return {
    ...day,
    zone: text(loose.zone) ?? "UTC",
    unit: text(loose.unit)?.slice(0, 10) ?? "",
    state: oneOf(["open", "seen", "fine"], loose.state),
    slots: distinct(slots, ({ begins }) => begins),
    version: version === null ? null : { version, by: text(newest?.by) ?? "", at: timeOf(newest?.at) },
    edits: listOf(loose.edits, MOST_FINDINGS, editOf) ?? [],
  };
}
