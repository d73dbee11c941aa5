/** Where a target lies under the dimensions of the meter at hand. */
import type { Meter } from "@meterport/client";
import { LayoutError, UsageError } from "@meterport/protocol/errors";
import { place, profileName } from "@meterport/protocol/layout/index";
import { type Path, pathAt, type Target } from "./target.ts";

/** @throws UsageError (`no-such-field`) where the meter has no such field; LinkError, ResponseError */
export const pathOn = async (meter: Meter, target: Target, signal: AbortSignal): Promise<Path> => {
  if (target.kind === "bytes" || (target.kind === "path" && target.path.length === 0)) return [];
  const env = await meter.environment(target.table, { signal });
  if (target.kind === "offset") return pathAt(target, env);
  try {
    place(target.table, target.path, env);
  } catch (cause) {
    if (!(cause instanceof LayoutError)) throw cause;
    const device = profileName(meter.profile);
    throw new UsageError("no-such-field", `${target.name}: this meter (${device}) has no such field`, { cause });
  }
  return target.path;
};
