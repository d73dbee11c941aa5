import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { OutputStatus } from "@meterport/engine/ports/output";
import { needOf } from "../access/route-scopes.ts";
import { addOutputs } from "./outputs.ts";
import { outputPairing, outputsAnswer, outputTest } from "./routes.ts";

const status: OutputStatus = {
  ...{ name: "mqtt", state: "failing", since: 0, problem: "nobody listens", lastDelivered: null },
  ...{
    sent: 1,
    delivered: 2,
    skipped: 3,
    lost: 4,
    failures: 5,
    stuck: 6,
    points: 7,
    journal: { cursor: 8, behind: 9 },
  },
};

const ask = async (path: string, method = "GET") => {
  const app = new OpenAPIHono();
  addOutputs(app, {
    status: async () => [status],
    test: async (name) => (name === "mqtt" ? { ok: false, text: "nobody listens" } : undefined),
    pair: (name) => (name === "mqtt" ? { ok: false, text: "what reads this output needs no pairing" } : undefined),
  });
  const answer = await app.request(`/api/v1/outputs${path}`, { method });
  return { code: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

test("the status of each output says where it stands and what is wrong", async () => {
  const { outputs } = outputsAnswer.parse((await ask("")).body);
  assert.deepEqual(outputs, [
    {
      ...{ name: "mqtt", state: "failing", since: "1970-01-01T00:00:00.000Z", problem: "nobody listens" },
      ...{ last_delivered: null, sent: 1, delivered: 2, skipped: 3, lost: 4, failures: 5, stuck: 6, points: 7 },
      journal: { cursor: 8, behind: 9 },
    },
  ]);
});

test("a test that fails is an answer, and an unknown name is a sentence with those that are known", async () => {
  const seen = await ask("/mqtt/test", "POST");
  assert.deepEqual([seen.code, outputTest.parse(seen.body)], [200, { ok: false, text: "nobody listens" }]);
  const unknown = await ask("/mqtr/test", "POST");
  assert.equal(unknown.code, 404);
  assert.match(String(unknown.body.message), /unknown output "?mqtr"?; those that are on: mqtt/);
});

test("pairing that is not needed is an answer, and an unknown name is not found", async () => {
  const said = await ask("/mqtt/pair", "POST");
  assert.deepEqual(
    [said.code, outputPairing.parse(said.body)],
    [200, { ok: false, text: "what reads this output needs no pairing" }],
  );
  assert.equal((await ask("/mqtr/pair", "POST")).code, 404);
});

test("a gateway without outputs has an empty list", async () => {
  const app = new OpenAPIHono();
  addOutputs(app, undefined);
  assert.deepEqual(await (await app.request("/api/v1/outputs")).json(), { outputs: [] });
});

test("to see outputs needs read, to test one operate, to let a program in admin", () => {
  assert.equal(needOf("GET", "/api/v1/outputs"), "read");
  assert.equal(needOf("POST", "/api/v1/outputs/mqtt/test"), "operate");
  assert.equal(needOf("POST", "/api/v1/outputs/homewizard_v2/pair"), "admin");
});
