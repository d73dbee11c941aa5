import assert from "node:assert/strict";
import { test } from "node:test";
import { type EventSourceLike, openStream } from "./stream.ts";

/** Virtual timers: time passes only when a test advances it. */
function timers() {
  let now = 0;
  let queue: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    waiting: () => queue.length,
    after: (ms: number, run: () => void) => {
      const entry = { at: now + ms, run };
      queue.push(entry);
      return () => {
        queue = queue.filter((other) => other !== entry);
      };
    },
    pass: (ms: number) => {
      const end = now + ms;
      for (;;) {
        const next = queue.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        queue = queue.filter((entry) => entry !== next);
        now = next.at;
        next.run();
      }
      now = end;
    },
  };
}

class FakeSource implements EventSourceLike {
  readonly listeners = new Map<string, (event: { readonly data?: unknown }) => void>();
  closed = false;
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void {
    this.listeners.set(type, listener);
  }
  close(): void {
    this.closed = true;
  }
  say(type: string, data?: unknown): void {
    this.listeners.get(type)?.({ data });
  }
}

function setUp() {
  const time = timers();
  const sources: FakeSource[] = [];
  const openedAt: number[] = [];
  const log: unknown[] = [];
  const stream = openStream(
    () => {
      const source = new FakeSource();
      sources.push(source);
      openedAt.push(time.now());
      return source;
    },
    time.after,
    { event: (type, data) => log.push([type, data]), contact: (again) => log.push(["contact", again]) },
  );
  const source = (index: number): FakeSource => {
    const found = sources[index];
    assert.ok(found);
    return found;
  };
  return { time, sources, source, openedAt, log, stream };
}

test("passes on parsed events, and reports contact once", () => {
  const { source, log } = setUp();
  source(0).say("link", '{"state":"up"}');
  source(0).say("alive", "{}");
  assert.deepEqual(log, [
    ["contact", false],
    ["link", { state: "up" }],
    ["alive", {}],
  ]);
});

test("reopens a stream that has gone silent, though the browser sees no error", () => {
  const { time, source, sources, log } = setUp();
  source(0).say("alive", "{}");
  time.pass(4400);
  assert.equal(sources.length, 1);
  time.pass(400);
  assert.equal(source(0).closed, true);
  assert.equal(sources.length, 2);
  source(1).say("alive", "{}");
  assert.deepEqual(log.at(-2), ["contact", true]);
});

test("garbage is not a sign of life", () => {
  const { time, source, sources, log } = setUp();
  for (let i = 0; i < 10; i++) {
    source(0).say("live", "{not json");
    source(0).say("live", undefined);
    time.pass(440);
  }
  assert.deepEqual(log, []);
  time.pass(400);
  assert.equal(sources.length, 2);
});

test("retries with growing pauses up to a limit, which start small again after contact", () => {
  const { time, source, sources, openedAt } = setUp();
  for (let i = 0; i < 8; i++) {
    source(i).say("error");
    time.pass(4000);
  }
  const pauses = openedAt.slice(1).map((at, i) => at - (openedAt[i] ?? 0));
  assert.ok(pauses.every((pause) => pause <= 8000));
  const last = sources.length - 1;
  source(last).say("alive", "{}");
  const before = time.now();
  source(last).say("error");
  time.pass(300);
  assert.equal(openedAt.at(-1), before + 250);
});

test("ignores an old source", () => {
  const { time, source, log, sources } = setUp();
  source(0).say("error");
  time.pass(300);
  source(0).say("live", "{}");
  source(0).say("error");
  assert.deepEqual(log, []);
  assert.equal(sources.length, 2);
  assert.equal(source(1).closed, false);
});

test("opens nothing and leaves no timer after close", () => {
  const { time, source, sources, stream } = setUp();
  source(0).say("alive", "{}");
  stream.close();
  stream.hurry();
  time.pass(60_000);
  assert.equal(sources.length, 1);
  assert.equal(source(0).closed, true);
  assert.equal(time.waiting(), 0);
});

test("hurry opens at once while there is no contact, and leaves a living stream alone", () => {
  const { source, sources, stream } = setUp();
  source(0).say("error");
  stream.hurry();
  assert.equal(sources.length, 2);
  source(1).say("alive", "{}");
  stream.hurry();
  assert.equal(sources.length, 2);
});
