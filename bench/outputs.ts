/**
 * What the output mqtt costs, against mosquitto: changes a second through the journal; the way of a live value; an hour without a broker
 * at 500 meters, compressed; and 1,000 meters in real time. `node bench/outputs.ts`
 */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { FakeView } from "@meterport/engine/testing/fake-view";
import { openMqtt } from "@meterport/gateway/outputs/mqtt/mqtt-output";
import { OutputWorld, until } from "@meterport/gateway/outputs/output-world.test-kit";
import { openValve } from "@meterport/gateway/outputs/valve.test-kit";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { connect, type MqttClient } from "mqtt";
import { type Broker, startBroker } from "../test/support/mosquitto.ts";
import { peer } from "../test/support/peers.ts";
import { say } from "./measure.ts";

const mosquitto = peer("mosquitto");
const queue = { more: ["max_queued_messages 0", "max_inflight_messages 0"] } as const;
const quarter = 900_000;
const start = Date.UTC(2026, 7, 1);

const output = (port: number) =>
  ({ name: "mqtt", begins: "now", open: openMqtt({ url: `mqtt://127.0.0.1:${port}`, prefix: "bench" }) }) as const;

const listener = async (
  port: number,
  topic: string,
  seen: (topic: string, text: string) => void,
): Promise<MqttClient> => {
  const client = connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5 });
  client.on("message", (from, payload) => seen(from, payload.toString()));
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  await client.subscribeAsync(topic, { qos: 0 });
  return client;
};

/** Every quarter of some points, in an order in which a daemon stores them. */
const storeQuarters = async (
  world: OutputWorld,
  points: readonly string[],
  from: number,
  to: number,
): Promise<number> => {
  for (let n = from; n < to; n++)
    await world.store.write({
      intervals: points.map((point) => ({
        ...{ point, channel: "energy_import_wh", end: start + (n + 1) * quarter, seconds: 900, value: n },
        ...({ source: "difference", quality: "good", flags: [], register: null } as const),
      })),
    });
  return points.length * (to - from);
};

const household = (n: number): Partial<LiveReading> => ({
  ...{ power_w: 400 + (n % 2_900), power_import_w: 400 + (n % 2_900), power_export_w: 0, power_l1_w: n % 900 },
  ...{
    power_l2_w: n % 800,
    power_l3_w: n % 700,
    voltage_l1_v: 230 + (n % 40) / 10,
    voltage_l2_v: 230,
    voltage_l3_v: 231,
  },
  ...{
    current_l1_a: (n % 90) / 10,
    current_l2_a: 1,
    current_l3_a: 2,
    frequency_hz: 50,
    energy_import_wh: 1_000_000 + n,
  },
  ...{ energy_export_wh: 10, reactive_energy_import_varh: 5, reactive_energy_export_varh: 5 },
});

const worldOf = (count: number): OutputWorld => {
  const world = new OutputWorld({ look: 1_000, stuck: 60_000, page: 1_000, retryAfter: () => 500 });
  world.views.length = 0;
  for (let n = 0; n < count; n++) world.views.push(new FakeView(`m${n}`));
  return world;
};

const ids = (world: OutputWorld): readonly string[] => world.views.map(({ id }) => id);
const megabytes = (): number => (process.memoryUsage().heapUsed + process.memoryUsage().external) / 1e6;

const throughput = async (broker: Broker): Promise<void> => {
  const world = worldOf(100);
  world.start(output(broker.port));
  await world.is("up");
  await world.delivered();
  await world.outputs.replace(["mqtt"], []);
  const count = await storeQuarters(world, ids(world), 0, 600);
  const [began, used] = [performance.now(), process.cpuUsage()];
  world.start(output(broker.port));
  await world.delivered(120_000);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(used);
  const rate = (time: number): string => Math.round(count / time).toLocaleString("en");
  say(
    `${count} changes through the journal, each acknowledged: ${rate(seconds)} a second here, ${rate((user + system) / 1e6)} for each second of the processor that the gateway used (target: 10,000 a second)`,
  );
  await world.done();
};

