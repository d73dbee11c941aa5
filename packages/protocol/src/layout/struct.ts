/** Records: ordered fields with the offsets that the guide prints, which are checked and never used. */
import type { EnvOf, Fields, StructOf } from "./field.ts";
import { joinPath, type Layout, type Scope } from "./layout.ts";
import { gather, type Slot } from "./slots.ts";

export { at, type EnvOf, type Field, type Fields, next, type StructOf } from "./field.ts";

/** Refuses a declaration whose printed offsets cannot be, as far as sizes never vary. Returns the fixed total. */
const checkOffsets = (slots: readonly Slot[], base: number): number | undefined => {
  let offset: number | undefined = 0;
  for (const { name, at, fixedSize } of slots) {
    const printed = at?.fixed;
    if (offset !== undefined && printed !== undefined && printed !== offset + base)
      throw new TypeError(`struct: "${name}" is declared at ${printed}, the fields before it end at ${offset + base}`);
    offset = offset === undefined || fixedSize === undefined ? undefined : offset + fixedSize;
  }
  return offset;
};

export interface StructOptions {
  /** What the printed offsets count from: some pages print absolute offsets of the first element of an array. */
  readonly from?: number;
}

const recordOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;

export const struct = <const F extends Fields>(
  fields: F,
  options: StructOptions = {},
): Layout<StructOf<F>, EnvOf<F>> => {
  const base = options.from ?? 0;
  const fixedSize = checkOffsets(gather(fields), base);
  // A program declares many tables and reads few: what only reading needs is made when it is needed.
  let gathered: readonly Slot[] | undefined;
  const slotsOf = (): readonly Slot[] => {
    gathered ??= gather(fields);
    return gathered;
  };
  const within = (scope: Scope, self: Record<string, unknown> | undefined): Scope => ({ index: scope.index, self });

  return {
    fixedSize,
    needs: Object.values(fields).flatMap((field) => field.layout.needs),
    indexed: Object.values(fields).some((field) => field.layout.indexed === true),
    size: (env, scope) => {
      if (fixedSize !== undefined) return fixedSize;
      const inner = within(scope, undefined);
      return slotsOf().reduce((sum, slot) => sum + slot.size(env, inner), 0);
    },
    describe: () => ({
      kind: "struct",
      fields: Object.entries(fields).map(([name, field]) => ({
        name,
        at: field.at?.text,
        doc: field.doc,
        meta: field.meta,
        reserved: field.layout.reserved === true,
        layout: field.layout.describe(),
      })),
    }),
    part: (key, env, scope, value) => {
      const inner = within(scope, recordOf(value));
      let offset = 0;
      for (const slot of slotsOf()) {
        const part = slot.part(key, env, inner);
        if (part === "absent") return undefined;
        if (part !== undefined) return { ...part, offset: offset + part.offset };
        offset += slot.size(env, inner);
      }
      return undefined;
    },
    walk: (walk, env, scope, start, path, value) => {
      const values = recordOf(value);
      const inner = within(scope, values);
      let offset = start;
      for (const slot of slotsOf()) {
        // Leaves past a field of unknown size have no known place.
        const size = slot.sizeWith(env, inner, offset, values);
        if (size === undefined) return;
        if (size > 0) {
          if (slot.at !== undefined)
            walk.printed?.(joinPath(path, slot.name), slot.at.eval(env, inner), offset - start + base);
          slot.walk(walk, env, inner, { path, offset, size }, values);
        }
        offset += size;
      }
    },
    decode: (reader, env, scope) => {
      const out: Record<string, unknown> = {};
      const inner = within(scope, out);
      for (const slot of slotsOf()) slot.decode(reader, env, inner, out);
      return out as StructOf<F>;
    },
    encode: (writer, value, env, scope) => {
      const values = recordOf(value);
      if (values === undefined) throw writer.error("shape", "needs a record of fields");
      const inner = within(scope, values);
      for (const slot of slotsOf()) slot.encode(writer, env, inner, values);
    },
  };
};
