/** The real gateway reading virtual meters over TCP: its API while they answer, while they do not, and afterwards. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import type {
  HealthAnswer,
  HistoryAnswer,
  LinkHealth,
  LiveAnswer,
  MeterDetail,
  MeterSummary,
} from "@meterport/gateway/http/api";
import { liveKeys } from "@meterport/protocol/meaning/readings";
import { systemClock } from "@meterport/transports/clock";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";
import { stopwatch } from "./support/stopwatch.ts";

const wrongKey = "c3".repeat(16);
const answerKeys = ["id", "time", ...liveKeys, "quality"];

interface Heard {
  readonly event: string;
  readonly data: unknown;
}
/** Server-sent events until `enough` says so. */
const hear = async (url: string, enough: (heard: readonly Heard[]) => boolean): Promise<readonly Heard[]> => {
  const controller = new AbortController();
  const response = await fetch(url, { signal: controller.signal });
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const heard: Heard[] = [];
  let text = "";
  try {
    for await (const chunk of (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
        const event = field("event");
        if (event !== undefined) heard.push({ event, data: JSON.parse(field("data") ?? "null") });
      }
      if (enough(heard)) return heard;
    }
  } finally {
    controller.abort();
  }
  return assert.fail(`the stream ended after ${heard.length} events`);
};

