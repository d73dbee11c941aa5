/** The output `marstek_ct`: answers batteries of Marstek as their sensor CT002 or CT003, over UDP. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { type Allows, allowedNetworks } from "../allowed-networks.ts";
import { listenFailure } from "../listening/listen-failure.ts";
import { hostOf } from "../listening/listening-settings.ts";
import { controlAge, MeterOnShow } from "../listening/meter-on-show.ts";
import { BatteryTable } from "./battery-table.ts";
import { type CtAnswer, type CtRequest, ctAnswer, parseCtRequest } from "./ct-frames.ts";
import { type MarstekCtSettings, marstekCtPort } from "./marstek-ct-settings.ts";

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

const openSocket = (host: string, port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", (cause) => {
      socket.close();
      reject(listenFailure(host, `UDP port ${port}`, cause));
    });
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });

export const openMarstekCt =
  (settings: MarstekCtSettings): Output["open"] =>
  async (context) => {
    const meter = new MeterOnShow(context, controlAge);
    const socket = await openSocket(hostOf(settings), settings.port ?? marstekCtPort);
    return new CtFace(settings, context, meter, socket).running();
  };

class CtFace {
  readonly #settings: MarstekCtSettings;
  readonly #context: OutputContext;
  readonly #socket: Socket;
  readonly #allows: Allows;
  readonly #meter: MeterOnShow;
  readonly #batteries = new BatteryTable();
  /** By battery: only its newest question counts. */
  readonly #waiting = new Map<string, Waiting>();
  /** By battery: the time of the reading that it had last. */
  readonly #had = new Map<string, string>();
  #index = 0;
  #second = 0;
  #answers = 0;
  #isClosed = false;

  constructor(settings: MarstekCtSettings, context: OutputContext, meter: MeterOnShow, socket: Socket) {
    this.#settings = settings;
    this.#context = context;
    this.#socket = socket;
    this.#allows = allowedNetworks(settings.allow);
    this.#meter = meter;
  }

  running(): RunningOutput {
    const { onSnapshot } = this.#context;
    const ended = new Promise<void>((_, reject) => {
      this.#socket.on("error", reject);
    });
    this.#socket.on("message", (bytes, from) => this.#heard(bytes, from));
    onSnapshot(() => this.#answerWaiting());
    return {
      ended,
      test: async () => {
        const { port } = this.#socket.address();
        const seen = `${this.#batteries.size} batteries at UDP port ${port}`;
        return `${this.#meter.look()}; ${seen}`;
      },
      close: async () => {
        this.#isClosed = true;
        this.#waiting.clear();
        this.#socket.close();
      },
    };
  }

  #heard(bytes: Uint8Array, from: RemoteInfo): void {
    // A source of 0 cannot be answered.
    if (!this.#allows(from.address) || from.port === 0) return;
    const request = parseCtRequest(bytes, this.#settings.sensor ?? "ct002");
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
    const live = this.#meter.shown()?.live;
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
