/** Parameters of a procedure as people type them: `action=0 deviceHandle=1016`. */
import { UsageError } from "@meterport/protocol/errors";
import type { Description, FieldMeta } from "@meterport/protocol/layout/layout";
import type { AnyProcedure } from "@meterport/protocol/procedures/index";
import { didYouMean } from "../../options/nearest.ts";
import { parseFieldValue } from "../write/field-value.ts";

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly meta: FieldMeta;
  /** May be omitted: its presence depends on another parameter. */
  readonly optional: boolean;
}

/** EP39 has no layout, only the encoding of a public client (see `unverifiedEP39`). */
const posted: readonly Parameter[] = [
  { name: "type", type: "UINT8", meta: {}, optional: false },
  { name: "data", type: "ARRAY of UINT8", meta: {}, optional: false },
];

const typeOf = (description: Description): string => {
  let inner = description;
  while (inner.kind === "when") inner = inner.inner;
  return "type" in inner ? String(inner.type) : inner.kind;
};

const parametersOf = (procedure: AnyProcedure): readonly Parameter[] => {
  if (procedure.id === "EP39") return posted;
  const description: Description = procedure.request.describe();
  if (description.kind !== "struct") return [];
  // Unknown bits are sent as zeros and need not be named.
  const named = description.fields.filter(({ reserved }) => !reserved);
  return named.map(({ name, layout, meta }) => ({
    name,
    type: typeOf(layout),
    meta,
    optional: layout.kind === "when",
  }));
};

/**
 * The parameters by name.
 *
 * @throws UsageError (`parameter`, `value`) that names the procedure's parameters
 */
export const parseParameters = (procedure: AnyProcedure, words: readonly string[]): Record<string, unknown> => {
  const fields = parametersOf(procedure);
  const names = fields.map(({ name }) => name);
  const takes = names.length === 0 ? "it takes none" : `it takes ${names.join(", ")}`;
  const values: Record<string, unknown> = {};
  for (const word of words) {
    const at = word.indexOf("=");
    const name = at < 0 ? word : word.slice(0, at);
    const field = fields.find((known) => known.name === name);
    const near = didYouMean(name, names);
    if (field === undefined)
      throw new UsageError(
        "parameter",
        `${procedure.id} has no parameter "${name.slice(0, 40)}"${near || `; ${takes}`}`,
      );
    if (at < 0) throw new UsageError("parameter", `${procedure.id}: write ${name}=VALUE`);
    if (name in values) throw new UsageError("parameter", `${procedure.id}: ${name} is given twice`);
    const typed = { name: `${procedure.id}.${name}`, type: field.type, meta: field.meta };
    values[name] = parseFieldValue(typed, word.slice(at + 1));
  }
  const missing = fields.filter((field) => !(field.name in values) && !field.optional).map(({ name }) => name);
  if (missing.length > 0)
    throw new UsageError(
      "parameter",
      `${procedure.id}: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing; ${takes}`,
    );
  return values;
};
