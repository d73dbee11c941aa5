import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutputStatus } from "@meterport/engine/ports/output";
import { exposition } from "../../exports/exposition.ts";
import { daemonMetrics } from "./daemon-metrics.ts";

test("metrics tell of each output whether its consumer is there, and what waits for it", () => {
  const output: OutputStatus = {
    ...{ name: "mqtt", state: "up", since: 0, problem: null, lastDelivered: null, sent: 1, delivered: 2, skipped: 0 },
    ...{ lost: 3, failures: 4, stuck: 0, points: 1, journal: { cursor: 5, behind: 6 } },
  };
  const text = exposition(
    daemonMetrics({
      ...{ version: "0.1.0", uptime_s: 1, now: 0, store: undefined, cursors: new Map(), keeper: undefined, streams: 0 },
      ...{ process: undefined, outputs: [output, { ...output, name: "other", state: "failing", journal: null }] },
      links: { polls: 0, failures: 0, retries: 0, discarded: 0, outages: 0, alerts: 0 },
      states: { connecting: 0, up: 0, degraded: 0, paused: 0, refused: 0, silent: 0 },
      requests: { "1xx": 0, "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0 } as never,
    }),
  );
  assert.match(text, /^meterport_output_up\{output="mqtt"\} 1\nmeterport_output_up\{output="other"\} 0$/m);
  assert.match(text, /^meterport_output_waiting_changes\{output="mqtt"\} 6\n#/m);
  assert.match(text, /^meterport_output_lost_changes_total\{output="mqtt"\} 3$/m);
});
