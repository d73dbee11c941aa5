/**
 * The MEP protocol of NES / OSGP meters: what most programs need of it. Errors, keys, tables to read, and what the values
 * mean. Pure: no clock, no randomness, no host.
 *
 * Everything else has its own path: all tables are in `@meterport/protocol/tables/index`, all procedures in
 * `…/procedures/index`, the language to declare tables in `…/layout/index`, sources and units in `…/meaning/index`. Frames,
 * link, security and the meter's side are below `…/mep/`, the optical port below `…/optical/`.
 */
export { fromHex, toHex } from "./bytes.ts";
export {
  LayoutError,
  LinkError,
  type LinkFailure,
  MeterportError,
  type OpenFailure,
  ProcedureError,
  ResponseError,
  TlsError,
  UsageError,
} from "./errors.ts";
export { type DateFields, type LtimeDate, type Time, utcFields, utcMillis } from "./layout/dates.ts";
export type { Layout } from "./layout/layout.ts";
export { type At, locate, type Path, type Place } from "./layout/locate.ts";
export { type Family, type Profile, parseProfile, profileName } from "./layout/profile.ts";
export {
  type AnyTable,
  decode,
  encode,
  type KeyLevel,
  type Needs,
  sizeOf,
  type Table,
  type TableValue,
  tableExists,
} from "./layout/table.ts";
export { parseDuration } from "./meaning/duration.ts";
export { type LiveKey, type LiveKeyInfo, liveKeyInfo, liveKeys } from "./meaning/live-keys.ts";
export { emptyReading, type LiveReading, type Quality } from "./meaning/readings.ts";
export { type Source, sourceOf } from "./meaning/source-ids.ts";
export {
  inUnit,
  onWire,
  type Quantity,
  quantities,
  type Unit,
  units,
  type WireUnit,
  wireUnits,
} from "./meaning/units.ts";
export { type ResponseCode, responseCode } from "./mep/frame/response-codes.ts";
export { type ParsedKey, parseKey, Secret } from "./mep/security/key.ts";
export type { Clock, Entropy, Millis, Signal, Transport, TransportSpeed, TransportTiming } from "./ports.ts";
export { BT01 } from "./tables/basic/bt01-general-manufacturer-information.ts";
export { BT21 } from "./tables/basic/bt21-actual-register.ts";
export { BT23 } from "./tables/basic/bt23-current-register-data.ts";
export { BT28 } from "./tables/basic/bt28-present-register-data.ts";
export { BT52 } from "./tables/basic/bt52-utc-clock.ts";
export { ET03 } from "./tables/extended/et03-utility-information.ts";
export { ET11 } from "./tables/extended/et11-mfg-dimension.ts";
export { ET13 } from "./tables/extended/et13-device-configuration.ts";
