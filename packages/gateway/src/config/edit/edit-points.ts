/** Adds, changes and removes metering points in a configuration. */

import { pathText } from "../complaints.ts";
import { type Edit, EditProblem } from "./config-editor.ts";
import { isRawMap, type RawChange, type RawMap, type RawValue, withChange } from "./raw-config.ts";

type MeterChange = { readonly [name: string]: RawChange | null };

/** The points of a file, as they are written. @throws EditProblem if there is something else */
export const metersIn = (file: RawMap): readonly RawMap[] => {
  const list = Object.hasOwn(file, "meters") ? file.meters : [];
  if (Array.isArray(list) && (list as readonly RawValue[]).every(isRawMap)) return list as unknown as readonly RawMap[];
  throw new EditProblem([{ path: null, message: "the file's meters are not a list: correct the file first" }]);
};

const withMeters = (file: RawMap, meters: readonly RawMap[]): RawMap => {
  const { meters: _, ...rest } = file;
  return meters.length === 0 ? rest : { ...file, meters };
};

/** Names in sentences: of this point its own keys, of others their ids. */
const namedFor =
  (meters: readonly RawMap[], index: number) =>
  (path: readonly PropertyKey[]): string => {
    if (path[0] !== "meters" || typeof path[1] !== "number") return pathText(path);
    if (path[1] === index) return path.length > 2 ? pathText(path.slice(2)) : "the point";
    const id = meters[path[1]]?.id;
    return path.length === 2 && typeof id === "string" ? `the point ${id}` : pathText(path);
  };

const edit = (file: RawMap, meters: readonly RawMap[], index: number): Edit => ({
  value: withMeters(file, meters),
  touched: [["meters", index]],
  named: namedFor(meters, index),
});

/** Letters that Unicode does not take apart. */
const plainLetters: Readonly<Record<string, string>> = {
  æ: "ae",
  ø: "oe",
  å: "aa",
  ä: "ae",
  ö: "oe",
  ü: "ue",
  ß: "ss",
};

/**
 * An id that no point has, made of a name.
 *
 * @example
 * idFor("Vores hus på Øen", ["home"]) // "vores-hus-paa-oeen"
 */
export const idFor = (name: string, taken: readonly string[]): string => {
  const words = name
    .toLowerCase()
    .replace(/[æøåäöüß]/g, (letter) => plainLetters[letter] ?? letter)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 50)
    .replace(/-+$/, "");
  const base = words === "" ? "meter" : words;
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.includes(id)) return id;
  }
};

/** Keys that say the same: a new one takes the place of the others. */
const onlyOne = [["key", "key_file", "key_credential"]] as const;

const replacing = (change: MeterChange): MeterChange => {
  const gone: Record<string, null> = {};
  for (const alike of onlyOne)
    if (alike.some((name) => typeof change[name] === "string"))
      for (const name of alike) if (!Object.hasOwn(change, name)) gone[name] = null;
  return { ...gone, ...change };
};

/** @throws EditProblem if the file is not one of points */
export const addPoint = (file: RawMap, id: string, keys: MeterChange): Edit => {
  const meters = metersIn(file);
  const added = { id, ...withChange({}, { ...keys, id }) };
  return edit(file, [...meters, added], meters.length);
};

const placeOf = (meters: readonly RawMap[], id: string): number => {
  const index = meters.findIndex((meter) => meter.id === id);
  if (index >= 0) return index;
  throw new EditProblem([
    { path: null, message: `the file does not have the point ${id}: another program has changed it meanwhile` },
  ]);
};

/** @throws EditProblem if the file does not have the point */
export const changePoint = (file: RawMap, id: string, keys: MeterChange): Edit => {
  const meters = metersIn(file);
  const index = placeOf(meters, id);
  if (keys.id !== undefined && keys.id !== id)
    throw new EditProblem([
      {
        path: "id",
        message: `id stays ${id}, because the history belongs to it: change the name, or add another point`,
      },
    ]);
  const changed = withChange(meters[index] ?? {}, replacing(keys));
  return edit(file, meters.with(index, changed), index);
};

/** @throws EditProblem if the file does not have the point */
export const removePoint = (file: RawMap, id: string): Edit => {
  const meters = metersIn(file);
  const index = placeOf(meters, id);
  return { value: withMeters(file, meters.toSpliced(index, 1)), touched: [] };
};
