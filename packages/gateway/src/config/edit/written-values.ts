/** What the file says, key by key, without its secrets; and which of its texts are secrets. */
import type { z } from "zod";
import { isSecret } from "../../settings/setting.ts";
import { schemaAt } from "../config-schema.ts";
import { hiddenMark, isRawMap, type RawMap, type RawValue } from "./raw-config.ts";

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

/** The part with each secret that it holds given to a function. */
export const mapSecrets = (
  value: RawValue,
  path: readonly (string | number)[],
  map: (text: string, path: readonly (string | number)[]) => string,
): RawValue => {
  if (typeof value === "string") {
    const schema = schemaAt(path);
    return schema !== undefined && isSecret(schema) ? map(value, path) : value;
  }
  if (!isRawMap(value)) return value.map((each, n) => mapSecrets(each, [...path, n], map));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, mapSecrets(part, [...path, name], map)]),
  ) as RawMap;
};
