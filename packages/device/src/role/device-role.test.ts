import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RoleInput } from "./actions.ts";
import { setting } from "./fake-port.test-kit.ts";
import { emptyMemory, parseMemory } from "./memory.ts";
import { nextTransactionNumber } from "./transaction-numbers.ts";

/** The same numbers for the same seed. */
const randomOf = (seed: number): ((most: number) => number) => {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
};

const pick = <T>(random: (most: number) => number, list: readonly T[]): T => list[random(list.length)] as T;

/** Does one thing that a meter, a head-end, a line or an application may do, sensible or not. */
const disturb = (set: ReturnType<typeof setting>, random: (most: number) => number): void => {
  const { port } = set;
  const handle = pick(random, [port.handle, port.handle, port.handle, 2000, 0, 3]);
  const chance = random(16);
  if (chance < 5) set.give({ type: "alert" });
  else if (chance === 5) port.request(random(8), random(12), handle, new Uint8Array(random(30)));
  else if (chance === 6) port.packet(random(4), random(70_000), new Uint8Array(54), pick(random, [56, 56, 0, 255]));
  else if (chance === 7) port.alertByte = random(256);
  else if (chance === 8) port.queue.readPointer = random(16);
  else if (chance === 9) Object.assign(pick(random, port.queue.requestQueue), { result: random(5) });
  else if (chance === 10) set.give(pick(random, [{ type: "doubt" }, { type: "read-downlink" }, { type: "alert" }]));
  else if (chance === 11) fail(set, random);
  else if (chance === 12 && random(10) === 0) port.remove();
  else if (chance === 13 && random(10) === 0) set.restart();
  else if (chance === 14) set.give(pick(random, strays));
  else if (set.asks.size > 0) set.answer(random(4) === 0 ? "no" : { data: new Uint8Array(random(600)) });
};

const strays: readonly RoleInput[] = [
  { type: "done", id: 9_999, value: undefined },
  { type: "failed", id: 0, failure: { kind: "link", detail: "" } },
  { type: "answer", ask: 9_999, answer: {} },
  { type: "refusal", ask: -1, reason: "" },
  { type: "started", wall: 0, meter: "other", memory: null },
  { type: "link", up: true },
];

const fail = (set: ReturnType<typeof setting>, random: (most: number) => number): void => {
  const kind = pick(random, ["link", "refused", "here"] as const);
  const type = pick(random, ["read", "read-byte", "write", "post", "remember", "file"] as const);
  set.port.failing.push({ type, failure: { kind, detail: "fuzz" }, lost: kind === "link" && random(2) === 0 });
};

describe("DeviceRole", () => {
  test("whatever comes, it never throws, posts only for its own oldest entry, and stays small", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomOf(seed);
      const set = setting({ port: 1, files: { mostBytes: 20_000 }, replace: true });
      set.port.before = (step) => {
        if (step.type !== "post" || step.parameters[0] !== 3) return;
        const [, , low = 0, high = 0] = step.parameters;
        const { requestQueue, readPointer } = set.port.queue;
        const waits = Array.from({ length: 5 }, (_, i) => requestQueue[(readPointer + i) % 5]);
        const oldest = waits.find((entry) => entry !== undefined && entry.requestType !== 0 && entry.result === 0);
        assert.equal(oldest?.transactionNbr, low + 256 * high, `seed ${seed}`);
        // What it took for its handle: the meter may just have removed it.
        const own = oldest?.deviceHandleOrGroupMask === set.role.deviceHandle || oldest?.requestType === 10;
        assert.ok(own, `seed ${seed}: handle ${oldest?.deviceHandleOrGroupMask}`);
      };
      set.start(undefined);
      for (let i = 0; i < 1_500; i++) {
        disturb(set, random);
        set.pass(random(3) === 0 ? random(20_000) : random(500), random(2) === 0);
        assert.ok(set.asks.size <= 16, `seed ${seed}`);
      }
      assert.ok(JSON.stringify(set.port.saved ?? {}).length < 16_000, `seed ${seed}`);
      set.lines();
    }
  });

  test("says when it wants to be called, and is not due again after that", () => {
    const set = setting();
    set.start(undefined);
    for (let i = 0; i < 1_000; i++) {
      const at = set.role.wakeAt();
      assert.ok(at !== undefined && at >= set.now);
      set.pass(at - set.now);
      assert.ok((set.role.wakeAt() ?? 0) > set.now);
    }
  });
});

describe("memory", () => {
  test("what was kept is checked, and that of another meter is forgotten", () => {
    for (const kept of [undefined, null, 7, "x", [], { version: 2 }, { ...emptyMemory("2"), handle: 1000 }])
      assert.deepEqual(parseMemory(kept, "1"), emptyMemory("1"));
    const bent = { ...emptyMemory("1"), handle: -1, registrations: ["x", 5, Number.NaN], served: [{}, null], file: [] };
    assert.deepEqual(parseMemory(bent, "1"), { ...emptyMemory("1"), registrations: [5] });
    const long = { ...emptyMemory("1"), registrations: Array.from({ length: 1_000 }, (_, i) => i) };
    assert.equal(parseMemory(long, "1").registrations.length, 16);
  });
});

describe("nextTransactionNumber", () => {
  test("goes round the range of MEP clients and skips what is in use", () => {
    let last: number | undefined;
    const given = Array.from({ length: 600 }, () => (last = nextTransactionNumber([0x405], last)));
    assert.ok(given.every((number) => number !== undefined && number >= 0x400 && number <= 0x4ff && number !== 0x405));
    assert.equal(new Set(given).size, 255);
    assert.equal(
      nextTransactionNumber(
        Array.from({ length: 256 }, (_, i) => 0x400 + i),
        undefined,
      ),
      undefined,
    );
  });
});
