/** Writes from a client to a virtual meter: what is refused, what is sent, what it does. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryWearStore } from "@meterport/client";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import { BT23, BT52, BT54, ET03, ET13, ET50, ET51, ET52, ET97 } from "@meterport/protocol/tables/index";
import { basicKey, openChanging } from "./support/changing-meter.ts";

const healthTimeout = ["clients", 0, "healthTimeout"] as const;

describe("write", () => {
  test("writes only the bytes of a field, and reads it again", async () => {
    const { clock, meter, written, device } = await openChanging();
    const result = await clock.run(meter.write(ET51, healthTimeout, 30));
    assert.deepEqual(written, ["write-at 2099 1 1e00"]);
    const requests = [{ table: 2099, offset: 1, data: Uint8Array.of(30, 0) }];
    assert.deepEqual(result, { requests, sent: true, before: [60] });
    assert.equal(await clock.run(meter.read(ET51, healthTimeout)), 30);
    assert.deepEqual(device.memory.read(2099, 0, 4), Uint8Array.of(1, 30, 0, 30));
  });

  test("writes a bit together with the present values of its neighbours", async () => {
    const { clock, meter, written, device } = await openChanging();
    device.memory.patch(ET50.number, 30, Uint8Array.of(0b1000_0101));
    await clock.run(meter.write(ET50, ["clients", 0, "et59Response"], true));
    await clock.run(meter.write(ET50, ["clients", 0, "mbusAlerts"], false));
    assert.deepEqual(written, ["write-at 2098 30 87", "write-at 2098 30 83"]);
  });

  test("reports the previous value of a bit at any place in its word", async () => {
    const { clock, meter, device } = await openChanging();
    device.memory.patch(ET50.number, 30, Uint8Array.of(0b0000_0100));
    const fields = ["et59Response", "mbusAlerts"].map((name) => ({ path: ["clients", 0, name], value: true }));
    const { before, requests } = await clock.run(meter.writeFields(ET50, fields, { dryRun: true }));
    assert.deepEqual(before, await clock.run(Promise.all(fields.map(({ path }) => meter.readPath(ET50, path)))));
    assert.equal(requests.length, 1);
  });

  test("sends exactly what was shown, or nothing", async () => {
    const { clock, meter, written, device } = await openChanging();
    const fields = [{ path: [...healthTimeout], value: 258 }];
    const { requests } = await clock.run(meter.writeFields(ET51, fields, { dryRun: true }));
    assert.deepEqual(written, []);
    // Another client changes a neighbour, which changes nothing, and then a part of the field.
    device.memory.patch(ET51.number, 3, Uint8Array.of(77));
    assert.deepEqual((await clock.run(meter.writeFields(ET51, fields, { shown: requests }))).requests, requests);
    assert.deepEqual(written, ["write-at 2099 1 0201"]);
    device.memory.patch(ET50.number, 30, Uint8Array.of(0));
    const bit = [{ path: ["clients", 0, "et59Response"], value: true }];
    const shown = (await clock.run(meter.writeFields(ET50, bit, { dryRun: true }))).requests;
    device.memory.patch(ET50.number, 30, Uint8Array.of(0b1000_0000));
    await assert.rejects(clock.run(meter.writeFields(ET50, bit, { shown })), {
      name: "UsageError",
      code: "changed",
      message:
        "write ET50.clients.0.et59Response: the meter has changed since this was shown, so nothing was sent; look again",
    });
    assert.equal(written.length, 1);
  });

  test("does not set a flag twice that the meter clears, if the answer was lost", async () => {
    for (let lost = 0; lost < 4; lost++) {
      let frames = 0;
      let armed = false;
      const { clock, meter, written } = await openChanging("meter:3.70", { loses: () => armed && frames++ === lost });
      await clock.run(meter.read(ET51));
      armed = true;
      const outcome = await clock.run(
        meter.write(ET51, ["clients", 0, "resetMepNow"], true).catch(({ code }: { code: string }) => code),
      );
      assert.equal(written.length, 1, `frame ${lost}`);
      if (typeof outcome === "string") assert.equal(outcome, "reply-lost", `frame ${lost}`);
    }
  });

  test("does not write an unchanged value, unless told to", async () => {
    const { clock, meter, written } = await openChanging();
    assert.deepEqual(await clock.run(meter.write(ET51, healthTimeout, 60)), {
      requests: [],
      sent: false,
      before: [60],
    });
    assert.deepEqual(written, []);
    await clock.run(meter.write(ET51, healthTimeout, 60, { rewrite: true }));
    assert.deepEqual(written, ["write-at 2099 1 3c00"]);
  });

  test("a whole table: only the fields that change, none of the meter's", async () => {
    const { clock, meter, written, device } = await openChanging();
    const value = await clock.run(meter.read(ET13));
    const [first, last] = [value.devices[0], value.devices[4]];
    assert.ok(first !== undefined && last !== undefined);
    first.billingDay = 7;
    last.billingDay = 9;
    await clock.run(meter.write(ET13, value));
    assert.deepEqual(written, ["write-at 2061 0 07", "write-at 2061 264 09"]);
    last.scheduledRead = !last.scheduledRead;
    await assert.rejects(clock.run(meter.write(ET13, value)), {
      code: "not-writable-field",
      message: "write ET13.devices.4.scheduledRead: the meter controls it; nothing was sent",
    });
    assert.equal(written.length, 2);
    assert.equal(device.memory.read(ET13.number, 264 + 8, 1)?.[0], 0);
  });

  test("writes long data in pieces, none of a length that weakens the digest", async () => {
    const { clock, meter, written, device } = await openChanging();
    const value = await clock.run(meter.read(BT54));
    device.memory.set(BT54.number, new Uint8Array(808));
    await clock.run(meter.write(BT54, value, { rewrite: true }));
    const lengths = written.map((line) => (line.split(" ").at(-1) as string).length / 2);
    assert.equal(lengths.reduce((sum, length) => sum + length, 0) > 700, true);
    assert.equal(lengths.length >= 2 && lengths.every((length) => length <= 456 && (length + 12) % 192 !== 0), true);
    assert.deepEqual(await clock.run(meter.read(BT54)), value);
  });

  test("a dry run returns the requests and sends none, even on a read-only meter", async () => {
    const { clock, meter, written } = await openChanging("meter:3.70", { writable: false });
    const { requests, sent } = await clock.run(meter.write(ET51, healthTimeout, 258, { dryRun: true }));
    assert.deepEqual(requests, [{ table: 2099, offset: 1, data: Uint8Array.of(2, 1) }]);
    assert.equal(sent, false);
    await assert.rejects(clock.run(meter.write(ET51, healthTimeout, 258)), {
      name: "UsageError",
      code: "not-writable",
    });
    assert.deepEqual(written, []);
  });

  test("refusals send nothing", async () => {
    const basic = await openChanging("meter:4.30", { key: basicKey, level: "basic" });
    const unknown = await openChanging("meter:4.30", { key: basicKey });
    const { clock, meter } = basic;
    const refused = (writing: Promise<unknown>, code: string): Promise<void> =>
      assert.rejects(clock.run(writing), { name: "UsageError", code });
    await refused(meter.writePath(BT52, [], {}), "read-only");
    await refused(meter.writePath(ET03, [], {}), "key-level");
    await refused(meter.writePath(ET52, [], {}), "other-way");
    await refused(meter.writePath(ET51, ["clients", 0, "filler4"], 1), "not-writable-field");
    await assert.rejects(clock.run(meter.write(ET51, healthTimeout, 70_000)), { name: "LayoutError", code: "range" });
    await assert.rejects(clock.run(meter.writePath(ET51, ["clients", 7, "healthTimeout"], 1)), { name: "LayoutError" });
    assert.deepEqual(basic.written, []);
    const advanced = await openChanging("meter:4.30");
    const harm = (table: Parameters<typeof meter.writePath>[0], path: (string | number)[], value: unknown) =>
      assert.rejects(advanced.clock.run(advanced.meter.writePath(table, path, value)), { code: "not-writable-field" });
    await harm(BT23, ["total", "summations", 0], 5);
    await harm(ET97, ["securityLogIntervalAndTlsFlags"], Uint8Array.of(1, 2, 3, 4));
    assert.deepEqual(advanced.written, []);
    // The kind of the key is unknown: the meter decides.
    const asking = unknown.meter.writePath(ET03, ["utilitySerialNumber"], "1");
    await assert.rejects(
      unknown.clock.run(asking),
      (error: Error) => error.name === "ResponseError" || error.name === "LayoutError",
    );
  });

  test("detects a meter that confirms a write and ignores it", async () => {
    const { clock, meter, device } = await openChanging();
    device.use(({ request }) => (request.kind === "write-at" ? { kind: "done" } : undefined));
    await assert.rejects(clock.run(meter.write(ET51, healthTimeout, 30)), {
      name: "ResponseError",
      message: /^write ET51\.clients\.0\.healthTimeout: the meter said yes/,
    });
    assert.equal((await clock.run(meter.write(ET51, healthTimeout, 30, { verify: false }))).sent, true);
    device.use(({ request }) =>
      request.kind === "write-at" ? { kind: "error", code: code.insufficientSecurity } : undefined,
    );
    await assert.rejects(clock.run(meter.write(ET51, healthTimeout, 30)), { code: "no-permission" });
  });

  test("limits old firmware to four writes an hour, across restarts; writes that do not wear are free", async () => {
    const wear = memoryWearStore();
    const { clock, meter, written } = await openChanging("meter:3.30", { wear });
    for (const value of [1, 2, 3, 4]) await clock.run(meter.write(ET51, healthTimeout, value));
    const again = await openChanging("meter:3.30", { wear });
    await assert.rejects(again.clock.run(again.meter.write(ET51, healthTimeout, 5)), {
      code: "wear",
      message: /may be sent from 2026-01-01T01:00:00\.\d{3}Z on$/,
    });
    assert.equal(again.written.length, 0);
    await clock.run(meter.write(ET50, ["clients", 0, "mbusAlerts"], true));
    assert.equal(written.length, 5);
    await clock.advance(3_600_000);
    await clock.run(meter.write(ET51, healthTimeout, 5));
  });
});
