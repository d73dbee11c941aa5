/** Values on a meter's display: the client's keeper against the memory of the virtual meter. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Meter } from "@meterport/client";
import { readDisplay } from "@meterport/client/meter/write/display";
import { readDisplayMessages } from "@meterport/client/readers/display-messages";
import { DisplayKeeper, type DisplayMemory } from "@meterport/device/display/display-keeper";
import { DisplayRunner } from "@meterport/device/display/display-runner";
import { recordedClientSources } from "@meterport/device/display/recorded-sources";
import { locate } from "@meterport/protocol/layout/index";
import { BT62, ET50, ET55 } from "@meterport/protocol/tables/index";
import { virtualWorld } from "./support/virtual-world.ts";

const world = (profile: string, writable = true) => virtualWorld({ profile, writable, level: "basic" });

const remembering = () => {
  const saved: (DisplayMemory | null)[] = [];
  return { saved, remember: async (memory: DisplayMemory | null) => void saved.push(memory) };
};
const keeperOf = (meter: Meter, memory?: unknown) =>
  new DisplayKeeper({ index: meter.place.index, places: [0, 1], memory });

describe("a kept display", () => {
  for (const profile of ["meter:3.70", "meter:4.30"])
    test(`shows values in turn and leaves ET50 as it was, on ${profile}`, async () => {
      const { clock, virtual, meter } = await world(profile);
      const before = virtual.memory.get(ET50.number)?.slice();
      const { saved, remember } = remembering();
      const runner = new DisplayRunner({ meter, keeper: keeperOf(meter), remember });
      const running = runner.run();
      runner.want({
        items: [
          { value: 1234, icons: ["kW"] },
          { value: -56, icons: ["kWh", "minus"] },
          { value: 7, icons: ["euro"] },
        ],
        house: "flash",
      });
      await clock.advance(20_000);
      const shown = async () =>
        (await clock.run(readDisplay(meter))).slice(0, 2).map(({ value, icons }) => [value, ...icons]);
      assert.deepEqual(await shown(), [
        [1234, "kW"],
        [-56, "kWh", "minus"],
      ]);
      // Turns come every 30 s.
      await clock.advance(20_000);
      assert.deepEqual(await shown(), [[7, "euro"], [0]]);
      const { clients } = await clock.run(meter.read(ET50));
      // On firmware 4.30, ET55 lets no client drive the house icon, as at the factory.
      assert.equal(clients[0]?.houseIcon, profile === "meter:3.70" ? 2 : 0);
      assert.notDeepEqual(virtual.memory.get(ET50.number), before);
      runner.stop();
      assert.equal(await clock.run(running), true);
      assert.deepEqual(virtual.memory.get(ET50.number), before);
      assert.equal(saved.at(-1), null);
      assert.ok(saved.length > 1);
    });

  test("writes nothing while nothing changes", async () => {
    const { clock, virtual, meter } = await world("meter:3.70");
    const runner = new DisplayRunner({ meter, keeper: keeperOf(meter), remember: async () => {} });
    const running = runner.run();
    const wanted = { items: [{ value: 5, icons: ["kW" as const] }] };
    runner.want(wanted);
    await clock.advance(60_000);
    const { sequence } = virtual;
    for (let i = 0; i < 20; i++) {
      runner.want(wanted);
      await clock.advance(60_000);
    }
    assert.equal(virtual.sequence, sequence, "no request was sent");
    runner.stop();
    await clock.run(running);
  });

  test("is put right by the run after a crash", async () => {
    const { clock, virtual, meter } = await world("meter:3.70");
    const before = virtual.memory.get(ET50.number)?.slice();
    const { saved, remember } = remembering();
    const crashed = new DisplayRunner({ meter, keeper: keeperOf(meter), remember });
    void crashed.run();
    crashed.want({ items: [{ value: 99, icons: ["kWh"] }] });
    await clock.advance(20_000);
    assert.notDeepEqual(virtual.memory.get(ET50.number), before);
    const next = new DisplayRunner({ meter, keeper: keeperOf(meter, saved.at(-1)), remember });
    next.stop();
    assert.equal(await clock.run(next.run()), true);
    assert.deepEqual(virtual.memory.get(ET50.number), before);
  });

  test("says which client drives the house icon, and shows it if it is ours", async () => {
    const { clock, virtual, meter } = await world("meter:4.30");
    const drivers: number[] = [];
    const options = { meter, remember: async () => {}, onIconsIgnored: (by: number) => void drivers.push(by) };
    const first = new DisplayRunner({ ...options, keeper: keeperOf(meter) });
    const running = first.run();
    first.want({ items: [], house: "on" });
    await clock.advance(20_000);
    assert.deepEqual(drivers, [0]);
    const { offset } = locate(ET55, ["houseIconControl"], virtual.dimensions);
    virtual.memory.patch(ET55.number, offset, Uint8Array.of(1));
    await clock.run(first.check());
    await clock.advance(20_000);
    assert.equal(await clock.run(meter.read(ET50, ["clients", 0, "houseIcon"])), 1);
    first.stop();
    await clock.run(running);
  });

  test("shows nothing that the meter would record as a measured value, unless it is told to", async () => {
    const { clock, virtual, meter } = await world("meter:3.70");
    const before = virtual.memory.get(ET50.number)?.slice();
    assert.deepEqual(await clock.run(recordedClientSources(meter)), []);
    // The first channel of data set 1 becomes counter 1 of MEP device 1 (MEP guide 1.1, p. 211).
    const { offset } = locate(BT62, ["dataSets", 0, "channelSettings", 0, "intervalSource"], virtual.dimensions);
    virtual.memory.patch(BT62.number, offset, Uint8Array.of(73));
    assert.deepEqual(await clock.run(recordedClientSources(meter)), [73]);
    const shows = (more: object) => {
      const runner = new DisplayRunner({ meter, keeper: keeperOf(meter), remember: async () => {}, ...more });
      runner.want({ items: [{ value: 1, icons: [] }] });
      return { runner, running: runner.run() };
    };
    await assert.rejects(clock.run(shows({}).running), { name: "UsageError", code: "recorded", message: /source 73/ });
    assert.deepEqual(virtual.memory.get(ET50.number), before);
    const { runner, running } = shows({ evenIfRecorded: true });
    await clock.advance(20_000);
    assert.notDeepEqual(virtual.memory.get(ET50.number), before);
    runner.stop();
    assert.equal(await clock.run(running), true);
  });

  test("ends with the error of a connection that only reads", async () => {
    const { clock, virtual, meter } = await world("meter:3.70", false);
    const before = virtual.memory.get(ET50.number)?.slice();
    const runner = new DisplayRunner({ meter, keeper: keeperOf(meter), remember: async () => {} });
    runner.want({ items: [{ value: 1, icons: [] }] });
    await assert.rejects(clock.run(runner.run()), { name: "UsageError", code: "not-writable" });
    assert.deepEqual(virtual.memory.get(ET50.number), before);
  });
});

describe("messages on the display", () => {
  test("are read as characters, and as ASCII where they are", async () => {
    const { clock, virtual, meter } = await world("meter:4.30");
    const at = (name: "lcdMessageId" | "lcdMessageText" | "lcdMessageDisplayStart" | "lcdMessageDisplayEnd") =>
      locate(ET55, [name], virtual.dimensions).offset;
    const put = (offset: number, bytes: readonly number[]) =>
      virtual.memory.patch(ET55.number, offset, Uint8Array.from(bytes));
    // MEP guide 1.1, pp. 148-150: 5 characters from byte 52, 8 from byte 58, then two dates.
    assert.deepEqual([at("lcdMessageId"), at("lcdMessageText"), at("lcdMessageDisplayStart")], [52, 58, 66]);
    put(52, [...new TextEncoder().encode("1.8.0")]);
    put(58, [...new TextEncoder().encode("PAY BILL")]);
    put(66, [26, 1, 2, 3, 4, 5]);
    put(72, [26, 1, 1, 0, 0, 0]);
    const { scheduled, freeTexts } = await clock.run(readDisplayMessages(meter));
    assert.deepEqual([scheduled?.id.ascii, scheduled?.text.ascii], ["1.8.0", "PAY BILL"]);
    assert.deepEqual(
      [scheduled?.from, scheduled?.to, scheduled?.off],
      ["2026-01-02T03:04:05Z", "2026-01-01T00:00:00Z", true],
    );
    assert.equal(freeTexts?.length, 3);
    put(58, [0x80, 1, 2, 3, 4, 5, 6, 7]);
    const odd = (await clock.run(readDisplayMessages(meter))).scheduled;
    assert.deepEqual([odd?.text.ascii, odd?.text.bytes[0]], [null, 0x80]);
  });
});
