/** A line whose other end is whoever connects to what a link names. */
import { UsageError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import type { Link } from "@meterport/transports/link-url";
import type { Io } from "./io.ts";
import { SharedLine } from "./shared-line.ts";

export interface Listening {
  /** With the port that it got, where a free one was asked for. */
  readonly url: string;
  readonly line: Transport;
  readonly close: () => Promise<void>;
}

/** @throws UsageError for a link that nobody can connect to, LinkError */
export const listenOn = async (link: Link, io: Io): Promise<Listening> => {
  if (link.kind === "tcp") {
    const { listenTcp } = await import("@meterport/transports/tcp");
    const line = new SharedLine("tcp clients");
    const listener = await listenTcp({ host: link.host, port: link.port }, (client) => line.join(client));
    const close = async (): Promise<void> => {
      await line.close();
      await listener.close();
    };
    return { url: listener.url, line, close };
  }
  const { line, url } = await openEnd(link, io);
  return { url, line, close: () => line.close() };
};

/** The meter's end of a line that is there once. */
const openEnd = async (link: Link, io: Io): Promise<{ readonly line: Transport; readonly url: string }> => {
  switch (link.kind) {
    case "mqtt": {
      const { openMqtt } = await import("@meterport/transports/mqtt");
      const { mqttName } = await import("@meterport/transports/mqtt-link");
      const { mqttCredentials } = await import("@meterport/transports/mqtt-credentials");
      // The bridge's end: what clients send is what the meter hears.
      const swapped = { ...link, tx: link.rx, rx: link.tx };
      const line = await openMqtt({ ...swapped, credentials: mqttCredentials(io.env), signal: io.interrupted });
      return { line, url: mqttName(link) };
    }
    case "pty": {
      const line = await (await import("@meterport/transports/pty")).openPty(link.path);
      return { line, url: line.name };
    }
    case "serial": {
      const line = await (await import("@meterport/transports/serial")).openSerial(link);
      return { line, url: line.name };
    }
    default:
      throw new UsageError(
        "link",
        `--listen takes tcp://127.0.0.1:0, pty:///path, mqtt://broker/prefix or a serial port, not ${link.kind}://`,
      );
  }
};
