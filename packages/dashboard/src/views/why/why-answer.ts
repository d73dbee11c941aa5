/** The gateway's answer to "why this value", as the page uses it. */
import { count, listOf, number, oneOf, record, text, timeOf } from "../../state/loose.ts";

/** One number that the meter sent for a live value. */
export interface LiveSource {
  readonly source: number;
  readonly name: string;
  readonly sign: "+" | "-";
  readonly table: string;
  /** Of its four bytes in the table; null if unknown. */
  readonly offset: number | null;
  /** The integer on the wire; null if it does not follow from the reading. */
  readonly raw: number | null;
  /** One step of the integer, in `unit`. */
  readonly scale: number | null;
  readonly unit: string;
}

const VERDICT_CODES = ["stale", "withheld", "frozen", "absent", "widened", "register", "value"] as const;
export type VerdictCode = (typeof VERDICT_CODES)[number];

export interface LiveWhy {
  readonly value: number | null;
  readonly unit: string;
  /** Milliseconds since 1970; null before the first reading. */
  readonly time: number | null;
  readonly profile: string | null;
  readonly ratios: boolean;
  readonly sources: readonly LiveSource[];
  /** The gateway's English sentence. */
  readonly verdict: string | null;
  /** Null from an older gateway, or if only a newer one knows it. */
  readonly verdictCode: VerdictCode | null;
}

/** What the load profile recorded at one end of an interval. */
export interface RecordedEnd {
  readonly time: number;
  readonly block: number;
  readonly entry: number;
  readonly offset: number;
  /** Bytes of the whole entry, in hex; null if they were not kept. */
  readonly raw: string | null;
  /** Offset of the four bytes of the channel, in the table. */
  readonly valueOffset: number;
  readonly integer: number | null;
}

export interface ReadRegister {
  readonly time: number;
  readonly value: number;
}

/** A counter at one end of an interval, and the readings beside that moment. */
export interface DifferenceEnd {
  readonly time: number;
  readonly register: number | null;
  readonly before: ReadRegister | null;
  readonly after: ReadRegister | null;
}

export interface Proof {
  readonly time: number;
  readonly table: string | null;
  readonly offset: number | null;
  readonly raw: string | null;
  readonly profile: string | null;
  /** The meter's clock minus ours, milliseconds. */
  readonly clockOffset: number | null;
  readonly note: string | null;
}

export const INTERVAL_SOURCES = ["manual", "profile", "difference", "estimated"] as const;
export const INTERVAL_QUALITIES = ["good", "partial", "suspect", "missing"] as const;

export interface IntervalWhy {
  readonly end: number;
  readonly seconds: number;
  readonly value: number | null;
  readonly source: (typeof INTERVAL_SOURCES)[number] | null;
  readonly quality: (typeof INTERVAL_QUALITIES)[number] | null;
  readonly flags: readonly string[];
  readonly register: number | null;
  readonly revision: number;
  readonly stored: number | null;
  readonly proof: Proof | null;
  readonly profile: {
    readonly table: string;
    readonly source: number | null;
    readonly scale: number | null;
    readonly begin: RecordedEnd | null;
    readonly end: RecordedEnd;
  } | null;
  readonly difference: { readonly begin: DifferenceEnd; readonly end: DifferenceEnd } | null;
}

export const REGISTER_REASONS = ["first", "daily", "exchange", "self-read", "demand-reset", "manual", "read"] as const;
const METERS_THEN = ["same", "another", "unknown"] as const;

/** A stored state of a register. */
export interface RegisterWhy {
  readonly register: string;
  readonly time: number;
  readonly value: number;
  readonly unit: string;
  /** Null if only a newer gateway knows it. */
  readonly reason: (typeof REGISTER_REASONS)[number] | null;
  readonly serial: string | null;
  /** Whether the meter that hung there then is the present one. */
  readonly meter: (typeof METERS_THEN)[number];
  /** Empty if it was not read live. */
  readonly sources: readonly LiveSource[];
  readonly proof: Proof | null;
}

export type WhyAnswer =
  | { readonly kind: "register"; readonly register: RegisterWhy }
  | { readonly kind: "live"; readonly live: LiveWhy }
  | { readonly kind: "interval"; readonly interval: IntervalWhy };

const MOST_SOURCES = 32;
const MOST_FLAGS = 32;

/** Bytes as hex; null if it is none. */
function hexOf(value: unknown): string | null {
  const hex = text(value);
  return hex !== null && /^([0-9a-f]{2})+$/i.test(hex) ? hex : null;
}

function sourceOf(value: unknown): LiveSource | null {
  const loose = record(value);
  const [source, name, table] = [number(loose?.source), text(loose?.name), text(loose?.table)];
  const sign = oneOf(["+", "-"], loose?.sign);
  if (loose === null || source === null || name === null || table === null || sign === null) return null;
  const [offset, raw, scale] = [number(loose.offset), number(loose.raw), number(loose.scale)];
  return { source, name, sign, table, offset, raw, scale, unit: text(loose.unit) ?? "" };
}

