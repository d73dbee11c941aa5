import assert from "node:assert/strict";
import { test } from "node:test";
import { exportStream } from "../../exports/export-stream.ts";
import { ExportTurns } from "./export-turns.ts";

test("one piece is made in each round of the event loop, however many exports there are", async () => {
  const turns = new ExportTurns();
  let round = 0;
  let over = false;
  const count = (): void => {
    round++;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  const rounds: number[] = [];
  const one = async (): Promise<void> => {
    for (let n = 0; n < 5; n++) await turns.take(() => rounds.push(round));
  };
  await Promise.all([one(), one(), one(), one()]);
  over = true;
  assert.equal(rounds.length, 20);
  assert.equal(new Set(rounds).size, 20, "no two in one round");
});

test("a piece that fails ends its export alone", async () => {
  const turns = new ExportTurns();
  const failed = turns.take(() => {
    throw new Error("no room");
  });
  const next = turns.take(() => 7);
  await assert.rejects(failed, /no room/);
  assert.equal(await next, 7);
});

test("a page of the store is written in pieces of some milliseconds, each in its turn", async () => {
  const list = Array.from({ length: 999 }, (_, n) => ({
    ...{ point: "home", channel: "energy_import_wh", end: 1_000 * n, seconds: 900, value: n, revision: 1, stored: 0 },
    ...{ source: "profile", quality: "good", flags: [], register: null },
  })) as never;
  const store = { channels: async () => ["energy_import_wh"], intervals: async () => list } as never;
  let turns = 0;
  const turn = async <T>(make: () => T): Promise<T> => {
    turns++;
    return make();
  };
  const sizes: number[] = [];
  const request = { kind: "intervals", format: "csv", points: ["home"], zone: "UTC", from: 0, to: 1e12 } as const;
  for await (const bytes of exportStream(store, request, { turn }))
    sizes.push(Buffer.from(bytes).toString().split("\n").length - 1);
  assert.deepEqual(sizes, [1, 250, 250, 250, 249]);
  assert.equal(turns, 5, "and the end of the file");
});
