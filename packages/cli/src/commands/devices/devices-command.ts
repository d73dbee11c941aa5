/** `meterport devices`: the M-Bus meters and MEP clients behind a meter. */
import { type Device, type ReadSchedule, readDevices } from "@meterport/client/readers/mbus";
import { toHex } from "@meterport/protocol/bytes";
import { toJson } from "../../format/json.ts";
import { type Paint, paintFor } from "../../format/paint.ts";
import { plainValue } from "../../format/value.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import type { ReadOptions } from "../../options/shared-options.ts";
import { readText } from "./device-text.ts";

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const firstWeekday = 32;

const scheduleText = ({ frequency, day, at, loadProfile_min }: ReadSchedule): string => {
  const when = frequency === "weekly" ? ` on ${weekdays[day - firstWeekday] ?? `day ${day}`}` : "";
  const date = frequency === "monthly" ? ` on day ${day === 0 ? 1 : day}` : "";
  const time = frequency === "never" || frequency === "hourly" ? "" : ` at ${at ?? "an unknown time"}`;
  const profile = loadProfile_min === null ? "" : `; for the load profile every ${loadProfile_min} min`;
  return `read ${frequency}${when}${date}${time}${profile}`;
};

const textOf = (device: Device, paint: Paint): string => {
  const { slot, kind, handle, state, customerId, schedule, attempts, answers, alarms, ownAlarms, control, latest } =
    device;
  const title = `${kind === "mep" ? "MEP client" : "M-Bus device"} in slot ${slot}, handle ${handle}, ${state}`;
  const lines = [
    ...(customerId === null ? [] : [`customer id ${customerId}`]),
    ...(schedule === null ? [] : [scheduleText(schedule)]),
    `answered ${answers} of ${attempts} requests`,
    ...alarms.map(({ name }) => paint("yellow", name)),
    ...(ownAlarms === 0 ? [] : [paint("yellow", `its own alarms 0x${toHex(Uint8Array.of(ownAlarms))}`)]),
    ...(control === null ? [] : [`control value ${control.record?.value ?? control.raw}`]),
    ...(latest === null ? ["not read yet"] : []),
  ];
  return `${paint("bold", title)}\n${lines.map((line) => `  ${line}\n`).join("")}${latest === null ? "" : readText(latest, paint)}`;
};

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const devicesCommand = (options: ReadOptions, io: Io): Promise<Exit> =>
  withOpenMeter(options, io, async (meter) => {
    const devices = await readDevices(meter, { signal: io.interrupted });
    if (options.json === true) print(io, toJson(devices));
    else if (devices.length === 0) say(io, "this meter has no devices");
    else {
      const paint = paintFor(io.stdout);
      io.stdout.write(
        plainValue(devices)
          .map((device) => textOf(device, paint))
          .join("\n"),
      );
    }
    return exit.done;
  });
