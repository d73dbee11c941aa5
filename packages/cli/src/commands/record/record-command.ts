/** `meterport record`: sits between a meter and the software that reads it, and records what passes. */
import { recordTransport } from "@meterport/client/recording/recording";
import { LinkError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import { parseLink } from "@meterport/transports/link-url";
import { LimitedCapture } from "../../io/capture-files.ts";
import { type Exit, exit, type Io, say } from "../../io/io.ts";
import { listenOn } from "../../listen/listening.ts";
import { interruption } from "../../listen/serve-port.ts";
import { parseWhole } from "../../options/option-values.ts";
import type { RecordOptions } from "./options.ts";

/** The format that `replay`, `redact` and `explain` read. */
const mostMegabytes = 60;
const mostFiles = 1000;

const sizeOf = (text: string): number => parseWhole(text, "--max-size", 1, mostMegabytes) * 1_000_000;

/** Passes bytes on until `from` ends; gives each piece to `seen`. */
const pass = async (from: Transport, to: Transport | undefined, seen: (length: number) => void): Promise<void> => {
  for await (const bytes of from.chunks) {
    seen(bytes.length);
    await to?.write(bytes);
  }
};

const bytes = (n: number): string => (n === 1 ? "1 byte" : `${n} bytes`);

/** @throws UsageError, LinkError */
export const recordCommand = async (options: RecordOptions, io: Io): Promise<Exit> => {
  const listen = options.listen === undefined ? undefined : parseLink(options.listen);
  const limits = { size: sizeOf(options.maxSize), files: parseWhole(options.files, "--files", 1, mostFiles) };
  const opened = await io.openLink(options.link, io.interrupted);
  let capture: LimitedCapture | undefined;
  let listening: Awaited<ReturnType<typeof listenOn>> | undefined;
  const count = { sent: 0, received: 0 };
  try {
    listening = listen === undefined ? undefined : await listenOn(listen, io);
    capture = new LimitedCapture(io, options.output, options.link, limits);
    const { elapsed, write } = capture;
    let told = false;
    const meter = recordTransport(opened, {
      elapsed,
      write: (line) => {
        write(line);
        if (!told && capture?.full === true) {
          told = true;
          say(io, `${options.output} is full: recording has stopped, bytes still pass`);
        }
      },
    });
    io.stdout.write(listening === undefined ? `recording ${opened.name}\n` : `listening ${listening.url}\n`);
    const client = listening?.line;
    const ended = await Promise.race([
      interruption(io).then(() => "interrupted" as const),
      pass(meter, client, (n) => {
        count.received += n;
      }).then(() => "meter" as const),
      ...(client === undefined
        ? []
        : [
            pass(client, meter, (n) => {
              count.sent += n;
            }).then(() => "client" as const),
          ]),
    ]);
    await meter.close();
    if (ended === "meter") throw new LinkError("closed", options.link, "the connection to the meter ended");
    if (ended === "client")
      throw new LinkError("closed", listening?.url ?? "", "the connection to the other software ended");
    return exit.done;
  } finally {
    await opened.close();
    await listening?.close();
    capture?.close();
    if (capture !== undefined)
      say(io, `${bytes(count.sent)} to the meter and ${bytes(count.received)} from it, in ${capture.paths.join(", ")}`);
  }
};
