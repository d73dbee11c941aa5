import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "@meterport/transports/clock";
import { runCli, type World } from "../../testing/run-cli.ts";

const keys = ["--basic-key", `hex:${"01".repeat(16)}`, "--advanced-key", `hex:${"02".repeat(16)}`];
const start = ["--start", "2026-06-21T12:00Z", "--days", "1", "--scenario", "quiet"];

/** Runs until a text has been written. */
const until = async (text: string | RegExp, words: readonly string[], world: World = {}) => {
  const interruption = new AbortController();
  let written = "";
  const timer = setTimeout(() => interruption.abort(), 20_000);
  const ran = await runCli(["simulate", "--listen", "tcp://127.0.0.1:0", ...keys, ...start, ...words], {
    clock: systemClock,
    interrupted: interruption.signal,
    onWrite: (more) => {
      written += more;
      if (typeof text === "string" ? written.includes(text) : text.test(written)) interruption.abort();
    },
    ...world,
  });
  clearTimeout(timer);
  return ran;
};

describe("meterport simulate --head-end", () => {
  const script = JSON.stringify([
    { at: "0s", do: "on-demand", device: "mbus2", type: "read" },
    { at: "0s", do: "valve", device: "mbus3", valve: "closed" },
    { at: "1ms", do: "file", device: "mep1", bytes: 10 },
    { at: "2ms", do: "power-failure", lasts: "20ms" },
  ]);
  const words = ["--children", "four", "--head-end", "grid.json"];

  test("prints what happens as lines", async () => {
    const { code, out, err } = await until("the power is back", words, { files: { "grid.json": script } });
    assert.equal(code, 0);
    assert.match(out, /^listening tcp:/);
    assert.match(out, /2026-06-21 12:00:0\d mbus2 \(handle 2\) is there\n/);
    assert.match(out, /posted billing read 0xff00 for mbus2 \(handle 2\)\n/);
    assert.match(out, /received on-demand data 0xff00 of mbus2 \(handle 2\), 58 bytes: [0-9a-f]+/);
    assert.match(out, /answered: write 0xff01 for mbus3 \(handle 3\)\n/);
    assert.match(err, /the step "file" was not possible: no MEP client is registered as device 4\n/);
  });

  test("prints what happens as JSON", async () => {
    const { out } = await until("power-restored", [...words, "--json"], { files: { "grid.json": script } });
    const [, ...documents] = out.trimEnd().split("\n");
    const events = documents.map((line) => JSON.parse(line));
    assert.ok(events.length > 6);
    const ended = events.find(({ event, request }) => event === "ended" && request.device === "mbus2");
    assert.deepEqual([ended.request.outcome, ended.request.type, ended.request.handle], ["answered", 2, 2]);
  });

  test("says in one sentence what is wrong with a script", async () => {
    const { code, err } = await until("never", words, { files: { "grid.json": '[{ "at": "1s", "do": "dance" }]' } });
    assert.equal(code, 2);
    assert.match(err, /the script's steps\[0\]\.do is "dance"; known: scheduled-read/);
  });

  test("needs one meter, and --json needs it", async () => {
    const many = await until("never", [...words, "--count", "3"], { files: { "grid.json": script } });
    assert.deepEqual([many.code, /--head-end and --display are for one meter/.test(many.err)], [2, true]);
    const json = await until("never", ["--json"]);
    assert.deepEqual([json.code, /add --head-end FILE/.test(json.out)], [2, true]);
  });
});

describe("meterport simulate --display", () => {
  test("prints a line for each change where there is no terminal", async () => {
    const { code, out } = await until(/display 1\/2.*\n/, ["--display", "--speed", "20"]);
    assert.equal(code, 0);
    assert.match(out, /^display 1\/2: 1\.8\.0 \d+ kWh$/m);
  });

  test("draws it in place on a terminal", async () => {
    const { out } = await until("[7F", ["--display", "--speed", "20"], { terminal: true });
    assert.match(out, /^\+-+\+\n\| (1\.8\.0|0\.9\.1) /m);
  });
});
