/** One table of a meter, field by field, without its keys. */
import type { Meter } from "@meterport/client";
import { readSlice } from "@meterport/client/meter/read/table-bytes";
import { toHex } from "@meterport/protocol/bytes";
import { LayoutError, UsageError } from "@meterport/protocol/errors";
import { annotate } from "@meterport/protocol/layout/annotate";
import { encode, profileName } from "@meterport/protocol/layout/index";
import { outermost } from "@meterport/protocol/layout/layout";
import type { Span } from "@meterport/protocol/layout/reader";
import type { AnyTable } from "@meterport/protocol/layout/table";
import type { Signal } from "@meterport/protocol/ports";
import { isShown, secretFieldNames } from "@meterport/protocol/secret-fields";
import type { BodyOf } from "../give.ts";
import { describedAt } from "./described-at.ts";
import type { tableField } from "./schemas.ts";

/** Reading more would take the line for minutes, and only load profiles have more. */
export const longestTable = 8_192;

/** These carry other messages, with parameters of procedures and whole tables: any of it may be a key. */
const envelopes: ReadonlySet<string> = new Set(["BT07", "BT08", "ET52", "ET53", "ET59", "ET85"]);

/** Whether a table may be read through the API at all; it must be declared, since only then are its keys known. */
export const isReadable = (table: AnyTable): boolean => !envelopes.has(table.id);

export interface TableRead {
  readonly profile: string;
  /** Of the whole table. */
  readonly size: number;
  /** Offset of the first byte of `raw`. */
  readonly from: number;
  /** Hex, with zeros in place of keys. */
  readonly raw: string;
  readonly fields: readonly BodyOf<typeof tableField>[];
}

/** Bytes as hex, and whatever else JSON lacks as text. */
const jsonOf = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === "bigint") return String(value);
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, jsonOf(part)]));
  return value;
};

const isSecret = ({ path, meta }: Span, bytes: Uint8Array): boolean => {
  const named = secretFieldNames.has(path.slice(path.lastIndexOf(".") + 1));
  return meta.secret === true || named ? bytes.some((byte) => byte !== 0) : !isShown(path, bytes);
};

const meaningOf = ({ value, meta }: Span): string | null =>
  typeof value === "number" ? (meta.names?.[value] ?? null) : null;

/** The fields of a table's bytes; the bytes of keys become zeros in `bytes`. */
const fieldsOf = (
  spans: readonly Span[],
  bytes: Uint8Array,
  table: AnyTable,
  from = 0,
): readonly BodyOf<typeof tableField>[] => {
  const description = table.describe();
  return spans.map((span) => {
    const { path, start, end, value, meta, bits, reserved } = span;
    const [first, last] = [start - from, end - from];
    const secret = isSecret(span, bytes.subarray(first, last));
    if (secret) bytes.fill(0, first, last);
    return {
      ...{ path, start, end, reserved, secret, bits: bits === undefined ? null : [...bits] },
      value: secret ? null : jsonOf(value),
      unit: meta.unit ?? null,
      meaning: secret ? null : meaningOf(span),
      ...describedAt(description, path),
    };
  });
};

/** 0 where only its contents tell. */
const announcedSize = (table: AnyTable, env: object): number => {
  try {
    return table.size(env, outermost);
  } catch (error) {
    if (error instanceof LayoutError) return 0;
    throw error;
  }
};

/**
 * Reads a whole table. The bytes are those of its values: declarations keep even what is reserved.
 *
 * @throws UsageError for a table that this meter's firmware lacks, or that is too long; LinkError, ResponseError, LayoutError
 */
export const readTable = async (meter: Meter, table: AnyTable, signal: Signal): Promise<TableRead> => {
  const env = await meter.environment(table, { signal });
  const refuseLong = (size: number): void => {
    if (size > longestTable)
      throw new UsageError(
        "too-long",
        `${table.id} has ${size} bytes here, and at most ${longestTable} are read at once: ask for a part with from=0, or use meterport read`,
      );
  };
  refuseLong(announcedSize(table, env));
  const value = await meter.readPath(table, [], { signal });
  const bytes = encode(table, value, env);
  refuseLong(bytes.length);
  const { spans } = annotate(table, bytes, env);
  const fields = fieldsOf(spans, bytes, table);
  return { profile: profileName(meter.profile), size: bytes.length, from: 0, raw: toHex(bytes), fields };
};

/** Bytes of a part, so that one message holds it and no value mixes two moments. */
const longestPart = 512;

/**
 * Reads a part of a table that is too long to read whole: the fields that lie wholly within the bytes from `from` on, as many
 * as one message holds. Only such tables, because in others the contents may decide where keys lie.
 *
 * @throws UsageError for a table that is not so long, or beyond its end; LinkError, ResponseError, LayoutError
 */
export const readTablePart = async (
  meter: Meter,
  table: AnyTable,
  from: number,
  signal: Signal,
): Promise<TableRead> => {
  const env = await meter.environment(table, { signal });
  const size = announcedSize(table, env);
  if (size <= longestTable)
    throw new UsageError(
      "whole",
      `${table.id} has at most ${longestTable} bytes here: leave from= out and read it whole`,
    );
  if (from >= size) throw new UsageError("beyond", `${table.id} ends at byte ${size}, before ${from}`);
  const length = Math.min(longestPart, meter.session.readLimit, size - from);
  const label = `read ${table.id}`;
  const range = { offset: from, length };
  const bytes = await meter.steadily(label, () => readSlice(meter.session, table.number, range, { label, signal }));
  const { spans } = annotate(table, bytes, env, from);
  // What lies only partly within is in no field, so its bytes are not given either.
  const first = Math.max(from, spans.at(0)?.start ?? from);
  const last = Math.min(from + length, Math.max(first, ...spans.map(({ end }) => end)));
  const told = bytes.slice(first - from, last - from);
  const fields = fieldsOf(spans, told, table, first);
  return { profile: profileName(meter.profile), size, from: first, raw: toHex(told), fields };
};
