/** Statements and their rows. */
import type { Row } from "../fact-rows.ts";
import { storable } from "../storable-text.ts";

export interface Result {
  readonly rows: readonly Row[];
  /** Rows that were returned or changed. */
  readonly count: number;
}

/** One statement. With values it is prepared, so its text should be one of few. */
export type Run = (text: string, values?: readonly unknown[]) => Promise<Result>;

/** A value as a parameter of a statement. */
export const bound = (value: unknown): unknown => {
  if (typeof value === "string") return storable(value);
  return Array.isArray(value) ? value.map(bound) : value;
};
