/** What the output says, without a broker. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { ChildView, PointView } from "@meterport/engine/ports/output";
import { FakeView } from "@meterport/engine/testing/fake-view";
import { type LiveReading, liveKeys } from "@meterport/protocol/meaning/readings";
import { changePayload } from "../change-payload.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { childDiscovery, gatewayDiscovery, pointDiscovery } from "./discovery.ts";
import { checkDeviceMessage, type DeviceMessage, templateKeys } from "./home-assistant-rules.test-kit.ts";
import {
  childPayload,
  diagnosticsPayload,
  energyPayload,
  livePayload,
  pricePayload,
  statusPayload,
} from "./payloads.ts";
import { PointSayer } from "./point-sayer.ts";
import { discoveryTopic, gatewayNode, nodeOf, pointTopics } from "./topics.ts";

const start = Date.UTC(2026, 7, 1, 10, 15);

const values: Partial<LiveReading> = {
  ...{ power_w: 1_234, power_import_w: 1_234, power_export_w: 0, power_l1_w: 488, power_l2_w: 390, power_l3_w: 356 },
  ...{ voltage_l1_v: 231.4, voltage_l2_v: 230.9, voltage_l3_v: 232, current_l1_a: 2.11, current_l2_a: 1.7 },
  ...{ current_l3_a: 1.58, frequency_hz: 50.01, energy_import_wh: 13_779_338, energy_export_wh: 412_007 },
};

const pointOf = (view: FakeView, more: Partial<PointView> = {}): PointView => ({
  ...{ id: view.id, name: view.name, zone: "Europe/Copenhagen" },
  live: () => view.live(),
  detail: () => view.detail(),
  total: (register) => view.live()[register],
  price: () => null,
  prices: async () => null,
  ...more,
});

const home = () => {
  const view = new FakeView("home", "Our house");
  view.read(start, values);
  return view;
};

const price = {
  ...{ currency: "DKK", start, end: start + 900_000, energy: 0.31, total: 0.1 + 0.2, feedIn: null },
} as const;

const options = { prefix: "meterport", version: "0.1.0", repeat: 10_000 };

const discoveryOf = (view: FakeView, more: Partial<PointView> = {}): DeviceMessage => {
  const sayer = new PointSayer(pointOf(view, more));
  sayer.saw(view.live());
  return pointDiscovery(sayer.point, sayer.seen, options);
};

describe("messages of the output mqtt", () => {
  test("match their golden files", () => {
    const view = home();
    const live = view.live();
    const golden = (name: string, body: unknown) =>
      matchesGolden(new URL(`golden/${name}.json`, import.meta.url), body);
    golden("live", livePayload(live));
    golden("energy", energyPayload(pointOf(view), live));
    golden("status", statusPayload(view.detail(), live, new Set(["outage"])));
    golden("diagnostics", diagnosticsPayload(view.detail()));
    golden("discovery", discoveryOf(view));
    golden("price", pricePayload(price));
    golden("discovery-gateway", gatewayDiscovery(options));
    view.goStale();
    golden("live-stale", livePayload(view.live()));
    const head = { number: 7, stored: start, point: "home" };
    const event = {
      point: "home",
      id: "outage:1",
      time: start,
      until: null,
      kind: "outage",
      number: null,
      origin: "outage",
      detail: '{"cause":"x"}',
    } as const;
    const interval = {
      point: "home",
      channel: "energy_import_wh",
      end: start,
      seconds: 900,
      value: 250,
      source: "profile",
      quality: "good",
      flags: [],
      register: null,
      revision: 2,
      stored: start,
    } as const;
    const register = {
      point: "home",
      register: "energy_import_wh",
      tier: 0,
      time: start,
      value: 1_000,
      reason: "daily",
      serial: "1234",
    } as const;
    const device = {
      point: "home",
      from: start,
      to: null,
      serial: "1234",
      manufacturer: null,
      model: null,
      firmware: null,
      profile: null,
      start: {},
      end: null,
    } as const;
    const entries: readonly JournalEntry[] = [
      { ...head, kind: "event", event },
      { ...head, kind: "interval", interval },
      { ...head, kind: "register", register },
      { ...head, kind: "device", device },
    ];
    golden("changes", entries.map(changePayload));
  });

  test("announcements keep to the rules of Home Assistant, for any prefix and meter", () => {
    const prefixes = ["meterport", "haus/zähler-1", "a.b"];
    for (const prefix of prefixes)
      for (const id of ["home", "1-a_b"]) {
        const view = new FakeView(id);
        view.read(start, Object.fromEntries(liveKeys.map((key) => [key, 1])));
        const sayer = new PointSayer(pointOf(view));
        sayer.saw(view.live());
        const message = pointDiscovery(sayer.point, sayer.seen, { ...options, prefix });
        checkDeviceMessage(discoveryTopic("homeassistant", nodeOf(prefix, id)), message);
        assert.ok(Object.keys(message.components).length >= liveKeys.length);
        checkDeviceMessage(
          discoveryTopic("homeassistant", gatewayNode(prefix)),
          gatewayDiscovery({ ...options, prefix }),
        );
      }
  });

  test("every key that is announced is in every message, known or not", () => {
    const view = home();
    const message = discoveryOf(view);
    const topics = pointTopics("meterport", "home");
    const check = (): void => {
      const live = view.live();
      const bodies = {
        live: livePayload(live),
        energy: energyPayload(pointOf(view), live),
        status: statusPayload(view.detail(), live, undefined),
        diagnostics: diagnosticsPayload(view.detail()),
      };
      for (const [source, body] of Object.entries(bodies)) {
        const wanted = templateKeys(message, topics[source as keyof typeof bodies]);
        assert.ok(wanted.length > 0, source);
        for (const key of wanted) assert.ok(key in body, `${source} lacks ${key}`);
      }
    };
    check();
    view.goStale();
    check();
    assert.equal(
      (Object.values(livePayload(view.live())) as readonly unknown[]).includes(0),
      false,
      "unknown is never 0",
    );
  });

  test("a meter with prices announces them in its currency, and says them while they are known", () => {
    const view = home();
    const { components } = discoveryOf(view, { price: () => price });
    checkDeviceMessage("homeassistant/device/meterport_home/config", discoveryOf(view, { price: () => price }));
    assert.equal(components.price?.unit_of_measurement, "DKK/kWh");
    assert.equal(components.price?.state_topic, "meterport/meter/home/price");
    assert.ok(Number(components.price?.expire_after) >= 60);
    assert.equal(discoveryOf(view).components.price, undefined);
    for (const key of templateKeys(discoveryOf(view, { price: () => price }), "meterport/meter/home/price"))
      assert.ok(key in pricePayload(price), key);
    let now: typeof price | null = price;
    const sayer = new PointSayer(pointOf(view, { price: () => now }));
    const said = (time: number) => sayer.sayings(view.live(), time, 10_000, undefined).map(({ source }) => source);
    assert.ok(said(0).includes("price"));
    assert.ok(!said(5_000).includes("price"));
    assert.ok(said(10_000).includes("price"));
    now = null;
    const last = sayer.sayings(view.live(), 12_000, 10_000, undefined).find(({ source }) => source === "price");
    assert.deepEqual(last?.body, { start: null, end: null, currency: null, total: null, energy: null, feed_in: null });
    assert.ok(!said(30_000).includes("price"), "once is enough");
    const never = new PointSayer(pointOf(view));
    assert.ok(!never.sayings(view.live(), 0, 10_000, undefined).some(({ source }) => source === "price"));
  });

  test("what the meter has not is not announced", () => {
    const view = new FakeView("home");
    view.read(start, { power_w: 1, voltage_l1_v: 230, energy_import_wh: 1 });
    const keys = Object.keys(discoveryOf(view).components);
    assert.ok(keys.includes("power") && keys.includes("energy_import"));
    assert.ok(!keys.includes("voltage_l2") && !keys.includes("energy_export"));
  });

  test("a meter behind another one stands behind it, with a class for what it counts", () => {
    const child: ChildView = {
      ...{ id: "home.12345678", parent: "home", serial: "12345678", medium: "cold water", manufacturer: "KAM" },
      ...{ state: "up", alarms: ["leak"], readAt: start },
      values: [
        { register: "volume_m3", tier: 0, value: 123.456 },
        { register: "volume_m3", tier: 1, value: 3 },
        { register: "flow_temperature_unit_1_max_c", tier: 0, value: 21.5 },
        { register: "volume_flow_m3_per_h", tier: 0, value: 0.2 },
        { register: "on_time_something", tier: 0, value: 1 },
      ],
    };
    const message: DeviceMessage = childDiscovery(child, options);
    checkDeviceMessage(discoveryTopic("homeassistant", nodeOf("meterport", child.id)), message);
    assert.equal(message.device.via_device, "meterport_home");
    assert.equal(message.components.volume_m3?.device_class, "water");
    const heat: DeviceMessage = childDiscovery({ ...child, medium: "heat" }, options);
    assert.equal(heat.components.volume_m3?.device_class, "volume");
    const payload = childPayload(child);
    for (const key of templateKeys(message, pointTopics("meterport", child.id).values)) assert.ok(key in payload, key);
    matchesGolden(new URL("golden/child.json", import.meta.url), payload);
    matchesGolden(new URL("golden/discovery-child.json", import.meta.url), message);
  });

  test("a new name or another meter keeps every identifier", () => {
    const view = home();
    const ids = (message: DeviceMessage) => Object.values(message.components).map((each) => each.unique_id);
    const before = discoveryOf(view);
    view.name = "Cottage";
    const after = discoveryOf(view);
    assert.deepEqual([after.device.name, ids(after)], ["Cottage", ids(before)]);
    assert.equal(before.device.via_device, "meterport__gateway");
  });
});

describe("what is said of a point", () => {
  test("under another name its meter still has what it has shown", () => {
    const view = home();
    const sayer = new PointSayer(pointOf(view));
    sayer.saw(view.live());
    view.goStale();
    view.name = "Cottage";
    const next = new PointSayer(pointOf(view), sayer);
    assert.ok(next.isKnown && next.isNews());
    assert.deepEqual([...next.seen], [...sayer.seen]);
  });

  test("a reading at once, the same again at the interval, and nothing between", () => {
    const view = home();
    const sayer = new PointSayer(pointOf(view));
    const said = (now: number) => sayer.sayings(view.live(), now, 10_000, undefined).map(({ source }) => source);
    assert.deepEqual(said(0), ["live", "energy", "status", "diagnostics"]);
    assert.deepEqual(said(5_000), []);
    assert.deepEqual(said(10_000), ["live", "energy", "status"]);
    view.read(start + 11_000, values);
    assert.deepEqual(said(11_000), ["live"]);
    view.read(start + 12_000, { ...values, energy_import_wh: 13_779_339 });
    assert.deepEqual(said(12_000), ["live", "energy"]);
  });

  test("stale values are said once as nulls, then only that the meter is silent", () => {
    const view = home();
    const sayer = new PointSayer(pointOf(view));
    assert.equal(sayer.availability(view.live()), true);
    sayer.sayings(view.live(), 0, 10_000, undefined);
    view.goStale();
    const said = (now: number) => sayer.sayings(view.live(), now, 10_000, undefined).map(({ source }) => source);
    assert.equal(sayer.availability(view.live()), false);
    assert.equal(sayer.availability(view.live()), undefined);
    assert.deepEqual(said(1_000), ["live", "status"]);
    assert.deepEqual(said(11_000), ["status"]);
  });
});
