import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { daemonOn, noteDaemon } from "./daemon-note.ts";

const inFolder = async (task: (folder: string) => unknown): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-notes-"));
  try {
    await task(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
const url = "http://127.0.0.1:8765";

/** A daemon in a process of its own, which notes itself and waits. */
const daemonIn = async (folder: string, link: string) => {
  const code = `const { noteDaemon } = await import(${JSON.stringify(new URL("daemon-note.ts", import.meta.url).href)});
    noteDaemon(${JSON.stringify(url)}, [${JSON.stringify(link)}], ${JSON.stringify(folder)});
    console.log("noted"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    "--input-type=module",
    "--eval",
    code,
  ]);
  await once(child.stdout, "data");
  return child;
};

test("a daemon is found by its link however that is spelled, and not when it is gone", () =>
  inFolder(async (folder) => {
    const child = await daemonIn(folder, "tcp://Bridge:4001");
    try {
      for (const link of ["tcp://bridge:4001", "rfc2217://bridge:4001?baud=9600", "optical+tcp://bridge:4001"])
        assert.deepEqual(daemonOn(link, folder), { url, pid: child.pid }, link);
      for (const link of ["tcp://localhost:4001", "tcp://bridge:4002", "/dev/ttyUSB9", "nonsense"])
        assert.equal(daemonOn(link, folder), undefined);
      const [name = ""] = readdirSync(folder);
      assert.doesNotMatch(readFileSync(join(folder, name), "utf8"), /bridge/i);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    assert.equal(daemonOn("tcp://bridge:4001", folder), undefined);
    assert.deepEqual(readdirSync(folder), [], "what it left behind is taken away");
  }));

test("a process with the number of a daemon that died is none", { skip: process.platform !== "linux" }, () =>
  inFolder((folder) => {
    const forget = noteDaemon(url, ["tcp://bridge:4001"], folder);
    const [name = ""] = readdirSync(folder);
    const note = JSON.parse(readFileSync(join(folder, name), "utf8")) as object;
    forget();
    writeFileSync(join(folder, "meterport-daemon-1.json"), JSON.stringify({ ...note, pid: 1 }));
    assert.equal(daemonOn("tcp://bridge:4001", folder), undefined);
  }),
);

test("rubbish in the folder, or none at all, is no daemon and no error", () =>
  inFolder((folder) => {
    for (const [n, text] of [
      "",
      "{",
      "[]",
      "null",
      '{"url":"http://x\\u001b","pid":1,"birth":"","ports":[]}',
      '{"pid":-1}',
    ].entries())
      writeFileSync(join(folder, `meterport-daemon-${n}.json`), text);
    assert.equal(daemonOn("tcp://bridge:4001", folder), undefined);
    assert.equal(daemonOn("tcp://bridge:4001", join(folder, "none")), undefined);
    noteDaemon(url, ["tcp://bridge:4001"], join(folder, "none"))();
  }));

test("a process does not find itself, and takes its note away", () =>
  inFolder((folder) => {
    const forget = noteDaemon(url, ["tcp://bridge:4001", "nonsense"], folder);
    assert.equal(daemonOn("tcp://bridge:4001", folder), undefined);
    forget();
    assert.deepEqual(readdirSync(folder), []);
  }));

test("this machine has one name", () =>
  inFolder(async (folder) => {
    const child = await daemonIn(folder, "tcp://localhost:4001");
    try {
      assert.equal(daemonOn("tcp://127.0.0.1:4001", folder)?.pid, child.pid);
    } finally {
      child.kill();
      await once(child, "exit");
    }
  }));
