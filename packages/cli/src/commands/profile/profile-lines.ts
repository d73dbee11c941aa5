/** Intervals as lines of CSV and of JSON. */
import type { ConsumptionInterval, ConsumptionValue } from "@meterport/client/readers/consumption";
import type { ChannelValue, LoadProfileInterval } from "@meterport/client/readers/load-profile";
import { csvLine } from "@meterport/gateway/exports/csv";
import { localTextOf, utcText } from "@meterport/gateway/exports/local-time";
import { toJson } from "../../format/json.ts";
import type { Zone } from "../../format/moment.ts";
import type { Column } from "./profile-columns.ts";

/** Its channels match the columns one for one. */
export type Line = LoadProfileInterval | ConsumptionInterval;

/** Formats the intervals of one load profile. */
export interface Lines {
  /** The text before all lines. */
  readonly head: string;
  /** May be empty, if several are written together. */
  readonly line: (interval: Line) => string | Uint8Array;
  /** The text after all lines. */
  readonly end?: () => Uint8Array;
}

const statusText = (status: ConsumptionValue["status"]): string =>
  typeof status === "number" ? `status ${status}` : status;

/** "ok", or what is unusual about the interval, all channels or some. */
export const summary = (
  { valid, powerFail, clockForward, clockBackward, channels }: Line,
  columns: readonly Column[],
): string => {
  if (!valid) return "missing";
  const flags = Object.entries({ powerFail, clockForward, clockBackward }).flatMap(([name, on]) => (on ? [name] : []));
  const [first] = channels;
  const ofAll = first !== undefined && channels.every(({ status }) => status === first.status) ? first.status : "ok";
  const told =
    ofAll !== "ok"
      ? [statusText(ofAll)]
      : channels.flatMap(({ status }, i) =>
          status === "ok" ? [] : [`${columns[i]?.title ?? i}: ${statusText(status)}`],
        );
  return [...flags, ...told].join("; ") || "ok";
};

/** In the unit of its column; null if unknown. */
export const shownValue = ({ value }: ChannelValue | ConsumptionValue, column: Column | undefined): number | null =>
  value === null || column === undefined ? null : column.inUnit(value);

export const csvLines = (columns: readonly Column[], zone: Zone): Lines => {
  const localText = localTextOf(zone.name);
  return {
    head: csvLine(["time_utc", "time_local", "duration_min", "status", ...columns.map(({ title }) => title)]),
    line: (interval) =>
      csvLine([
        utcText(interval.end),
        localText(interval.end),
        interval.durationMinutes,
        summary(interval, columns),
        ...interval.channels.map((channel, i) => shownValue(channel, columns[i])),
      ]),
  };
};

/** Only channels of devices say whose they are. */
const deviceOf = (device: Column["device"]) => {
  if (device === undefined) return {};
  const { slot, dataType, quantity, notes, medium, serialNumber } = device;
  return { device: { slot, dataType, quantity, notes, medium, serialNumber } };
};

export const jsonLines = (columns: readonly Column[], zone: Zone): Lines => {
  const localText = localTextOf(zone.name);
  return {
    head: "",
    line: ({ end, channels, ...interval }) => {
      const document = {
        time: utcText(end),
        local: localText(end),
        ...interval,
        channels: channels.map((channel, i) => {
          const { index, name, unit, device } = columns[i] ?? {};
          const { source, status, valid } = channel;
          const raw = "raw" in channel ? { raw: channel.raw } : {};
          return {
            index,
            source,
            name,
            value: shownValue(channel, columns[i]),
            unit,
            status,
            valid,
            ...raw,
            ...deviceOf(device),
          };
        }),
      };
      return `${toJson(document)}\n`;
    },
  };
};
