import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Interval } from "@meterport/engine/model/interval";
import { SteppedClock } from "@meterport/engine/testing/stepped-clock";
import { Secret } from "@meterport/protocol/mep/security/key";
import { systemClock } from "@meterport/transports/clock";
import { matchesGolden } from "../golden.test-kit.ts";
import { firstHour, hour, OutputWorld, until } from "../output-world.test-kit.ts";
import { type FakeHomeAssistant, fakeHomeAssistant } from "./fake-home-assistant.test-kit.ts";
import { socketUrl } from "./ha-socket.ts";
import { openHomeAssistant } from "./home-assistant-output.ts";
import { metadataOf, objectOf, rowMessage, statisticId } from "./statistics.ts";

const token = "canary-of-home-assistant";

const within = async (
  work: (world: OutputWorld, ha: FakeHomeAssistant, clock: SteppedClock) => Promise<void>,
  wall = firstHour + 1_000 * hour,
): Promise<void> => {
  const ha = await fakeHomeAssistant(token);
  const clock = new SteppedClock(systemClock, { ahead: wall - Date.now() });
  const world = new OutputWorld({}, clock);
  try {
    await work(world, ha, clock);
    assert.doesNotMatch(world.lines.join(), /canary/);
  } finally {
    await world.done();
    await ha.close();
  }
};

const output = (ha: FakeHomeAssistant, given = token) => ({
  name: "home_assistant",
  begins: "now" as const,
  open: openHomeAssistant({
    url: `http://127.0.0.1:${ha.port()}`,
    token: new Secret(new TextEncoder().encode(given)),
  } as Parameters<typeof openHomeAssistant>[0]),
});

const id = "meterport:home_energy_import";

/** A quarter of an hour of 250 Wh that ends so many minutes after the first hour began. */
const quarter = (minutes: number, more: Partial<Interval> = {}): Interval => ({
  ...{ point: "home", channel: "energy_import_wh", end: firstHour + minutes * 60_000, seconds: 900, value: 250 },
  ...{ source: "difference", quality: "good", flags: [], register: null },
  ...more,
});

const quarters = (fromHour: number, toHour: number): readonly Interval[] =>
  Array.from({ length: 4 * (toHour - fromHour) }, (_, n) => quarter(60 * fromHour + 15 * (n + 1)));

const sums = (ha: FakeHomeAssistant): readonly (readonly number[])[] =>
  [...(ha.statistics.get(id) ?? [])]
    .map(([start, sum]) => [(start - firstHour) / hour, sum])
    .sort(([a = 0], [b = 0]) => a - b);

