import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli } from "../../testing/run-cli.ts";

const adapters = [
  {
    path: "/dev/ttyUSB3",
    vendor: "0403",
    product: "6001",
    serial: "A50285BI",
    maker: "FT\u001b[2JDI",
    name: null,
    link: "usb://0403:6001:A50285BI",
  },
  { path: "/dev/ttyS0", vendor: null, product: null, serial: null, maker: null, name: null, link: "/dev/ttyS0" },
];

test("ports: lists each with its link, and makes an adapter's text harmless for the terminal", async () => {
  assert.deepEqual(await runCli(["ports"], { adapters }), {
    code: 0,
    out: "Link                      Path          Maker\nusb://0403:6001:A50285BI  /dev/ttyUSB3  FT·[2JDI\n/dev/ttyS0                /dev/ttyS0\n",
    err: "",
  });
});

test("ports --json: prints all that is known of each port", async () => {
  const { code, out } = await runCli(["ports", "--json"], { adapters });
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out), adapters);
});

test("ports: without any is not a failure, and says what to do", async () => {
  const { code, out } = await runCli(["ports"]);
  assert.equal(code, 0);
  assert.match(out, /^no serial port: plug an adapter in/);
});
