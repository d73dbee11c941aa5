/** The order at a subscriber while the bytes of a connection that was given up reach the broker late. */
import assert from "node:assert/strict";
import { type AddressInfo, connect as connectTo, createServer, type Socket } from "node:net";
import { describe, test } from "node:test";
import { connect } from "mqtt";
import { startBroker } from "../../../../../test/support/mosquitto.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { firstHour, hour, OutputWorld, until } from "../output-world.test-kit.ts";
import { openMqtt } from "./mqtt-output.ts";

const mosquitto = peer("mosquitto");

/** When the held bytes of the old connection go on: before its successor says anything, with its first word, and when it is up. */
const moments = ["when it is given up", "with the first word of its successor", "when its successor is up"] as const;
type Moment = (typeof moments)[number];

/** A way to the broker that keeps what the first connection says from some moment on, even when the gateway has closed it. */
const openSlowWay = async (brokerPort: number, moment: Moment) => {
  const held: Buffer[] = [];
  const sockets = new Set<Socket>();
  let holds = false;
  let first: Socket | undefined;
  let heldBytes = 0;
  const release = (): void => {
    for (const bytes of held.splice(0)) first?.write(bytes);
  };
  const server = createServer((near) => {
    const far = connectTo(brokerPort, "127.0.0.1");
    const isFirst = first === undefined;
    first ??= far;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    near.on("data", (bytes) => {
      if (isFirst && holds) {
        held.push(bytes);
        heldBytes += bytes.length;
        return;
      }
      if (!isFirst && moment === moments[1]) release();
      far.write(bytes);
    });
    near.on("close", () => {
      if (isFirst && moment === moments[0]) release();
      if (!isFirst || moment === moments[0]) far.end();
    });
    far.on("data", (bytes) => void near.write(bytes));
    far.on("close", () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hold: () => {
      holds = true;
    },
    release,
    heldBytes: () => heldBytes,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

describe("changes on a connection that takes the place of a stalled one", () => {
  for (const moment of moments)
    test(`arrive in order although the old bytes reach the broker ${moment}`, { skip: mosquitto.skip }, async () => {
      const broker = await startBroker(mosquitto.path, { more: ["max_queued_messages 0", "max_inflight_messages 0"] });
      const way = await openSlowWay(broker.port, moment);
      const world = new OutputWorld({ stuck: 300 });
      const subscriber = connect(`mqtt://127.0.0.1:${broker.port}`, { protocolVersion: 5 });
      const numbers: number[] = [];
      subscriber.on("message", (_, payload) => {
        const { end } = JSON.parse(payload.toString()) as { readonly end: string };
        numbers.push((Date.parse(end) - firstHour) / hour);
      });
      try {
        await subscriber.subscribeAsync("meterport/meter/home/interval", { qos: 1 });
        const url = `mqtt://127.0.0.1:${way.port}`;
        world.start({ name: "mqtt", begins: "now", open: openMqtt({ url, repeat: 200 }) });
        await world.is("up");
        await world.change(100);
        await world.delivered();
        way.hold();
        await world.change(300);
        await world.is("failing");
        await world.is("up");
        if (moment === moments[2]) way.release();
        await world.delivered();
        await until("all are there", () => new Set(numbers).size === 400);
        assert.ok(way.heldBytes() > 300 * 100, "the old connection carried changes");
        assert.deepEqual(
          [...new Set(numbers)],
          Array.from({ length: 400 }, (_, n) => n + 1),
        );
        const jumps = numbers.filter((number, n) => n > 0 && number > (numbers[n - 1] ?? 0) + 1);
        assert.deepEqual(jumps, [], "what comes twice is a beginning that comes again");
        const twice = numbers.length - 400;
        // With the first word, the broker takes as many of the old ones as it happens to read before it.
        if (moment !== moments[1]) assert.equal(twice > 0, moment === moments[0], `${twice} came twice`);
      } finally {
        await world.done();
        await subscriber.endAsync(true);
        await way.close();
        await broker.stop();
      }
    });
});
