/** Transactions of a client on a virtual meter, and the printed one byte for byte. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, orThrow, rc4, type Steps } from "@meterport/client";
import { toHex } from "@meterport/protocol/bytes";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import { Secret } from "@meterport/protocol/mep/security/key";
import { BP05, EP17, EP61 } from "@meterport/protocol/procedures/index";
import {
  BT07,
  BT08,
  BT20,
  BT21,
  BT22,
  BT23,
  BT28,
  ET04,
  ET11,
  ET14,
  ET15,
  ET50,
  ET51,
  ET52,
  ET53,
} from "@meterport/protocol/tables/index";
import { memoryLine } from "@meterport/simulator";
import { goldenMeter, goldenSequences } from "@meterport/simulator/meter/golden";
import { guideExchanges } from "../packages/protocol/vectors/guide.ts";
import { basicKey, openChanging } from "./support/changing-meter.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const healthTimeout = ["clients", 0, "healthTimeout"] as const;
const locks = ["write 7 0 3d080501", "write 7 0 3d080600"];

describe("transaction", () => {
  test("of pages 51 to 56, byte for byte", async () => {
    const clock = new VirtualClock();
    const device = goldenMeter(goldenSequences.transaction);
    const line = memoryLine({ meter: device, clock });
    const sent: string[] = [];
    const transport = {
      ...line,
      write: (bytes: Uint8Array) => {
        sent.push(toHex(bytes));
        return line.write(bytes);
      },
    };
    const key = new Secret(new Uint8Array(16).fill(1));
    const security = rc4({ key, entropy: () => Uint8Array.of(0x5b, 0x4e, 0x42, 0xe3) });
    device.expectSequence(0x5b4e42e3);
    const meter = await clock.run(connect(transport, { security, clock, writable: true }));
    const outcomes = await clock.run(
      meter.transaction(
        (t) => [
          t.readBytes(ET11, 0, 10),
          t.readBytes(BT20, 0, 10),
          t.readBytes(0x15, 0, 10),
          t.readBytes(ET04, 55, 1),
          t.readBytes(ET14, 0, 12),
          t.readBytes(ET15, 0, 31),
        ],
        { number: 1 },
      ),
    );
    const printed = guideExchanges.filter(({ name }) => name.startsWith("transaction"));
    // BT01 and ET03 identify the meter, ET11 gives the sizes of ET52 and ET53.
    assert.deepEqual(
      sent.slice(3),
      printed.map(({ request }) => request),
    );
    assert.deepEqual(
      outcomes.map((outcome) => toHex(orThrow(outcome))),
      [
        "054224050605020103f9",
        "3f0efd0f08100104081a",
        "3f0e0c0f08000104081a",
        "04",
        "000000000011010001042f00",
        "00420001000201450001000201480001000201" + "0300f8030201" + "4b0001000201",
      ],
    );
    assert.deepEqual(
      [ET52, ET53].map(({ number }) => device.memory.get(number)?.[0]),
      [67, 111],
    );
  });

  test("reads, writes and calls as one, each with its type", async () => {
    const { clock, meter, device, written } = await openChanging();
    device.memory.patch(ET14.number, 5, Uint8Array.of(0x10));
    device.memory.patch(ET14.number, 6 + 4 * 36, Uint8Array.of(0xf8, 3, 3));
    const [registers, value, , removed] = await clock.run(
      meter.transaction((t) => [
        t.read(BT23),
        t.read(BT28, ["presentValues", 0]),
        t.write(ET51, healthTimeout, 30),
        t.call(EP17, { action: 0, deviceHandle: 1016 }),
      ]),
    );
    assert.equal(orThrow(registers).tiers.length, 4);
    assert.deepEqual(orThrow(registers), await clock.run(meter.read(BT23)));
    assert.equal(orThrow(value), await clock.run(meter.read(BT28, ["presentValues", 0])));
    assert.deepEqual(orThrow(removed), {});
    assert.equal(await clock.run(meter.read(ET51, healthTimeout)), 30);
    assert.deepEqual(written.slice(1), ["t write-at 2099 1 1e00", "t write 7 0 11080500f803"]);
    assert.equal(device.memory.read(ET14.number, 5, 1)?.[0], 0);
  });

  test("a step that the meter refuses fails alone", async () => {
    const { clock, meter, device } = await openChanging("meter:3.70", { key: basicKey });
    device.use(({ request }) =>
      request.kind === "read-at" && request.table === BT22.number
        ? { kind: "error", code: code.insufficientSecurity }
        : undefined,
    );
    const [refused, read, called] = await clock.run(
      meter.transaction((t) => [
        t.readBytes(22, 0, 4),
        t.readBytes(BT21, 0, 2),
        t.call(EP17, { action: 0, deviceHandle: 7 }),
      ]),
    );
    assert.ok(!refused.ok && refused.error.code === "no-permission");
    assert.equal(
      refused.error.message,
      "read BT22: the key does not permit it, or the meter's hardware lock is set (response 0x03)",
    );
    assert.equal(toHex(orThrow(read)), "030c");
    assert.ok(!called.ok && called.error.name === "ProcedureError");
  });

  test("numbers continue, and a transaction longer than a message is written in consecutive pieces", async () => {
    const { clock, meter, written, device } = await openChanging();
    await clock.run(meter.transaction((t) => [t.readBytes(BT21, 0, 1)]));
    await clock.run(meter.transaction((t) => [t.readBytes(BT21, 0, 1)]));
    assert.deepEqual(written, [
      "write-at 2100 0 1100000100" + "08003f001500000000010100",
      "write-at 2100 0 1100000200" + "08003f001500000000010200",
    ]);
    written.length = 0;
    const many = await clock.run(
      meter.transaction((t) => Array.from({ length: 70 }, (_, i) => t.readBytes(ET14, i, 1))),
    );
    assert.equal(
      many.every(({ ok }) => ok),
      true,
    );
    const size = 7 + 70 * 10;
    const pieces = written.map((line) => line.split(" "));
    assert.deepEqual(
      pieces.map(([, , offset]) => Number(offset)),
      [0, 456],
    );
    assert.equal(
      pieces.reduce((sum, [, , , data]) => sum + (data as string).length / 2, 0),
      size,
    );
    assert.equal(device.memory.read(ET53.number, 3, 1)?.[0], 3);
  });

  test("continues with the number after the previous session's", async () => {
    const { clock, meter, written, device } = await openChanging();
    device.memory.patch(ET53.number, 0, Uint8Array.of(7, 0, 1, 0xff, 0xff, 0xff, 0xff));
    const [outcome] = await clock.run(meter.transaction((t) => [t.readBytes(BT21, 0, 1)]));
    assert.equal(outcome.ok, true);
    assert.equal(written[0]?.slice(16, 26), "1100000100");
  });

  test("counts as wear with any firmware: four writes of ET52 an hour", async () => {
    const { clock, meter, written } = await openChanging("meter:4.30");
    for (let i = 0; i < 4; i++) await clock.run(meter.transaction((t) => [t.readBytes(BT21, i, 1)]));
    await assert.rejects(clock.run(meter.transaction((t) => [t.readBytes(BT21, 0, 1)])), { code: "wear" });
    assert.equal(written.filter((line) => line.startsWith("write-at 2100")).length, 4);
  });

  test("two ports: locks before and unlocks after, even if it fails", async () => {
    const { clock, meter, written, device } = await openChanging("meter:4.30");
    await clock.run(meter.transaction((t) => [t.readBytes(BT21, 0, 1)]));
    assert.deepEqual([written[0], written.at(-1)], locks);
    written.length = 0;
    await assert.rejects(clock.run(meter.transaction((t) => [t.readBytes(BT21, 0, 1900)])), {
      code: "too-long",
      message: "run a transaction: its responses have 1912 bytes, ET53 holds 1785",
    });
    assert.deepEqual(written, ["write 7 0 3d080701", "write 7 0 3d080800"]);
    written.length = 0;
    let refusals = 0;
    const stop = device.use(({ request, memory }, next) => {
      if (request.kind !== "write" || request.table !== BT07.number || refusals >= 3) return undefined;
      const response = next();
      refusals++;
      memory.patch(BT08.number, 3, Uint8Array.of(3));
      return response;
    });
    const began = clock.now();
    await clock.run(meter.transaction((t) => [t.readBytes(BT21, 0, 1)]));
    assert.equal(refusals, 3);
    assert.ok(clock.now() - began >= 3_000);
    stop();
    device.use(({ request }) =>
      request.kind === "write" && request.table === BT07.number ? { kind: "error", code: code.error } : undefined,
    );
    await assert.rejects(clock.run(meter.transaction((t) => [t.readBytes(BT21, 0, 1)])), { name: "ResponseError" });
  });

  test("does not lock a meter without the lock procedure", async () => {
    const { clock, meter, device } = await openChanging("meter:4.30");
    device.use(({ request, memory }, next) => {
      if (request.kind !== "write" || request.table !== BT07.number) return undefined;
      const response = next();
      memory.patch(BT08.number, 3, Uint8Array.of(6));
      return response;
    });
    const [outcome] = await clock.run(meter.transaction((t) => [t.readBytes(BT21, 0, 1)]));
    assert.equal(outcome.ok, true);
  });

  test("retries an unprocessed transaction with another number, up to a limit", async () => {
    const { clock, meter, device, written } = await openChanging();
    let lost = 1;
    device.use(({ request, inTransaction }) =>
      request.kind === "write-at" && request.table === ET52.number && !inTransaction && lost-- > 0
        ? { kind: "done" }
        : undefined,
    );
    const [outcome] = await clock.run(meter.transaction((t) => [t.readBytes(BT21, 0, 1)]));
    assert.equal(outcome.ok, true);
    assert.equal(written.length, 1);
    lost = 9;
    const began = clock.now();
    await assert.rejects(clock.run(meter.transaction((t) => [t.readBytes(BT21, 0, 1)])), {
      name: "LinkError",
      code: "no-answer",
      message: "run a transaction: the meter formed no response to it, 2 times",
    });
    assert.ok(clock.now() - began < 12_000);
  });

  test("if responses had no room, only those steps fail", async () => {
    const { clock, meter, device } = await openChanging();
    device.use(({ request, memory, inTransaction }, next) => {
      if (request.kind !== "write-at" || request.table !== ET52.number || inTransaction) return undefined;
      const response = next();
      memory.patch(ET53.number, 0, Uint8Array.of(13, 0, 2, 1, 0, 4, 0, 0, 0, 1, 9, 1, 0));
      return response;
    });
    const [first, second] = await clock.run(meter.transaction((t) => [t.readBytes(21, 0, 1), t.readBytes(21, 1, 1)]));
    assert.equal(toHex(orThrow(first)), "09");
    assert.ok(!second.ok && second.error.code === "not-possible");
  });

  test("refuses steps that must not run twice, and sends nothing", async () => {
    const { clock, meter, written } = await openChanging();
    const refused = (promise: Promise<unknown>, code: string): Promise<void> =>
      assert.rejects(clock.run(promise), { name: "UsageError", code });
    await refused(
      meter.transaction((t) => [t.call(BP05, { list: 8, entriesRead: 1 })]),
      "not-idempotent",
    );
    await refused(
      meter.transaction((t) => [t.read(ET51), t.write(ET51, healthTimeout, 9)]),
      "not-idempotent",
    );
    await refused(
      meter.transaction((t) => [
        t.write(ET50, ["clients", 0, "mbusAlerts"], true),
        t.write(ET50, ["clients", 0, "et59Response"], true),
      ]),
      "overlap",
    );
    await refused(
      meter.transaction((t) => [t.write(ET51, ["clients", 0, "filler4"], 1)]),
      "not-writable-field",
    );
    await refused(
      meter.transaction((t) => [t.call(EP61, { lock: 1 })]),
      "not-idempotent",
    );
    await refused(
      meter.transaction((t) => Array.from({ length: 90 }, () => t.readBytes(21, 0, 1))),
      "too-long",
    );
    const reading = await openChanging("meter:3.70", { writable: false });
    await assert.rejects(reading.clock.run(reading.meter.transaction((t) => [t.read(BT21)])), { code: "not-writable" });
    assert.deepEqual([...written, ...reading.written], []);
  });

  test("nonsense in ET53 is an error, not a value", async () => {
    for (const bytes of [
      [3, 0, 1, 1, 0],
      [0xff, 0xff, 1, 1, 0],
    ]) {
      const { clock, meter, device } = await openChanging();
      device.use(({ request, memory, inTransaction }, next) => {
        if (request.kind !== "write-at" || request.table !== ET52.number || inTransaction) return undefined;
        const response = next();
        memory.patch(ET53.number, 0, Uint8Array.from(bytes));
        return response;
      });
      await assert.rejects(clock.run(meter.transaction((t) => [t.readBytes(21, 0, 1)])), {
        name: "ResponseError",
        code: "unknown-response",
      });
    }
  });

  test("sends exactly what was shown, or nothing", async () => {
    const { clock, meter, written, device } = await openChanging("meter:3.70");
    // 636 bytes, of which a cut into 456 and 180 would weaken the digest.
    const build = (steps: Steps) => [
      ...Array.from({ length: 4 }, (_, i) => steps.write(ET50, ["clients", 0, "iconDisplayControl", i], 32)),
      steps.write(ET50, ["clients", 0, "et59Response"], true),
      ...Array.from({ length: 57 }, (_, i) => steps.readBytes(ET14, i, 1)),
    ];
    const before = device.memory.get(ET50.number)?.slice() ?? new Uint8Array();
    const shown = await clock.run(meter.planTransaction(build));
    assert.deepEqual([shown.requests.map(({ data }) => data.length), written], [[455, 181], []]);
    await clock.run(meter.transaction(build, { shown }));
    assert.deepEqual(
      written.filter((line) => line.startsWith("write-at 2100")),
      shown.requests.map(({ offset, data }) => `write-at 2100 ${offset} ${toHex(data)}`),
    );
    const refused = (message: RegExp) => ({ name: "UsageError", code: "changed", message });
    await assert.rejects(clock.run(meter.transaction(build, { shown })), refused(/the meter has changed since/));
    device.memory.set(ET50.number, before);
    await assert.rejects(clock.run(meter.transaction(build, { shown })), refused(/its number \d+ has been used/));
  });

  test("runs once, no matter which answer is lost", async () => {
    for (let lost = 0; lost < 14; lost++) {
      let frames = 0;
      let armed = false;
      const { clock, meter, written } = await openChanging("meter:4.30", { loses: () => armed && frames++ === lost });
      await clock.run(meter.read(ET50));
      armed = true;
      const outcomes = await clock.run(
        meter.transaction((t) => [
          t.write(ET51, healthTimeout, 99),
          ...Array.from({ length: 60 }, (_, i) => t.readBytes(ET14, i, 1)),
        ]),
      );
      assert.equal(
        outcomes.every(({ ok }) => ok),
        true,
        `frame ${lost}`,
      );
      // A transaction that lost a piece is started over; only the last piece runs it.
      const writes = written.map((line) => line.split(" ").slice(0, 4).join(" "));
      const pieces = writes.filter((line) => !line.startsWith("write 7"));
      const [begin, rest, run, ...more] = pieces.filter((line, i) => line !== pieces[i + 1]);
      assert.match(begin ?? "", /^write-at 2100 0 /, `frame ${lost}`);
      assert.match(rest ?? "", /^write-at 2100 456 /, `frame ${lost}`);
      assert.deepEqual([run?.slice(0, 17), more], ["t write-at 2099 1", []], `frame ${lost}`);
      await meter.close();
    }
  });
});
