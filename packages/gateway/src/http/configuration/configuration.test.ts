import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import { loadConfig } from "../../config/config.ts";
import { planReload, shownValue } from "../../config/reload-plan.ts";
import type { ReloadOutcome } from "../../config/reloader.ts";
import { addConfiguration } from "./configuration.ts";
import { configurationAnswer, reloadAnswer } from "./routes.ts";

const key = "canary-canary-ca";

const configOf = (yaml: string) =>
  loadConfig({
    file: "meterport.yaml",
    env: {},
    defaultData: "/data",
    zone: "UTC",
    readFile: () => yaml,
    checkLink: () => {},
    portLinkOf: (link: string) => ({ link, optical: false }),
  } as never);

const before = configOf(
  `store: postgres://me:${key}@db/meters\nlog:\n  level: warn\nmeters:\n  - { id: home, link: "tcp://127.0.0.1:4059", key: "ascii:${key}" }\n`,
);
const after = configOf(
  `store: postgres://me:${key}@db/meters\nhttp:\n  port: 9000\nmeters:\n  - { id: garage, link: "tcp://127.0.0.1:4060", key: "ascii:${key}" }\n`,
);

const setup = (outcome: () => ReloadOutcome) => {
  const app = new OpenAPIHono();
  let reloads = 0;
  addConfiguration(app, {
    configuration: {
      file: () => "/etc/meterport/meterport.yaml",
      current: () => before,
      plan: outcome,
      reload: async () => {
        reloads++;
        return outcome();
      },
    },
  });
  const ask = async (path: string, method = "GET") => {
    const answer = await app.request(`/api/v1/configuration${path}`, { method });
    return { status: answer.status, text: await answer.text() };
  };
  return { ask, reloads: () => reloads };
};

test("every key has its value, and secrets and keys of meters have none", async () => {
  const { ask } = setup(() => assert.fail("no plan"));
  const { status, text } = await ask("");
  assert.equal(status, 200);
  assert.doesNotMatch(text, /canary/);
  const { settings, meters, file } = configurationAnswer.parse(JSON.parse(text));
  assert.deepEqual([meters, file], [1, "/etc/meterport/meterport.yaml"]);
  const shownAt = (path: string): unknown => settings.find((each) => each.path === path)?.value;
  assert.deepEqual(["log.level", "store", "http.port", "http.tls.cert", "meters[].key"].map(shownAt), [
    "warn",
    "[secret]",
    8765,
    null,
    null,
  ]);
  assert.equal(shownValue(before, "store"), "[secret]");
  assert.ok(JSON.parse((await ask("/schema")).text).$schema);
});

test("check and reload say what changes, by key and by meter, without secrets", async () => {
  const { ask, reloads } = setup(() => ({ ok: true, plan: planReload(before, after) }));
  const checked = await ask("/check", "POST");
  assert.doesNotMatch(checked.text, /canary/);
  assert.deepEqual(reloadAnswer.parse(JSON.parse(checked.text)), {
    ...{ ok: true, problems: [], apply: ["log.level"], restart: ["http.port"] },
    ...{ added: ["garage"], changed: [], removed: ["home"] },
  });
  assert.equal(reloads(), 0);
  assert.equal((await ask("/reload", "POST")).text, checked.text);
  assert.equal(reloads(), 1);
});

test("mistakes of the file are an answer, not a failure", async () => {
  const { ask } = setup(() => ({ ok: false, problems: ["meterport.yaml:3:5: meters must be a list"] }));
  const { status, text } = await ask("/reload", "POST");
  assert.equal(status, 200);
  const { ok, problems } = reloadAnswer.parse(JSON.parse(text));
  assert.deepEqual([ok, problems], [false, ["meterport.yaml:3:5: meters must be a list"]]);
});

test("a gateway without a configuration to read says so", async () => {
  const app = new OpenAPIHono();
  addConfiguration(app, {});
  assert.equal((await app.request("/api/v1/configuration")).status, 503);
});
