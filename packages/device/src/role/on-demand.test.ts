import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alert, registered, testForms } from "./fake-port.test-kit.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const answerOf = (transaction: number, success: boolean, ...data: number[]) => ({
  kind: "on-demand" as const,
  transaction,
  handle: 1000,
  success,
  data: bytes(...data),
});

describe("on-demand requests", () => {
  test("a read: queue, application, queue again, memory, and only then EP39", () => {
    const set = registered();
    set.port.request(7, 2, 1000);
    alert(set);
    assert.deepEqual(set.lines(), [
      "read flags",
      "read ET15",
      "! asked: on-demand request 7, type 2",
      "? on-demand-read",
    ]);
    set.answer({ data: bytes(1, 2) });
    assert.deepEqual(set.lines(), ["read ET15", "remember", "post", "! answered on-demand request 7", "read flags"]);
    assert.deepEqual(set.port.posted, [answerOf(7, true, 1, 2)]);
  });

  test("gives the message of the entry with the same index", () => {
    const set = registered();
    set.port.request(7, 4, 1000, bytes(1, 2));
    set.port.request(8, 10, 0x10, bytes(3));
    for (let i = 0; i < 2; i++) {
      alert(set);
      set.pass(1_000);
      const [request] = set.asks.values();
      assert.deepEqual(
        request,
        [
          { kind: "message", transaction: 7, requestType: 4, data: bytes(1, 2) },
          { kind: "message", transaction: 8, requestType: 10, data: bytes(3) },
        ][i],
      );
      set.answer({});
    }
    assert.deepEqual(set.port.posted, [answerOf(7, true), answerOf(8, true)]);
  });

  test("leaves requests for other handles alone, of whatever type", () => {
    for (const [type, handle] of [
      [2, 2000],
      [2, 1001],
      [4, 3],
      [6, 0x0001],
      // For M-Bus devices only.
      [6, 0xffff],
      [7, 2000],
      [8, 2000],
      [9, 2000],
      // The lowest bit names the device: M-Bus device 2.
      [10, 0x12],
      [10, 0x20],
    ] as const) {
      const set = registered({ files: {} });
      set.port.request(7, type, handle, bytes(1));
      alert(set);
      set.pass(40_000);
      assert.deepEqual([set.asks.size, set.port.posted, set.events], [0, [], []], `type ${type} for ${handle}`);
    }
  });

  test("waits behind the other client's entry, and answers as soon as its own is the oldest", () => {
    const set = registered();
    const theirs = set.port.request(7, 2, 2000);
    set.port.request(8, 2, 1000);
    alert(set);
    set.pass(6_000);
    assert.equal(set.asks.size, 0);
    Object.assign(set.port.queue.requestQueue[theirs] ?? {}, { result: 1 });
    set.port.queue.readPointer = 1;
    set.pass(4_000);
    assert.equal(set.asks.size, 1);
    set.answer({});
    assert.deepEqual(set.port.posted, [answerOf(8, true)]);
  });

  test("a repeated transaction number is answered once, and told once", () => {
    const set = registered();
    for (let i = 0; i < 3; i++) {
      set.port.request(7, 2, 1000);
      alert(set);
      if (i === 0) set.answer({ data: bytes(1) });
      set.pass(20_000);
    }
    assert.equal(set.port.posted.length, 1);
    assert.equal(set.events.filter(({ type }) => type === "repeated-request").length, 1);
  });

  test("the same, if the program starts again in between", () => {
    const set = registered();
    set.port.request(7, 2, 1000);
    alert(set);
    set.answer({ data: bytes(1) });
    set.restart();
    set.port.request(7, 2, 1000);
    alert(set);
    set.pass(20_000);
    assert.equal(set.asks.size, 0);
    assert.equal(set.port.posted.length, 1);
  });

  test("a transaction number that comes back much later is a new request", () => {
    const set = registered();
    for (let i = 0; i < 3; i++) {
      set.port.request(7, 2, 1000);
      alert(set);
      set.answer({ data: bytes(i) });
      set.pass(600_000);
    }
    assert.equal(set.port.posted.length, 3);
  });

  test("if it ends after remembering and before posting, the request is answered after the restart, once", () => {
    const set = registered();
    set.port.request(7, 2, 1000);
    alert(set);
    const failure = { kind: "link", detail: "killed" } as const;
    set.port.failing.push({ type: "post", failure });
    set.answer({ data: bytes(1) });
    set.restart();
    alert(set);
    set.pass(5_000);
    set.answer({ data: bytes(1) });
    assert.deepEqual(set.port.posted, [answerOf(7, true, 1)]);
  });

  test("if it ends after posting and before knowing, nothing is posted again", () => {
    const set = registered();
    set.port.request(7, 2, 1000);
    alert(set);
    set.port.failing.push({ type: "post", failure: { kind: "link", detail: "killed" }, lost: true });
    set.answer({ data: bytes(1) });
    set.restart();
    alert(set);
    set.pass(60_000);
    assert.equal(set.asks.size, 0);
    assert.equal(set.port.posted.length, 1);
  });

  test("an answer whose confirmation was lost counts as given, also for a repetition at the same place", () => {
    const set = registered();
    set.port.request(7, 2, 1000);
    alert(set);
    set.port.failing.push({ type: "post", failure: { kind: "link", detail: "reply lost" }, lost: true });
    set.answer({ data: bytes(1) });
    set.pass(5_000);
    for (const transaction of [8, 9, 10, 11, 7]) {
      set.port.request(transaction, 2, 1000);
      alert(set);
      set.pass(3_000);
      if (set.asks.size > 0) set.answer({ data: bytes(transaction) });
    }
    assert.deepEqual(
      set.port.posted.map((post) => (post.kind === "on-demand" ? post.transaction : post.kind)),
      [7, 8, 9, 10, 11],
    );
  });

  test("offers an answer that was not confirmed again without asking again, at most three times", () => {
    const set = registered();
    set.port.request(7, 2, 1000);
    alert(set);
    for (let i = 0; i < 9; i++)
      set.port.failing.push({ type: "post", failure: { kind: "refused", detail: "result 3" } });
    set.answer({ data: bytes(1) });
    set.pass(60_000);
    assert.equal(set.events.filter(({ type }) => type === "asked").length, 1);
    assert.deepEqual(
      set.lines().filter((line) => line.includes("failed")),
      [
        "! answer to on-demand request 7 failed: result 3",
        "! answer to on-demand request 7 failed: result 3",
        "! answer to on-demand request 7 failed, given up: result 3",
      ],
    );
  });

  test("posts nothing for an entry that the meter ended, or that left the queue", () => {
    for (const [change, event] of [
      [{ result: 2 }, "! on-demand request 7: the meter ended it as not answered"],
      [{ transactionNbr: 8 }, "! on-demand request 7: it left the queue"],
      [{ deviceHandleOrGroupMask: 2000 }, "! on-demand request 7: it left the queue"],
    ] as const) {
      const set = registered();
      const at = set.port.request(7, 2, 1000);
      alert(set);
      Object.assign(set.port.queue.requestQueue[at] ?? {}, change);
      set.answer({ data: bytes(1) });
      assert.ok(set.lines().includes(event), event);
      assert.deepEqual(set.port.posted, []);
    }
  });

  test("an application that is late or refuses ends the request as failed, so that the queue goes on", () => {
    for (const late of [true, false]) {
      const set = registered();
      set.port.request(7, 2, 1000);
      alert(set);
      if (late) set.pass(25_000);
      else set.answer("not now");
      assert.deepEqual(set.port.posted, [answerOf(7, false)]);
      const detail = late ? "the application did not answer in time" : "the application refused: not now";
      assert.ok(set.lines().includes(`! on-demand request 7: ${detail}`));
    }
  });

  test("a message longer than its room, and types that are not for MEP clients, end as failed", () => {
    for (const [type, data, event] of [
      [4, new Uint8Array(25), "! on-demand request 7: its length is impossible"],
      [1, undefined, "! on-demand request 7: a MEP client cannot serve this type: type 1"],
      [3, undefined, "! on-demand request 7: a MEP client cannot serve this type: type 3"],
      [5, undefined, "! on-demand request 7: a MEP client cannot serve this type: type 5"],
      [77, undefined, "! on-demand request 7: a MEP client cannot serve this type: type 77"],
    ] as const) {
      const set = registered();
      set.port.request(7, type, 1000, data);
      alert(set);
      assert.ok(set.lines().includes(event), event);
      assert.deepEqual([set.asks.size, set.port.posted], [0, [answerOf(7, false)]]);
    }
  });

  test("an answer too long for EP39 becomes a failed one", () => {
    const set = registered();
    set.port.request(7, 2, 1000);
    alert(set);
    set.answer({ data: new Uint8Array(515) });
    assert.deepEqual(set.port.posted, [answerOf(7, false)]);
    assert.ok(set.lines().includes("! on-demand request 7: its length is impossible: EP39 takes 520 bytes"));
  });

  test("without a form the message still reaches the application, once, and nothing is sent", () => {
    const { "on-demand": _, ...forms } = testForms;
    const set = registered({ forms });
    set.port.request(7, 4, 1000, bytes(5));
    alert(set);
    assert.equal(set.asks.size, 1);
    set.answer({});
    set.pass(25_000);
    assert.deepEqual([set.asks.size, set.port.posted], [0, []]);
    assert.ok(set.lines().includes('! on-demand request 7 not answered: give the form of "on-demand" in EP39'));
  });

  test("a registration that is removed in the middle ends in an event, and nothing is posted", () => {
    const set = registered();
    set.port.request(7, 2, 1000);
    alert(set);
    set.port.remove();
    set.give({ type: "doubt" });
    set.pass(11_000);
    const lines = set.lines();
    assert.ok(lines.includes("! the registration with handle 1000 is gone"));
    assert.ok(lines.includes("? withdrawn"));
    assert.ok(lines.includes("! on-demand request 7: it left the queue: the registration is gone"));
    assert.deepEqual(set.port.posted, []);
    assert.equal(set.role.phase, "searching");
  });

  test("a memory that cannot be saved stops the answer", () => {
    const set = registered();
    set.port.request(7, 2, 1000);
    alert(set);
    set.port.failing.push({ type: "remember", failure: { kind: "here", detail: "the disk is full" } });
    set.answer({ data: bytes(1) });
    assert.ok(set.lines().includes("! answering failed: the disk is full"));
    assert.deepEqual(set.port.posted, []);
    set.pass(5_000);
    set.answer({ data: bytes(1) });
    assert.deepEqual(set.port.posted, [answerOf(7, true, 1)]);
  });

  test("its memory stays small however many requests come", () => {
    const set = registered();
    for (let i = 0; i < 1_000; i++) {
      set.port.request(i, 2, 1000);
      alert(set);
      set.pass(1_000);
      set.answer({ data: bytes(1) });
    }
    assert.equal(set.port.posted.length, 1_000);
    assert.ok(JSON.stringify(set.port.saved).length < 8_000);
  });
});
