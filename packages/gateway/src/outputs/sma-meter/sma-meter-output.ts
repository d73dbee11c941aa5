/** The output `sma_meter`: sends datagrams of an SMA Energy Meter to a network. It listens to nobody. */
import { createSocket, type Socket } from "node:dgram";
import type { MeterIdentity } from "@meterport/engine/model/point-model";
import type { Output, OutputContext, PointView, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { crc16 } from "../lines/crc16.ts";
import { figuresOf } from "../lines/figures.ts";
import { startTicker } from "../lines/ticker.ts";
import { controlAge, MeterOnShow } from "../listening/meter-on-show.ts";
import { smaDatagram } from "./datagram.ts";
import type { SmaMeterSettings } from "./sma-meter-settings.ts";

export const smaGroup = "239.12.255.254";
const smaPort = 9522;
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
    const meter = new MeterOnShow(context, controlAge);
    const socket = await openSocket(settings.interface);
    return new SmaFace(settings, context, meter, socket, port).running();
  };

class SmaFace {
  readonly #settings: SmaMeterSettings;
  readonly #context: OutputContext;
  readonly #meter: MeterOnShow;
  readonly #socket: Socket;
  readonly #port: number;
  #isClosed = false;

  constructor(settings: SmaMeterSettings, context: OutputContext, meter: MeterOnShow, socket: Socket, port: number) {
    this.#settings = settings;
    this.#context = context;
    this.#meter = meter;
    this.#socket = socket;
    this.#port = port;
  }

  running(): RunningOutput {
    const { clock, onSnapshot, sent } = this.#context;
    let fail: (error: unknown) => void = () => {};
    const ended = new Promise<void>((_, reject) => {
      fail = reject;
    });
    this.#socket.on("error", fail);
    const ticker = startTicker(clock, every, false, () => {
      const datagram = this.#datagram();
      if (datagram === undefined) return false;
      this.#send(datagram).then(() => sent(1), fail);
      return true;
    });
    onSnapshot(() => ticker.poke());
    return {
      ended,
      test: async () => {
        const datagram = this.#datagram();
        const seen = this.#meter.look();
        if (datagram === undefined) throw new Error("the power is unknown, so nothing is sent");
        await this.#send(datagram);
        return `${seen}; a datagram of ${datagram.length} bytes left for ${smaGroup}:${this.#port}, but whether anyone reads it cannot be seen`;
      },
      close: async () => {
        ticker.stop();
        this.#isClosed = true;
        this.#socket.close();
      },
    };
  }

  #datagram(): Uint8Array | undefined {
    const shown = this.#meter.shown();
    if (shown === undefined) return undefined;
    const { point, live } = shown;
    const serial = this.#settings.serial ?? serialOf(point.detail().identity, point);
    return smaDatagram(figuresOf(point, live), { serial, ticks: this.#context.clock.now() });
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
