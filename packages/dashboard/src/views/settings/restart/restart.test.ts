import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../../../state/requests.ts";
import { restarted, restarterOf, type Waiting } from "./restart.ts";

const failed = (status: number): Answer<never> => ({ ok: false, status, code: "unreachable", message: "no" });

/** A gateway that answers `health` in turn; undefined is no answer. */
function world(uptimes: readonly (number | undefined)[], post: Answer<unknown> = { ok: true, value: {} }) {
  let time = 50_000;
  let turn = 0;
  const asked: string[] = [];
  const waiting: Waiting = {
    clock: () => time,
    pause: async (ms) => {
      time += ms;
    },
    requests: {
      send: async (method, path) => {
        asked.push(`${method} ${path}`);
        return post as Answer<never>;
      },
      get: async (path, parse) => {
        asked.push(`GET ${path}`);
        const uptime = uptimes[Math.min(turn++, uptimes.length - 1)];
        const value = uptime === undefined ? null : parse({ uptime_s: uptime });
        return value === null ? failed(0) : { ok: true, value };
      },
    },
  };
  return { waiting, asked };
}
const run = (waiting: Waiting) => restarted(waiting, new AbortController().signal);

test("it is back when a gateway answers that started after the request, not while the old one still does", async () => {
  const { waiting, asked } = world([900, undefined, undefined, 0.5]);
  assert.deepEqual(await run(waiting), { result: "back" });
  assert.deepEqual(asked, ["POST restart", ...Array.from({ length: 4 }, () => "GET health")]);
});

test("a refusal is told, and a gateway that does not come back is missed in bounded time", async () => {
  const { waiting, asked } = world([900], { ok: false, status: 409, code: "not-restarted", message: "nothing would" });
  assert.deepEqual(await run(waiting), { result: "refused", message: "nothing would" });
  assert.equal(asked.length, 1);
  const gone = world([undefined]);
  assert.deepEqual(await run(gone.waiting), { result: "missing" });
  assert.ok(gone.asked.length <= 125);
});

test("what starts it again is one that this page knows, or nothing", () => {
  assert.deepEqual(restarterOf({ by: "systemd" }), { by: "systemd" });
  assert.deepEqual(restarterOf({ by: "cron" }), { by: null });
  assert.equal(restarterOf([]), null);
});
