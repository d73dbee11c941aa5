import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Secret } from "@meterport/protocol/mep/security/key";
import { connect } from "mqtt";
import { type Broker, startBroker } from "../../../../../test/support/mosquitto.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { outputKinds } from "../list.ts";
import { evening, FaceWorld } from "../listening/face-contract.test-kit.ts";
import { until } from "../output-world.test-kit.ts";
import type { FormerTopicsSettings } from "./former-topics-settings.ts";

const mosquitto = peer("mosquitto");
const password = "canary-of-the-broker";
const login = { user: "me", password };

interface Message {
  readonly payload: string;
  readonly retained: boolean;
}

/** Somebody who was there before, and hears everything. */
const listener = async (port: number) => {
  const client = connect(`mqtt://127.0.0.1:${port}`, {
    username: "me",
    password,
    protocolVersion: 4,
    reconnectPeriod: 50,
  });
  const newest = new Map<string, Message>();
  let count = 0;
  client.on("message", (topic, payload, { retain }) => {
    count++;
    newest.set(topic, { payload: payload.toString(), retained: retain });
  });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  await client.subscribeAsync("#", { qos: 0 });
  return { client, newest, count: () => count };
};

describe("former topics", { skip: mosquitto.skip }, () => {
  const within = async (
    reader: FormerTopicsSettings["reader"],
    work: (world: FaceWorld, broker: Broker, heard: Awaited<ReturnType<typeof listener>>) => Promise<void>,
  ): Promise<void> => {
    const broker = await startBroker(mosquitto.path, { login });
    const heard = await listener(broker.port);
    const world = new FaceWorld();
    try {
      world.start(
        outputKinds.former_topics.create({
          ...{ reader, topic: "old/meter", url: `mqtt://127.0.0.1:${broker.port}`, repeat: 1_000, version: "3.1.1" },
          ...{ user: "me", password: new Secret(new TextEncoder().encode(password)) },
        } as never),
      );
      await world.is("up");
      await work(world, broker, heard);
      const said = [...world.lines, JSON.stringify(await world.outputs.status())].join("\n");
      assert.ok(!said.includes(password), "the password is in the log or the status");
    } finally {
      await world.done();
      await heard.client.endAsync(true);
      await broker.stop();
    }
  };
  /** Every topic with its text, without what depends on when the test runs. */
  const all = (newest: ReadonlyMap<string, Message>): string =>
    [...newest]
      .map(([topic, { payload }]) => `${topic} ${/uptime|alivecounter/.test(topic) ? "…" : payload}\n`)
      .sort()
      .join("");

  for (const [reader, last] of [
    ["dabbler", "old/meter/frequency/mydatajson"],
    ["nes-mep-reader", "old/meter/meter/appowerVA"],
  ] as const) {
    test(`publishes what ${reader} published`, () =>
      within(reader, async (world, _, { newest }) => {
        world.home.read(Date.UTC(2026, 7, 1, 10, 15), evening);
        await until("all came", () => newest.has(last));
        matchesGolden(new URL(`golden/${reader}.txt`, import.meta.url), all(newest));
        assert.equal(newest.get("old/meter/lwt")?.payload, "Online");
      }));

    test(`${reader}: is offline and silent once values are stale, and speaks again at once`, () =>
      within(reader, async (world, _, { newest, count }) => {
        world.read();
        await until("all came", () => newest.has(last));
        world.home.goStale();
        await until("offline", () => newest.get("old/meter/lwt")?.payload === "Offline");
        const before = count();
        await new Promise((resolve) => setTimeout(resolve, 1_300));
        assert.equal(count(), before);
        newest.clear();
        world.read();
        await until("all came again", () => newest.has(last), 900);
      }));

    test(`${reader}: says unchanged values again, and nothing that is unknown`, () =>
      within(reader, async (world, _, { newest }) => {
        world.read({ power_import_w: 7 });
        const power =
          reader === "dabbler" ? "old/meter/meterConsumptionFwd/mydatajson" : "old/meter/meter/import/active";
        await until("power", () => newest.has(power));
        assert.ok(
          ![...newest].some(
            ([topic, { payload }]) =>
              /accumulated|voltage/.test(topic) || (payload === "0" && topic !== "old/meter/uptime"),
          ),
        );
        assert.ok(!newest.has("old/meter/meterConsumptionTotal/mydatajson"));
        newest.clear();
        await until("power again", () => newest.has(power), 2_500);
      }));
  }

  test("registers are retained, other values are not", () =>
    within("nes-mep-reader", async (world, broker, { newest }) => {
      world.read();
      await until("all came", () => newest.has("old/meter/meter/appowerVA"));
      const late = await listener(broker.port);
      await until("the retained ones", () => late.newest.size >= 5);
      const retained = [...late.newest].filter(([, message]) => message.retained).map(([topic]) => topic);
      assert.deepEqual(retained.sort(), [
        ...[
          "old/meter/lwt",
          "old/meter/meter/export/active/accumulated",
          "old/meter/meter/export/reactive/accumulated",
        ],
        ...["old/meter/meter/import/active/accumulated", "old/meter/meter/import/reactive/accumulated"],
      ]);
      await late.client.endAsync(true);
    }));

  test("tells that the broker is gone, and goes on when it is back", () =>
    within("dabbler", async (world, broker) => {
      world.read();
      await broker.stop();
      await world.is("failing");
      assert.match((await world.status()).problem ?? "", /broker/);
      const again = await startBroker(mosquitto.path, { login, port: broker.port });
      await world.is("up");
      const heard = await listener(again.port);
      await until("online", () => heard.newest.get("old/meter/lwt")?.payload === "Online");
      await world.outputs.stop();
      await until("goodbye", () => heard.newest.get("old/meter/lwt")?.payload === "Offline");
      await heard.client.endAsync(true);
      await again.stop();
    }));
});
