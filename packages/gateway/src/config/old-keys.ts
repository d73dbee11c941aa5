/** Keys that older files hold: what became of each, and the file without them. */
import type { PathName } from "./complaints.ts";
import type { Place } from "./config-file.ts";

/** A key that was a setting once. */
export interface OldKey {
  /** Its path, as in the table of keys: `meters[].rates.identity`. */
  readonly path: string;
  /** What became of it, after "is ignored, because". */
  readonly because: string;
}

/** One entry for each key that a released file could hold; an entry is removed only if the key is a setting again. */
export const oldKeys: readonly OldKey[] = [
  { path: "meters[].writable", because: "the gateway writes to no meter" },
  { path: "meters[].rates.registers", because: "the registers are read with all live values" },
  { path: "meters[].rates.identity", because: "the gateway asks each time that it connects what the meter is" },
];

/** Old keys of one name in a file. */
export interface FoundKey extends OldKey {
  readonly count: number;
  /** Where the first of them is. */
  readonly first: readonly PropertyKey[];
}

export interface Migrated {
  /** The file as it would be written today. */
  readonly value: unknown;
  readonly found: readonly FoundKey[];
  /** What the new file lacks, from top to bottom; a map that would be empty goes as a whole. */
  readonly removed: readonly (readonly PropertyKey[])[];
}

type Names = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Names => typeof value === "object" && value !== null && !Array.isArray(value);

class Removal {
  readonly removed: (readonly PropertyKey[])[] = [];
  readonly #places = new Map<string, { count: number; readonly first: readonly PropertyKey[] }>();

  /** The value without old keys; the same object if it has none. `pattern` is its path in the table of keys. */
  readonly without = (value: unknown, path: readonly PropertyKey[], pattern: string): unknown => {
    if (!oldKeys.some((old) => old.path.startsWith(pattern))) return value;
    if (Array.isArray(value)) return this.#list(value, path, pattern);
    return isMap(value) ? this.#map(value, path, pattern) : value;
  };

  found(): readonly FoundKey[] {
    return oldKeys.flatMap((old) => {
      const place = this.#places.get(old.path);
      return place === undefined ? [] : [{ ...old, ...place }];
    });
  }

  #list(list: readonly unknown[], path: readonly PropertyKey[], pattern: string): readonly unknown[] {
    const kept = list.map((item, n) => this.without(item, [...path, n], `${pattern}[]`));
    return kept.every((item, n) => item === list[n]) ? list : kept;
  }

  #map(map: Names, path: readonly PropertyKey[], pattern: string): Names {
    const kept: [string, unknown][] = [];
    let isChanged = false;
    for (const [name, value] of Object.entries(map)) {
      const at = [...path, name];
      const known = pattern === "" ? name : `${pattern}.${name}`;
      const isOld = oldKeys.some((old) => old.path === known);
      if (isOld) this.#note(known, at);
      const before = this.removed.length;
      const left = isOld ? undefined : this.without(value, at, known);
      isChanged ||= left !== value;
      const isEmpty = left !== value && isMap(left) && Object.keys(left).length === 0;
      if (isOld || isEmpty) this.removed.splice(before, Number.POSITIVE_INFINITY, at);
      else kept.push([name, left]);
    }
    return isChanged ? Object.fromEntries(kept) : map;
  }

  #note(known: string, at: readonly PropertyKey[]): void {
    const place = this.#places.get(known);
    if (place === undefined) this.#places.set(known, { count: 1, first: at });
    else place.count++;
  }
}

/**
 * A file of any age, as it would be written today. Names that never were settings stay, and are refused by the schema.
 *
 * @example
 * migrated({ meters: [{ id: "home", writable: "off" }] }).value // { meters: [ { id: 'home' } ] }
 */
export const migrated = (value: unknown): Migrated => {
  const removal = new Removal();
  return { value: removal.without(value, [], ""), found: removal.found(), removed: removal.removed };
};

/** One sentence for each key. */
export const oldKeyTexts = ({ found }: Migrated, place: Place, named: PathName): readonly string[] =>
  found.map(({ first, count, because }) => {
    const more = count > 1 ? ` (and ${count - 1} more like it)` : "";
    const at = place(first.slice(0, -1), String(first.at(-1)));
    return `${at}: ${named(first)}${more} is ignored, because ${because}: remove it, or run meterport config migrate`;
  });
