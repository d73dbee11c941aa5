/** The whole way: a virtual meter, the daemon with every face that answers HTTP, and their clients; then the meter is pulled. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { after, before, describe, test } from "node:test";
import { WebSocket } from "ws";
import { eventually, soon } from "./support/eventually.ts";
import { freePort } from "./support/free-port.ts";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { meterport } from "./support/spawned-cli.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

type Json = Readonly<Record<string, unknown>>;

/** Where each face has its values, and how a client takes the power of them. */
const faces: Readonly<Record<string, { readonly path: string; readonly power: (json: Json) => unknown }>> = {
  homewizard: { path: "/api/v1/data", power: (json) => json.active_power_w },
  shelly: { path: "/rpc/EM.GetStatus?id=0", power: (json) => json.total_act_power },
  ecotracker: { path: "/v1/json", power: (json) => json.power },
  tasmota: { path: "/cm?cmnd=Status%208", power: (json) => (json.StatusSNS as { SML: Json }).SML.Power_curr },
  vzlogger: { path: "/", power: (json) => (json.data as [{ tuples: [[number, number]] }])[0].tuples[0][1] },
  dabbler: { path: "/getDashDataWS", power: (json) => Number(json.Fwd_W) - Number(json.Rev_W) },
};

describe("faces of a daemon", () => {
  let meter: ServedMeter;
  let gateway: SpawnedGateway;
  const ports = new Map<string, number>();
  let udp = 0;

  before(async () => {
    meter = await serveMeter();
    udp = await freePort();
    for (const name of Object.keys(faces)) ports.set(name, await freePort());
    const outputs = [...ports].map(
      ([name, port]) => `  ${name}: { port: ${port}${name === "shelly" ? `, udp: [${udp}]` : ""}, points: [home] }\n`,
    );
    gateway = await startGateway(
      `interval: 500ms\noutputs:\n${outputs.join("")}meters:\n  - { id: home, name: Home, link: "${meter.url}", key: "hex:${meter.key}" }\n`,
    );
  });
  after(async () => {
    await gateway?.remove();
    await meter?.unplug();
  });

  /** What a client of the face reads; undefined if it says nothing. */
  const power = async (name: string): Promise<unknown> => {
    const face = faces[name];
    try {
      const response = await fetch(`http://127.0.0.1:${ports.get(name)}${face?.path}`, {
        headers: { connection: "close" },
      });
      return response.ok ? face?.power((await response.json()) as Json) : undefined;
    } catch {
      return undefined;
    }
  };
  const udpPower = (): Promise<string | undefined> =>
    new Promise((resolve) => {
      const socket = createSocket("udp4");
      const done = (text: string | undefined): void => {
        clearTimeout(timer);
        socket.close();
        resolve(text);
      };
      const timer = setTimeout(() => done(undefined), 300);
      socket.on("message", (bytes) => done(bytes.toString()));
      socket.send('{"id":1,"method":"EM.GetStatus","params":{"id":0}}', udp, "127.0.0.1");
    });
  const until = (what: string, holds: () => Promise<boolean>): Promise<void> =>
    eventually(async () => assert.ok(await holds(), `${what}\n${gateway.log()}`));

  test("each shows the power of the meter, and the command tests it", { timeout: 90_000 }, async () => {
    for (const name of ports.keys()) {
      await until(`${name} shows power`, async () => typeof (await power(name)) === "number");
      const tested = await meterport(["outputs", "test", name, "--url", gateway.url]);
      assert.match(tested.out, new RegExp(`^${name}: works: it listens on 127\\.0\\.0\\.1 port ${ports.get(name)}`));
      assert.equal(tested.code, 0, tested.err);
    }
    await soon.match(async () => (await udpPower()) ?? "", /"total_act_power":-?\d+\.\d+/);
  });

  test("a pulled meter makes each of them silent, and a connection by WebSocket ends", {
    timeout: 90_000,
  }, async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${ports.get("shelly")}/rpc`);
    await new Promise<void>((resolve, reject) => socket.once("open", () => resolve()).once("error", reject));
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    await meter.unplug();
    for (const name of ports.keys()) await until(`${name} is silent`, async () => (await power(name)) === undefined);
    await closed;
    assert.equal(await udpPower(), undefined);
    const tested = await meterport(["outputs", "test", "shelly", "--url", gateway.url]);
    assert.match(tested.out + tested.err, /home gives no new values, so the face says nothing/);
    assert.equal(tested.code, 1);
    // What it is, a face still tells.
    const response = await fetch(`http://127.0.0.1:${ports.get("homewizard")}/api`);
    assert.equal(((await response.json()) as Json).api_version, "v1");
  });

  test("stopped, the daemon leaves every port", { timeout: 30_000 }, async () => {
    assert.equal(await gateway.stop(), 0);
    for (const port of ports.values()) await assert.rejects(fetch(`http://127.0.0.1:${port}/`), /fetch failed/);
  });
});
