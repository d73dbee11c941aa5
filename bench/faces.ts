/**
 * What faces stand and cost: `node --expose-gc bench/faces.ts [REQUESTS] [SEED] [FACE…]`. Each gets so many mutated requests (100,000 by default) on
 * its port; then, if none is named, all show one meter that is read each second, and how long a value takes to each client is measured.
 */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import type { Output } from "@meterport/engine/ports/output";
import { askV2, knownToken, pairedFolder } from "@meterport/gateway/outputs/homewizard-v2/v2-client.test-kit";
import { outputKinds } from "@meterport/gateway/outputs/list";
import { FaceWorld } from "@meterport/gateway/outputs/listening/face-contract.test-kit";
import { byTls, fuzzHttp, plainly, rawRequest } from "@meterport/gateway/outputs/listening/raw-http.test-kit";
import { freePort } from "../test/support/free-port.ts";
import { benchAllFaces } from "./all-faces.ts";
import { say } from "./measure.ts";

const frame = '{"id":1,"src":"bench","method":"EM.GetStatus","params":{"id":0}}';

interface Fuzzed {
  /** Where the values are. */
  readonly path: string;
  readonly samples: readonly string[];
  /** Of one that is asked by TLS, with a token. */
  readonly token?: string;
}

const faces = {
  homewizard: { path: "/api/v1/data", samples: [rawRequest("GET", "/api"), rawRequest("PUT", "/api/v1/system", "{}")] },
  shelly: { path: "/rpc/EM.GetStatus", samples: [rawRequest("POST", "/rpc", frame), rawRequest("GET", "/shelly")] },
  ecotracker: { path: "/v1/json", samples: [] },
  tasmota: { path: "/cm?cmnd=status%2010", samples: [rawRequest("GET", "/cm?cmnd=Power%20on")] },
  vzlogger: { path: "/", samples: [] },
  dabbler: { path: "/getDashDataWS", samples: [] },
  prometheus: { path: "/metrics", samples: [] },
  homewizard_v2: {
    path: "/api/measurement",
    samples: [rawRequest("GET", "/api/system"), rawRequest("POST", "/api/user", '{"name":"local/bench"}')],
    token: knownToken,
  },
} as const satisfies Readonly<Record<string, Fuzzed>>;

type Name = keyof typeof faces;
const names = Object.keys(faces) as readonly Name[];

const [requests = 100_000, seed = Date.now() % 1e9] = process.argv.slice(2, 4).map(Number);
const wanted = process.argv.slice(4);

/** What is in use, once the rest is collected. */
const heap = async (): Promise<string> => {
  await new Promise((resolve) => setTimeout(resolve, 500));
  globalThis.gc?.();
  return `${(process.memoryUsage().heapUsed / 1e6).toFixed(1)} MB`;
};

const withToken = (request: string, token: string | undefined): string =>
  token === undefined ? request : request.replace("\r\n", `\r\nauthorization: Bearer ${token}\r\n`);

const fuzz = async (name: Name): Promise<void> => {
  const world = new FaceWorld();
  const port = await freePort();
  const { path, samples, token }: Fuzzed = faces[name];
  const data = token === undefined ? world.folder : pairedFolder();
  const output: Output = outputKinds[name].create({ port } as never, { data } as never);
  world.start(output);
  await world.is("up");
  world.read();
  const alive = setInterval(() => world.read(), 1_000);
  const all = [rawRequest("GET", path), ...samples].map((request) => withToken(request, token));
  const dial = token === undefined ? plainly : byTls;
  // What the first thousand leave behind is compiled code.
  await fuzzHttp(port, all, 1_000, seed + 1, { dial, broken: 10 });
  const before = await heap();
  const began = performance.now();
  const seen = await fuzzHttp(port, all, requests, seed, { dial, broken: 10 });
  const took = (performance.now() - began) / 1000;
  const after = await heap();
  world.read();
  const still =
    token === undefined ? await fetch(`http://127.0.0.1:${port}${path}`) : await askV2(port, path, { token });
  assert.equal(still?.status, 200, "it still answers");
  const wrong = [...seen].filter(([status]) => status.startsWith("5")).reduce((sum, [, count]) => sum + count, 0);
  const faults = world.lines.filter((line) => line.includes("could not be answered"));
  assert.deepEqual([wrong, faults, (await world.status()).failures], [0, [], 0], `seed ${seed}`);
  const counts = [...seen].sort(([a], [b]) => a.localeCompare(b)).map(([status, count]) => `${status}: ${count}`);
  say(
    `${name.padEnd(13)} ${requests} mutated requests in ${took.toFixed(0)} s, 0 crashes, ${wrong} of 5xx, heap ${before} before, ${after} after; ${counts.join(", ")}`,
  );
  clearInterval(alive);
  await world.done();
};

say(`seed ${seed}`);
for (const name of names) if (wanted.length === 0 || wanted.includes(name)) await fuzz(name);
if (wanted.length === 0) await benchAllFaces(60);
