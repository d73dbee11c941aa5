/** A line whose other end is any client that connects to what a link names. */
import { MeterportError, UsageError } from "@meterport/protocol/errors";
import type { Millis, Transport } from "@meterport/protocol/ports";
import type { ParsedLink } from "@meterport/transports/link-url";
import { type Io, say } from "../io/io.ts";
import { SharedLine } from "./shared-line.ts";

export interface Listening {
  /** Includes the actual port if a free one was requested. */
  readonly url: string;
  readonly line: Transport;
  readonly close: () => Promise<void>;
}

/** Pause between attempts to reopen. */
const againAfter: Millis = 500;

/** @throws UsageError for a link that cannot be listened on, LinkError */
export const listenOn = async (link: ParsedLink, io: Io): Promise<Listening> => {
  if (link.kind !== "tcp") return keepOpen(await openEnd(link, io), () => openEnd(link, io), io);
  const { listenTcp } = await import("@meterport/transports/network/tcp");
  const line = new SharedLine("tcp clients");
  const listener = await listenTcp({ host: link.host, port: link.port }, (client) => void line.join(client));
  const close = async (): Promise<void> => {
    await line.close();
    await listener.close();
  };
  return { url: listener.url, line, close };
};

interface End {
  readonly line: Transport;
  readonly url: string;
}

/** A single pipe, such as an adapter or the connection to a broker, which may go away and come back. */
const keepOpen = ({ line: first, url }: End, open: () => Promise<End>, io: Io): Listening => {
  const line = new SharedLine(url);
  let closed = false;
  let endRest = (): void => {};
  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      const cancel = io.clock.at(io.clock.now() + againAfter, resolve);
      endRest = () => {
        cancel();
        resolve();
      };
    });
  const openAgain = async (): Promise<Transport | undefined> => {
    while (!closed) {
      await rest();
      try {
        return (await open()).line;
      } catch (error) {
        if (!(error instanceof MeterportError)) throw error;
      }
    }
    return undefined;
  };
  const keep = async (): Promise<void> => {
    let end: Transport | undefined = first;
    while (end !== undefined) {
      await line.join(end);
      if (closed) return;
      say(io, `${url} is gone: clients cannot reach the meter there until it is back`);
      end = await openAgain();
      if (closed) await end?.close();
      else say(io, `${url} is back`);
    }
  };
  const kept = keep();
  const close = async (): Promise<void> => {
    closed = true;
    endRest();
    await line.close();
    await kept;
  };
  return { url, line, close };
};

/** The meter's end of a single pipe. */
const openEnd = async (link: ParsedLink, io: Io): Promise<End> => {
  switch (link.kind) {
    case "mqtt": {
      const { openMqtt } = await import("@meterport/transports/mqtt/mqtt");
      const { mqttName } = await import("@meterport/transports/mqtt/mqtt-link");
      const { mqttCredentials } = await import("@meterport/transports/mqtt/mqtt-credentials");
      // The bridge's end: the meter hears what clients send.
      const swapped = { ...link, tx: link.rx, rx: link.tx };
      const line = await openMqtt({ ...swapped, credentials: mqttCredentials(io.env), signal: io.interrupted });
      return { line, url: mqttName(link) };
    }
    case "pty": {
      const line = await (await import("@meterport/transports/serial/pty")).openPty(link.path);
      return { line, url: line.name };
    }
    case "serial": {
      const line = await (await import("@meterport/transports/serial/serial")).openSerial(link);
      return { line, url: line.name };
    }
    default:
      throw new UsageError(
        "link",
        `--listen takes tcp://127.0.0.1:0, pty:///path, mqtt://broker/prefix or a serial port, not ${link.kind}://`,
      );
  }
};
