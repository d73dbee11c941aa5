/** Whatever is killed while values are stored: nothing acknowledged is lost, nothing is there twice. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { peer } from "../../../../../test/support/peers.ts";
import { startPostgres } from "../../../../../test/support/postgres.ts";
import { checkBatches } from "./numbered-batch.test-kit.ts";
import { openPostgresStore } from "./postgres-store.ts";

const { skip } = peer("pg_createcluster");

/** More of them: METERPORT_KILLS=200. */
const kills = Number(process.env.METERPORT_KILLS ?? 3);

interface Writer {
  readonly child: ChildProcess;
  /** The last batch that was acknowledged; -1 before the first. */
  readonly acknowledged: () => number;
  /** Resolves when so many more are. */
  readonly more: (count: number) => Promise<void>;
}

const startWriter = (url: string, first: number): Writer => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "endless-writer.test-kit.ts"), url, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let acknowledged = first - 1;
  let awaited: { readonly number: number; readonly done: () => void } | undefined;
  assert.ok(child.stdout);
  createInterface({ input: child.stdout }).on("line", (line) => {
    acknowledged = Number(line);
    if (awaited !== undefined && acknowledged >= awaited.number) awaited.done();
  });
  return {
    child,
    acknowledged: () => acknowledged,
    more: (count) =>
      new Promise((done) => {
        awaited = { number: acknowledged + count, done };
      }),
  };
};

const killed = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
};

test(`a writer that is killed while it stores loses nothing that was acknowledged, ${kills} times`, {
  skip,
}, async () => {
  const server = await startPostgres();
  try {
    let last = -1;
    for (let round = 0; round < kills; round++) {
      const writer = startWriter(server.url, last + 1);
      await writer.more(5 + ((round * 7) % 20));
      await killed(writer.child);
      const store = await openPostgresStore(server.url, { log: silentLog, wall: Date.now });
      last = await checkBatches(store, writer.acknowledged());
      await store.close();
    }
    console.log(`${kills} kills of the writer, ${last + 1} batches`);
  } finally {
    await server.stop();
  }
});

test(`a database that is killed while it stores loses nothing that was acknowledged, ${kills} times`, {
  skip,
}, async () => {
  const server = await startPostgres();
  const writer = startWriter(server.url, 0);
  const store = await openPostgresStore(server.url, { log: silentLog, wall: Date.now });
  try {
    for (let round = 0; round < kills; round++) {
      await writer.more(5 + ((round * 7) % 20));
      await server.kill();
      const away = await store.status();
      assert.equal(away.state, "failing");
      assert.match(
        String(away.problem),
        /^the database postgres:\/\/meterport@127\.0\.0\.1:\d+\/postgres cannot be reached/,
      );
      await server.start();
      await writer.more(3);
      assert.equal((await store.status()).state, "ok");
    }
    await killed(writer.child);
    const last = await checkBatches(store, writer.acknowledged());
    console.log(`${kills} kills of the database, ${last + 1} batches`);
  } finally {
    await killed(writer.child);
    await store.close();
    await server.stop();
  }
});
