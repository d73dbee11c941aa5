/** The meters behind a meter, over the real protocol in virtual time: points of their own, with their registers and events. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { ChildMeter } from "@meterport/engine/children/child-meter";
import { childrenJob } from "@meterport/engine/children/children-job";
import { ET14 } from "@meterport/protocol/tables/index";
import { RecordedHome } from "./support/recorded-home.ts";

const [minute, hour] = [60_000, 3_600_000];
const day = 24 * hour;
const start = Date.UTC(2026, 2, 10, 12);
const zone = "Europe/Copenhagen";
const everything = { from: 0, to: start + 400 * day, limit: 10_000 };

describe("a gas meter behind the meter", () => {
  const home = new RecordedHome({ start, seed: 7, zone });
  after(() => home.remove());
  let children: readonly ChildMeter[] = [];
  const keep = (all: readonly ChildMeter[]): void => {
    children = all;
  };
  const look = async (): Promise<void> => {
    const { source } = home.daemon;
    const { store, clock } = home;
    const job = childrenJob({ point: "home", zone, source, store, clock }, { told: keep });
    await clock.run(job.run());
  };

  test("is a point of its own with what the meter read from it, in cubic metres", async () => {
    home.startDaemon();
    await home.settle();
    await look();
    const [child] = children;
    assert.equal(children.length, 1);
    assert.match(child?.id ?? "", /^home\.\d{8}$/);
    assert.deepEqual([child?.parent, child?.medium, child?.manufacturer, child?.slot], ["home", "gas", "ELS", 0]);
    // Read at local midnight, which is an hour before midnight of UTC.
    const midnight = Date.UTC(2026, 2, 9, 23);
    assert.equal(child?.readAt, midnight);
    const litres = home.meter.history.litresAt(midnight);
    assert.deepEqual(
      child?.values.map(({ register, tier, value }) => [register, tier, value]),
      [["volume_uncorrected_m3", 0, litres / 1000]],
    );
  });

  test("has the whole log of its reads as register states, each once", async () => {
    const id = children[0]?.id as string;
    const states = await home.store.registers(id, everything);
    assert.ok(states.length > 3, `${states.length} states`);
    for (const { time, value, reason, serial } of states) {
      assert.equal(value, home.meter.history.litresAt(time) / 1000);
      assert.deepEqual([reason, serial], ["read", children[0]?.serial]);
    }
    await home.clock.advance(2 * day);
    await look();
    await look();
    const later = await home.store.registers(id, everything);
    assert.equal(later.length, states.length + 2);
    assert.equal(new Set(later.map(({ time }) => time)).size, later.length);
    const [device, ...others] = await home.store.devices(id);
    assert.deepEqual([others.length, device?.serial, device?.to], [0, children[0]?.serial, null]);
    assert.equal(device?.from, states[0]?.time);
  });

  test("an alarm of it is an event that ends when the alarm does", async () => {
    const id = children[0]?.id as string;
    // Failed communication on read: bit 4 of the alarms at offset 20 (MEP guide 1.1, pp. 93-94).
    const raise = (on: boolean): void => {
      home.meter.memory.patch(ET14.number, 6 + 14, Uint8Array.of(on ? 0x10 : 0));
    };
    raise(true);
    await look();
    const [began] = await home.store.events(id, { limit: 10 });
    assert.deepEqual([began?.kind, began?.until], ["child-alarm", null]);
    assert.match(began?.detail ?? "", /"alarm":"failedCommsOnRead"/);
    await home.clock.advance(10 * minute);
    await look();
    raise(false);
    await home.clock.advance(10 * minute);
    await look();
    const events = await home.store.events(id, { limit: 10 });
    assert.equal(events.length, 1, "the same alarm is one event");
    assert.ok(events[0]?.until !== null && events[0]?.time === began?.time);
  });

  test("once it is removed its device has an end and it is no longer listed, but its history stays", async () => {
    const { id } = children[0] as ChildMeter;
    home.meter.memory.patch(ET14.number, 6, new Uint8Array(36));
    await look();
    assert.deepEqual(children, []);
    const [device] = await home.store.devices(id);
    assert.ok(device?.to !== null && (device?.to ?? 0) > (device?.from ?? 0));
    assert.ok((await home.store.registers(id, everything)).length > 5);
  });
});
