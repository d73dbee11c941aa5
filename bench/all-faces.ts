/**
 * All faces of `--demo all`, MQTT and the streams of the API at once, for one meter that is read each second: how long a value takes from the
 * end of its read to each of their clients, and what the gateway costs. `node bench/all-faces.ts [SECONDS]`
 */
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { connect as connectTcp } from "node:net";
import { demoConfiguration } from "@meterport/gateway/outputs/demo-faces";
import { readP1 } from "@meterport/gateway/outputs/p1/read-p1.test-kit";
import { connect as connectMqtt } from "mqtt";
import { consumers, smaPower } from "../test/support/demo-consumers.ts";
import { startBroker } from "../test/support/mosquitto.ts";
import { peer } from "../test/support/peers.ts";
import { startGateway } from "../test/support/spawned-gateway.ts";
import { say } from "./measure.ts";

const target = { last: 50, share: 5 };
/** W: faces round. */
const tolerance = 1;
/** The ports are fixed; an address of its own keeps two runs apart. */
const host =
  process.platform === "linux" ? `127.${1 + (process.pid % 250)}.${(process.pid >> 8) % 250}.9` : "127.0.0.1";

interface Reading {
  /** End of the read, Unix milliseconds. */
  readonly time: number;
  readonly power: number;
  /** Milliseconds until each face had it. */
  readonly took: Map<string, number>;
}

/** Readings as clients learn of them. */
class Seen {
  readonly readings: Reading[] = [];
  /** Called with each reading once it is known. */
  readonly #news: (reading: Reading) => void;
  /** Powers that came before anyone said of which reading they are. */
  readonly #early: { readonly face: string; readonly power: number; readonly at: number }[] = [];

  constructor(news: (reading: Reading) => void) {
    this.#news = news;
  }

  /** A face that says when it was read. */
  timed(face: string, text: string): void {
    const at = Date.now();
    const { time, power_w } = JSON.parse(text) as { readonly time: string | null; readonly power_w: number | null };
    if (time === null || power_w === null) return;
    const known = this.readings.findLast((reading) => reading.time === Date.parse(time));
    const reading = known ?? { time: Date.parse(time), power: power_w, took: new Map<string, number>() };
    note(reading, face, at);
    if (known !== undefined) return;
    this.readings.push(reading);
    for (const early of this.#early.splice(0)) if (this.#isOf(early, reading)) note(reading, early.face, early.at);
    this.#news(reading);
  }

  /** A face that says nothing but the power: the newest reading with this power is meant. */
  untimed(face: string, power: number): void {
    const said = { face, power, at: Date.now() };
    const newest = this.readings.at(-1);
    if (newest !== undefined && this.#isOf(said, newest)) note(newest, face, said.at);
    else this.#early.push(said);
  }

  #isOf({ power, at }: { readonly power: number; readonly at: number }, reading: Reading): boolean {
    return at >= reading.time && Math.abs(power - reading.power) <= tolerance;
  }
}

const note = ({ took, time }: Reading, face: string, at: number): void => {
  if (!took.has(face)) took.set(face, at - time);
};

/** Server-sent events `live` of a path; returns how to end it. */
const follow = (url: string, live: (data: string) => void): (() => void) => {
  const asked = get(url, { agent: false }, (answer) => {
    let text = "";
    answer.on("data", (piece) => {
      const events = `${text}${piece}`.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const data = /^event: live$/m.test(event) ? /^data: (.*)$/m.exec(event)?.[1] : undefined;
        if (data !== undefined) live(data);
      }
    });
    answer.on("error", () => {});
  });
  asked.on("error", () => {});
  return () => asked.destroy();
};

/** A client that stays at the P1 port. */
const followP1 = (power: (power: number) => void): (() => void) => {
  const socket = connectTcp({ host, port: 2001 });
  let text = "";
  socket.on("data", (piece) => {
    text += piece.toString("latin1");
    for (let end = /![0-9A-F]{4}\r\n/.exec(text); end !== null; end = /![0-9A-F]{4}\r\n/.exec(text)) {
      power(readP1(text.slice(0, end.index + end[0].length)).power());
      text = text.slice(end.index + end[0].length);
    }
  });
  socket.on("error", () => {});
  return () => socket.destroy();
};

const followSma = async (power: (power: number) => void): Promise<() => void> => {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(9522, () => resolve()));
  socket.addMembership("239.12.255.254", host);
  socket.on("message", (bytes, { address }) => {
    if (address === host) power(smaPower(bytes));
  });
  return () => socket.close();
};

const followMqtt = async (port: number, live: (text: string) => void): Promise<() => void> => {
  const client = connectMqtt(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5 });
  client.on("message", (_, payload) => live(payload.toString()));
  await client.subscribeAsync("meterport/meter/home/live");
  return () => client.end(true);
};