function liveOf(value: unknown): LiveWhy | null {
  const loose = record(value);
  const sources = listOf(loose?.sources, MOST_SOURCES, sourceOf);
  if (loose === null || sources === null) return null;
  return {
    value: number(loose.number),
    unit: text(loose.unit) ?? "",
    time: timeOf(loose.time),
    profile: text(loose.profile),
    ratios: loose.ratios === true,
    sources,
    verdict: text(loose.verdict),
    verdictCode: oneOf(VERDICT_CODES, loose.verdict_code),
  };
}

function recordedOf(value: unknown): RecordedEnd | null {
  const loose = record(value);
  const [time, offset, valueOffset] = [timeOf(loose?.time), number(loose?.offset), number(loose?.value_offset)];
  if (loose === null || time === null || offset === null || valueOffset === null) return null;
  const [block, entry] = [count(loose.block), count(loose.entry)];
  return { time, block, entry, offset, valueOffset, raw: hexOf(loose.raw), integer: number(loose.integer) };
}

function readRegisterOf(value: unknown): ReadRegister | null {
  const loose = record(value);
  const [time, register] = [timeOf(loose?.time), number(loose?.value)];
  return time === null || register === null ? null : { time, value: register };
}

function differenceEndOf(value: unknown): DifferenceEnd | null {
  const loose = record(value);
  const time = timeOf(loose?.time);
  if (loose === null || time === null) return null;
  const [before, after] = [readRegisterOf(loose.before), readRegisterOf(loose.after)];
  return { time, register: number(loose.register), before, after };
}

function differenceOf(value: unknown): IntervalWhy["difference"] {
  const loose = record(value);
  const [begin, end] = [differenceEndOf(loose?.begin), differenceEndOf(loose?.end)];
  return begin === null || end === null ? null : { begin, end };
}

function profileOf(value: unknown): IntervalWhy["profile"] {
  const loose = record(value);
  const [table, end] = [text(loose?.table), recordedOf(loose?.end)];
  if (loose === null || table === null || end === null) return null;
  return { table, end, begin: recordedOf(loose.begin), source: number(loose.source), scale: number(loose.scale) };
}

function proofOf(value: unknown): Proof | null {
  const loose = record(value);
  const time = timeOf(loose?.time);
  if (loose === null || time === null) return null;
  return {
    ...{ time, table: text(loose.table), offset: number(loose.offset), raw: hexOf(loose.raw) },
    ...{ profile: text(loose.profile), clockOffset: number(loose.clock_offset_ms), note: text(loose.note) },
  };
}

function intervalOf(whole: Readonly<Record<string, unknown>>): IntervalWhy | null {
  const loose = record(whole.interval);
  const [end, seconds] = [timeOf(loose?.end), number(loose?.seconds)];
  if (loose === null || end === null || seconds === null) return null;
  return {
    end,
    seconds,
    value: number(loose.value),
    source: oneOf(INTERVAL_SOURCES, loose.source),
    quality: oneOf(INTERVAL_QUALITIES, loose.quality),
    flags: listOf(loose.flags, MOST_FLAGS, text) ?? [],
    register: number(loose.register),
    revision: count(loose.revision),
    stored: timeOf(loose.stored),
    proof: proofOf(whole.proof),
    profile: profileOf(whole.profile),
    difference: differenceOf(whole.difference),
  };
}

function registerOf(whole: Readonly<Record<string, unknown>>): RegisterWhy | null {
  const loose = record(whole.register);
  const [register, time, value] = [text(loose?.register), timeOf(loose?.time), number(loose?.value)];
  if (loose === null || register === null || time === null || value === null) return null;
  return {
    ...{ register, time, value, unit: text(loose.unit) ?? "", reason: oneOf(REGISTER_REASONS, loose.reason) },
    ...{ serial: text(loose.serial), meter: oneOf(METERS_THEN, loose.meter) ?? "unknown" },
    ...{ sources: listOf(loose.sources, MOST_SOURCES, sourceOf) ?? [], proof: proofOf(whole.proof) },
  };
}

/** The answer of `points/{id}/why`; null if it cannot be understood. */
export function whyOf(data: unknown): WhyAnswer | null {
  const loose = record(data);
  if (loose === null) return null;
  if (loose.value === "live") {
    const live = liveOf(loose.live);
    return live === null ? null : { kind: "live", live };
  }
  if (loose.value === "register") {
    const register = registerOf(loose);
    return register === null ? null : { kind: "register", register };
  }
  const interval = intervalOf(loose);
  return interval === null ? null : { kind: "interval", interval };
}
