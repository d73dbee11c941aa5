/** A target of `meterport read`: a table, or part of one, by field names or by the guide's offset.bit. */
import { UsageError } from "@meterport/protocol/errors";
import { leaves } from "@meterport/protocol/layout/index";
import type { Description } from "@meterport/protocol/layout/layout";
import type { AnyTable } from "@meterport/protocol/layout/table";
import {
  catalogue,
  catalogueEntry,
  parseProcedureId,
  parseTableId,
  type TableId,
} from "@meterport/protocol/tables/catalogue";
import { tablesById } from "@meterport/protocol/tables/index";
import { didYouMean } from "../../options/nearest.ts";

export type Path = readonly (string | number)[];

/** One thing to read. */
export type Target = {
  /** As the user wrote it. */
  readonly name: string;
} & (
  | { readonly kind: "path"; readonly table: AnyTable; readonly path: Path }
  /** Named in the guides, but without a declaration: only its bytes can be read. */
  | { readonly kind: "bytes"; readonly id: TableId }
  /** "ET50.30.1": which field that is depends on the meter's dimensions. */
  | { readonly kind: "offset"; readonly table: AnyTable; readonly offset: number; readonly bit: number | undefined }
);

const shown = (text: string): string => text.slice(0, 60);
const wrongPath = (detail: string): UsageError => new UsageError("no-such-field", detail);

/** Follows the names of a path through the declaration; which elements an array has, only a meter knows. */
const checkPath = (table: AnyTable, path: Path, name: string): void => {
  let at: Description = table.describe();
  path.forEach((key, depth) => {
    while (at.kind === "when") at = at.inner;
    const before = [table.id, ...path.slice(0, depth)].join(".");
    if (at.kind === "array") {
      if (typeof key !== "number")
        throw wrongPath(`${shown(name)}: ${before} is a list, and "${shown(key)}" is not an index`);
      at = at.element;
      return;
    }
    if (at.kind !== "struct") throw wrongPath(`${shown(name)}: ${before} has no parts`);
    const names = at.fields.map((field) => field.name);
    const field = at.fields.find((known) => known.name === key);
    if (field === undefined) {
      const near = didYouMean(String(key), names);
      throw wrongPath(
        `${shown(name)}: ${before} has no "${shown(String(key))}"${near === "" ? `; it has ${names.join(", ")}` : near}`,
      );
    }
    at = field.layout;
  });
};

/**
 * The target that a text names.
 *
 * @throws UsageError (`no-such-table`, `no-such-field`) that names what the user may have meant
 */
export const parseTarget = (text: string): Target => {
  const [head = "", ...rest] = text.split(".");
  const id = parseTableId(head);
  if (id === undefined) {
    const procedure = parseProcedureId(head);
    if (procedure !== undefined)
      throw new UsageError("no-such-table", `${procedure} is a procedure: use meterport call`);
    const ids = catalogue.filter(({ kind }) => kind === "table").map((entry) => entry.id);
    throw new UsageError("no-such-table", `unknown table "${shown(head)}"${didYouMean(head, ids)}`);
  }
  const table = tablesById.get(id);
  if (table === undefined) {
    if (catalogueEntry(id) === undefined)
      throw new UsageError(
        "no-such-table",
        `the guides do not name table ${id}; meterport tables lists those that they name`,
      );
    if (rest.length > 0) throw wrongPath(`${shown(text)}: the fields of ${id} are not declared; read it as a whole`);
    return { name: text, kind: "bytes", id };
  }
  const path = rest.map((part) => (/^\d{1,6}$/.test(part) ? Number(part) : part));
  const [offset, bit] = path;
  if (typeof offset === "number" && path.length <= 2 && (bit === undefined || typeof bit === "number"))
    return { name: text, kind: "offset", table, offset, bit };
  checkPath(table, path, text);
  return { name: text, kind: "path", table, path };
};

/** "devices.4.mbusChange" as a path. */
const pathOf = (text: string): Path => text.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/**
 * The path of the field at a byte, or at a bit of a byte. `value` of the table is needed if its contents decide its layout.
 *
 * @throws UsageError (`no-such-field`) if no field begins there
 */
export const pathAt = (target: Target & { readonly kind: "offset" }, env: unknown, value?: unknown): Path => {
  const { table, offset, bit, name } = target;
  const all = leaves(table, env, "all", value);
  const found = all.find((leaf) => {
    if (bit === undefined) return leaf.offset === offset && (leaf.bits === undefined || leaf.bits[0] === 0);
    const low = 8 * (offset - leaf.offset) + bit;
    return leaf.bits !== undefined && leaf.bits[0] <= low && low <= leaf.bits[1] && leaf.offset <= offset;
  });
  if (found !== undefined) return pathOf(found.path);
  const place = bit === undefined ? `at byte ${offset}` : `at bit ${bit} of byte ${offset}`;
  const near = all.filter((leaf) => leaf.offset <= offset && offset < leaf.offset + leaf.size)[0];
  throw wrongPath(
    `${shown(name)}: no field of ${table.id} begins ${place}${near === undefined ? "" : `; ${near.path} is there`}`,
  );
};
