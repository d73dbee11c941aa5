/** `meterport wireshark`: the dissector for Wireshark, as one Lua file. */
import { parseProfile } from "@meterport/protocol/layout/index";
import { intoFile } from "../../io/into-file.ts";
import { type Exit, exit, type Io } from "../../io/io.ts";
import { dissector } from "./dissector.ts";
import type { WiresharkOptions } from "./options.ts";

/** @throws UsageError */
export const wiresharkCommand = async ({ profile, output }: WiresharkOptions, io: Io): Promise<Exit> => {
  const text = dissector(parseProfile(profile));
  if (output === undefined) io.stdout.data(text);
  else await intoFile(io, output, ({ write }) => write(text));
  return exit.done;
};
