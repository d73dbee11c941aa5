/** Serial ports, on pseudo-terminals that socat makes. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Transport } from "@meterport/protocol/ports";
import { knownBaudRates } from "@meterport/transports/link-settings";
import { openLink } from "@meterport/transports/open";
import { openPty as makePty } from "@meterport/transports/serial/pty";
import { openSerial } from "@meterport/transports/serial/serial";
import { findAdapter } from "@meterport/transports/serial/serial-adapters";
import { fakeBinding } from "@meterport/transports/testing/fake-binding";
import { take, transportContract } from "@meterport/transports/testing/transport-contract";
import { peer } from "./support/peers.ts";

const { skip } = peer("socat");
let folder = "";
let count = 0;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "meterport-serial-"));
});
/** What a test that fails leaves open: its programs would keep the whole run from ending. */
const opened: Transport[] = [];
const openPty = async (path: string): Promise<Transport> => {
  const pty = await makePty(path);
  opened.push(pty);
  return pty;
};
after(async () => {
  for (const pty of opened) await pty.close();
  await rm(folder, { recursive: true, force: true });
});
const freshPath = (): string => join(folder, `line${count++}`);

transportContract({
  name: "serial port on a pty",
  skip,
  open: async () => {
    const path = freshPath();
    const pty = await openPty(path);
    return [await openSerial({ path }), pty];
  },
  tellsEnd: false,
});
transportContract({
  name: "pty behind a serial port",
  skip,
  open: async () => {
    const path = freshPath();
    const pty = await openPty(path);
    return [pty, await openSerial({ path })];
  },
  tellsEnd: false,
});

