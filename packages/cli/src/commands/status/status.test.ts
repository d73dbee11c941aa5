import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runCli, type World } from "../../testing/run-cli.ts";

const url = "http://127.0.0.1:8765";
const health = { status: "ok", version: "0.1.0", uptime_s: 7_300, meters: 2, meters_up: 1 };
const meter = (id: string, state: string, last: string | null, problem: string | null) => ({
  id,
  name: id,
  simulated: false,
  link: { state, last_reading: last, problem },
});
const meters = [
  meter("house", "up", "1970-01-01T00:00:00.000Z", null),
  meter("garage", "silent", null, "no answer after 3 attempts"),
];
const answers: World["answers"] = {
  [`${url}/api/v1/health`]: { status: 200, body: health },
  [`${url}/api/v1/meters`]: { status: 200, body: meters },
  [`${url}/api/v1/outputs`]: { status: 200, body: { outputs: [] } },
};

describe("meterport status", () => {
  test("names each meter with its link, and ends with 1 while one gives no values", async () => {
    const { code, out } = await runCli(["status", "--url", `${url}/`], { answers });
    assert.equal(code, 1);
    assert.match(out, /^http:\/\/127\.0\.0\.1:8765 {2}Meterport 0\.1\.0, running for 2 h; 1 of 2 meters give values$/m);
    assert.match(out, /^house +up +\d+ d$/m);
    assert.match(out, /^garage +silent +never +no answer after 3 attempts$/m);
    const json = await runCli(["status", "--url", url, "--json"], { answers });
    assert.deepEqual(JSON.parse(json.out), { url, health, meters, outputs: [] });
  });

  test("shows the outputs below the meters, with what is wrong", async () => {
    const mqtt = {
      ...{ name: "mqtt", state: "failing", since: "1970-01-01T00:00:00.000Z", problem: "nobody listens" },
      ...{ last_delivered: null, sent: 0, delivered: 0, skipped: 0, lost: 0, failures: 1, stuck: 0, points: 2 },
      journal: { cursor: 40, behind: 12 },
    };
    const outputs = { status: 200, body: { outputs: [mqtt] } };
    const { out } = await runCli(["status", "--url", url], {
      answers: { ...answers, [`${url}/api/v1/outputs`]: outputs },
    });
    assert.match(out, /^garage .*\n\noutput +state .*\nmqtt +failing +\d+ d +never +12 +nobody listens$/m);
  });

  test("of a thousand meters counts the states, and lists those that are not up, the worst first", async () => {
    const state = (n: number): string => (n === 7 ? "refused" : n % 10 === 3 ? "silent" : "up");
    const many = Array.from({ length: 1_500 }, (_, n) => meter(`flat-${n}`, state(n), null, null));
    const pages: World["answers"] = {
      [`${url}/api/v1/health`]: { status: 200, body: { ...health, meters: 1_500, meters_up: 1_349 } },
      [`${url}/api/v1/meters`]: { status: 200, body: many.slice(0, 1_000), next: "/api/v1/meters?cursor=b" },
      // As a daemon of an earlier version answers.
      [`${url}/api/v1/outputs`]: { status: 404, body: { error: "not-found", message: "there is nothing" } },
      [`${url}/api/v1/meters?cursor=b`]: { status: 200, body: many.slice(1_000) },
    };
    const { code, out } = await runCli(["status", "--url", url], { answers: pages });
    const lines = out.trimEnd().split("\n");
    assert.equal(code, 1);
    assert.equal(lines[1], "1 refused, 150 silent, 1349 up");
    assert.match(lines[3] ?? "", /^flat-7 +refused/);
    assert.match(lines[4] ?? "", /^flat-3 +silent/);
    assert.equal(lines.at(-1), "and 101 more; --all lists every meter");
    assert.equal(lines.length, 54);
    const all = await runCli(["status", "--url", url, "--all"], { answers: pages });
    assert.equal(all.out.trimEnd().split("\n").length, 1_503);
  });

  test("finds the daemon by its data folder, and says so if there is none", async () => {
    const folder = mkdtempSync(join(tmpdir(), "meterport-status-"));
    try {
      const none = await runCli(["status", "--data", folder], { answers });
      assert.deepEqual([none.code, none.out], [2, ""]);
      assert.match(
        none.err,
        /no daemon uses the data folder .*: start one with meterport serve, or give --data or --url/,
      );
      const record = { pid: 1, url, version: "0.1.0", started: "2026-01-01T00:00:00.000Z" };
      writeFileSync(join(folder, "daemon.json"), JSON.stringify(record));
      assert.match((await runCli(["status", "--data", folder], { answers })).out, /1 of 2 meters/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a daemon that wants a token, fails or is gone is one sentence", async () => {
    const asked = async (status: number) =>
      runCli(["status", "--url", url], { answers: { [`${url}/api/v1/health`]: { status, body: null } } });
    assert.match((await asked(401)).err, /wants a token: make one with meterport token add, and set METERPORT_TOKEN/);
    assert.doesNotMatch((await runCli(["status", "--url", url])).err, /MEP port/, "the remedy is not one for a meter");
    assert.deepEqual([(await asked(500)).code, (await runCli(["status", "--url", url])).code], [1, 1]);
  });
});
