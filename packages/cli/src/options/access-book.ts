/** The users and tokens in a daemon's data folder. */
import { resolve } from "node:path";
import type { AccessBook } from "@meterport/gateway/access/access-book";
import type { Io } from "../io/io.ts";
import type { DataOptions } from "./data-options.ts";

/** @throws UsageError if the configuration, which may name the folder, cannot be read */
export const openAccessBook = async ({ config, data }: DataOptions, io: Io): Promise<AccessBook> => {
  const { accessBook, readConfig } = await io.administration();
  // A folder that is given needs no configuration, whose keys may be for the daemon alone.
  const folder = data !== undefined && data !== "" ? resolve(data) : readConfig({ config, data, env: io.env }).data;
  return accessBook({ folder, clock: io.clock, entropy: io.entropy });
};
