/**
 * What cannot be changed from afar: keys that only the file on the machine itself sets, because with them the right to use
 * the API would become a right over the meter or the machine, and keys that the environment sets, which wins over the file.
 */
import { isDeepStrictEqual } from "node:util";
import { isSecret } from "../../settings/setting.ts";
import { schemaAt, settings } from "../config-schema.ts";
import { type Environment, meterVariables, variableOf } from "../environment.ts";
import { isRawMap, type RawMap, type RawValue, valueAt } from "./raw-config.ts";

const keys: Readonly<Record<string, string>> = {
  "meters[].device": "it lets Meterport write to the meter",
  "outputs.hook": "it runs a program of the machine",
  "http.ingress": "it says whose word about a user is believed",
  fleet: "it says which meters this process opens, and which database it trusts",
  data: "the data would stay behind in the old folder",
  // What is in the file would go to the meter or the database that the same person names.
  "meters[].key_file": "it would make a key of any file of the machine: write the key itself, which is stored sealed",
  store_file: "it would make an address of any file of the machine: write the address as store, which is stored sealed",
};

/** Why only the file on the machine sets a key of the table of keys; undefined if the API may. */
export const machineOnly = (path: string): string | undefined => {
  const found = Object.keys(keys).find((key) => path === key || path.startsWith(`${key}.`));
  return found === undefined ? undefined : keys[found];
};

/** A refused change: the path of the key, and a sentence. */
export interface Refusal {
  readonly path: string;
  readonly message: string;
}

const onlyThere = (path: string, because: string): Refusal => ({
  path,
  message: `${path} is set only in the file on the machine itself, because ${because}`,
});

const partsOf = (path: string): readonly string[] => path.split(".");
const differsAt =
  (old: RawMap, next: RawMap) =>
  (path: string): boolean =>
    !isDeepStrictEqual(valueAt(old, partsOf(path)), valueAt(next, partsOf(path)));

/** Keys that say the same in another way. */
const alike: Readonly<Record<string, string>> = { store: "store_file", store_file: "store" };

const setBy = (path: string, env: Environment): string | undefined =>
  [path, alike[path] ?? path]
    .map((each) => variableOf(each))
    .find((name) => name !== undefined && (env[name] ?? "") !== "");

/** The variable that sets a key now, and wins over the file; undefined if none does. */
export const variableInEffect = (path: string, env: Environment): string | undefined => {
  if (!path.startsWith("meters[].")) return setBy(path, env);
  const name = variableOf(path);
  return name !== undefined && meterVariables(env).includes(name) ? name : undefined;
};

const metersOf = (tree: RawMap): ReadonlyMap<RawValue | undefined, RawMap> => {
  const list = Object.hasOwn(tree, "meters") ? tree.meters : undefined;
  const maps = Array.isArray(list) ? (list as readonly RawValue[]).filter(isRawMap) : [];
  return new Map(maps.map((meter) => [meter.id, meter]));
};

const meterRefusals = (old: RawMap, next: RawMap): readonly Refusal[] => {
  const before = metersOf(old);
  return [...metersOf(next)].flatMap(([id, meter]) => {
    const was = before.get(id) ?? {};
    if (!isDeepStrictEqual(was.device, meter.device)) return [onlyThere("device", keys["meters[].device"] ?? "")];
    // It may go: a key takes its place.
    if (meter.key_file !== undefined && meter.key_file !== was.key_file)
      return [onlyThere("key_file", keys["meters[].key_file"] ?? "")];
    if (meter.device === undefined || was.link === meter.link) return [];
    return [onlyThere("link", "the point is a device of the grid, which writes to the meter at this link")];
  });
};

/** A secret as `@FILE` would send a file of the machine to wherever the secret is sent. */
const fileRefusals = (
  old: RawValue | undefined,
  next: RawValue,
  path: readonly (string | number)[],
): readonly Refusal[] => {
  if (old === next) return [];
  if (typeof next === "string") {
    const schema = schemaAt(path);
    if (schema === undefined || !isSecret(schema) || !/^@(?!credential:)/.test(next)) return [];
    const name = path.filter((part) => typeof part === "string").join(".");
    return [
      {
        path: name,
        message: `${name} names a file, which only the file on the machine itself can do: write the secret itself, which is stored sealed`,
      },
    ];
  }
  if (!isRawMap(next)) return [];
  const before = isRawMap(old) ? old : {};
  return Object.entries(next).flatMap(([name, part]) => fileRefusals(before[name], part, [...path, name]));
};

const metersFileRefusals = (old: RawMap, next: RawMap): readonly Refusal[] => {
  const before = metersOf(old);
  return [...metersOf(next)].flatMap(([id, meter]) =>
    fileRefusals(before.get(id), meter, ["meters", 0]).map(({ path, message }) => ({
      path: path.replace(/^meters\./, ""),
      message: message.replace(/^meters\./, ""),
    })),
  );
};

/** What of a change the API may not do, each with its reason. */
export const refusalsOf = (old: RawMap, next: RawMap, env: Environment): readonly Refusal[] => {
  const differs = differsAt(old, next);
  const own = Object.entries(keys).flatMap(([path, because]) =>
    !path.startsWith("meters") && differs(path) ? [onlyThere(path, because)] : [],
  );
  const inEnvironment = settings.flatMap(({ path }): readonly Refusal[] => {
    const variable = path.startsWith("meters") || !differs(path) ? undefined : setBy(path, env);
    if (variable === undefined) return [];
    return [
      { path, message: `${path} is set by ${variable} in the environment, which wins over the file: change it there` },
    ];
  });
  const ofMeter = differs("meters") ? meterVariables(env) : [];
  const oneMeter = ofMeter.map((variable) => ({
    path: "meters",
    message: `the meter of this gateway is set by ${variable} in the environment: move it to the file first`,
  }));
  const { meters: _, ...oldRest } = old;
  const { meters: __, ...rest } = next;
  return [
    ...own,
    ...inEnvironment,
    ...oneMeter.slice(0, 1),
    ...meterRefusals(old, next),
    ...fileRefusals(oldRest, rest, []),
    ...metersFileRefusals(old, next),
  ];
};
