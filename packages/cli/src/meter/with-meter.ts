/** Opens a meter, hands it to the command, and always closes it. */
import type { Meter } from "@meterport/client";
import { parseProfile } from "@meterport/protocol/layout/index";
import type { Exit, Io } from "../io/io.ts";
import { meterKey } from "../options/key-option.ts";
import type { MeterOptions } from "../options/shared-options.ts";
import { type MeterAccess, openMeter } from "./open-meter.ts";

/** @throws UsageError, LinkError, and what `task` throws */
export const withOpenMeter = async (
  options: MeterOptions,
  io: Io,
  task: (meter: Meter) => Promise<Exit>,
  rights: Pick<MeterAccess, "writable"> = {},
): Promise<Exit> => {
  const profile = options.profile === undefined ? undefined : parseProfile(options.profile);
  const { key: _key, profile: _profile, ...rest } = options;
  const access = { ...rest, key: meterKey(options, io), profile, ...rights };
  const meter = await openMeter(access, io);
  try {
    return await task(meter);
  } finally {
    await meter.close();
  }
};
