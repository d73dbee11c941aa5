/** The typed client in `examples/` and the reference in `docs/api.md` are those of the present API, and the client works. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { silentLog } from "@meterport/engine/ports/log";
import { listen } from "@meterport/gateway/http/server";
import { fillStore } from "@meterport/gateway/testing/filled-store";
import { httpSetup } from "@meterport/gateway/testing/http-setup";
import { ApiError } from "../examples/api-client/api-connection.ts";
import { MeterportApi } from "../examples/api-client/meterport-api.ts";
import { writtenFromApi } from "./support/api-documents.ts";
import { root, textOf } from "./support/sources.ts";

test("what is written from the API's document is current", async () => {
  for (const [path, text] of await writtenFromApi())
    assert.ok(textOf(path) === text, `${path} is not that of the present API: npm run api:accept, and commit it`);
});

test("the client reads a daemon over HTTP, and its program prints the month", async () => {
  const { clock, store, gateway, done } = await httpSetup();
  await fillStore(store, "home", clock.wall());
  await clock.advance(1_000);
  const server = await listen({
    host: "127.0.0.1",
    port: 0,
    portAsked: true,
    fetch: gateway.app.fetch,
    log: silentLog,
  });
  try {
    const api = new MeterportApi({ url: server.url });
    const { points, states } = await api.points({ limit: 10 });
    assert.deepEqual([points[0]?.id, states.up], ["home", 1]);
    assert.equal((await api.pointLive("home")).power_w, 500);
    const { intervals } = await api.pointIntervals("home", { channel: "energy_import_wh", limit: 5 });
    assert.equal(intervals?.length, 5);
    const { entries, next } = await api.journal({ kind: "event", limit: 2 });
    assert.deepEqual(
      entries.map((each) => (each.kind === "event" ? each.event.kind : "")),
      ["outage", "log"],
    );
    assert.ok(next > 0);
    const file = await api.pointExport("home", { format: "json" });
    assert.equal((await file.text()).trimEnd().split("\n").length, 96);
    await assert.rejects(
      api.point("nobody"),
      (error) => error instanceof ApiError && error.code === "no-such-point" && error.status === 404,
    );
    const { stdout } = await promisify(execFile)(process.execPath, ["month.ts", server.url], {
      cwd: `${root}examples/api-client`,
    });
    assert.match(stdout, /^Home: up, 500 W\n( {2}20\d\d-\d\d-\d\d \d\.\d{3} kWh\n){1,3}$/);
  } finally {
    const closed = server.close();
    await done();
    await closed;
  }
});

test("the program names days by the point's zone, and a proxy's own words are an error of the client", async () => {
  const answers: Readonly<Record<string, unknown>> = {
    "/api/v1/points": { points: [{ id: "home", name: "Home", link: { state: "up" }, power_w: 5 }], next: null },
    "/api/v1/points/home/intervals": {
      zone: "Europe/Copenhagen",
      sums: [{ from: "2026-11-27T23:00:00.000Z", value: 47_082 }],
    },
  };
  const server = await listen({
    ...{ host: "127.0.0.1", port: 0, portAsked: true, log: silentLog },
    fetch: (request) => {
      const answer = answers[new URL(request.url).pathname];
      return answer === undefined ? new Response("<h1>Bad gateway</h1>", { status: 502 }) : Response.json(answer);
    },
  });
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ["month.ts", server.url], {
      cwd: `${root}examples/api-client`,
    });
    assert.equal(stdout, "Home: up, 5 W\n  2026-11-28 47.082 kWh\n");
    await assert.rejects(
      new MeterportApi({ url: server.url }).point("home"),
      (error) => error instanceof ApiError && error.status === 502 && error.code === "http",
    );
  } finally {
    await server.close();
  }
});
