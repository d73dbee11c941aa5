/** Brings rows of meters together with those of the configuration, as both are written. */
import type { MeterRow } from "./meter-rows.ts";

/** Text, or a map of texts, by name: a part of the file before it is checked. */
export type Raw = { readonly [name: string]: string | Raw };

/** A meter that another text is written for, by the path of its key; undefined removes a key. */
export interface MeterEdit {
  /** Its place in the list. */
  readonly index: number;
  readonly id: string;
  readonly fields: ReadonlyMap<string, string | undefined>;
}

export interface Merged {
  /** The meters as they will be. */
  readonly meters: readonly Raw[];
  readonly added: readonly Raw[];
  readonly changed: readonly MeterEdit[];
  readonly unchanged: number;
  /** The line of the row behind a meter, by its place in the list. */
  readonly lines: ReadonlyMap<number, number>;
}

/** Keys that say the same: a new one takes the place of the others. */
const alternatives = [
  ["key", "key_file", "key_credential"],
  ["interval", "rates.live"],
] as const;

const fieldOf = (meter: Raw, path: string): string | undefined => {
  const [name = "", inner] = path.split(".");
  const value = meter[name];
  const found = inner === undefined || typeof value !== "object" ? value : value[inner];
  return typeof found === "string" ? found : undefined;
};

const withField = (meter: Raw, path: string, text: string | undefined): Raw => {
  const [name = "", inner] = path.split(".");
  if (inner !== undefined) {
    const value = meter[name];
    const part = withField(typeof value === "object" ? value : {}, inner, text);
    return Object.keys(part).length === 0 ? withField(meter, name, undefined) : { ...meter, [name]: part };
  }
  if (text !== undefined) return { ...meter, [name]: text };
  const { [name]: _, ...rest } = meter;
  return rest;
};

const rawOf = ({ fields }: MeterRow): Raw => {
  let meter: Raw = {};
  for (const [path, text] of fields) meter = withField(meter, path, text);
  return meter;
};

/** What differs from the row. Fields that it leaves empty stay. */
const editOf = (meter: Raw, { fields }: MeterRow): ReadonlyMap<string, string | undefined> => {
  const edit = new Map<string, string | undefined>();
  for (const [path, text] of fields) if (fieldOf(meter, path) !== text) edit.set(path, text);
  for (const alike of alternatives)
    if (alike.some((path) => fields.has(path)))
      for (const path of alike) if (!fields.has(path) && fieldOf(meter, path) !== undefined) edit.set(path, undefined);
  return edit;
};

/** A meter with the id of a row is changed, others are added at the end. */
export const mergeMeters = (existing: readonly Raw[], rows: readonly MeterRow[]): Merged => {
  const meters = [...existing];
  const placeOf = new Map(existing.map((meter, index) => [fieldOf(meter, "id"), index]));
  const added: Raw[] = [];
  const changed: MeterEdit[] = [];
  const lines = new Map<number, number>();
  let unchanged = 0;
  for (const row of rows) {
    const id = row.fields.get("id") ?? "";
    const index = placeOf.get(id);
    if (index === undefined) {
      lines.set(meters.length, row.line);
      const meter = rawOf(row);
      added.push(meter);
      meters.push(meter);
      continue;
    }
    lines.set(index, row.line);
    const fields = editOf(meters[index] ?? {}, row);
    if (fields.size === 0) unchanged++;
    else changed.push({ index, id, fields });
    for (const [path, text] of fields) meters[index] = withField(meters[index] ?? {}, path, text);
  }
  return { meters, added, changed, unchanged, lines };
};
