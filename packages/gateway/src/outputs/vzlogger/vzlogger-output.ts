/** The output `vzlogger`: acts as the local HTTP interface of vzlogger. */
import { createHash } from "node:crypto";
import type { Output } from "@meterport/engine/ports/output";
import { instanceOf } from "../listening/device-id.ts";
import { openHttpFace } from "../listening/http-face.ts";
import { json, notFound, onlyGet, silence } from "../listening/http-server.ts";
import type { Shown } from "../listening/meter-on-show.ts";
import { live, type Mapping, total } from "../listening/values.ts";
import { type VzloggerSettings, vzloggerPort } from "./vzlogger-settings.ts";

/** The channels by our names; the unit is in the name. */
const channels: Mapping = {
  power_w: live("power_w"),
  energy_import_wh: total("energy_import_wh"),
  energy_export_wh: total("energy_export_wh"),
  power_import_w: live("power_import_w"),
  power_export_w: live("power_export_w"),
  power_l1_w: live("power_l1_w"),
  power_l2_w: live("power_l2_w"),
  power_l3_w: live("power_l3_w"),
  voltage_l1_v: live("voltage_l1_v"),
  voltage_l2_v: live("voltage_l2_v"),
  voltage_l3_v: live("voltage_l3_v"),
  current_l1_a: live("current_l1_a"),
  current_l2_a: live("current_l2_a"),
  current_l3_a: live("current_l3_a"),
  frequency_hz: live("frequency_hz"),
};

/**
 * The UUID of a channel: the same after every start. RFC 9562, version 5, with a name space of our own.
 *
 * @param id of the point
 */
export const channelUuid = (id: string, channel: string): string => {
  const bytes = createHash("sha1").update(`meterport:vzlogger:${id}:${channel}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

interface Channel {
  readonly uuid: string;
  readonly name: string;
}

const dataOf = (list: readonly Channel[], shown: Shown): readonly object[] => {
  const time = Date.parse(shown.live.time ?? "");
  return list.flatMap(({ uuid, name }) => {
    const value = channels[name]?.(shown) ?? null;
    // vzlogger has no name for its channels; a reader by UUID does not mind one.
    return value === null ? [] : [{ uuid, name, last: time, interval: -1, protocol: "mep", tuples: [[time, value]] }];
  });
};

export const openVzlogger = (settings: VzloggerSettings): Output["open"] =>
  openHttpFace({
    ...{ settings, port: vzloggerPort },
    open: (meter, { version }) => {
      const list = Object.keys(channels).map((name): Channel => ({ name, uuid: channelUuid(meter.id, name) }));
      return {
        answer: ({ path, method }) => {
          const uuid = path
            .slice(1)
            .replace(/\.json$/, "")
            .toLowerCase();
          const asked = uuid === "" ? list : list.filter((channel) => channel.uuid === uuid);
          if (asked.length === 0) return notFound;
          if (method !== "GET" && method !== "HEAD") return onlyGet;
          const shown = meter.shown();
          const data = shown === undefined ? [] : dataOf(asked, shown);
          // An empty list would leave a client with what it read before.
          if (data.length === 0) return silence;
          return json({ version, generator: "vzlogger", data }, { values: true });
        },
        announcements: [{ name: instanceOf("vzlogger", meter.id), type: "http", txt: { path: "/" } }],
      };
    },
  });
