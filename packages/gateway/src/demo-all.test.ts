import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import type { OutputState, OutputStatus } from "@meterport/engine/ports/output";
import type { Clock } from "@meterport/protocol/ports";
import { parse } from "yaml";
import { demoFolder, demoTable } from "./demo-all.ts";
import { demoFaces } from "./outputs/demo-faces.ts";

describe("the folder of a demo", () => {
  test("has a configuration with each face, and nothing of the machine's environment that names a meter or a store", () => {
    const env = { PATH: "/bin", METERPORT_LINK: "/dev/ttyUSB0", METERPORT_STORE: "x", METERPORT_HTTP_PORT: "0" };
    const demo = demoFolder({ demo: "all", env });
    try {
      assert.deepEqual(demo.env, { PATH: "/bin", METERPORT_HTTP_PORT: "0" });
      const { http, meters, outputs } = parse(readFileSync(demo.config, "utf8"));
      assert.deepEqual([http, meters], [{ host: "127.0.0.1" }, undefined]);
      assert.deepEqual(
        Object.keys(outputs),
        demoFaces("127.0.0.1").map(({ output }) => output),
      );
      assert.deepEqual(readdirSync(dirname(demo.config)), ["meterport.yaml"]);
    } finally {
      demo.remove();
    }
    assert.equal(existsSync(dirname(demo.config)), false);
  });

  test("another loopback address is taken, and one that others can reach is refused", () => {
    const at = (host: string) => demoFolder({ demo: "all", env: { METERPORT_HTTP_HOST: host } });
    const demo = at("127.0.0.2");
    assert.match(readFileSync(demo.config, "utf8"), /"http":\{"host":"127\.0\.0\.2"\}/);
    demo.remove();
    for (const host of ["0.0.0.0", "192.168.1.2", "127.example.org", ""])
      assert.throws(
        () => at(host),
        /METERPORT_HTTP_HOST is no address of this machine alone, which --demo needs/,
        host,
      );
  });
});

/** Time that passes as soon as somebody waits. */
const passing = (each: (now: number) => void = () => {}): Clock => {
  let now = 0;
  return {
    now: () => now,
    wall: () => now,
    at: (time, task) => {
      queueMicrotask(() => {
        now = time;
        each(now);
        task();
      });
      return () => {};
    },
  };
};

const statusOf = (name: string, state: OutputState, problem: string | null = null): OutputStatus => ({
  ...{ name, state, since: 0, problem, lastDelivered: null, sent: 0, delivered: 0, skipped: 0, lost: 0 },
  ...{ failures: 0, stuck: 0, points: 1, journal: null },
});

const page = { url: "http://127.0.0.1:8765", host: "127.0.0.1", pid: 4711, pulls: true, stops: () => false };

describe("the table of a demo", () => {
  test("waits until no face connects any more and the meter gives values", async () => {
    let state: OutputState = "connecting";
    let values = false;
    const clock = passing((now) => {
      if (now >= 500) state = "up";
      if (now >= 900) values = true;
    });
    const table = await demoTable({
      ...page,
      ...{ clock, status: async () => [statusOf("p1", state)], hasValues: () => values },
    });
    assert.equal(clock.now(), 900);
    assert.match(table, /^p1 +tcp:\/\/127\.0\.0\.1:2001\n/);
    assert.match(table, /\nkill -USR2 4711 pulls the meter's cable, and the same again puts it back\n$/);
  });

  test("says which face is not up, and does not wait for it", async () => {
    const taken = statusOf("p1", "failing", "port 2001 of 127.0.0.1 is in use");
    const table = await demoTable({
      ...{ ...page, pulls: false },
      ...{ clock: passing(), status: async () => [taken], hasValues: () => true },
    });
    assert.match(table, /^p1 +tcp:\/\/127\.0\.0\.1:2001 is not up: port 2001 of 127\.0\.0\.1 is in use\n/);
    assert.doesNotMatch(table, /kill/);
  });

  test("is given up after 20 s, and at once when the daemon stops", async () => {
    const clock = passing();
    const waiting = { ...page, clock, status: async () => [statusOf("p1", "connecting")], hasValues: () => false };
    assert.match(await demoTable(waiting), /^p1 /);
    assert.equal(clock.now(), 20_000);
    assert.equal(await demoTable({ ...waiting, stops: () => true }), "");
    assert.equal(clock.now(), 20_000);
  });
});
