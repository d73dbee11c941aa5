/** What is made of the schema: the sample, the JSON Schema, the tables of the documentation. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { loadConfig } from "./config.ts";
import { configSample } from "./config-sample.ts";
import { settings } from "./config-schema.ts";
import { configTables } from "./config-table.ts";
import { configJsonSchema } from "./json-schema.ts";

const load = (text: string) =>
  loadConfig({
    env: {},
    defaultData: "/data",
    checkLink: parseMeterLink,
    portLinkOf,
    readFile: (path) =>
      ({ "/data/meterport.yaml": text, "/data/meter.key": "0123456789abcdef" })[path] ??
      (/\.(secret|password|token)$/.test(path) ? "a secret of many words" : undefined),
  });

test("the sample configures nothing, and is a whole configuration when its lines are uncommented", () => {
  assert.deepEqual(load(configSample()).meters, []);
  const whole = load(configSample().replace(/^#(?!#)/gm, ""));
  assert.equal(whole.meters[0]?.rates?.power, 250);
  assert.equal(whole.http.allowedHosts.length, 1);
  assert.equal(whole.meters[0]?.profile, undefined);
});

test("the sample names every key once", () => {
  for (const { path } of settings) {
    const name = path.split(".").at(-1)?.replace("[]", "") ?? "";
    const same = settings.filter((other) => other.path.split(".").at(-1)?.replace("[]", "") === name);
    const lines = configSample().match(new RegExp(`^#[ #-]*${name}:`, "gm")) ?? [];
    assert.ok(lines.length >= same.length, path);
  }
  for (const line of configSample().split("\n")) assert.ok(line.length <= 104, line);
});

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly description?: string;
  readonly additionalProperties?: boolean;
}

test("the JSON Schema knows every key with its description, and no other", () => {
  const schema = configJsonSchema() as unknown as Node & { readonly $schema: string };
  assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  const found: string[] = [];
  const walk = (node: Node, path: string): void => {
    if (node.description !== undefined) found.push(path);
    if (node.properties === undefined && node.items === undefined) assert.ok(node.description, path);
    if (node.properties !== undefined) assert.equal(node.additionalProperties, false, path);
    for (const [name, part] of Object.entries(node.properties ?? {}))
      walk(part, path === "" ? name : `${path}.${name}`);
    if (node.items?.properties !== undefined) walk(node.items, `${path}[]`);
  };
  walk(schema, "");
  assert.deepEqual(found.sort(), settings.map(({ path }) => path).sort());
});

test("the JSON Schema says of each key what a form needs", () => {
  type Part = Readonly<Record<string, unknown>> & { readonly properties?: Record<string, Part>; readonly items?: Part };
  const parts = new Map<string, Part>();
  const walk = (node: Part, path: string): void => {
    for (const [name, part] of Object.entries(node.properties ?? {})) {
      const here = path === "" ? name : `${path}.${name}`;
      parts.set(here, part);
      assert.match(String(part.title), /^[A-Z]/, here);
      walk(part, here);
      if (part.items !== undefined) walk(part.items, `${here}[]`);
    }
  };
  walk(configJsonSchema() as Part, "");
  for (const { path, restart, secret, example } of settings) {
    const part = parts.get(path);
    assert.deepEqual([part?.["x-restart"], part?.["x-secret"], part?.["x-example"]], [restart, secret, example], path);
  }
  const of = (path: string, ...names: readonly string[]) => names.map((name) => parts.get(path)?.[name]);
  assert.deepEqual(of("interval", "title", "default", "x-kind", "x-minimum", "x-maximum"), [
    ...["Interval", "2s", "duration", "100ms", "1h"],
  ]);
  assert.deepEqual(of("http.port", "default", "x-default", "x-variable", "x-minimum"), [
    ...[undefined, "8765, or a free one", "METERPORT_HTTP_PORT", 0],
  ]);
  assert.deepEqual(of("outputs.mqtt.password", "x-secret", "writeOnly", "default"), [true, true, undefined]);
  assert.deepEqual(of("outputs.mqtt.home_assistant", "default", "x-kind"), ["on", "on-off"]);
  assert.deepEqual(of("meters[].fuse_amps", "title", "x-unit"), ["Fuse amps", "A"]);
  assert.deepEqual(of("outputs.hook.command", "x-only-on-machine"), ["it runs a program of the machine"]);
  // A default that no file could hold would fill a form with a mistake.
  for (const [path, part] of parts) {
    if (part.default === undefined) continue;
    if (Array.isArray(part.enum)) assert.ok(part.enum.includes(part.default), path);
    else if (typeof part.pattern === "string") assert.match(String(part.default), new RegExp(part.pattern), path);
    else
      assert.ok(
        Number(part.default) >= Number(part["x-minimum"]) && Number(part.default) <= Number(part["x-maximum"]),
        path,
      );
  }
});

test("docs/configuration.md has the tables of this schema", () => {
  const page = readFileSync(new URL("../../../../docs/configuration.md", import.meta.url), "utf8");
  assert.ok(page.includes(configTables()), "run npm run config:accept, which writes them");
});
