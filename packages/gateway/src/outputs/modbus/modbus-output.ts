/** The output `modbus`: answers as a meter that inverters and energy managers know, over TCP and on a serial line. */
import type { Socket } from "node:net";
import type { Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { allowedNetworks } from "../allowed-networks.ts";
import { FreshPoints } from "../lines/fresh-points.ts";
import { listenSerial, type SerialLine } from "../lines/serial-line.ts";
import { listenTcp, type TcpListener } from "../lines/tcp-listener.ts";
import { announceIfAsked } from "../listening/announce.ts";
import { instanceOf } from "../listening/device-id.ts";
import { hostOf } from "../listening/listening-settings.ts";
import { controlAge } from "../listening/meter-on-show.ts";
import type { OpenLink } from "../output-kind.ts";
import { type Framer, type Request, rtuFramer, tcpFramer } from "./frames.ts";
import { type ModbusSettings, modbusPort } from "./modbus-settings.ts";
import { answerPdu, type ExceptionCode, exceptionPdu, exceptions } from "./pdu.ts";
import { UnitTable } from "./unit-table.ts";

const usualBaud = 9_600;
/** After so long without a byte a request is not going on. */
const silence: Millis = 50;
/** A client that does not take its answers for so long is left. */
const patience: Millis = 10_000;
/** Bytes of answers that may wait for a client that asks and asks without reading. */
const mostUnsent = 256 * 1024;

/** Where requests come from, and how it differs. */
interface Line {
  readonly framer: Framer;
  /** A gateway says that the target is silent; a device on its own line, that it failed. */
  readonly stale: ExceptionCode;
  /** Nobody answers for another device on a shared line. */
  readonly isShared: boolean;
}

const tcpLine = (): Line => ({ framer: tcpFramer(), stale: exceptions.targetSilent, isShared: false });
const rtuLine = (): Line => ({ framer: rtuFramer(), stale: exceptions.deviceFailure, isShared: true });

/** Unit ids by which a client of Modbus TCP means the device that it is connected to. */
const anyUnit: ReadonlySet<number> = new Set([0, 255]);

export const openModbus =
  (settings: ModbusSettings, openLink: OpenLink): Output["open"] =>
  async (context, signal) => {
    const { port = modbusPort, rtu_port: rtuPort } = settings;
    const face = new ModbusFace(settings, context);
    const opened: { readonly close: () => Promise<void> }[] = [];
    const closeAll = async (): Promise<void> => {
      await Promise.all(opened.map((each) => each.close()));
    };
    const listen = async (at: number, line: () => Line): Promise<TcpListener> => {
      const listener = await listenTcp({
        ...{ host: hostOf(settings), port: at, allows: allowedNetworks(settings.allow), log: context.log },
        connected: (socket) => face.connected(socket, line()),
      });
      opened.push(listener);
      return listener;
    };
    try {
      const tcp = await listen(port, tcpLine);
      const [first] = context.points();
      // The name of the protocol in the registry of services.
      const unit = String(settings.units?.[0]?.unit ?? settings.unit ?? 1);
      const service = { name: instanceOf("modbus", first?.id), type: "mbap", txt: { unit } };
      const place = { host: hostOf(settings), port: tcp.port };
      opened.push({ close: await announceIfAsked(settings, [service], place, context.log) });
      const rtu = rtuPort === undefined ? undefined : await listen(rtuPort, rtuLine);
      let serial: SerialLine | undefined;
      if (settings.serial !== undefined) {
        const heard = face.line(rtuLine(), (bytes) => serial?.write(bytes));
        serial = await listenSerial(settings.serial, usualBaud, signal, heard, openLink);
        opened.push(serial);
      }
      return face.running({ tcp, rtu, serial, close: closeAll });
    } catch (error) {
      await closeAll();
      throw error;
    }
  };

/** What it has opened. */
interface Opened {
  readonly tcp: TcpListener;
  readonly rtu: TcpListener | undefined;
  readonly serial: SerialLine | undefined;
  readonly close: () => Promise<void>;
}

class ModbusFace {
  readonly #settings: ModbusSettings;
  readonly #context: OutputContext;
  readonly #fresh: FreshPoints;
  #units: UnitTable;
  #requests = 0;

  constructor(settings: ModbusSettings, context: OutputContext) {
    this.#settings = settings;
    this.#context = context;
    this.#fresh = new FreshPoints(context, settings.max_age ?? controlAge);
    this.#units = this.#table();
  }

  connected(socket: Socket, line: Line): void {
    const { clock } = this.#context;
    let cancel = (): void => {};
    const heard = this.line(line, (bytes) => {
      if (socket.destroyed) return;
      if (socket.writableLength > mostUnsent) {
        socket.destroy();
        return;
      }
      if (socket.write(bytes)) return;
      // Its next requests wait with it until it takes the answers.
      socket.pause();
      cancel();
      cancel = clock.at(clock.now() + patience, () => socket.destroy());
    });
    socket.on("drain", () => {
      cancel();
      socket.resume();
    });
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      cancel();
      heard(undefined);
    });
    socket.on("data", (bytes: Uint8Array) => {
      if (!heard(bytes)) socket.destroySoon();
    });
  }

  /**
   * Takes bytes of a line, and gives its answers. Undefined ends it.
   *
   * @returns a function that says whether the line can still be understood
   */
  line(
    { framer, stale, isShared }: Line,
    send: (bytes: Uint8Array) => void,
  ): (bytes: Uint8Array | undefined) => boolean {
    const { clock } = this.#context;
    let cancel = (): void => {};
    const answer = (requests: readonly Request[]): void => {
      for (const request of requests) {
        const pdu = this.#answer(request, stale, isShared);
        if (pdu !== undefined) send(framer.frame(request, pdu));
      }
    };
    return (bytes) => {
      cancel();
      if (bytes === undefined) return false;
      const { requests, broken } = framer.push(bytes);
      answer(requests);
      if (framer.waiting() > 0 && isShared) cancel = clock.at(clock.now() + silence, () => answer(framer.silence()));
      return !broken;
    };
  }

  running({ tcp, rtu, serial, close }: Opened): RunningOutput {
    const broken = new Promise<void>((_, reject) => {
      this.#context.onPoints(() => {
        this.#fresh.keep(this.#context.points());
        try {
          this.#units = this.#table();
        } catch (error) {
          reject(error);
        }
      });
    });
    const ends = [tcp, rtu, serial].flatMap((each) => (each === undefined ? [] : [each]));
    return {
      ended: Promise.race([broken, ...ends.map(({ ended }) => ended)]),
      test: async () => {
        const clients = tcp.sockets.size + (rtu?.sockets.size ?? 0);
        const ports = rtu === undefined ? `port ${tcp.port}` : `ports ${tcp.port} and ${rtu.port}`;
        const seen = `${clients} ${clients === 1 ? "client" : "clients"} at ${ports}, ${this.#requests} requests; ${this.#units.words()}`;
        if (!this.#units.isFresh()) throw new Error(`no value can be given now: ${seen}`);
        return seen;
      },
      close,
    };
  }

  #table(): UnitTable {
    const { points, version } = this.#context;
    return new UnitTable({ settings: this.#settings, points: points(), fresh: this.#fresh, version });
  }

  #answer({ unit, pdu }: Request, stale: ExceptionCode, isShared: boolean): Uint8Array | undefined {
    this.#requests++;
    const [code = 0] = pdu;
    const asked = !isShared && anyUnit.has(unit) ? (this.#units.only() ?? unit) : unit;
    const device = this.#units.device(asked, stale);
    if (device === undefined) return isShared ? undefined : exceptionPdu(code, exceptions.targetSilent);
    const answer = answerPdu(pdu, device);
    if (((answer[0] ?? 0) & 0x80) === 0) this.#context.sent(1);
    return answer;
  }
}
