/** Parts of tables whose contents determine their layout: only the fields that say where they are are read first. */
import { LayoutError } from "@meterport/protocol/errors";
import { type Leaf, leaves, type Place, place } from "@meterport/protocol/layout/index";
import { partOf } from "@meterport/protocol/layout/size-with-value";
import type { AnyTable } from "@meterport/protocol/layout/table";
import type { ByteRange } from "./ranges.ts";

type Path = readonly (string | number)[];

/** Bytes of fields that are read together because one is needed: about the cost of a second request. */
const longestPrefix = 128;

/** Named fields of the table itself whose place is known, in order. */
const knownFields = (table: AnyTable, env: unknown, known: Readonly<Record<string, unknown>>): readonly Leaf[] =>
  leaves(table, env, "first", known).filter(
    ({ path, reserved }) => !reserved && !path.includes(".") && !(path in known),
  );

/**
 * Where the part at `path` is, after reading the fields that it depends on, with their neighbours in one request.
 *
 * @throws LayoutError if there is no such part, or only the whole table shows where it is; and what `read` throws
 */
export const placeByContents = async (
  table: AnyTable,
  path: Path,
  env: unknown,
  read: (range: ByteRange) => Promise<Uint8Array>,
): Promise<Place> => {
  const known: Record<string, unknown> = {};
  for (;;) {
    try {
      return place(table, path, env, known);
    } catch (error) {
      if (!(error instanceof LayoutError) || error.missing === undefined || error.missing in known) throw error;
      const fields = knownFields(table, env, known);
      const wanted = fields.find((field) => field.path === error.missing);
      const [first] = fields;
      if (wanted === undefined || first === undefined) throw error;
      // The fields around it are usually wanted too.
      const near = fields.filter(({ offset, size }) => offset + size <= first.offset + longestPrefix);
      const some = near.includes(wanted) ? near : [wanted];
      const start = Math.min(...some.map(({ offset }) => offset));
      const end = Math.max(...some.map(({ offset, size }) => offset + size));
      const data = await read({ offset: start, length: end - start });
      for (const { path: name } of some) {
        const { offset, length, decode } = place(table, [name], env, known);
        known[name] = decode(data.subarray(offset - start, offset - start + length));
      }
    }
  }
};

/** The part of a whole value at a path. @throws LayoutError (`shape`) if it has none */
export const valueAt = (value: unknown, path: Path): unknown => {
  const found = path.reduce(partOf, value);
  if (found !== undefined) return found;
  throw new LayoutError("shape", { path: path.join("."), offset: 0 }, "there is no such part in what was read");
};
