import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../../state/requests.ts";
import { tryLink } from "./link-tester.ts";

const record = (more: object) => ({
  state: "running",
  started: "t1",
  took_ms: null,
  problem: null,
  verdict: null,
  ...more,
});
const verdict = { outcome: "works", level: "basic", meter: "m", code: null, message: "fine", offer: null };
const busy = { ok: false, status: 409, code: "busy", message: "a test of this link is in progress" } as const;

/** A gateway that gives these answers, one after the other, and the last one for ever. */
const gateway = (...answers: readonly (object | Answer<never>)[]) => {
  const asked: string[] = [];
  const bodies: (object | null)[] = [];
  const next = <T>(method: string, parse: (data: unknown) => T | null): Promise<Answer<T>> => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? {};
    asked.push(method);
    if ("ok" in answer) return Promise.resolve(answer as Answer<never>);
    const value = parse(answer);
    return Promise.resolve(
      value === null ? { ok: false, status: 0, code: "unreachable", message: null } : { ok: true, value },
    );
  };
  const requests = {
    get: <T>(_path: string, parse: (data: unknown) => T | null) => next("GET", parse),
    send: <T>(method: string, _path: string, body: object | null, parse: (data: unknown) => T | null) => {
      bodies.push(body);
      return next(method, parse);
    },
  };
  return { asked, bodies, options: { requests, pause: () => Promise.resolve() } };
};

const { signal } = new AbortController();
const link = "tcp://bridge:1";

test("asks until the gateway knows", async () => {
  const { asked, bodies, options } = gateway(record({}), record({}), record({ state: "done", verdict }));
  const result = await tryLink({ link, key: "k" }, options, signal);
  assert.equal(result?.kind === "verdict" && result.verdict.outcome, "works");
  assert.deepEqual(asked, ["POST", "GET", "GET"]);
  assert.deepEqual(bodies, [{ link, key: "k" }]);
});

test("waits for the test of somebody else, but not for ever", async () => {
  const soon = gateway(busy, busy, record({}), record({ state: "done", verdict }));
  assert.equal((await tryLink({ link, key: null }, soon.options, signal))?.kind, "verdict");
  assert.deepEqual(soon.asked, ["POST", "POST", "POST", "GET"]);
  const never = await tryLink({ link, key: null }, gateway(busy).options, signal);
  assert.deepEqual(never, { kind: "problem", code: "busy", message: null });
  const running = await tryLink({ link, key: null }, gateway(record({})).options, signal);
  assert.equal(running?.kind, "problem");
});

test("does not take the result of another test for its own", async () => {
  const { options } = gateway(record({}), record({ started: "t2", state: "done", verdict }));
  assert.deepEqual(await tryLink({ link, key: null }, options, signal), {
    ...{ kind: "problem", code: "other-test", message: null },
  });
});

test("gives the gateway's sentence for a link that is none, and for a test that failed", async () => {
  const refused = { ok: false, status: 400, code: "bad-request", message: "not a link" } as const;
  assert.deepEqual(await tryLink({ link: "x", key: null }, gateway(refused).options, signal), {
    ...{ kind: "problem", code: "bad-request", message: "not a link" },
  });
  const failed = gateway(record({}), record({ state: "failed", problem: "see the log" }));
  assert.deepEqual(await tryLink({ link, key: null }, failed.options, signal), {
    ...{ kind: "problem", code: "failed", message: "see the log" },
  });
});

test("a test that is given up has no result", async () => {
  const giveUp = new AbortController();
  const { asked, options } = gateway(record({}));
  const pause = () => {
    giveUp.abort();
    return Promise.resolve();
  };
  assert.equal(await tryLink({ link, key: null }, { ...options, pause }, giveUp.signal), null);
  assert.deepEqual(asked, ["POST"]);
});
