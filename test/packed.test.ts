/** Published packages work for anyone who installs them: with Node 20 or newer, any compiler setting, in a browser. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { nodeRuntime } from "./support/node-runtimes.ts";
import { entriesOf, packedInstall } from "./support/packed-install.ts";
import { root } from "./support/sources.ts";

const installed = packedInstall();
after(installed.remove);
const { folder, packages, run, start, write } = installed;
const libraries = packages.filter(({ name }) => name !== "meterport").map(({ name }) => name);
const entries = new Map(libraries.map((name) => [name, entriesOf(folder, name)]));
const every = [...entries.values()].flat();
const versions = ["20", "22", "24", "26"] as const;

/** Ten lines that read a virtual meter. */
const sample = `import { connect, rc4 } from "@meterport/client";
import { BT01, parseKey, parseProfile } from "@meterport/protocol";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { systemClock as clock, systemEntropy as entropy } from "@meterport/transports/clock";
const [basic, advanced] = [parseKey("0123456789abcdef").secret, parseKey("fedcba9876543210").secret];
const profile = parseProfile("meter:3.70");
const meter = new VirtualMeter({ profile, keys: { basic, advanced }, scenario: "house", seed: 1, start: clock.wall(), epoch: clock.now() });
const client = await connect(memoryLine({ meter, clock }), { security: rc4({ key: basic, entropy }), clock });
const { manufacturer, model }: { manufacturer: string; model: string } = await client.read(BT01);
console.log("read", manufacturer.trim(), model.trim());
await client.close();
`;

const tsc = join(root, "node_modules", "@typescript", "native", "bin", "tsc");
const compile = (options: object, files: readonly string[], ...flags: readonly string[]) => {
  const compilerOptions = { target: "es2022", strict: true, skipLibCheck: false, types: [], ...options };
  write({ "tsconfig.json": JSON.stringify({ compilerOptions, files }) });
  return run(process.execPath, [tsc, "-p", ".", "--singleThreaded", ...flags]);
};

test("the sample compiles with moduleResolution bundler and node16, strictly, declarations of ours included", async () => {
  write({ "sample.ts": sample });
  const lib = ["es2022", "dom"];
  const bundler = await compile({ module: "esnext", moduleResolution: "bundler", lib }, ["sample.ts"], "--noEmit");
  assert.deepEqual(bundler, { code: 0, out: "", err: "" });
  const node16 = await compile({ module: "node16", moduleResolution: "node16", lib }, ["sample.ts"]);
  assert.deepEqual(node16, { code: 0, out: "", err: "" });
});

test("every public entry has declarations that need no other types: not of Node, nor of optional packages", async () => {
  const importAll = every.map((entry, n) => `export type E${n} = typeof import(${JSON.stringify(entry)});`);
  write({ "every.ts": `${importAll.join("\n")}\n` });
  const options = { module: "node16", moduleResolution: "node16", lib: ["es2023", "dom"] };
  const { out } = await compile(options, ["every.ts"], "--noEmit");
  // Third-party dependencies have their own declarations.
  const ours = out.split("\n").filter((line) => !/^node_modules.(?!@?meterport)|^ |^$/.test(line));
  assert.deepEqual(ours, []);
});

