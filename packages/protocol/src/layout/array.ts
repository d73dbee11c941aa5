/** Repetition: a counted array with the stride that the device reports, and records up to a given end. */
import { LayoutError } from "../errors.ts";
import { type Dim, toExpr } from "./expression.ts";
import { type Description, joinPath, type Layout, type Part, type Walk } from "./layout.ts";
import type { Reader } from "./reader.ts";
import { partOf, sizeWithValue } from "./size-with-value.ts";
import type { Writer } from "./writer.ts";

/** Elements of structs may carry bytes of newer firmware past what is declared. */
export interface Tail {
  readonly tail?: Uint8Array;
}
const keepTail = (value: unknown, rest: Uint8Array): void => {
  if (rest.some((byte) => byte !== 0)) (value as { tail?: Uint8Array }).tail = rest.slice();
};

/** Records can carry a `tail`; a number cannot. */
const isRecord = (description: Description): boolean =>
  description.kind === "struct" || (description.kind === "when" && isRecord(description.inner));

/**
 * `count` elements, each `stride` bytes apart. The stride is the entry size that the device reports; bytes of an
 * element past what is declared are kept as its `tail` where not zero.
 *
 * @throws TypeError for a stride if the elements are not records
 */
export const array = <T, E, C = unknown, S = unknown>(
  count: Dim<C>,
  element: Layout<T, E>,
  stride?: Dim<S>,
): Layout<T[], E & C & S> => {
  type Env = E & C & S;
  if (stride !== undefined && !isRecord(element.describe()))
    throw new TypeError("array: only records can stand further apart than their own size");
  const counted = toExpr(count);
  const step = stride === undefined ? undefined : toExpr(stride);
  const scopeOf = (index: number) => ({ index, self: undefined });
  const offsetOf = (env: Env, index: number): number => {
    if (index === 0) return 0;
    if (step !== undefined) return index * step.eval(env, scopeOf(0));
    if (element.indexed !== true) return index * element.size(env, scopeOf(0));
    let offset = 0;
    for (let i = 0; i < index; i++) offset += element.size(env, scopeOf(i));
    return offset;
  };
  const each = step === undefined ? element.fixedSize : step.fixed;
  const fixed = counted.fixed === undefined || each === undefined ? undefined : counted.fixed * each;

  const one = (reader: Reader, env: Env, index: number): T => {
    const start = reader.pos;
    const scope = scopeOf(index);
    if (step === undefined) return element.decode(reader, env, scope);
    const end = start + step.eval(env, scope);
    const value = element.decode(reader, env, scope);
    if (reader.pos > end)
      throw reader.error("shape", `the device reports ${end - start} bytes an entry, fewer than are declared`);
    keepTail(value, reader.take(end - reader.pos));
    return value;
  };

  return {
    fixedSize: fixed,
    needs: [...counted.needs, ...(step?.needs ?? []), ...element.needs],
    indexed: counted.indexed,
    size: (env, scope) => offsetOf(env, counted.eval(env, scope)),
    describe: () => ({
      kind: "array",
      count: counted.text,
      extent: ["count", counted.tree],
      ...(step === undefined ? {} : { stride: step.text, step: step.tree }),
      element: element.describe(),
    }),
    part: (key, env, scope): Part<Env> | undefined => {
      const index = /^\d+$/.test(String(key)) ? Number(key) : Number.NaN;
      if (!(index < counted.eval(env, scope))) return undefined;
      return { offset: offsetOf(env, index), layout: element as Layout<unknown, Env>, scope: scopeOf(index) };
    },
    walk: (walk, env, scope, offset, path, value) => {
      const n = counted.eval(env, scope);
      const first = walk.options.elements === "first";
      // Elements that differ by index: the first of each kind, of which only what no earlier element has.
      const last = first && element.indexed !== true ? Math.min(n, 1) : n;
      const seen = new Set<string>();
      let at = offset;
      // Nothing to see however many there are.
      const sizeOf = (i: number) => sizeWithValue(element, env, scopeOf(i), at, partOf(value, i));
      if (n > 0 && element.indexed !== true && sizeOf(0) === 0) return;
      for (let i = 0; i < last; i++) {
        const inner = joinPath(path, i);
        const size = sizeOf(i);
        if (element.walk !== undefined)
          element.walk(first ? unseen(walk, inner, seen) : walk, env, scopeOf(i), at, inner, partOf(value, i));
        else if (size !== undefined) {
          const description = element.describe();
          const type = "type" in description ? description.type : description.kind;
          walk.leaf({ path: inner, offset: at, size, type, doc: "", meta: {}, reserved: false });
        }
        const length = step === undefined ? size : step.eval(env, scopeOf(i));
        if (length === undefined) return;
        at += length;
      }
    },
    decode: (reader, env, scope) => {
      const n = counted.eval(env, scope);
      const out: T[] = [];
      for (let i = 0; i < n; i++) {
        reader.path.push(i);
        const start = reader.pos;
        const value = one(reader, env, i);
        if (reader.pos === start) reader.passEmpty();
        if (element.walk === undefined)
          reader.onSpan?.({ path: reader.path.join("."), start, end: reader.pos, value, meta: {}, reserved: false });
        out.push(value);
        reader.path.pop();
      }
      return out;
    },
    encode: (writer, values, env, scope) => {
      const n = counted.eval(env, scope);
      if (!Array.isArray(values) || values.length !== n)
        throw writer.error(
          "shape",
          `needs ${n} elements (${counted.text}), got ${Array.isArray(values) ? values.length : "none"}`,
        );
      for (let i = 0; i < n; i++) {
        const value = values[i] as T;
        writer.path.push(i);
        const start = writer.pos;
        element.encode(writer, value, env, scopeOf(i));
        if (step !== undefined) encodeTail(writer, start + step.eval(env, scopeOf(i)) - writer.pos, start, value);
        writer.path.pop();
      }
    },
  };
};

