/** The core runs anywhere: bundled for a browser, it needs nothing from its host, and it is small. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./support/sources.ts";

const limit = 60_000;

const bundle = async (format: "esm" | "iife") => {
  const result = await build({
    stdin: {
      contents: 'export * as protocol from "@meterport/protocol";\nexport * as client from "@meterport/client";',
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

test("protocol and client import nothing from a host", async () => {
  const { metafile } = await bundle("esm");
  const outside = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  assert.deepEqual(outside, []);
  const inside = Object.keys(metafile.inputs).filter((path) => path.includes("node_modules/"));
  assert.deepEqual(
    inside.filter((path) => !path.includes("node_modules/@noble/")),
    [],
    "only noble comes along",
  );
});

test("protocol and client load in a context with only the language", async () => {
  const { text } = await bundle("iife");
  const bare = createContext(Object.create(null) as object);
  const exported = runInContext(
    `${text}\n({ names: Object.keys(meterport.protocol), host: [typeof Buffer, typeof setTimeout, typeof TextDecoder] })`,
    bare,
  ) as { readonly names: readonly string[]; readonly host: readonly string[] };
  assert.ok(exported.names.length > 0);
  assert.deepEqual([...exported.host], ["undefined", "undefined", "undefined"]);
});

test(`protocol and client are below ${limit / 1000} kB, minified and compressed`, async (t) => {
  const { text } = await bundle("esm");
  const size = gzipSync(text, { level: 9 }).length;
  t.diagnostic(`${(text.length / 1000).toFixed(1)} kB minified, ${(size / 1000).toFixed(1)} kB compressed`);
  assert.ok(size < limit, `${size} bytes`);
});
