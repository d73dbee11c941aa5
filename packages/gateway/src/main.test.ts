/** The daemon as a process: the behaviour that scripts and people rely on. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "meterport-main-"));
const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const run = (env: Record<string, string>, args: readonly string[] = []) => {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("METERPORT_"));
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    env: { ...Object.fromEntries(inherited), METERPORT_DATA: join(folder, "data"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const seen = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    seen.out += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    seen.err += String(chunk);
  });
  const exit = once(child, "close").then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  const ready = async (): Promise<string> => {
    while (!seen.out.includes("\n")) {
      await Promise.race([once(child.stdout, "data"), exit]);
      assert.equal(child.exitCode, null, seen.err);
    }
    const url = /^dashboard (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(seen.out)?.[1];
    assert.ok(url !== undefined, seen.out);
    return url;
  };
  return { child, seen, exit, ready };
};

test("serves on a free port, prints its address in one line, and stops cleanly", async () => {
  const daemon = run({ METERPORT_HTTP_PORT: "0" });
  const url = await daemon.ready();
  const health = await fetch(`${url}/api/v1/health`);
  assert.equal(health.status, 200);
  assert.equal(((await health.json()) as { meters: number }).meters, 1);
  const stream = await fetch(`${url}/api/v1/meters/home/events`);
  const reader = stream.body?.getReader();
  assert.match(new TextDecoder().decode((await reader?.read())?.value), /^event: link\n/);
  daemon.child.kill("SIGTERM");
  assert.equal(await daemon.exit, 0, daemon.seen.err);
  assert.match(daemon.seen.out, /^dashboard \S+\n$/);
});

test("logs every frame with the meter's id at the level trace", { timeout: 30_000 }, async () => {
  const daemon = run({ METERPORT_HTTP_PORT: "0", METERPORT_LOG_LEVEL: "trace" });
  await daemon.ready();
  while (!daemon.seen.err.includes(" trace home: <- ")) await once(daemon.child.stderr, "data");
  daemon.child.kill("SIGTERM");
  assert.equal(await daemon.exit, 0, daemon.seen.err);
  assert.match(daemon.seen.err, /^\S+ trace home: -> read BT01 \+24$/m);
  assert.match(daemon.seen.err, /^\S+ debug home: <- the meter expects sequence number /m);
});

test("keeps running when its log and output are no longer read", { timeout: 30_000 }, async () => {
  const daemon = run({ METERPORT_HTTP_PORT: "0" });
  const url = await daemon.ready();
  daemon.child.stdout.destroy();
  daemon.child.stderr.destroy();
  // The next line of the log says that the link is up.
  const stream = await fetch(`${url}/api/v1/meters/home/events`);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; !text.includes('"quality":"good"'); )
    text += (await reader?.read())?.value ?? assert.fail("ended");
  assert.equal((await fetch(`${url}/api/v1/health`)).status, 200);
  daemon.child.kill("SIGTERM");
  assert.equal(await daemon.exit, 0);
});

test("a requested port that is in use is one sentence and exit code 2", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  assert.ok(address !== null && typeof address === "object");
  const daemon = run({ METERPORT_HTTP_PORT: String(address.port) });
  assert.equal(await daemon.exit, 2);
  assert.match(daemon.seen.err, new RegExp(`port ${address.port} on 127\\.0\\.0\\.1 is in use by another program`));
  assert.equal(daemon.seen.out, "");
  other.close();
});

test("a data folder that cannot be created is one sentence and exit code 2 at once", {
  skip: process.platform !== "linux",
  timeout: 60_000,
}, async () => {
  const daemon = run({ METERPORT_DATA: "/proc/meterport", METERPORT_HTTP_PORT: "0" });
  assert.equal(await daemon.exit, 2);
  assert.match(
    daemon.seen.err,
    /^cannot write to the data folder \/proc\/meterport[^\n]+set another folder with --data or METERPORT_DATA\n$/,
  );
});

test("a bad configuration is a sentence with its place, without the key, and exit code 2", async () => {
  const file = join(folder, "bad.yaml");
  writeFileSync(file, "meters:\n  - id: home\n    link: /dev/ttyUSB0\n    key: CANARY\n    intervall: 2s\n");
  const daemon = run({}, ["--config", file]);
  assert.equal(await daemon.exit, 2);
  assert.match(daemon.seen.err, /bad\.yaml:4:10: meters\[0\]\.key the key has 6 characters/);
  assert.match(daemon.seen.err, /bad\.yaml:5:5: meters\[0\]\.intervall: unknown name; did you mean interval\?/);
  assert.doesNotMatch(daemon.seen.err, /CANARY|at .*\.ts/);
  const unknown = run({}, ["--prot", "1"]);
  assert.equal(await unknown.exit, 2);
  assert.match(unknown.seen.err, /unknown argument; known: --config FILE, --data FOLDER, --pair/);
});

test("beyond loopback nobody is served before somebody has a right: one sentence and exit code 2", async () => {
  const daemon = run({ METERPORT_HTTP_HOST: "0.0.0.0", METERPORT_DATA: join(folder, "nobody") });
  assert.equal(await daemon.exit, 2);
  assert.match(daemon.seen.err, /nobody has a right to use this gateway yet: make a user with meterport user add NAME/);
  assert.equal(daemon.seen.out, "");
});
