/** The output `tasmota`: acts as Tasmota with a reading head for SML. */
import type { Output } from "@meterport/engine/ports/output";
import { instanceOf } from "../listening/device-id.ts";
import { openHttpFace } from "../listening/http-face.ts";
import { json, notFound, onlyGet, silence } from "../listening/http-server.ts";
import { localText } from "../listening/local-text.ts";
import type { Shown } from "../listening/meter-on-show.ts";
import {
  knownOf,
  live,
  type Mapping,
  phaseCurrent,
  phasePower,
  phases,
  phaseVoltage,
  totalKilo,
  whole,
} from "../listening/values.ts";
import { type TasmotaSettings, tasmotaPort } from "./tasmota-settings.ts";

/** The names that evcc's documentation asks scripts to use. It reads powers as integers. */
const fields: Mapping = {
  Total_in: totalKilo("energy_import_wh"),
  Total_out: totalKilo("energy_export_wh"),
  Power_curr: whole(live("power_w")),
  ...Object.fromEntries(phases.map((phase) => [`power_l${phase}`, whole(live(phasePower(phase)))])),
  ...Object.fromEntries(phases.map((phase) => [`voltage_l${phase}`, live(phaseVoltage(phase))])),
  ...Object.fromEntries(phases.map((phase) => [`current_l${phase}`, live(phaseCurrent(phase))])),
  freq: live("frequency_hz"),
};

/** What a client would read as 0 if it were missing. */
const needed = ["Total_in", "Power_curr"] as const;

/** `StatusSNS` of the answer; undefined while power or import register is unknown. */
const sensorsOf = (shown: Shown, group: string): object | undefined => {
  const { point, live } = shown;
  const known = knownOf(fields, shown);
  if (live.time === null || !needed.every((key) => key in known)) return undefined;
  return { Time: localText(point.zone, Date.parse(live.time)), [group]: { ...known, Meter_Id: point.id } };
};

/** Tasmota's answer to what it does not know, and so to everything that would change something. */
const unknown = json({ Command: "Unknown" });

export const openTasmota = (settings: TasmotaSettings): Output["open"] =>
  openHttpFace({
    ...{ settings, port: tasmotaPort },
    open: (meter) => ({
      answer: ({ path, method, query }) => {
        if (path !== "/cm") return notFound;
        if (method !== "GET" && method !== "HEAD") return onlyGet;
        // Upper and lower case, and the number of blanks, do not count. 8 and 10 are sensors, 0 is everything.
        const command = (query.get("cmnd") ?? "").trim().toLowerCase().replace(/\s+/g, " ");
        if (!/^status (0|8|10)$/.test(command)) return unknown;
        const shown = meter.shown();
        const sensors = shown === undefined ? undefined : sensorsOf(shown, settings.group ?? "SML");
        if (shown === undefined || sensors === undefined) return silence;
        const name = { DeviceName: shown.point.name, FriendlyName: [shown.point.name], Topic: shown.point.id };
        const status = command === "status 0" ? { Status: { Module: 0, ...name, Power: 0 } } : {};
        return json({ ...status, StatusSNS: sensors }, { values: true });
      },
      announcements: [{ name: instanceOf("tasmota", meter.id), type: "http", txt: { devicetype: "tasmota" } }],
    }),
  });
