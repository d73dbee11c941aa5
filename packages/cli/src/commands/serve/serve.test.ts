import assert from "node:assert/strict";
import { test } from "node:test";
import type { Daemon, DaemonOptions } from "@meterport/gateway/daemon";
import { restartCode } from "@meterport/gateway/http/restart/restart-access";
import { UsageError } from "@meterport/protocol/errors";
import { runCli } from "../../testing/run-cli.ts";

/** A daemon that records what it is asked, and is interrupted as soon as it runs. */
const noting = () => {
  const asked: DaemonOptions[] = [];
  const stopped: string[] = [];
  const interruption = new AbortController();
  const startDaemon = async (options: DaemonOptions): Promise<Daemon> => {
    asked.push(options);
    options.writeLog("a line of the log\n");
    setImmediate(() => interruption.abort());
    return {
      url: "http://127.0.0.1:8765",
      reloadTls: () => {},
      reload: async () => ({ ok: false, problems: [] }),
      planReload: () => ({ ok: false, problems: [] }),
      hangUp: () => {
        stopped.push("hang-up");
        return true;
      },
      demoTable: options.demo === undefined ? undefined : async () => "p1  tcp://127.0.0.1:2001\n",
      stop: async (why) => {
        stopped.push(why);
      },
    };
  };
  return { asked, stopped, world: { startDaemon, interrupted: interruption.signal } };
};

test("serve: prints the page's address, runs until interrupted and stops the daemon cleanly", async () => {
  const { asked, stopped, world } = noting();
  const env = { METERPORT_HTTP_PORT: "0" };
  const ran = await runCli(["serve", "--config", "my.yaml", "--data", "folder"], { ...world, env });
  assert.deepEqual(ran, { code: 0, out: "dashboard http://127.0.0.1:8765\n", err: "a line of the log\n" });
  assert.deepEqual(
    asked.map(({ config, data, env }) => ({ config, data, env })),
    [{ config: "my.yaml", data: "folder", env }],
  );
  assert.deepEqual(stopped, ["interrupted"]);
});

test("serve: --demo all goes to the daemon, whose table follows the page's address", async () => {
  const { asked, world } = noting();
  const { code, out } = await runCli(["serve", "--demo", "all"], world);
  assert.equal(code, 0);
  assert.equal(asked[0]?.demo, "all");
  assert.equal(out, "dashboard http://127.0.0.1:8765\np1  tcp://127.0.0.1:2001\n");
});

test("serve: ends with the code that asks for a new start when the daemon wants one", async () => {
  const { stopped, world } = noting();
  const startDaemon = async (options: DaemonOptions): Promise<Daemon> => {
    const daemon = await world.startDaemon({ ...options, writeLog: () => {} });
    options.restart?.();
    return daemon;
  };
  const { code } = await runCli(["serve"], { startDaemon, interrupted: new AbortController().signal });
  assert.equal(code, restartCode);
  assert.deepEqual(stopped, ["restart"]);
});

test("serve: stops at once if it was interrupted while it started", async () => {
  const { stopped, world } = noting();
  const { code } = await runCli(["serve"], { ...world, interrupted: AbortSignal.abort() });
  assert.equal(code, 0);
  assert.deepEqual(stopped, ["interrupted"]);
});

test("serve: a wrong configuration is a sentence and exit code 2", async () => {
  const startDaemon = () => Promise.reject(new UsageError("config", "meterport.yaml:4:10: meters[0] has no key"));
  const ran = await runCli(["serve"], { startDaemon });
  assert.deepEqual(ran, { code: 2, out: "", err: "meterport: meterport.yaml:4:10: meters[0] has no key\n" });
  const unknown = await runCli(["serve", "--prot", "1"], noting().world);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /^meterport: unknown option --prot[^\n]*\n$/);
});

test("serve: SIGHUP goes to the daemon", async () => {
  const { stopped, world } = noting();
  let hangUp = (): boolean => false;
  await runCli(["serve"], { ...world, onHangUp: (listener) => (hangUp = listener) });
  assert.equal(hangUp(), true);
  assert.deepEqual(stopped, ["interrupted", "hang-up"]);
});
