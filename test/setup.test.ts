/** The scripts that run before anything is installed, and the list of peers. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import list from "./support/peers.json" with { type: "json" };
import { peer } from "./support/peers.ts";
import { codeFiles, root, textOf } from "./support/sources.ts";
import lanes from "./support/test-lanes.json" with { type: "json" };

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

test("each test file that the lanes name is there, and is named once", () => {
  const named = [...lanes.idle, ...lanes.waiting, ...lanes.long];
  assert.deepEqual(
    named.filter((path) => !existsSync(join(root, path))),
    [],
  );
  assert.equal(new Set(named).size, named.length);
  for (const folder of lanes.together) {
    const files = codeFiles().filter((path) => path.startsWith(`${folder}/`) && path.endsWith(".test.ts"));
    // A hook outside of a suite would be one of all files that share the process.
    const hooked = files.filter((path) => /^(before|after)(Each)?\(/m.test(textOf(path)));
    assert.ok(files.length > 0 && hooked.length === 0, `${folder}: ${hooked}`);
  }
});

/** Runs the test files in lanes, and gives the exit code and the report. */
const runInLanes = async (...files: readonly (readonly (string | object)[])[]) => {
  const lanes = files.map((lane) => ({ files: lane, concurrency: 1 }));
  // Files that are gone afterwards need not be kept compiled.
  const { NODE_TEST_CONTEXT: _outer, NODE_COMPILE_CACHE: _kept, ...env } = process.env;
  const runner = join(root, "scripts", "run-tests.mjs");
  const child = spawn(process.execPath, [runner, JSON.stringify(lanes)], { env, stdio: ["ignore", "pipe", "inherit"] });
  let report = "";
  child.stdout.on("data", (text) => {
    report += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, report };
};

test("lanes run each file, count them in one report, and fail if one test fails", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-lanes-"));
  const file = (name: string, body: string): string => {
    const path = join(folder, `${name}.test.mjs`);
    writeFileSync(path, `import { test } from "node:test";\ntest("${name}", () => { ${body} });\n`);
    return path;
  };
  const [good, other, bad] = [file("good", ""), file("other", ""), file("bad", 'throw new Error("broken")')];
  const thrown = join(folder, "thrown.test.mjs");
  writeFileSync(thrown, 'throw new Error("no test")\n');
  const lost = file("lost", 'Promise.reject(new Error("lost"))');
  try {
    const fine = await runInLanes([good], [other], []);
    assert.equal(fine.code, 0, fine.report);
    assert.match(fine.report, /^ℹ tests 2\nℹ suites 0\nℹ pass 2\nℹ fail 0\n/m);
    assert.equal(fine.report.match(/^ℹ tests /gm)?.length, 1);
    assert.match(fine.report, /^ℹ slow: \d+\.\d s \S*good\.test\.mjs\n/m);
    assert.match(fine.report, /\nℹ duration_ms \d+\n$/);
    const failed = await runInLanes([good, bad], [other]);
    assert.equal(failed.code, 1, failed.report);
    assert.match(failed.report, /^ℹ tests 3\nℹ suites 0\nℹ pass 2\nℹ fail 1\n/m);
    assert.match(failed.report, /failing tests:.*Error: broken/s);
    assert.equal((await runInLanes([good], [thrown])).code, 1);
    const shared = await runInLanes([{ name: "setup", files: [good, bad] }], [other]);
    assert.equal(shared.code, 1, shared.report);
    assert.match(shared.report, /^ℹ tests 3\nℹ suites 0\nℹ pass 2\nℹ fail 1\n/m);
    assert.match(shared.report, /bad\.test\.mjs:2/);
    assert.equal((await runInLanes([{ name: "setup", files: [good, thrown] }])).code, 1);
    const unawaited = await runInLanes([good], [lost]);
    assert.equal(unawaited.code, 1, unawaited.report);
    assert.match(unawaited.report, /Error: lost/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the report tells of one file after the other, though the lanes go at the same time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-lanes-"));
  const suite = (name: string): string => {
    const path = join(folder, `${name}.test.mjs`);
    const cases = Array.from({ length: 8 }, (_, n) => `test("${name} ${n}", () => sleep(50));`).join("\n");
    const body = `describe("${name}", () => {\n${cases}\n});`;
    const sleep = "const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));";
    writeFileSync(path, `import { describe, test } from "node:test";\n${sleep}\n${body}\n`);
    return path;
  };
  try {
    const { code, report } = await runInLanes([suite("red")], [suite("green")], [suite("blue")]);
    assert.equal(code, 0, report);
    const told = [...report.matchAll(/(red|green|blue)(?: \d)? \(/g)].map(([, name]) => name);
    assert.equal(told.length, 27, report);
    assert.equal(told.filter((name, n) => n === 0 || name !== told[n - 1]).length, 3, report);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
