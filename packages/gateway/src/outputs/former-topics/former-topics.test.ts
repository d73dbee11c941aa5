import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PriceNow } from "@meterport/engine/ports/output";
import { Secret } from "@meterport/protocol/mep/security/key";
import { connect } from "mqtt";
import { type Broker, startBroker } from "../../../../../test/support/mosquitto.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { outputKinds } from "../list.ts";
import { evening, FaceWorld } from "../listening/face-contract.test-kit.ts";
import { checkDeviceMessage } from "../mqtt/home-assistant-rules.test-kit.ts";
import { hour, until } from "../output-world.test-kit.ts";
import { deviceOf, type FormerTopicsSettings, formerTopicsSchema } from "./former-topics-settings.ts";
import { hourOf, momentText } from "./price-hours.ts";

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
    more: Partial<FormerTopicsSettings> = {},
  ): Promise<void> => {
    const broker = await startBroker(mosquitto.path, { login });
    const heard = await listener(broker.port);
    const world = new FaceWorld();
    try {
      world.start(
        outputKinds.former_topics.create({
          ...{ reader, topic: "old/meter", url: `mqtt://127.0.0.1:${broker.port}`, repeat: 1_000, version: "3.1.1" },
          ...{ user: "me", password: new Secret(new TextEncoder().encode(password)), ...more },
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
      .map(
        ([topic, { payload }]) =>
          `${topic} ${/uptime|alivecounter/.test(topic) ? "…" : payload.replace(/"up":\d+/, '"up":…')}\n`,
      )
      .sort()
      .join("");

  const forms = [
    { reader: "dabbler", last: "/frequency/mydatajson", power: "/meterConsumptionFwd/mydatajson", state: "/lwt" },
    { reader: "nes-mep-reader", last: "/meter/appowerVA", power: "/meter/import/active", state: "/lwt" },
    { reader: "nes-mep-reader-ha", last: "/state", power: "/power", state: "/lwt" },
    {
      ...({ reader: "osgp-meter", last: "/sensor/osgp_meter_utility_serial/state" } as const),
      ...{ power: "/sensor/osgp_meter_forward_active_power/state", state: "/status" },
    },
  ] as const;

  for (const { reader, last, power, state } of forms) {
    const base = "old/meter";
    const said = (newest: ReadonlyMap<string, Message>): string | undefined =>
      newest.get(`${base}${state}`)?.payload.toLowerCase();

    test(`publishes what ${reader} published`, () =>
      within(reader, async (world, _, { newest }) => {
        world.home.read(Date.UTC(2026, 7, 1, 10, 15), evening);
        await until("all came", () => newest.has(`${base}${last}`));
        matchesGolden(new URL(`golden/${reader}.txt`, import.meta.url), all(newest));
        assert.equal(said(newest), "online");
      }));

    test(`${reader}: is offline and silent once values are stale, and speaks again before it would repeat`, () =>
      within(
        reader,
        async (world, _, { newest, count }) => {
          world.read();
          await until("all came", () => newest.has(`${base}${last}`));
          world.home.goStale();
          await until("offline", () => said(newest) === "offline");
          const before = count();
          await new Promise((resolve) => setTimeout(resolve, 1_300));
          assert.equal(count(), before);
          newest.clear();
          world.read();
          await until("all came again", () => newest.has(`${base}${last}`));
        },
        { repeat: 600_000 },
      ));

    test(`${reader}: says unchanged values again, and 0 for nothing that is unknown`, () =>
      within(reader, async (world, _, { newest }) => {
        world.read({ power_import_w: 7 });
        await until("power", () => newest.has(`${base}${power}`));
        assert.match(newest.get(`${base}${power}`)?.payload ?? "", /(^|:)7(,|$)/);
        await until(
          "the last",
          () => newest.has(`${base}${last}`) || reader === "dabbler" || reader === "nes-mep-reader",
        );
        for (const [topic, { payload }] of newest) {
          assert.doesNotMatch(topic, /accumulated|voltage/i);
          assert.ok(payload !== "0" || topic.endsWith("/uptime"), topic);
          assert.doesNotMatch(payload.replace(/"up":0/, ""), /:0\b/, topic);
        }
        assert.ok(!newest.has(`${base}/meterConsumptionTotal/mydatajson`));
        newest.clear();
        await until("power again", () => newest.has(`${base}${power}`));
      }));
  }

  for (const { reader, count } of [
    { reader: "nes-mep-reader-ha", count: 28 },
    { reader: "osgp-meter", count: 21 },
  ] as const)
    test(`${reader}: Home Assistant accepts each entity, and those whose value is unknown are not announced`, () =>
      within(
        reader,
        async (world, _, { newest }) => {
          world.read({ power_import_w: 7 });
          const found = (): readonly string[] => [...newest.keys()].filter((topic) => topic.startsWith("found/"));
          const texts = reader === "osgp-meter" ? 5 : 0;
          await until("the first", () => found().length === 1 + texts);
          world.read();
          await until("all are announced", () => found().length >= count);
          assert.equal(found().length, count);
          const bodies = found().map((topic) => JSON.parse(newest.get(topic)?.payload ?? "") as Record<string, object>);
          const [{ device = {}, origin = {} } = {}] = bodies;
          assert.deepEqual(
            { ...device, name: null },
            { identifiers: ["ams-1a2b"], name: null, manufacturer: "NES", model: "83331" },
          );
          const components = Object.fromEntries(
            bodies.map(({ device: _own, origin: _ours, ...body }, n) => [`${n}`, { platform: "sensor", ...body }]),
          );
          checkDeviceMessage("found/device/x/config", { device, origin, components } as never);
          for (const { state_topic: from, availability } of bodies) {
            await until(String(from), () => newest.has(String(from)));
            assert.match(JSON.stringify(availability), /"topic":"old\/meter\/(lwt|status)"/);
          }
        },
        { device: "ams-1a2b", discovery_prefix: "found" },
      ));

  test("nes-mep-reader-ha: a template finds each value in its message, and a factor of power is in per cent", () =>
    within("nes-mep-reader-ha", async (world, _, { newest }) => {
      world.read({ ...evening, power_factor_l2: -0.995 });
      await until("all", () => newest.has("homeassistant/sensor/meter_monthproduced/config"));
      for (const [topic, { payload }] of newest) {
        if (!topic.startsWith("homeassistant/")) continue;
        const { state_topic: from, value_template: template } = JSON.parse(payload) as Record<string, string>;
        await until(`${from}`, () => newest.has(from ?? ""));
        let value: unknown = JSON.parse(newest.get(from ?? "")?.payload ?? "");
        const path = /value_json\.([\w.]+)/.exec(template ?? "")?.[1] ?? "";
        for (const key of path.split(".")) value = (value as Record<string, unknown> | undefined)?.[key];
        assert.notEqual(value, undefined, `${topic}: ${template}`);
      }
      const factor = JSON.parse(newest.get("homeassistant/sensor/meter_PF2/config")?.payload ?? "{}");
      assert.equal(JSON.parse(newest.get("old/meter/power")?.payload ?? "{}").PF2, -0.995);
      assert.equal(factor.unit_of_measurement, "%");
      assert.match(factor.value_template, /\* 100/);
    }));

  /** Three hours from the one that holds `from`: 0.1, 0.2 and 0.3 kroner. */
  const threeHours = async (from: number): Promise<readonly PriceNow[]> =>
    Array.from({ length: 12 }, (_, n) => ({
      ...{ currency: "DKK", start: from + n * 900_000, end: from + (n + 1) * 900_000 },
      ...{ energy: null, total: (1 + Math.floor(n / 4)) / 10, feedIn: null },
    }));

  test("nes-mep-reader: tells the prices ahead, keeps them at the broker, and takes them back with stale values", () =>
    within("nes-mep-reader", async (world, _, { newest }) => {
      const said = (path: string): string | undefined => newest.get(`old/meter/price/${path}`)?.payload;
      world.prices = threeHours;
      world.read();
      const begun = hourOf(world.clock.wall());
      await until("all prices", () => said("cheapest/6hr") !== undefined);
      assert.deepEqual(["0", "1", "2", "3", "33", "min", "max", "cheapest/6hr"].map(said), [
        "0.1000",
        "0.2000",
        "0.3000",
        "",
        "",
        "0.1000",
        "0.3000",
        "",
      ]);
      assert.equal(said("cheapest/1hr"), momentText(begun));
      world.home.goStale();
      await until("they are taken back", () => said("0") === "" && said("max") === "");
      world.read();
      await until("they are told again", () => said("0") === "0.1000" && said("max") === "0.3000");
    }));

  test("nes-mep-reader-ha: tells the prices ahead, and announces those that are known", () =>
    within("nes-mep-reader-ha", async (world, _, { newest }) => {
      const config = (id: string) => JSON.parse(newest.get(`homeassistant/sensor/meter_${id}/config`)?.payload ?? "{}");
      world.prices = threeHours;
      world.read();
      await until("the last of them", () => newest.has("homeassistant/sensor/meter_pricescheapest3hr/config"));
      const { prices } = JSON.parse(newest.get("old/meter/prices")?.payload ?? "{}");
      assert.deepEqual([prices["0"], prices["2"], prices["3"], prices["37"], prices.min], [0.1, 0.3, null, null, 0.1]);
      assert.equal(prices.cheapest3hr, momentText(hourOf(world.clock.wall())));
      const present = config("prices0");
      assert.deepEqual(
        [present.name, present.value_template, present.unit_of_measurement],
        ["Price current hour", "{{ value_json.prices['0'] }}", "DKK/kWh"],
      );
      assert.deepEqual([config("prices3"), config("pricescheapest6hr")], [{}, {}], "what is unknown is not announced");
      assert.equal(config("pricescheapest1hr").device_class, "timestamp");
    }));

  test("tells the energy of the hour, the day and the month from what is stored", () =>
    within("nes-mep-reader-ha", async (world, _, { newest }) => {
      const sums = () => JSON.parse(newest.get("old/meter/realtime")?.payload ?? "{}");
      // The twelve hours up to the full hour in which the reading is, of 1 kWh each; the month began before them.
      const full = Math.floor(world.clock.wall() / hour) * hour;
      const from = full - 12 * hour;
      await world.store.write({
        intervals: Array.from({ length: 12 }, (_, n) => ({
          ...({ point: "home", channel: "energy_import_wh", seconds: 3_600, value: 1_000, flags: [] } as const),
          ...({ register: null, end: from + (n + 1) * hour, source: "profile", quality: "good" } as const),
        })),
      });
      world.home.read(full + 1_000, { ...evening, energy_import_wh: 5_000_000 });
      await until("the hour", () => sums().hour?.use === 0);
      world.home.read(full + 600_000, { ...evening, energy_import_wh: 5_000_250 });
      await until("a part of an hour", () => sums().hour?.use === 0.25);
      assert.equal(sums().hour.produced, 0);
    }));

  test("the name of the reader is the last part of its topic if it is not given", () => {
    for (const [topic, device] of [
      ["amsmeter", "amsmeter"],
      ["home/ams-1a2b/", "ams-1a2b"],
      ["home/zähler", "z_hler"],
      ["/", "meter"],
    ] as const)
      assert.equal(deviceOf({ topic, device: undefined }), device);
    for (const device of ["a b", "a/b", "a#", ""])
      assert.equal(formerTopicsSchema.shape.device.safeParse(device).success, false, device);
  });

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
