import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Requests } from "../../../state/requests.ts";
import { restoreStateOf, type Sending, sendBackup, sizeText } from "./send-backup.ts";

type Part = { readonly path: string; readonly bytes: number };

const gateway = (answerTo: (part: Part, turn: number) => object | { readonly fails: string | null }) => {
  const parts: Part[] = [];
  const answered = <T>(given: object, parse: (data: unknown) => T | null): Answer<T> => {
    const fails = (given as { readonly fails?: string | null }).fails;
    if (fails !== undefined) return { ok: false, status: fails === null ? 0 : 409, code: "x", message: fails };
    const value = parse(given);
    return value === null ? { ok: false, status: 0, code: "unreachable", message: null } : { ok: true, value };
  };
  const requests: Pick<Requests, "put" | "send"> = {
    put: async (path, content, parse) => {
      parts.push({ path, bytes: content.size });
      return answered(answerTo({ path, bytes: content.size }, parts.length), parse);
    },
    send: async (_, path, body, parse) => {
      const part = { path, bytes: (body as { readonly bytes: number }).bytes };
      parts.push(part);
      return answered(answerTo(part, parts.length), parse);
    },
  };
  return { requests, parts };
};
const state = (received: number, name = "uploading") => ({ state: name, received, part_bytes: 4096, backup: null });
const offsetOf = ({ path }: Part): number => Number(/offset=(\d+)/.exec(path)?.[1]);
const send = (requests: Sending["requests"], part: Partial<Sending> = {}) =>
  sendBackup({
    ...{ requests, file: new Blob([new Uint8Array(10_000)]), from: 0, partBytes: 4096 },
    ...{ progress: () => {}, signal: new AbortController().signal },
    ...part,
  });

test("a backup is sent part by part and then checked as a whole", async () => {
  const taking = gateway((part) =>
    part.path === "restore" ? state(10_000, "staged") : state(offsetOf(part) + part.bytes),
  );
  const seen: number[] = [];
  const outcome = await send(taking.requests, { progress: (sent) => seen.push(sent) });
  assert.equal(outcome.end, "staged");
  assert.deepEqual(taking.parts, [
    { path: "restore/upload?offset=0", bytes: 4096 },
    { path: "restore/upload?offset=4096", bytes: 4096 },
    { path: "restore/upload?offset=8192", bytes: 1808 },
    { path: "restore", bytes: 10_000 },
  ]);
  assert.deepEqual(seen, [0, 4096, 8192, 10_000]);
});

test("what broke off goes on where it was", async () => {
  const broken = gateway((part, turn) => (turn === 2 ? { fails: null } : state(offsetOf(part) + part.bytes)));
  assert.deepEqual(await send(broken.requests), { end: "broken", sent: 4096 });
  const again = gateway((part) => (part.path === "restore" ? state(0, "staged") : state(10_000)));
  assert.equal((await send(again.requests, { from: 4096 })).end, "staged");
  assert.equal(again.parts[0]?.path, "restore/upload?offset=4096");
});

test("a refusal has the gateway's sentence, and a gateway that takes nothing is not asked for ever", async () => {
  const full = gateway(() => ({ fails: "the disk is full" }));
  assert.deepEqual(await send(full.requests), { end: "refused", message: "the disk is full" });
  const stuck = gateway(() => state(0));
  assert.deepEqual(await send(stuck.requests), { end: "broken", sent: 0 });
  assert.equal(stuck.parts.length, 1);
});

test("someone who stops it sends nothing more", async () => {
  const stop = new AbortController();
  const stopped = gateway((part) => {
    stop.abort();
    return state(offsetOf(part) + part.bytes);
  });
  assert.deepEqual(await send(stopped.requests, { signal: stop.signal }), { end: "stopped" });
  assert.equal(stopped.parts.length, 1);
});

test("an answer that is none is none, and sizes are for people", () => {
  for (const bad of [null, 3, {}, { state: "eaten" }]) assert.equal(restoreStateOf(bad), null);
  assert.deepEqual(restoreStateOf({ state: "staged", backup: { created: "x", files: [{}, { name: "a" }] } }), {
    ...{ state: "staged", received: 0, partBytes: 1 << 20 },
    backup: { created: null, files: [{ name: "a", bytes: null }], values: false },
  });
  const number = (value: number, decimals: number): string => value.toFixed(decimals);
  assert.deepEqual(
    [999, 1000, 41_700_000, 999_999, 3e15].map((bytes) => sizeText(bytes, number)),
    [...["999 B", "1.0 kB", "41.7 MB", "1.0 MB", "3000.0 TB"]],
  );
});
