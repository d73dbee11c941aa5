/** Files of older Meterports: what the gateway makes of them, and what a migration writes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { loadConfig } from "./config.ts";
import { parseConfigFile } from "./config-file.ts";
import { settings } from "./config-schema.ts";
import { configTools } from "./config-tools.ts";
import { migrated, oldKeys } from "./old-keys.ts";
import { removeKeys } from "./remove-keys.ts";

const key = "CANARYcanary0123";
const path = "/data/meterport.yaml";
const copy = `${path}.before-2026-01-31T12-00-00.000Z`;

const world = (text: string) => {
  const files = new Map([
    [path, text],
    ["/data/meter.key", key],
  ]);
  const sources = {
    env: {},
    defaultData: "/data",
    zone: "UTC",
    readFile: (name: string) => files.get(name),
    checkLink: parseMeterLink,
    portLinkOf,
  };
  const tools = configTools({
    ...sources,
    entropy: (length) => new Uint8Array(length),
    wall: () => Date.UTC(2026, 0, 31, 12),
    createFile: (name, content) => void files.set(name, content),
    replaceFile: (name, content) => void files.set(name, content),
  });
  return { files, tools, load: () => loadConfig(sources) };
};

const migrate = (text: string): string => {
  const { files, tools } = world(text);
  tools.write(tools.planMigration({}));
  return files.get(path) ?? assert.fail();
};

/** The form of 2026-11-29 15:03: every rate, and the right to write. */
const wide = `version: 1
# Ours.
meters:
  - id: home   # the house
    link: /dev/ttyUSB0
    key_file: meter.key
    writable: off   # not yet
    rates:
      power: 250ms
      registers: 1m
      # as often as that
      quality: 15m
      clock: 10m
      identity: 1h

  - { id: shed, link: "tcp://10.0.0.2:4059", key_file: meter.key, writable: on, rates: { identity: 1h } }
log:
  level: info
`;

test("a file with keys of an older Meterport runs the gateway, with one sentence for each", () => {
  const { load } = world(wide);
  const { meters, warnings } = load();
  assert.equal(meters[0]?.rates?.power, 250);
  assert.deepEqual(meters[1]?.rates ?? {}, {});
  assert.deepEqual(warnings, [
    `${path}:7:5: meters[0].writable (and 1 more like it) is ignored, because the gateway writes to no meter: remove it, or run meterport config migrate`,
    `${path}:10:7: meters[0].rates.registers is ignored, because the registers are read with all live values: remove it, or run meterport config migrate`,
    `${path}:14:7: meters[0].rates.identity (and 1 more like it) is ignored, because the gateway asks each time that it connects what the meter is: remove it, or run meterport config migrate`,
  ]);
});

test("a migration removes old keys, keeps comments and layout, and copies the old file first", () => {
  const { files, tools, load } = world(wide);
  const report = tools.planMigration({});
  assert.equal(files.get(path), wide, "nothing is written yet");
  assert.deepEqual(
    report.removed.map(({ key: name, count }) => [name, count]),
    [
      ["meters[].writable", 2],
      ["meters[].rates.registers", 1],
      ["meters[].rates.identity", 2],
    ],
  );
  assert.equal(tools.write(report), copy);
  assert.equal(files.get(copy), wide);
  assert.equal(
    files.get(path),
    `version: 1
# Ours.
meters:
  - id: home   # the house
    link: /dev/ttyUSB0
    key_file: meter.key
    rates:
      power: 250ms
      # as often as that
      quality: 15m
      clock: 10m

  - { id: shed, link: "tcp://10.0.0.2:4059", key_file: meter.key }
log:
  level: info
`,
  );
  assert.deepEqual(load().warnings, []);
  assert.equal(tools.write(tools.planMigration({})), undefined, "a second migration changes nothing");
});

test("the file of the first release needs no migration", () => {
  // docs/gateway.md of 2026-11-23
  const first = `history:
  raw: 48h                    # how long every reading is kept
  minutes: 1825d

http:
  host: 127.0.0.1
  port: 8765
  allowed_hosts: [meterport.local]

meters:
  - id: home                  # lower-case letters
    name: Our house
    link: /dev/ttyUSB0
    key_file: meter.key
    profile: meter:3.70
    interval: 5s
    fuse_amps: 35
`;
  assert.equal(migrate(first), first);
  assert.deepEqual(world(first).load().warnings, []);
});

