import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { fillStore, quarters } from "../../testing/filled-store.ts";
import { httpSetup } from "../../testing/http-setup.ts";
import { manyMeters } from "../../testing/many-meters.ts";
import { journalAnswer } from "../journal/routes.ts";
import { PointStream, type StreamKind } from "./point-stream.ts";

interface Heard {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: { readonly id?: string; readonly number?: number; readonly next?: number; readonly kind?: string };
}

/** Reads what waits in a stream, without waiting for more. */
const listener = (body: ReadableStream<Uint8Array> | null) => {
  assert.ok(body !== null);
  const reader = body.getReader();
  const heard: Heard[] = [];
  let text = "";
  let bytes = 0;
  let ended = false;
  const take = async (): Promise<void> => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      bytes += value.length;
      text += new TextDecoder().decode(value);
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
        heard.push({ event: field("event") ?? "", id: field("id"), data: JSON.parse(field("data") ?? "null") });
      }
    }
    ended = true;
  };
  const taking = take();
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    heard,
    of: (event: string) => heard.filter((each) => each.event === event),
    settle,
    get bytes() {
      return bytes;
    },
    get ended() {
      return ended;
    },
    taking,
    stop: () => reader.cancel(),
  };
};

test("one stream carries the live values, links and changes of all points", async () => {
  const { clock, meter, store, get, done } = await httpSetup();
  await clock.advance(1_000);
  const answer = await get("/api/v1/stream");
  assert.match(answer.headers.get("content-type") ?? "", /^text\/event-stream/);
  const heard = listener(answer.body);
  await heard.settle();
  assert.deepEqual(
    heard.heard.map(({ event }) => event),
    ["link", "live"],
    "it begins with the present state",
  );
  await fillStore(store, "home", clock.wall());
  meter.turn("silent", { code: "no-answer", text: "no answer" });
  await clock.advance(3_000);
  await heard.settle();
  assert.ok(heard.of("alive").length >= 1);
  assert.deepEqual(
    heard.of("link").map(({ data }) => data.id),
    ["home", "home"],
  );
  const changes = heard.of("change");
  assert.equal(changes.length, 107);
  assert.deepEqual(
    changes.map(({ id }) => id),
    changes.map(({ data }) => String(data.number)),
  );
  await heard.stop();
  await done();
});

/** A stream of one point, whose values a test makes: the power counts them. */
const streamOfOne = (kinds: readonly StreamKind[]) => {
  const { views } = manyMeters(1);
  const clock = new VirtualClock();
  let tell = (): void => {};
  let power = 0;
  let time = clock.wall();
  const [view] = views.values();
  assert.ok(view !== undefined);
  const followed = [
    {
      ...view,
      live: () => ({ ...view.live(), time: new Date(time).toISOString(), power_w: power }),
      subscribe: (listen: Parameters<typeof view.subscribe>[0]) => {
        tell = () => listen({ event: "live", data: view.live() });
        return () => {};
      },
    },
  ];
  const stream = new PointStream({
    ...{ views: () => followed, kinds, every: 1_000, journal: async () => assert.fail("nobody wants changes") },
    ...{ after: 0, passed: false, points: undefined, clock, onEnd: () => {} },
  });
  const heard = listener(stream.open());
  return {
    ...{ clock, stream, heard },
    /** The link tells of itself, with the same values. */
    repeat: () => tell(),
    read: () => {
      power++;
      time = clock.wall();
      tell();
    },
    powers: async () => {
      await heard.settle();
      return heard.of("live").map(({ data }) => (data as { readonly power_w: number }).power_w);
    },
  };
};

test("a value is sent about once per interval at most, and is the newest", async () => {
  const { clock, stream, heard, read, powers } = streamOfOne(["live"]);
  for (let n = 1; n <= 100; n++) {
    await clock.advance(100);
    read();
  }
  const values = await powers();
  assert.equal(values.length, 12);
  assert.deepEqual(values.slice(0, 4), [0, 2, 11, 20]);
  stream.close();
  await heard.taking;
  assert.ok(heard.ended);
  assert.equal(clock.pending, 0);
});

test("a value is sent as soon as it is new, also when its meter answers somewhat earlier or later than usual", async () => {
  const { clock, stream, read, repeat, powers } = streamOfOne(["live"]);
  await clock.advance(700);
  for (const [n, pause] of [0, 890, 890, 1_470, 890, 1_000, 700].entries()) {
    await clock.advance(pause);
    read();
    await clock.advance(5);
    assert.equal((await powers()).at(-1), n + 1);
    repeat();
  }
  await clock.advance(1_500);
  assert.deepEqual(await powers(), [0, 1, 2, 3, 4, 5, 6, 7], "and none comes twice");
  stream.close();
});

