import assert from "node:assert/strict";
import { test } from "node:test";
import { openLink } from "@meterport/transports/open";
import { freePort } from "../../../../../test/support/free-port.ts";
import { type OutputName, outputKinds } from "../list.ts";
import { until } from "../output-world.test-kit.ts";
import { FaceWorld } from "./face-contract.test-kit.ts";
import { MdnsResolver, outside } from "./mdns.test-kit.ts";

/** Of the point "home", whose address is 068f7f99ab63. One is announced after the other, a second each, so not all are tried. */
const announced: Partial<Record<OutputName, readonly [type: string, instance: string, text: string]>> = {
  homewizard: ["hwenergy", "kwhmeter-99AB63", "path=/api/v1"],
  homewizard_v2: ["homewizard", "kwhmeter-99AB63", "id=appliance/energymeter/068f7f99ab63"],
  tasmota: ["http", "tasmota-99AB63", "devicetype=tasmota"],
  vzlogger: ["http", "vzlogger-99AB63", "path=/"],
  prometheus: ["prometheus-http", "meterport-99AB63", "path=/metrics"],
  p1: ["iostream", "p1-99AB63", "gensiostack=tcp"],
  modbus: ["mbap", "modbus-99AB63", "unit=1"],
};

/** The data of an SRV record: priority, weight and port, after a length that counts the name of the host too. */
const portOf = (port: number): string => `\0\0\0\0${String.fromCharCode(port >> 8, port & 0xff)}`;

test("faces are found together with their ports and texts, and taken back when they stop", {
  skip: outside === undefined && "this machine has no network",
  timeout: 60_000,
}, async (t) => {
  const world = new FaceWorld();
  const resolver = new MdnsResolver();
  await resolver.open();
  t.after(async () => {
    resolver.close();
    await world.done();
  });
  const ports = new Map<string, number>();
  for (const name of Object.keys(announced) as OutputName[]) {
    const port = await freePort();
    ports.set(name, port);
    const settings = { port, announce: true, host: "0.0.0.0", allow: ["127.0.0.1/32"] };
    world.start(outputKinds[name].create(settings as never, { openLink, data: world.folder }));
  }
  await until("all are up", async () => (await world.outputs.status()).every(({ state }) => state === "up"));
  const missing = (): readonly string[] =>
    Object.entries(announced).flatMap(([name, [type, instance, text]]) => {
      const answers = resolver.answers.filter((answer) => answer.includes(instance) && answer.includes(`_${type}`));
      const whole = answers.some((answer) => answer.includes(text) && answer.includes(portOf(ports.get(name) ?? 0)));
      return whole ? [] : [name];
    });
  await until(
    "all are found",
    async () => {
      for (const type of new Set(Object.values(announced).map(([each]) => each))) resolver.ask(type);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return missing().length === 0;
    },
    30_000,
  ).catch((error: unknown) => assert.fail(`${String(error)}; missing: ${missing().join(", ")}`));
  await world.outputs.stop();
  resolver.answers.length = 0;
  resolver.ask("mbap");
  resolver.ask("prometheus-http");
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.deepEqual(resolver.answers, [], "they are taken back");
});