for (const version of versions) {
  describe(`Node ${version}`, () => {
    const node = nodeRuntime(version);
    const bin = join("node_modules", "meterport", "bin", "meterport.mjs");

    test("imports every public entry, and requires them, and says nothing about it", async () => {
      write({
        "every.mjs": `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const every = ${JSON.stringify(every)};
for (const entry of every) await import(entry);
for (const entry of every) require(entry);
console.log(every.length);
`,
      });
      assert.deepEqual(await run(node, ["every.mjs"]), { code: 0, out: `${every.length}\n`, err: "" });
    });

    test("reads a virtual meter", async () => {
      assert.deepEqual(await run(node, ["sample.js"]), { code: 0, out: "read NES 83331-3I\n", err: "" });
    });

    test("meterport --help, --version and wireshark answer", async () => {
      const help = await run(node, [bin, "--help"]);
      assert.match(help.out, /^Usage: meterport .*\n {2}serve /s);
      assert.deepEqual([help.code, help.err], [0, ""]);
      assert.equal((await run(node, [bin, "--version"])).out, `${packages[0]?.version}\n`);
      const dissector = await run(node, [bin, "wireshark"]);
      assert.match(dissector.out, /Proto\(/);
      assert.equal(dissector.code, 0);
    });

    if (version === "20")
      test("meterport serve names the package that brings SQLite, and works once it is installed", async () => {
        const { code, out, err } = await run(node, [bin, "serve"], { METERPORT_HTTP_PORT: "0" });
        assert.deepEqual([code, out], [2, ""]);
        assert.match(
          err,
          /^meterport: Node 20\.\S+ has no SQLite of its own, and the package libsql is not installed: run npm install libsql@0\.5 [^\n]+\n$/,
        );
        installed.install("libsql@0.5");
      });

    test("meterport serve shows the page and its data, keeps them in --data, and ends on SIGTERM", async () => {
      const data = join(folder, `data-${version}`);
      const child = start(node, [bin, "serve", "--data", data], { METERPORT_HTTP_PORT: "0" });
      const closed = once(child, "close") as Promise<[number | null]>;
      let log = "";
      child.stderr?.on("data", (text) => {
        log += text;
      });
      const [line] = (await Promise.race([once(child.stdout ?? child, "data"), closed])) as [unknown];
      const url = /^dashboard (\S+)\n$/.exec(String(line))?.[1];
      assert.ok(url !== undefined, `${line}${log}`);
      const page = await (await fetch(url)).text();
      const script = /<script[^>]+src="([^"]+)"/.exec(page)?.[1];
      assert.ok(script !== undefined, page);
      const code = await fetch(new URL(script, url));
      assert.equal(code.headers.get("content-type"), "text/javascript; charset=utf-8");
      assert.ok((await code.text()).length > 20_000);
      assert.ok((await fetch(new URL("third-party-licenses.txt", url))).ok);
      const health = (await (await fetch(`${url}/api/v1/health`)).json()) as { readonly meters: number };
      assert.equal(health.meters, 1);
      child.kill("SIGTERM");
      assert.deepEqual(await closed, [0, null], log);
      assert.ok(existsSync(join(data, "meterport.db")));
      // Node's warnings about its own experimental parts are not shown.
      assert.doesNotMatch(log, /warning/i);
    });

    test("captures are redacted in a separate thread", async () => {
      write({
        "redact.mjs": `import { captureRedactor } from "@meterport/gateway/captures/capture-redactor";
const redact = captureRedactor({ error: (line) => console.log("failed", line) });
console.log(JSON.stringify(await redact({ text: "no capture", key: new Uint8Array(16), seed: new Uint8Array(32) })));
`,
      });
      const { code, out, err } = await run(node, ["redact.mjs"]);
      assert.deepEqual([code, err], [0, ""]);
      assert.match(out, /^\{"problem":"(?!the gateway failed|its thread)/);
    });
  });
}

test("a stack trace names the line of the source, with and without source maps", async () => {
  const source = readFileSync(join(root, "packages", "protocol", "src", "layout", "profile.ts"), "utf8").split("\n");
  const line = source.findIndex((text) => text.includes("throw new UsageError")) + 1;
  write({ "fail.mjs": 'import { parseProfile } from "@meterport/protocol";\nparseProfile("meter");\n' });
  const plain = await run(process.execPath, ["fail.mjs"]);
  assert.ok(plain.err.includes(`/dist/layout/profile.js:${line}:`), plain.err);
  const mapped = await run(process.execPath, ["--enable-source-maps", "fail.mjs"]);
  assert.ok(mapped.err.includes(`meterport://packages/protocol/src/layout/profile.ts:${line}`), mapped.err);
});

test("Node 18 gets one sentence", async () => {
  const { code, out, err } = await run(nodeRuntime("18"), [
    join("node_modules", "meterport", "bin", "meterport.mjs"),
    "ports",
  ]);
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err, /^meterport: Node 18\.\S+ is too old, Meterport needs Node 20 or newer: [^\n]+\n$/);
});

test("npx meterport runs the installed command", async () => {
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const { code, out } = await run("npx", ["--no-install", "meterport", "--help"], { PATH });
  assert.match(out, /^Usage: meterport /);
  assert.equal(code, 0);
});

