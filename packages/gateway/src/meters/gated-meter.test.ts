import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import { gatedMeter } from "./gated-meter.ts";
import type { MeterAccess } from "./meter-link.ts";

class Gate {
  #isOpen = true;
  #waiting: (() => void)[] = [];

  readonly isOpen = (): boolean => this.#isOpen;
  readonly changed = (): Promise<void> => new Promise((resolve) => this.#waiting.push(resolve));

  set(isOpen: boolean): void {
    this.#isOpen = isOpen;
    for (const tell of this.#waiting.splice(0)) tell();
  }
}

const bytes = Uint8Array.of(2, 0);
const settled = async (): Promise<void> => {
  for (let n = 0; n < 20; n++) await Promise.resolve();
};

const world = () => {
  const gate = new Gate();
  const abort = new AbortController();
  const seen = { opened: 0, written: 0 };
  const plain: Transport = {
    name: "tcp://127.0.0.1:4059",
    write: async () => void seen.written++,
    chunks: (async function* () {})(),
    close: async () => {},
  };
  const access: MeterAccess = {
    near: false,
    open: async () => {
      seen.opened++;
      return plain;
    },
    connect: () => Promise.reject(new UsageError("unused", "is not connected here")),
  };
  const open = () => gatedMeter(access, plain.name, gate).open({ signal: abort.signal, baud: undefined });
  return { gate, abort, seen, open, access };
};

test("a link sends while the gate is open, and gives up instead of sending while it is shut", async () => {
  const { gate, seen, open } = world();
  const link = await open();
  await link.write(bytes);
  gate.set(false);
  await assert.rejects(link.write(bytes), {
    code: "closed",
    message: "tcp://127.0.0.1:4059: given up, since another process may read this meter by now",
  });
  assert.equal(seen.written, 1);
  gate.set(true);
  await link.write(bytes);
  assert.equal(seen.written, 2);
});

test("no link is opened while the gate is shut, however long, until somebody gives up", async () => {
  const { gate, abort, seen, open } = world();
  gate.set(false);
  const first = open();
  await settled();
  assert.equal(seen.opened, 0);
  gate.set(true);
  await first;
  gate.set(false);
  const second = open();
  abort.abort();
  await assert.rejects(second, { code: "aborted" });
  await assert.rejects(open(), { code: "aborted" });
  assert.equal(seen.opened, 1);
});

test("a meter without a gate is reached as it is", () => {
  const { access } = world();
  assert.equal(gatedMeter(access, "tcp://127.0.0.1:4059", undefined), access);
});
