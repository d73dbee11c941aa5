/**
 * What faces stand and cost: `node bench/faces.ts [REQUESTS] [SEED]`. Each gets so many mutated requests (100,000 by default) on its port; then
 * all show one meter that is read each second, and how long a value takes to each client is measured.
 */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import type { Output } from "@meterport/engine/ports/output";
import { outputKinds } from "@meterport/gateway/outputs/list";
import { FaceWorld, getJson } from "@meterport/gateway/outputs/listening/face-contract.test-kit";
import { fuzzHttp, rawRequest } from "@meterport/gateway/outputs/listening/raw-http.test-kit";
import { freePort } from "../test/support/free-port.ts";
import { benchAllFaces } from "./all-faces.ts";
import { say } from "./measure.ts";

const frame = '{"id":1,"src":"bench","method":"EM.GetStatus","params":{"id":0}}';

const faces = {
  homewizard: { path: "/api/v1/data", samples: [rawRequest("GET", "/api"), rawRequest("PUT", "/api/v1/system", "{}")] },
  shelly: { path: "/rpc/EM.GetStatus", samples: [rawRequest("POST", "/rpc", frame), rawRequest("GET", "/shelly")] },
  ecotracker: { path: "/v1/json", samples: [] },
  tasmota: { path: "/cm?cmnd=status%2010", samples: [rawRequest("GET", "/cm?cmnd=Power%20on")] },
  vzlogger: { path: "/", samples: [] },
  dabbler: { path: "/getDashDataWS", samples: [] },
} as const;

type Name = keyof typeof faces;
const names = Object.keys(faces) as readonly Name[];

const output = (name: Name, port: number): Output => outputKinds[name].create({ port } as never);

const [requests = 100_000, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);

const megabytes = (): number => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().rss / 1e6);
};

const fuzz = async (name: Name): Promise<void> => {
  const world = new FaceWorld();
  const port = await freePort();
  world.start(output(name, port));
  await world.is("up");
  world.read();
  const { path, samples } = faces[name];
  const before = megabytes();
  const began = performance.now();
  const seen = await fuzzHttp(port, [rawRequest("GET", path), ...samples], requests, seed);
  const took = (performance.now() - began) / 1000;
  world.read();
  assert.notEqual(await getJson(port, path), undefined, "it still answers");
  const wrong = [...seen.keys()].filter((status) => status.startsWith("5"));
  assert.deepEqual(wrong, [], `seed ${seed}`);
  assert.equal((await world.status()).failures, 0);
  const counts = [...seen].sort(([a], [b]) => a.localeCompare(b)).map(([status, count]) => `${status}: ${count}`);
  say(
    `${name.padEnd(11)} ${requests} mutated requests in ${took.toFixed(0)} s, ${before} MB before, ${megabytes()} MB after; ${counts.join(", ")}`,
  );
  await world.done();
};

say(`seed ${seed}`);
for (const name of names) await fuzz(name);
await benchAllFaces(60);
