/** A real daemon whose configuration changes through its API, from the first start without a file. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startDaemon } from "@meterport/gateway/daemon";
import { eventually } from "./support/eventually.ts";
import { type ServedMeter, serveMeter } from "./support/served-meter.ts";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

type Body = Record<string, unknown>;

describe("the configuration by the API", () => {
  let meter: ServedMeter;
  let gateway: SpawnedGateway;
  let said = "";
  before(async () => {
    meter = await serveMeter();
    gateway = await startGateway();
  });
  after(async () => {
    await gateway?.remove();
    await meter?.unplug();
  });

  const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> => {
    const headers = { "content-type": "application/json", "x-meterport": "1" };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const answer = await fetch(`${gateway.url}/api/v1${path}`, init);
    const text = await answer.text();
    said += text;
    return { status: answer.status, body: JSON.parse(text) as Body };
  };
  const until = <T>(what: string, look: () => Promise<T | undefined>): Promise<T> =>
    eventually(async () => (await look()) ?? assert.fail(`${what}: ${gateway.log()}`));
  const ids = async (): Promise<readonly unknown[]> =>
    ((await ask("GET", "/points")).body.points as readonly Body[]).map(({ id }) => id);

  test("a point is added, read, renamed and removed, and the file says so", { timeout: 120_000 }, async () => {
    const { body: first } = await ask("GET", "/configuration");
    assert.deepEqual([first.file, first.unchangeable], [null, null]);
    const file = String(first.path);
    assert.equal(existsSync(file), false);
    assert.equal((await ask("GET", "/links")).body.simulated, "home");

    const key = `hex:${meter.key}`;
    const added = await ask("POST", "/points", { name: "Our house", link: meter.url, key, interval: "500ms" });
    assert.deepEqual([added.status, added.body.id, added.body.ok], [201, "our-house", true], gateway.log());
    assert.deepEqual(await ids(), ["our-house"]);
    const power = await until("no value", async () => {
      const { body } = await ask("GET", "/points/our-house/live");
      return typeof body.power_w === "number" ? body.power_w : undefined;
    });
    assert.ok(Number.isFinite(power));

    const settings = (await ask("GET", "/points/our-house/settings")).body.settings as Body;
    assert.deepEqual([settings.link, settings.key], [meter.url, "[secret]"]);
    const renamed = await ask("PATCH", "/points/our-house", { name: "The house" });
    assert.deepEqual([renamed.status, renamed.body.changed], [200, ["our-house"]]);
    assert.equal((await ask("GET", "/points/our-house")).body.name, "The house");

    const level = await ask("PATCH", "/configuration", { changes: [{ path: "log.level", value: "debug" }] });
    assert.deepEqual([level.status, level.body.apply], [200, ["log.level"]]);
    const text = readFileSync(file, "utf8");
    assert.match(text, /^meters:\n {2}- id: our-house\n {4}name: The house\n[\s\S]*\nlog:\n {2}level: debug\n$/);
    assert.match(text, /key: "sealed:1:/);

    const removed = await ask("DELETE", "/points/our-house");
    assert.deepEqual([removed.status, removed.body.removed], [200, ["our-house"]]);
    assert.deepEqual(await ids(), []);
    assert.equal(readFileSync(file, "utf8"), "log:\n  level: debug\n");
    assert.ok(!said.includes(meter.key) && !gateway.log().includes(meter.key));
    assert.equal(await gateway.stop(), 0, gateway.log());
  });
});

test("a backup of a running daemon is uploaded to it, and taken in when it starts again", {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-restore-"));
  let log = "";
  const writeLog = (line: string): void => {
    log += line;
  };
  const start = () => startDaemon({ data: folder, env: { METERPORT_HTTP_PORT: "0" }, writeLog });
  const own = { "x-meterport": "1", "content-type": "application/octet-stream" };
  let daemon = await start();
  try {
    // A client that leaves in the middle keeps nobody from the next backup.
    const leaving = new AbortController();
    const left = await fetch(`${daemon.url}/api/v1/backup`, { signal: leaving.signal });
    await left.body?.getReader().read();
    leaving.abort();
    let answer = await fetch(`${daemon.url}/api/v1/backup`);
    for (let n = 0; answer.status === 503 && n < 100; n++) {
      await answer.body?.cancel();
      await pause(100);
      answer = await fetch(`${daemon.url}/api/v1/backup`);
    }
    assert.equal(answer.status, 200);
    const archive = new Uint8Array(await answer.arrayBuffer());
    const part = 1 << 20;
    for (let offset = 0; offset < archive.length; offset += part) {
      const body = archive.slice(offset, offset + part);
      const sent = await fetch(`${daemon.url}/api/v1/restore/upload?offset=${offset}`, {
        method: "PUT",
        headers: own,
        body,
      });
      assert.equal(sent.status, 200, await sent.text());
    }
    const whole = { bytes: archive.length };
    const headers = { "content-type": "application/json" };
    const staged = await fetch(`${daemon.url}/api/v1/restore`, {
      method: "POST",
      headers,
      body: JSON.stringify(whole),
    });
    assert.equal(((await staged.json()) as Body).state, "staged");
    await daemon.stop("test");
    daemon = await start();
    assert.match(log, /restore: the data is as of .* again; what was there is now meterport\.db\.before-restore-/);
    const { state } = (await (await fetch(`${daemon.url}/api/v1/restore`)).json()) as Body;
    assert.equal(state, "none");
    assert.equal((await fetch(`${daemon.url}/api/v1/points/home/live`)).status, 200);
  } finally {
    await daemon.stop("test");
    rmSync(folder, { recursive: true, force: true });
  }
});
