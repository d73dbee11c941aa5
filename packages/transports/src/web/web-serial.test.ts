import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { headLines } from "../enable-line.ts";
import { fakeWebSerial } from "../testing/fake-web-serial.ts";
import { take, transportContract } from "../testing/transport-contract.ts";
import { openWebSerial } from "./web-serial.ts";

transportContract({
  name: "web serial",
  open: async () => {
    const { port, wire } = fakeWebSerial();
    return [await openWebSerial(port), wire];
  },
  tellsEnd: false,
});

describe("web serial", () => {
  test("opens at the speed that is asked for, is named after its adapter, and can be opened again", async () => {
    const { port, log } = fakeWebSerial({ usbVendorId: 0x403, usbProductId: 0x6001 });
    const first = await openWebSerial(port, { baudRate: 300 });
    assert.equal(first.name, "web-serial 0403:6001");
    assert.deepEqual(first.timing, { byteTime: 10_000 / 300 });
    await assert.rejects(openWebSerial(port), { code: "not-open", message: /this page has it open already/ });
    await first.close();
    await (await openWebSerial(port)).close();
    assert.deepEqual(log, ["open 300", "close", "open 9600", "close"]);
  });

  test("errors of the line are noise: what comes after them is read", async () => {
    const { port, wire, disturb } = fakeWebSerial();
    const transport = await openWebSerial(port);
    for (const name of ["FramingError", "BreakError", "ParityError", "BufferOverrunError"] as const) {
      await wire.write(Uint8Array.of(7));
      assert.deepEqual([...(await take(transport, 1))], [7]);
      disturb(name);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await wire.write(Uint8Array.of(8));
    assert.deepEqual([...(await take(transport, 1))], [8]);
    await transport.close();
  });

  test("an unplugged adapter breaks it, and it cannot be opened again", async () => {
    const { port, unplug } = fakeWebSerial();
    const transport = await openWebSerial(port);
    const broken = assert.rejects(take(transport, 1), { code: "closed", message: /the adapter was unplugged/ });
    unplug();
    await broken;
    await assert.rejects(transport.write(Uint8Array.of(1)), { code: "closed" });
    await transport.close();
    await assert.rejects(openWebSerial(port), { code: "not-open", message: /another program may have it open/ });
  });

  test("its enable line is pulsed, and off when it is closed", async () => {
    const { port, log } = fakeWebSerial();
    await (await openWebSerial(port, { enable: { dtr: true, pulse: 1 } })).close();
    const off = "rts on, dtr off";
    assert.deepEqual(log, ["open 9600", off, "rts on, dtr on", off, "close"]);
  });

  test("its lines stay as an optical head wants them", async () => {
    const { port, log } = fakeWebSerial();
    await (await openWebSerial(port, { lines: headLines })).close();
    assert.deepEqual(log, ["open 9600", "rts on, dtr off", "close"]);
  });

  test("giving up leaves the port closed", async () => {
    const { port, log } = fakeWebSerial();
    const giveUp = new AbortController();
    const opening = openWebSerial(port, { enable: { rts: true, pulse: 60_000 }, signal: giveUp.signal });
    setImmediate(() => giveUp.abort());
    await assert.rejects(opening, { code: "aborted" });
    assert.equal(log.at(-1), "close");
    await assert.rejects(openWebSerial(port, { signal: AbortSignal.abort() }), { code: "aborted" });
  });

  test("a reader that is far behind holds the line back in bounded memory, and gets everything", async () => {
    const { port, wire } = fakeWebSerial();
    const transport = await openWebSerial(port);
    const piece = new Uint8Array(1000).fill(5);
    for (let i = 0; i < 200; i++) await wire.write(piece);
    assert.equal((await take(transport, 200_000)).length, 200_000);
    await transport.close();
  });
});
