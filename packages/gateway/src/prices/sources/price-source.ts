/** Where market prices come from: what is asked, and how the answer is read. No source is asked by itself. */
import type { PriceList } from "@meterport/engine/prices/price";
import type { Millis } from "@meterport/protocol/ports";

/** Names of sources in the configuration. */
export const sourceNames = ["energi_data_service", "entsoe", "awattar", "energy_charts"] as const;
export type SourceName = (typeof sourceNames)[number];

export interface SourceAsk {
  /** "DK1", "AT", "DE-LU" */
  readonly area: string;
  /** ISO 4217; a source that has no such prices refuses it. */
  readonly currency: string;
  readonly from: Millis;
  readonly to: Millis;
  /** For a source that wants one. */
  readonly token?: string | undefined;
}

export interface PriceSource {
  readonly name: SourceName;
  /** For people: whose data it is, as its licence asks. */
  readonly credit: string;
  readonly areas: readonly string[];
  readonly currencies: readonly string[];
  readonly needsToken: boolean;
  /** Most days of one request. */
  readonly mostDays: number;
  /** Address with its query; the token is in it where the source wants it there. */
  readonly address: (ask: SourceAsk) => string;
  /** Prices of the answer per kWh, those outside of the range too. @throws AnswerError */
  readonly read: (text: string, ask: SourceAsk) => PriceList;
}

/** An answer that is not what the source says that it gives. One sentence. */
export class AnswerError extends Error {}

/** A day of quarters of several areas is far below it. */
export const largestAnswer = 16_000_000;

export const parsedJson = (text: string, source: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new AnswerError(`the answer of ${source} is not JSON`);
  }
};

type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export const listOf = (value: unknown, what: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw new AnswerError(`the answer has no list of ${what}`);
};

/** A finite number; undefined for anything else, so that null never counts as 0. */
export const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

/** Markets trade in MWh. */
export const perKwh = (perMwh: number): number => perMwh / 1000;

/** A time of a source in UTC that may lack its Z; undefined if it is none. */
export const utcOf = (value: unknown): Millis | undefined => {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return undefined;
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`);
  return Number.isFinite(time) ? time : undefined;
};
