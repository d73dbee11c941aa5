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

test("docs/configuration.md has the tables of this schema", () => {
  const page = readFileSync(new URL("../../../../docs/configuration.md", import.meta.url), "utf8");
  assert.ok(page.includes(configTables()), "run npm run config:accept, which writes them");
});