/** Fills the `left` bytes up to the next entry: with the value's own tail, or with zeros. */
const encodeTail = (writer: Writer, left: number, start: number, value: unknown): void => {
  const tail = (value as Tail | undefined)?.tail;
  if (left < 0 || (tail !== undefined && !(tail instanceof Uint8Array && tail.length === left)))
    throw writer.error("shape", `the device reports ${left + writer.pos - start} bytes an entry, which does not fit`);
  if (tail !== undefined) writer.put(tail);
  else writer.zeros(left);
};

/** A walk that is shown each leaf of an element once, by its name within the element. */
const unseen = (walk: Walk, element: string, seen: Set<string>): Walk => ({
  ...walk,
  leaf: (leaf) => {
    const name = leaf.path.slice(element.length);
    if (seen.has(name)) return;
    seen.add(name);
    walk.leaf(leaf);
  },
});

/** The leaves of records that carry their own length, which only values tell. */
export const walkRecords = <T, E>(
  element: Layout<T, E>,
  walk: Walk,
  env: E,
  offset: number,
  path: string,
  value: unknown,
): void => {
  if (!Array.isArray(value)) return;
  const records = walk.options.elements === "first" ? value.slice(0, 1) : value;
  let at = offset;
  for (const [index, record] of records.entries()) {
    const scope = { index, self: undefined };
    const size = sizeWithValue(element, env, scope, at, record);
    if (size === undefined) return;
    element.walk?.(walk, env, scope, at, joinPath(path, index), record);
    at += size;
  }
};

/** Elements one after another up to byte `end` of the table: for records that carry their own length. */
export const recordsUpTo = <T, E, S>(end: Dim<S>, element: Layout<T, E>): Layout<T[], E & S> => {
  const stop = toExpr(end);
  return {
    fixedSize: undefined,
    needs: [...stop.needs, ...element.needs],
    size: () => {
      throw new LayoutError("shape", { path: "", offset: 0 }, "its length depends on its own contents");
    },
    describe: () => ({
      kind: "array",
      count: `up to byte ${stop.text}`,
      extent: ["byte", stop.tree],
      element: element.describe(),
    }),
    // Where the second record lies is only known from the first: without a value no leaf has a place of its own.
    walk: (walk, env, _scope, offset, path, value) => walkRecords(element, walk, env, offset, path, value),
    decode: (reader, env, scope) => {
      const until = stop.eval(env, scope);
      if (reader.pos > until) throw reader.error("shape", `its records end at byte ${until}, before they begin`);
      const out: T[] = [];
      while (reader.pos < until) {
        const start = reader.pos;
        reader.path.push(out.length);
        out.push(element.decode(reader, env, { index: out.length, self: undefined }));
        if (reader.pos > until) throw reader.error("shape", `a record goes past byte ${until}`);
        if (reader.pos === start) throw reader.error("shape", "a record without bytes");
        reader.path.pop();
      }
      return out;
    },
    encode: (writer, values, env, scope) => {
      if (!Array.isArray(values)) throw writer.error("shape", "needs a list of records");
      values.forEach((value, index) => {
        writer.path.push(index);
        element.encode(writer, value as T, env, { index, self: undefined });
        writer.path.pop();
      });
      const until = stop.eval(env, scope);
      if (writer.pos !== until)
        throw writer.error("shape", `its records end at byte ${writer.pos}, but ${stop.text} says ${until}`);
    },
  };
};