const latency = async (broker: Broker): Promise<void> => {
  const world = worldOf(1);
  const waiting = new Map<string, number>();
  const took: number[] = [];
  const client = await listener(broker.port, "bench/meter/+/live", (_, text) => {
    const { time } = JSON.parse(text) as { readonly time: string };
    took.push(performance.now() - (waiting.get(time) ?? Number.NaN));
  });
  world.start(output(broker.port));
  await world.is("up");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  for (let n = 0; n < 200; n++) {
    waiting.set(new Date(start + n).toISOString(), performance.now());
    world.views[0]?.read(start + n, household(n));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await until("all", () => took.length >= 200);
  const sorted = took.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
  say(`from a reading to a listener at the broker: ${at(0.5)} ms (median), ${at(0.99)} ms (99 %); target: 50 ms`);
  await client.endAsync(true);
  await world.done();
};

const anHourAway = async (broker: Broker): Promise<void> => {
  const valve = await openValve(() => broker.port);
  const world = worldOf(500);
  const ends = new Map<string, number>();
  let got = 0;
  const client = await listener(broker.port, "bench/meter/+/interval", (topic, text) => {
    const end = Date.parse((JSON.parse(text) as { readonly end: string }).end);
    assert.ok(end >= (ends.get(topic) ?? 0), `${topic}: out of order`);
    if (end > (ends.get(topic) ?? 0)) got++;
    ends.set(topic, end);
  });
  world.start(output(valve.port));
  await world.is("up");
  await world.delivered();
  valve.away(true);
  await world.is("failing");
  const memory: number[] = [];
  let count = 0;
  for (let n = 0; n < 360; n++) {
    for (const view of world.views) view.read(start + n * 10_000, household(n));
    if (n % 90 === 0) count += await storeQuarters(world, ids(world), n / 90, n / 90 + 1);
    if (n % 36 === 0) memory.push(megabytes());
    await new Promise((resolve) => setImmediate(resolve));
  }
  valve.away(false);
  const began = performance.now();
  await world.is("up", 60_000);
  await world.delivered(120_000);
  const seconds = (performance.now() - began) / 1000;
  await until("all", () => got === count);
  say(
    `an hour without a broker, 500 meters: ${got} of ${count} changes in order, caught up in ${seconds.toFixed(1)} s (target: 60 s); memory every 6 minutes ${memory.map((mb) => mb.toFixed(0)).join(" ")} MB`,
  );
  await client.endAsync(true);
  await world.done();
  await valve.close();
};

const thousandMeters = async (broker: Broker): Promise<void> => {
  const world = worldOf(1_000);
  world.start(output(broker.port));
  await world.is("up");
  for (const [n, view] of world.views.entries()) view.read(start, household(n));
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const { sent } = await world.status();
  const used = process.cpuUsage();
  const began = performance.now();
  for (let tick = 0; tick < 100; tick++) {
    for (let n = 0; n < 10; n++)
      world.views[(tick * 10 + n) % 1_000]?.read(start + 1_000 * tick, household(tick * 10 + n));
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + 100 * (tick + 1) - performance.now())));
  }
  const { user, system } = process.cpuUsage(used);
  const share = (user + system) / 1000 / (performance.now() - began);
  const said = (await world.status()).sent - sent;
  say(
    `1,000 meters at 10 s, ${said} live values and their registers in 10 s: ${(100 * share).toFixed(1)} % of one core (target: 25 %)`,
  );
  await world.done();
};

if (mosquitto.skip !== false) say(String(mosquitto.skip));
else {
  const broker = await startBroker(mosquitto.path, queue);
  await throughput(broker);
  await latency(broker);
  await thousandMeters(broker);
  await anHourAway(broker);
  await broker.stop();
}
