/** Links through a real MQTT broker: mosquitto, with a virtual meter or a bridge to one at the far end. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { rc4 } from "@meterport/client";
import { linkMeter, superviseMeter } from "@meterport/gateway/meters/meter-link";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Transport } from "@meterport/protocol/ports";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { parseMeterLink } from "@meterport/transports/link-url";
import { type MqttOptions, openMqtt } from "@meterport/transports/mqtt/mqtt";
import { openTcp } from "@meterport/transports/network/tcp";
import { openLink } from "@meterport/transports/open";
import { take, transportContract } from "@meterport/transports/testing/transport-contract";
import { type Certificate, makeCertificate } from "./support/certificate.ts";
import { freePort } from "./support/free-port.ts";
import { type Broker, type BrokerOptions, startBroker } from "./support/mosquitto.ts";
import { peer } from "./support/peers.ts";
import { serveMeter } from "./support/served-meter.ts";
import { meterport, simulate } from "./support/spawned-cli.ts";
import { stopwatch } from "./support/stopwatch.ts";

const mosquitto = peer("mosquitto");
const openssl = peer("openssl");
const { skip } = mosquitto;
const host = "127.0.0.1";
const start = (options?: BrokerOptions): Promise<Broker> => startBroker(mosquitto.path, options);

let broker: Broker;
before(async () => {
  if (skip === false) broker = await start();
});
after(() => broker?.stop());

let count = 0;
const freshPrefix = (): string => `meters/${count++}`;
const optionsOf = (link: string): MqttOptions => {
  const parsed = parseMeterLink(link);
  assert.ok(parsed.kind === "mqtt");
  return parsed;
};
/** The far end: what the client publishes is what it hears. */
const openBridge = (link: string): Promise<Transport> => {
  const options = optionsOf(link);
  return openMqtt({ ...options, tx: options.rx, rx: options.tx });
};
const brokerLink = (prefix: string, query = "", port = broker.port): string =>
  `mqtt://${host}:${port}/${prefix}${query}`;

for (const qos of [0, 1])
  transportContract({
    name: `mqtt by mosquitto, qos ${qos}`,
    skip,
    open: async () => {
      const link = brokerLink(freshPrefix(), `?qos=${qos}`);
      return [await openLink(link), await openBridge(link)];
    },
    tellsEnd: false,
  });

describe("a meter behind a broker", { skip, timeout: 60_000 }, () => {
  const power = async (args: readonly string[]): Promise<number> => {
    const { code, out, err } = await meterport(["live", ...args, "--json", "--count", "1"]);
    assert.equal(code, 0, err);
    return (JSON.parse(out) as { power_w: number }).power_w;
  };

  test("that the command serves is read, also with other topics", async () => {
    const key = ["--key", "01".repeat(16)];
    const link = brokerLink(freshPrefix(), "?delay=50ms");
    const meter = await simulate(["--listen", link, "--scenario", "quiet"]);
    assert.equal(meter.url, link.replace("?delay=50ms", ""));
    assert.equal(await power(["--link", meter.url, ...key]), 432);
    assert.equal((await meter.stop()).code, 0);
  });

  test("may use other topics", async () => {
    const link = brokerLink("", "?tx=down/1&rx=up/1&qos=1");
    const [client, far] = [await openLink(link), await openBridge(link)];
    assert.equal(client.name, `mqtt://${host}:${broker.port}?tx=down%2F1&rx=up%2F1`);
    await far.write(Uint8Array.of(3));
    assert.deepEqual([...(await take(client, 1))], [3]);
    await Promise.all([client.close(), far.close()]);
  });

  test("with a bridge between the broker and its port is read like any other", async (t) => {
    const served = await serveMeter();
    t.after(served.unplug);
    const link = brokerLink(freshPrefix());
    const [far, near] = [await openBridge(link), await openTcp({ host, port: Number(new URL(served.url).port) })];
    const pass = async (from: Transport, to: Transport): Promise<void> => {
      for await (const piece of from.chunks) await to.write(piece);
    };
    const passing = Promise.all([pass(far, near), pass(near, far)]);
    assert.ok(Number.isInteger(await power(["--link", link, "--key", served.key])));
    await Promise.all([far.close(), near.close()]);
    await passing;
  });
});

