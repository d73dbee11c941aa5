import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { hostCheck } from "../http/host-check.ts";
import { allowedHostsOf } from "./allowed-hosts.ts";
import { loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { planReload } from "./reload-plan.ts";

const key = "0123456789abcdef".repeat(4);
const canary = "S3cret-of-the-database";
const url = `postgres://meterport:${canary}@10.0.0.1/meterport?schema=north`;

const load = (text: string, env: Environment = {}) =>
  loadConfig({
    ...{ env, defaultData: "/data", checkLink: parseMeterLink, portLinkOf },
    readFile: (path) =>
      ({ "/data/meterport.yaml": text, "/data/fleet.key": `${key}\n`, "/data/meter.key": key.slice(0, 32) })[path],
  });

const whole = `fleet: { database: "${url}", id: north, key: "@fleet.key" }\n`;
const textOf = (secret: { readonly reveal: () => Uint8Array } | undefined): string =>
  Buffer.from(secret?.reveal() ?? []).toString("utf8");

test("a fleet has all roles and its own rhythm unless the file says otherwise, and its secrets are found where they are", () => {
  const { fleet, meters } = load(whole);
  assert.deepEqual(meters, []);
  assert.deepEqual([fleet?.id, fleet?.roles, fleet?.address], ["north", ["read", "jobs", "api"], undefined]);
  assert.deepEqual([fleet?.live, fleet?.profile], [60_000, 14_400_000]);
  assert.equal(textOf(fleet?.database), url);
  assert.equal(Buffer.from(fleet?.key?.reveal() ?? []).toString("hex"), key);
  assert.doesNotMatch(JSON.stringify(load(whole)), new RegExp(`${canary}|${key}`));
  assert.equal(load("").fleet, undefined);
});

test("the environment says the same, roles with commas between them", () => {
  const env = {
    METERPORT_FLEET_DATABASE: url,
    METERPORT_FLEET_ID: "north",
    METERPORT_FLEET_ROLES: "jobs, api",
    METERPORT_FLEET_ADDRESS: "https://jobs.example.org",
  };
  const { fleet } = load("", env);
  assert.deepEqual(
    [fleet?.roles, fleet?.address, fleet?.key],
    [["jobs", "api"], "https://jobs.example.org", undefined],
  );
  assert.deepEqual(load(whole, { METERPORT_FLEET_ID: "south" }).fleet?.id, "south");
});

test("a process answers to the host of its own address in the fleet, without being told twice", () => {
  const hosts = (text: string) => allowedHostsOf(load(text));
  assert.deepEqual(hosts(whole), []);
  const named = whole.replace(" }", ', address: "http://Reader-1.example.org:8765" }');
  assert.deepEqual(hosts(`${named}http: { allowed_hosts: [page.example.org] }`), [
    ...["page.example.org", "reader-1.example.org"],
  ]);
  const allows = hostCheck("0.0.0.0", hosts(named)).allows;
  assert.ok(allows("reader-1.example.org:8765", "10.0.0.1") && !allows("other.example.org", "10.0.0.1"));
});

test("what is missing, wrong or contradicts a fleet is a sentence with its place, without a secret", () => {
  const cases: readonly (readonly [text: string, sentence: RegExp, env?: Environment])[] = [
    ["fleet: { roles: [jobs] }", /fleet\.database is missing.*\n.*fleet\.id is missing: write the id/s],
    [`fleet: { database: "${url}", id: north }`, /fleet\.key is missing: the role read needs the key/],
    [whole.replace("@fleet.key", "S3cret"), /fleet\.key: is not 64 hex digits/],
    [whole.replace("}", ", roles: [api] }"), /fleet\.key: a process that reads no meters must not have it/],
    [whole.replace("}", ", roles: [write] }"), /fleet\.roles\[0\] must be one of read, jobs, api/],
    [whole.replace("}", ', address: "http://u:p@h" }'), /fleet\.address must be an address like/],
    [
      `${whole}meters: [{ id: home, link: "tcp://h:1", key_file: meter.key }]`,
      /meters stands beside fleet.*fleet import/s,
    ],
    [`${whole}store: "${url}"`, /store stands beside fleet/],
    ["fleet: { database: 'mysql://h/d', id: a }", /fleet\.database must be an address like postgres/],
    ["", /METERPORT_FLEET_KEY: file .*none does not exist/, { METERPORT_FLEET_KEY: "@none" }],
  ];
  for (const [text, sentence, env] of cases)
    assert.throws(
      () => load(text, env),
      (error: Error) => {
        assert.match(error.message, sentence);
        assert.doesNotMatch(error.message, /S3cret/);
        return true;
      },
      text,
    );
});

test("what the jobs go by has its usual values, or those of the file", () => {
  const day = 86_400_000;
  const usual = load(whole).fleet;
  assert.deepEqual(usual?.gaps, { grace: day / 4, memory: 60 * day, reach: 100 * day });
  assert.deepEqual(usual?.checks, { deadline: (10 * day) / 24, holidays: [], rules: {} });
  const kept = { values: null, proofs: 400 * day, registers: null, events: 1_100 * day, work: 400 * day };
  assert.deepEqual(usual?.retention, kept);
  const { fleet } = load(
    [
      "fleet:",
      `  database: "${url}"`,
      "  id: north",
      "  key: '@fleet.key'",
      "  gaps: { grace: 12h, memory: 45d }",
      "  checks:",
      "    deadline: 2d",
      "    holidays: [2026-12-25]",
      "    rules: { spike: { ratio: 4 }, frozen: { on: off, slots: many } }",
      "  retention: { values: 3650d, events: off }",
    ].join("\n"),
  );
  assert.deepEqual(fleet?.gaps, { grace: day / 2, memory: 45 * day, reach: 100 * day });
  assert.deepEqual(fleet?.checks, {
    ...{ deadline: 2 * day, holidays: ["2026-12-25"] },
    rules: { spike: { ratio: 4 }, frozen: { on: false, slots: "many" } },
  });
  assert.deepEqual(fleet?.retention, { ...kept, values: 3_650 * day, events: null });
});

test("times of the jobs that are unknown or contradict each other are a sentence each with its place", () => {
  const cases: readonly (readonly [text: string, sentence: RegExp])[] = [
    ["gaps: { grade: 6h }", /fleet\.gaps has no .*grade|grade.*did you mean .*grace/],
    ["gaps: { grace: 5m }", /fleet\.gaps\.grace "5m" must be from 15m to 7d/],
    ["gaps: { reach: 30d }", /fleet\.gaps\.reach: the scan looks 30d back, less than the 60d that meters remember/],
    ["gaps: { grace: 12h }", /fleet\.checks\.deadline: a day is estimated after 10h, before .* after 12h: give/],
    ["gaps: { reach: 500d }, retention: { values: 400d }", /fleet\.retention\.values: values are deleted after 400d/],
    ["retention: { proofs: never }", /fleet\.retention\.proofs "never" is not a length of time/],
    ["checks: { holidays: [2026-02-30] }", /fleet\.checks\.holidays\[0\].* is no day: write for example 2026-12-25/],
    ["checks: { rules: { spike: 4 } }", /fleet\.checks\.rules/],
  ];
  for (const [text, sentence] of cases)
    assert.throws(
      () => load(whole.replace(" }", `, ${text} }`)),
      (error: Error) => {
        assert.match(error.message, sentence);
        assert.equal(error.message.split("\n").length, 1, error.message);
        return true;
      },
      text,
    );
});

test("a change waits for the next start", () => {
  const [old, next] = [load(whole), load(whole.replace("north,", "south,").replace("}", ", live: 5m }"))];
  const plan = planReload(old, next);
  assert.deepEqual([...plan.restart].sort(), ["fleet.id", "fleet.live"]);
  assert.equal(plan.config.fleet?.id, "north");
});
