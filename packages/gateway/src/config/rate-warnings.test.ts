import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { loadConfig } from "./config.ts";

const meters = (...lines: readonly string[]): string =>
  `meters:\n${lines.map((line, n) => `  - { id: m${n}, key: 0123456789abcdef, ${line} }\n`).join("")}`;

const warnings = (text: string): readonly string[] =>
  loadConfig({
    ...{ env: {}, defaultData: "/data", checkLink: parseMeterLink, portLinkOf },
    readFile: (path) => (path === "/data/meterport.yaml" ? text : undefined),
  }).warnings;

for (const [what, line] of [
  ["the defaults", "link: /dev/ttyUSB0"],
  ["the defaults at 2400 baud", 'link: "serial:///dev/ttyUSB0?baud=2400"'],
  ["power four times a second", "link: /dev/ttyUSB0, rates: { power: 250ms }"],
  ["power five times a second over a bridge of unknown speed", 'link: "tcp://127.0.0.1:1", rates: { power: 200ms }'],
  ["an optical port, which has a pace of its own", "link: optical:///dev/ttyUSB0, interval: 10s"],
] as const)
  test(`no warning about ${what}`, () => {
    assert.deepEqual(warnings(meters(line)), []);
  });

test("rates beyond the line or the meter are named with what fits, once for all meters alike", () => {
  const slow = 'link: "serial:///dev/ttyUSB0?baud=2400", interval: 1s';
  const fast = (n: number) => `link: "tcp://10.0.0.${n}:4059", interval: 100ms, rates: { power: 100ms }`;
  assert.deepEqual(warnings(meters(slow, ...[1, 2, 3, 4, 5, 6, 7].map(fast))), [
    "the rates of m0 are more than can be read: at 2400 baud the line has no time for live each 1 s: set live to 1.21 s or more",
    "the rates of m1, m2, m3, m4, m5 and 2 more are more than can be read: a meter takes a request each 0.1 s, which leaves no time for live each 0.1 s and power each 0.1 s: set live to 0.25 s or more, and set power to 0.13 s or more",
  ]);
});

test("what is off needs no time", () => {
  const busy = 'link: "serial:///dev/ttyUSB0?baud=300", interval: 60s, rates: { state: 1m, profile: 1m';
  assert.equal(warnings(meters(`${busy} }`)).length, 1);
  assert.deepEqual(
    warnings(meters(`${busy}, children: off, clock: off }, back_fill: off`.replace("state: 1m", "state: off"))),
    [],
  );
});
