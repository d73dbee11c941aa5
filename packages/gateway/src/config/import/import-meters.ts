/** Writes the meters of a CSV file into the configuration: all of them or, if one is wrong, none. */

import { pathText } from "../complaints.ts";
import { loadConfigOf } from "../config.ts";
import { parseConfigFile } from "../config-file.ts";
import { configSchema } from "../config-schema.ts";
import { type ConfigSources, configPath } from "../config-sources.ts";
import { type Environment, withoutMeterVariables } from "../environment.ts";
import { editMeters } from "./edit-meters.ts";
import { type MeterEdit, mergeMeters, type Raw } from "./merge-meters.ts";
import { meterRows } from "./meter-rows.ts";

export interface CsvFile {
  readonly name: string;
  readonly text: string;
}

export interface ImportReport {
  readonly added: readonly string[];
  /** With the names of the keys that change, never their values. */
  readonly changed: readonly { readonly id: string; readonly keys: readonly string[] }[];
  readonly unchanged: number;
  /** The configuration. */
  readonly path: string;
  /** Its text before; empty if there was no file. */
  readonly before: string;
  /** Its text with the meters. */
  readonly after: string;
}

const textOf = (value: Raw[string] | undefined): string => (typeof value === "string" ? value : "");

/**
 * Works out what an import changes; nothing is written.
 *
 * @throws UsageError with a line per problem, in the CSV file or in the configuration, which quotes no key
 */
export const planImport = (sources: ConfigSources, csv: CsvFile): ImportReport => {
  const rows = meterRows(csv.name, csv.text);
  const { path } = configPath(sources);
  // The file may not exist yet, even if it was named.
  const before = sources.readFile(path) ?? "";
  const file = parseConfigFile(path, before);
  const env: Environment = withoutMeterVariables(sources.env);
  const value = file.value as Raw;
  const listed: unknown = value.meters;
  // A list of anything else is refused with its place.
  if (listed !== undefined && !configSchema.shape.meters.safeParse(listed).success)
    loadConfigOf({ ...sources, env }, file);
  const merged = mergeMeters((listed ?? []) as readonly Raw[], rows);
  const lineAt = (at: readonly PropertyKey[]): number | undefined =>
    at[0] === "meters" && typeof at[1] === "number" ? merged.lines.get(at[1]) : undefined;
  loadConfigOf(
    { ...sources, env },
    {
      value: { ...value, meters: merged.meters },
      place: (at, name) => {
        const line = lineAt(at);
        return line === undefined ? file.place(at, name) : `${csv.name}:${line}`;
      },
      named: (at) => {
        const line = lineAt(at);
        if (line === undefined) return pathText(at);
        return at.length > 2 ? pathText(at.slice(2)) : `the meter in line ${line} of ${csv.name}`;
      },
    },
  );
  const after = merged.added.length + merged.changed.length === 0 ? before : editMeters(path, before, value, merged);
  return {
    added: merged.added.map(({ id }) => textOf(id)),
    changed: merged.changed.map(({ id, fields }: MeterEdit) => ({ id, keys: [...fields.keys()] })),
    unchanged: merged.unchanged,
    path,
    before,
    after,
  };
};