test("Vite bundles protocol and client for a browser without warnings, and the bundle reads a meter", async () => {
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  write({ "main.ts": sample });
  write({
    "index.html": '<!doctype html><script type="module" src="./main.ts"></script>',
    // Without a helper for old browsers, which would ask for a document.
    "vite.config.js": "export default { build: { modulePreload: false } };",
    "main.ts": sample,
  });
  const page = await run(process.execPath, [vite, "build", "--logLevel", "warn", "--target", "es2022", "--sourcemap"]);
  assert.deepEqual(page, { code: 0, out: "", err: "" });
  const assets = join(folder, "dist", "assets");
  const [script] = readdirSync(assets).filter((name) => name.endsWith(".js"));
  assert.ok(script !== undefined);
  assert.doesNotMatch(readFileSync(join(assets, script), "utf8"), /node:|__vite-browser-external/);
  assert.equal((await run(process.execPath, [join("dist", "assets", script)])).out, "read NES 83331-3I\n");
});

describe("tarballs", () => {
  for (const { name, tarball } of packages) {
    const bytes = new Uint8Array(readFileSync(tarball));

    test(`publint finds nothing in ${name}`, async () => {
      const { messages } = await publint({ pack: { tarball: bytes.buffer as ArrayBuffer }, strict: true });
      assert.deepEqual(messages, []);
    });

    if (name !== "meterport")
      test(`are-the-types-wrong finds nothing in ${name}`, async () => {
        // Files side by side are found in the same way, and the compiler has looked into each of them above.
        const folders = new Set<string>();
        const isFirst = (entry: string): boolean => folders.size < folders.add(dirname(entry)).size;
        const entrypoints = (entries.get(name) ?? []).filter(isFirst).map((entry) => `.${entry.slice(name.length)}`);
        const result = await checkPackage(createPackageFromTarballData(bytes), { entrypoints });
        assert.ok(result.types !== false);
        // For ES modules only: older resolutions and require() without Node's help are not promised.
        const ours = result.problems.filter(
          ({ kind, ...problem }) =>
            kind !== "CJSResolvesToESM" && !("resolutionKind" in problem && problem.resolutionKind === "node10"),
        );
        assert.deepEqual(ours, []);
      });

    test(`${name} holds what it should, and no source or test`, () => {
      const own = join(folder, "node_modules", name);
      for (const file of ["README.md", "LICENSE", "package.json", "dist"]) assert.ok(existsSync(join(own, file)), file);
      const files = readdirSync(own, { recursive: true, encoding: "utf8" }).filter(
        (path) => !path.includes("node_modules"),
      );
      assert.deepEqual(
        files.filter((path) => /(?<!\.d)\.ts$|\.test\.|test-kit|vectors|testing/.test(path)),
        [],
      );
      const code = files.filter((path) => /\.(js|ts)$/.test(path));
      assert.deepEqual(
        code.filter((path) => /(from|import)[ (]*"\.[^"]*\.ts"/.test(readFileSync(join(own, path), "utf8"))),
        [],
      );
      const manifest = JSON.parse(readFileSync(join(own, "package.json"), "utf8")) as Record<string, unknown>;
      const { license, engines, keywords, sideEffects, scripts, devDependencies } = manifest;
      assert.deepEqual([license, engines, sideEffects], ["Apache-2.0", { node: ">=20" }, false]);
      assert.ok(Array.isArray(keywords) && keywords.length > 3);
      assert.deepEqual([scripts, devDependencies], [undefined, undefined]);
    });
  }

  test("protocol and client together stay below 400 kB", (t) => {
    for (const { name, size } of packages) t.diagnostic(`${name} ${(size / 1000).toFixed(1)} kB packed`);
    const core = packages.filter(({ name }) => /\/(protocol|client)$/.test(name)).map(({ size }) => size);
    assert.equal(core.length, 2);
    const sum = core.reduce((a, b) => a + b, 0);
    t.diagnostic(`protocol and client together: ${(sum / 1000).toFixed(1)} kB packed`);
    const mbus = packages.find(({ name }) => name === "@meterport/mbus")?.size ?? 0;
    t.diagnostic(`with mbus, which client brings along: ${((sum + mbus) / 1000).toFixed(1)} kB packed`);
    assert.ok(sum < 400_000, `${sum} bytes`);
  });
});
