/** Names every byte of a table body, or of a slice of it, and says which bytes stay unnamed. */
import { LayoutError } from "../errors.ts";
import type { Layout } from "./layout.ts";
import { outermost } from "./layout.ts";
import { Reader, type Span } from "./reader.ts";

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}
export interface Annotation {
  /** The decoded value; `undefined` where the bytes do not fit, or are only a slice. */
  readonly value: unknown;
  /** Leaves in order, at offsets from the start of the table. */
  readonly spans: readonly Span[];
  /** Bytes that no leaf covers, at offsets from the start of the table. */
  readonly unknown: readonly ByteRange[];
  /** Why the bytes do not fit, where they do not. */
  readonly problem: LayoutError | undefined;
}

/** The bytes of a word that a bit field touches. */
const touched = ({ start, end, bits }: Span): ByteRange =>
  bits === undefined
    ? { start, end }
    : { start: start + Math.floor(bits[0] / 8), end: start + Math.floor(bits[1] / 8) + 1 };

/** More than any documented table: a device that reports wild dimensions must not make us read megabytes of nothing. */
const longest = 2 ** 20;

const uncovered = (spans: readonly Span[], from: number, to: number): ByteRange[] => {
  const known = new Uint8Array(to - from);
  for (const span of spans) known.fill(1, Math.max(0, span.start - from), Math.max(0, span.end - from));
  const ranges: ByteRange[] = [];
  for (let i = 0; i < known.length; i++) {
    if (known[i] === 1) continue;
    const start = i;
    while (i < known.length && known[i] === 0) i++;
    ranges.push({ start: from + start, end: from + i });
  }
  return ranges;
};

/**
 * Annotates `data`, which lies `offset` bytes into the table. A slice is read within the whole table, its other bytes
 * taken as zero; only leaves that lie within the slice are told. Where the dimensions give a table of more than 1 MiB,
 * nothing is named.
 */
export const annotate = <T, E>(layout: Layout<T, E>, data: Uint8Array, env: E, offset = 0): Annotation => {
  const end = offset + data.length;
  let whole = data;
  let size: number | undefined;
  try {
    size = layout.size(env, outermost);
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
  }
  const slice = offset > 0 || (size !== undefined && size > end);
  if (slice) {
    const length = Math.max(size ?? end, end);
    if (length > longest) {
      const problem = new LayoutError("shape", { path: "", offset }, `the dimensions give ${length} bytes`);
      return { value: undefined, spans: [], unknown: uncovered([], offset, end), problem };
    }
    whole = new Uint8Array(length);
    whole.set(data, offset);
  }
  const spans: Span[] = [];
  let value: unknown;
  let problem: LayoutError | undefined;
  const reader = new Reader(whole, (span) => {
    const { start, end: stop } = touched(span);
    if (start >= offset && stop <= end) spans.push(span);
  });
  try {
    value = layout.decode(reader, env, outermost);
    if (reader.pos < whole.length)
      problem = reader.error("trailing", `${whole.length - reader.pos} bytes beyond the declared layout`);
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    problem = error;
  }
  return {
    value: slice ? undefined : value,
    spans,
    unknown: uncovered(
      spans.map((s) => ({ ...s, ...touched(s) })),
      offset,
      end,
    ),
    problem,
  };
};
