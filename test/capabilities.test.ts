/** What a meter says it has, over each of its ports, compared with what it does. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, type Meter, rc4 } from "@meterport/client";
import { readBilling } from "@meterport/client/readers/billing";
import { readCalendar } from "@meterport/client/readers/calendar";
import { readEvents } from "@meterport/client/readers/events";
import { readDevices } from "@meterport/client/readers/mbus";
import { readOutages } from "@meterport/client/readers/outages";
import { readRecurring } from "@meterport/client/readers/recurring";
import { readDemands } from "@meterport/client/readers/registers";
import { optical } from "@meterport/client/session/optical";
import { ProcedureError, ResponseError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { numberOf, type TableId, tableIdOf } from "@meterport/protocol/tables/catalogue";
import { BT00, BT23, ET79 } from "@meterport/protocol/tables/index";
import { memoryLine } from "@meterport/simulator";
import { keys, setting } from "./support/gen4-setting.ts";
import type { VirtualClock } from "./support/virtual-clock.ts";

const master = new Secret(new Uint8Array(20).fill(0x4d));
const unknownProcedure = 6;
const firstExtended = 2048;

const ports = {
  "RC4 on firmware 3.70": async () => {
    const { clock, to, entropy } = setting({ firmware: "meter:3.70" });
    return { clock, meter: await to(1, rc4({ key: keys.advanced, level: "advanced", entropy }), { writable: true }) };
  },
  "TLS on firmware 4.30": async () => {
    const { clock, to, inTls } = setting({ tls: ["required", "required"] });
    return { clock, meter: await to(1, inTls("advanced"), { writable: true }) };
  },
  "the optical port": async () => {
    const { clock, device } = setting({ firmware: "meter:3.70", opticalKeys: { unique: master } });
    const line = memoryLine({ meter: device.optical, clock });
    return {
      clock,
      meter: await clock.run(connect(line, { security: optical({ key: master }), clock, writable: true })),
    };
  },
};

/** Whether the meter runs a procedure, with any result. */
const runs = async (clock: VirtualClock, meter: Meter, number: number): Promise<boolean> => {
  try {
    await clock.run(meter.callRaw(number, new Uint8Array()));
    return true;
  } catch (error) {
    if (error instanceof ProcedureError) return error.result !== unknownProcedure;
    throw error;
  }
};

describe("capabilities of a virtual meter", () => {
  for (const [name, open] of Object.entries(ports))
    test(`over ${name}`, async () => {
      const { clock, meter } = await open();
      const found = (await clock.run(meter.capabilities())) ?? assert.fail("no sets");
      assert.ok(found.tables.length > 60 && found.tables.every(({ known }) => known), String(found.tables.length));
      const newer = meter.profile.firmware[0] === 4;
      assert.deepEqual([found.has("ET70"), found.has("BT02"), found.has("ET61")], [newer, false, true]);
      assert.deepEqual(
        found.procedures.map(({ id }) => id),
        ["BP12", "BP13", "BP14", "BP15", "EP17", "EP19", ...(newer ? ["EP61"] : [])],
      );
      assert.equal(found.tables.find(({ id }) => id === "BT07")?.writable, true);
      assert.equal(found.tables.find(({ id }) => id === "BT28")?.writable, false);
    });

  test("name exactly the procedures that run at one of the ports", async () => {
    const run = new Set<number>();
    for (const open of [ports["RC4 on firmware 3.70"], ports["the optical port"]]) {
      const { clock, meter } = await open();
      const numbers = [...Array(16).keys(), ...[...Array(96).keys()].map((n) => firstExtended + n)];
      for (const number of numbers) if (await runs(clock, meter, number)) run.add(number);
    }
    const { clock, meter } = await ports["RC4 on firmware 3.70"]();
    const found = await clock.run(meter.capabilities());
    assert.deepEqual(
      found?.procedures.map(({ number }) => number),
      [...run].sort((a, b) => a - b),
    );
  });

  test("can be read in an optical session without a key, which reads little else", async () => {
    const { clock, device } = setting({ firmware: "meter:3.70", opticalKeys: { unique: master } });
    const line = memoryLine({ meter: device.optical, clock });
    const meter = await clock.run(connect(line, { security: optical({}), clock }));
    assert.equal((await clock.run(meter.capabilities()))?.has("BT23"), true);
    await assert.rejects(clock.run(meter.read(BT23)), ResponseError);
  });
});

/** What a meter may lack, and some readers look for. */
const lacking = ["BT24", "BT25", "BT26", "ET09", "ET31", "ET34", "ET41", "ET42", "ET45", "ET57", "ET58"];
const lackingToo = ["ET61", "ET66", "ET74", "ET79", "ET81"];
const all = [...lacking, ...lackingToo].map((id) => numberOf(id as TableId));

/** Runs every reader that looks for tables which a meter may lack. */
const readAll = async (clock: VirtualClock, meter: Meter): Promise<void> => {
  const drain = async (values: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of values);
  };
  await clock.run(drain(readEvents(meter)));
  await clock.run(drain(readOutages(meter)));
  await clock.run(drain(readBilling(meter)));
  await clock.run(drain(readRecurring(meter)));
  await clock.run(readDevices(meter));
  await clock.run(readDemands(meter));
  await clock.run(readCalendar(meter).catch(() => undefined));
};

describe("readers", () => {
  const reading = async (tellsSets: boolean) => {
    const { clock, device, to, entropy } = setting({ firmware: "meter:3.70", scenario: "house" });
    const refused: number[] = [];
    // ET79 is not looked for but assumed: its dimensions are in another table.
    for (const table of all) if (tellsSets || table !== ET79.number) device.memory.delete(table);
    if (!tellsSets) device.memory.set(BT00.number, (device.memory.get(BT00.number) ?? assert.fail()).subarray(0, 19));
    device.use(({ request }, next) => {
      const response = next();
      if ("table" in request && response.kind === "error") refused.push(request.table);
      return response;
    });
    const meter = await to(1, rc4({ key: keys.advanced, entropy }));
    await readAll(clock, meter);
    return refused;
  };

  test("never ask for a table that BT00 says the meter lacks", async () => {
    const refused = await reading(true);
    assert.deepEqual(refused.map(tableIdOf), []);
  });

  test("learn from refusals if BT00 ends before its sets", async () => {
    const refused = new Set(await reading(false));
    assert.deepEqual(
      ["ET09", "ET31", "ET41", "ET45", "ET74", "ET81"].filter((id) => !refused.has(numberOf(id as TableId))),
      [],
    );
  });
});
