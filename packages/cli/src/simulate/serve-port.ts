/** Puts a port of a meter behind whatever a link names. */
import { UsageError } from "@meterport/protocol/errors";
import { type MeterPort, serve } from "@meterport/simulator";
import type { Link } from "@meterport/transports/link-url";
import type { Io } from "../io.ts";
import { SharedLine } from "./shared-line.ts";

/** Resolves when the user has had enough. */
export const interruption = ({ interrupted }: Io): Promise<void> =>
  new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    interrupted.addEventListener("abort", () => resolve(), { once: true });
  });

/** One port of the meter behind one link; gives what it listens on, and what ends it. */
export const servePort = async (
  link: Link,
  port: MeterPort,
  io: Io,
): Promise<{ url: string; close: () => Promise<void> }> => {
  if (link.kind === "tcp") {
    const { listenTcp } = await import("@meterport/transports/tcp");
    const line = new SharedLine("tcp clients");
    const listener = await listenTcp({ host: link.host, port: link.port }, (client) => line.join(client));
    const served = serve(line, io.clock, port);
    const close = async (): Promise<void> => {
      await served.close();
      await listener.close();
    };
    return { url: listener.url, close };
  }
  if (link.kind !== "pty" && link.kind !== "serial")
    throw new UsageError("link", `--listen takes tcp://127.0.0.1:0, pty:///path or a serial port, not ${link.kind}://`);
  const transport =
    link.kind === "pty"
      ? await (await import("@meterport/transports/pty")).openPty(link.path)
      : await (await import("@meterport/transports/serial")).openSerial(link);
  const served = serve(transport, io.clock, port);
  return { url: transport.name, close: served.close };
};
