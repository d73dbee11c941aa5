import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
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

test("a change waits for the next start", () => {
  const [old, next] = [load(whole), load(whole.replace("north,", "south,").replace("}", ", live: 5m }"))];
  const plan = planReload(old, next);
  assert.deepEqual([...plan.restart].sort(), ["fleet.id", "fleet.live"]);
  assert.equal(plan.config.fleet?.id, "north");
});
