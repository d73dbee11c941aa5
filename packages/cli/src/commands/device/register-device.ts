/** `meterport device register`: is a device of the grid until Ctrl-C; and `unregister`, which removes it. */
import { homedir } from "node:os";
import { join } from "node:path";
import type { Meter } from "@meterport/client";
import { isUsable } from "@meterport/client/supervision/link-status";
import { Supervisor } from "@meterport/client/supervision/supervisor";
import {
  type Answer,
  type Ask,
  type DeviceEvent,
  deviceEventText,
  type DeviceOptions as RoleOptions,
  type RunningDevice,
  runDevice,
} from "@meterport/device";
import { DeviceFolder } from "@meterport/gateway/device/device-files";
import type { OwnSources } from "@meterport/gateway/device/own-sources";
import { equalBytes, toHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { EP17 } from "@meterport/protocol/procedures/ep17-remove-device";
import { ET14 } from "@meterport/protocol/tables/extended/et14-device-status";
import { ET50 } from "@meterport/protocol/tables/extended/et50-mep-inbound-data-space";
import { linkTraits } from "@meterport/transports/link-traits";
import { portLinkOf } from "@meterport/transports/port-link";
import { toJson } from "../../format/json.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { permitted } from "../../io/permission.ts";
import { stateFolder } from "../../io/state-folder.ts";
import { checkAccess, type MeterAccess, meterOver, openTransport } from "../../meter/open-meter.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { meterKey } from "../../options/key-option.ts";
import type { MeterOptions } from "../../options/shared-options.ts";
import type { DeviceOptions } from "./options.ts";
import { formsOf, identificationOf, readingsOf } from "./own-options.ts";

const removalTime = 60_000;

/** @throws UsageError without a link, or for a link to the optical port */
const meterOptionsOf = ({ link, key, profile, security, clientId, record, trace }: DeviceOptions): MeterOptions => {
  if (link === undefined) throw new UsageError("arguments", "a link is needed: give --link URL, or set METERPORT_LINK");
  if (portLinkOf(link).optical)
    throw new UsageError("arguments", "a device is one at a MEP port, and this link leads to the optical port");
  return { link, key, profile, security, clientId, record, trace };
};

interface Registered {
  readonly identification: Uint8Array;
  readonly registered: boolean;
  /** 0: none. */
  readonly handle: number;
}

/** Who is registered at this port. */
const registeredAt = async (meter: Meter, io: Io): Promise<Registered> => {
  const { index, slot } = meter.place;
  const call = { signal: io.interrupted };
  const identification = await meter.read(ET50, ["clients", index, "identification"], call);
  const registered = await meter.read(ET50, ["clients", index, "mepDeviceRegistered"], call);
  const handle = await meter.read(ET14, ["devices", slot, "deviceHandle"], call);
  return { identification, registered, handle };
};

const nameOf = ({ identity }: Meter): string =>
  [identity.manufacturer, identity.model, identity.serial].filter(Boolean).join(" ") || "this meter";

/** Asks before the meter is written to; a device that is registered already is not. @throws UsageError */
const askFirst = async (meter: Meter, own: Uint8Array, options: DeviceOptions, io: Io): Promise<void> => {
  const { identification, registered, handle } = await registeredAt(meter, io);
  const same = equalBytes(identification, own);
  if (same && registered && handle !== 0) return;
  const other = !same && (registered || handle !== 0);
  if (other && options.replace !== true)
    throw new UsageError(
      "other-device",
      `another device is registered at port ${meter.port} with handle ${handle} (${toHex(identification)}): --replace removes it, or leave it alone`,
    );
  const first = other ? `removes the device with handle ${handle} (${toHex(identification)}), and then ` : "";
  await permitted(
    `This ${first}registers the device ${toHex(own)} at ${nameOf(meter)}, port ${meter.port}: it writes ET50, and the utility sees it. Go on?`,
    options.yes === true,
    io,
  );
};

/** Bytes become hex. */
const plain = (event: DeviceEvent): object =>
  Object.fromEntries(
    Object.entries(event).map(([key, value]) => [key, value instanceof Uint8Array ? toHex(value) : value]),
  );

const teller =
  (options: DeviceOptions, io: Io) =>
  (type: string, text: string, detail: object = {}): void => {
    const time = new Date(io.clock.wall()).toISOString();
    if (options.json === true) print(io, toJson({ time, ...detail, type, text }));
    else io.stdout.write(`${time.slice(0, 19).replace("T", " ")} ${text}\n`);
  };
type Tell = ReturnType<typeof teller>;

const answererOf = (readings: OwnSources, io: Io, tell: Tell) => ({
  answer: async (request: Ask): Promise<Answer> => {
    switch (request.kind) {
      case "scheduled-read":
      case "on-demand-read":
        return { data: readings.answer({ wall: io.clock.wall(), now: io.clock.now() }) };
      case "message":
        tell("message", `message of ${request.data.length} bytes: ${toHex(request.data)}`, {
          data: toHex(request.data),
        });
        return {};
      default:
        return {};
    }
  },
});

/** Only what a file name may hold. */
const folderName = (meter: Meter): string =>
  `${(meter.identity.serial ?? "meter").replace(/[^A-Za-z0-9-]/g, "_").slice(0, 60)}-${meter.port}`;

/** @throws UsageError; LinkError and others of the first contact */
export const registerDevice = async (options: DeviceOptions, io: Io): Promise<Exit> => {
  const meterOptions = meterOptionsOf(options);
  const identification = identificationOf(options);
  const forms = formsOf(options, io);
  const readings = readingsOf(options, io);
  const tell = teller(options, io);
  const { link, profile, ...rest } = meterOptions;
  const access: MeterAccess = {
    ...{ ...rest, link, key: meterKey(meterOptions, io), writable: true },
    profile: profile === undefined ? undefined : parseProfile(profile),
  };
  checkAccess(access, io);
  const state = options.state ?? stateFolder(io.env, process.platform, homedir());
  const files = options.files === undefined ? undefined : new DeviceFolder(options.files, io.clock);
  const role = (meter: Meter): RoleOptions => ({
    ...{ identification, forms, replace: options.replace === true },
    answerer: answererOf(readings, io, tell),
    store: new DeviceFolder(join(state, "device", folderName(meter)), io.clock).role,
    files: files === undefined ? undefined : { sink: files.sink },
    onEvent: (event) => tell(event.type, deviceEventText(event), plain(event)),
  });
  return attended(access, io, async (meter) => askFirst(meter, identification, options, io), role);
};

/** Keeps the meter in reach, with the device at each session, until the user interrupts. */
const attended = async (
  access: MeterAccess,
  io: Io,
  first: (meter: Meter) => Promise<void>,
  role: (meter: Meter) => RoleOptions,
): Promise<Exit> => {
  let permitted = false;
  let running: RunningDevice | undefined;
  const serve = (meter: Meter): void => {
    running?.stop();
    running = runDevice(meter, role(meter));
    running.ended.catch((error: unknown) => say(io, error instanceof Error ? error.message : String(error)));
  };
  const { baud, near } = linkTraits(access.link);
  const supervisor = new Supervisor({
    ...{ name: access.link, near, clock: io.clock, entropy: io.entropy },
    ...(baud === undefined ? {} : { baud }),
    open: (options) => openTransport(access, io, options),
    connect: async (transport, signal) => {
      const meter = await meterOver(transport, access, io, signal);
      if (permitted) serve(meter);
      return { meter };
    },
  });
  const interrupted = new Promise<void>((resolve) => {
    if (io.interrupted.aborted) resolve();
    else io.interrupted.addEventListener("abort", () => resolve(), { once: true });
  });
  let usable = true;
  supervisor.listen(({ state, cause }) => {
    if (isUsable(state) === usable || !permitted || io.interrupted.aborted) return;
    usable = isUsable(state);
    say(io, usable ? `the link is ${state} again` : `the link is ${state}: ${cause?.text}`);
  });
  supervisor.start();
  try {
    const { meter } = await Promise.race([
      supervisor.first(),
      interrupted.then(() => Promise.reject(new UsageError("interrupted", "interrupted before the meter answered"))),
    ]);
    await first(meter);
    permitted = true;
    serve(meter);
    await interrupted;
  } finally {
    running?.stop();
    await supervisor.close();
  }
  return exit.done;
};

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const unregisterDevice = (options: DeviceOptions, io: Io): Promise<Exit> =>
  withOpenMeter(
    meterOptionsOf(options),
    io,
    async (meter) => {
      const { handle, identification } = await registeredAt(meter, io);
      if (handle === 0)
        throw new UsageError(
          "no-device",
          `no device is registered at port ${meter.port}, so there is nothing to remove`,
        );
      await permitted(
        `This removes the device with handle ${handle} (${toHex(identification)}) from ${nameOf(meter)}, port ${meter.port}: the head-end no longer reaches it. Go on?`,
        options.yes === true,
        io,
      );
      await meter.call(EP17, { action: 0, deviceHandle: handle }, { signal: io.interrupted, timeout: removalTime });
      if (options.json === true) print(io, toJson({ removed: { handle, identification: toHex(identification) } }));
      else io.stdout.write(`removed the device with handle ${handle} from port ${meter.port}\n`);
      return exit.done;
    },
    { writable: true },
  );