describe("a gateway over TCP", () => {
  let meter: ServedMeter;
  let other: ServedMeter;
  let gateway: SpawnedGateway;
  before(async () => {
    [meter, other] = await Promise.all([serveMeter(), serveMeter()]);
    gateway = await startGateway(`interval: 200ms
meters:
  - { id: cellar, name: Cellar, link: "${meter.url}", key: "hex:${meter.key}" }
  - { id: garage, link: "${other.url}", key: "hex:${wrongKey}" }
`);
    await until("cellar", ({ last_reading }) => last_reading !== null);
  });
  after(async () => {
    await gateway?.remove();
    await Promise.all([meter?.unplug(), other?.unplug()]);
  });

  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${gateway.url}/api/v1${path}`);
    assert.equal(response.status, 200, path);
    return (await response.json()) as T;
  };
  const until = async (id: string, wanted: (link: LinkHealth) => boolean): Promise<LinkHealth> => {
    const { link } = await get<MeterDetail>(`/meters/${id}`);
    if (wanted(link)) return link;
    const { data } = (
      await hear(`${gateway.url}/api/v1/meters/${id}/events`, (heard) => {
        const last = heard.at(-1);
        return last?.event === "link" && wanted(last.data as LinkHealth);
      })
    ).at(-1) as Heard;
    return data as LinkHealth;
  };

  test("lists its meters, with what each says it is", async () => {
    const meters = await get<readonly MeterSummary[]>("/meters");
    assert.deepEqual(
      meters.map(({ id, name, simulated }) => ({ id, name, simulated })),
      [
        { id: "cellar", name: "Cellar", simulated: false },
        { id: "garage", name: "garage", simulated: false },
      ],
    );
    const { identity, link } = await get<MeterDetail>("/meters/cellar");
    assert.equal(link.url, meter.url);
    assert.equal(link.poll_interval_ms, 200);
    assert.equal(link.problem, null);
    assert.match(identity?.firmware ?? "", /^3\.70\.\d\d$/);
    assert.equal(identity?.profile, "meter:3.70");
    for (const told of [identity?.manufacturer, identity?.model, identity?.serial, identity?.utility_serial])
      assert.match(told ?? "", /\S/);
  });

  test("answers with exactly the live keys, in order, and the meter's own values", async () => {
    const live = await get<LiveAnswer>("/meters/cellar/live");
    assert.deepEqual(Object.keys(live), answerKeys);
    assert.equal(live.id, "cellar");
    assert.equal(live.quality, "good");
    const read = Date.parse(live.time ?? "");
    assert.ok(Math.abs(Date.now() - read) < 3_000, String(live.time));
    // The meter's clock and ours began together; a reading is from the seconds around it.
    const now = meter.device.timeAt(systemClock.now());
    const around = Array.from({ length: 12 }, (_, n) => n - 9).map((seconds) =>
      meter.device.valuesAt(now + 1000 * seconds),
    );
    const had = (of: (values: ReadonlyMap<number, number>) => number, value: number | null): void =>
      assert.ok(
        around.some((values) => of(values) === value),
        `${value}`,
      );
    const from = (values: ReadonlyMap<number, number>, id: number): number => values.get(id) ?? Number.NaN;
    had((values) => from(values, 8) - from(values, 9), live.power_w);
    had((values) => from(values, 15) / 1000, live.voltage_l1_v);
    had((values) => from(values, 0), live.energy_import_wh);
  });

  test("sends each reading as an event", async () => {
    const heard = await hear(
      `${gateway.url}/api/v1/meters/cellar/events`,
      (heard) => heard.filter(({ event }) => event === "live").length >= 4,
    );
    assert.equal(heard[0]?.event, "link");
    const readings = heard.filter(({ event }) => event === "live").map(({ data }) => data as LiveAnswer);
    for (const reading of readings) assert.deepEqual(Object.keys(reading), answerKeys);
    const times = readings.map(({ time }) => time);
    assert.equal(new Set(times).size, times.length);
    assert.deepEqual(times, times.toSorted());
  });

  test("keeps a history", async () => {
    const { id, step, points } = await get<HistoryAnswer>("/meters/cellar/history?step=10");
    assert.equal(id, "cellar");
    assert.equal(step, 10);
    const known = points.filter(({ power_w }) => power_w !== null);
    assert.ok(known.length >= 1 && known.length <= 6, `${known.length} of ${points.length} points`);
    const last = known.at(-1);
    assert.ok(last !== undefined && (last.power_min_w ?? 1e9) <= (last.power_w ?? 1e9));
    assert.ok((last.power_w ?? 1e9) <= (last.power_max_w ?? -1e9));
    assert.ok((last.energy_import_wh ?? 0) > 0);
  });

  test("says that a wrong key is refused, and never shows it", async () => {
    const link = await until("garage", ({ state }) => state === "refused");
    // On a busy machine one of the attempts may end without an answer, which the sentence then adds.
    assert.match(
      link.problem ?? "",
      /^read BT01: the meter knows no key that fits the digest \(0x0B\) after 3 attempts/,
    );
    const live = await get<LiveAnswer>("/meters/garage/live");
    assert.deepEqual(Object.keys(live), answerKeys);
    assert.deepEqual([live.time, live.power_w, live.quality], [null, null, "stale"]);
    const health = await get<HealthAnswer>("/health");
    assert.deepEqual([health.status, health.meters, health.meters_up], ["ok", 2, 1]);
    const said = gateway.log() + JSON.stringify(await get("/meters")) + JSON.stringify(await get("/meters/garage"));
    for (const key of [wrongKey, meter.key]) assert.ok(!said.toLowerCase().includes(key));
  });

  test("withholds every value of an unplugged meter, and shows them again when it is back", async (t) => {
    const before = await get<LiveAnswer>("/meters/cellar/live");
    const untilSilent = stopwatch();
    await meter.unplug();
    const lost = await until("cellar", ({ state }) => state === "silent");
    const silent = untilSilent();
    t.diagnostic(`silent after ${Math.round(silent)} ms: ${lost.problem}`);
    assert.ok(silent <= 5_000);
    assert.notEqual(lost.problem, null);
    assert.ok(["closed", "not-open"].includes(lost.cause ?? ""), lost.cause ?? "");
    const live = await get<LiveAnswer>("/meters/cellar/live");
    assert.deepEqual(Object.keys(live), answerKeys);
    assert.equal(live.quality, "stale");
    assert.ok(liveKeys.every((key) => live[key] === null));
    assert.ok(live.time !== null && before.time !== null && live.time >= before.time);

    const untilUp = stopwatch();
    await meter.plugIn();
    const link = await until(
      "cellar",
      ({ state, last_reading }) => state === "up" && last_reading !== lost.last_reading,
    );
    const up = untilUp();
    t.diagnostic(`up ${Math.round(up)} ms after it was plugged in`);
    assert.deepEqual([link.cause, link.problem, link.outages], [null, null, 1]);
    assert.ok(up <= 3_000);
    const again = await get<LiveAnswer>("/meters/cellar/live");
    assert.equal(again.quality, "good");
    assert.ok((again.energy_import_wh ?? 0) >= (before.energy_import_wh ?? Number.POSITIVE_INFINITY));
  });

  test("shuts down cleanly", async () => {
    assert.equal(await gateway.stop(), 0, gateway.log());
  });
});

test("a bridge that floods its link is silent, and does not slow down the other meter", {
  timeout: 60_000,
}, async (t) => {
  const zeros = Buffer.alloc(256 * 1024);
  const bridge = createServer((socket) => {
    socket.on("error", () => {});
    socket.resume();
    const pour = (): void => {
      // With a turn of the event loop between, since the other meter answers from this process as well.
      if (!socket.destroyed) socket.write(zeros, () => setImmediate(pour));
    };
    pour();
  }).listen(0, "127.0.0.1");
  await once(bridge, "listening");
  t.after(() => bridge.close());
  const { port } = bridge.address() as AddressInfo;
  const meter = await serveMeter();
  t.after(meter.unplug);
  const gateway = await startGateway(`interval: 500ms
meters:
  - { id: flood, link: "tcp://127.0.0.1:${port}", key: "hex:${meter.key}", security: rc4 }
  - { id: cellar, link: "${meter.url}", key: "hex:${meter.key}", security: rc4 }
`);
  t.after(gateway.remove);
  const linksOf = async (id: string, enough: (link: LinkHealth) => boolean): Promise<void> => {
    await hear(`${gateway.url}/api/v1/meters/${id}/events`, (heard) => {
      const last = heard.at(-1);
      return last?.event === "link" && enough(last.data as LinkHealth);
    });
  };
  await linksOf("flood", ({ state, alerts }) => state === "silent" && alerts > 0);
  await linksOf("cellar", ({ state, polls, outages }) => state === "up" && polls >= 8 && outages === 0);
  assert.equal(await gateway.stop(), 0, gateway.log());
});
