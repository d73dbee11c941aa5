import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CaptureEntry, parseCapture } from "@meterport/protocol/capture/capture";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { LinkRecorder, RecordingSlots } from "./link-recorder.ts";

const hello: CaptureEntry = { t: 77, dir: "tx", bytes: Uint8Array.of(0x16, 3) };

const setup = ({
  slots = new RecordingSlots(),
  handshake = [],
}: {
  slots?: RecordingSlots;
  handshake?: readonly CaptureEntry[];
} = {}) => {
  const clock = new VirtualClock({ wall: Date.UTC(2026, 0, 31, 12), now: 500 });
  const kept: { readonly time: number; readonly text: string; readonly state: string }[] = [];
  const recorder = new LinkRecorder({
    ...{ id: "house", link: "tcp://bridge:4059", clock, slots, handshake: () => handshake },
    shelf: {
      put: (id, time, text, { state }) => {
        kept.push({ time, text, state });
        return `${id}-${kept.length}`;
      },
    },
  });
  const cross = (dir: "tx" | "rx", ...bytes: number[]): void =>
    recorder.note({ t: 123_456, dir, bytes: Uint8Array.from(bytes) });
  return { clock, kept, recorder, cross };
};

describe("a recording of a link", () => {
  test("holds what crosses the link between its start and its end, with times of its own", async () => {
    const { clock, kept, recorder, cross } = setup();
    assert.equal(recorder.status(), null);
    cross("tx", 1);
    assert.equal(recorder.start(60), "started");
    await clock.advance(250);
    cross("tx", 2, 3);
    await clock.advance(50);
    cross("rx", 4);
    assert.deepEqual(recorder.status(), {
      ...{ running: true, started: Date.UTC(2026, 0, 31, 12), until: Date.UTC(2026, 0, 31, 12, 1) },
      ...{ bytes: 3, entries: 2, ended: null, capture: null },
    });
    assert.equal(recorder.stop(), true);
    cross("rx", 5);
    assert.equal(recorder.stop(), false);
    const { text = "", state, time } = kept[0] ?? {};
    assert.deepEqual([kept.length, state, time], [1, "recorded", Date.UTC(2026, 0, 31, 12) + 300]);
    assert.doesNotMatch(text, /bridge/);
    const { header, entries } = parseCapture(text);
    assert.deepEqual([header.started, header.link], ["2026-01-31T12:00:00.000Z", "tcp"]);
    assert.deepEqual(entries, [
      { t: 250, dir: "tx", bytes: Uint8Array.of(2, 3) },
      { t: 300, dir: "rx", bytes: Uint8Array.of(4) },
    ]);
    const { running, ended, capture, until } = recorder.status() ?? assert.fail();
    assert.deepEqual([running, ended, capture, until], [false, "stopped", "house-1", time]);
  });

  test("ends by itself after its time, and another one can begin", async () => {
    const { clock, kept, recorder, cross } = setup();
    recorder.start(60);
    assert.equal(recorder.start(60), "running");
    cross("rx", 1);
    await clock.advance(59_999);
    assert.equal(recorder.status()?.running, true);
    await clock.advance(1);
    assert.deepEqual([recorder.status()?.ended, kept.length], ["time", 1]);
    assert.equal(recorder.start(60), "started");
    recorder.stop();
    assert.deepEqual([recorder.status()?.capture, kept.length], [null, 1], "nothing crossed the line: no file");
  });

  test("does not end with the time of one that was stopped before", async () => {
    const { clock, recorder } = setup();
    recorder.start(60);
    await clock.advance(30_000);
    recorder.stop();
    recorder.start(60);
    await clock.advance(59_000);
    assert.equal(recorder.status()?.running, true);
  });

  test("ends when it is full, and the file stays within its limit", () => {
    const { kept, recorder } = setup();
    recorder.start(3600);
    const piece: CaptureEntry = { t: 0, dir: "rx", bytes: new Uint8Array(4096) };
    for (let i = 0; i < 1000; i++) recorder.note(piece);
    assert.equal(recorder.status()?.ended, "full");
    const { length = 0 } = kept[0]?.text ?? {};
    assert.ok(length > 2_000_000 && length < 2_200_000, `${length} characters`);
  });

  test("is full also of pieces without bytes", () => {
    const { kept, recorder, cross } = setup();
    recorder.start(3600);
    cross("rx", 1);
    for (let i = 0; i < 100_000 && recorder.status()?.running; i++) recorder.note({ t: 0, event: "opened" });
    assert.equal(recorder.status()?.ended, "full");
    assert.ok((kept[0]?.text.length ?? 0) < 2_200_000);
  });

  test("begins with the handshake of the session in progress", () => {
    const { kept, recorder, cross } = setup({ handshake: [hello] });
    recorder.start(60);
    cross("rx", 1);
    recorder.close();
    assert.equal(recorder.status()?.ended, "closed");
    const [first, second] = parseCapture(kept[0]?.text ?? "").entries;
    assert.deepEqual(first, { ...hello, t: 0 });
    assert.equal(second?.t, 0);
  });

  test("takes one of the few slots of all links, and gives it back however it ends", async () => {
    const slots = new RecordingSlots(1);
    const [one, other] = [setup({ slots }), setup({ slots })];
    assert.equal(one.recorder.start(60), "started");
    assert.equal(other.recorder.start(60), "too-many");
    assert.equal(other.recorder.status(), null);
    for (const end of [() => one.recorder.stop(), () => one.recorder.close(), () => one.clock.advance(60_000)]) {
      await end();
      assert.equal(other.recorder.start(60), "started");
      other.recorder.stop();
      assert.equal(one.recorder.start(60), "started");
    }
  });
});