describe("a broker", { skip, timeout: 60_000 }, () => {
  test("that is lost breaks the link", async (t) => {
    const own = await start();
    t.after(own.stop);
    const client = await openLink(brokerLink("meter", "", own.port));
    const broken = assert.rejects(take(client, 1), {
      code: "closed",
      message: /^mqtt:\/\/\S+\/meter: the broker is gone/,
    });
    await own.stop();
    await broken;
    await assert.rejects(client.write(Uint8Array.of(1)), { code: "closed" });
    await client.close();
  });

  test("that restarts silences its meter, which is back within 3 s, at both ends", { timeout: 20_000 }, async (t) => {
    let own = await start();
    t.after(() => own.stop());
    const name = brokerLink("meter", "", own.port);
    const simulated = await simulate(["--listen", name, "--scenario", "quiet"]);
    t.after(() => simulated.stop());
    const source = superviseMeter({
      name,
      near: true,
      open: ({ signal }) => openLink(name, signal),
      connect: (transport, signal) =>
        linkMeter(transport, {
          security: rc4({ key: new Secret(new Uint8Array(16).fill(1)), entropy: systemEntropy }),
          clock: systemClock,
          signal,
        }),
      clock: systemClock,
      entropy: systemEntropy,
    });
    t.after(source.close);
    const seen: string[] = [];
    let told = (): void => {};
    source.listen(({ state, cause }) => {
      seen.push(`${state} ${cause?.code ?? ""}`.trim());
      told();
    });
    const until = async (wanted: string): Promise<void> => {
      while (seen.at(-1) !== wanted) {
        assert.ok(!seen.some((state) => state.startsWith("refused")), seen.join(", "));
        await new Promise<void>((resolve) => {
          told = resolve;
        });
      }
    };
    source.start();
    await until("up");
    assert.equal((await source.read(5_000)).power_w, 432);

    await own.stop();
    await until("silent not-open");
    await assert.rejects(source.read(5_000), { code: "not-open", message: /the link is silent: .*cannot open it/ });
    own = await start({ port: own.port });
    const untilBack = stopwatch();
    await until("up");
    assert.equal((await source.read(5_000)).power_w, 432);
    const took = Math.round(untilBack());
    t.diagnostic(`values after ${took} ms`);
    assert.ok(took <= 3_000, `${took} ms`);
    assert.deepEqual(seen.slice(0, 3), ["up", "silent closed", "silent not-open"]);
    assert.equal(source.status().counters.outages, 1);
    assert.equal((await simulated.stop()).code, 0);
  });

  test("that does not exist, or is not a broker, gives an error that says so", async (t) => {
    const port = await freePort();
    await assert.rejects(openLink(brokerLink("meter", "", port)), {
      code: "not-open",
      message: /nothing listens there/,
    });
    const served = await serveMeter();
    t.after(served.unplug);
    const link = served.url.replace("tcp:", "mqtt:");
    await assert.rejects(openMqtt({ ...optionsOf(`${link}/x`), connectTimeout: 300 }), {
      code: "not-open",
      message: /does not answer as an MQTT broker/,
    });
  });

  test("that retains old messages does not feed them to the link", async () => {
    const prefix = freshPrefix();
    const { connectAsync } = await import("mqtt");
    const bridge = await connectAsync(`mqtt://${host}:${broker.port}`);
    await bridge.publishAsync(`${prefix}/rx`, Buffer.from([1, 2, 3]), { retain: true, qos: 1 });
    const client = await openLink(brokerLink(prefix));
    await bridge.publishAsync(`${prefix}/rx`, Buffer.from([4]), { qos: 1 });
    assert.deepEqual([...(await take(client, 1))], [4]);
    await client.close();
    await bridge.endAsync();
  });

  test("that sends an endless message is disconnected before it fills the memory", async () => {
    const prefix = freshPrefix();
    const { connectAsync } = await import("mqtt");
    const bridge = await connectAsync(`mqtt://${host}:${broker.port}`);
    const client = await openLink(brokerLink(prefix));
    const broken = assert.rejects(take(client, 1), { code: "closed", message: /a message of more than 65536 bytes/ });
    await bridge.publishAsync(`${prefix}/rx`, Buffer.alloc(5_000_000), { qos: 1 });
    await broken;
    await client.close();
    await bridge.endAsync();
  });

  test("that requires a login gets it from the environment, and the password shows nowhere", async () => {
    const [user, password] = ["reader", "canary-6f1c"];
    const own = await start({ login: { user, password } });
    const folder = mkdtempSync(join(tmpdir(), "meterport-mqtt-"));
    const file = join(folder, "password");
    writeFileSync(file, `${password}\n`);
    const link = brokerLink("meter", "", own.port);
    try {
      await assert.rejects(openLink(link), {
        code: "not-open",
        message: /set METERPORT_MQTT_USER and METERPORT_MQTT_PASSWORD/,
      });
      const env = { METERPORT_MQTT_USER: user, METERPORT_MQTT_PASSWORD: password };
      for (const given of [password, `@${file}`]) {
        const client = await openLink(link, undefined, undefined, { ...env, METERPORT_MQTT_PASSWORD: given });
        assert.equal(client.name, link);
        await client.close();
      }
      await assert.rejects(
        openLink(link, undefined, undefined, { ...env, METERPORT_MQTT_USER: "someone" }),
        (error: Error) => {
          assert.ok(!String(error.stack).includes(password));
          return true;
        },
      );
      await assert.rejects(openLink(link, undefined, undefined, { METERPORT_MQTT_PASSWORD: password }), {
        code: "mqtt",
      });
      await assert.rejects(openLink(link, undefined, undefined, { ...env, METERPORT_MQTT_PASSWORD: "@/none" }), {
        code: "file",
        message: "METERPORT_MQTT_PASSWORD: the file /none cannot be read",
      });
    } finally {
      await own.stop();
      rmSync(folder, { recursive: true });
    }
  });

  test("that does not let us hear the meter gives an error that says so", async (t) => {
    // mosquitto permits each subscription and only sends nothing; others refuse it, with 0x80 in SUBACK.
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (packet) => {
        if (packet[0] === 0x10) socket.write(Uint8Array.of(0x20, 2, 0, 0));
        if (packet[0] === 0x82) socket.write(Uint8Array.of(0x90, 3, packet[2] ?? 0, packet[3] ?? 0, 0x80));
      });
    }).listen(0, host);
    t.after(() => server.close());
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await assert.rejects(openLink(brokerLink("meter", "", port)), {
      code: "not-open",
      message: /: cannot open it: the broker refuses the subscription to meter\/rx$/,
    });
  });
});

