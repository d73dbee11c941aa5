/** The output `p1`: telegrams of a P1 port each second, at a TCP port and a serial port. */
import type { Socket } from "node:net";
import type { Output, OutputContext, PointView, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { allowedNetworks } from "../allowed-networks.ts";
import { NewestOnly } from "../lines/newest-only.ts";
import { listenSerial, type OpenSerial, type SerialLine } from "../lines/serial-line.ts";
import { onlyPoint } from "../lines/served-point.ts";
import { listenAddress, listenTcp, type TcpListener } from "../lines/tcp-listener.ts";
import { startTicker } from "../lines/ticker.ts";
import type { P1Settings } from "./p1-settings.ts";
import { telegramOf, usualFlag } from "./telegram.ts";

const usualPort = 2001;
/** DSMR 5.0.2 P1, chapter 5.12: 115200 baud, a telegram each second. */
const baudRate = 115_200;
const every: Millis = 1_000;
/** A client that has taken nothing for so long is left. */
const patience: Millis = 10_000;

/** @param openPort stands in for the serial port; @param port stands in for that of the settings, 0 takes a free one */
export const openP1 =
  (settings: P1Settings, openPort?: OpenSerial, port = settings.port ?? usualPort): Output["open"] =>
  async (context, signal) => {
    const face = new P1Face(settings, context);
    const tcp = await listenTcp({
      ...{ port, address: listenAddress(settings.address, settings.allow), allows: allowedNetworks(settings.allow) },
      connected: (socket) => face.connected(socket),
    });
    try {
      // What the other side sends is nothing that a P1 port knows.
      const serial =
        settings.serial === undefined
          ? undefined
          : await listenSerial(settings.serial, baudRate, signal, () => {}, openPort);
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
  #broke: (error: unknown) => void = () => {};

  constructor(settings: P1Settings, context: OutputContext) {
    this.#settings = settings;
    this.#context = context;
  }

  connected(socket: Socket): void {
    socket.resume();
    socket.on("end", () => socket.destroy());
    const telegram = this.#telegram();
    if (telegram !== undefined) this.#give(socket, telegram);
  }

  running(tcp: TcpListener, serial: SerialLine | undefined): RunningOutput {
    const { clock, onSnapshot, onPoints } = this.#context;
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
    onPoints(() => ticker.poke());
    const broken = new Promise<void>((_, reject) => {
      this.#broke = reject;
    });
    // Asked here, so that several meters are told at the start.
    this.#telegram();
    return {
      ended: Promise.race([tcp.ended, broken, ...(serial === undefined ? [] : [serial.ended])]),
      test: async () => {
        const telegram = this.#telegram();
        const clients = `${tcp.sockets.size} ${tcp.sockets.size === 1 ? "client" : "clients"} at port ${tcp.port}`;
        if (telegram === undefined) throw new Error(`there is nothing to say: no value is fresh (${clients})`);
        return `a telegram of ${telegram.length} bytes is ready for ${clients}`;
      },
      close: async () => {
        ticker.stop();
        await Promise.all([tcp.close(), serial?.close()]);
      },
    };
  }

  /** Undefined while there is nothing fresh to say. */
  #telegram(): Uint8Array | undefined {
    let point: PointView | undefined;
    try {
      point = onlyPoint(this.#context.points(), "p1");
    } catch (error) {
      this.#broke(error);
    }
    if (point === undefined) return undefined;
    const { identity } = point.detail();
    const maker = identity?.manufacturer ?? "";
    return telegramOf(this.#settings.telegram ?? "dsmr5", point, point.live(), {
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
