/** Sources that a meter watches: the client against the tables of a virtual meter, whose ET71 the test brings to life. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { armDelta, checkDelta, readDelta } from "@meterport/device/delta/arm-delta";
import { DeltaWatch } from "@meterport/device/delta/delta-watch";
import { decode, encode } from "@meterport/protocol/layout/index";
import { ET50, ET71 } from "@meterport/protocol/tables/index";
import type { VirtualMeter } from "@meterport/simulator";
import { virtualWorld } from "./support/virtual-world.ts";

const power = 8;
const voltage = 15;

/** What page 181 says that the meter does each second. */
const sample = (virtual: VirtualMeter, values: ReadonlyMap<number, number>): void => {
  const bytes = virtual.memory.get(ET71.number) ?? assert.fail("no ET71");
  const { deltaData } = decode(ET71, bytes, virtual.dimensions);
  const sampled = deltaData.map((entry) => {
    const value = values.get(entry.deltaDataMonitorSource);
    if (value === undefined) return { ...entry, sourceIdInvalid: entry.deltaDataMonitorSource !== 255 };
    const moved = entry.configuredDelta > 0 && Math.abs(value - entry.comparisonValue) >= entry.configuredDelta;
    const comparisonValue = moved ? value : entry.comparisonValue;
    return { ...entry, sampledDataValue: value, comparisonValue, sourceIdInvalid: false };
  });
  virtual.memory.set(ET71.number, encode(ET71, { deltaData: sampled }, virtual.dimensions));
};

const world = async (writable = true) => {
  const opened = await virtualWorld({ level: "basic", writable });
  const { clock, virtual } = opened;
  const values = new Map([
    [power, 40],
    [voltage, 230_000],
  ]);
  const factory = virtual.memory.get(ET71.number)?.slice() ?? assert.fail("no ET71");
  const tick = (): void => {
    sample(virtual, values);
    clock.at(clock.now() + 1_000, tick);
  };
  tick();
  return { ...opened, values, powerFails: () => virtual.memory.set(ET71.number, factory.slice()) };
};

describe("delta data alerts", () => {
  test("are set up with the basic key, and tell what changed, from what to what", async () => {
    const { clock, meter, values } = await world();
    const wishes = [
      { source: power, delta: 100 },
      { source: voltage, delta: 5 },
    ];
    const armed = await clock.run(armDelta(meter, wishes));
    assert.deepEqual(
      armed.map(({ index, key, unit, delta, comparison }) => [index, key, unit, delta, comparison]),
      [
        [0, "forwardActivePower", "W", 100, 40],
        [1, "rmsVoltageL1", "V", 5, 230],
      ],
    );
    const { clients } = await clock.run(meter.read(ET50));
    assert.equal(clients[0]?.deltaDataAlerts, true);
    const watch = new DeltaWatch(armed);
    values.set(power, 120);
    await clock.advance(3_000);
    assert.deepEqual(await clock.run(checkDelta(meter, watch)), [], "80 W are less than 100");
    values.set(power, 140);
    values.set(voltage, 224_900);
    await clock.advance(3_000);
    const events = await clock.run(checkDelta(meter, watch));
    assert.deepEqual(
      events.map((event) => event.type === "changed" && [event.key, event.from, event.to, event.unit]),
      [
        ["forwardActivePower", 40, 140, "W"],
        ["rmsVoltageL1", 230, 224.9, "V"],
      ],
    );
  });

  test("are set up again after a power failure, without telling a change that was none", async () => {
    const { clock, meter, values, powerFails } = await world();
    const wishes = [{ source: power, delta: 30 }];
    const watch = new DeltaWatch(await clock.run(armDelta(meter, wishes)));
    powerFails();
    values.set(power, 1_000);
    await clock.advance(2_000);
    assert.deepEqual(await clock.run(checkDelta(meter, watch)), [{ type: "lost", sources: [power] }]);
    watch.armed(await clock.run(armDelta(meter, wishes)));
    await clock.advance(5_000);
    assert.deepEqual(await clock.run(checkDelta(meter, watch)), []);
    values.set(power, 1_050);
    await clock.advance(2_000);
    const [event] = await clock.run(checkDelta(meter, watch));
    assert.deepEqual(event?.type === "changed" && [event.from, event.to], [1_000, 1_050]);
  });

  test("write nothing the second time, and free their entries when nothing is wanted", async () => {
    const { clock, virtual, meter } = await world();
    const wishes = [{ source: power, delta: 100 }];
    const armed = await clock.run(armDelta(meter, wishes));
    let writes = 0;
    const { patch } = virtual.memory;
    virtual.memory.patch = (...args) => {
      if (args[0] === ET71.number || args[0] === ET50.number) writes++;
      return patch.apply(virtual.memory, args);
    };
    assert.deepEqual(await clock.run(armDelta(meter, wishes)), await clock.run(readDelta(meter)));
    assert.equal(writes, 0);
    await clock.run(armDelta(meter, [], { own: armed.map(({ index }) => index) }));
    assert.ok(writes > 0);
    assert.deepEqual(await clock.run(readDelta(meter)), []);
    const { deltaData } = decode(ET71, virtual.memory.get(ET71.number) ?? assert.fail(), virtual.dimensions);
    assert.ok(deltaData.every(({ configuredDelta }) => configuredDelta === 0));
  });

  test("report a source that the meter lacks", async () => {
    const { clock, meter } = await world();
    const watch = new DeltaWatch(await clock.run(armDelta(meter, [{ source: 86, delta: 1 }])));
    await clock.advance(2_000);
    const events = await clock.run(checkDelta(meter, watch));
    assert.deepEqual(
      events.map(({ type }) => type),
      ["invalid"],
    );
  });

  test("change nothing over a connection that only reads", async () => {
    const { clock, virtual, meter } = await world(false);
    const before = virtual.memory.get(ET50.number);
    await assert.rejects(clock.run(armDelta(meter, [{ source: power, delta: 100 }])), { code: "not-writable" });
    assert.deepEqual(await clock.run(readDelta(meter)), []);
    assert.deepEqual(virtual.memory.get(ET50.number), before);
  });

  test("say that older firmware has no such table", async () => {
    const { clock, meter } = await virtualWorld({ profile: "meter:3.30" });
    await assert.rejects(clock.run(readDelta(meter)), { name: "UsageError", code: "no-such-table" });
  });
});