describe("hours as statistics of Home Assistant", () => {
  test("the first start sends everything that is stored; an hour in progress waits until it is over", () =>
    within(
      async (world, ha, clock) => {
        await world.store.write({ intervals: [...quarters(0, 2), quarter(135), quarter(150)] });
        world.start(output(ha));
        await world.is("up");
        await until("two hours", () => sums(ha).length === 2);
        await world.store.write({ intervals: [quarter(165)] });
        await world.delivered();
        assert.deepEqual(sums(ha), [
          [0, 1],
          [1, 2],
        ]);
        clock.step(hour);
        await world.store.write({ intervals: [quarter(180)] });
        await until("the third hour", () => sums(ha).length === 3);
        assert.deepEqual(sums(ha)[2], [2, 3]);
        assert.equal(ha.names.get(id), "Home energy import");
      },
      firstHour + 2.8 * hour,
    ));

  test("hours that were back-filled into a hole are added, and every later sum follows", () =>
    within(async (world, ha) => {
      await world.store.write({ intervals: [...quarters(0, 2), ...quarters(5, 7)] });
      world.start(output(ha));
      await until("with a hole", () => sums(ha).length === 4);
      assert.deepEqual(sums(ha), [
        [0, 1],
        [1, 2],
        [5, 3],
        [6, 4],
      ]);
      await world.is("up");
      await world.store.write({ intervals: quarters(2, 5).map((each) => ({ ...each, source: "profile" as const })) });
      await until("without", () => sums(ha).length === 7);
      await world.delivered();
      assert.deepEqual(sums(ha), [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 5],
        [5, 6],
        [6, 7],
      ]);
    }));

  test("a better value replaces the hour and what follows it, and the same again sends nothing", () =>
    within(async (world, ha) => {
      await world.store.write({ intervals: quarters(990, 995) });
      world.start(output(ha));
      await until("all", () => sums(ha).length === 5);
      await world.is("up");
      await world.store.write({ intervals: [quarter(990 * 60 + 15, { value: 1_250, source: "profile" })] });
      await world.delivered();
      await until("corrected", () => sums(ha)[4]?.[1] === 6);
      const before = ha.imported;
      await world.outputs.replace(["home_assistant"], [{ output: output(ha) }]);
      await world.is("up");
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(ha.imported, before, "nothing differs");
    }));

  test("a Home Assistant that lost its last days gets everything again", () =>
    within(async (world, ha) => {
      await world.store.write({ intervals: quarters(950, 999) });
      world.start(output(ha));
      await until("all", () => sums(ha).length === 49);
      for (const start of ha.statistics.get(id)?.keys() ?? [])
        if (start > firstHour + 970 * hour) ha.statistics.get(id)?.delete(start);
      await world.outputs.replace(["home_assistant"], [{ output: output(ha) }]);
      await until("again", () => sums(ha).length === 49);
    }));

  test("export is a statistic of its own, and other channels are none", () =>
    within(async (world, ha) => {
      world.start(output(ha));
      await world.is("up");
      await world.store.write({
        intervals: ["energy_import_wh", "energy_export_wh", "source_17"].map((channel) => quarter(15, { channel })),
      });
      await world.delivered();
      await until("both", () => ha.statistics.size === 2);
      assert.deepEqual([...ha.statistics.keys()].sort(), ["meterport:home_energy_export", id]);
    }));

  test("what Home Assistant refuses is one sentence that says what to do", () =>
    within(async (world, ha) => {
      world.start(output(ha, "canary-wrong"));
      await world.is("failing");
      assert.match(
        (await world.status()).problem ?? "",
        /^Home Assistant refuses the token: make a new one in the profile/,
      );
      ha.isAdmin = false;
      await world.store.write({ intervals: quarters(0, 1) });
      await world.outputs.replace(["home_assistant"], [{ output: output(ha) }]);
      await until("told", () =>
        /the token is not that of an administrator, who alone may import/.test(world.lines.join()),
      );
      ha.isAdmin = true;
      ha.isRecording = false;
      await until("delivered", () => sums(ha).length === 1);
      const seen = await world.outputs.test("home_assistant");
      assert.deepEqual([seen?.ok, /its recorder does not run/.test(seen?.text ?? "")], [false, true]);
    }));

  test("a Node without WebSockets is named", async () => {
    const world = new OutputWorld();
    const settings = { url: "http://127.0.0.1:1", token: new Secret(new Uint8Array(1)) };
    const open = openHomeAssistant(settings as Parameters<typeof openHomeAssistant>[0], () => {
      throw new Error("the output home_assistant needs Node 22 or newer, which has WebSockets");
    });
    world.start({ name: "home_assistant", begins: "now", open });
    await world.is("failing");
    assert.match((await world.status()).problem ?? "", /needs Node 22 or newer/);
    await world.done();
  });
});

test("identifiers are such that Home Assistant accepts, and two points never share one", () => {
  const valid = /^(?!.+__)(?!_)[\da-z_]+(?<!_):(?!_)[\da-z_]+(?<!_)$/;
  const points = ["home", "a_b", "a-b", "a--b", "a_-b", "a__b", "1", "a-", "-a", "----"];
  const ids = points.map((point) => statisticId({ point, channel: "energy_import_wh" }));
  for (const each of ids) assert.match(each, valid);
  assert.equal(new Set(ids).size, points.length);
  assert.equal(objectOf("garage_2"), "garage_2");
});

test("the address of the API follows from that of the page; one with a path is taken as it is", () => {
  assert.equal(socketUrl("http://192.168.1.5:8123"), "ws://192.168.1.5:8123/api/websocket");
  assert.equal(socketUrl("https://ha.example.org/"), "wss://ha.example.org/api/websocket");
  assert.equal(socketUrl("https://example.org/ha/"), "wss://example.org/ha/api/websocket");
  assert.equal(socketUrl("ws://supervisor/core/websocket"), "ws://supervisor/core/websocket");
});

test("a message matches its golden file", () => {
  matchesGolden(new URL("golden/import.json", import.meta.url), {
    metadata: metadataOf({ point: "home", channel: "energy_import_wh" }, "Our house"),
    stats: [rowMessage({ start: firstHour, sum: 812.31 })],
  });
});
