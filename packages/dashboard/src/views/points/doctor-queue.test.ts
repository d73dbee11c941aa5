import assert from "node:assert/strict";
import { test } from "node:test";
import { DoctorQueue, type Examination, type Finding } from "./doctor-queue.ts";

function setUp(atOnce = 2) {
  const open = new Map<string, (finding: Finding) => void>();
  const begun: string[] = [];
  let last: ReadonlyMap<string, Examination> = new Map();
  const queue = new DoctorQueue({
    atOnce,
    examine: (id) =>
      new Promise((resolve) => {
        begun.push(id);
        open.set(id, resolve);
      }),
    changed: (all) => {
      last = all;
    },
  });
  const end = async (id: string, finding: Finding = { outcome: "healthy", text: null }) => {
    (open.get(id) ?? assert.fail(`${id} is not examined`))(finding);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const states = () => [...last].map(([id, { state }]) => `${id} ${state}`);
  return { queue, begun, end, states, last: () => last };
}

test("examines a few at a time, in order, and each to its end", async () => {
  const { queue, begun, end, states, last } = setUp();
  queue.add(["a", "b", "c", "d"]);
  assert.deepEqual(states(), ["a running", "b running", "c waiting", "d waiting"]);
  await end("b", { outcome: "sick", text: "Nothing comes back" });
  assert.deepEqual(begun, ["a", "b", "c"]);
  assert.deepEqual(last().get("b"), { state: "done", outcome: "sick", text: "Nothing comes back" });
  for (const id of ["a", "c", "d"]) await end(id);
  assert.equal(queue.busy, false);
});

test("does not ask twice for one in progress, but again for one that is done", async () => {
  const { queue, begun, end } = setUp();
  queue.add(["a"]);
  queue.add(["a"]);
  await end("a");
  assert.deepEqual(begun, ["a"]);
  queue.add(["a"]);
  assert.deepEqual(begun, ["a", "a"]);
});

test("cancel keeps what is done and in progress, and begins nothing new", async () => {
  const { queue, begun, end, states } = setUp(1);
  queue.add(["a", "b", "c"]);
  queue.cancel();
  assert.deepEqual(states(), ["a running"]);
  await end("a");
  assert.deepEqual(begun, ["a"]);
  assert.equal(queue.busy, false);
});

test("tells nothing after it is closed, and begins nothing", async () => {
  const { queue, begun, end, states } = setUp(1);
  queue.add(["a", "b"]);
  const before = states();
  queue.close();
  await end("a");
  assert.deepEqual([states(), begun], [before, ["a"]]);
});
