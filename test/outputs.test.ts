/** The whole way: a virtual meter, the daemon, a real broker, the command; and a configuration that changes meanwhile. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { connect, type MqttClient } from "mqtt";
import { eventually } from "./support/eventually.ts";
import { type Broker, startBroker } from "./support/mosquitto.ts";
import { peer } from "./support/peers.ts";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { meterport } from "./support/spawned-cli.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

const mosquitto = peer("mosquitto");
const password = "canary-of-the-broker";

describe("outputs of a daemon", { skip: mosquitto.skip }, () => {
  let meter: ServedMeter;
  let broker: Broker;
  let gateway: SpawnedGateway;
  let client: MqttClient;
  const newest = new Map<string, string>();

  const yaml = (mqtt: string): string =>
    `interval: 500ms\n${mqtt}meters:\n  - { id: home, name: Home, link: "${meter.url}", key: "hex:${meter.key}" }\n`;
  const mqtt = (more = ""): string =>
    `outputs:\n  mqtt: { url: "mqtt://127.0.0.1:${broker.port}", user: me, password: ${password}, repeat: 1s${more} }\n`;

  before(async () => {
    meter = await serveMeter();
    broker = await startBroker(mosquitto.path, { login: { user: "me", password } });
    client = connect(`mqtt://127.0.0.1:${broker.port}`, { username: "me", password, protocolVersion: 5 });
    client.on("message", (topic, payload) => void newest.set(topic, payload.toString()));
    const connected = client;
    await new Promise<void>((resolve) => connected.once("connect", () => resolve()));
    await client.subscribeAsync("#", { qos: 1 });
    gateway = await startGateway(yaml(mqtt()));
  });
  after(async () => {
    await gateway?.remove();
    await client?.endAsync(true);
    await broker?.stop();
    await meter?.unplug();
  });

  const until = (what: string, holds: () => boolean): Promise<void> =>
    eventually(() => assert.ok(holds(), `${what}\n${gateway.log()}`));
  const json = (topic: string): Readonly<Record<string, unknown>> => JSON.parse(newest.get(topic) || "{}");
  const reload = async (text: string): Promise<void> => {
    const from = gateway.log().length;
    writeFileSync(gateway.config, text);
    gateway.child.kill("SIGHUP");
    await until("reloaded", () => gateway.log().slice(from).includes("the configuration is reloaded"));
  };

  test("a meter is at the broker, announced, with values and changes", { timeout: 60_000 }, async () => {
    await until("announced", () => "components" in json("homeassistant/device/meterport_home/config"));
    await until("power", () => typeof json("meterport/meter/home/live").power_w === "number");
    await until("registers", () => Number(json("meterport/meter/home/energy").energy_import_kwh) > 0);
    // A change from the journal, stored with the second reading.
    await until("a change", () => json("meterport/meter/home/register").reason === "first");
    assert.equal(json("meterport/meter/home/availability").state, "online");
  });

  test("the command and the API tell of it and test it, without its password", { timeout: 60_000 }, async () => {
    const listed = await meterport(["outputs", "--url", gateway.url]);
    assert.match(listed.out, /^mqtt +up /m);
    assert.equal(listed.code, 0, listed.err);
    const tested = await meterport(["outputs", "test", "mqtt", "--url", gateway.url]);
    assert.match(tested.out, /^mqtt: works: the broker mqtt:\/\/127\.0\.0\.1:\d+ took a message and gave it back/);
    assert.equal(tested.code, 0, tested.err);
    assert.match((await meterport(["status", "--url", gateway.url])).out, /^output +state/m);
    const configuration = await (await fetch(`${gateway.url}/api/v1/configuration`)).text();
    assert.match(configuration, /outputs\.mqtt\.password/);
    assert.doesNotMatch(configuration + listed.out + tested.out + gateway.log(), /canary/);
  });

  test("a reload gives it another prefix and no meter notices; a meter that is pulled is silent there", {
    timeout: 60_000,
  }, async () => {
    const polls = async (): Promise<{ readonly polls: number; readonly outages: number }> => {
      const [home] = (await (await fetch(`${gateway.url}/api/v1/meters`)).json()) as readonly [
        { readonly link: { readonly polls: number; readonly outages: number } },
      ];
      return home.link;
    };
    const before = await eventually(async () => {
      const many = await polls();
      assert.ok(many.polls >= 5);
      return many;
    });
    await reload(yaml(mqtt(", prefix: house/meters")));
    await until("the new prefix", () => typeof json("house/meters/meter/home/live").power_w === "number");
    const now = await polls();
    // On a busy machine it may be lost for a moment.
    assert.ok(now.polls >= before.polls && now.outages >= before.outages, "the meter was not started over");
    await meter.unplug();
    await until("offline", () => json("house/meters/meter/home/availability").state === "offline");
    await until("no old value", () => json("house/meters/meter/home/live").power_w === null);
  });

  test("stopped, the daemon says goodbye", { timeout: 30_000 }, async () => {
    assert.equal(await gateway.stop(), 0);
    await until("goodbye", () => json("house/meters/bridge/state").state === "offline");
  });
});