test("an aborted signal opens nothing", { skip }, async () => {
  await assert.rejects(openLink(brokerLink("meter"), AbortSignal.abort()), { code: "aborted" });
});

test("a missing package is named", async () => {
  const missing = () => Promise.reject(new Error("Cannot find package"));
  await assert.rejects(openMqtt(optionsOf("mqtt://127.0.0.1:9/x"), missing), {
    code: "mqtt-missing",
    message: /npm install mqtt/,
  });
});

describe("mqtts", { skip: skip || openssl.skip, timeout: 30_000 }, () => {
  test("checks the broker's certificate", async () => {
    const folder = mkdtempSync(join(tmpdir(), "meterport-mqtts-"));
    const certificate: Certificate = makeCertificate(folder, openssl.path);
    const own = await start({ tls: certificate.files });
    const link = `mqtts://${host}:${own.port}/meter`;
    try {
      const client = await openLink(`${link}?fingerprint=${certificate.fingerprint}`);
      const far = await openBridge(`${link}?fingerprint=${certificate.fingerprint}`);
      await client.write(Uint8Array.of(0, 255));
      assert.deepEqual([...(await take(far, 2))], [0, 255]);
      await Promise.all([client.close(), far.close()]);
      await assert.rejects(openLink(link), { code: "not-open", message: /its certificate is self-signed/ });
      await assert.rejects(openLink(`${link}?fingerprint=${"0".repeat(64)}`), { message: /another fingerprint/ });
    } finally {
      await own.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
