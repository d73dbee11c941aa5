import { Secret } from "@meterport/protocol/mep/security/key";
import { connect, type MqttClient } from "mqtt";
import { type Broker, startBroker } from "../../../../../test/support/mosquitto.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { outputKinds } from "../list.ts";
import { type Consumer, outputContract } from "../output-contract.test-kit.ts";
import { firstHour, hour } from "../output-world.test-kit.ts";
import { openValve, throughValve } from "../valve.test-kit.ts";

const mosquitto = peer("mosquitto");
const password = "canary-of-the-broker";

/** Somebody who listens to everything below a prefix. */
const listener = async (port: number) => {
  const client: MqttClient = connect(`mqtt://127.0.0.1:${port}`, {
    ...{ username: "meterport", password, reconnectPeriod: 50, protocolVersion: 5, clean: false, clientId: "listener" },
    properties: { sessionExpiryInterval: 600 },
  });
  const newest = new Map<string, string>();
  const ends: number[] = [];
  const seen = new Set<number>();
  client.on("message", (topic, payload) => {
    const text = payload.toString();
    newest.set(topic, text);
    if (topic !== "meterport/meter/home/interval") return;
    const { end } = JSON.parse(text) as { readonly end: string };
    const time = Date.parse(end);
    if (seen.has(time)) return;
    seen.add(time);
    ends.push(time);
  });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  await client.subscribeAsync(["meterport/#", "homeassistant/#"], { qos: 1 });
  const json = (topic: string): Readonly<Record<string, never>> | undefined => {
    const text = newest.get(topic);
    return text === undefined || text === "" ? undefined : JSON.parse(text);
  };
  return { client, json, ends };
};

const open = async (): Promise<Consumer> => {
  const login = { user: "meterport", password };
  const broker: Broker = await startBroker(mosquitto.path, { login, more: ["max_queued_messages 100000"] });
  const valve = await openValve(() => broker.port);
  const { client, json, ends } = await listener(broker.port);
  const secret = new Secret(new TextEncoder().encode(password));
  const output = outputKinds.mqtt.create({
    ...{ url: `mqtt://127.0.0.1:${valve.port}`, user: "meterport", password: secret, repeat: 200 },
  } as never);
  return {
    output,
    ...throughValve(valve),
    changes: () => {
      const wrong = ends.findIndex((end, n) => end !== firstHour + (n + 1) * hour);
      return wrong === -1 ? ends.length : -1;
    },
    power: (point) => json(`meterport/meter/${point}/live`)?.power_w,
    nameOf: (point) =>
      (json(`homeassistant/device/meterport_${point}/config`)?.device as { readonly name: string } | undefined)?.name,
    done: async () => {
      await client.endAsync(true);
      await valve.close();
      await broker.stop();
    },
  };
};

outputContract("mqtt", open, { skip: mosquitto.skip, secrets: [password] });
