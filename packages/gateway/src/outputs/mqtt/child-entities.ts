/** The entities of a meter behind another one, such as a water meter: they follow from what it answers. */
import type { ChildView } from "@meterport/engine/ports/output";
import { eventTypes } from "../change-payload.ts";
import type { Entity } from "./entities.ts";
import { childKey } from "./payloads.ts";

type More = Entity["more"];

const total: More = { state_class: "total" };
const measured: More = { state_class: "measurement" };

/** By the end of a register's name, which is its unit. The first that fits counts. */
const units: readonly (readonly [end: RegExp, more: More])[] = [
  [/_m3_per_h$/, { device_class: "volume_flow_rate", unit_of_measurement: "m³/h", ...measured }],
  [/_m3_per_min$/, { device_class: "volume_flow_rate", unit_of_measurement: "m³/min", ...measured }],
  [/_m3_per_s$/, { device_class: "volume_flow_rate", unit_of_measurement: "m³/s", ...measured }],
  [/_m3$/, { device_class: "volume", unit_of_measurement: "m³", ...total }],
  [/^energy(_.*)?_gj$/, { device_class: "energy", unit_of_measurement: "GJ", ...total }],
  [/^energy(_.*)?_mj$/, { device_class: "energy", unit_of_measurement: "MJ", ...total }],
  [/^energy(_.*)?_j$/, { device_class: "energy", unit_of_measurement: "J", ...total }],
  [/^energy(_.*)?_mwh$/, { device_class: "energy", unit_of_measurement: "MWh", ...total }],
  [/^energy(_.*)?_kwh$/, { device_class: "energy", unit_of_measurement: "kWh", ...total }],
  [/^energy(_.*)?_wh$/, { device_class: "energy", unit_of_measurement: "Wh", ...total }],
  [/^power(_.*)?_kw$/, { device_class: "power", unit_of_measurement: "kW", ...measured }],
  [/^power(_.*)?_w$/, { device_class: "power", unit_of_measurement: "W", ...measured }],
  [/temperature(_.*)?_c$/, { device_class: "temperature", unit_of_measurement: "°C", ...measured }],
  [/temperature(_.*)?_k$/, { unit_of_measurement: "K", ...measured }],
  [/_kg$/, { unit_of_measurement: "kg", ...measured }],
  [/_percent$/, { unit_of_measurement: "%", ...measured }],
  [/_v$/, { device_class: "voltage", unit_of_measurement: "V", ...measured }],
  [/_a$/, { device_class: "current", unit_of_measurement: "A", ...measured }],
  [/_h$/, { device_class: "duration", unit_of_measurement: "h", ...measured }],
];

/** A counter of water or gas has a class of its own, by which the Energy dashboard finds it. */
const byMedium: readonly (readonly [medium: RegExp, deviceClass: string])[] = [
  [/water/, "water"],
  [/gas/, "gas"],
];

const hidden: More = { enabled_by_default: false, entity_category: "diagnostic" };

const unitEnd = /_(m3_per_(h|min|s)|m3|gj|mj|j|mwh|kwh|wh|kw|w|c|k|kg|percent|v|a|h)$/;

const nameOf = (register: string, tier: number): string => {
  const words = register.replace(unitEnd, "").replaceAll("_", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${tier === 0 ? "" : `, tariff ${tier}`}`;
};

const moreOf = (child: ChildView, register: string): More => {
  const more = units.find(([end]) => end.test(register))?.[1];
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
export const childEntities = (child: ChildView): readonly Entity[] => [
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
    template: "{{ 'ON' if value_json.alarms else 'OFF' }}",
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
