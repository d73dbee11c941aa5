/** `meterport devices`: the M-Bus meters and MEP clients behind a meter, and reading one of them at once. */
import type { Meter } from "@meterport/client";
import { findDevice } from "@meterport/client/readers/find-device";
import { type Device, readDevices } from "@meterport/client/readers/mbus";
import { scheduleText } from "@meterport/client/readers/read-schedule";
import { type ReadNow, readDeviceNow } from "@meterport/device/children/read-device-now";
import { toHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import { toJson } from "../../format/json.ts";
import { type Paint, paintFor } from "../../format/paint.ts";
import { plainValue } from "../../format/value.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { parseWhole } from "../../options/option-values.ts";
import { readText } from "./device-text.ts";
import type { DevicesOptions } from "./options.ts";

const lastHandle = 0xffff;

const textOf = (device: Device, paint: Paint): string => {
  const { slot, kind, handle, state, customerId, schedule, attempts, answers, alarms, ownAlarms, latest } = device;
  const { control, commandMonitor, age_s } = device;
  const title = `${kind === "mep" ? "MEP client" : "M-Bus device"} in slot ${slot}, handle ${handle}, ${state}`;
  // Only M-Bus devices are polled for the load profile.
  const asked = schedule === null || kind === "mbus" ? schedule : { ...schedule, loadProfile_min: null };
  const lines = [
    ...(customerId === null ? [] : [`customer id ${customerId}`]),
    ...(asked === null ? [] : [scheduleText(asked)]),
    `answered ${answers} of ${attempts} requests`,
    ...alarms.map(({ name }) => paint("yellow", name)),
    ...(ownAlarms === 0 ? [] : [paint("yellow", `its own alarms 0x${toHex(Uint8Array.of(ownAlarms))}`)]),
    ...(control === null ? [] : [`control: ${control.text}`]),
    ...(commandMonitor === null ? [] : [`commands of data type ${commandMonitor.dataType} are logged`]),
    ...(latest === null ? ["not read yet"] : []),
  ];
  const read = latest === null ? "" : readText(latest, paint, age_s);
  return `${paint("bold", title)}\n${lines.map((line) => `  ${line}\n`).join("")}${read}`;
};

/** Which devices there are instead of the one that was looked for. */
const knownText = (devices: readonly Device[]): string => {
  const known = devices.flatMap(({ latest }) => {
    const { serialNumber = null, medium = null } = latest?.telegram ?? {};
    return serialNumber === null ? [] : [medium === null ? serialNumber : `${medium} ${serialNumber}`];
  });
  const unread = devices.filter(({ latest }) => latest === null).length;
  const others = unread === 0 ? "" : `; ${unread} not read yet`;
  return `${known.length === 0 ? "no serial number is known" : `known: ${known.join("; ")}`}${others}`;
};

type Query = Pick<DevicesOptions, "find" | "medium">;
const isQuery = ({ find, medium }: Query): boolean => find !== undefined || medium !== undefined;
const queryText = ({ find, medium }: Query): string =>
  [
    ...(find === undefined ? [] : [`has serial number ${find}`]),
    ...(medium === undefined ? [] : [`measures ${JSON.stringify(medium.slice(0, 40))}`]),
  ].join(" and ");

/** @throws UsageError if no device matches, or several do */
const chosen = (devices: readonly Device[], query: Query): readonly Device[] => {
  if (!isQuery(query)) return devices;
  const found = findDevice(devices, { serial: query.find, medium: query.medium });
  if (found === undefined)
    throw new UsageError("no-such-device", `no device ${queryText(query)}; ${knownText(devices)}`);
  return [found];
};

const showDevices = (devices: readonly Device[], { json }: DevicesOptions, io: Io): void => {
  if (json === true) print(io, toJson(devices));
  else if (devices.length === 0) say(io, "this meter has no devices");
  else {
    const paint = paintFor(io.stdout);
    io.stdout.write(
      plainValue(devices)
        .map((device) => textOf(device, paint))
        .join("\n"),
    );
  }
};

const showRead = (now: ReadNow, { json }: DevicesOptions, io: Io): void => {
  if (json === true) {
    print(io, toJson(now));
    return;
  }
  const paint = paintFor(io.stdout);
  const { slot, handle, read, age_s } = plainValue(now);
  const title = `${read.sent === null ? "M-Bus device" : "MEP client"} in slot ${slot}, handle ${handle}, read now`;
  io.stdout.write(`${paint("bold", title)}\n${readText(read, paint, age_s)}`);
};

/** The handle that is to be read: as given, or that of the device that was looked for. */
const handleOf = async (meter: Meter, options: DevicesOptions, io: Io): Promise<number> => {
  const { readNow } = options;
  if (typeof readNow === "string") return parseWhole(readNow, "--read-now", 1, lastHandle);
  const [device] = chosen(await readDevices(meter, { signal: io.interrupted }), options);
  if (device === undefined) throw new UsageError("no-such-device", "this meter has no devices");
  return device.handle;
};

const check = ({ readNow, find, medium }: DevicesOptions): void => {
  if (readNow === true && !isQuery({ find, medium }))
    throw new UsageError("read-now", "--read-now needs a device: write its handle after it, or add --find SERIAL");
  if (typeof readNow === "string" && isQuery({ find, medium }))
    throw new UsageError("read-now", "--read-now HANDLE and --find or --medium both name a device; omit one");
  if (typeof readNow === "string") parseWhole(readNow, "--read-now", 1, lastHandle);
  // Before the meter is asked.
  if (find !== undefined) findDevice([], { serial: find });
};

/** @throws UsageError, LinkError, ResponseError, ProcedureError, LayoutError */
export const devicesCommand = async (options: DevicesOptions, io: Io): Promise<Exit> => {
  check(options);
  const signal = io.interrupted;
  const reads = options.readNow !== undefined;
  return withOpenMeter(
    options,
    io,
    async (meter) => {
      if (reads) showRead(await readDeviceNow(meter, await handleOf(meter, options, io), { signal }), options, io);
      else showDevices(chosen(await readDevices(meter, { signal }), options), options, io);
      return exit.done;
    },
    // Only the option that has the meter ask a device changes anything.
    reads ? { writable: true } : {},
  );
};
