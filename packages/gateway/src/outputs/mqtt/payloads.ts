/** The messages of a metering point. Every key is in every message; what is unknown is null, never 0. */
import type { LiveAnswer, MeterDetail } from "@meterport/engine/model/point-model";
import type { ChildView, PointView, PriceNow } from "@meterport/engine/ports/output";
import { type LiveKey, liveKeys } from "@meterport/protocol/meaning/readings";

/** The registers in the unit in which they are sent. */
export const energyKeys = {
  energy_import_kwh: "energy_import_wh",
  energy_export_kwh: "energy_export_wh",
  reactive_energy_import_kvarh: "reactive_energy_import_varh",
  reactive_energy_export_kvarh: "reactive_energy_export_varh",
} as const satisfies Readonly<Record<string, LiveKey>>;

const isRegister = (key: LiveKey): boolean => (Object.values(energyKeys) as readonly LiveKey[]).includes(key);

/** The live keys that are measured at this moment. */
export const momentKeys: readonly LiveKey[] = liveKeys.filter((key) => !isRegister(key));

const iso = (time: number): string => new Date(time).toISOString();
const isoOrNull = (time: number | null): string | null => (time === null ? null : iso(time));

export const livePayload = (live: LiveAnswer) => ({
  time: live.time,
  ...Object.fromEntries(momentKeys.map((key) => [key, live[key]])),
  quality: live.quality,
});

export const energyPayload = (point: Pick<PointView, "total">, live: LiveAnswer) => ({
  time: live.time,
  ...Object.fromEntries(
    Object.entries(energyKeys).map(([key, register]) => {
      const total = point.total(register);
      return [key, total === null ? null : total / 1000];
    }),
  ),
  quality: live.quality,
});

/** Kinds of events that last, and that are over when they have an end. Of others an end that is missing says nothing. */
export const lastingKinds = ["alarm", "outage", "meter-clock-off"] as const;

export const statusPayload = (
  { link, identity, name, simulated }: MeterDetail,
  live: LiveAnswer,
  lasting: ReadonlySet<string> | undefined,
) => ({
  name,
  link: link.state,
  problem: link.problem,
  cause: link.cause,
  since: link.since,
  last_reading: link.last_reading,
  quality: live.quality,
  /** Null until the store has said which events last. */
  alarm: lasting?.has("alarm") ?? null,
  outage: lasting?.has("outage") ?? null,
  clock_off: lasting?.has("meter-clock-off") ?? null,
  manufacturer: identity?.manufacturer ?? null,
  model: identity?.model ?? null,
  serial: identity?.serial ?? identity?.utility_serial ?? null,
  firmware: identity?.firmware ?? null,
  simulated,
});

/** A millionth of a currency is nothing. */
const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 1e6) / 1e6);

/** What a kWh costs in the present quarter of an hour; all null if that is unknown now. */
export const pricePayload = (price: PriceNow | null) => ({
  start: isoOrNull(price?.start ?? null),
  end: isoOrNull(price?.end ?? null),
  currency: price?.currency ?? null,
  total: rounded(price?.total ?? null),
  energy: rounded(price?.energy ?? null),
  feed_in: rounded(price?.feedIn ?? null),
});

export const diagnosticsPayload = ({ link }: MeterDetail) => ({
  round_trip_ms: link.round_trip_ms,
  polls: link.polls,
  failures: link.failures,
  retries: link.retries,
  discarded: link.discarded,
  outages: link.outages,
  alerts: link.alerts,
});

type ChildValue = ChildView["values"][number];

/** The key of a value of a meter behind another one. */
export const childKey = ({ register, tier }: Pick<ChildValue, "register" | "tier">): string =>
  tier === 0 ? register : `${register}_t${tier}`;

/** A meter behind another one as it is said; null is unknown now. */
export interface ShownChild extends Omit<ChildView, "alarms" | "values"> {
  readonly alarms: ChildView["alarms"] | null;
  readonly values: readonly (Omit<ChildValue, "value"> & { readonly value: number | null })[];
}

export const childPayload = ({ state, alarms, readAt, values }: ShownChild) => ({
  time: isoOrNull(readAt),
  state,
  alarms,
  ...Object.fromEntries(values.map((each) => [childKey(each), each.value])),
});
