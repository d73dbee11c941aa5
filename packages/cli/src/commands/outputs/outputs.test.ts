import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runCli, type World } from "../../testing/run-cli.ts";

const url = "http://127.0.0.1:8765";
const output = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  ...{ name, state: "up", since: "1970-01-01T00:00:00.000Z", problem: null, last_delivered: null },
  ...{ sent: 0, delivered: 0, skipped: 0, lost: 0, failures: 0, stuck: 0, points: 1 },
  journal: { cursor: 40, behind: 2 },
  ...more,
});
const answersOf = (outputs: readonly unknown[]): World["answers"] => ({
  [`${url}/api/v1/outputs`]: { status: 200, body: { outputs } },
  [`${url}/api/v1/outputs/mqtt/test`]: { status: 200, body: { ok: true, text: "the broker took a message" } },
  [`${url}/api/v1/outputs/home_assistant/test`]: { status: 200, body: { ok: false, text: "nobody listens" } },
  [`${url}/api/v1/outputs/nats/test`]: {
    ...{ status: 404, body: { error: "no-such-output", message: 'unknown output "nats"; those that are on: mqtt' } },
  },
  [`${url}/api/v1/outputs/homewizard_v2/pair`]: { status: 200, body: { ok: true, text: "the next may come in" } },
  [`${url}/api/v1/outputs/mqtt/pair`]: { status: 200, body: { ok: false, text: "it needs no pairing" } },
});

describe("meterport outputs", () => {
  test("lists each output with what waits for it and what is wrong, and ends with 1 while one fails", async () => {
    const outputs = [
      output("mqtt", { state: "failing", problem: "nobody listens at mqtt://b:1883" }),
      output("home_assistant", { journal: null, lost: 3 }),
    ];
    const { code, out } = await runCli(["outputs", "--url", url], { answers: answersOf(outputs) });
    assert.equal(code, 1);
    assert.match(out, /^mqtt +failing +\d+ d +never +2 +nobody listens at mqtt:\/\/b:1883$/m);
    assert.match(out, /^home_assistant +up .* changes lost: 3$/m);
    const json = await runCli(["outputs", "--url", url, "--json"], { answers: answersOf([output("mqtt")]) });
    assert.deepEqual([json.code, JSON.parse(json.out)], [0, { outputs: [output("mqtt")] }]);
    const none = await runCli(["outputs", "--url", url], { answers: answersOf([]) });
    assert.match(none.out, /no output is on: docs\/outputs\.md tells/);
  });

  test("tests one output, and says by its exit code whether it works", async () => {
    const answers = answersOf([]);
    const works = await runCli(["outputs", "test", "mqtt", "--url", url], { answers });
    assert.deepEqual([works.code, works.out], [0, "mqtt: works: the broker took a message\n"]);
    const fails = await runCli(["outputs", "test", "home_assistant", "--url", url, "--json"], { answers });
    assert.deepEqual([fails.code, JSON.parse(fails.out)], [1, { ok: false, text: "nobody listens" }]);
    const unknown = await runCli(["outputs", "test", "nats", "--url", url], { answers });
    assert.deepEqual([unknown.code, unknown.out], [2, ""]);
    assert.match(unknown.err, /unknown output "nats"; those that are on: mqtt/);
    assert.match((await runCli(["outputs", "test", "--url", url])).err, /which output\? Write for example/);
    assert.match((await runCli(["outputs", "pair", "--url", url])).err, /meterport outputs pair homewizard_v2/);
    assert.match((await runCli(["outputs", "stop", "--url", url])).err, /unknown action stop: write meterport outputs/);
  });

  test("presses the button of one output, and ends with 1 if it has none", async () => {
    const answers = answersOf([]);
    const pressed = await runCli(["outputs", "pair", "homewizard_v2", "--url", url], { answers });
    assert.deepEqual([pressed.code, pressed.out], [0, "homewizard_v2: the next may come in\n"]);
    const none = await runCli(["outputs", "pair", "mqtt", "--url", url, "--json"], { answers });
    assert.deepEqual([none.code, JSON.parse(none.out)], [1, { ok: false, text: "it needs no pairing" }]);
  });
});
