/** The output against a real broker: both versions, TLS, sign-in, and what Home Assistant relies on. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { ChildView } from "@meterport/engine/ports/output";
import { Secret } from "@meterport/protocol/mep/security/key";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { freePort } from "../../../../../test/support/free-port.ts";
import { type Broker, type BrokerOptions, startBroker } from "../../../../../test/support/mosquitto.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { OutputWorld, until } from "../output-world.test-kit.ts";
import { openValve } from "../valve.test-kit.ts";
import { checkDeviceMessage, type DeviceMessage } from "./home-assistant-rules.test-kit.ts";
import { openMqtt } from "./mqtt-output.ts";
import type { MqttSettings } from "./mqtt-settings.ts";

const mosquitto = peer("mosquitto");
const openssl = peer("openssl");
const subscriber = peer("mosquitto_sub");
const skip = mosquitto.skip;

const secretOf = (text: string): Secret => new Secret(new TextEncoder().encode(text));
const output = (settings: MqttSettings, loadMqtt?: Parameters<typeof openMqtt>[1]) =>
  ({ name: "mqtt", begins: "now", open: openMqtt({ repeat: 200, ...settings }, loadMqtt) }) as const;

interface Seen {
  readonly topic: string;
  readonly text: string;
  readonly retain: boolean;
  readonly expiry: number | undefined;
}

/** Those that a failing test leaves open would keep its process alive. */
const listening = new Set<MqttClient>();

/** Somebody who listens to everything. */
const listener = async (url: string, options: IClientOptions = {}) => {
  const client = connect(url, { protocolVersion: 5, reconnectPeriod: 50, ...options });
  listening.add(client);
  const all: Seen[] = [];
  const newest = new Map<string, string>();
  client.on("message", (topic, payload, { retain, properties }) => {
    const text = payload.toString();
    all.push({ topic, text, retain, expiry: properties?.messageExpiryInterval });
    newest.set(topic, text);
  });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  await client.subscribeAsync("#", { qos: 1, rap: true });
  return {
    all,
    newest,
    client,
    json: (topic: string): Readonly<Record<string, unknown>> | undefined => {
      const text = newest.get(topic);
      return text === undefined || text === "" ? undefined : JSON.parse(text);
    },
    close: () => client.endAsync(true),
  };
};

/** What a broker keeps now. */
const retained = async (url: string): Promise<ReadonlyMap<string, string>> => {
  const { all, client, close } = await listener(url);
  // What a broker keeps comes before what is published after the subscription.
  await client.publishAsync("end/of/what/is/kept", "", { qos: 1 });
  await until("the end of what is kept", () => all.some(({ topic }) => topic === "end/of/what/is/kept"));
  await close();
  return new Map(all.filter(({ retain }) => retain).map(({ topic, text }) => [topic, text]));
};

const within = async (
  work: (world: OutputWorld, url: string, broker: Broker) => Promise<void>,
  options: BrokerOptions = {},
): Promise<void> => {
  const broker = await startBroker(mosquitto.path, options);
  const world = new OutputWorld();
  try {
    await work(world, `mqtt://127.0.0.1:${broker.port}`, broker);
  } finally {
    for (const client of listening) client.end(true);
    listening.clear();
    await world.done();
    await broker.stop();
  }
};

const read = (world: OutputWorld): void => {
  for (const view of world.views) view.read(Date.now(), { power_w: 500, energy_import_wh: 1_000 });
};

