import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LinkError, type LinkFailure, ResponseError } from "@meterport/protocol/errors";
import fc from "fast-check";
import { LinkJudge, type Observation } from "./link-judge.ts";
import type { Symptom } from "./loss-window.ts";
import { troubleOf } from "./trouble.ts";

const failed = (code: LinkFailure): Observation => ({
  type: "failed",
  trouble: troubleOf(new LinkError(code, "read BT28", `it is ${code}`)),
});
const lost: Observation = { type: "lost", trouble: troubleOf(new LinkError("closed", "tcp://meter:1", "hung up")) };
const answered = (transmissions = 2, repeated = 0, symptom?: Symptom): Observation => ({
  type: "answered",
  traffic: {
    transmissions,
    repeated,
    alerts: 0,
    symptoms: new Map(symptom === undefined ? [] : [[symptom, repeated] as const]),
  },
});

const link = (pauseLimit?: number) => {
  const health = new LinkJudge(0);
  health.pausable(pauseLimit);
  let now = 0;
  return {
    health,
    see: (...observations: readonly Observation[]): boolean => {
      let changed = false;
      for (const observation of observations) {
        now += 1000;
        changed = health.handle(observation, now) || changed;
      }
      return changed;
    },
    pass: (time: number) => {
      now += time;
    },
    is: () => [health.state, health.cause?.code ?? null],
  };
};

describe("the state of a link", () => {
  test("is connecting until something is known", () => {
    const { see, is } = link();
    assert.deepEqual(is(), ["connecting", null]);
    see(answered());
    assert.deepEqual(is(), ["up", null]);
  });

  test("is silent or refused as observed, and up again with the first answer", () => {
    for (const [code, state] of [
      ["no-answer", "silent"],
      ["echo", "silent"],
      ["tls", "silent"],
      ["wrong-key", "refused"],
      ["tls-required", "refused"],
    ] as const) {
      const { see, is, health } = link();
      see(answered());
      assert.equal(see(failed(code)), true);
      assert.deepEqual(is(), [state, code]);
      assert.equal(health.answering, false);
      see(answered());
      assert.deepEqual(is(), ["up", null]);
      assert.equal(health.outages, 1);
    }
  });

  test("a refusal by the meter itself leaves the link answering", () => {
    const { see, is, health } = link();
    const error = new ResponseError("no-permission", 3, "read BT28", "the key does not allow it");
    see(answered(), { type: "failed", trouble: troubleOf(error) });
    assert.deepEqual(is(), ["refused", "no-permission"]);
    assert.equal(health.answering, true);
  });

  test("noise, which gives a different failure each time, changes the cause only if three looks agree", () => {
    const { see, is } = link();
    see(answered(), failed("bad-digest"));
    assert.equal(see(failed("wrong-key"), failed("garbage"), failed("wrong-key"), failed("half-reply")), false);
    assert.deepEqual(is(), ["silent", "bad-digest"]);
    assert.equal(see(failed("echo"), failed("echo")), false);
    assert.equal(see(failed("echo")), true);
    assert.deepEqual(is(), ["silent", "echo"]);
  });

  test("a lost pipe explains everything, but nothing once there is another one", () => {
    const { see, is } = link(600_000);
    see(answered(), lost);
    assert.deepEqual(is(), ["silent", "closed"]);
    see(failed("no-answer"));
    assert.deepEqual(is(), ["silent", "no-answer"]);
    see(failed("no-answer"), failed("no-answer"), failed("no-answer"));
    assert.deepEqual(is(), ["silent", "no-answer"], "the pipe went first: no optical session");
  });
});

