import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fakeBinding } from "../testing/fake-binding.ts";
import { findAdapter, listAdapters } from "./serial-adapters.ts";

/** The tree of a kernel with one FTDI adapter, one without a serial number, a chip on the board and a place without one. */
const kernelTree = async (root: string): Promise<void> => {
  const file = async (path: string, text: string): Promise<void> => {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const terminal = async (name: string, device: string, type?: string): Promise<void> => {
    await mkdir(join(root, "class/tty", name), { recursive: true });
    await mkdir(join(root, device), { recursive: true });
    await symlink(join(root, device), join(root, "class/tty", name, "device"));
    if (type !== undefined) await file(`class/tty/${name}/type`, `${type}\n`);
  };
  await terminal("ttyS0", "devices/platform/serial8250", "4");
  await terminal("ttyS1", "devices/platform/none", "0");
  await mkdir(join(root, "class/tty/tty0"), { recursive: true });
  await terminal("ttyUSB0", "devices/usb1/1-1/1-1:1.0/ttyUSB0");
  await file("devices/usb1/1-1/idVendor", "0403\n");
  await file("devices/usb1/1-1/idProduct", "6001\n");
  await file("devices/usb1/1-1/serial", "A50285BI\n");
  await file("devices/usb1/1-1/manufacturer", "FTDI\n");
  await file("devices/usb1/1-1/product", "FT232R USB UART\n");
  await terminal("ttyACM0", "devices/usb1/1-2/1-2:1.0");
  await file("devices/usb1/1-2/idVendor", "1a86\n");
  await file("devices/usb1/1-2/idProduct", "55d4\n");
};

describe("serial adapters", () => {
  let sys = "";
  before(async () => {
    sys = await mkdtemp(join(tmpdir(), "meterport-sys-"));
    await kernelTree(sys);
  });
  after(() => rm(sys, { recursive: true }));

  test("Linux: those on USB first, each with the link that finds it again", async () => {
    assert.deepEqual(await listAdapters({ sys }), [
      {
        path: "/dev/ttyACM0",
        vendor: "1a86",
        product: "55d4",
        serial: null,
        maker: null,
        name: null,
        link: "usb://1a86:55d4",
      },
      {
        path: "/dev/ttyUSB0",
        vendor: "0403",
        product: "6001",
        serial: "A50285BI",
        maker: "FTDI",
        name: "FT232R USB UART",
        link: "usb://0403:6001:A50285BI",
      },
      { path: "/dev/ttyS0", vendor: null, product: null, serial: null, maker: null, name: null, link: "/dev/ttyS0" },
    ]);
  });

  test("one is found by its numbers, with or without its serial number", async () => {
    const [ftdi, other] = [
      { vendor: "0403", product: "6001" },
      { vendor: "1a86", product: "55d4" },
    ];
    assert.equal(await findAdapter({ ...ftdi, serial: "a50285bi" }, { sys }), "/dev/ttyUSB0");
    assert.equal(await findAdapter(ftdi, { sys }), "/dev/ttyUSB0");
    assert.equal(await findAdapter(other, { sys }), "/dev/ttyACM0");
    await assert.rejects(findAdapter({ ...ftdi, serial: "B1" }, { sys }), {
      code: "not-open",
      message:
        /^usb:\/\/0403:6001:B1: cannot open it: no such adapter is plugged in; found: .*usb:\/\/0403:6001:A50285BI at \/dev\/ttyUSB0$/,
    });
    await assert.rejects(findAdapter({ vendor: "0000", product: "6001" }, { sys }), { code: "not-open" });
  });

  test("elsewhere the packages for serial ports list them; two of a kind are told apart by their serial number", async () => {
    const { loadPort } = fakeBinding({
      ports: [
        { path: "COM3", vendorId: "0403", productId: "6001", serialNumber: "A1" },
        { path: "COM9", vendorId: "0403", productId: "6001", serialNumber: "A 2" },
        { path: "COM1" },
      ],
    });
    const options = { loadPort, sys: null };
    assert.deepEqual(
      (await listAdapters(options)).map(({ link }) => link),
      ["usb://0403:6001:A1", "usb://0403:6001:A%202", "COM1"],
    );
    assert.equal(await findAdapter({ vendor: "0403", product: "6001", serial: "A 2" }, options), "COM9");
    await assert.rejects(findAdapter({ vendor: "0403", product: "6001" }, options), {
      code: "not-open",
      message: /COM3 and COM9 both have these numbers; add the serial number/,
    });
  });

  test("a system that does not list its ports is reported as such", async () => {
    await assert.rejects(listAdapters({ sys: join(sys, "none") }), {
      code: "not-open",
      message: /does not list its serial ports; name the port by its path/,
    });
  });
});
