/**
 * InfluxDB's line protocol, and our values in it. A field keeps the type of its first value, so numbers are always floats (never
 * `250i`) and a field that is unknown is left out. The rules are those of the "Line protocol reference" of InfluxDB 1.8 and 2.7.
 */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { PointView } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { liveFields } from "../live-fields.ts";

type Value = string | number | boolean | null | undefined;

export interface Line {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, Value>>;
  readonly time: Millis;
  /** Nanoseconds after it, for things that happened in one millisecond. */
  readonly nanos?: number | undefined;
}

/** A line feed ends a line and cannot be escaped; a backslash at the end would escape what follows. */
const plain = (text: string): string => text.replace(/[\r\n]+/g, " ").replace(/\\+$/, "");
const measurementOf = (text: string): string => plain(text).replace(/[, ]/g, "\\$&");
const keyOf = (text: string): string => plain(text).replace(/[,= ]/g, "\\$&");
const stringOf = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

const fieldOf = (value: Exclude<Value, null | undefined>): string | undefined => {
  if (typeof value === "string") return stringOf(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  // It knows neither NaN nor infinity.
  return Number.isFinite(value) ? String(value) : undefined;
};

/**
 * One line without its end; undefined if nothing in it is known.
 *
 * @example
 * lineText({ measurement: "live", tags: { point: "our house" }, fields: { power_w: 250 }, time: 1 }) // "live,point=our\\ house power_w=250 1000000"
 */
export const lineText = ({ measurement, tags, fields, time, nanos = 0 }: Line): string | undefined => {
  const given = Object.entries(fields).flatMap(([key, value]) => {
    const text = value === null || value === undefined ? undefined : fieldOf(value);
    return text === undefined ? [] : [`${keyOf(key)}=${text}`];
  });
  if (given.length === 0) return undefined;
  const named = Object.entries(tags).flatMap(([key, value]) => {
    const text = keyOf(value);
    return text === "" ? [] : [`,${keyOf(key)}=${text}`];
  });
  // Beyond 2 ** 53 as a number.
  const stamp = BigInt(Math.round(time)) * 1_000_000n + BigInt(nanos);
  return `${measurementOf(measurement)}${named.join("")} ${given.join(",")} ${stamp}`;
};

/** 0 to 999,999, always the same for a text (FNV-1a): events of one millisecond get lines of their own. */
export const nanosOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash % 1_000_000;
};

/** A reading; undefined while its values are stale. */
export const liveLine = (prefix: string, point: Pick<PointView, "id" | "total">, live: LiveAnswer): Line | undefined =>
  live.quality === "stale" || live.time === null
    ? undefined
    : {
        measurement: `${prefix}_live`,
        tags: { point: point.id },
        fields: { ...liveFields(point, live), quality: live.quality },
        time: Date.parse(live.time),
      };

/** Whether the values of a point can be used, since a moment. */
export const statusLine = (prefix: string, point: string, up: boolean, time: Millis): Line => ({
  ...{ measurement: `${prefix}_status`, tags: { point }, fields: { up }, time },
});

/** A change. Its key in our store makes its series and time, so that the same again changes nothing. */
export const changeLine = (prefix: string, entry: JournalEntry): Line => {
  const { point } = entry;
  if (entry.kind === "interval") {
    const { channel, end, seconds, value, source, quality, flags, register, revision } = entry.interval;
    return {
      measurement: `${prefix}_interval`,
      tags: { point, channel },
      fields: { value, seconds, source, quality, flags: flags.join(" "), register, revision },
      time: end,
    };
  }
  if (entry.kind === "register") {
    const { register, tier, time, value, reason, serial } = entry.register;
    const tags = { point, register, tier: String(tier) };
    return { measurement: `${prefix}_register`, tags, fields: { value, reason, serial }, time };
  }
  if (entry.kind === "event") {
    const { id, time, until, kind, number, origin, detail } = entry.event;
    const duration = until === null ? null : (until - time) / 1000;
    return {
      measurement: `${prefix}_event`,
      tags: { point, kind },
      fields: { id, code: number, origin, duration_s: duration, detail },
      ...{ time, nanos: nanosOf(id) },
    };
  }
  const { from, serial, manufacturer, model, firmware } = entry.device;
  const fields = { serial: serial ?? "unknown", manufacturer, model, firmware };
  return { measurement: `${prefix}_device`, tags: { point }, fields, time: from };
};
