/** What a value tells of places that a declaration alone leaves open. */
import { LayoutError } from "../errors.ts";
import type { Layout, Scope } from "./layout.ts";
import { Writer } from "./writer.ts";

/** A part of a value that may not be at hand. */
export const partOf = (value: unknown, key: string | number): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;

const orUndefined = (size: () => number): number | undefined => {
  try {
    return size();
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};

/**
 * Bytes of a layout that begins at `offset` of its table; `undefined` where that depends on a value that is not at hand,
 * or that does not fit.
 */
export const sizeWithValue = <T, E>(
  layout: Layout<T, E>,
  env: E,
  scope: Scope,
  offset: number,
  value: unknown,
): number | undefined => {
  const size = orUndefined(() => layout.size(env, scope));
  if (size !== undefined || value === undefined) return size;
  return orUndefined(() => {
    const writer = new Writer();
    // Some layouts end at a given byte of the table.
    writer.zeros(offset);
    layout.encode(writer, value as T, env, scope);
    return writer.pos - offset;
  });
};
