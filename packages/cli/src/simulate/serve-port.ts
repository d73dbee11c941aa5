/** Puts a port of a meter behind whatever a link names. */
import { UsageError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import { type MeterPort, serve } from "@meterport/simulator";
import type { Link } from "@meterport/transports/link-url";
import { type Io, say } from "../io.ts";
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
  const { transport, url } = await openEnd(link, io);
  const served = serve(transport, io.clock, port);
  let closing = false;
  void served.closed.then(() => {
    if (!closing)
      say(io, `${url} is gone: nobody reaches the meter there any more; end it with Ctrl-C and start it again`);
  });
  const close = async (): Promise<void> => {
    closing = true;
    await served.close();
  };
  return { url, close };
};

/** The meter's end of a line that is there once. */
const openEnd = async (link: Link, io: Io): Promise<{ readonly transport: Transport; readonly url: string }> => {
  switch (link.kind) {
    case "mqtt": {
      const { openMqtt } = await import("@meterport/transports/mqtt");
      const { mqttName } = await import("@meterport/transports/mqtt-link");
      const { mqttCredentials } = await import("@meterport/transports/mqtt-credentials");
      // The bridge's end: what clients send is what the meter hears.
      const swapped = { ...link, tx: link.rx, rx: link.tx };
      const transport = await openMqtt({ ...swapped, credentials: mqttCredentials(io.env), signal: io.interrupted });
      return { transport, url: mqttName(link) };
    }
    case "pty": {
      const transport = await (await import("@meterport/transports/pty")).openPty(link.path);
      return { transport, url: transport.name };
    }
    case "serial": {
      const transport = await (await import("@meterport/transports/serial")).openSerial(link);
      return { transport, url: transport.name };
    }
    default:
      throw new UsageError(
        "link",
        `--listen takes tcp://127.0.0.1:0, pty:///path, mqtt://broker/prefix or a serial port, not ${link.kind}://`,
      );
  }
};
