import assert from "node:assert/strict";
import { test } from "node:test";
import { logEvent } from "@meterport/engine/testing/fake-meter";
import { LinkError, ResponseError } from "@meterport/protocol/errors";
import { httpSetup } from "../../testing/http-setup.ts";
import type { ApiProblem, LogAnswer } from "../api.ts";
import { logAnswer } from "../schemas.ts";

const setup = async () => {
  const made = await httpSetup();
  await made.clock.advance(1_000);
  const ask = (query = "") => made.clock.run(made.get(`/api/v1/meters/home/log${query}`));
  return { ...made, ask, answer: async (query = "") => (await (await ask(query)).json()) as LogAnswer };
};

test("the meter's log comes decoded, newest first, with the raw number", async () => {
  const { meter, answer, done } = await setup();
  meter.log = [logEvent(70002, 0x800 | 68, [5, 0]), { ...logEvent(70001), time: null }, logEvent(70000, 45, [])];
  const log = await answer();
  logAnswer.strict().parse(log);
  assert.equal(log.id, "home");
  assert.equal(log.time_read, "2026-01-01T12:00:01.050Z");
  assert.deepEqual(log.entries[0], {
    time: "2026-01-01T00:00:00Z",
    number: 70002,
    code: 68,
    raw: 2116,
    name: "Phase loss, below 61 % of the nominal voltage",
    argument: {
      hex: "0500",
      number: 5,
      text: "L1, L3",
      parts: [
        { key: "phase", value: 1, meaning: "L1" },
        { key: "phase", value: 3, meaning: "L3" },
      ],
    },
    severity: "alarm",
    source: "head-end list",
  });
  assert.deepEqual(
    log.entries.map(({ time, name, argument }) => [time, name, argument.text]),
    [
      ["2026-01-01T00:00:00Z", "Phase loss, below 61 % of the nominal voltage", "L1, L3"],
      [null, "Power up", "power failure"],
      ["2026-01-01T00:00:00Z", null, ""],
    ],
  );
  await done();
});

test("gives the requested number of entries, and reads the meter at most once a minute", async () => {
  const { meter, answer, done } = await setup();
  meter.log = Array.from({ length: 300 }, (_, i) => logEvent(1000 - i));
  for (const [query, count] of [
    ["", 25],
    ["?limit=1", 1],
    ["?limit=100", 100],
    ["?limit=26", 26],
  ] as const)
    assert.equal((await answer(query)).entries.length, count, query);
  assert.deepEqual(meter.logReads, [25, 100]);
  await done();
});

test("answers one clear sentence if the log cannot be read", async () => {
  const { clock, meter, ask, get, done } = await setup();
  const problem = async (query: string, status: number, error: string, message: RegExp) => {
    const answer = await ask(query);
    assert.equal(answer.status, status, query);
    const told = (await answer.json()) as ApiProblem;
    assert.equal(told.error, error);
    assert.match(told.message, message);
  };
  for (const limit of ["0", "101", "-1", "ten", "1e1", ""])
    await problem(`?limit=${limit}`, 400, "bad-request", /is not a count from 1 to 100/);
  assert.deepEqual(meter.logReads, []);
  assert.equal((await get("/api/v1/meters/none/log")).status, 404);
  meter.logFails = new LinkError("no-answer", "read BT74", "no answer after 3 attempts");
  await problem("", 503, "meter-silent", /^the meter does not answer: read BT74: no answer after 3 attempts$/);
  await clock.advance(10_000);
  meter.logFails = new ResponseError("no-permission", 3, "read BT74", "the key may not read it");
  await problem("", 502, "no-log", /^the meter's event log cannot be read: /);
  await clock.advance(10_000);
  meter.logFails = new Error("a bug");
  await problem("", 500, "internal", /see its log for the reason/);
  await done();
});
