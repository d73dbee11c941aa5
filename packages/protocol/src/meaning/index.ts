/** What the numbers mean: sources, units, readings. */
export { parseDuration } from "./duration.ts";
export * from "./extended-source.ts";
export * from "./readings.ts";
export { hasValue, lastSourceId, type Source, sourceOf, sources } from "./source-ids.ts";
export { presentValueOrder, summationOrder } from "./source-order.ts";
export {
  decimals,
  inUnit,
  onWire,
  type Quantity,
  quantities,
  type Unit,
  units,
  type WireUnit,
  wireUnits,
} from "./units.ts";
