/**
 * Which bytes a write sends: only those that change, whole values at a time, never a value that the meter controls. A
 * meter has no bit write, so bits are merged with the current bits around them. Pure: the current bytes are an argument.
 */
import { LayoutError, UsageError } from "@meterport/protocol/errors";
import { type Bits, placeBits } from "@meterport/protocol/layout/bits";
import { type Leaf, leaves, place } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { Writer } from "@meterport/protocol/layout/writer";
import { type ByteRange, cutRange, hullOf, requestCost } from "../read/ranges.ts";
import type { Objection } from "./write-rights.ts";

/** One request: these bytes at this offset of the table. */
export interface TableWrite {
  /** Number of the table. */
  readonly table: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** A value with its place, before the bytes that are there now are known. */
export interface WriteTarget {
  /** What must be read first. */
  readonly range: ByteRange;
  /** Fields within the range, at absolute offsets; of a single bit field only itself. */
  readonly leaves: readonly Leaf[];
  /** Fields that were requested by name, each alone. */
  readonly named?: readonly Leaf[];
  /** Fields within the range that were not requested, and must not be written along with them. */
  readonly between?: readonly Leaf[];
  /** The range with the new value, from the current range. @throws LayoutError */
  readonly apply: (current: Uint8Array) => Uint8Array;
}

type Keys = readonly (string | number)[];

const bitsOf = ({ type, bits }: Leaf): Bits | undefined => {
  if (bits === undefined) return undefined;
  const form = type.startsWith("BOOL") ? "bool" : type.startsWith("INT") ? "signed" : "unsigned";
  return { low: bits[0], high: bits[1], form, condition: undefined };
};

/** Sets the bits of `value` in `bytes`, which begin at byte `first` of the word. */
const putBits = (bytes: Uint8Array, first: number, bits: Bits, value: unknown, leaf: Leaf): void => {
  const writer = new Writer(leaf.offset);
  writer.path.push(leaf.path);
  let rest = placeBits(bits, value, writer);
  for (let at = 0; at < first; at++) rest = Math.floor(rest / 256);
  for (let i = 0; i < bytes.length; i++) {
    const mask = byteMask(bits, first + i);
    bytes[i] = ((bytes[i] as number) & ~mask) | ((rest % 256) & mask);
    rest = Math.floor(rest / 256);
  }
};

/** The bits of a field that lie in byte `index` of its word. */
const byteMask = ({ low, high }: Pick<Bits, "low" | "high">, index: number): number => {
  let mask = 0;
  for (let bit = 8 * index; bit < 8 * index + 8; bit++) if (bit >= low && bit <= high) mask |= 1 << (bit % 8);
  return mask;
};

/**
 * Where a value goes and what else is there.
 *
 * @throws LayoutError for a path or a value that does not fit
 */
export const writeTarget = (table: AnyTable, path: Keys, value: unknown, env: unknown): WriteTarget => {
  const name = path.join(".");
  const all = leaves(table, env);
  const exact = all.find((leaf) => leaf.path === name);
  const bits = exact === undefined ? undefined : bitsOf(exact);
  if (exact !== undefined && bits !== undefined) {
    const first = Math.floor(bits.low / 8);
    const range = { offset: exact.offset + first, length: Math.floor(bits.high / 8) - first + 1 };
    const apply = (current: Uint8Array): Uint8Array => {
      const next = current.slice();
      putBits(next, first, bits, value, exact);
      return next;
    };
    return { range, leaves: [exact], apply };
  }
  const { offset, length, encode } = place(table, path, env);
  const data = encode(value);
  if (data.length !== length)
    throw new LayoutError("shape", { path: name, offset }, `the value has ${data.length} bytes, its place ${length}`);
  const inside = all.filter((leaf) => leaf.offset >= offset && leaf.offset + leaf.size <= offset + length);
  const known = inside.length > 0 ? inside : [leafAt(name, offset, length)];
  return { range: { offset, length }, leaves: known, apply: () => data };
};

/**
 * Several targets of one table as one: their hull is read once, and each target is applied to the result of the one before.
 *
 * @throws UsageError (`overlap`) if two of them write the same field
 */
export const mergeTargets = (table: AnyTable, targets: readonly WriteTarget[], env: unknown): WriteTarget => {
  const [only] = targets;
  if (only === undefined) throw new UsageError("nothing", `write ${table.id}: no fields are given`);
  if (targets.length === 1) return only;
  const seen = new Set<string>();
  for (const { path } of targets.flatMap(({ leaves }) => leaves)) {
    if (seen.has(path)) throw new UsageError("overlap", `write ${table.id}: ${path} is given twice`);
    seen.add(path);
  }
  const { offset, length } = hullOf(targets.map(({ range }) => range));
  const end = offset + length;
  const between = leaves(table, env).filter(
    (leaf) => !seen.has(leaf.path) && leaf.offset < end && leaf.offset + leaf.size > offset,
  );
  const apply = (current: Uint8Array): Uint8Array => {
    const next = current.slice();
    for (const { range, apply } of targets) {
      const from = range.offset - offset;
      next.set(apply(next.subarray(from, from + range.length)), from);
    }
    return next;
  };
  const all = targets.flatMap(({ leaves }) => leaves);
  return { range: { offset, length }, leaves: all, named: targets.flatMap(namedBy), between, apply };
};

/** Its field, if it is a single one. */
const namedBy = ({ leaves }: WriteTarget): readonly Leaf[] => (leaves.length === 1 ? leaves : []);

/** A part whose leaves the layout does not know, because its place depends on values before it. */
const leafAt = (path: string, offset: number, size: number): Leaf => ({
  path,
  offset,
  size,
  type: "",
  doc: "",
  meta: {},
  reserved: false,
});

const differs = (leaf: Leaf, start: number, before: Uint8Array, after: Uint8Array): boolean => {
  for (let i = 0; i < leaf.size; i++) {
    const at = leaf.offset - start + i;
    const mask = leaf.bits === undefined ? 0xff : byteMask({ low: leaf.bits[0], high: leaf.bits[1] }, i);
    if ((((before[at] ?? 0) ^ (after[at] ?? 0)) & mask) !== 0) return true;
  }
  return false;
};

export interface PlanOptions {
  /** Most data bytes of one request. */
  readonly limit: number;
  /** Also send values that the meter already has. */
  readonly rewrite: boolean;
}

export interface WritePlan {
  readonly writes: readonly TableWrite[];
  /** The fields whose value changes. */
  readonly changed: readonly Leaf[];
}

/**
 * The requests that write a value.
 *
 * @throws LayoutError; UsageError (`not-writable-field`) if a field would change that must not
 */
export const planWrite = (
  table: AnyTable,
  target: WriteTarget,
  current: Uint8Array,
  objection: Objection,
  { limit, rewrite }: PlanOptions,
): WritePlan => {
  const { range } = target;
  const next = target.apply(current);
  const changed = target.leaves.filter((leaf) => differs(leaf, range.offset, current, next));
  // A single field requested by name is refused even if it already has this value.
  for (const leaf of [...(target.named ?? namedBy(target)), ...changed]) {
    const reason = objection(leaf);
    if (reason !== undefined)
      throw new UsageError("not-writable-field", `write ${table.id}.${leaf.path}: ${reason}; nothing was sent`);
  }
  checkCovered(table, target, current, next);
  const within = (leaf: Leaf): ByteRange => clip(leaf, range);
  const sent = rewrite ? target.leaves.filter((leaf) => objection(leaf) === undefined) : changed;
  const refused = target.leaves.filter((leaf) => objection(leaf) !== undefined);
  const barred = [...refused, ...(target.between ?? [])].map(within);
  const starts = [...new Set(target.leaves.map(({ offset }) => offset))].sort((a, b) => a - b);
  const writes = joinAround(sent.map(within), barred).flatMap((run) =>
    cutWrite(run, limit, starts).map(({ offset, length }) => ({
      table: table.number,
      offset,
      data: next.slice(offset - range.offset, offset - range.offset + length),
    })),
  );
  return { writes, changed };
};

const clip = ({ offset, size }: Leaf, range: ByteRange): ByteRange => {
  const from = Math.max(offset, range.offset);
  return { offset: from, length: Math.min(offset + size, range.offset + range.length) - from };
};

/** Bytes that belong to no field, such as those that newer firmware appends to an entry, stay as they are. */
const checkCovered = (table: AnyTable, target: WriteTarget, before: Uint8Array, after: Uint8Array): void => {
  const covered = new Uint8Array(before.length);
  for (const leaf of target.leaves) {
    const { offset, length } = clip(leaf, target.range);
    covered.fill(1, offset - target.range.offset, offset - target.range.offset + length);
  }
  const at = before.findIndex((byte, i) => covered[i] === 0 && byte !== after[i]);
  if (at >= 0)
    throw new UsageError(
      "not-writable-field",
      `write ${table.id}: byte ${target.range.offset + at} belongs to no known field; nothing was sent`,
    );
};

/** Runs of bytes, joined if the gap costs less than a request and holds nothing that must not be written. */
const joinAround = (ranges: readonly ByteRange[], barred: readonly ByteRange[]): ByteRange[] => {
  const joined: { offset: number; length: number }[] = [];
  for (const { offset, length } of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const last = joined.at(-1);
    const end = last === undefined ? 0 : last.offset + last.length;
    const free = !barred.some((bar) => bar.offset < offset && bar.offset + bar.length > end);
    if (last !== undefined && offset <= end + requestCost && (free || offset <= end))
      last.length = Math.max(last.length, offset + length - last.offset);
    else joined.push({ offset, length });
  }
  return joined;
};

/** Code, table, offset and count before the data, the sequence number after it: all that the digest covers. */
const digested = 12;
const digestBlock = 192;

/** Data lengths whose requests fill the digest's blocks exactly: then the digest hardly depends on the last bytes. */
const isWeak = ({ length }: ByteRange): boolean => (length + digested) % digestBlock === 0;

/**
 * Cuts a run into pieces of at most `limit` bytes, where values begin, and avoids lengths that weaken the digest if
 * possible.
 *
 * @example
 * cutWrite({ offset: 0, length: 636 }, 456).map(({ length }) => length) // [455, 181]
 */
export const cutWrite = (run: ByteRange, limit: number, starts: readonly number[] = []): ByteRange[] => {
  const pieces = cutRange(run, limit, starts);
  if (pieces.length < 2) return pieces;
  for (let shorter = limit; shorter > limit / 2; shorter--) {
    const other = cutRange(run, shorter, starts);
    if (other.length > pieces.length) break;
    if (!other.some(isWeak)) return other;
  }
  return pieces;
};
