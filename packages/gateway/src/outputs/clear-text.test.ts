import assert from "node:assert/strict";
import { test } from "node:test";
import { crossesInClear } from "./clear-text.ts";

test("a secret crosses a network in the clear without TLS, except on this machine", () => {
  for (const url of ["mqtt://192.168.1.5:1883", "ws://broker/mqtt", "http://ha.local:8123", "mqtt://[fd00::1]"])
    assert.equal(crossesInClear(url), true, url);
  for (const url of ["mqtts://b", "wss://b", "https://ha", "mqtt://localhost", "mqtt://127.0.0.1:1883", "ws://[::1]/x"])
    assert.equal(crossesInClear(url), false, url);
});
