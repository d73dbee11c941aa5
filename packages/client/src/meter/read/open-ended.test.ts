import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseProfile } from "@meterport/protocol/layout/index";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { type Contents, connectTo, endpointLine } from "../../testing/endpoint-line.test-kit.ts";
import { readOpenEnded } from "./open-ended.ts";

const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => 1 + (i % 255));
const label = "read BT02";

const open = async (contents: Contents) => {
  const clock = new VirtualClock();
  const line = endpointLine(clock, [[2, contents]]);
  const { session } = await clock.run(connectTo(line, clock, { profile: parseProfile("meter:3.70") }));
  return { line, limit: session.readLimit, read: () => clock.run(readOpenEnded(session, 2, { label })) };
};

describe("a table of unknown length", () => {
  test("is as long as the answer to a full read", async () => {
    for (const length of [0, 1, 79]) {
      const { line, read } = await open(counting(length));
      assert.deepEqual(await read(), counting(length));
      assert.equal(line.asked.length, 1);
      assert.equal(line.asked[0]?.offset, undefined);
    }
  });

  test("that is longer than a message is read piece by piece, until a message of zeros", async () => {
    const { line, limit, read } = await open(counting(1000));
    const data = await read();
    assert.deepEqual(data.subarray(0, 1000), counting(1000));
    // Zeros that pad the last piece look like the table's own.
    assert.deepEqual(data.subarray(1000), new Uint8Array(3 * limit - 1000));
    assert.deepEqual(
      line.asked.map(({ offset }) => offset),
      [undefined, limit, 2 * limit, 3 * limit],
    );
  });

  test("ends when the meter refuses the next piece, or gives less", async () => {
    for (const [then, length] of [
      [{ refuse: 5 }, 0],
      [{ short: counting(10) }, 10],
    ] as const) {
      const { line, limit, read } = await open(counting(2000));
      const { memory, asked } = line;
      const whole = memory.get(2) as Uint8Array;
      memory.get = (table) => (table === 2 && asked.length > 1 ? then : table === 2 ? whole : undefined);
      assert.equal((await read()).length, limit + length);
    }
  });

  test("is whole if the meter refuses a piece that ends past its end", async () => {
    for (const length of [117, 118, 300, 777, 1000]) {
      const { line, limit, read } = await open(counting(length));
      const { memory, asked } = line;
      memory.get = () => {
        const { offset = 0, count = 0 } = asked.at(-1) ?? {};
        return asked.at(-1)?.offset !== undefined && offset + count > length ? { refuse: 5 } : counting(length);
      };
      assert.deepEqual(await read(), counting(length));
      assert.ok(asked.length <= Math.ceil(length / limit) + 9, `${length}: ${asked.length} requests`);
    }
  });

  test("is read by partial reads alone if the meter does not allow full ones", async () => {
    const { line, limit, read } = await open(counting(600));
    const { memory, asked } = line;
    const whole = memory.get(2) as Uint8Array;
    memory.get = () => (asked.at(-1)?.offset === undefined ? { refuse: 4 } : whole);
    assert.deepEqual((await read()).subarray(0, 600), counting(600));
    assert.deepEqual(
      asked.map(({ offset }) => offset),
      [undefined, 0, limit, 2 * limit],
    );
  });

  test("is refused after one request if the key may not read it, or it does not exist", async () => {
    for (const [refuse, code] of [
      [3, "no-permission"],
      [5, "no-such-table"],
    ] as const) {
      const { line, read } = await open({ refuse });
      await assert.rejects(read(), { name: "ResponseError", code });
      assert.equal(line.asked.length, 1);
    }
  });

  test("that never ends is not read beyond 64 KiB", async () => {
    const { line, limit, read } = await open(counting(1));
    const endless = counting(2 ** 20);
    line.memory.get = () => endless;
    const data = await read();
    assert.ok(data.length >= 2 ** 16 && data.length < 2 ** 16 + limit, `${data.length}`);
  });
});
