/** Doctor and key test of a daemon that reads a virtual meter over TCP, which takes one connection at a time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { serveMeter } from "./support/served-meter.ts";
import { startGateway } from "./support/spawned-gateway.ts";

interface Answer {
  readonly state: string;
  readonly problem: string | null;
  readonly verdict?: { readonly outcome: string } | null;
  readonly diagnosis?: { readonly usable: boolean; readonly meter: string | null } | null;
}

const limit = { timeout: 240_000 };

test("a daemon lends the port of its meter to the key test and the doctor, and goes on", limit, async (t) => {
  const meter = await serveMeter();
  t.after(() => meter.unplug());
  const gateway = await startGateway(`meters:\n  - id: home\n    link: ${meter.url}\n    key: "hex:${meter.key}"\n`);
  t.after(() => gateway.remove());
  const json = async <T>(path: string): Promise<T> => (await (await fetch(gateway.url + path)).json()) as T;
  const post = (path: string, body?: object): Promise<Response> =>
    fetch(gateway.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  const until = async <T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> => {
    for (;;) {
      const answer = await ask();
      if (holds(answer)) return answer;
      await wait(100);
    }
  };
  const link = () => json<{ readonly state: string; readonly cause: string | null }>("/api/v1/points/home/link");
  const isUp = async () => assert.ok(await until(link, ({ state }) => state === "up"));
  const done = (path: string) =>
    until(
      () => json<Answer>(path),
      ({ state }) => state !== "running",
    );
  await isUp();

  const key = "/api/v1/points/home/link/key-test";
  for (const [digits, outcome] of [
    [meter.key, "works"],
    ["00".repeat(16), "wrong-key"],
  ]) {
    assert.equal((await post(key, { key: `hex:${digits}` })).status, 202);
    const { state, cause } = await link();
    assert.deepEqual([state, cause], ["paused", "doctor"]);
    const { verdict, problem } = await done(key);
    assert.equal(verdict?.outcome, outcome, problem ?? "");
    await isUp();
  }

  const doctor = "/api/v1/points/home/link/doctor";
  assert.equal((await post(doctor)).status, 202);
  assert.equal((await post(key, { key: meter.key })).status, 409);
  const { diagnosis, problem } = await done(doctor);
  assert.ok(diagnosis?.usable, problem ?? JSON.stringify(diagnosis));
  assert.match(diagnosis.meter ?? "", /firmware 3\.70/);
  await isUp();

  const refused = await post("/api/v1/link/test", { link: meter.url });
  assert.deepEqual([refused.status, /the point home uses this link/.test(await refused.text())], [400, true]);
  assert.doesNotMatch(gateway.log(), new RegExp(`${meter.key}|${"00".repeat(16)}`));
});
