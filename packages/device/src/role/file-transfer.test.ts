import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alert, registered } from "./fake-port.test-kit.ts";
import { hasPacket, missingPackets, noPackets, parseProgress, withPacket } from "./file-progress.ts";

const code = (number: number): Uint8Array => new Uint8Array(54).fill(number & 0xff);
const mac = new Uint8Array(16).fill(0xab);
const image = (length: number, of: Uint8Array = mac): Uint8Array => {
  const out = new Uint8Array(20);
  new DataView(out.buffer).setUint32(0, length, true);
  out.set(of, 4);
  return out;
};

type Set = ReturnType<typeof registered>;
const serve = (set: Set): boolean => {
  alert(set);
  set.pass(3_000);
  const last = set.port.posted.at(-1);
  return last?.kind === "on-demand" && last.success;
};
let transaction = 100;
const begin = (set: Set): boolean => {
  set.port.request(transaction++, 7, 1000);
  return serve(set);
};
const send = (set: Set, number: number, bytes = code(number), length?: number): boolean => {
  set.port.packet(transaction++, number, bytes, length);
  return serve(set);
};
const switchOver = (set: Set, data?: Uint8Array): boolean => {
  set.port.messages = set.port.messages.map(() => ({ writeDataLength: 0, writeData: new Uint8Array(24) }));
  set.port.request(transaction++, 9, 1000, data);
  return serve(set);
};
const refusals = (set: Set) => set.events.flatMap((event) => (event.type === "file-refused" ? [event.why] : []));

describe("files", () => {
  test("start, packets and switch-over give the file to the application", () => {
    const set = registered({ files: {} });
    assert.ok(begin(set));
    for (let i = 0; i < 5; i++) assert.ok(send(set, i));
    assert.ok(switchOver(set));
    assert.deepEqual(set.port.completed, { length: 270, verified: false });
    assert.deepEqual([...set.port.file.keys()], [0, 54, 108, 162, 216]);
    assert.deepEqual(set.port.file.get(54), code(1));
  });

  test("stores a packet and its number before the packet is answered", () => {
    const set = registered({ files: {} });
    begin(set);
    set.lines();
    set.port.packet(7, 0, code(0));
    alert(set);
    assert.deepEqual(
      set.lines().filter((line) => /^(file|remember|post)/.test(line)),
      ["file write", "remember", "post"],
    );
  });

  test("takes packets out of order and repeated ones, each once", () => {
    const set = registered({ files: {} });
    begin(set);
    let written = 0;
    set.port.before = (step) => {
      if (step.type === "file" && step.file.do === "write") written++;
    };
    for (const number of [3, 0, 3, 1, 0, 2, 2, 4]) assert.ok(send(set, number), `packet ${number}`);
    assert.equal(written, 5);
    assert.ok(switchOver(set));
  });

  test("answers packets whose entries all have the same transaction number", () => {
    const set = registered({ files: {} });
    begin(set);
    for (let i = 0; i < 12; i++) {
      set.port.packet(0, i, code(i));
      assert.ok(serve(set), `packet ${i}`);
    }
    assert.equal(set.port.posted.length, 13);
  });

  test("goes on after a restart where it was", () => {
    const set = registered({ files: {} });
    begin(set);
    for (let i = 0; i < 3; i++) send(set, i);
    set.restart();
    set.pass(3_000);
    for (let i = 3; i < 5; i++) assert.ok(send(set, i));
    assert.ok(switchOver(set));
    assert.deepEqual(set.port.completed, { length: 270, verified: false });
  });

  test("a crash while a second file begins leaves no packets of the first one", () => {
    const set = registered({ files: {} });
    begin(set);
    for (let i = 0; i < 5; i++) send(set, i);
    set.port.before = (step) => {
      if (step.type !== "file" || step.file.do !== "begin") return;
      set.port.do(step);
      throw new Error("crash");
    };
    assert.throws(() => begin(set), /crash/);
    set.port.before = () => {};
    // The request for the second file expires meanwhile.
    for (const entry of set.port.queue.requestQueue)
      if (entry.result === 0 && entry.requestType === 7) entry.result = 2;
    set.restart();
    set.pass(3_000);
    assert.equal(switchOver(set), false);
    assert.deepEqual(refusals(set), ["not-started"]);
    assert.equal(set.port.completed, undefined);
  });

  test("a switch-over with missing packets fails, and succeeds once they came", () => {
    const set = registered({ files: {} });
    begin(set);
    for (const number of [0, 1, 3]) send(set, number);
    assert.equal(switchOver(set), false);
    assert.deepEqual(refusals(set), ["missing-packets"]);
    send(set, 2);
    assert.ok(switchOver(set));
  });

  test("takes length and MAC of the switch-over, and completes only what they confirm", () => {
    const set = registered({ files: {} });
    set.port.securityMode = 2;
    set.port.mac = mac;
    begin(set);
    for (let i = 0; i < 5; i++) send(set, i);
    assert.equal(switchOver(set, image(271)), false);
    assert.ok(switchOver(set, image(250)));
    assert.deepEqual(set.port.completed, { length: 250, verified: true });
    assert.deepEqual(refusals(set), ["missing-packets"]);
  });

  test("a wrong MAC drops the file", () => {
    const set = registered({ files: {} });
    set.port.securityMode = 2;
    set.port.mac = mac;
    begin(set);
    send(set, 0);
    assert.equal(switchOver(set, image(54, new Uint8Array(16))), false);
    assert.equal(set.port.file.size, 0);
    assert.equal(switchOver(set, image(54)), false);
    assert.deepEqual(refusals(set), ["wrong-mac", "not-started"]);
    assert.equal(set.port.completed, undefined);
  });

  test("refuses a file without a MAC where the security mode asks for one, or where the meter does not say", () => {
    const failure = { kind: "refused", detail: "response 0x03" } as const;
    for (const mode of [2, "refused"] as const) {
      const set = registered({ files: {} });
      begin(set);
      send(set, 0);
      if (mode === 2) set.port.securityMode = mode;
      else
        set.port.before = (step) => {
          if (step.type === "read" && step.table.id === "ET04") set.port.failing.push({ type: "read", failure });
        };
      assert.equal(switchOver(set), false);
      assert.deepEqual(refusals(set), ["no-mac"]);
    }
  });

  test("refuses packets without a start, of another length, before the first, or beyond the limit", () => {
    const set = registered({ files: { mostBytes: 540, firstPacket: 1 } });
    assert.equal(send(set, 1), false);
    begin(set);
    assert.equal(send(set, 1, code(1), 55), false);
    assert.equal(send(set, 1, code(1), 200), false);
    assert.equal(send(set, 1, code(1), 0), false);
    assert.equal(send(set, 0), false);
    assert.equal(send(set, 65_535), false);
    assert.equal(switchOver(set), false);
    assert.deepEqual(refusals(set), [
      "not-started",
      "bad-packet",
      "bad-packet",
      "bad-packet",
      "bad-packet",
      "too-large",
      "missing-packets",
    ]);
    assert.ok(send(set, 1));
    assert.ok(switchOver(set));
  });

  test("refuses all of it unless files are switched on", () => {
    const set = registered();
    assert.equal(begin(set), false);
    assert.equal(send(set, 0), false);
    assert.equal(switchOver(set), false);
    assert.deepEqual(refusals(set), ["off", "off", "off"]);
  });

  test("a packet that cannot be stored is answered as failed, and can come again", () => {
    const set = registered({ files: {} });
    begin(set);
    set.port.failing.push({ type: "file", failure: { kind: "here", detail: "the disk is full" } });
    assert.equal(send(set, 0), false);
    assert.ok(send(set, 0));
    assert.ok(switchOver(set));
  });

  test("packets with too many gaps are refused, so that the memory stays small", () => {
    const set = registered({ files: {} });
    begin(set);
    for (let i = 0; i < 140; i++) send(set, 2 * i);
    assert.deepEqual(
      refusals(set),
      Array.from({ length: 12 }, () => "too-scattered"),
    );
    assert.ok(JSON.stringify(set.port.saved).length < 3_000);
  });
});

