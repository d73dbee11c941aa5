/** Plain data as Lua source. */

export type LuaValue =
  | string
  | number
  | boolean
  | readonly LuaValue[]
  | { readonly [key: string]: LuaValue | undefined }
  | ReadonlyMap<number, LuaValue>;

const words = new Set(
  "and break do else elseif end false for function goto if in local nil not or repeat return then true until while".split(
    " ",
  ),
);
/** Characters that a string cannot hold get Lua's decimal escape. */
const quoted = (text: string): string =>
  `"${text.replace(/["\\]|(?![\u0080-\u009f])\p{Cc}/gu, (c) => `\\${String(c.charCodeAt(0)).padStart(3, "0")}`)}"`;
const keyOf = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) && !words.has(key) ? key : `[${quoted(key)}]`);

/**
 * A value as a Lua expression: lists from index 1, maps with numbers as keys; undefined parts are omitted.
 *
 * @throws RangeError for a number that has no literal
 */
export const luaOf = (value: LuaValue): string => {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`${value} has no literal in Lua`);
    return String(value);
  }
  if (typeof value === "boolean") return String(value);
  if (value instanceof Map) return `{${[...value].map(([key, part]) => `[${key}]=${luaOf(part)}`).join(",")}}`;
  if (Array.isArray(value)) return `{${value.map((part: LuaValue) => luaOf(part)).join(",")}}`;
  return `{${Object.entries(value)
    .flatMap(([key, part]: [string, LuaValue | undefined]) =>
      part === undefined ? [] : [`${keyOf(key)}=${luaOf(part)}`],
    )
    .join(",")}}`;
};
