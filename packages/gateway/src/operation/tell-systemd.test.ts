import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { systemClock } from "@meterport/transports/clock";
import { peer } from "../../../../test/support/peers.ts";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { tellSystemd } from "./tell-systemd.ts";

const socat = peer("socat");
const notify = peer("systemd-notify");

const setup = (env: Record<string, string>, fails: () => Error | null = () => null) => {
  const clock = new VirtualClock();
  const sent: string[] = [];
  const lines: string[] = [];
  const state = { alive: true };
  const manager = tellSystemd({
    env,
    clock,
    log: { ...silentLog, warn: (line) => lines.push(line), error: (line) => lines.push(line) },
    isAlive: () => state.alive,
    send: (words, done) => {
      sent.push(words.join(" "));
      done(fails());
    },
  });
  return { clock, sent, lines, state, manager };
};

test("says nothing if systemd did not start it", () => {
  const { sent, manager } = setup({});
  manager.ready("reads 1 meter");
  manager.stopping();
  assert.deepEqual(sent, []);
});

test("sends a sign of life twice in each period, and none while a part is stuck", async () => {
  const { clock, sent, lines, state, manager } = setup({ NOTIFY_SOCKET: "@x", WATCHDOG_USEC: "30000000" });
  manager.ready("reads 1 meter");
  await clock.advance(45_000);
  assert.deepEqual(sent, ["--ready --status=reads 1 meter", ...Array.from({ length: 4 }, () => "WATCHDOG=1")]);
  state.alive = false;
  await clock.advance(60_000);
  assert.equal(sent.length, 5);
  assert.deepEqual(lines, ["a part of the daemon is stuck, so systemd will restart it"]);
  state.alive = true;
  await clock.advance(15_000);
  manager.close();
  await clock.advance(60_000);
  assert.equal(sent.length, 6);
});

test("a missing systemd-notify is one line in the log", async () => {
  const { lines, clock, manager } = setup({ NOTIFY_SOCKET: "@x", WATCHDOG_USEC: "2000000" }, () => new Error("ENOENT"));
  manager.ready("reads 1 meter");
  await clock.advance(10_000);
  manager.close();
  assert.deepEqual(lines, ["systemd cannot be told that the daemon runs: ENOENT; install systemd-notify"]);
});

test("systemd's own program delivers the messages", { skip: socat.skip || notify.skip, timeout: 20_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-notify-"));
  const socket = join(folder, "socket");
  const receiver = spawn(socat.path, ["-u", `UNIX-RECV:${socket}`, "STDOUT"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10));
    process.env.NOTIFY_SOCKET = socket;
    const manager = tellSystemd({ env: process.env, clock: systemClock, log: silentLog, isAlive: () => true });
    let seen = "";
    const arrives = async (text: string): Promise<void> => {
      while (!seen.includes(text)) seen += String(await once(receiver.stdout, "data"));
    };
    manager.ready("reads 1 meter");
    await arrives("reads 1 meter");
    assert.match(seen, /READY=1/);
    manager.reloading();
    await arrives("RELOADING=1");
    manager.stopping();
    await arrives("STOPPING=1");
    manager.close();
  } finally {
    delete process.env.NOTIFY_SOCKET;
    receiver.kill();
    if (receiver.exitCode === null && receiver.signalCode === null) await once(receiver, "exit");
    rmSync(folder, { recursive: true });
  }
});
