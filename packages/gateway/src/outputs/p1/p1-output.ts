/** The output `p1`: telegrams of a P1 port each second, at a TCP port, by WebSocket and at a serial port. */
import type { Socket } from "node:net";
import type { Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { allowedNetworks } from "../allowed-networks.ts";
import { NewestOnly, type Taker } from "../lines/newest-only.ts";
import { listenSerial, type SerialLine } from "../lines/serial-line.ts";
import { listenTcp, type TcpListener } from "../lines/tcp-listener.ts";
import { startTicker } from "../lines/ticker.ts";
import { type Announcement, announceIfAsked } from "../listening/announce.ts";
import { instanceOf } from "../listening/device-id.ts";
import { hostOf } from "../listening/listening-settings.ts";
import { MeterOnShow } from "../listening/meter-on-show.ts";
import type { OpenLink } from "../output-kind.ts";
import { type P1Settings, p1Port } from "./p1-settings.ts";
import { listenP1WebSocket, type P1WebSocket } from "./p1-web-socket.ts";
import { telegramOf, usualFlag } from "./telegram.ts";

/** DSMR 5.0.2 P1, chapter 5.12: 115200 baud, a telegram each second. */
const baudRate = 115_200;
const every: Millis = 1_000;
/** A client that has taken nothing for so long is left. */
const patience: Millis = 10_000;

export const openP1 =
  (settings: P1Settings, openLink: OpenLink): Output["open"] =>
  async (context, signal) => {
    const face = new P1Face(settings, context);
    const { port = p1Port, websocket, serial: link } = settings;
    const { log } = context;
    const common = { host: hostOf(settings), allows: allowedNetworks(settings.allow), log };
    const tcp = await listenTcp({ ...common, port, connected: (socket) => face.connected(socket) });
    let web: P1WebSocket | undefined;
    let takeBack = async (): Promise<void> => {};
    try {
      takeBack = await announceIfAsked(settings, [face.service], { host: common.host, port: tcp.port }, log);
      if (websocket !== undefined)
        web = await listenP1WebSocket({ ...common, port: websocket, connected: (client) => face.greet(client) });
      // What the other side sends is nothing that a P1 port knows.
      const serial = link === undefined ? undefined : await listenSerial(link, baudRate, signal, () => {}, openLink);
      return face.running({ tcp, web, serial, takeBack });
    } catch (error) {
      await Promise.all([takeBack(), tcp.close(), web?.close()]);
      throw error;
    }
  };

/** What it has opened. */
interface Opened {
  readonly tcp: TcpListener;
  readonly web: P1WebSocket | undefined;
  readonly serial: SerialLine | undefined;
  /** Takes its announcement back. */
  readonly takeBack: () => Promise<void>;
}

const clientsAt = (count: number, port: number): string =>
  `${count} ${count === 1 ? "client" : "clients"} at port ${port}`;

class P1Face {
  readonly #settings: P1Settings;
  readonly #context: OutputContext;
  readonly #newest = new NewestOnly(patience);
  readonly #meter: MeterOnShow;

  constructor(settings: P1Settings, context: OutputContext) {
    this.#settings = settings;
    this.#context = context;
    this.#meter = new MeterOnShow(context);
  }

  /** As ser2net announces a serial port at a TCP port. No reader of telegrams looks for a type of its own. */
  get service(): Announcement {
    return { name: instanceOf("p1", this.#meter.id), type: "iostream", txt: { gensiostack: "tcp" } };
  }

  connected(socket: Socket): void {
    socket.resume();
    socket.on("end", () => socket.destroy());
    this.greet(socket);
  }

  /** Gives a new client the newest telegram, if there is one. */
  greet(client: Taker): void {
    const telegram = this.#telegram();
    if (telegram !== undefined) this.#give(client, telegram);
  }

  running({ tcp, web, serial, takeBack }: Opened): RunningOutput {
    const { clock, onSnapshot } = this.#context;
    const say = (): boolean => {
      const telegram = this.#telegram();
      if (telegram === undefined) return false;
      for (const client of [...tcp.sockets, ...(web?.clients ?? [])]) this.#give(client, telegram);
      serial?.write(telegram);
      if (serial !== undefined) this.#context.sent(1);
      return true;
    };
    const ticker = startTicker(clock, every, true, say);
    onSnapshot(() => ticker.poke());
    return {
      ended: Promise.race([tcp.ended, ...[web?.ended, serial?.ended].filter((ended) => ended !== undefined)]),
      test: async () => {
        const seen = [clientsAt(tcp.sockets.size, tcp.port)];
        if (web !== undefined) seen.push(clientsAt(web.clients.size, web.port));
        return `${this.#meter.look()}; ${seen.join(", ")}`;
      },
      close: async () => {
        ticker.stop();
        await Promise.all([takeBack(), tcp.close(), web?.close(), serial?.close()]);
      },
    };
  }

  /** Undefined while there is nothing fresh to say. */
  #telegram(): Uint8Array | undefined {
    const shown = this.#meter.shown();
    if (shown === undefined) return undefined;
    const { point, live } = shown;
    const { identity } = point.detail();
    const maker = identity?.manufacturer ?? "";
    return telegramOf(this.#settings.telegram ?? "dsmr5", point, live, {
      flag: /^[A-Z]{3}$/.test(maker) ? maker : usualFlag,
      model: identity?.model ?? null,
      serial: identity?.serial ?? identity?.utility_serial ?? null,
    });
  }

  #give(client: Taker, telegram: Uint8Array): void {
    const { clock, sent, skipped } = this.#context;
    if (this.#newest.give(client, telegram, clock.now())) sent(1);
    else skipped(1);
  }
}
