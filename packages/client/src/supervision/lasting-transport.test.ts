import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import type { Chunks, Transport } from "@meterport/protocol/ports";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { handing } from "./handed-pieces.ts";
import { LastingTransport } from "./lasting-transport.ts";

/** A pipe whose other end is the test; it gives what it is asked for, or hands on what comes. */
const pipe = (hands: boolean) => {
  const waiting: Uint8Array[] = [];
  let over: { readonly error: Error | undefined } | undefined;
  let wake = (): void => {};
  const written: number[] = [];
  let closes = 0;
  const chunks: Chunks = (async function* () {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift() as Uint8Array;
      if (over?.error !== undefined) throw over.error;
      if (over !== undefined) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  })();
  const transport: Transport = {
    name: "pipe",
    chunks: hands ? { [Symbol.asyncIterator]: () => chunks[Symbol.asyncIterator](), handTo: handing(chunks) } : chunks,
    write: async ([first]) => {
      if (over !== undefined) throw new Error("broken");
      written.push(first ?? 0);
    },
    close: async () => {
      closes++;
    },
  };
  return {
    transport,
    written,
    closes: () => closes,
    say: (byte: number) => {
      waiting.push(Uint8Array.of(byte));
      wake();
    },
    end: (error?: Error) => {
      over = { error };
      wake();
    },
  };
};
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const setup = (hands: boolean, clock = new VirtualClock()) => {
  const first = pipe(hands);
  const ended: string[] = [];
  const lasting = new LastingTransport(first.transport, clock, (error) => ended.push(`${error.code}: ${error.detail}`));
  const heard: number[] = [];
  const { handTo } = lasting.chunks;
  const inLoop = async (): Promise<void> => {
    for await (const [byte] of lasting.chunks) heard.push(byte ?? 0);
    heard.push(-1);
  };
  const handed = (): Promise<void> =>
    new Promise((resolve) =>
      handTo?.({
        take: ([byte]) => heard.push(byte ?? 0) > 0,
        end: () => {
          heard.push(-1);
          resolve();
        },
      }),
    );
  const reading = hands ? handed() : inLoop();
  return { first, lasting, ended, heard, reading };
};

for (const hands of [false, true]) {
  const way = hands ? "handed on" : "in a loop";
  test(`${way}: reading continues over the next pipe, and ends with the transport itself`, async () => {
    const { first, lasting, ended, heard, reading } = setup(hands);
    first.say(1);
    await settle();
    first.end();
    await settle();
    assert.deepEqual([heard, ended, lasting.attached], [[1], ["closed: the other side closed the connection"], false]);
    assert.equal(first.closes(), 1);
    await lasting.write(Uint8Array.of(7));
    const second = pipe(hands);
    lasting.attach(second.transport);
    await lasting.write(Uint8Array.of(8));
    second.say(2);
    await settle();
    assert.deepEqual([heard, first.written, second.written, lasting.received], [[1, 2], [], [8], 1]);
    await lasting.close();
    await reading;
    assert.deepEqual(heard, [1, 2, -1]);
    assert.equal(ended.length, 1, "a pipe that we close ourselves is not reported");
    await assert.rejects(lasting.write(Uint8Array.of(9)), { code: "closed" });
  });

  test(`${way}: a broken pipe is reported once, with its reason, whichever side notices first`, async () => {
    const { first, lasting, ended, heard } = setup(hands);
    await settle();
    first.end(new LinkError("closed", "pipe", "read ECONNRESET"));
    await Promise.all([lasting.write(Uint8Array.of(1)), settle()]);
    await settle();
    assert.equal(ended.length, 1);
    assert.deepEqual(heard, []);
  });

  test(`${way}: bytes from an abandoned pipe are dropped`, async () => {
    const { first, lasting, heard, ended } = setup(hands);
    await settle();
    await lasting.detach();
    first.say(5);
    const second = pipe(hands);
    lasting.attach(second.transport);
    second.say(6);
    first.say(5);
    await settle();
    assert.deepEqual([heard, ended], [[6], []]);
  });

  test(`${way}: an endless stream of bytes is read no faster than a real line, so that others get their turn`, async () => {
    const clock = new VirtualClock();
    const { lasting, heard, reading } = setup(hands, clock);
    let chunks = 0;
    const flood = (async function* () {
      for (; chunks < 1000; chunks++) {
        await settle();
        yield new Uint8Array(65_536);
      }
    })();
    await lasting.detach();
    lasting.attach({
      name: "flood",
      chunks: hands ? { [Symbol.asyncIterator]: () => flood, handTo: handing(flood) } : flood,
      write: async () => {},
      close: async () => {},
    });
    for (let i = 0; i < 100; i++) await clock.advance(100);
    assert.ok(chunks > 35 && chunks < 50, `${chunks} pieces in ten seconds`);
    // The next pipe need not wait.
    await lasting.detach();
    const quiet = pipe(hands);
    lasting.attach(quiet.transport);
    quiet.say(7);
    await settle();
    assert.equal(heard.at(-1), 7);
    await lasting.close();
    await reading;
    assert.equal(clock.pending, 0);
  });
}
