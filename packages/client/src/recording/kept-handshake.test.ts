import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat } from "@meterport/protocol/bytes";
import { type CaptureEntry, parseCapture } from "@meterport/protocol/capture/capture";
import { piecesOf } from "@meterport/protocol/capture/pieces";
import { readTls } from "@meterport/protocol/capture/tls/reading";
import { capturedOf, type Spoken, spoken } from "@meterport/protocol/capture/tls/recorded.test-kit";
import { KeptHandshake } from "./kept-handshake.ts";
import { PackedEntries } from "./packed-entries.ts";
import { RecordingRing } from "./recording-ring.ts";

const key = new Uint8Array(16).fill(5);
const exchanges = Array.from({ length: 20 }, (_, i) => [Uint8Array.of(0x30, 0, i), Uint8Array.of(0, 0, 1, i)] as const);
const entriesOf = (messages: readonly Spoken[]): readonly CaptureEntry[] => capturedOf(messages).entries;
const requestsIn = (text: string): number[] => {
  const { frames } = readTls(piecesOf(parseCapture(text)), key);
  return [...frames.values()].flatMap((frame) => (frame.kind === "request" ? [frame.apdu[2] as number] : []));
};

describe("a handshake that is kept", () => {
  test("is the last one, up to its first request, in any pieces", () => {
    const whole = [...spoken({ key, exchanges }), ...spoken({ key, exchanges, seed: 3 })];
    const pieces = whole.flatMap(({ dir, bytes }) =>
      Array.from(bytes, (byte) => ({ dir, bytes: Uint8Array.of(byte) })),
    );
    for (const messages of [whole, pieces]) {
      const kept = new KeptHandshake();
      for (const entry of entriesOf(messages)) kept.see(entry);
      const bytes = (dir: "tx" | "rx") =>
        concat(...kept.entries.flatMap((entry) => ("bytes" in entry && entry.dir === dir ? [entry.bytes] : [])));
      const last = whole.slice(whole.length / 2);
      assert.deepEqual(bytes("tx"), concat(last[0]?.bytes as Uint8Array, last[2]?.bytes as Uint8Array));
      assert.deepEqual(bytes("rx"), concat(last[1]?.bytes as Uint8Array, last[3]?.bytes as Uint8Array));
    }
  });

  test("is the same one if nothing is made of entries that it ignores", () => {
    const whole = [...spoken({ key, exchanges }), ...spoken({ key, exchanges, seed: 3 })];
    const halves = whole.flatMap(({ dir, bytes }) => [
      { dir, bytes: bytes.subarray(0, 5) },
      { dir, bytes: bytes.subarray(5) },
    ]);
    const plain: readonly CaptureEntry[] = [
      { t: 0, event: "opened" },
      { t: 0, dir: "tx", bytes: Uint8Array.of(0, 3, 0x30, 0, 1) },
      { t: 0, dir: "rx", bytes: Uint8Array.of(0, 1, 0) },
    ];
    for (const messages of [whole, halves]) {
      const [all, some, packed] = [new KeptHandshake(), new KeptHandshake(), new PackedEntries()];
      let ignored = 0;
      for (const entry of [...plain, ...entriesOf(messages), ...plain]) {
        all.see(entry);
        packed.push(entry);
        if (some.ignores(packed)) ignored++;
        else some.see(entry);
        packed.drop();
        assert.deepEqual(some.entries, all.entries);
      }
      assert.ok(ignored >= 2 * plain.length, `${ignored} entries were ignored`);
    }
  });

  test("drops a handshake that does not end", () => {
    const kept = new KeptHandshake();
    const [hello] = entriesOf(spoken({ key, exchanges }));
    kept.see(hello as CaptureEntry);
    assert.equal(kept.entries.length, 1);
    for (let i = 0; i < 100; i++) kept.see({ t: 1, dir: "rx", bytes: new Uint8Array(4000).fill(0xff) });
    assert.ok(kept.entries.length < 10, `${kept.entries.length} entries`);
  });
});

describe("a recording ring of a TLS session", () => {
  test("can be decrypted long after the handshake, also if another one has begun since", () => {
    let now = 0;
    const ring = new RecordingRing({ clock: { now: () => now, wall: () => now }, size: 1e6, age: 10_000 });
    const messages = [
      ...spoken({ key, exchanges, parts: false }),
      ...spoken({ key, exchanges: exchanges.slice(0, 2), seed: 3 }),
    ];
    for (const [index, { dir, bytes }] of messages.entries()) {
      now = 1000 * index;
      ring.note({ t: ring.elapsed(), dir, bytes });
    }
    const text = ring.capture("tcp") ?? assert.fail();
    // The farewell with its answer, two exchanges and a handshake of the second session; from the first, the last 10 s.
    assert.deepEqual(requestsIn(text), [0, 1]);
    now = 0;
    const earlier = new RecordingRing({ clock: { now: () => now, wall: () => now }, size: 1e6, age: 10_000 });
    for (const [index, { dir, bytes }] of messages.slice(0, 40).entries()) {
      now = 1000 * index;
      earlier.note({ t: earlier.elapsed(), dir, bytes });
    }
    const middle = earlier.capture("tcp") ?? assert.fail();
    assert.deepEqual(requestsIn(middle), [13, 14, 15, 16, 17]);
    const { header, entries } = parseCapture(middle);
    assert.equal(header.started, new Date(29_000).toISOString(), "the time of the kept lines, not of the handshake");
    assert.deepEqual([entries[0]?.t, entries[4]?.t, entries[5]?.t], [0, 0, 1000]);
  });
});
