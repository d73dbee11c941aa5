/** `meterport replay`: a capture as a meter that others connect to. */
import { keyInside, parseCapture } from "@meterport/protocol/capture/capture";
import { ReplayedMeter } from "@meterport/simulator";
import { parseLink } from "@meterport/transports/link-url";
import { type Exit, exit, type Io } from "../../io/io.ts";
import { interruption, servePort } from "../../listen/serve-port.ts";
import { requiredKey } from "../../options/key-option.ts";
import type { ReplayOptions } from "./options.ts";

/** @throws UsageError, LinkError */
export const replayCommand = async (file: string, options: ReplayOptions, io: Io): Promise<Exit> => {
  const link = parseLink(options.listen);
  const capture = parseCapture(io.readText(file));
  const { secret } = requiredKey(options.key ?? keyInside(capture), io);
  const meter = new ReplayedMeter(capture, { key: secret, entropy: io.entropy });
  const { url, close } = await servePort(link, meter, io);
  io.stdout.write(`listening ${url}\n`);
  try {
    await interruption(io);
  } finally {
    await close();
  }
  return exit.done;
};
