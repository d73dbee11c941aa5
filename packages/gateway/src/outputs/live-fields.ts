/** The values of a reading for consumers that keep or show them. */
import { isRegister } from "@meterport/engine/guard/measured";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { PointView } from "@meterport/engine/ports/output";
import { type LiveKey, liveKeys } from "@meterport/protocol/meaning/readings";

/** Live values by key; its registers are those of the point, which go on when the meter is exchanged. Unknown is null. */
export const liveFields = (
  point: Pick<PointView, "total">,
  live: LiveAnswer,
): Readonly<Record<LiveKey, number | null>> =>
  Object.fromEntries(liveKeys.map((key) => [key, isRegister(key) ? point.total(key) : live[key]])) as Record<
    LiveKey,
    number | null
  >;
