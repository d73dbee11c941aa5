import assert from "node:assert/strict";
import { test } from "node:test";
import type { z } from "@hono/zod-openapi";
import { httpSetup } from "../../testing/http-setup.ts";
import { needOf } from "../access/route-scopes.ts";
import type { ApiCapture, ApiProblem } from "../api.ts";
import { linkRecording } from "./routes.ts";

const path = "/api/v1/points/home/link/recording";

const setup = async () => {
  const all = await httpSetup();
  const ask = async (method: string, body?: unknown, where = path) => {
    const headers = { "content-type": "application/json", "x-meterport": "1" };
    const answer = await all.get(where, {
      ...{ method, headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json(), headers: answer.headers };
  };
  const recording = async (method: string, body?: unknown): Promise<z.output<typeof linkRecording>> =>
    linkRecording.strict().parse((await ask(method, body)).body);
  const cross = () => all.recorder.note({ t: 0, dir: "tx", bytes: Uint8Array.of(1, 2, 3) });
  return { ...all, ask, recording, cross };
};

test("a recording begins, counts, ends, and is then among the captures", async () => {
  const { ask, recording, cross, clock, json, get, done } = await setup();
  assert.deepEqual(await recording("GET"), {
    ...{ id: "home", running: false, started: null, until: null, bytes: 0, entries: 0, ended: null, capture: null },
  });
  const begun = await ask("POST", { seconds: 60 });
  assert.deepEqual([begun.status, begun.headers.get("location")], [202, path]);
  cross();
  const { running, started, until, bytes, entries } = await recording("GET");
  assert.deepEqual([running, bytes, entries], [true, 3, 1]);
  assert.equal(Date.parse(until ?? "") - Date.parse(started ?? ""), 60_000);
  await clock.advance(60_000);
  const { ended, capture } = await recording("GET");
  assert.equal(ended, "time");
  const captures = await json<readonly ApiCapture[]>("/api/v1/points/home/captures");
  assert.deepEqual(
    captures.map(({ name, state, cause }) => [name, state, cause]),
    [[capture, "recorded", null]],
  );
  const file = await get(`/api/v1/points/home/captures/${capture}`);
  assert.match(await file.text(), /"hex":"010203"/);
  await done();
});

test("without a body it takes five minutes, and DELETE ends it", async () => {
  const { ask, recording, cross, get, done } = await setup();
  assert.equal((await get(path, { method: "POST", headers: { "x-meterport": "1" } })).status, 202);
  const { started, until } = await recording("GET");
  assert.equal(Date.parse(until ?? "") - Date.parse(started ?? ""), 300_000);
  cross();
  const { ended, running } = await recording("DELETE");
  assert.deepEqual([ended, running], ["stopped", false]);
  const again = await ask("DELETE");
  assert.deepEqual([again.status, (again.body as ApiProblem).error], [404, "no-such-recording"]);
  await done();
});

test("one at a time, within its limits, and only of a link that may be recorded", async () => {
  const { ask, link, done } = await setup();
  for (const body of [{ seconds: 4 }, { seconds: 3601 }, { seconds: 1.5 }, { seconds: "60" }, [], "x"])
    assert.equal((await ask("POST", body)).status, 400, JSON.stringify(body));
  assert.equal((await ask("POST", {})).status, 202);
  const second = await ask("POST", {});
  assert.deepEqual([second.status, (second.body as ApiProblem).error], [409, "busy"]);
  assert.equal((await ask("GET", undefined, path.replace("home", "barn"))).status, 404);
  await ask("DELETE");
  link.recorder = undefined;
  Object.assign(link, { link: { kind: "optical", optical: true, security: "auto" } });
  for (const method of ["GET", "POST", "DELETE"]) {
    const { status, body } = await ask(method, method === "POST" ? {} : undefined);
    assert.deepEqual([status, (body as ApiProblem).error], [409, "not-possible"]);
    assert.match((body as ApiProblem).message, /the key crosses an optical port in the clear/);
  }
  await done();
});

test("ends with its meter, and what there is by then is kept", async () => {
  const { recording, recorder, cross, done } = await setup();
  await recording("POST", {});
  cross();
  await done();
  const { ended, capture } = recorder.status() ?? assert.fail();
  assert.deepEqual([ended, capture], ["closed", "home-20260101T120000Z-recorded.ndjson"]);
});

test("needs operate", () => {
  for (const method of ["GET", "POST", "DELETE"]) assert.equal(needOf(method, path), "operate");
});
