/** A transport through an MQTT broker, for bridges that cannot be reached directly: each message is a piece of the bytes. */
import type { Duplex } from "node:stream";
import { LinkError, UsageError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import type { MqttClient } from "mqtt";
import { queueLimit } from "../byte-queue.ts";
import { systemEntropy } from "../clock.ts";
import { connectedSocket, tcpDial } from "../network/tcp.ts";
import { tlsDial } from "../network/tls-bridge.ts";
import { Pipe } from "../pipe.ts";
import type { MqttCredentials } from "./mqtt-credentials.ts";
import { type MqttLink, mqttName } from "./mqtt-link.ts";

export interface MqttOptions extends Omit<MqttLink, "kind" | "timing"> {
  readonly credentials?: MqttCredentials | undefined;
  readonly connectTimeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const load = () => import("mqtt");

/** Stands in for the import of the package; it is optional, since few have a broker. */
export type LoadMqtt = () => Promise<Pick<typeof import("mqtt"), "MqttClient">>;

/** Seconds; a broker that says nothing for one and a half times as long is gone. */
const keepAlive = 15;
const defaultConnectTimeout = 5_000;

/** Why a broker refuses (MQTT 3.1.1, table 3.1); the other reasons explain themselves. */
const refusals: Readonly<Record<number, string>> = {
  4: "the broker refuses user and password; check METERPORT_MQTT_USER and METERPORT_MQTT_PASSWORD",
  5: "the broker does not authorise this connection; set METERPORT_MQTT_USER and METERPORT_MQTT_PASSWORD",
};

const whyNot = (error: Error): string => {
  const code = "code" in error && typeof error.code === "number" ? error.code : undefined;
  return (
    (code === undefined ? undefined : refusals[code]) ??
    `the other side does not answer as an MQTT broker: ${error.message}`
  );
};

/**
 * Connects to a broker, subscribes to what comes from the meter, and publishes what goes to it. The broker keeps no session:
 * when the broker is lost, so is the link.
 *
 * @throws LinkError not-open, aborted
 * @throws UsageError if the package is not installed
 */
export const openMqtt = async (options: MqttOptions, loadMqtt: LoadMqtt = load): Promise<Transport> => {
  const name = mqttName(options);
  const { secure, tx, rx, qos, credentials = {}, connectTimeout = defaultConnectTimeout, signal } = options;
  const { MqttClient } = await loadMqtt().catch((cause: unknown) => {
    throw new UsageError("mqtt-missing", "mqtt:// needs one more package: npm install mqtt", { cause });
  });
  const socket: Duplex = secure
    ? await connectedSocket(tlsDial(options, name))
    : await connectedSocket(tcpDial(options, name));
  const client = new MqttClient(() => socket, {
    clientId: `meterport-${Buffer.from(systemEntropy(6)).toString("hex")}`,
    clean: true,
    keepalive: keepAlive,
    connectTimeout,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(credentials.user === undefined ? {} : { username: credentials.user }),
    ...(credentials.password === undefined ? {} : { password: credentials.password }),
  });
  const transport = overClient(client, socket, { name, tx, rx, qos });
  const refused = (reason: string, cause?: Error): LinkError =>
    new LinkError("not-open", name, `cannot open it: ${reason}`, { cause });
  let late = (): void => {};
  try {
    await new Promise<void>((resolve, reject) => {
      late = () => reject(new LinkError("aborted", name, "given up before it was open"));
      signal?.addEventListener("abort", late, { once: true });
      if (signal?.aborted === true) late();
      client.once("error", (error) => reject(refused(whyNot(error), error)));
      client.once("close", () => reject(refused("the broker does not answer as one, or closed the connection")));
      client.once("connect", () => {
        client.subscribe(rx, { qos }, (error, granted) => {
          const denied = error !== null || granted?.some(({ qos: given }) => given > 2) !== false;
          if (denied) reject(refused(`the broker refuses the subscription to ${rx}`, error ?? undefined));
          else resolve();
        });
      });
    });
  } catch (error) {
    await transport.close();
    throw error;
  } finally {
    signal?.removeEventListener("abort", late);
  }
  return transport;
};

const overClient = (
  client: MqttClient,
  socket: Duplex,
  { name, tx, rx, qos }: Pick<MqttOptions, "tx" | "rx" | "qos"> & { readonly name: string },
): Transport => {
  const pipe = new Pipe({
    name,
    unread: "broken",
    send: (bytes, done) => {
      client.publish(tx, Buffer.from(bytes), { qos, retain: false }, done);
    },
    shut: async () => {
      await new Promise<void>((resolve) => {
        // A broker that is gone does not say goodbye.
        client.end(!client.connected, () => resolve());
      });
      socket.destroy();
    },
  });
  client.on("message", (topic, payload, packet) => {
    // Retained messages are old; a redelivered one may have been received before. The link asks again for what is missing.
    if (topic !== rx || packet.retain || packet.dup) return;
    // Bytes that cannot be sent are lost, as on a wire.
    if (!pipe.full) pipe.receive(Uint8Array.from(payload));
  });
  // A broker may announce a packet of 256 MB, which would be buffered first.
  let unfinished = 0;
  client.on("packetreceive", () => {
    unfinished = 0;
  });
  socket.on("data", (piece: Uint8Array) => {
    unfinished += piece.length;
    if (unfinished <= queueLimit) return;
    pipe.end(`the broker sent a message of more than ${queueLimit} bytes`);
    socket.destroy();
  });
  client.on("error", (error) => pipe.end(`the broker broke off the connection: ${error.message}`, error));
  client.on("close", () => pipe.end("the broker is gone: the connection to it ended"));
  return pipe.transport();
};
