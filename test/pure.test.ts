/** The core runs anywhere: bundled for a browser, it needs nothing from its host, and it is small. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./support/sources.ts";

const limit = 60_000;

/** What any program needs. */
const core = ["protocol", "client"];
/** And what builds on it without a host. */
const every = [...core, "mbus", "device"];

const bundle = async (format: "esm" | "iife", names: readonly string[]) => {
  const result = await build({
    stdin: {
      contents: names.map((name) => `export * as ${name} from "@meterport/${name}";`).join("\n"),
      resolveDir: `${root}packages/cli`,
    },
    bundle: true,
    minify: true,
    format,
    globalName: "meterport",
    platform: "browser",
    target: "es2023",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  return { text: result.outputFiles[0]?.text ?? "", metafile: result.metafile };
};

test("protocol, client, mbus and device import nothing from a host", async () => {
  const { metafile } = await bundle("esm", every);
  const outside = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  assert.deepEqual(outside, []);
  const inside = Object.keys(metafile.inputs).filter((path) => path.includes("node_modules/"));
  assert.deepEqual(
    inside.filter((path) => !path.includes("node_modules/@noble/")),
    [],
    "only noble comes along",
  );
});

test("protocol, client, mbus and device load in a context with only the language", async () => {
  const { text } = await bundle("iife", every);
  const bare = createContext(Object.create(null) as object);
  const exported = runInContext(
    `${text}\n({ names: Object.values(meterport).map((own) => Object.keys(own).length), host: [typeof Buffer, typeof setTimeout, typeof TextDecoder] })`,
    bare,
  ) as { readonly names: readonly number[]; readonly host: readonly string[] };
  assert.equal(exported.names.length, every.length);
  for (const count of exported.names) assert.ok(count > 0);
  assert.deepEqual([...exported.host], ["undefined", "undefined", "undefined"]);
});

test(`protocol and client are below ${limit / 1000} kB, minified and compressed`, async (t) => {
  const { text } = await bundle("esm", core);
  const size = gzipSync(text, { level: 9 }).length;
  t.diagnostic(`${(text.length / 1000).toFixed(1)} kB minified, ${(size / 1000).toFixed(1)} kB compressed`);
  assert.ok(size < limit, `${size} bytes`);
});