describe("progress of a file", () => {
  test("agrees with a plain set of numbers, in any order", () => {
    let seed = 7;
    const random = (most: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * most);
    };
    for (let round = 0; round < 200; round++) {
      const plain = new Set<number>();
      let progress = noPackets;
      for (let i = 0; i < 60; i++) {
        const number = random(80);
        plain.add(number);
        progress = withPacket(progress, number) ?? progress;
      }
      for (let i = 0; i < 82; i++) assert.equal(hasPacket(progress, i), plain.has(i));
      const highest = Math.max(...plain);
      assert.equal(missingPackets(progress, 0), highest + 1 - plain.size);
      assert.equal(missingPackets(progress, 0, 79), 80 - plain.size);
      assert.deepEqual(parseProgress(JSON.parse(JSON.stringify(progress))), progress);
    }
  });

  test("what was kept is checked", () => {
    for (const kept of [
      undefined,
      "x",
      {},
      { packetBytes: 54 },
      { packetBytes: 0, runs: [] },
      { packetBytes: 54, runs: [[3, 1]] },
      {
        packetBytes: 54,
        runs: [
          [0, 1],
          [1, 2],
        ],
      },
      { packetBytes: 54, runs: [[0, 70_000]] },
      { packetBytes: 54, runs: [[0]] },
      { packetBytes: 54, runs: Array.from({ length: 200 }, (_, i) => [3 * i, 3 * i]) },
    ])
      assert.equal(parseProgress(kept), null, JSON.stringify(kept));
  });
});
