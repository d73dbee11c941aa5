import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { headLines } from "../enable-line.ts";
import { fakeBinding } from "../testing/fake-binding.ts";
import { openSerial } from "./serial.ts";

const path = "/dev/ttyUSB0";

describe("the enable line of a serial port", () => {
  test("is off, then on, before the port is handed out, and off before it is closed", async () => {
    const { loadPort, log } = fakeBinding();
    const port = await openSerial({ path, enable: { rts: true, pulse: 1 } }, loadPort);
    await port.write(Uint8Array.of(1, 2));
    await Promise.all([port.close(), port.close()]);
    assert.deepEqual(log, [
      "open /dev/ttyUSB0 9600",
      "rts off, dtr on",
      "rts on, dtr on",
      "write 2",
      "rts off, dtr on",
      "close",
    ]);
  });

  test("may be inverted, and be both lines", async () => {
    const { loadPort, log } = fakeBinding();
    const enable = { rts: true, dtr: false, pulse: 0 };
    await (await openSerial({ path, baudRate: 300, enable }, loadPort)).close();
    const off = "rts off, dtr on";
    assert.deepEqual(log, ["open /dev/ttyUSB0 300", off, "rts on, dtr off", off, "close"]);
  });

  test("is not touched without the setting", async () => {
    const { loadPort, log } = fakeBinding();
    await (await openSerial({ path }, loadPort)).close();
    assert.deepEqual(log, ["open /dev/ttyUSB0 9600", "close"]);
  });

  test("a port without such lines is closed again, and the error says what to remove", async () => {
    const { loadPort, log } = fakeBinding({ lineless: "Error: Inappropriate ioctl for device, cannot get" });
    await assert.rejects(openSerial({ path, enable: { rts: true, pulse: 0 } }, loadPort), {
      code: "not-open",
      message: "/dev/ttyUSB0: cannot switch its enable line: this port has no RTS and DTR; remove the setting enable",
    });
    assert.equal(log.at(-1), "close");
  });

  test("giving up during the pulse ends the wait, and leaves the line off", async () => {
    const { loadPort, log } = fakeBinding();
    const giveUp = new AbortController();
    const opening = openSerial({ path, enable: { dtr: true, pulse: 60_000 }, signal: giveUp.signal }, loadPort);
    setImmediate(() => giveUp.abort());
    await assert.rejects(opening, { code: "aborted" });
    assert.deepEqual(log.slice(-2), ["rts on, dtr off", "close"]);
  });
});

describe("RTS and DTR of a serial port", () => {
  test("stay as the link says, before the first byte", async () => {
    const { loadPort, log } = fakeBinding();
    const port = await openSerial({ path, lines: { rts: true, dtr: false } }, loadPort);
    await port.write(Uint8Array.of(1));
    await port.close();
    assert.deepEqual(log, ["open /dev/ttyUSB0 9600", "rts on, dtr off", "write 1", "close"]);
  });

  test("are on for an optical head, and off, beside a line that is switched", async () => {
    const { loadPort, log } = fakeBinding();
    await (await openSerial({ path, lines: headLines, enable: { rts: true, pulse: 0 } }, loadPort)).close();
    const off = "rts off, dtr off";
    assert.deepEqual(log, ["open /dev/ttyUSB0 9600", off, "rts on, dtr off", off, "close"]);
  });

  test("are required if the link asks for them, and optional if they are only the default", async () => {
    const lineless = "Error: Inappropriate ioctl for device, cannot get";
    await assert.rejects(openSerial({ path, lines: { dtr: false } }, fakeBinding({ lineless }).loadPort), {
      code: "not-open",
      message: "/dev/ttyUSB0: cannot switch its lines: this port has no RTS and DTR; remove the setting rts and dtr",
    });
    await (await openSerial({ path, lines: headLines }, fakeBinding({ lineless }).loadPort)).close();
  });
});

test("an adapter that is unplugged breaks the port with a sentence of its own", async () => {
  const { loadPort, unplug } = fakeBinding();
  const port = await openSerial({ path }, loadPort);
  const next = port.chunks[Symbol.asyncIterator]().next();
  unplug();
  await assert.rejects(next, {
    code: "closed",
    message: "/dev/ttyUSB0: the serial port is gone: the adapter was unplugged, or lost its power",
  });
  await assert.rejects(port.write(Uint8Array.of(1)), { code: "closed" });
  await port.close();
});

test("its speed is in its timing", async () => {
  const { loadPort } = fakeBinding();
  const port = await openSerial({ path, baudRate: 1200 }, loadPort);
  assert.deepEqual(port.timing, { byteTime: 10_000 / 1200 });
  await port.close();
});

test("its speed changes once everything written is sent", async () => {
  const { loadPort, log } = fakeBinding();
  const port = await openSerial({ path }, loadPort);
  assert.equal(port.speed?.baudRate, 9600);
  void port.write(Uint8Array.of(6));
  await port.speed?.change(19_200);
  await port.close();
  assert.deepEqual(log, ["open /dev/ttyUSB0 9600", "write 1", "drain", "baud 19200", "close"]);
  const fixed = await openSerial({ path }, fakeBinding({ fixed: "Error: Invalid argument" }).loadPort);
  await assert.rejects(async () => fixed.speed?.change(28_800), {
    code: "not-open",
    message: "/dev/ttyUSB0: it does not take 28800 baud: Error: Invalid argument",
  });
  await fixed.close();
});

test("what the binding says in words becomes a remedy", async () => {
  for (const [refusal, remedy] of [
    ["Error: Permission denied, cannot open /dev/ttyUSB0", /sudo usermod -aG dialout/],
    ["Error Resource temporarily unavailable Cannot lock port", /another program has it open/],
    ["Error: Device or resource busy, cannot open /dev/ttyUSB0", /another program has it open/],
    ["Opening COM3: File not found", /there is no such device/],
    ["Opening COM3: Access denied", /often another program has it open/],
    ["Error: Invalid argument setting custom baud rate of 300", /it does not take these settings/],
  ] as const)
    await assert.rejects(openSerial({ path }, fakeBinding({ refusal }).loadPort), {
      code: "not-open",
      message: remedy,
    });
});
