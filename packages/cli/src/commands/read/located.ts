/** Where a target lies under the dimensions of this meter. */
import type { Meter } from "@meterport/client";
import { LayoutError, UsageError } from "@meterport/protocol/errors";
import { place, profileName, sizeOf } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { type Path, pathAt, type Target } from "./target.ts";

const laidOutByContents = (table: AnyTable, env: unknown): boolean => {
  try {
    sizeOf(table, env);
    return false;
  } catch (error) {
    if (error instanceof LayoutError) return true;
    throw error;
  }
};

/** @throws UsageError (`no-such-field`) if the meter has no such field; LinkError, ResponseError */
export const pathOn = async (meter: Meter, target: Target, signal: AbortSignal): Promise<Path> => {
  if (target.kind === "bytes" || (target.kind === "path" && target.path.length === 0)) return [];
  const env = await meter.environment(target.table, { signal });
  if (target.kind === "offset") {
    const value = laidOutByContents(target.table, env) ? await meter.readPath(target.table, [], { signal }) : undefined;
    return pathAt(target, env, value);
  }
  try {
    place(target.table, target.path, env);
  } catch (cause) {
    if (!(cause instanceof LayoutError)) throw cause;
    // Only reading shows whether it has the field.
    if (laidOutByContents(target.table, env)) return target.path;
    const device = profileName(meter.profile);
    throw new UsageError("no-such-field", `${target.name}: this meter (${device}) has no such field`, { cause });
  }
  return target.path;
};
