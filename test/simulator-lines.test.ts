/** Lines to a virtual meter, and a virtual meter served over a transport, in virtual time. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseProfile } from "@meterport/protocol/layout/index";
import { encodeRequest } from "@meterport/protocol/mep/frame/apdu";
import { Secret } from "@meterport/protocol/mep/security/key";
import { rc4Authentication } from "@meterport/protocol/mep/security/rc4/authentication";
import type { Transport } from "@meterport/protocol/ports";
import { everyFault, type Line, memoryLine, modelledLine, serve, VirtualMeter } from "@meterport/simulator";
import { ChunkQueue } from "@meterport/simulator/line/chunk-queue";
import { VirtualClock } from "./support/virtual-clock.ts";

const key = new Uint8Array(16).fill(1);
const openMeter = (): VirtualMeter =>
  new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic: new Secret(key), advanced: new Secret(key) },
    scenario: "quiet",
    seed: 1,
    start: Date.UTC(2026, 0, 1),
    sequence: 1,
  });

/** What arrives, with the time. */
const listen = (transport: Transport, clock: VirtualClock) => {
  const heard: { at: number; length: number }[] = [];
  const ended = (async () => {
    for await (const chunk of transport.chunks) heard.push({ at: clock.now(), length: chunk.length });
  })();
  return { heard, ended, total: () => heard.reduce((sum, { length }) => sum + length, 0) };
};
const request = (sequence: number, count = 220): Uint8Array =>
  rc4Authentication({ key, sequence }).seal(encodeRequest({ kind: "read-at", table: 28, offset: 0, count })).packet;

describe("a modelled line", () => {
  test("takes as long as its bytes, with the meter's pause after 117 of them", async () => {
    const clock = new VirtualClock();
    const line = modelledLine({ meter: openMeter(), clock, baud: 9600 });
    const { heard, total, ended } = listen(line, clock);
    await line.write(request(1));
    await clock.advance(1000);
    assert.equal(total(), 2 + 3 + 220 + 8);
    assert.deepEqual(line.counts, { toMeter: 22, toClient: 233 });
    const byteTime = 10_000 / 9600;
    const last = heard.at(-1)?.at ?? 0;
    assert.ok(Math.abs(last - ((22 + 233) * byteTime + 25)) < 0.01, `${last} ms`);
    await line.close();
    await ended;
    await assert.rejects(line.write(request(2)), { name: "LinkError", code: "closed" });
  });

  test("holds the second response back for 100 ms", async () => {
    const clock = new VirtualClock();
    const line = modelledLine({ meter: openMeter(), clock, baud: 115_200 });
    const { heard } = listen(line, clock);
    await line.write(request(1, 4));
    await line.write(request(2, 4));
    await clock.advance(1000);
    assert.equal(heard.length, 2);
    assert.ok(Math.abs((heard[1]?.at ?? 0) - (heard[0]?.at ?? 0) - 100) < 1);
  });

  test("brings alerts without a request, and ends with its transport", async () => {
    const clock = new VirtualClock();
    const meter = openMeter();
    const line = modelledLine({ meter, clock, baud: 9600 });
    const { heard, ended } = listen(line, clock);
    await clock.advance(5000);
    meter.alert(true);
    await clock.advance(2500);
    assert.deepEqual(
      heard.map(({ at }) => Math.floor(at)),
      [5002, 6002, 7002],
    );
    await line.close();
    await ended;
    assert.equal(clock.pending, 0);
  });

  test("has the same faults for the same seed", async () => {
    const run = async (seed: number): Promise<string> => {
      const clock = new VirtualClock();
      const line = modelledLine({ meter: openMeter(), clock, baud: 9600, seed, ...everyFault(0.1) });
      const { heard } = listen(line, clock);
      for (let sequence = 1; sequence < 30; sequence++) {
        await line.write(request(sequence, 40));
        await clock.advance(300);
      }
      await line.close();
      return JSON.stringify([heard, [...line.faults.toClient.counts]]);
    };
    assert.equal(await run(1), await run(1));
    assert.notEqual(await run(1), await run(2));
  });
});

describe("a line in memory", () => {
  test("answers at once, with any number of clients", async () => {
    const clock = new VirtualClock();
    const line: Line = memoryLine({ meter: openMeter(), clock });
    const chunks = line.chunks[Symbol.asyncIterator]();
    for (let sequence = 1; sequence <= 50; sequence++) {
      await line.write(request(sequence));
      assert.equal((await chunks.next()).value?.length, 233);
    }
    assert.equal(clock.now(), 0);
    assert.deepEqual(line.counts, { toMeter: 50 * 22, toClient: 50 * 233 });
    await line.close();
    assert.equal((await chunks.next()).done, true);
  });
});

describe("serve", () => {
  /** Two ends of a pipe; `broken` makes the meter's writes fail. */
  const pipe = () => {
    const [toMeter, toClient] = [new ChunkQueue(), new ChunkQueue()];
    const state = { broken: false, closed: 0 };
    const meterEnd: Transport = {
      name: "pipe",
      chunks: toMeter,
      write: async (bytes) => {
        if (state.broken) throw new Error("broken pipe");
        toClient.push(bytes);
      },
      close: async () => {
        state.closed++;
        toMeter.close();
        toClient.close();
      },
    };
    return { toMeter, toClient, meterEnd, state };
  };

  test("answers over any transport until it ends, and again over the next one", async () => {
    const clock = new VirtualClock();
    const meter = openMeter();
    for (const first of [1, 2]) {
      const { toMeter, toClient, meterEnd } = pipe();
      const served = serve(meterEnd, clock, meter);
      const packet = request(first);
      toMeter.push(packet.subarray(0, 5));
      await clock.advance(10);
      toMeter.push(packet.subarray(5));
      await clock.advance(1000);
      let total = 0;
      const reading = (async () => {
        for await (const chunk of toClient) total += chunk.length;
      })();
      toMeter.close();
      await clock.run(served.closed);
      await reading;
      assert.equal(total, 233);
      assert.equal(clock.pending, 0);
    }
  });

  test("sends alerts to every listener", async () => {
    const clock = new VirtualClock();
    const meter = openMeter();
    const { toClient, meterEnd } = pipe();
    const served = serve(meterEnd, clock, meter);
    await clock.advance(100);
    meter.alert(true);
    await clock.advance(2500);
    assert.equal(toClient.length, 3);
    await served.close();
    await served.closed;
    assert.equal(clock.pending, 0);
  });

  test("ends when the transport breaks", async () => {
    const clock = new VirtualClock();
    const { toMeter, meterEnd, state } = pipe();
    const served = serve(meterEnd, clock, openMeter());
    state.broken = true;
    toMeter.push(request(1));
    await clock.run(served.closed);
    assert.ok(state.closed >= 1);
  });
});
