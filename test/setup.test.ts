/** The scripts that run before anything is installed, and the list of peers. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import list from "./support/peers.json" with { type: "json" };
import { peer } from "./support/peers.ts";
import { codeFiles, textOf } from "./support/sources.ts";

const runtimeUrl = new URL("../scripts/runtime.mjs", import.meta.url).href;
const { runsTypeScript } = (await import(runtimeUrl)) as { readonly runsTypeScript: (version: string) => boolean };

test("Node runs TypeScript in 22.18 and 23.6 or newer", () => {
  const versions = ["20.20.2", "22.17.1", "22.18.0", "23.5.0", "23.6.0", "24.0.0", "26.1.0"];
  assert.deepEqual(versions.map(runsTypeScript), [false, false, true, false, true, true, true]);
  assert.equal(runsTypeScript(process.versions.node), true);
});

/** A program that becomes another, which reports when it is ready. */
const becoming = (childCode: string) => {
  const call = `import { become } from ${JSON.stringify(runtimeUrl)}; become(process.execPath, ["-e", ${JSON.stringify(childCode)}]);`;
  return spawn(process.execPath, ["--input-type=module", "-e", call], { stdio: ["ignore", "pipe", "inherit"] });
};

test("a started program passes on its exit code", async () => {
  const child = becoming("process.exit(7)");
  assert.deepEqual(await once(child, "exit"), [7, null]);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`a started program receives ${signal} and may end in its own way`, async () => {
    const child = becoming(
      `process.on("${signal}", () => process.exit(3)); setInterval(() => {}, 1000); console.log("ready")`,
    );
    await once(child.stdout, "data");
    child.kill(signal);
    assert.deepEqual(await once(child, "exit"), [3, null]);
  });
}

test("a program that a signal ended is distinguished from one that exited", async () => {
  const child = becoming('process.kill(process.pid, "SIGKILL")');
  assert.deepEqual(await once(child, "exit"), [137, null]);
});

test("a missing peer is skipped by name, and fails under CI", () => {
  const nowhere = { PATH: "" };
  const first = list.peers[0]?.command ?? "";
  const folder = mkdtempSync(join(tmpdir(), "meterport-peers-"));
  try {
    writeFileSync(join(folder, first), "#!/bin/sh\n", { mode: 0o755 });
    assert.deepEqual(peer(first, { PATH: folder, CI: "true" }), { path: join(folder, first), skip: false });
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert.match(String(peer(first, nowhere).skip), new RegExp(`^${first} is missing`));
  assert.throws(() => peer(first, { ...nowhere, CI: "true" }), /is missing/);
  assert.throws(() => peer(first, { ...nowhere, METERPORT_PEERS: "required" }), /is missing/);
  assert.throws(() => peer("no-such-peer", nowhere), /not in test\/support\/peers.json/);
});

test("each peer in the list is used by a test", () => {
  const texts = codeFiles()
    .filter((path) => path.startsWith("test/") || path.startsWith("packages/"))
    .map((path) => textOf(path));
  const unused = list.peers.filter(({ command }) => !texts.some((text) => text.includes(`peer("${command}")`)));
  assert.deepEqual(unused, []);
});
