/** The order of what is published, with a broker whose acknowledgements a test gives one by one. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { type Broker, connectBroker, type LoadMqtt } from "./broker.ts";

type Acknowledge = (error?: Error) => void;

/** What the broker uses of a client of mqtt.js. */
class FakeClient extends EventEmitter {
  readonly stream = Object.assign(new EventEmitter(), { writableLength: 0, destroy: () => void this.ends.push("cut") });
  connected = true;
  readonly published: string[] = [];
  readonly #onTheirWay: Acknowledge[] = [];
  readonly ends: string[] = [];

  publish(topic: string, _payload: string, { qos }: { readonly qos: number }, acknowledged?: Acknowledge): void {
    this.published.push(topic);
    if (qos > 0 && acknowledged !== undefined) this.#onTheirWay.push(acknowledged);
  }

  /** The broker has so many more, and says so in one packet. */
  acknowledge(count: number): void {
    for (const acknowledged of this.#onTheirWay.splice(0, count)) acknowledged();
  }

  end(force: boolean, done: () => void): void {
    this.ends.push(force ? "dropped" : "goodbye");
    if (force || this.#onTheirWay.length === 0) done();
  }
}

const connected = async (receiveMaximum: number) => {
  const client = new FakeClient();
  const clock = new VirtualClock();
  const loadMqtt: LoadMqtt = async () => ({ connect: () => client }) as never;
  const will = { topic: "will", payload: "" };
  const opening = connectBroker(
    {
      ...{ settings: { url: "mqtt://127.0.0.1" }, clientId: "test", will, clock, loadMqtt },
      ...{ arrived: () => {}, skipped: () => {} },
    },
    new AbortController().signal,
  );
  await clock.advance(0);
  client.emit("connect", { properties: { receiveMaximum } });
  return { client, clock, broker: await opening };
};

const changes = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => `${from + n}`);
const publishAll = (broker: Broker, topics: readonly string[]): void => {
  for (const topic of topics) broker.publish({ topic, payload: "" }).catch(() => {});
};

describe("messages that wait for a broker", () => {
  test("keep their order when another one is published right after an acknowledgement", async () => {
    const { client, clock, broker } = await connected(20);
    // As the announcement of a point does beside the changes of the journal.
    const announcing = broker
      .publish({ topic: "announcement", payload: "" })
      .then(() => broker.publish({ topic: "next announcement", payload: "" }));
    publishAll(broker, changes(1, 60));
    for (let n = 0; n < 10; n++) {
      client.acknowledge(20);
      await clock.advance(0);
    }
    await announcing;
    assert.deepEqual(client.published, ["announcement", ...changes(1, 60), "next announcement"]);
  });

  test("are no more at a time than the broker permits", async () => {
    const { client, broker } = await connected(3);
    publishAll(broker, changes(1, 9));
    assert.deepEqual(client.published, changes(1, 3));
    client.acknowledge(2);
    assert.deepEqual(client.published, changes(1, 5));
  });

  test("are given up at the end, and the last word goes before the goodbye", async () => {
    const { client, clock, broker } = await connected(3);
    const errors: unknown[] = [];
    for (const topic of changes(1, 9))
      broker.publish({ topic, payload: "" }).catch((error: Error) => errors.push(error.message));
    const closing = broker.close({ topic: "offline", payload: "" });
    await clock.advance(10);
    assert.deepEqual(
      errors,
      Array.from({ length: 6 }, () => "the broker is gone"),
    );
    assert.deepEqual([client.published, client.ends], [changes(1, 3), []]);
    client.acknowledge(1);
    assert.deepEqual([client.published, client.ends], [[...changes(1, 3), "offline"], ["goodbye"]]);
    client.emit("close");
    await clock.run(closing);
    assert.equal(clock.pending, 0);
  });

  test("do not keep a connection whose broker takes nothing: it is cut after a second", async () => {
    const { client, clock, broker } = await connected(3);
    publishAll(broker, changes(1, 9));
    const closing = broker.close({ topic: "offline", payload: "" });
    await clock.advance(999);
    assert.deepEqual(client.ends, []);
    await clock.advance(1);
    await clock.run(closing);
    assert.deepEqual([client.published, client.ends], [changes(1, 3), ["cut", "dropped"]]);
    client.acknowledge(3);
    assert.deepEqual(client.published, changes(1, 3));
  });
});
