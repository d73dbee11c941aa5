import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { openMeter } from "../testing/conversation.ts";
import { MepClient } from "../testing/mep-client.ts";
import { eventJson, eventText } from "./event-text.ts";
import { HeadEnd } from "./head-end.ts";
import type { HeadEndEvent } from "./received.ts";
import { ScriptRun } from "./script-run.ts";
import { parseHeadEndScript } from "./script-text.ts";

const minute = 60_000;

const play = (script: unknown, children: "one" | "four" = "four") => {
  const meter = openMeter({ children });
  const events: HeadEndEvent[] = [];
  const headEnd = new HeadEnd({ meter, tell: (event) => events.push(event) });
  headEnd.configure(4, { billingDay: 39, billingFrequency: 2 });
  const client = new MepClient(meter);
  client.register(1, 0x0f);
  const failures: string[] = [];
  const run = new ScriptRun({
    meter,
    headEnd,
    script: parseHeadEndScript(JSON.stringify(script)),
    mac: (key) => key,
    failed: ({ do: name }, { message }) => failures.push(`${name}: ${message}`),
  });
  return { meter, headEnd, client, run, events, failures };
};

describe("a script", () => {
  test("asks at its times, as often as it says", () => {
    const { headEnd, client, run } = play([
      { at: "10s", do: "on-demand", device: "mep1", type: "write", data: "01 02" },
      { at: "1min", every: "1min", times: 3, do: "on-demand", device: "mbus1", type: "read" },
      { at: 5000, do: "downlink", device: "mep1", data: "ff" },
    ]);
    const begin = client.line.now;
    client.line.listen(begin + 9_999);
    assert.equal(headEnd.requests.length, 0);
    client.line.listen(begin + 10_000);
    assert.equal(toHex(headEnd.requests[0]?.data ?? new Uint8Array(0)), "0102");
    client.answer([]);
    client.line.listen(10 * minute);
    assert.equal(headEnd.requests.length, 4);
    assert.equal(run.over, true);
    assert.equal(toHex(client.line.readAt(0x080d, 4 * 66 + 9, 1)), "ff");
  });

  test("does everything that it can name", () => {
    const steps = [
      { at: "1s", do: "scheduled-read", device: "mep1" },
      { at: "2s", do: "multicast", data: "5351", groups: 1 },
      { at: "3s", do: "file", device: "mep1", bytes: 60, macKey: "00112233445566778899aabbccddeeff" },
      { at: "4s", do: "alarm", device: "mbus2", status: 8 },
      { at: "5s", do: "clear-alarms", device: "mbus2" },
      { at: "6s", do: "valve", device: "mbus3", valve: "closed" },
      { at: "7s", do: "delta" },
      { at: "8s", do: "mbus-change" },
      { at: "9s", do: "schedule", device: "mep1", frequency: "daily", hour: 3 },
      { at: "10s", do: "remove", device: "mbus1" },
      { at: "11s", do: "discover" },
      { at: "12s", do: "power-failure", lasts: "5s" },
      { at: "30s", do: "remove", device: "mep1" },
    ];
    const { client, events, failures, meter } = play(steps);
    client.line.listen(7_500);
    assert.equal(client.flags, 1 | 2 | 16);
    client.line.listen(minute);
    assert.deepEqual(failures, []);
    const seen = new Set(events.map(({ type }) => type));
    for (const type of [
      "read-due",
      "posted",
      "file",
      "alert-raised",
      "power-failed",
      "power-restored",
      "removed",
    ] as const)
      assert.ok(seen.has(type), type);
    assert.equal(meter.mbus.children[2]?.valve, "open", "the valve waits behind the file, and is lost with the power");
    assert.deepEqual([...client.line.readAt(0x080d, 4 * 66, 4)], [0, 3, 0, 1]);
    for (const event of events) {
      assert.ok(eventText(event).length > 0);
      assert.equal(JSON.parse(JSON.stringify(eventJson(event))).event, event.type);
    }
  });

  test("a step that is not possible is told, and the others go on", () => {
    const { failures, headEnd, client } = play([
      { at: 1, do: "on-demand", device: "mep2", type: "read" },
      { at: 2, do: "on-demand", device: "mep1", type: "time-sync" },
      { at: 3, do: "scheduled-read", device: "mep1" },
    ]);
    client.line.listen(client.line.now + 10);
    assert.deepEqual(failures, [
      "on-demand: this meter has the devices 0 to 4, not 5",
      "on-demand: a request to device 4 has no type 5",
    ]);
    assert.equal(headEnd.devices.length, 5);
    assert.equal(client.flags, 1);
  });

  test("what is wrong is one sentence with its place", () => {
    const refused = (script: unknown): string => {
      try {
        parseHeadEndScript(typeof script === "string" ? script : JSON.stringify(script));
      } catch (error) {
        assert.ok(error instanceof Error && error.name === "UsageError");
        return error.message;
      }
      return assert.fail("it was accepted");
    };
    assert.match(refused("{"), /the script is not JSON/);
    assert.match(refused("3"), /top level must be a list of steps/);
    assert.match(refused({ steps: 3 }), /script's steps must be a list, not 3/);
    assert.match(refused({ steps: [], speed: 1 }), /top level has no "speed"; known: forms, compatible, steps/);
    assert.match(refused({ forms: "real", steps: [] }), /script's forms is "real"; known: virtual, third-party/);
    const step = (fields: object): string =>
      refused([
        { at: "1s", do: "delta" },
        { at: "1s", ...fields },
      ]);
    assert.match(step({ do: "dance" }), /steps\[1\]\.do is "dance"; known: scheduled-read, /);
    assert.match(step({ do: "delta", device: "mep1" }), /steps\[1\] has no "device"/);
    assert.match(step({ do: "remove", device: "mep3" }), /steps\[1\]\.device is "mep3"; known: mbus1/);
    assert.match(step({ do: "remove" }), /steps\[1\]\.device is nothing/);
    assert.match(step({ do: "downlink", device: "mep1", data: "0" }), /steps\[1\]\.data must be bytes in hex/);
    assert.match(
      step({ do: "alarm", device: "mbus1", status: 256 }),
      /steps\[1\]\.status must be a whole number from 0 to 255/,
    );
    assert.match(
      step({ do: "power-failure", lasts: "soon" }),
      /steps\[1\]\.lasts must be a length of time of at least 1ms/,
    );
    assert.match(step({ do: "file", device: "mep1" }), /steps\[1\]\.data or bytes/);
    assert.match(
      step({ do: "file", device: "mep1", bytes: 9, macKey: "00" }),
      /steps\[1\]\.macKey must have 16 bytes, not 1/,
    );
    assert.match(step({ do: "delta", times: 2 }), /steps\[1\]\.times needs every/);
    assert.match(step({ do: "delta", every: 1 }), /steps\[1\]\.every must be a length of time of at least 100ms/);
    assert.match(
      refused([{ do: "delta" }]),
      /steps\[0\]\.at must be a length of time like "10s" or "5min", not nothing/,
    );
    assert.match(refused(["delta"]), /steps\[0\] must be an object/);
  });
});
