/** The gateway's answers about its configuration. */
import { listOf, number, record, text } from "../../../state/loose.ts";

/** A value in the form of the file; null if the file does not have it. `other` is one that this page cannot edit. */
export type WrittenValue = string | readonly string[] | { readonly other: string } | null;

/** What is written, by path, and what is known of it. */
export interface Written {
  /** Of the file; null if it cannot be changed here. */
  readonly revision: string | null;
  /** Why nothing can be changed here, in English; null if it can. */
  readonly unchangeable: string | null;
  readonly values: ReadonlyMap<string, WrittenValue>;
  /** The variable of the environment that sets a key now. */
  readonly variables: ReadonlyMap<string, string>;
}

export interface Configuration extends Written {
  /** The file; null if there is none. */
  readonly file: string | null;
}

/** What a change does, or would do. */
export interface ChangeOutcome {
  /** False if it was written and could not be carried out. */
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly apply: readonly string[];
  readonly restart: readonly string[];
  /** Ids of metering points. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** A copy of the old file. */
  readonly before: string | null;
}

const MOST_SETTINGS = 2000;
const MOST_ENTRIES = 50_000;

/** @example writtenOf(["a", "b"]) // ["a", "b"] */
export function writtenOf(value: unknown): WrittenValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value.slice(0, MOST_ENTRIES);
  return { other: JSON.stringify(value).slice(0, 500) };
}

export function configurationOf(data: unknown): Configuration | null {
  const loose = record(data);
  const settings = listOf(loose?.settings, MOST_SETTINGS, (each) => {
    const one = record(each);
    const path = text(one?.path);
    return one === null || path === null
      ? null
      : { path, written: writtenOf(one.written), variable: text(one.variable) };
  });
  if (loose === null || settings === null) return null;
  return {
    file: text(loose.file),
    revision: text(loose.revision),
    unchangeable: text(loose.unchangeable),
    values: new Map(settings.map(({ path, written }) => [path, written])),
    variables: new Map(settings.flatMap(({ path, variable }) => (variable === null ? [] : [[path, variable]]))),
  };
}

/** The leaves of a map, at their paths. */
function* leavesOf(value: unknown, path: string): Generator<readonly [string, WrittenValue]> {
  const map = record(value);
  if (map === null) return yield [path, writtenOf(value)];
  for (const [name, part] of Object.entries(map).slice(0, MOST_SETTINGS))
    yield* leavesOf(part, path === "" ? name : `${path}.${name}`);
}

/** What `GET /api/v1/points/{id}/settings` says. */
export function pointSettingsOf(data: unknown): Written | null {
  const loose = record(data);
  if (loose === null || (loose.settings !== null && record(loose.settings) === null)) return null;
  return {
    revision: text(loose.revision),
    unchangeable: text(loose.unchangeable),
    values: new Map(loose.settings === null ? [] : leavesOf(loose.settings, "")),
    variables: new Map(),
  };
}

export function changeOutcomeOf(data: unknown): ChangeOutcome | null {
  const loose = record(data);
  if (loose === null || typeof loose.ok !== "boolean") return null;
  const words = (value: unknown): readonly string[] => listOf(value, MOST_ENTRIES, text) ?? [];
  return {
    ok: loose.ok,
    problems: words(loose.problems),
    apply: words(loose.apply),
    restart: words(loose.restart),
    added: words(loose.added),
    changed: words(loose.changed),
    removed: words(loose.removed),
    before: text(loose.before),
  };
}

/** What the gateway says of itself. */
export interface About {
  readonly version: string | null;
  /** Seconds since the start. */
  readonly uptime: number | null;
  readonly meters: number | null;
  readonly metersUp: number | null;
}

export function aboutOf(data: unknown): About | null {
  const loose = record(data);
  if (loose === null) return null;
  return {
    version: text(loose.version),
    uptime: number(loose.uptime_s),
    meters: number(loose.meters),
    metersUp: number(loose.meters_up),
  };
}
