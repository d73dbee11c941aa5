import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat } from "@meterport/protocol/bytes";
import { parseCapture } from "@meterport/protocol/capture/capture";
import type { Chunks } from "@meterport/protocol/ports";
import { recordTransport } from "./recording.ts";
import { RecordingRing } from "./recording-ring.ts";

const setup = (size: number, age: number) => {
  let now = 0;
  const clock = { now: () => now, wall: () => Date.UTC(2026, 0, 31, 12) + now };
  const ring = new RecordingRing({ clock, size, age });
  return {
    ring,
    /** Bytes at some time. */
    at: (time: number, byte: number): void => {
      now = time;
      ring.note({ t: ring.elapsed(), dir: "rx", bytes: Uint8Array.of(byte) });
    },
    pass: (time: number): void => {
      now = time;
    },
    kept: () => {
      const text = ring.capture("serial");
      if (text === undefined) return undefined;
      const { header, entries } = parseCapture(text);
      return {
        started: header.started,
        entries: entries.map((entry) => ("bytes" in entry ? [entry.t, entry.bytes[0]] : entry.event)),
      };
    },
  };
};

describe("a recording ring", () => {
  test("forgets what is too old, and counts times from the oldest line left", () => {
    const { at, kept, pass } = setup(1e6, 1000);
    at(0, 1);
    at(600, 2);
    at(1500, 3);
    assert.deepEqual(kept(), {
      started: "2026-01-31T12:00:00.600Z",
      entries: [
        [0, 2],
        [900, 3],
      ],
    });
    pass(5000);
    assert.equal(kept(), undefined);
  });

  test("forgets the oldest lines if there are too many, however long it runs", () => {
    const { ring, at, kept } = setup(200, 1e9);
    for (let i = 0; i < 5000; i++) at(i, i & 0xff);
    assert.ok((ring.capture("serial") ?? "").length < 400);
    assert.deepEqual(kept()?.entries.at(-1)?.[1], 4999 & 0xff);
  });

  test("gives no capture without bytes", () => {
    const { ring } = setup(1000, 1000);
    ring.note({ t: 0, event: "opened" });
    assert.equal(ring.capture("serial"), undefined);
  });

  test("gives a readable capture however much a bridge delivers at once, and keeps every byte", async () => {
    const ring = new RecordingRing({ clock: { now: () => 0, wall: () => 0 }, size: 1e6, age: 1000 });
    const flood = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
    const transport = recordTransport(
      {
        name: "flood",
        chunks: (async function* () {
          yield flood;
        })(),
        write: async () => {},
        close: async () => {},
      },
      ring,
    );
    for await (const bytes of transport.chunks) assert.equal(bytes, flood);
    const { entries } = parseCapture(ring.capture("tcp") ?? "");
    assert.deepEqual(concat(...entries.map((entry) => ("bytes" in entry ? entry.bytes : new Uint8Array()))), flood);
  });

  for (const error of [undefined, new Error("broke")])
    test(`notes what a pipe hands on, and ${error === undefined ? "its end" : "how it broke"}, before its receiver`, () => {
      const { ring } = setup(1000, 1000);
      const told: unknown[] = [];
      const noted = (): number => [...(parseCapture(ring.capture("tcp") ?? "").entries ?? [])].length;
      const chunks: Chunks = {
        [Symbol.asyncIterator]: () => assert.fail("nobody loops"),
        handTo: ({ take, end }) => {
          told.push(take(Uint8Array.of(1, 2)));
          end(error);
          return () => {};
        },
      };
      const pipe = { name: "pipe", chunks, write: async () => {}, close: async () => {} };
      recordTransport(pipe, ring).chunks.handTo?.({
        take: (bytes) => {
          told.push([...bytes], noted());
          return false;
        },
        end: (cause) => told.push(cause, noted()),
      });
      assert.deepEqual(told, [[1, 2], 2, false, error, 3]);
      const last = parseCapture(ring.capture("tcp") ?? "").entries.at(-1);
      assert.deepEqual(last, { t: 0, event: error === undefined ? "closed" : "broken" });
    });
});