describe("the output mqtt", () => {
  for (const version of ["5", "3.1.1"] as const)
    test(`speaks MQTT ${version}: live values, registers, changes, and the announcement`, { skip }, () =>
      within(async (world, url) => {
        const seen = await listener(url);
        world.start(output({ url, version, expiry: 86_400_000 }));
        await world.is("up");
        read(world);
        await until("announced", () => seen.json("homeassistant/device/meterport_home/config") !== undefined);
        await until("energy", () => seen.json("meterport/meter/home/energy")?.energy_import_kwh === 1);
        assert.equal(seen.json("meterport/meter/home/live")?.power_w, 500);
        assert.deepEqual(seen.json("meterport/bridge/state"), { state: "online" });
        assert.deepEqual(seen.json("meterport/meter/home/availability"), { state: "online" });
        await until("health", () => seen.json("meterport/bridge/health")?.points_up === 2);
        for (const { topic, text } of seen.all)
          if (topic.endsWith("/config") && text !== "") checkDeviceMessage(topic, JSON.parse(text) as DeviceMessage);
        await world.change(2);
        await world.delivered();
        await until("an interval", () => seen.json("meterport/meter/home/interval")?.value === 1_000);
        const isRetained = (topic: string) => seen.all.find((each) => each.topic === topic)?.retain;
        assert.deepEqual(
          ["live", "energy", "interval"].map((part) => isRetained(`meterport/meter/home/${part}`)),
          [false, true, false],
        );
        const expiry = seen.all.find(({ topic }) => topic === "meterport/meter/home/energy")?.expiry;
        assert.equal(expiry, version === "5" ? 86_400 : undefined);
        await seen.close();
      }),
    );

  test("keeps to TLS: the broker's certificate must be signed by the one that is given", {
    skip: skip || openssl.skip,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "meterport-mqtt-tls-"));
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const made = spawnSync(openssl.path, [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
      "-keyout",
      key,
      "-out",
      cert,
    ]);
    assert.equal(made.status, 0, String(made.stderr));
    try {
      await within(
        async (world, url) => {
          const tls = url.replace("mqtt:", "mqtts:");
          world.start(output({ url: tls }));
          await world.is("failing");
          assert.match((await world.status()).problem ?? "", /cannot be reached: self-signed certificate/);
          await world.outputs.replace(["mqtt"], [{ output: output({ url: tls, ca: cert }) }]);
          await world.is("up");
          assert.match((await world.outputs.test("mqtt"))?.text ?? "", /took a message and gave it back after \d+ ms/);
          await world.outputs.replace(["mqtt"], [{ output: output({ url: tls, ca: join(folder, "gone.pem") }) }]);
          await world.is("failing");
          assert.match((await world.status()).problem ?? "", /gone\.pem of outputs\.mqtt\.ca cannot be read/);
        },
        { tls: { cert, key } },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const version of ["5", "3.1.1"] as const)
    test(`says that user and password are refused, and never what they are (MQTT ${version})`, { skip }, () =>
      within(
        async (world, url) => {
          world.start(output({ url, version, user: "me", password: secretOf("canary-wrong") }));
          await world.is("failing");
          const { problem } = await world.status();
          assert.match(
            problem ?? "",
            /^the broker (refuses user and password|does not authorise this client): check outputs/,
          );
          assert.doesNotMatch(world.lines.join() + problem, /canary/);
        },
        { login: { user: "me", password: "right" } },
      ),
    );

  test("comes back after a broker that forgot everything: announcements, states and changes", { skip }, async () => {
    const port = await freePort();
    const valve = await openValve(() => port);
    await within(
      async (world, url, broker) => {
        world.start(output({ url: `mqtt://127.0.0.1:${valve.port}` }));
        await world.is("up");
        read(world);
        await until("announced", async () => (await retained(url)).has("homeassistant/device/meterport_shed/config"));
        await broker.stop();
        valve.away(true);
        await world.is("failing");
        assert.match((await world.status()).problem ?? "", /the broker ended the connection|cannot be reached/);
        await world.change(10);
        const again = await startBroker(mosquitto.path, { port });
        const seen = await listener(url);
        try {
          valve.away(false);
          await world.is("up");
          await world.delivered();
          await until("announced again", () => seen.json("homeassistant/device/meterport_shed/config") !== undefined);
          await until("registers again", () => seen.json("meterport/meter/home/energy") !== undefined);
          const ends = seen.all.flatMap(({ topic, text }) =>
            topic === "meterport/meter/home/interval" ? [(JSON.parse(text) as { readonly end: string }).end] : [],
          );
          assert.deepEqual(new Set(ends).size, 10);
          assert.deepEqual(ends, [...ends].sort());
        } finally {
          await seen.close();
          await world.outputs.stop();
          await again.stop();
          await valve.close();
        }
      },
      { port },
    );
  });

  test("is offline by its will when it vanishes, and by its own word when it stops", { skip }, () =>
    within(async (world, url, broker) => {
      const valve = await openValve(() => broker.port);
      const seen = await listener(url);
      const state = () => seen.json("meterport/bridge/state")?.state;
      world.start(output({ url: `mqtt://127.0.0.1:${valve.port}` }));
      await world.is("up");
      await until("online", () => state() === "online");
      valve.away(true);
      await until("the will", () => state() === "offline");
      valve.away(false);
      await until("online again", () => state() === "online");
      // As if the will of an older connection came late.
      await seen.client.publishAsync("meterport/bridge/state", '{"state":"offline"}', { qos: 1, retain: true });
      await until("corrected", () => state() === "online");
      await world.outputs.stop();
      await until("goodbye", () => state() === "offline");
      await seen.close();
      await valve.close();
    }),
  );

  test("answers the birth message of Home Assistant with everything", { skip }, () =>
    within(async (world, url) => {
      world.start(output({ url, repeat: 60_000 }));
      await world.is("up");
      read(world);
      await until("announced", async () => (await retained(url)).has("homeassistant/device/meterport_home/config"));
      const seen = await listener(url);
      await until("what is kept", () => seen.newest.has("meterport/bridge/state"));
      seen.newest.clear();
      await seen.client.publishAsync("homeassistant/status", "online", { qos: 1 });
      const wanted = [
        "homeassistant/device/meterport_home/config",
        "homeassistant/device/meterport__gateway/config",
        "meterport/meter/shed/energy",
        "meterport/meter/home/live",
      ];
      await until("everything", () => wanted.every((topic) => seen.newest.has(topic)));
      await seen.close();
    }),
  );

  test(
    "takes back a meter that was removed while it did not run, and Home Assistant when it is turned off",
    { skip },
    () =>
      within(async (world, url) => {
        world.start(output({ url }));
        await world.is("up");
        read(world);
        await until("announced", async () => (await retained(url)).has("homeassistant/device/meterport_shed/config"));
        await world.outputs.replace(["mqtt"], []);
        world.views.pop();
        world.outputs.pointsChanged();
        await world.outputs.replace([], [{ output: output({ url }) }]);
        await until(
          "tidied up",
          async () => ![...(await retained(url)).keys()].some((topic) => topic.includes("shed")),
        );
        await until("the other stays", async () =>
          (await retained(url)).has("homeassistant/device/meterport_home/config"),
        );
        await world.outputs.replace(["mqtt"], [{ output: output({ url, home_assistant: false }) }]);
        await until(
          "not announced",
          async () => ![...(await retained(url)).keys()].some((topic) => topic.endsWith("/config")),
        );
        await until("values stay", async () => (await retained(url)).has("meterport/meter/home/energy"));
      }),
  );

  test("two gateways below one prefix are told so, and do not take back each other's meters", { skip }, () =>
    within(async (world, url) => {
      world.start(output({ url }));
      await world.is("up");
      read(world);
      await until("announced", async () => (await retained(url)).has("homeassistant/device/meterport_shed/config"));
      const twin = new OutputWorld();
      try {
        twin.views.length = 0;
        twin.start(output({ url, client_id: "other" }));
        await until("told", () =>
          /another client, meterport-meterport, has announced meters below meterport/.test(twin.lines.join()),
        );
        assert.ok((await retained(url)).has("homeassistant/device/meterport_shed/config"));
        await twin.outputs.replace(["mqtt"], [{ output: output({ url }) }]);
        await until("told", () =>
          /another client (with the same client ID took its place|uses the client ID meterport-meterport)/.test(
            [...world.lines, ...twin.lines].join(),
          ),
        );
      } finally {
        await twin.done();
      }
    }),
  );

  test("a water meter behind a meter is a device of its own with its changes, and goes when it is gone", { skip }, () =>
    within(async (world, url) => {
      const id = "home.12345678";
      const child: ChildView = {
        ...{ id, parent: "home", serial: "12345678", medium: "water", manufacturer: "KAM" },
        state: "up",
        ...{ alarms: [], readAt: 1, values: [{ register: "volume_m3", tier: 0, value: 123.4 }] },
      };
      world.children.set(id, child);
      const seen = await listener(url);
      world.start(output({ url }));
      await world.is("up");
      const config = "homeassistant/device/meterport_home__12345678/config";
      await until("announced", () => seen.json(config) !== undefined);
      await until("its values", () => seen.json(`meterport/meter/${id}/values`)?.volume_m3 === 123.4);
      const state = {
        point: id,
        register: "volume_m3",
        tier: 0,
        time: 1,
        value: 123.4,
        reason: "read",
        serial: "12345678",
      } as const;
      await world.store.write({ registers: [state] });
      await until("a change", () => seen.json(`meterport/meter/${id}/register`)?.value === 123.4);
      world.children.set(id, { ...child, values: [{ register: "volume_m3", tier: 0, value: 124 }] });
      world.outputs.childrenChanged();
      await until("new values", () => seen.json(`meterport/meter/${id}/values`)?.volume_m3 === 124);
      world.children.clear();
      world.outputs.childrenChanged();
      await until(
        "gone",
        () => seen.newest.get(config) === "" && seen.newest.get(`meterport/meter/${id}/values`) === "",
      );
      await seen.close();
    }),
  );

  test(
    "somebody else's program reads what is kept, and nothing of a live value",
    { skip: skip || subscriber.skip },
    () =>
      within(async (world, url, broker) => {
        world.start(output({ url }));
        await world.is("up");
        read(world);
        await until("announced", async () => (await retained(url)).has("homeassistant/device/meterport_home/config"));
        const args = [
          "-p",
          String(broker.port),
          "-t",
          "meterport/#",
          "-t",
          "homeassistant/#",
          "-v",
          "--retained-only",
          "-W",
          "2",
        ];
        const kept = spawnSync(subscriber.path, args, { encoding: "utf8" }).stdout;
        for (const topic of ["meter/home/energy", "meter/home/status", "meter/shed/availability", "bridge/state"])
          assert.match(kept, new RegExp(`^meterport/${topic} \\{`, "m"));
        assert.doesNotMatch(kept, /\/live /);
        const [, text = ""] = /^homeassistant\/device\/meterport_home\/config (.*)$/m.exec(kept) ?? [];
        checkDeviceMessage("homeassistant/device/meterport_home/config", JSON.parse(text) as DeviceMessage);
      }),
  );

  test("without the package says which one is missing", async () => {
    const world = new OutputWorld();
    world.start(output({ url: "mqtt://127.0.0.1:9" }, () => Promise.reject(new Error("not found"))));
    await world.is("failing");
    assert.equal(
      (await world.status()).problem,
      "the output mqtt needs one more package: npm install mqtt@5.16 where Meterport is installed",
    );
    await world.done();
  });

  test("alarms and outages that last are told, also after a restart, and end with their events", { skip }, () =>
    within(async (world, url) => {
      const event = {
        point: "home",
        id: "outage:1",
        time: 1,
        kind: "outage",
        number: null,
        origin: "outage",
        detail: "{}",
      } as const;
      await world.store.write({ events: [{ ...event, until: null }] });
      const seen = await listener(url);
      world.start(output({ url }));
      await world.is("up");
      read(world);
      await until("it lasts", () => seen.json("meterport/meter/home/status")?.outage === true);
      await world.store.write({ events: [{ ...event, until: 2 }] });
      await until("it is over", () => seen.json("meterport/meter/home/status")?.outage === false);
      assert.equal(seen.json("meterport/meter/home/event")?.event_type, "outage");
      await seen.close();
    }),
  );
});
