/** The output `marstek_ct`: answers batteries of Marstek as their sensor CT002, over UDP. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { Output, OutputContext, PointView, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { type Allows, allowedNetworks } from "../allowed-networks.ts";
import { FreshPoints } from "../lines/fresh-points.ts";
import { onlyPoint } from "../lines/served-point.ts";
import { listenAddress } from "../lines/tcp-listener.ts";
import { BatteryTable } from "./battery-table.ts";
import { type CtAnswer, type CtRequest, ctAnswer, parseCtRequest } from "./ct-frames.ts";
import type { MarstekCtSettings } from "./marstek-ct-settings.ts";

const usualPort = 12_345;
/** How long a battery waits for a value that it has not had yet: it would take the same value for a second step. */
const hold: Millis = 2_000;
const mostWaiting = 9;
/** Answers in a second: nine batteries ask nine times, and nobody can make us flood another. */
const mostAnswers = 50;
const anySensor = "000000000000";
const most16 = 32_767;

interface Waiting {
  readonly request: CtRequest;
  readonly from: RemoteInfo;
  readonly until: Millis;
}

const openSocket = (address: string | undefined, port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", (cause) => {
      socket.close();
      const isTaken = "code" in cause && cause.code === "EADDRINUSE";
      const what = isTaken ? "another program listens there: stop it, for example another emulation" : cause.message;
      reject(new Error(`UDP port ${port} cannot be opened: ${what}`, { cause }));
    });
    socket.bind({ address: address ?? "0.0.0.0", port }, () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });

/** @param port stands in for that of the settings, 0 takes a free one */
export const openMarstekCt =
  (settings: MarstekCtSettings, port = settings.port ?? usualPort): Output["open"] =>
  async (context) => {
    onlyPoint(context.points(), "marstek_ct");
    const socket = await openSocket(listenAddress(settings.address, settings.allow), port);
    return new CtFace(settings, context, socket).running();
  };

class CtFace {
  readonly #settings: MarstekCtSettings;
  readonly #context: OutputContext;
  readonly #socket: Socket;
  readonly #allows: Allows;
  readonly #fresh: FreshPoints;
  readonly #batteries = new BatteryTable();
  /** By battery: only its newest question counts. */
  readonly #waiting = new Map<string, Waiting>();
  /** By battery: the time of the reading that it had last. */
  readonly #had = new Map<string, string>();
  #index = 0;
  #second = 0;
  #answers = 0;
  #isClosed = false;

  constructor(settings: MarstekCtSettings, context: OutputContext, socket: Socket) {
    this.#settings = settings;
    this.#context = context;
    this.#socket = socket;
    this.#allows = allowedNetworks(settings.allow);
    this.#fresh = new FreshPoints(context);
  }

  running(): RunningOutput {
    const { onSnapshot, onPoints, points } = this.#context;
    const ended = new Promise<void>((_, reject) => {
      this.#socket.on("error", reject);
      onPoints(() => {
        try {
          onlyPoint(points(), "marstek_ct");
        } catch (error) {
          reject(error);
        }
      });
    });
    this.#socket.on("message", (bytes, from) => this.#heard(bytes, from));
    onSnapshot(() => this.#answerWaiting());
    return {
      ended,
      test: async () => {
        const { port } = this.#socket.address();
        const seen = `${this.#batteries.size} batteries at UDP port ${port}`;
        if (this.#reading() === undefined) throw new Error(`there is nothing to say: no power is fresh (${seen})`);
        return `power is fresh, ${seen}`;
      },
      close: async () => {
        this.#isClosed = true;
        this.#waiting.clear();
        this.#socket.close();
      },
    };
  }

  #heard(bytes: Uint8Array, from: RemoteInfo): void {
    if (!this.#allows(from.address)) return;
    const request = parseCtRequest(bytes);
    if (request === undefined || !this.#isMeant(request.sensor)) return;
    const { clock } = this.#context;
    const now = clock.now();
    this.#batteries.note(request, now);
    this.#expire(now);
    if (!this.#waiting.has(request.battery) && this.#waiting.size >= mostWaiting) return;
    this.#waiting.set(request.battery, { request, from, until: now + hold });
    this.#answerWaiting();
  }

  #isMeant(sensor: string): boolean {
    const { mac } = this.#settings;
    return mac === undefined || sensor === anySensor || sensor.toLowerCase() === mac.toLowerCase();
  }

  #expire(now: Millis): void {
    for (const [battery, { until }] of this.#waiting) if (now > until) this.#waiting.delete(battery);
    if (this.#had.size > 10 * mostWaiting) this.#had.clear();
  }

  /** Those that wait get the newest value, if they have not had it. */
  #answerWaiting(): void {
    const reading = this.#reading();
    const { clock } = this.#context;
    const now = clock.now();
    this.#expire(now);
    if (reading === undefined) return;
    for (const [battery, { request, from }] of [...this.#waiting]) {
      if (this.#had.get(battery) === reading.time) continue;
      this.#waiting.delete(battery);
      if (!this.#mayAnswer(now)) continue;
      this.#had.set(battery, reading.time);
      this.#index = (this.#index + 1) & 0xff;
      const sensor = request.sensor === anySensor ? (this.#settings.mac ?? request.sensor) : request.sensor;
      const answer = ctAnswer({
        ...reading.powers,
        ...{ request: { ...request, sensor }, shares: this.#batteries.shares(now), index: this.#index },
      });
      // A battery that is gone by now is no failure of ours.
      if (!this.#isClosed) this.#socket.send(answer, from.port, from.address, () => {});
      this.#context.sent(1);
    }
  }

  #mayAnswer(now: Millis): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#answers = 0;
    }
    return ++this.#answers <= mostAnswers;
  }

  /** Undefined while there is nothing fresh, or nothing that fits. */
  #reading(): { readonly time: string; readonly powers: Pick<CtAnswer, "phases" | "total"> } | undefined {
    let point: PointView | undefined;
    try {
      point = onlyPoint(this.#context.points(), "marstek_ct");
    } catch {
      return undefined;
    }
    const live = point === undefined ? undefined : this.#fresh.of(point);
    if (live === undefined || live.time === null || live.power_w === null) return undefined;
    const total = Math.round(live.power_w);
    const wanted =
      this.#settings.phases === "each" ? [live.power_l1_w, live.power_l2_w, live.power_l3_w] : [total, 0, 0];
    const phases = wanted.map((power) => (power === null ? Number.NaN : Math.round(power)));
    const [a = Number.NaN, b = Number.NaN, c = Number.NaN] = phases;
    if (!phases.every((power) => Math.abs(power) <= most16)) return undefined;
    return { time: live.time, powers: { phases: [a, b, c], total } };
  }
}