/** Those that a client asks; the others speak of their own accord. */
const pushing = new Set(["p1", "sma_meter", "marstek_ct"]);
const asked = consumers.filter(({ name }) => !pushing.has(name));

/** A battery asks again and again, and is answered when there is a value that it has not had. */
const followMarstek = (power: (power: number) => void): (() => void) => {
  let isOver = false;
  const battery = consumers.find(({ name }) => name === "marstek_ct");
  const again = async (): Promise<void> => {
    const answer = await battery?.ask(host);
    if (isOver) return;
    if (typeof answer === "number") power(answer);
    await again();
  };
  void again();
  return () => {
    isOver = true;
  };
};

/** Asks each until it gives the new value. */
const askAll = (reading: Reading): void => {
  for (const { name, ask } of asked) {
    const again = async (): Promise<void> => {
      const answer = await ask(host);
      if (typeof answer === "number" && Math.abs(answer - reading.power) <= tolerance)
        return note(reading, name, Date.now());
      if (Date.now() < reading.time + 900) await again();
    };
    void again();
  }
};

/** On Linux: fields 14 and 15, in hundredths of a second. */
const processorOf = (pid: number | undefined): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

const shares = (values: readonly number[]): string => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): string => `${sorted[Math.floor(part * (sorted.length - 1))] ?? "-"}`.padStart(4);
  return `${at(0.5)} ${at(0.99)} ${at(1)}`;
};

const report = (readings: readonly Reading[], faces: readonly string[], share: number): void => {
  const width = Math.max(...faces.map((face) => face.length));
  say(`${"ms from the end of the read".padEnd(width)}   50%  99%  max`);
  for (const face of faces) {
    const took = readings.flatMap((reading) => reading.took.get(face) ?? []);
    const missed = readings.length - took.length;
    say(`${face.padEnd(width)}  ${shares(took)}${missed === 0 ? "" : `  ${missed} of ${readings.length} not seen`}`);
  }
  const last = readings.map(({ took }) => Math.max(...took.values()));
  say(`${"the last of all".padEnd(width)}  ${shares(last)}  (target: ${target.last} ms)`);
  say(
    `the gateway, with the simulated meter and its line: ${share.toFixed(1)} % of one core (target: ${target.share} %)`,
  );
};

/** Readings whose power is that of the one before cannot be told apart. */
const distinct = (readings: readonly Reading[]): readonly Reading[] =>
  readings.filter(({ power }, n) => n > 0 && Math.abs(power - (readings[n - 1]?.power ?? power)) > 2 * tolerance);

export const benchAllFaces = async (seconds: number): Promise<void> => {
  const mosquitto = peer("mosquitto");
  if (mosquitto.skip !== false) return say(String(mosquitto.skip));
  const broker = await startBroker(mosquitto.path);
  const demo = JSON.parse(demoConfiguration(host)) as { readonly outputs: object };
  const outputs = { ...demo.outputs, mqtt: { url: `mqtt://127.0.0.1:${broker.port}` } };
  const gateway = await startGateway(JSON.stringify({ ...demo, outputs }));
  const seen = new Seen(askAll);
  const pause = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));
  // The start, the announcement and the first look at the meter's memory are over by then.
  await pause(30_000);
  const ends = [
    await followMqtt(broker.port, (text) => seen.timed("mqtt", text)),
    follow(`${gateway.url}/api/v1/meters/home/events`, (text) => seen.timed("events of the meter", text)),
    follow(`${gateway.url}/api/v1/stream?events=live`, (text) => seen.timed("stream of all meters", text)),
    followP1((power) => seen.untimed("p1", power)),
    await followSma((power) => seen.untimed("sma_meter", power)),
    followMarstek((power) => seen.untimed("marstek_ct", power)),
  ];
  await pause(2_000);
  seen.readings.length = 0;
  const [used, began] = [processorOf(gateway.child.pid), performance.now()];
  await pause(1_000 * seconds);
  const share = (100_000 * (processorOf(gateway.child.pid) - used)) / (performance.now() - began);
  await pause(1_000);
  // The last one may still be on its way.
  const readings = distinct(seen.readings.slice(0, -1));
  const pushed = ["mqtt", "events of the meter", "stream of all meters", ...pushing];
  say(`${seen.readings.length} readings in ${seconds} s, ${readings.length} of them with another power`);
  report(readings, [...pushed, ...asked.map(({ name }) => name)], share);
  for (const end of ends) end();
  await gateway.stop();
  await gateway.remove();
  await broker.stop();
};

if (import.meta.main) await benchAllFaces(Number(process.argv[2] ?? 60));
