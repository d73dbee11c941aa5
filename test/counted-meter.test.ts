import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { countedMeter } from "./support/counted-meter.ts";
import { soon } from "./support/eventually.ts";

test("a counted meter counts the requests that two clients make at once, and second connections apart from them", async () => {
  const meter = await countedMeter(1, 1);
  const port = Number(new URL(meter.url).port);
  const come = async () => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  };
  const [first, second] = [await come(), await come()];
  try {
    await soon.equal(meter.overlaps, 1);
    first.write("a");
    await soon.equal(meter.requests, 1);
    assert.equal(meter.crossed(), 0);
    second.write("b");
    await soon.equal(meter.requests, 2);
    assert.equal(meter.crossed(), 1);
    first.destroy();
    await soon.equal(meter.clients, 1);
    second.write("c");
    await soon.equal(meter.requests, 3);
    assert.equal(meter.crossed(), 1);
  } finally {
    first.destroy();
    second.destroy();
    await meter.close();
  }
});
