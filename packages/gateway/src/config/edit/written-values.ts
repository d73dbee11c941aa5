/** What the file says, key by key, without its secrets; and which of its texts are secrets. */
import type { z } from "zod";
import { isSecret } from "../../settings/setting.ts";
import { schemaAt } from "../config-schema.ts";
import { hiddenMark, isRawMap, type RawValue } from "./raw-config.ts";

/** Where a secret is may be shown, unless that is a secret itself in a wrong place: the place was read when the gateway started. */
const isPlace = (text: string): boolean => text.startsWith("@");

/** A password within an address. */
const withoutPassword = (text: string): string =>
  text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@\s:]*):[^/\s]*@/i, `$1:${hiddenMark}@`);

const shownText = (text: string, schema: z.core.$ZodType): string =>
  isSecret(schema) && !isPlace(text) ? hiddenMark : withoutPassword(text);

/**
 * A part of the file as it may be shown: what is a secret, or no key at all, is `[secret]`.
 *
 * @param path of the part in the file; a number for an item of a list
 */
export const shownValueOf = (value: RawValue, path: readonly (string | number)[]): RawValue => {
  const schema = schemaAt(path);
  if (schema === undefined) return hiddenMark;
  if (typeof value === "string") return shownText(value, schema);
  if (!isRawMap(value))
    return value.map((each, n) =>
      typeof each === "string" ? withoutPassword(each) : shownValueOf(each, [...path, n]),
    );
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shownValueOf(part, [...path, name])]));
};

/** The counterpart of an item in another list: of things with ids the one with the same id. */
const counterpart = (old: RawValue | undefined): ((item: RawValue) => RawValue | undefined) => {
  if (!Array.isArray(old)) return () => undefined;
  const byId = new Map((old as readonly RawValue[]).map((each) => [isRawMap(each) ? each.id : undefined, each]));
  return (item) => (isRawMap(item) && item.id !== undefined ? byId.get(item.id) : undefined);
};

/**
 * A part of the file with each secret that is new in it changed.
 *
 * @param old the same part before; what is the very same there is not looked through, since there may be thousands of meters
 */
export const mapNewSecrets = (
  value: RawValue,
  old: RawValue | undefined,
  path: readonly (string | number)[],
  map: (text: string) => string,
): RawValue => {
  if (value === old) return value;
  if (typeof value === "string") {
    const schema = schemaAt(path);
    return schema !== undefined && isSecret(schema) ? map(value) : value;
  }
  if (!isRawMap(value)) {
    const before = counterpart(old);
    return value.map((each, n) => mapNewSecrets(each, before(each), [...path, n], map));
  }
  const before = isRawMap(old) ? old : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      mapNewSecrets(part, Object.hasOwn(before, name) ? before[name] : undefined, [...path, name], map),
    ]),
  );
};
