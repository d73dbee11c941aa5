import assert from "node:assert/strict";
import { test } from "node:test";
import { queueLimit } from "./byte-queue.ts";
import { memoryPair } from "./memory.ts";
import { transportContract } from "./testing/transport-contract.ts";

transportContract({ name: "memory", open: async () => memoryPair(), tellsEnd: true });

test("a writer waits for a reader that is far behind", async () => {
  const [a, b] = memoryPair();
  let written = 0;
  const writing = (async () => {
    for (let i = 0; i < 100; i++) {
      await a.write(new Uint8Array(4096));
      written += 4096;
    }
  })();
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(written <= queueLimit + 4096, `${written} bytes wait`);
  let read = 0;
  for await (const piece of b.chunks) {
    read += piece.length;
    if (read === 409_600) break;
  }
  await writing;
  assert.equal(written, 409_600);
});

test("a waiting write fails when the pair is closed", async () => {
  const [a, b] = memoryPair();
  const writes = Promise.all(Array.from({ length: 40 }, () => a.write(new Uint8Array(4096))));
  const refused = assert.rejects(writes, { code: "closed" });
  await b.close();
  await refused;
});
