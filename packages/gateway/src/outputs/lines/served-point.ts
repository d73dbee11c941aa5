/** Which metering point a face shows that has room for one. */
import type { PointView } from "@meterport/engine/ports/output";

/**
 * The only point that an output sees.
 *
 * @throws Error if there are several; undefined if there is none yet
 */
export const onlyPoint = (points: readonly PointView[], name: string): PointView | undefined => {
  const [first, ...others] = points;
  if (others.length > 0)
    throw new Error(
      `it can show one meter and sees ${others.length + 1}: name one of them, for example outputs.${name}.points: [${first?.id}]`,
    );
  return first;
};

/** Whether its values may be shown. */
export const isFresh = (point: PointView): boolean => point.live().quality !== "stale";
