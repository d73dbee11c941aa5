/** What `meterport read` is asked for: a table, or a part of one by its names or by the guide's offset.bit. */
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
  /** As it was asked for. */
  readonly name: string;
} & (
  | { readonly kind: "path"; readonly table: AnyTable; readonly path: Path }
  /** Known to the guides, but without a declaration: only its bytes can be had. */
  | { readonly kind: "bytes"; readonly id: TableId }
  /** "ET50.30.1": which field that is depends on the meter's dimensions. */
  | { readonly kind: "offset"; readonly table: AnyTable; readonly offset: number; readonly bit: number | undefined }
);

const shown = (text: string): string => text.slice(0, 60);
const wrongPath = (detail: string): UsageError => new UsageError("no-such-field", detail);

/** Follows the names of a path through the declaration; which elements an array has is only known of a meter. */
const checkPath = (table: AnyTable, path: Path, name: string): void => {
  let at: Description = table.describe();
  path.forEach((key, depth) => {
    while (at.kind === "when") at = at.inner;
    const before = [table.id, ...path.slice(0, depth)].join(".");
    if (at.kind === "array") {
      if (typeof key !== "number")
        throw wrongPath(`${shown(name)}: ${before} is a list, "${shown(key)}" is no number of one of its elements`);
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
 * What a text asks for.
 *
 * @throws UsageError (`no-such-table`, `no-such-field`) that names what may have been meant
 */
export const parseTarget = (text: string): Target => {
  const [head = "", ...rest] = text.split(".");
  const id = parseTableId(head);
  if (id === undefined) {
    const procedure = parseProcedureId(head);
    if (procedure !== undefined)
      throw new UsageError("no-such-table", `${procedure} is a procedure: it is called, not read`);
    const ids = catalogue.filter(({ kind }) => kind === "table").map((entry) => entry.id);
    throw new UsageError("no-such-table", `"${shown(head)}" is no table${didYouMean(head, ids)}`);
  }
  const table = tablesById.get(id);
  if (table === undefined) {
    if (catalogueEntry(id) === undefined)
      throw new UsageError("no-such-table", `the guides name no table ${id}; meterport tables lists those they name`);
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
 * The path of the field at a byte, or at a bit of a byte. `value` of the table where its contents lay it out.
 *
 * @throws UsageError (`no-such-field`) where nothing begins there
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
