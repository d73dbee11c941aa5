/**
 * The entities of Home Assistant, as data: which key of which message, and how it is shown. Classes and units by the developer
 * documentation of the sensor and the binary sensor (2026): a unit that does not fit its class makes the whole entity fail.
 */
import { type LiveKey, liveKeyInfo } from "@meterport/protocol/meaning/readings";
import { eventTypes } from "../change-payload.ts";
import { energyKeys, momentKeys } from "./payloads.ts";

/** Which message it is in. */
export type EntitySource = "live" | "energy" | "status" | "price" | "diagnostics" | "values" | "event";

export interface Entity {
  readonly key: string;
  readonly platform: "sensor" | "binary_sensor" | "event";
  readonly name: string;
  readonly source: EntitySource;
  /** The template that takes its value from the message; undefined for events. */
  readonly template?: string | undefined;
  /** A value that the meter must have shown once, or the entity is left out. */
  readonly needs?: LiveKey | undefined;
  /** What is said of it beside that, in Home Assistant's words. */
  readonly more: Readonly<Record<string, unknown>>;
  /** Whether it is also there while the meter does not answer. */
  readonly always?: true | undefined;
}

type More = Entity["more"];

const measured = (deviceClass: string, unit: string | undefined, precision: number): More => ({
  device_class: deviceClass,
  ...(unit === undefined ? {} : { unit_of_measurement: unit }),
  state_class: "measurement",
  suggested_display_precision: precision,
});

const hidden: More = { enabled_by_default: false };
const diagnostic: More = { entity_category: "diagnostic" };

/** By the unit of the live key. */
const moments: readonly (readonly [pattern: RegExp, more: More])[] = [
  [/^power_(import|export)_w$/, { ...measured("power", "W", 0), ...hidden }],
  [/^power(_l\d)?_w$/, measured("power", "W", 0)],
  [/^voltage_/, measured("voltage", "V", 1)],
  [/^current_/, measured("current", "A", 2)],
  [/^frequency_/, { ...measured("frequency", "Hz", 2), ...hidden }],
  [/^power_factor_/, { ...measured("power_factor", undefined, 3), ...hidden }],
  [/^reactive_power_/, { ...measured("reactive_power", "var", 0), ...hidden }],
  [/^apparent_power_/, { ...measured("apparent_power", "VA", 0), ...hidden }],
];

const momentOf = (key: LiveKey): Entity => {
  const more = moments.find(([pattern]) => pattern.test(key))?.[1];
  if (more === undefined) throw new Error(`${key} has no class in Home Assistant: add it to the list`);
  const template = `{{ value_json.${key} }}`;
  // The unit is not part of the key there.
  const short = key.replace(/_(w|v|a|hz|var|va)$/, "");
  return { key: short, platform: "sensor", name: liveKeyInfo[key].label, source: "live", template, needs: key, more };
};

/**
 * `total` without a last reset is what the documentation advises for a counter that lives as long as the meter: a fall is then taken
 * back by the rise after it, where `total_increasing` would count everything again.
 */
const registerOf = ([key, register]: readonly [string, LiveKey]): Entity => {
  const isActive = key.endsWith("_kwh");
  return {
    key: key.replace(/_k\w+$/, ""),
    platform: "sensor",
    name: liveKeyInfo[register].label,
    source: "energy",
    template: `{{ value_json.${key} }}`,
    needs: register,
    more: {
      device_class: isActive ? "energy" : "reactive_energy",
      unit_of_measurement: isActive ? "kWh" : "kvarh",
      state_class: "total",
      suggested_display_precision: isActive ? 2 : 1,
      ...(isActive ? {} : hidden),
    },
  };
};

const flag = (key: string, name: string, field: string, more: More): Entity => ({
  key,
  platform: "binary_sensor",
  name,
  source: "status",
  template: `{{ None if value_json.${field} is none else ('ON' if value_json.${field} else 'OFF') }}`,
  more,
});

const statusEntities: readonly Entity[] = [
  {
    key: "connection",
    platform: "binary_sensor",
    name: "Connection",
    source: "status",
    template: "{{ 'OFF' if value_json.quality == 'stale' else 'ON' }}",
    more: { device_class: "connectivity", ...diagnostic },
    always: true,
  },
  {
    key: "problem",
    platform: "binary_sensor",
    name: "Problem",
    source: "status",
    template: "{{ 'ON' if value_json.problem or value_json.quality == 'suspect' else 'OFF' }}",
    more: { device_class: "problem", ...diagnostic },
    always: true,
  },
  flag("alarm", "Alarm", "alarm", { device_class: "problem" }),
  flag("outage", "Power outage", "outage", { device_class: "problem" }),
  flag("clock_off", "Meter clock wrong", "clock_off", { device_class: "problem", ...diagnostic }),
  {
    key: "last_reading",
    platform: "sensor",
    name: "Last reading",
    source: "status",
    template: "{{ value_json.last_reading }}",
    more: { device_class: "timestamp", ...diagnostic, ...hidden },
    always: true,
  },
  {
    key: "link",
    platform: "sensor",
    name: "Link",
    source: "status",
    template: "{{ value_json.link }}",
    more: {
      device_class: "enum",
      options: ["connecting", "up", "degraded", "silent", "refused", "paused"],
      ...diagnostic,
      ...hidden,
    },
    always: true,
  },
];

const counter = (key: string, name: string): Entity => ({
  key,
  platform: "sensor",
  name,
  source: "diagnostics",
  template: `{{ value_json.${key} }}`,
  more: { state_class: "total_increasing", ...diagnostic, ...hidden },
  always: true,
});

const diagnosticEntities: readonly Entity[] = [
  {
    key: "round_trip",
    platform: "sensor",
    name: "Time of a reading",
    source: "diagnostics",
    template: "{{ value_json.round_trip_ms }}",
    more: { ...measured("duration", "ms", 0), ...diagnostic, ...hidden },
    always: true,
  },
  // They begin at 0 with each start of the gateway.
  counter("polls", "Readings"),
  counter("failures", "Failed readings"),
  counter("retries", "Repeated requests"),
  counter("discarded", "Damaged answers"),
];

const priceOf = (key: string, name: string, field: string, currency: string, more: More): Entity => ({
  ...{ key, platform: "sensor", name, source: "price", template: `{{ value_json.${field} }}`, always: true },
  // The class `monetary` is for amounts, and refuses a price per kWh.
  more: { unit_of_measurement: `${currency}/kWh`, state_class: "measurement", suggested_display_precision: 4, ...more },
});

/** Those of a meter whose prices are configured. */
export const priceEntities = (currency: string): readonly Entity[] => [
  priceOf("price", "Price", "total", currency, {}),
  priceOf("price_energy", "Price before charges", "energy", currency, hidden),
  priceOf("price_feed_in", "Price of export", "feed_in", currency, hidden),
];

/** Every entity that a meter may have. */
export const entities: readonly Entity[] = [
  ...Object.entries(energyKeys).map(registerOf),
  ...momentKeys.map(momentOf),
  ...statusEntities,
  ...diagnosticEntities,
  {
    key: "events",
    platform: "event",
    name: "Events",
    source: "event",
    more: { event_types: [...eventTypes] },
    always: true,
  },
];
