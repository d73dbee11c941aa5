import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { StopSignal } from "@meterport/client/session/stop-signal";
import { systemClock } from "@meterport/transports/clock";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { addressComplaint, askHttp, askPatiently, quoteOf, retryAfterOf, shownUrl } from "./http-request.ts";

const served = async (listener: RequestListener, work: (url: string) => Promise<void>): Promise<void> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
};

const limits = { clock: systemClock, signal: new StopSignal() };

test("an answer is given with its status, and cut where it is too long", () =>
  served(
    (_, response) => response.writeHead(404, { "retry-after": "7" }).end("x".repeat(100_000)),
    async (url) => {
      const answer = await askHttp({ url }, { ...limits, size: 10 });
      assert.deepEqual(answer, { status: 404, text: "xxxxxxxxxx", retryAfter: 7_000 });
    },
  ));

test("a redirect is not followed", () =>
  served(
    (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    async (url) => assert.equal((await askHttp({ url }, limits)).status, 302),
  ));

test("a consumer that says nothing is left after its time, or at the stop", () =>
  served(
    () => {},
    async (url) => {
      await assert.rejects(askHttp({ url: `${url}/a?token=canary` }, { ...limits, time: 50 }), (error: Error) => {
        assert.match(error.message, /^http:\/\/127\.0\.0\.1:\d+\/a cannot be reached: it did not answer for 0 s$/);
        return true;
      });
      const signal = new StopSignal();
      const asked = askHttp({ url }, { clock: systemClock, signal });
      setImmediate(() => signal.raise());
      await assert.rejects(asked, /it was stopped/);
    },
  ));

test("what fails is one sentence without the query of the address", async () => {
  await assert.rejects(askHttp({ url: "http://127.0.0.1:1/?token=canary" }, limits), (error: Error) => {
    assert.match(error.message, /^http:\/\/127\.0\.0\.1:1 cannot be reached: /);
    assert.doesNotMatch(JSON.stringify([error.message, String(error.cause)]), /canary/);
    return true;
  });
});

test("a busy consumer is asked again after the pause that it wants, some times", async () => {
  const clock = new VirtualClock();
  const times: number[] = [];
  const busy = (retryAfter: number | null, until: number) =>
    askPatiently(async () => {
      times.push(clock.now());
      return { status: times.length > until ? 204 : 503, text: "", retryAfter };
    });
  const asked = busy(5_000, 2)({ url: "http://h" }, { clock, signal: new StopSignal() });
  await clock.advance(20_000);
  assert.equal((await asked).status, 204);
  assert.deepEqual(
    times.map((time) => time - (times[0] ?? 0)),
    [0, 5_000, 10_000],
  );
  times.length = 0;
  const never = busy(1_000, 99)({ url: "http://h" }, { clock, signal: new StopSignal() });
  await clock.advance(20_000);
  assert.equal((await never).status, 503);
  assert.equal(times.length, 4);
  times.length = 0;
  assert.equal((await busy(600_000, 99)({ url: "http://h" }, { clock, signal: new StopSignal() })).status, 503);
  assert.equal(times.length, 1);
});

test("a pause is told in seconds or as a date", () => {
  const wall = Date.UTC(2026, 0, 1);
  assert.equal(retryAfterOf("30", wall), 30_000);
  assert.equal(retryAfterOf("Thu, 01 Jan 2026 00:01:00 GMT", wall), 60_000);
  assert.equal(retryAfterOf("Thu, 01 Jan 2025 00:01:00 GMT", wall), 0);
  assert.equal(retryAfterOf("soon", wall), null);
  assert.equal(retryAfterOf(null, wall), null);
});

test("words for people hold no control characters and nothing that may be secret", () => {
  assert.equal(shownUrl("https://h:1/a/b?key=canary#x"), "https://h:1/a/b");
  assert.equal(quoteOf("a\u0007\n\tb"), "a b");
  assert.equal(quoteOf(" \n"), "it gives no reason");
  assert.match(addressComplaint("https://me:pw@h/", "X", "http://h") ?? "", /holds a user or a password/);
  assert.match(addressComplaint("h:8086", "InfluxDB", "http://h:8086") ?? "", /^must be the address of InfluxDB, such/);
  assert.equal(addressComplaint("https://h/path?x=1", "X", "http://h"), undefined);
});
