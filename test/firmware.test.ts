/** What single firmware versions do differently: tables that came later, that were removed, that a full read cuts short. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BT20, BT21, BT23, BT24, BT27, BT28, BT70, BT71, BT74, ET90, ET97 } from "@meterport/protocol/tables/index";
import type { VirtualMeter } from "@meterport/simulator";
import { openChanging } from "./support/changing-meter.ts";

/** Numbers of the tables that are read, as they come in. */
const readsOf = (device: VirtualMeter): number[] => {
  const numbers: number[] = [];
  device.use(({ request }) => {
    if (request.kind === "read" || request.kind === "read-at") numbers.push(request.table);
    return undefined;
  });
  return numbers;
};

describe("a meter before 2.12", () => {
  test("has its registers read through BT20 and its log through BT70, in place of tables that it lacks", async () => {
    const { clock, meter, device } = await openChanging("meter:2.10");
    const asked = readsOf(device);
    const registers = await clock.run(meter.read(BT23));
    assert.deepEqual([registers.total.summations.length, registers.tiers.length], [11, 4]);
    const log = await clock.run(meter.read(BT74));
    assert.equal(log.historyRecords.length, 100);
    assert.deepEqual(new Set(asked), new Set([BT20.number, BT23.number, BT70.number, BT74.number]));
    for (const table of [BT21, BT71])
      await assert.rejects(clock.run(meter.readPath(table, [])), {
        code: "no-such-table",
        message: `${table.id} does not exist on meter:2.10`,
      });
  });

  test("reads them from a meter that has them", async () => {
    const { clock, meter, device } = await openChanging("meter:2.12");
    const asked = readsOf(device);
    await clock.run(meter.read(BT23));
    await clock.run(meter.read(BT74));
    assert.deepEqual(new Set(asked), new Set([BT21.number, BT23.number, BT71.number, BT74.number]));
  });
});

describe("a module with 1.32 or newer", () => {
  test("gives its last present values to partial reads only (MEP guide 1.1, p. 225)", async () => {
    const { clock, meter, device } = await openChanging("module:1.32");
    const { presentValueSources } = await clock.run(meter.read(BT27));
    const { presentValues } = await clock.run(meter.read(BT28));
    assert.deepEqual([presentValues.length, presentValueSources[75], presentValueSources[83]], [84, 236, 244]);
    const expected = device.valuesAt(device.time);
    for (const number of [0, 54, 75, 78, 83])
      assert.equal(presentValues[number], expected.get(presentValueSources[number] ?? -1) ?? 0, `value ${number}`);
    assert.ok((presentValues[75] ?? 0) > 0, "an angle between phases");
    // A full read ends where it did before 1.32.
    const data = await clock.run(
      meter.session.request(Uint8Array.of(0x30, 0, BT28.number, 1, 80), { label: "read BT28" }),
    );
    assert.deepEqual([...data.subarray(0, 3)], [0, 0, 220]);
  });
});

describe("tables that not every firmware has", () => {
  test("ET90 and ET97 do not exist on 4.00 and 4.01", async () => {
    const { clock, meter } = await openChanging("meter:4.00");
    for (const table of [ET90, ET97])
      await assert.rejects(clock.run(meter.readPath(table, [])), { code: "no-such-table" });
    const later = await openChanging("meter:4.02");
    assert.equal((await later.clock.run(later.meter.read(ET97))).ftzMessageContents.length, 3);
  });

  test("BT24 takes writes on some firmware only (MEP guide 1.1, p. 217)", async () => {
    const messages: string[] = [];
    for (const profile of [
      "meter:3.60",
      "meter:3.70",
      "meter:3.80",
      "meter:4.00",
      "meter:4.10",
      "module:1.20",
      "module:1.31",
    ]) {
      const { clock, meter, written } = await openChanging(profile);
      await clock
        .run(meter.write(BT24, ["season"], 1))
        .catch(({ message }: Error) => messages.push(`${profile}: ${message}`));
      assert.deepEqual(written, []);
    }
    const refused = (profile: string) => `${profile}: write BT24.season: no key permits writing BT24 on ${profile}`;
    const others = (profile: string) => `${profile}: write BT24.season: the meter controls it; nothing was sent`;
    assert.deepEqual(messages, [
      others("meter:3.60"),
      refused("meter:3.70"),
      others("meter:3.80"),
      others("meter:4.00"),
      refused("meter:4.10"),
      refused("module:1.20"),
      others("module:1.31"),
    ]);
  });
});
