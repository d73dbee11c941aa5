import assert from "node:assert/strict";
import { openSync } from "node:fs";
import { test } from "node:test";
import type { BindingPortInterface } from "@serialport/bindings-cpp";
import { noticingHangUps } from "./hung-up.ts";

/** A port of Linux whose line is gone: /dev/null is always empty. The binding's own `read` would never return. */
const hungUp = (): BindingPortInterface => {
  const port = {
    fd: openSync("/dev/null", "r") as number | null,
    poller: { once: () => assert.fail("an empty read is not a reason to wait") },
    isOpen: true,
    read: () => assert.fail("the binding's own read"),
    close: async () => {
      port.fd = null;
    },
  };
  return port as unknown as BindingPortInterface;
};

test("a line that is always empty is gone, and one that was closed is cancelled", { timeout: 5_000 }, async () => {
  const port = hungUp();
  const opened = await noticingHangUps({ list: async () => [], open: async () => port }).open({
    path: "",
    baudRate: 1,
  });
  await assert.rejects(opened.read(Buffer.alloc(8), 0, 8), /hung up/);
  await opened.close();
  await assert.rejects(opened.read(Buffer.alloc(8), 0, 8), { canceled: true });
});

test("ports of other systems are left alone", async () => {
  const read = async (buffer: Buffer) => ({ buffer, bytesRead: 1 });
  const port = { read } as unknown as BindingPortInterface;
  const opened = await noticingHangUps({ list: async () => [], open: async () => port }).open({
    path: "",
    baudRate: 1,
  });
  assert.equal(opened.read, read);
});
