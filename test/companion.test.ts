/** What a program that starts the daemon can add to it: meters that come and go, routes, tokens, and a word on readiness. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type DaemonOptions, startDaemon } from "@meterport/gateway/daemon";
import type { Readiness } from "@meterport/gateway/http/companion-api";
import type { Companion, CompanionGateway, HeldMeter } from "@meterport/gateway/operation/companion";
import { until } from "@meterport/gateway/outputs/output-world.test-kit";
import { Secret } from "@meterport/protocol/mep/security/key";
import { serveMeter } from "./support/served-meter.ts";

const folder = mkdtempSync(join(tmpdir(), "meterport-companion-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const key = "0123456789abcdef".repeat(4);
const config = join(folder, "meterport.yaml");
writeFileSync(config, `fleet: { database: "postgres://h/d", id: north, key: "${key}" }\n`, { mode: 0o600 });

const startWith = (companion: DaemonOptions["companion"]) =>
  startDaemon({
    ...{ config, data: join(folder, "data"), env: { METERPORT_HTTP_PORT: "0" } },
    writeLog: () => {},
    companion,
  });

test("a daemon with a companion reads the meters that it brings, and stops it first", async () => {
  const meter = await serveMeter(2);
  const seen: string[] = [];
  let gateway: CompanionGateway | undefined;
  let part: Readiness = { name: "database", ready: false, problem: "it is away", figures: { shards: 3, age: null } };
  const companion: Companion = {
    part: "fleet",
    outputs: [],
    routes: (app, { meters }) => {
      app.get("/api/v1/points/elsewhere/live", (c) => c.json({ here: [...meters.keys()] }));
    },
    actorOf: (token, header) =>
      token === "from-another-process" ? { kind: "token", name: header("x-for") ?? "", scope: "read" } : undefined,
    started: async (running) => {
      gateway = running;
    },
    stop: async () => {
      seen.push(`stop with ${gateway?.point("flat-1") === undefined ? "nothing" : "flat-1"}`);
    },
    ready: () => [part],
  };
  const daemon = await startWith(async (fleet, { data, version }) => {
    seen.push(`${fleet.id} ${fleet.roles.join()} ${data === join(folder, "data")} ${version !== ""}`);
    return companion;
  });
  const get = (path: string, headers = {}) => fetch(`${daemon.url}${path}`, { headers });
  try {
    assert.deepEqual(seen, ["north read,jobs,api true true"]);
    assert.ok(gateway !== undefined);
    assert.equal(gateway.url, daemon.url);
    assert.deepEqual(
      ((await (await get("/api/v1/points")).json()) as { readonly points: unknown }).points,
      [],
      "no household",
    );
    const answer = await get("/ready");
    assert.equal(answer.status, 503);
    const session = (await (await get("/api/v1/session")).json()) as { readonly parts: unknown };
    assert.deepEqual(session.parts, ["fleet"], "so that the page has a view for it");
    const ready = (await answer.json()) as { readonly problem: string; readonly parts: readonly Readiness[] };
    assert.equal(ready.problem, "it is away");
    assert.deepEqual(ready.parts, [part]);
    part = { ...part, ready: true, problem: null };
    assert.equal((await get("/ready")).status, 200);

    const held: HeldMeter = {
      ...{ id: "flat-1", name: "Flat 1", link: meter.url, zone: "UTC", interval: 1_000, rates: {} },
      key: new Secret(Uint8Array.from(Buffer.from(meter.key.replace("hex:", ""), "hex"))),
    };
    await gateway.hold([held]);
    const live = async () =>
      (await (await get("/api/v1/meters/flat-1/live")).json()) as { power_import_w: number | null };
    await until("it gives values", async () => (await live()).power_import_w !== null, 20_000);
    assert.deepEqual(await (await get("/api/v1/points/elsewhere/live")).json(), { here: ["flat-1"] });
    await gateway.point("flat-1")?.runJob("event log");
    await assert.rejects(gateway.point("flat-1")?.runJob("no such job") ?? Promise.resolve(), /nothing of that name/);

    const bearer = { authorization: "Bearer from-another-process", "x-for": "api-1" };
    assert.equal((await get("/api/v1/points", bearer)).status, 200);
    assert.equal((await get("/api/v1/users", bearer)).status, 403, "with the scope that it vouches for");
    assert.equal((await get("/api/v1/points", { authorization: "Bearer other" })).status, 401);

    await gateway.hold([{ ...held, name: "The same again" }]);
    await gateway.release(["flat-1"]);
    assert.equal(gateway.point("flat-1"), undefined);
    await gateway.hold([held]);
    await assert.rejects(gateway.hold([{ ...held, id: "flat-2", link: "nowhere://x" }]), /nowhere/);
  } finally {
    await daemon.stop("the test is over");
    await meter.unplug();
  }
  assert.equal(seen.at(-1), "stop with flat-1");
});

test("without a companion a fleet is refused in a sentence, and what cannot start leaves nothing behind", async () => {
  await assert.rejects(startWith(undefined), /fleet section, which npm start does not run: start with meterport serve/);
  const refused = async () => Promise.reject(new Error("two fleets"));
  await assert.rejects(startWith(refused), /two fleets/);
  let stopped = 0;
  const failing = async (): Promise<Companion> => ({
    ...{ outputs: [], started: refused, ready: () => [] },
    stop: async () => void stopped++,
  });
  await assert.rejects(startWith(failing), /two fleets/);
  assert.equal(stopped, 1);
});