describe("serial ports", { skip }, () => {
  test("the speed of an open port changes", async () => {
    const path = freshPath();
    const pty = await openPty(path);
    const port = await openSerial({ path });
    const speed = (): string => spawnSync("stty", ["-F", path, "speed"], { encoding: "utf8" }).stdout.trim();
    assert.equal(speed(), "9600");
    // The byte is taken before the change: a pseudo-terminal drains nothing, and the change empties its buffers.
    const arrives = take(pty, 1);
    await port.write(Uint8Array.of(6));
    assert.deepEqual([...(await arrives)], [6]);
    await port.speed?.change(19_200);
    assert.equal(speed(), "19200");
    await port.close();
    await pty.close();
  });

  test("a pty outlives the programs that open it, and is gone when it is closed", async () => {
    const path = freshPath();
    const pty = await openPty(path);
    for (const byte of [1, 2]) {
      const port = await openLink(`serial://${path}?baud=19200&delay=20ms&gap=1s`);
      assert.deepEqual(port.timing, { byteTime: 10_000 / 19_200, delay: 20, gap: 1000 });
      await port.write(Uint8Array.of(byte));
      assert.deepEqual([...(await take(pty, 1))], [byte]);
      await port.close();
    }
    await pty.close();
    assert.equal(existsSync(path), false);
  });

  test("a port that is already open is busy", async () => {
    const path = freshPath();
    const pty = await openPty(path);
    const first = await openSerial({ path });
    await assert.rejects(openSerial({ path }), { code: "not-open", message: /another program has it open/ });
    await first.close();
    await (await openSerial({ path })).close();
    await pty.close();
  });

  test("a port whose device goes away ends or breaks, and its writes are refused", async () => {
    const path = freshPath();
    const pty = await openPty(path);
    const port = await openSerial({ path });
    await pty.close();
    await take(port, 1).then(
      () => assert.fail("nothing was sent"),
      () => {},
    );
    await assert.rejects(port.write(Uint8Array.of(1)), { code: "closed" });
    await port.close();
  });

  test("an adapter that comes back under another path is found by its numbers", async () => {
    const id = { vendor: "0403", product: "6001", serial: "A1" };
    const open = async (path: string) => {
      const ports = [{ path, vendorId: id.vendor, productId: id.product, serialNumber: id.serial }];
      const { loadPort } = fakeBinding({ ports });
      return openSerial({ path: await findAdapter(id, { loadPort, sys: null }) });
    };
    for (const path of [freshPath(), freshPath()]) {
      const pty = await openPty(path);
      const port = await open(path);
      assert.equal(port.name, path);
      await pty.write(Uint8Array.of(7));
      assert.deepEqual([...(await take(port, 1))], [7]);
      await pty.close();
      await assert.rejects(take(port, 1), { code: "closed", message: /the adapter was unplugged/ });
      await port.close();
    }
  });

  test("every rate that a meter can use can be set", async () => {
    const path = freshPath();
    const pty = await openPty(path);
    assert.deepEqual([knownBaudRates.length, knownBaudRates[0], knownBaudRates.at(-1)], [12, 300, 115_200]);
    // stty has no name for these two.
    const nameless = [14_400, 28_800];
    for (const baudRate of knownBaudRates) {
      const port = await openSerial({ path, baudRate });
      const { stdout } = spawnSync("stty", ["-F", path, "speed"], { encoding: "utf8" });
      await port.close();
      assert.equal(Number(stdout), nameless.includes(baudRate) ? 0 : baudRate);
    }
    await pty.close();
  });

  test("a port that is unplugged in the middle of a stream of bytes also ends", { timeout: 20_000 }, async () => {
    for (let i = 0; i < 10; i++) {
      const pty = await openPty(freshPath());
      const port = await openSerial({ path: pty.name.replace("pty://", "") });
      const ended = (async () => {
        for await (const _ of port.chunks);
      })().then(
        () => "ended",
        () => "broke",
      );
      for (let j = 0; j < 20; j++) {
        void pty.write(new Uint8Array(200)).catch(() => {});
        await new Promise((resolve) => setImmediate(resolve));
      }
      await pty.close();
      assert.equal(await ended, "broke");
      await port.close();
    }
  });

  test("a port without lines to switch gives an error that says so", async () => {
    const path = freshPath();
    const pty = await openPty(path);
    await assert.rejects(openLink(`${path.replace("/", "serial:///")}?enable=rts`), {
      code: "not-open",
      message: /this port has no RTS and DTR; remove the setting enable/,
    });
    await pty.close();
  });

  test("an existing path cannot become a pty", async () => {
    const path = freshPath();
    await writeFile(path, "");
    await assert.rejects(openPty(path), { code: "not-open", message: /a file of that name already/ });
    assert.ok(existsSync(path));
  });

  test("a symbolic link to a terminal in use stays", async () => {
    const path = freshPath();
    const first = await openPty(path);
    await assert.rejects(openPty(path), { code: "not-open", message: /is the link to \S+, which is in use/ });
    assert.ok(existsSync(path));
    await first.close();
  });

  test("a missing folder is reported in the words of socat", async () => {
    await assert.rejects(openPty(join(folder, "none", "line")), { code: "not-open", message: /No such file/ });
  });
});

test("a device that does not exist gives an error that says so", async () => {
  await assert.rejects(openSerial({ path: join(folder, "none") }), {
    code: "not-open",
    message: /there is no such device; check the cable/,
  });
});

test("a file that is not a serial port gives an error that says so", async () => {
  const path = freshPath();
  await writeFile(path, "");
  await assert.rejects(openSerial({ path }), { code: "not-open", message: /it is not a serial port/ });
});

test("missing packages are named", async () => {
  const missing = (): Promise<never> =>
    Promise.reject(Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" }));
  await assert.rejects(openSerial({ path: "/dev/null" }, missing), {
    code: "serial-missing",
    message: /npm install @serialport\/bindings-cpp @serialport\/stream/,
  });
});

test("a pty path with socat's special characters is refused", async () => {
  await assert.rejects(openPty("/dev/shm/a,b"), { code: "link" });
});
