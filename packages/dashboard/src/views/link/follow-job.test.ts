import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "../../state/requests.ts";
import { EACH_MS, followJob, visiblePause } from "./follow-job.ts";
import type { Job } from "./link-answers.ts";

const running: Answer<Job> = { ok: true, value: { state: "running", started: 1 } };
const done: Answer<Job> = { ok: true, value: { state: "done", started: 1 } };
const gone: Answer<Job> = { ok: false, status: 0, code: "unreachable", message: null };
const none: Answer<Job> = { ok: false, status: 404, code: "no-such-test", message: "nothing was tested" };

const setup = (answers: readonly Answer<Job>[]) => {
  const left = [...answers];
  const told: Answer<Job>[] = [];
  const pauses: number[] = [];
  const following = {
    ask: async () => left.shift() ?? assert.fail("asked too often"),
    told: (answer: Answer<Job>) => void told.push(answer),
    pause: async (ms: number) => void pauses.push(ms),
  };
  return { following, told, pauses, left };
};

describe("following a job", () => {
  test("asks until it is done, and tells each answer", async () => {
    const { following, told, pauses } = setup([running, running, done]);
    await followJob(following, new AbortController().signal);
    assert.deepEqual(told, [running, running, done]);
    assert.deepEqual(pauses, [EACH_MS, EACH_MS]);
  });

  test("does not ask at once what it knows already, and nothing of what is over", async () => {
    const { following, told, pauses } = setup([done]);
    await followJob(following, new AbortController().signal, { state: "running", started: 1 });
    assert.deepEqual([told, pauses], [[done], [EACH_MS]]);
    await followJob(following, new AbortController().signal, { state: "failed", started: 1 });
  });

  test("goes on while the gateway cannot be reached, and ends when it knows of none", async () => {
    const { following, told } = setup([running, gone, gone, none]);
    await followJob(following, new AbortController().signal);
    assert.deepEqual(told, [running, none]);
  });

  test("ends when it is given up, and tells nothing afterwards", async () => {
    const abort = new AbortController();
    const { following, told } = setup([]);
    await followJob(
      {
        ...following,
        ask: async () => {
          abort.abort();
          return running;
        },
      },
      abort.signal,
    );
    assert.deepEqual(told, []);
  });
});

describe("a pause of a page", () => {
  const timers = () => {
    const set: { readonly ms: number; readonly run: () => void }[] = [];
    return {
      set,
      after: (ms: number, run: () => void) => {
        const timer = { ms, run };
        set.push(timer);
        return () => void set.splice(set.indexOf(timer), set.includes(timer) ? 1 : 0);
      },
      fire: () => set.shift()?.run(),
    };
  };

  test("is longer while nobody sees the page", async () => {
    const { set, after, fire } = timers();
    let [hidden, over] = [true, false];
    const pause = visiblePause({ isHidden: () => hidden, after })(1000, new AbortController().signal).then(() => {
      over = true;
    });
    fire();
    await Promise.resolve();
    assert.deepEqual([over, set.length], [false, 1]);
    hidden = false;
    fire();
    await pause;
    assert.deepEqual([over, set.length], [true, 0]);
  });

  test("ends with its signal, and leaves no timer", async () => {
    const { set, after } = timers();
    const abort = new AbortController();
    const pause = visiblePause({ isHidden: () => false, after });
    const waiting = pause(1000, abort.signal);
    abort.abort();
    await waiting;
    await pause(1000, abort.signal);
    assert.equal(set.length, 0);
  });
});
