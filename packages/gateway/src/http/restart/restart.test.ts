import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import { addRestart } from "./restart.ts";
import { restartAccess } from "./restart-access.ts";

const setup = (said: string | undefined, ends = true) => {
  const due: { readonly time: number; readonly task: () => void }[] = [];
  let ended = 0;
  const clock = {
    ...{ now: () => 1_000, wall: () => 0 },
    at: (time: number, task: () => void) => {
      due.push({ time, task });
      return () => {};
    },
  };
  const end = (): void => {
    ended++;
  };
  const app = new OpenAPIHono();
  addRestart(app, restartAccess(said, { clock, end: ends ? end : undefined }));
  const ask = async (method: string) => {
    const answer = await app.request("/api/v1/restart", { method });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  return { ask, due, ended: () => ended };
};

test("the gateway ends once, after its answer, where something starts it again", async () => {
  const { ask, due, ended } = setup("systemd");
  assert.deepEqual(await ask("GET"), { status: 200, body: { by: "systemd" } });
  assert.equal(due.length, 0);
  assert.deepEqual(await ask("POST"), { status: 202, body: { by: "systemd" } });
  await ask("POST");
  assert.equal(ended(), 0);
  assert.equal(due.length, 1);
  assert.ok((due[0]?.time ?? 0) > 1_000);
  due[0]?.task();
  assert.equal(ended(), 1);
});

test("it goes on where nothing would, and says what to do", async () => {
  for (const { ask, due } of [setup(undefined), setup("cron"), setup("systemd", false)]) {
    assert.deepEqual(await ask("GET"), { status: 200, body: { by: null } });
    const { status, body } = await ask("POST");
    assert.equal(status, 409);
    assert.match(JSON.stringify(body), /not-restarted.*end it and start it as before/);
    assert.equal(due.length, 0);
  }
});
