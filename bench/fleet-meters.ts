/**
 * The meters' side of `bench/fleet-scale.ts` and `bench/fleet-worker.ts`, in a process of its own: many ports on the loopback that answer as one virtual meter
 * does. Each connection has its own sequence numbers; the tables behind them are shared, so that little of the machine goes here.
 */
import { createServer, type Socket } from "node:net";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Endpoint, type Serve } from "@meterport/protocol/mep/endpoint/endpoint";
import { decodeRequest, encodeResponse } from "@meterport/protocol/mep/frame/apdu";
import { Secret } from "@meterport/protocol/mep/security/key";
import { rc4Opener } from "@meterport/protocol/mep/security/rc4/opener";
import { VirtualMeter } from "@meterport/simulator";
import { serveTables } from "@meterport/simulator/meter/table-service";
import { fleetKey } from "./fleet-key.ts";

/** How long an answer is repeated without looking into the tables. */
const answerFor = 1_000;

const profile = parseProfile("meter:3.70");
const other = new Uint8Array(16).fill(2);
const meter = new VirtualMeter({
  profile,
  keys: { basic: new Secret(fleetKey), advanced: new Secret(other) },
  scenario: "house",
  seed: 1,
  start: Date.now(),
  epoch: performance.now(),
  days: 2,
});
let connections = 0;
const answerFrom = serveTables(new Set(), profile);
const answers = new Map<string, { readonly until: number; readonly response: Uint8Array }>();

const serve: Serve = (apdu, access) => {
  const now = performance.now();
  const name = `${apdu.join()}/${access.level}`;
  const known = answers.get(name);
  if (known !== undefined && now < known.until) return known.response;
  // The meter learns what time it is.
  meter.handle("tick", now);
  const request = decodeRequest(apdu);
  const { time, memory } = meter;
  const response = encodeResponse(
    answerFrom({ apdu, request, port: 1, time, memory, inTransaction: false, ...access }),
  );
  answers.set(name, { until: now + answerFor, response });
  return response;
};

const attend = (socket: Socket): void => {
  const seal = rc4Opener({ basic: fleetKey, advanced: other });
  const endpoint = new Endpoint({ seal, serve, sequence: 1, timing: { responseDelay: 5 } });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const act = (input: Parameters<Endpoint["handle"]>[0]): void => {
    clearTimeout(timer);
    for (const output of endpoint.handle(input, performance.now()))
      if (output.type === "transmit") socket.write(output.bytes);
    const at = endpoint.wakeAt();
    if (at !== undefined)
      timer = setTimeout(() => act({ type: "tick" }), Math.max(0, Math.ceil(at - performance.now())));
  };
  socket.on("data", (bytes) => act({ type: "received", bytes: new Uint8Array(bytes) }));
  socket.on("error", () => {});
  connections++;
  socket.on("close", () => {
    connections--;
    clearTimeout(timer);
  });
};

const bridges = Number(process.argv[2]);
const ports: number[] = [];
for (let bridge = 0; bridge < bridges; bridge++) {
  const server = createServer({ noDelay: true }, attend);
  // Every bridge has an address of its own on the loopback.
  const host = `127.0.${1 + Math.floor(bridge / 250)}.${1 + (bridge % 250)}`;
  await new Promise<void>((resolve) => server.listen({ host, port: 0, backlog: 4096 }, resolve));
  const address = server.address();
  ports.push(typeof address === "object" && address !== null ? address.port : 0);
}
process.send?.(ports);
// Any question is answered with how many clients there are.
process.on("message", () => process.send?.(connections));
process.on("disconnect", () => process.exit());