for (const [what, before, after] of [
  [
    "the first name of an item",
    "  - writable: on\n    id: a\n    link: /x\n    key: k\n",
    "  - id: a\n    link: /x\n    key: k\n",
  ],
  [
    "the first names of an item",
    "  - writable: on\n    rates:\n      registers: off\n    id: a\n    link: /x\n",
    "  - id: a\n    link: /x\n",
  ],
  ["the last name, without a line feed", "  - id: a\n    link: /x\n    writable: off", "  - id: a\n    link: /x\n"],
  ["the first of a flow map", "  - { writable: on, id: a, link: /x }\n", "  - { id: a, link: /x }\n"],
  [
    "the last two of a flow map",
    "  - {id: a, link: /x, writable: on, rates: {identity: 1h}}\n",
    "  - {id: a, link: /x}\n",
  ],
  ["a value in a line of its own", "  - id: a\n    writable:\n      off\n    link: /x\n", "  - id: a\n    link: /x\n"],
  ["Windows' line ends", "  - id: a\r\n    writable: off\r\n    link: /x\r\n", "  - id: a\r\n    link: /x\r\n"],
  ["a list that is not indented", "- id: a\n  writable: off\n  link: /x\n", "- id: a\n  link: /x\n"],
  // The layout changes here, and nothing is lost.
  ["a comment before the next name", "  - writable: on # why\n    id: a\n    link: /x\n", "  - id: a\n    link: /x\n"],
] as const)
  test(`a migration removes ${what}`, () => {
    const [head, value] = [
      "meters:\n",
      { meters: [{ id: "a", link: "/x", ...(before.includes("key") ? { key: "k" } : {}) }] },
    ];
    const { removed, value: wanted } = migrated(parseConfigFile("f", head + before).value);
    assert.deepEqual(JSON.parse(JSON.stringify(wanted)), value);
    assert.equal(removeKeys("f", head + before, removed, wanted), head + after);
  });

test("names that never were settings are still errors, with line and column", () => {
  const { tools, load } = world(`${wide}writeable: on\n`);
  const refused = { name: "UsageError", message: `${path}:19:1: writeable: unknown name; known: ` };
  for (const work of [load, () => tools.planMigration({})])
    assert.throws(work, (error) => error instanceof UsageError && error.message.startsWith(refused.message));
});

test("a migration's error quotes no key", () => {
  const secret = "0123456789abcdef0123456789abcdef";
  const { tools } = world(`${wide}http: { port: ${secret} }\n`);
  assert.throws(
    () => tools.planMigration({}),
    (error) => error instanceof UsageError && /http\.port/.test(error.message) && !error.message.includes(secret),
  );
});

test("no old key is a setting today", () => {
  for (const { path: old } of oldKeys) {
    assert.ok(!settings.some((today) => today.path === old), old);
    const part = old.slice(old.indexOf(".") + 1);
    const line = part.startsWith("rates.") ? `rates: { ${part.slice(6)}: 1h }` : `${part}: on`;
    assert.equal(migrate(`meters: [{ id: a, link: /dev/x, ${line} }]\n`), "meters: [{ id: a, link: /dev/x }]\n");
  }
});

test("5,000 meters with old keys are migrated, and each kind is told once", () => {
  const lines = Array.from({ length: 5_000 }, (_, n) => `- { id: m${n}, link: "tcp://h:${n}", writable: off }\n`);
  const { tools, files } = world(`meters:\n${lines.join("")}`);
  const report = tools.planMigration({});
  assert.deepEqual(
    report.removed.map(({ count }) => count),
    [5_000],
  );
  tools.write(report);
  assert.equal(files.get(path), `meters:\n${lines.join("").replaceAll(", writable: off", "")}`);
});

test("what is no list of meters is left to the schema", () => {
  for (const value of [
    { meters: "writable" },
    { meters: { writable: "on" } },
    [],
    "x",
    { meters: [["writable"], null] },
  ])
    assert.deepEqual(migrated(value), { value, found: [], removed: [] });
});