test("a client that reconnects gets the changes that it missed, and each once", async () => {
  const { clock, store, get, json, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  const first = listener((await get("/api/v1/stream?events=change&after=0")).body);
  await first.settle();
  const last = first.of("change").at(50)?.id ?? "";
  await first.stop();
  await store.write({ intervals: quarters("home", "energy_export_wh", clock.wall() - 9_000_000, clock.wall()) });
  const second = listener((await get("/api/v1/stream?events=change", { headers: { "last-event-id": last } })).body);
  await clock.advance(1_000);
  await second.settle();
  const numbers = second.of("change").map(({ id }) => Number(id));
  const all = journalAnswer.parse(await json(`/api/v1/journal?after=${last}&limit=1000`));
  assert.deepEqual(
    numbers,
    all.entries.map(({ number }) => number),
  );
  assert.equal(second.of("passed").length, 0);
  await second.stop();
  await done();
});

test("says so when changes that a client lacks are deleted, or are those of another store", async () => {
  const { clock, store, get, json, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  await clock.advance(10_000);
  await store.prune({ journalAtMost: clock.wall() - 5_000 });
  const heard = listener((await get("/api/v1/stream?events=change", { headers: { "last-event-id": "3" } })).body);
  await clock.advance(2_000);
  await heard.settle();
  assert.ok(heard.of("passed").length >= 1);
  await heard.stop();
  assert.equal((await json<{ passed: boolean }>("/api/v1/journal?after=3")).passed, true);
  const other = listener((await get("/api/v1/stream?events=change", { headers: { "last-event-id": "99999" } })).body);
  await other.settle();
  const foreign = journalAnswer.parse(await json("/api/v1/journal?after=99999"));
  assert.deepEqual([foreign.entries, foreign.next, foreign.more, foreign.passed], [[], 107, false, true]);
  assert.equal(journalAnswer.parse(await json("/api/v1/journal?after=107")).passed, false, "the newest");
  const [told] = other.of("passed");
  assert.deepEqual([other.of("passed").length, told?.id], [1, String(told?.data.next)]);
  await other.stop();
  // With the number that it was told, also after it came back.
  for (const last of [heard.of("passed")[0]?.id ?? "", told?.id ?? ""]) {
    const back = listener((await get("/api/v1/stream?events=change", { headers: { "last-event-id": last } })).body);
    await clock.advance(2_000);
    await back.settle();
    assert.equal(back.of("passed").length, 0, last);
    await back.stop();
  }
  await done();
});

test("filters the journal by point and kind", async () => {
  const { clock, store, json, get, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  const events = journalAnswer.strict().parse(await json("/api/v1/journal?kind=event,device&limit=3"));
  assert.deepEqual(
    events.entries.map(({ kind }) => kind),
    ["event", "event", "event"],
  );
  const rest = journalAnswer.parse(await json(`/api/v1/journal?kind=event,device&after=${events.next}`));
  assert.deepEqual([rest.entries.map(({ kind }) => kind), rest.more], [["device", "device"], false]);
  assert.equal((await get("/api/v1/journal?point=nobody")).status, 404);
  await done();
});

test("a client that reads nothing costs no more than its buffer, and is dropped", async () => {
  const { views } = manyMeters(2_000);
  const clock = new VirtualClock();
  let ends = 0;
  const stream = new PointStream({
    views: () => [...views.values()],
    kinds: ["live", "link"],
    every: 1_000,
    journal: async () => assert.fail("nobody wants changes"),
    ...{ after: 0, passed: false, points: undefined, clock, onEnd: () => ends++ },
  });
  const reader = stream.open().getReader();
  await clock.advance(29_000);
  assert.equal(ends, 0);
  await clock.advance(5_000);
  assert.equal(ends, 1, "it is dropped");
  await assert.rejects(async () => {
    for (;;) if ((await reader.read()).done) break;
  }, /does not read/);
});

test("many points reach a client that reads, each with its state", async () => {
  const { ids, get } = manyMeters(2_000);
  const heard = listener((await get("/api/v1/stream?events=live,link")).body);
  await heard.settle();
  assert.deepEqual(
    heard.of("live").map(({ data }) => data.id),
    ids,
  );
  assert.ok(heard.bytes > 256 * 1024, "more than the buffer holds at once");
  await heard.stop();
});

test("refuses what it cannot stream", async () => {
  const { get, done } = await httpSetup();
  const cases: readonly (readonly [query: string, headers: Record<string, string>, status: number])[] = [
    ["?point=nobody", {}, 404],
    ["?events=dead", {}, 400],
    ["?every=1ms", {}, 400],
    ["", { "last-event-id": "x" }, 400],
    ["", { "last-event-id": "-1" }, 400],
    ["", { "last-event-id": "9".repeat(16) }, 400],
  ];
  for (const [query, headers, status] of cases)
    assert.equal((await get(`/api/v1/stream${query}`, { headers })).status, status, query);
  const open = await Promise.all(Array.from({ length: 33 }, () => get("/api/v1/stream?events=live")));
  assert.deepEqual(open.map(({ status }) => status).slice(31), [200, 503]);
  await Promise.all(open.map(({ body }) => body?.cancel()));
  assert.equal((await get("/api/v1/stream?events=live", { method: "HEAD" })).status, 200);
  const begin = await get("/api/v1/stream?events=live", { headers: { "last-event-id": "" } });
  assert.equal(begin.status, 200, "a client that has no change yet");
  await begin.body?.cancel();
  await done();
});

test("follows a new configuration: points that come, go, or get another meter", async () => {
  const { views, ids } = manyMeters(3);
  const clock = new VirtualClock();
  const stream = new PointStream({
    views: () => [...views.values()],
    kinds: ["live"],
    every: 1_000,
    journal: async () => assert.fail("nobody wants changes"),
    ...{ after: 0, passed: false, points: undefined, clock, onEnd: () => {} },
  });
  const heard = listener(stream.open());
  await heard.settle();
  const [first = "", second = ""] = ids;
  const view = views.get(first);
  assert.ok(view !== undefined);
  views.set(first, { ...view, live: () => ({ ...view.live(), power_w: 77 }) });
  views.set("new", { ...view, id: "new", live: () => ({ ...view.live(), id: "new" }) });
  views.delete(second);
  await clock.advance(4_000);
  await heard.settle();
  const later = heard.of("live").slice(3);
  assert.deepEqual(
    later.map(({ data }) => data.id),
    [first, "new"],
  );
  assert.deepEqual(
    later.map(({ data }) => (data as { readonly power_w?: number }).power_w === 77),
    [true, false],
  );
  stream.close();
  await heard.taking;
});
