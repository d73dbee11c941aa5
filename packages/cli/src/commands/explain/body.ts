/** Names the bytes of a table body or of part of one. */

import { annotate, type ByteRange } from "@meterport/protocol/layout/annotate";
import type { Profile } from "@meterport/protocol/layout/index";
import { leaves, tableExists } from "@meterport/protocol/layout/index";
import type { Leaf } from "@meterport/protocol/layout/layout";
import type { Span } from "@meterport/protocol/layout/reader";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { procedureCarriers } from "@meterport/protocol/procedures/carriers";
import { procedureSource, proceduresByNumber } from "@meterport/protocol/procedures/index";
import { type Dimensions, defaultDimensions } from "@meterport/protocol/tables/index";
import { usualProfiles } from "@meterport/protocol/tables/usual-profiles";
import { nameOfValue } from "../../format/value.ts";
import type { DimensionsOf } from "./given-dimensions.ts";
import { procedureName, requestText, responseText } from "./messages.ts";
import { sourceAt } from "./source-names.ts";

/** A leaf with its bytes, and what they mean. */
export interface NamedSpan {
  readonly path: string;
  /** Bytes from the start of the table; bit fields of one word share them. */
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  /** Unit of the integer on the wire. */
  readonly unit?: string;
  readonly bits?: readonly [low: number, high: number];
  readonly reserved?: true;
  /** Only some bytes of the field are present: the value is those bytes. */
  readonly partial?: true;
  readonly meaning?: string;
}

export interface ExplainedBody {
  readonly profile: Profile;
  /** The decoded table; for part of one, an object of path and value. */
  readonly value: unknown;
  readonly spans: readonly NamedSpan[];
  /** Bytes without a name, counted from the start of the table. */
  readonly unknown: readonly ByteRange[];
  /** Whether these are all the bytes of the table. */
  readonly whole: boolean;
}

export interface BodyOptions {
  /** Where `data` begins in the table. */
  readonly offset: number;
  /** If undefined, the one that fits best. */
  readonly profile: Profile | undefined;
  /** If undefined, a factory meter's. */
  readonly dimensions?: DimensionsOf | undefined;
}

/** The parameters or results of a declared procedure, instead of bare bytes. */
const procedureSpans = (
  table: AnyTable,
  data: Uint8Array,
  spans: readonly Span[],
  env: Dimensions,
): readonly Span[] => {
  const [field, kind] = procedureCarriers[table.id] ?? [];
  const number = spans.find(({ path }) => path === "procedure")?.value;
  const bytes = spans.find(({ path }) => path === field);
  const procedure = typeof number === "number" ? proceduresByNumber.get(number) : undefined;
  if (procedure === undefined || kind === undefined || bytes === undefined) return spans;
  if (procedureSource(procedure.id) === "name-only") return spans;
  const inner = annotate(procedure[kind], data.subarray(bytes.start, bytes.end), env);
  if (inner.unknown.length > 0 || inner.problem !== undefined) return spans;
  const moved = inner.spans.map((span) => ({
    ...span,
    path: `${field}.${span.path}`,
    start: span.start + bytes.start,
    end: span.end + bytes.start,
  }));
  return [...spans.filter((span) => span !== bytes), ...moved];
};

const meaningOf = (table: AnyTable, span: Span, type: unknown): string | undefined => {
  const { path, value, meta } = span;
  if (procedureCarriers[table.id] !== undefined && path === "procedure" && typeof value === "number")
    return procedureName(value);
  if (value instanceof Uint8Array && /^records\.\d+\.message$/.test(path))
    return type === 1 || type === 2 ? responseText(value) : requestText(value);
  return nameOfValue(value, meta);
};

/** `type`: the value of the field of that name, which distinguishes requests from responses in a transaction. */
const named = (table: AnyTable, env: Dimensions, type: unknown, span: Span): NamedSpan => {
  const { path, start, end, value, meta, bits, reserved } = span;
  const source = sourceAt(table.id, path, value, env.profile, env.BT21.demands > 0);
  const listsSources = table.id === "BT22" || table.id === "BT27";
  const unit = listsSources ? undefined : (source?.wire ?? meta.unit);
  const meaning = source?.name ?? meaningOf(table, span, type);
  return {
    path,
    start,
    end,
    value,
    ...(unit === undefined ? {} : { unit }),
    ...(bits === undefined ? {} : { bits }),
    ...(reserved ? { reserved } : {}),
    ...(meaning === undefined ? {} : { meaning }),
  };
};

