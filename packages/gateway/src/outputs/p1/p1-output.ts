/** The output `p1`: telegrams of a P1 port each second, at a TCP port and a serial port. */
import type { Socket } from "node:net";
import type { Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { allowedNetworks } from "../allowed-networks.ts";
import { NewestOnly } from "../lines/newest-only.ts";
import { listenSerial, type SerialLine } from "../lines/serial-line.ts";
import { listenTcp, type TcpListener } from "../lines/tcp-listener.ts";
import { startTicker } from "../lines/ticker.ts";
import { hostOf } from "../listening/listening-settings.ts";
import { MeterOnShow } from "../listening/meter-on-show.ts";
import type { OpenLink } from "../output-kind.ts";
import { type P1Settings, p1Port } from "./p1-settings.ts";
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
    const { port = p1Port } = settings;
    const tcp = await listenTcp({
      ...{ host: hostOf(settings), port, allows: allowedNetworks(settings.allow), log: context.log },
      connected: (socket) => face.connected(socket),
    });
    try {
      // What the other side sends is nothing that a P1 port knows.
      const serial =
        settings.serial === undefined
          ? undefined
          : await listenSerial(settings.serial, baudRate, signal, () => {}, openLink);
      return face.running(tcp, serial);
    } catch (error) {
      await tcp.close();
      throw error;
    }
  };

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

  connected(socket: Socket): void {
    socket.resume();
    socket.on("end", () => socket.destroy());
    const telegram = this.#telegram();
    if (telegram !== undefined) this.#give(socket, telegram);
  }

  running(tcp: TcpListener, serial: SerialLine | undefined): RunningOutput {
    const { clock, onSnapshot } = this.#context;
    const say = (): boolean => {
      const telegram = this.#telegram();
      if (telegram === undefined) return false;
      for (const socket of tcp.sockets) this.#give(socket, telegram);
      serial?.write(telegram);
      if (serial !== undefined) this.#context.sent(1);
      return true;
    };
    const ticker = startTicker(clock, every, true, say);
    onSnapshot(() => ticker.poke());
    return {
      ended: Promise.race([tcp.ended, ...(serial === undefined ? [] : [serial.ended])]),
      test: async () => {
        const clients = `${tcp.sockets.size} ${tcp.sockets.size === 1 ? "client" : "clients"} at port ${tcp.port}`;
        return `${this.#meter.look()}; ${clients}`;
      },
      close: async () => {
        ticker.stop();
        await Promise.all([tcp.close(), serial?.close()]);
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

  #give(socket: Socket, telegram: Uint8Array): void {
    const { clock, sent, skipped } = this.#context;
    if (this.#newest.give(socket, telegram, clock.now())) sent(1);
    else skipped(1);
  }
}
