/** The entities of a meter behind another one, such as a water meter: they follow from what it answers. */
import { eventTypes } from "../change-payload.ts";
import type { Entity } from "./entities.ts";
import { childKey, type ShownChild } from "./payloads.ts";

type More = Entity["more"];

const total: More = { state_class: "total" };
const measured: More = { state_class: "measurement" };

/** By the name of a register, which is its quantity and, at the end, its unit. The first that fits counts. */
const units: readonly (readonly [name: RegExp, more: More])[] = [
  [/^volume_flow(_.*)?_m3_per_h$/, { device_class: "volume_flow_rate", unit_of_measurement: "m³/h", ...measured }],
  [/^volume_flow(_.*)?_m3_per_min$/, { device_class: "volume_flow_rate", unit_of_measurement: "m³/min", ...measured }],
  [/^volume_flow(_.*)?_m3_per_s$/, { device_class: "volume_flow_rate", unit_of_measurement: "m³/s", ...measured }],
  [/^mass_flow(_.*)?_kg_per_h$/, { unit_of_measurement: "kg/h", ...measured }],
  [/^volume(_.*)?_m3$/, { device_class: "volume", unit_of_measurement: "m³", ...total }],
  [/^energy(_.*)?_j$/, { device_class: "energy", unit_of_measurement: "J", ...total }],
  [/^energy(_.*)?_wh$/, { device_class: "energy", unit_of_measurement: "Wh", ...total }],
  [/^power(_.*)?_w$/, { device_class: "power", unit_of_measurement: "W", ...measured }],
  [/^power(_.*)?_j_per_h$/, { unit_of_measurement: "J/h", ...measured }],
  [/temperature(_.*)?_c$/, { device_class: "temperature", unit_of_measurement: "°C", ...measured }],
  [/^temperature_difference(_.*)?_k$/, { unit_of_measurement: "K", ...measured }],
  [/^mass(_.*)?_kg$/, { unit_of_measurement: "kg", ...measured }],
  [/^pressure(_.*)?_bar$/, { device_class: "pressure", unit_of_measurement: "bar", ...measured }],
  [/^relative_humidity(_.*)?_percent$/, { unit_of_measurement: "%", ...measured }],
  [/^voltage(_.*)?_v$/, { device_class: "voltage", unit_of_measurement: "V", ...measured }],
  [/^current(_.*)?_a$/, { device_class: "current", unit_of_measurement: "A", ...measured }],
  [/^(on_time|operating_time)(_.*)?_s$/, { device_class: "duration", unit_of_measurement: "s", ...measured }],
];

const unitOf = (register: string): More | undefined => units.find(([name]) => name.test(register))?.[1];

/** Whether a register counts, so that it stays true until it is read again. */
export const isCounted = (register: string): boolean => unitOf(register)?.state_class === "total";

/** A counter of water or gas has a class of its own, by which the Energy dashboard finds it. */
const byMedium: readonly (readonly [medium: RegExp, deviceClass: string])[] = [
  [/water/, "water"],
  [/gas/, "gas"],
];

const hidden: More = { enabled_by_default: false, entity_category: "diagnostic" };

const unitEnd = /_(m3_per_(h|min|s)|(kg|j)_per_h|m3|j|wh|w|c|k|kg|bar|percent|v|a|s)$/;

const nameOf = (register: string, tier: number): string => {
  const words = register.replace(unitEnd, "").replaceAll("_", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${tier === 0 ? "" : `, tariff ${tier}`}`;
};

const moreOf = (child: Pick<ShownChild, "medium">, register: string): More => {
  const more = unitOf(register);
  // What is not a known quantity is there for those who look for it.
  if (more === undefined) return hidden;
  const isExtreme = /_(max|min)(_|$)/.test(register);
  const found =
    more.device_class === "volume" ? byMedium.find(([medium]) => medium.test(child.medium ?? "")) : undefined;
  return {
    ...more,
    ...(found === undefined ? {} : { device_class: found[1] }),
    ...(isExtreme ? { enabled_by_default: false } : {}),
  };
};

/** One for each of its values, and what is known of its state. */
export const childEntities = (child: Pick<ShownChild, "medium" | "values">): readonly Entity[] => [
  ...child.values.map(
    (value): Entity => ({
      key: childKey(value),
      platform: "sensor",
      name: nameOf(value.register, value.tier),
      source: "values",
      template: `{{ value_json.${childKey(value)} }}`,
      more: moreOf(child, value.register),
    }),
  ),
  {
    key: "connection",
    platform: "binary_sensor",
    name: "Connection",
    source: "values",
    template: "{{ None if value_json.state == 'unknown' else ('ON' if value_json.state == 'up' else 'OFF') }}",
    more: { device_class: "connectivity", entity_category: "diagnostic" },
  },
  {
    key: "alarm",
    platform: "binary_sensor",
    name: "Alarm",
    source: "values",
    template: "{{ None if value_json.alarms is none else ('ON' if value_json.alarms else 'OFF') }}",
    more: { device_class: "problem" },
  },
  {
    key: "last_reading",
    platform: "sensor",
    name: "Last reading",
    source: "values",
    template: "{{ value_json.time }}",
    more: { device_class: "timestamp", entity_category: "diagnostic" },
  },
  { key: "events", platform: "event", name: "Events", source: "event", more: { event_types: [...eventTypes] } },
];
