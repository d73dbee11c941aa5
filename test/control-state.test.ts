/** Tariff, outputs and clock of a virtual meter, as the client reads them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AlarmTracker } from "@meterport/client/readers/alarm-tracker";
import { readAlarms } from "@meterport/client/readers/alarms";
import { readCalendar } from "@meterport/client/readers/calendar";
import { readControlState } from "@meterport/client/readers/control-state";
import { meterLocalTime, meterTime, meterTimeOf } from "@meterport/client/readers/meter-time";
import { nextSwitch, TariffWatch } from "@meterport/client/readers/tariff-watch";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { BT03, ET14, ET23, ET29, ET47, ET54 } from "@meterport/protocol/tables/index";
import fc from "fast-check";
import { type VirtualWorld, virtualWorld } from "./support/virtual-world.ts";

const setBit = ({ virtual }: VirtualWorld, table: AnyTable, byte: number, bit: number, on: boolean): void => {
  const now = virtual.memory.read(table.number, byte, 1)?.[0] ?? assert.fail(`no ${table.id}`);
  const next = on ? now | (1 << bit) : now & ~(1 << bit);
  virtual.memory.patch(table.number, byte, Uint8Array.of(next));
};

describe("readControlState", () => {
  test("tells tier, override and outputs, with the basic key", async () => {
    const world = await virtualWorld({ level: "basic" });
    const { clock, virtual, meter } = world;
    // ET29: bit 5 disconnect, bits 6 and 7 the relays (MEP guide 1.1, p. 106).
    setBit(world, ET29, 0, 5, true);
    setBit(world, ET29, 0, 6, true);
    setBit(world, ET29, 0, 7, false);
    const first = await clock.run(readControlState(meter));
    assert.deepEqual([first.override, first.overrideKnown, first.tariff?.by], [null, true, "calendar"]);
    assert.deepEqual(first.outputs, [
      { output: "disconnect", state: "closed", operatesIn_s: null },
      { output: "relay1", state: "closed", operatesIn_s: null },
    ]);
    const watch = new TariffWatch();
    assert.deepEqual(watch.handle(first), []);
    // Bytes as the guides print them: ET47 (p. 128), ET23.94, BT03.4.3, ET54.62 and 63.
    virtual.memory.patch(ET47.number, 0, Uint8Array.of(2, 3, 0, 0, 0, 0, 26, 1, 2, 6, 0, 0, 9, 0, 0, 0));
    virtual.memory.patch(ET23.number, 94, Uint8Array.of(2));
    setBit(world, BT03, 4, 3, true);
    virtual.memory.patch(ET54.number, 62, Uint8Array.of(1, 0x2c, 1));
    const events = watch.handle(await clock.run(readControlState(meter)));
    assert.deepEqual(events, [
      {
        type: "override",
        from: null,
        to: { tier: 2, ends: "at a time", duration_s: null, at: "2026-01-02T06:00:00Z", calendarId: 9 },
      },
      { type: "output", output: "disconnect", from: "closed", to: "open" },
      { type: "output", output: "relay1", from: "closed", to: "open" },
    ]);
    const { outputs } = await clock.run(readControlState(meter));
    assert.equal(outputs.find(({ output }) => output === "relay1")?.operatesIn_s, 300);
  });

  test("does not call an output closed if the meter does not say that it has one", async () => {
    const world = await virtualWorld();
    world.virtual.memory.set(ET29.number, new Uint8Array(world.virtual.memory.get(ET29.number)?.length ?? 0));
    assert.deepEqual((await world.clock.run(readControlState(world.meter))).outputs, []);
  });

  test("follows the virtual meter over the switches of a day, as its calendar says", async () => {
    const { clock, meter } = await virtualWorld();
    const { calendar } = (await clock.run(readCalendar(meter))) ?? assert.fail("no calendar");
    const watch = new TariffWatch(calendar);
    let switches = 0;
    let next: ReturnType<typeof nextSwitch> = null;
    for (let minute = 0; minute < 24 * 60; minute += 5) {
      const state = await clock.run(readControlState(meter));
      const time = state.tariff?.time ?? assert.fail("no time");
      for (const event of watch.handle(state)) {
        assert.equal(event.type, "tier");
        assert.ok(event.type === "tier" && event.expected === true);
        assert.ok(next !== null && time.slice(0, 16) >= next.at, `${time} before ${next?.at}`);
        assert.equal(event.type === "tier" && event.to, next.tier);
        next = null;
        switches++;
      }
      next ??= nextSwitch(calendar, time.slice(0, 16));
      await clock.advance(300_000);
    }
    assert.ok(switches >= 2, `${switches} switches`);
  });
});

describe("meterTime", () => {
  test("is within its error, however long the line takes and whatever the moment in the second", () => {
    fc.assert(
      fc.property(
        fc.nat(5_000),
        fc.nat(5_000),
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.integer({ min: -100_000, max: 100_000 }),
        (there, back, sent, ahead) => {
          const shown = Math.floor((sent + there + ahead) / 1_000) * 1_000;
          const received = sent + there + back;
          const { time, error, offset } = meterTimeOf({ shown, sent, received, wall: received });
          assert.ok(Math.abs(time - (received + ahead)) <= error);
          assert.ok(Math.abs(offset - ahead) <= error);
          assert.equal(error, (there + back + 1_000) / 2);
        },
      ),
    );
  });

  test("of the virtual meter is its clock, and the offset that of the machine's", async () => {
    const { clock, virtual, meter } = await virtualWorld({ level: "basic" });
    for (let i = 0; i < 20; i++) {
      await clock.advance(1_337);
      const { time, error, offset } = (await clock.run(meterTime(meter))) ?? assert.fail("no time");
      assert.ok(Math.abs(time - virtual.timeAt(clock.now())) <= error);
      assert.ok(Math.abs(offset) <= error && error < 1_000, `${offset} ± ${error}`);
    }
    // Denmark in winter.
    assert.equal(await clock.run(meterLocalTime(meter)), "2026-01-01T13:00:00");
  });
});

describe("alarms over time", () => {
  test("begin and end as the meter's flags do", async () => {
    const world = await virtualWorld();
    const tracker = new AlarmTracker();
    const look = async () => tracker.handle(await world.clock.run(readAlarms(world.meter)), world.clock.now());
    await look();
    const quiet = tracker.active.length;
    // BT03.1.8 low battery (Optical guide 1.1, p. 47); ET14.20.4 of the first device (MEP guide 1.1, p. 93).
    setBit(world, BT03, 2, 0, true);
    setBit(world, ET14, 20, 4, true);
    const { began } = await look();
    assert.deepEqual(
      began.map(({ slot, name }) => [slot, name]),
      [
        [null, "Low battery"],
        [0, "Communication failed on a read"],
      ],
    );
    await world.clock.advance(60_000);
    setBit(world, ET14, 20, 4, false);
    const { ended } = await look();
    assert.deepEqual(
      ended.map(({ key, cleared, firstSeen }) => [key, (cleared ?? 0) - firstSeen >= 60_000]),
      [["failedCommsOnRead", true]],
    );
    assert.equal(tracker.active.length, quiet + 1);
  });
});
