/** The output `sma_meter`: sends datagrams of an SMA Energy Meter to a network. It listens to nobody. */
import { createSocket, type Socket } from "node:dgram";
import type { MeterIdentity } from "@meterport/engine/model/point-model";
import type { Output, OutputContext, PointView, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { crc16 } from "../lines/crc16.ts";
import { figuresOf } from "../lines/figures.ts";
import { onlyPoint } from "../lines/served-point.ts";
import { startTicker } from "../lines/ticker.ts";
import { smaDatagram } from "./datagram.ts";
import type { SmaMeterSettings } from "./sma-meter-settings.ts";

export const smaGroup = "239.12.255.254";
export const smaPort = 9522;
/** The rhythm of the real meter, which a slower one does not reach: no value is said twice. */
const every: Millis = 1_000;

/** Sent from the interface, to its network alone: datagrams pass no router. */
const openSocket = (address: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", (cause) => {
      socket.close();
      reject(new Error(`nothing can be sent from ${address}: ${sendFailure(cause)}`, { cause }));
    });
    socket.bind({ address, port: 0 }, () => {
      socket.removeAllListeners("error");
      socket.setMulticastInterface(address);
      socket.setMulticastTTL(1);
      resolve(socket);
    });
  });

const sendFailure = (cause: Error): string =>
  "code" in cause && cause.code === "EADDRNOTAVAIL"
    ? "this machine has no such address: correct the key interface"
    : cause.message;

/** A meter without digits gets a number that stays, far from those of SMA. */
const serialOf = (identity: MeterIdentity | null, point: PointView): number => {
  const digits = (identity?.serial ?? identity?.utility_serial ?? "").replace(/\D/g, "").slice(-9);
  const serial = Number(digits);
  return serial > 0 ? serial : 3_000_000_000 + crc16(new TextEncoder().encode(point.id), 0);
};

/** @param port stands in for that of SMA */
export const openSmaMeter =
  (settings: SmaMeterSettings, port = smaPort): Output["open"] =>
  async (context) => {
    onlyPoint(context.points(), "sma_meter");
    const socket = await openSocket(settings.interface);
    return new SmaFace(settings, context, socket, port).running();
  };

class SmaFace {
  readonly #settings: SmaMeterSettings;
  readonly #context: OutputContext;
  readonly #socket: Socket;
  readonly #port: number;
  #isClosed = false;

  constructor(settings: SmaMeterSettings, context: OutputContext, socket: Socket, port: number) {
    this.#settings = settings;
    this.#context = context;
    this.#socket = socket;
    this.#port = port;
  }

  running(): RunningOutput {
    const { clock, onSnapshot, onPoints, sent } = this.#context;
    let ticker: ReturnType<typeof startTicker> | undefined;
    const ended = new Promise<void>((_, reject) => {
      this.#socket.on("error", reject);
      ticker = startTicker(clock, every, false, () => {
        try {
          const datagram = this.#datagram();
          if (datagram === undefined) return false;
          this.#send(datagram).then(() => sent(1), reject);
          return true;
        } catch (error) {
          reject(error);
          return false;
        }
      });
      onPoints(() => {
        try {
          onlyPoint(this.#context.points(), "sma_meter");
        } catch (error) {
          reject(error);
        }
      });
    });
    onSnapshot(() => ticker?.poke());
    return {
      ended,
      test: async () => {
        const datagram = this.#datagram();
        if (datagram === undefined) throw new Error("there is nothing to say: no power is fresh");
        await this.#send(datagram);
        return `a datagram of ${datagram.length} bytes left for ${smaGroup}:${this.#port}; whether anyone reads it cannot be seen`;
      },
      close: async () => {
        ticker?.stop();
        this.#isClosed = true;
        this.#socket.close();
      },
    };
  }

  /** @throws Error if there are several meters */
  #datagram(): Uint8Array | undefined {
    const { points, clock } = this.#context;
    const point = onlyPoint(points(), "sma_meter");
    if (point === undefined) return undefined;
    const live = point.live();
    if (live.quality === "stale") return undefined;
    const serial = this.#settings.serial ?? serialOf(point.detail().identity, point);
    return smaDatagram(figuresOf(point, live), { serial, ticks: clock.now() });
  }

  #send(datagram: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(datagram, this.#port, smaGroup, (cause) => {
        if (cause === null || this.#isClosed) resolve();
        else reject(new Error(`nothing can be sent from ${this.#settings.interface}: ${cause.message}`, { cause }));
      });
    });
  }
}
