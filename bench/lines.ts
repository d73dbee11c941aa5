/**
 * The faces that are lines of bytes, under load: 100,000 mutated requests to each, requests a second, the way of a value from the read
 * to a client, and what all of them cost at one value a second. `node --expose-gc bench/lines.ts`
 */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { Outputs } from "@meterport/engine/outputs/outputs";
import { silentLog } from "@meterport/engine/ports/log";
import type { Output } from "@meterport/engine/ports/output";
import { FakeJournal } from "@meterport/engine/testing/fake-store";
import { FakeView } from "@meterport/engine/testing/fake-view";
import { household, mutated, seededNumbers } from "@meterport/gateway/outputs/lines/face-world.test-kit";
import { ctFrame } from "@meterport/gateway/outputs/marstek-ct/ct-frames";
import { openMarstekCt } from "@meterport/gateway/outputs/marstek-ct/marstek-ct-output";
import { type MapName, mapNames, maps as modbusMaps } from "@meterport/gateway/outputs/modbus/maps/index";
import { openModbus } from "@meterport/gateway/outputs/modbus/modbus-output";
import { openP1 } from "@meterport/gateway/outputs/p1/p1-output";
import { openSmaMeter } from "@meterport/gateway/outputs/sma-meter/sma-meter-output";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { openLink } from "@meterport/transports/open";
import { freePort } from "../test/support/free-port.ts";
import { say } from "./measure.ts";

const count = 100_000;
const seed = Number(process.env.METERPORT_TEST_SEED ?? 20_261_129);

const [p1, modbus, rtu, ct] = [await freePort(), await freePort(), await freePort(), await freePort()];
/** Each map at a port of its own. */
const maps = await Promise.all(mapNames.map(async (map) => ({ map, port: await freePort() })));
const home = new FakeView("home");
const open: Readonly<Record<string, Output["open"]>> = {
  p1: openP1({ port: p1 } as never, openLink),
  modbus: openModbus({ port: modbus, rtu_port: rtu, map: "sdm630" } as never, openLink),
  ...Object.fromEntries(
    maps.map(({ map, port }) => [`modbus as ${map}`, openModbus({ port, map } as never, openLink)] as const),
  ),
  marstek_ct: openMarstekCt({ port: ct } as never),
  sma_meter: openSmaMeter({ interface: "127.0.0.1" } as never),
};
const outputs = new Outputs({
  points: () => [{ view: home, zone: "Europe/Copenhagen" }],
  ...{ store: new FakeJournal().store, clock: systemClock, entropy: systemEntropy, log: silentLog, version: "bench" },
});
outputs.start(Object.entries(open).map(([name, each]) => ({ output: { name, open: each } })));

const wait = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));
const read = (power_w: number = household.power_w): void => home.read(Date.now(), { ...household, power_w });

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const request = bytes("000100000006010400340002");

const client = (port: number): Socket => {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay();
  socket.on("error", () => {});
  socket.resume();
  return socket;
};

/** The other side has taken what was written, or is gone. */
const taken = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once("drain", resolve);
    socket.once("close", () => resolve());
  });

/** What is in use, once the rest is collected. */
const heap = async (): Promise<string> => {
  await wait(500);
  globalThis.gc?.();
  return `${(process.memoryUsage().heapUsed / 1e6).toFixed(1)} MB`;
};

/** Right requests to a map: each of its areas from the first register and to the last, its identity, and two writes. */
const questions = (map: MapName): readonly Uint8Array[] => {
  const reads = modbusMaps[map].areas.flatMap(({ from, to }) => {
    const some = Math.min(to - from + 1, 60);
    return [from, to - some + 1].flatMap((at) =>
      [3, 4].map((code) => Uint8Array.of(0, 1, 0, 0, 0, 6, 1, code, at >> 8, at & 0xff, 0, some)),
    );
  });
  return [...reads, ...["0002000000020111", "000300000005012b0e0100", "000400000006010600010001"].map(bytes)];
};

const fuzzTcp = async (name: string, port: number, good: readonly Uint8Array[]): Promise<void> => {
  const chance = seededNumbers(seed);
  const before = await heap();
  const began = performance.now();
  let connections = 1;
  let socket = client(port);
  for (let n = 0; n < count; n++) {
    if (socket.destroyed || !socket.writable) {
      connections++;
      socket = client(port);
    }
    if (!socket.write(mutated(good[n % good.length] ?? request, chance))) await taken(socket);
    if (n % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  socket.destroy();
  const took = (performance.now() - began) / 1_000;
  say(
    `${name}: ${count} mutated requests in ${took.toFixed(1)} s over ${connections} connections, heap ${before} before, ${await heap()} after`,
  );
};

const fuzzUdp = async (): Promise<void> => {
  const chance = seededNumbers(seed);
  const before = await heap();
  const socket = createSocket("udp4");
  for (let n = 0; n < count; n++) {
    socket.send(
      mutated(ctFrame(["HMG-50", `B${n % 50}`, "HME-4", "112233445566", "A", n % 500]), chance),
      ct,
      "127.0.0.1",
    );
    if (n % 50 === 0) await wait(0);
  }
  socket.close();
  say(`marstek_ct: ${count} mutated datagrams, heap ${before} before, ${await heap()} after`);
};

const answered = async (): Promise<void> => {
  const socket = client(modbus);
  await once(socket, "connect");
  let got = 0;
  socket.on("data", (piece: Uint8Array) => {
    got += piece.length;
  });
  const many = 20_000;
  const began = performance.now();
  for (let n = 0; n < many; n += 10) {
    socket.write(Buffer.concat(Array.from({ length: 10 }, () => request)));
    while (got < (n + 10) * 13) await once(socket, "data");
  }
  say(`modbus: ${Math.round((1_000 * many) / (performance.now() - began))} requests a second, ten on their way`);
  socket.destroy();
};

const latency = async (): Promise<void> => {
  const socket = client(p1);
  const times: number[] = [];
  for (let n = 0; n < 20; n++) {
    const came = once(socket, "data");
    const began = performance.now();
    read(1_000 + n);
    await came;
    times.push(performance.now() - began);
    await wait(905);
  }
  times.sort((a, b) => a - b);
  say(
    `p1: ${times[10]?.toFixed(1)} ms from the read to the client in the middle, ${times.at(-1)?.toFixed(1)} ms at most`,
  );
  socket.destroy();
};

const cost = async (): Promise<void> => {
  const clients = Array.from({ length: 4 }, () => client(p1));
  const poller = client(modbus);
  const used = process.cpuUsage();
  const began = performance.now();
  for (let second = 0; second < 20; second++) {
    read(1_000 + second);
    poller.write(request);
    await wait(1_000);
  }
  const { user, system } = process.cpuUsage(used);
  say(
    `all four at one value a second: ${((user + system) / 10 / (performance.now() - began)).toFixed(2)} % of one core`,
  );
  for (const socket of [...clients, poller]) socket.destroy();
};

while (!(await outputs.status()).every(({ state }) => state === "up")) await wait(20);
const alive = setInterval(() => read(), 1_000);
read();
await fuzzTcp("p1", p1, [new TextEncoder().encode("/?!\r\n")]);
for (const { map, port } of maps) await fuzzTcp(`modbus tcp as ${map}`, port, questions(map));
await fuzzTcp("modbus rtu", rtu, [bytes("010400340002312a")]);
await fuzzUdp();
for (const { name, state, failures } of await outputs.status()) assert.deepEqual([state, failures], ["up", 0], name);
await answered();
clearInterval(alive);
await wait(1_000);
await latency();
await cost();
await outputs.stop();