const overlaps = (leaf: Leaf, range: ByteRange): boolean =>
  leaf.offset < range.end && leaf.offset + leaf.size > range.start;

/** Bytes at the edges of a slice whose fields lie only partly within it. */
const partialSpans = (
  table: AnyTable,
  env: Dimensions,
  data: Uint8Array,
  offset: number,
  range: ByteRange,
): NamedSpan[] =>
  leaves(table, env, "all")
    .filter((leaf) => overlaps(leaf, range))
    .map((leaf) => {
      const start = Math.max(leaf.offset, range.start);
      const end = Math.min(leaf.offset + leaf.size, range.end);
      const from = start - leaf.offset;
      const source = sourceAt(table.id, leaf.path, undefined, env.profile, env.BT21.demands > 0);
      return {
        path: leaf.path,
        start,
        end,
        value: data.slice(start - offset, end - offset),
        ...(leaf.bits === undefined ? {} : { bits: leaf.bits }),
        partial: true,
        meaning: `${source === undefined ? "" : `${source.name}, `}only byte ${from}${end - start > 1 ? ` to ${from + end - start - 1}` : ""} of ${leaf.size}`,
      };
    });

const without = (range: ByteRange, spans: readonly NamedSpan[]): ByteRange[] => {
  const left: ByteRange[] = [];
  let at = range.start;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (start > at) left.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  if (at < range.end) left.push({ start: at, end: range.end });
  return left;
};

/** Bytes after a transaction are left from earlier ones, and are named so. */
const leftover = (table: AnyTable, data: Uint8Array, offset: number, range: ByteRange): NamedSpan[] => {
  const transaction = (table.id === "ET52" || table.id === "ET53") && offset === 0;
  if (!transaction || range.end !== data.length || range.start < 7) return [];
  const value = data.slice(range.start);
  return [{ path: "leftover", ...range, value, reserved: true, meaning: "left from earlier transactions" }];
};

const explainAs = (table: AnyTable, data: Uint8Array, profile: Profile, options: BodyOptions): ExplainedBody => {
  const { offset, dimensions = defaultDimensions } = options;
  const env = dimensions(profile);
  const { value, spans, unknown } = annotate(table, data, env, offset);
  const detailed = offset === 0 ? procedureSpans(table, data, spans, env) : spans;
  const edges = unknown.flatMap((range) => {
    const found = leftover(table, data, offset, range);
    return found.length > 0 ? found : partialSpans(table, env, data, offset, range);
  });
  const type = spans.find(({ path }) => path === "type")?.value;
  const all = [...detailed.map((span) => named(table, env, type, span)), ...edges];
  const gaps = unknown.flatMap((range) => without(range, edges));
  return {
    profile,
    whole: value !== undefined && gaps.length === 0,
    value: value ?? Object.fromEntries(all.filter(({ reserved }) => !reserved).map((span) => [span.path, span.value])),
    spans: all.sort((a, b) => a.start - b.start),
    unknown: gaps,
  };
};

/** Smaller is better: all bytes of a table, then part of one without gaps, then the fewest unknown bytes. */
const fit = ({ whole, unknown, spans }: ExplainedBody): number => {
  const missing = unknown.reduce((sum, { start, end }) => sum + end - start, 0);
  if (missing > 0) return 10 + missing;
  return whole ? 0 : spans.some(({ partial }) => partial) ? 2 : 1;
};

/**
 * Names every byte of `data` under the profile, or under the usual one that fits best. For a table that is
 * not declared, all bytes stay unknown.
 */
export const explainBody = (table: AnyTable | undefined, data: Uint8Array, options: BodyOptions): ExplainedBody => {
  const { offset, profile } = options;
  if (table === undefined) {
    const unknown = data.length === 0 ? [] : [{ start: offset, end: offset + data.length }];
    return { profile: profile ?? (usualProfiles[0] as Profile), whole: false, value: null, spans: [], unknown };
  }
  if (profile !== undefined) return explainAs(table, data, profile, options);
  const existing = usualProfiles.filter((candidate) => tableExists(table, candidate));
  let best: ExplainedBody | undefined;
  for (const candidate of existing.length > 0 ? existing : usualProfiles) {
    const explained = explainAs(table, data, candidate, options);
    if (best === undefined || fit(explained) < fit(best)) best = explained;
  }
  return best as ExplainedBody;
};