describe("a pause", () => {
  test("is silence and nothing else, on a meter with one line for both ports", () => {
    const { see, is, health } = link(600_000);
    see(answered(), failed("half-reply"));
    assert.deepEqual(is(), ["silent", "half-reply"], "a session may begin in the middle of a reply");
    see(failed("no-answer"), failed("no-answer"));
    assert.deepEqual(is(), ["paused", "optical-session"]);
    assert.equal(health.downSince, 2000);
    see(answered());
    assert.deepEqual(is(), ["up", null]);
  });

  test("is certain if packets of the optical port are heard, and lasts as long as they are", () => {
    const { see, is, health } = link(600_000);
    see(answered(), failed("optical-session"));
    assert.deepEqual(is(), ["paused", "optical-session"]);
    assert.equal(health.wakeAt(), 2000 + 600_000);
    see(failed("bad-digest"), failed("garbage"), failed("no-answer"), failed("optical-session"));
    assert.deepEqual(is(), ["paused", "optical-session"]);
    assert.equal(health.wakeAt(), 6000 + 600_000);
    see(answered());
    assert.deepEqual(is(), ["up", null]);
    const stranger = link(undefined);
    stranger.see(failed("optical-session"));
    assert.deepEqual(stranger.is(), ["paused", "optical-session"], "before the first contact, too");
  });

  test("is not assumed for other meters, nor for one that has never answered", () => {
    const other = link(undefined);
    other.see(answered(), failed("no-answer"), failed("no-answer"), failed("no-answer"), failed("no-answer"));
    assert.deepEqual(other.is(), ["silent", "no-answer"]);
    const never = link(600_000);
    never.see(failed("no-answer"), failed("no-answer"), failed("no-answer"), failed("no-answer"));
    assert.deepEqual(never.is(), ["silent", "no-answer"]);
  });

  test("ends when anything is heard that an optical session does not explain", () => {
    const { see, is } = link(600_000);
    see(answered(), failed("no-answer"), failed("no-answer"), failed("no-answer"));
    assert.deepEqual(is(), ["paused", "optical-session"]);
    assert.equal(see(failed("garbage"), failed("echo"), failed("no-answer")), false, "noise is not enough");
    see(failed("echo"), failed("echo"), failed("echo"));
    assert.deepEqual(is(), ["silent", "echo"]);
    see(failed("no-answer"), failed("no-answer"), failed("no-answer"));
    assert.deepEqual(is(), ["silent", "no-answer"], "not paused again");
  });

  test("becomes silence after its limit, and is not assumed again", () => {
    const { see, is, pass, health } = link(600_000);
    see(answered(), failed("no-answer"), failed("no-answer"), failed("no-answer"));
    assert.equal(health.wakeAt(), 4000 + 600_000);
    pass(598_000);
    assert.equal(see({ type: "tick" }), false);
    pass(1000);
    assert.equal(see({ type: "tick" }), true);
    assert.deepEqual(is(), ["silent", "no-answer"]);
    assert.equal(health.wakeAt(), undefined);
    see(failed("no-answer"), failed("no-answer"), failed("no-answer"), failed("no-answer"));
    assert.deepEqual(is(), ["silent", "no-answer"]);
  });
});

describe("a degraded link", () => {
  const bad = answered(3, 1, "half-reply");

  test("repeats much for a while, reports what it saw, and does not flap", () => {
    const { see, is, health } = link();
    see(answered(), bad, bad, bad);
    assert.deepEqual(is(), ["up", null], "three repetitions are not enough");
    see(bad);
    assert.deepEqual(is(), ["degraded", "half-reply"]);
    assert.match(health.cause?.text ?? "", /^\d\d % of the latest requests were repetitions: replies stop/);
    let changes = 0;
    for (let i = 0; i < 30; i++) if (see(i % 6 === 0 ? bad : answered())) changes++;
    assert.equal(changes, 0, "8 % is between the two bounds");
    for (let i = 0; i < 70; i++) see(answered());
    assert.deepEqual(is(), ["up", null]);
  });

  test("one failure is checked before it is reported, two are silence", () => {
    const { see, is, health } = link();
    see(answered(), bad, bad, bad, bad);
    assert.equal(see(failed("no-answer")), false);
    assert.deepEqual([...is(), health.failures, health.answering], ["degraded", "half-reply", 1, true]);
    see({ type: "answered" });
    assert.deepEqual([...is(), health.failures], ["degraded", "half-reply", 0]);
    see(failed("no-answer"), failed("no-answer"));
    assert.deepEqual(is(), ["silent", "no-answer"]);
  });

  test("an outage alone does not make a link degraded", () => {
    const { see, is } = link();
    see(answered());
    for (let i = 0; i < 50; i++) see(failed("no-answer"));
    see({ type: "answered" }, answered(), answered());
    assert.deepEqual(is(), ["up", null]);
  });

  test("a slow poll is judged over more than a minute", () => {
    const { see, is, pass } = link();
    for (let i = 0; i < 6; i++) {
      pass(60_000);
      see(bad);
    }
    assert.deepEqual(is(), ["degraded", "half-reply"]);
  });
});

test("for any observations: a cause unless the link is up, values only while it is up or degraded", () => {
  const codes = ["no-answer", "echo", "wrong-key", "garbage", "half-reply"] as const;
  const observation = fc.oneof(
    fc.constantFrom<Observation>(lost, { type: "tick" }, { type: "answered" }),
    fc.constantFrom(...codes).map(failed),
    fc.tuple(fc.nat(9), fc.nat(9)).map(([sent, more]) => answered(sent + more, more)),
  );
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 200 }), fc.boolean(), (observations, pausable) => {
      const health = new LinkJudge(0);
      health.pausable(pausable ? 30_000 : undefined);
      let now = 0;
      for (const each of observations) {
        const before = `${health.state} ${health.cause?.code}`;
        now += 700;
        const changed = health.handle(each, now);
        assert.equal(changed, `${health.state} ${health.cause?.code}` !== before);
        assert.equal(health.cause === null, health.state === "up" || health.state === "connecting");
        assert.equal(health.downSince === undefined, health.state === "up" || health.state === "degraded");
        if (each.type === "answered") assert.ok(["up", "degraded"].includes(health.state));
        if (health.state === "paused") assert.ok((health.wakeAt() ?? 0) <= now + 30_000);
        else assert.equal(health.wakeAt(), undefined);
      }
    }),
  );
});
