/** What a meter says it has, over each of its ports, against what it does when it is asked. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect, type Meter, rc4 } from "@meterport/client";
import { optical } from "@meterport/client/session/optical";
import { ProcedureError, ResponseError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { BT23 } from "@meterport/protocol/tables/index";
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

/** Whether the meter runs a procedure, whatever comes of it. */
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
    it(`over ${name}`, async () => {
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

  it("name the procedures that are run at one of the ports, and no other", async () => {
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

  it("are there for an optical session without a key, which reads little else", async () => {
    const { clock, device } = setting({ firmware: "meter:3.70", opticalKeys: { unique: master } });
    const line = memoryLine({ meter: device.optical, clock });
    const meter = await clock.run(connect(line, { security: optical({}), clock }));
    assert.equal((await clock.run(meter.capabilities()))?.has("BT23"), true);
    await assert.rejects(clock.run(meter.read(BT23)), ResponseError);
  });
});
