import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat, fromHex, toHex } from "@meterport/protocol/bytes";
import { LinkError, UsageError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { decodeRequest, encodeResponse } from "@meterport/protocol/mep/frame/apdu";
import { Secret } from "@meterport/protocol/mep/security/key";
import {
  OpticalEndpoint,
  type OpticalEndpointOptions,
  type OpticalLevel,
  passwordCheck,
} from "@meterport/protocol/optical/optical-endpoint";
import { BP14 } from "@meterport/protocol/procedures/index";
import { isPending } from "@meterport/protocol/tables/basic/pending";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { BT01, BT04, BT07, BT08, BT21, BT23, ET03, ET11, ET47, ET52, ET6191 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { connect } from "../connect.ts";
import { pendingPart, pendingWrites } from "../meter/write/pending-bytes.ts";
import { connectTo, endpointLine, oneTable, pipeTo } from "../testing/endpoint-line.test-kit.ts";
import { optical } from "./optical.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const profile = parseProfile("meter:3.70");
const env = defaultDimensions(profile);
const bt01 = bytes("4E 45 53 20 38 33 33 33 31 2D 33 49 10 00 38 CC 00 00 00 00 12 34 56 78");
const keys = {
  unique: new Uint8Array(20).fill(0x4d),
  provisioning: new Uint8Array(20).fill(0x50),
  readOnly: new Uint8Array(16).fill(0x52),
};
/** Without sequence numbers, a read checks for changed dimensions: ET04.116. */
const idtVersion = "3f08040000740001";
const openTables = [0, BT01.number, ET03.number];

/** A meter's tables behind its optical port; descriptors precede pending ones, as in the answer to a full read. */
const opticalLine = (clock: VirtualClock, options: Partial<OpticalEndpointOptions> = {}) => {
  const memory = new Map<number, Uint8Array>([
    [BT01.number, bt01],
    [BT08.number, new Uint8Array(4)],
    [BT04.number, new Uint8Array(20).fill(4)],
    [BT23.number, Uint8Array.from({ length: 220 }, (_, i) => i)],
    [ET47.number, bytes("ff 00 00000000 000000000000 00000000")],
    [ET6191.number, bytes("0000000000 00 ff 00 00000000 000000000000 00000000")],
    oneTable(BT21, env.BT21, env),
    oneTable(ET11, env.ET11, env),
  ]);
  const asked: string[] = [];
  let sequence = 0;
  const serve = (apdu: Uint8Array, { level }: { readonly level: OpticalLevel }): Uint8Array => {
    const request = decodeRequest(apdu);
    assert.ok(request.kind !== "malformed");
    asked.push(toHex(apdu));
    const { table } = request;
    if (level === "none" && !openTables.includes(table)) return Uint8Array.of(3);
    const reads = request.kind === "read" || request.kind === "read-at";
    if (!reads && (level === "read-only" || level === "none")) return Uint8Array.of(3);
    if (request.kind === "write" && table === BT07.number) {
      if (request.data[2] === sequence) return Uint8Array.of(4);
      sequence = request.data[2] as number;
      memory.set(BT08.number, concat(request.data.subarray(0, 3), Uint8Array.of(0)));
      return Uint8Array.of(0);
    }
    const found = memory.get(table);
    if (found === undefined) return Uint8Array.of(5);
    if (request.kind === "read") return encodeResponse({ kind: "data", data: found });
    if (request.kind === "write") return Uint8Array.of(5);
    const descriptor = isPending(table) ? found.subarray(0, 6) : new Uint8Array();
    const at = request.offset + descriptor.length;
    if (request.kind === "read-at") {
      const part = found.subarray(at, at + (request.count ?? 0) - descriptor.length);
      const data = new Uint8Array(request.count ?? 0);
      data.set(concat(descriptor, part));
      return encodeResponse({ kind: "data", data });
    }
    descriptor.set(request.data.subarray(0, descriptor.length));
    found.set(request.data.subarray(descriptor.length), at);
    return Uint8Array.of(0);
  };
  const endpoint = new OpticalEndpoint({ serve, check: passwordCheck(keys), ...options });
  return { ...pipeTo(clock, endpoint), endpoint, memory, asked };
};
/** `asked` starts with the requests after the connection. */
const opened = async (
  clock: VirtualClock,
  line: ReturnType<typeof opticalLine>,
  key: Uint8Array | undefined,
  writable = false,
) => {
  const security = optical(key === undefined ? {} : { key: new Secret(key) });
  const meter = await clock.run(connect(line.transport, { security, clock, writable }));
  line.asked.length = 0;
  return meter;
};

describe("optical", () => {
  test("without a key, says what the meter is, and which tables stay refused", async () => {
    const clock = new VirtualClock();
    const meter = await opened(clock, opticalLine(clock), undefined);
    assert.deepEqual([meter.identity?.serial, meter.identity?.firmware], ["12345678", "3.70.12"]);
    assert.equal(meter.optical, true);
    await assert.rejects(clock.run(meter.read(ET47)), { code: "no-permission" });
  });

  test("reads tables with a read-only key shorter than 20 bytes, in fewer messages than the MEP port", async () => {
    const clock = new VirtualClock();
    const line = opticalLine(clock);
    const meter = await opened(clock, line, keys.readOnly);
    assert.equal((await clock.run(meter.read(ET47))).tariff, 255);
    assert.equal(await clock.run(meter.read(ET47, ["cancellation"])), 0);
    await clock.run(meter.read(BT23));
    assert.deepEqual(line.asked.slice(0, 3), [idtVersion, "30082f", "3f082f0000010001"]);
    assert.equal(line.asked.at(-1), "300017");
  });

  test("writes only the changed bytes and reads them again", async () => {
    const clock = new VirtualClock();
    const line = opticalLine(clock);
    const meter = await opened(clock, line, keys.provisioning, true);
    const { requests, sent } = await clock.run(meter.write(ET47, ["tariff"], 3));
    assert.deepEqual([requests, sent], [[{ table: ET47.number, offset: 0, data: Uint8Array.of(3) }], true]);
    assert.equal(line.memory.get(ET47.number)?.[0], 3);
    assert.deepEqual(line.asked, [idtVersion, "3f082f0000000001", "4f082f000000000103", "3f082f0000000001"]);
  });

  test("reads and writes parts of pending tables after their descriptor", async () => {
    const clock = new VirtualClock();
    const line = opticalLine(clock);
    const meter = await opened(clock, line, keys.unique, true);
    assert.equal(await clock.run(meter.read(ET6191, ["contents", "tariff"])), 255);
    assert.equal(line.asked.at(-1), "3f182f0000000007");
    const fields = [
      { path: ["descriptor", "eventCode"], value: 1 },
      { path: ["descriptor", "eventStorage"], value: bytes("0000010000") },
      { path: ["contents", "tariff"], value: 2 },
      { path: ["contents", "calendarId"], value: 7 },
    ];
    const { sent } = await clock.run(meter.writeFields(ET6191, fields));
    assert.ok(sent);
    assert.equal(
      toHex(line.memory.get(ET6191.number) as Uint8Array),
      "010000010000020000000000000000000000 07000000".replace(" ", ""),
    );
    assert.ok(
      line.asked.filter((apdu) => apdu.startsWith("4f")).every((apdu) => apdu.slice(16, 28) === "010000010000"),
    );
    const whole = await clock.run(meter.read(ET6191));
    assert.deepEqual([whole.descriptor.eventCode, whole.contents.tariff, whole.contents.calendarId], [1, 2, 7]);
  });

  test("calls procedures with its own sequence numbers and finds the answer in BT08", async () => {
    const clock = new VirtualClock();
    const line = opticalLine(clock);
    const meter = await opened(clock, line, keys.unique, true);
    await clock.run(meter.call(BP14, {}));
    await clock.run(meter.call(BP14, {}));
    const calls = line.asked.filter((apdu) => apdu.startsWith("400007"));
    assert.deepEqual(calls, ["40000700030e000a", "40000700030e000b"]);
    // ET50 says where the MEP port's answers are posted, which does not matter to the optical port.
    assert.ok(!line.asked.some((apdu) => apdu.slice(2, 6) === "0832"));
  });

  test("leaves transactions to the MEP port", async () => {
    const clock = new VirtualClock();
    const meter = await opened(clock, opticalLine(clock), keys.unique, true);
    const run = meter.transaction((steps) => [steps.read(ET52)]);
    await assert.rejects(clock.run(run), (error) => error instanceof UsageError && error.code === "other-way");
  });

  test("shows a wrong key once", async () => {
    const clock = new VirtualClock();
    const line = opticalLine(clock);
    await assert.rejects(
      opened(clock, line, new Uint8Array(20).fill(9)),
      (error) => error instanceof LinkError && error.code === "wrong-key",
    );
    assert.deepEqual(line.asked, []);
  });

  test("shows a wrong key once, over any number of pipes", async () => {
    const clock = new VirtualClock();
    const security = optical({ key: new Secret(new Uint8Array(20).fill(9)) });
    const shown: number[] = [];
    for (let pipe = 0; pipe < 3; pipe++) {
      let checks = 0;
      const check = (): undefined => {
        checks++;
      };
      const line = opticalLine(clock, { check });
      await assert.rejects(clock.run(connect(line.transport, { security, clock, profile })), { code: "wrong-key" });
      shown.push(checks);
    }
    assert.deepEqual(shown, [1, 0, 0]);
  });

  test("continues after the meter has lost the session", async () => {
    const clock = new VirtualClock();
    const line = opticalLine(clock);
    const meter = await opened(clock, line, keys.readOnly);
    await clock.run(meter.read(ET47));
    line.endpoint.reset();
    assert.equal((await clock.run(meter.read(ET47))).tariff, 255);
  });

  test("logs off when closed, also if the meter is gone", async () => {
    const clock = new VirtualClock();
    const line = opticalLine(clock);
    const meter = await opened(clock, line, keys.readOnly);
    await clock.run(meter.read(ET47));
    assert.ok(line.endpoint.active);
    const began = clock.now();
    await clock.run(meter.close());
    assert.ok(!line.endpoint.active);
    assert.ok(clock.now() - began <= 200, `${clock.now() - began} ms`);

    const gone = opticalLine(clock);
    const second = await opened(clock, gone, keys.readOnly);
    await clock.run(second.read(ET47));
    gone.pull();
    const before = clock.now();
    await clock.run(second.close());
    assert.ok(clock.now() - before <= 3_100, `${clock.now() - before} ms`);
  });

  test("refuses a key that is too long, without showing it", () => {
    assert.throws(
      () => optical({ key: new Secret(new Uint8Array(21).fill(0x53)) }),
      (error) => error instanceof UsageError && error.code === "key" && !/53|SSS/.test(error.message),
    );
  });

  test("leaves pending tables alone on the MEP port", async () => {
    const clock = new VirtualClock();
    const meter = await clock.run(connectTo(endpointLine(clock, []), clock, { profile, writable: true }));
    await assert.rejects(clock.run(meter.write(ET6191, ["contents", "tariff"], 1)), { code: "read-only" });
  });
});

describe("parts of pending tables", () => {
  test("are requested as on page 11 of the Optical guide", () => {
    assert.deepEqual(pendingPart({ offset: 9, length: 4 }), { asked: { offset: 3, length: 10 }, from: 6 });
    assert.deepEqual(pendingPart({ offset: 4, length: 6 }), { asked: { offset: 0, length: 10 }, from: 4 });
    assert.deepEqual(pendingPart({ offset: 2, length: 1 }), { asked: { offset: 0, length: 6 }, from: 2 });
  });

  test("are written after the new descriptor", () => {
    const descriptor = bytes("000102030405");
    const write = (offset: number, hex: string) => ({ offset, data: bytes(hex) });
    assert.deepEqual(pendingWrites([write(9, "aa")], descriptor), [write(3, "000102030405aa")]);
    assert.deepEqual(pendingWrites([write(1, "ff")], descriptor), [write(0, "00ff02030405")]);
    assert.deepEqual(pendingWrites([write(5, "eeaa"), write(20, "bb")], descriptor), [
      write(0, "0001020304eeaa"),
      write(14, "0001020304eebb"),
    ]);
  });
});
