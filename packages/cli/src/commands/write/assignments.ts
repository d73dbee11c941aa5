/** The assignments of `meterport write`: fields and their new values, table by table. */
import type { FieldValue, Meter } from "@meterport/client";
import { writeLabel } from "@meterport/client/meter/write/table-writer";
import { writeTarget } from "@meterport/client/meter/write/write-plan";
import { LayoutError, UsageError } from "@meterport/protocol/errors";
import { leaves } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { pathOn } from "../read/located.ts";
import { parseTarget, type Target } from "../read/target.ts";
import { parseFieldValue } from "./field-value.ts";

/** "ET51.clients.0.healthTimeout=30", with only the place checked. */
export interface Assignment {
  readonly target: Exclude<Target, { readonly kind: "bytes" }>;
  readonly text: string;
}

/** @throws UsageError (`assignment`, `no-such-table`, `no-such-field`) */
export const parseAssignment = (word: string): Assignment => {
  const at = word.indexOf("=");
  if (at < 1)
    throw new UsageError(
      "assignment",
      `"${word.slice(0, 60)}" is not an assignment such as ET51.clients.0.healthTimeout=30`,
    );
  const target = parseTarget(word.slice(0, at));
  if (target.kind === "bytes")
    throw new UsageError("assignment", `${target.name}: its fields are not declared, so they cannot be written`);
  return { target, text: word.slice(at + 1) };
};

/** The fields of one table to change. */
export interface TableChange {
  readonly table: AnyTable;
  readonly fields: readonly FieldValue[];
  readonly label: string;
}

/** The value of a text for this field of this meter. */
const wantedOf = async (meter: Meter, { target, text }: Assignment, signal: AbortSignal): Promise<FieldValue> => {
  const path = await pathOn(meter, target, signal);
  const { table } = target;
  const env = await meter.environment(table, { signal });
  const name = path.join(".");
  const leaf = leaves(table, env).find((leaf) => leaf.path === name);
  // Anything but a leaf is a part with fields of its own, whose type is not needed.
  const field = { name: [table.id, ...path].join("."), type: leaf?.type ?? "fields", meta: leaf?.meta ?? {} };
  const value = parseFieldValue(field, text);
  try {
    const { range, apply } = writeTarget(table, path, value, env);
    apply(new Uint8Array(range.length));
  } catch (cause) {
    if (!(cause instanceof LayoutError)) throw cause;
    throw new UsageError("value", `${[table.id, cause.path].join(".")}: ${cause.detail}`, { cause });
  }
  return { path, value };
};

/**
 * Assignments as changes of tables, in the order in which the tables are first named.
 *
 * @throws UsageError, LayoutError, LinkError, ResponseError
 */
export const changesOf = async (
  meter: Meter,
  assignments: readonly Assignment[],
  signal: AbortSignal,
): Promise<TableChange[]> => {
  const byTable = new Map<AnyTable, FieldValue[]>();
  for (const assignment of assignments) {
    const { table } = assignment.target;
    byTable.set(table, [...(byTable.get(table) ?? []), await wantedOf(meter, assignment, signal)]);
  }
  return [...byTable].map(([table, fields]) => ({ table, fields, label: writeLabel(table, fields) }));
};
