import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { peer } from "../../../../test/support/peers.ts";
import { stopwatch } from "../../../../test/support/stopwatch.ts";
import { FleetServer, sleep } from "../books/fleet-database.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const program = fileURLToPath(import.meta.resolve("./fake-worker.test-kit.ts"));
const all = [...Array(16).keys()];

interface Line {
  readonly type: string;
  readonly shard?: number;
  readonly text?: string;
}

class WorkerProcess {
  readonly lines: Line[] = [];
  /** Shards whose links are open. */
  readonly open = new Set<number>();
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;

  constructor(url: string, holder: string, fleet = "test") {
    const child = spawn(process.execPath, [program, url, holder, fleet], { stdio: ["ignore", "pipe", "inherit"] });
    this.child = child;
    this.ended = once(child, "exit");
    after(() => child.kill("SIGKILL"));
    createInterface({ input: child.stdout }).on("line", (text) => this.#hear(JSON.parse(text) as Line));
  }

  #hear(line: Line): void {
    this.lines.push(line);
    if (line.type === "open" && line.shard !== undefined) this.open.add(line.shard);
    if (line.type === "closed" && line.shard !== undefined) this.open.delete(line.shard);
  }

  count(type: string): number {
    return this.lines.filter((line) => line.type === type).length;
  }
}

/** Waits for something that takes an unknown time; gives how long it took, less what the processes waited for a core. */
const until = async (what: string, limit: number, isSo: () => boolean): Promise<number> => {
  const took = stopwatch();
  while (!isSo()) {
    if (took() > limit) assert.fail(`${what}: not within ${limit} ms`);
    await sleep(20);
  }
  return took();
};

const openAt = (...workers: readonly WorkerProcess[]): readonly number[] =>
  workers.flatMap(({ open }) => [...open]).sort((a, b) => a - b);
const isWhole = (...workers: readonly WorkerProcess[]): boolean => openAt(...workers).join() === all.join();

test("processes whose database, neighbours or own time go away come back to each shard being tended once", {
  skip,
  timeout: 220_000,
}, async (t) => {
  const server = await servers.server();
  const { place } = await servers.fleet();
  const url = `${server.url}?schema=${place.schema}`;
  const [a, b, c] = [new WorkerProcess(url, "a"), new WorkerProcess(url, "b"), new WorkerProcess(url, "c")];
  await until("all shards are held", 20_000, () => isWhole(a, b, c));
  await until("each has its part", 40_000, () => [a, b, c].every(({ open }) => open.size >= 2) && isWhole(a, b, c));

  await server.kill();
  await sleep(4_000);
  const held = [a, b, c].map(({ open }) => [...open]);
  await server.start();
  assert.ok(
    [a, b, c].every((worker) => worker.count("lost") === 0),
    "an absent database ends no stint",
  );
  assert.ok(held.every((shards) => shards.length > 0));
  assert.ok([a, b, c].some((worker) => worker.lines.some(({ text }) => /cannot be reached/.test(text ?? ""))));
  assert.ok(
    [a, b, c].every((worker) => worker.count("problem") < 8),
    "the same problem is not told each second",
  );
  await sleep(2_000);
  await until("all shards are held after the database came back", 15_000, () => isWhole(a, b, c));

  a.child.kill("SIGKILL");
  b.child.kill("SIGSTOP");
  const taken = await until("one holds all", 13_000, () => isWhole(c));
  t.diagnostic(`${(taken / 1_000).toFixed(1)} s until the shards of a killed and of a paused process were held again`);
  assert.ok(taken <= 12_000, `${taken}`);
  b.child.kill("SIGCONT");
  const lost = await until("the paused one closes what it lost", 8_000, () => b.count("lost") > 0);
  t.diagnostic(`${(lost / 1_000).toFixed(1)} s until the paused process had closed them`);
  await until("the paused one has its part again", 30_000, () => b.open.size >= 4 && isWhole(b, c));

  // A process that got no core for long has lost some of its shards, as the paused one did.
  const lostBefore = c.count("lost");
  c.child.kill("SIGTERM");
  const handed = await until("the other holds all", 5_000, () => isWhole(b));
  t.diagnostic(`${(handed / 1_000).toFixed(1)} s until all shards of a process that ends were held again`);
  await c.ended;
  assert.equal(c.child.exitCode, 0);
  assert.equal(c.count("lost"), lostBefore);
});

test("a process of another fleet is refused in a sentence, and takes nothing", { skip }, async () => {
  const { place } = await servers.fleet();
  const stranger = new WorkerProcess(`${(await servers.server()).url}?schema=${place.schema}`, "x", "north");
  await stranger.ended;
  await until("its words arrive", 1_000, () => stranger.lines.length > 0);
  assert.match(stranger.lines[0]?.text ?? "", /belongs to the fleet "Test" \(test\), not to north: name the schema/);
  assert.equal(stranger.child.exitCode, 1);
  assert.equal(stranger.lines.length, 1);
});
