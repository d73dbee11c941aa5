/** A transport over a serial port of the browser (Web Serial), for pages that talk to an adapter themselves. */
import { LinkError } from "@meterport/protocol/errors";
import type { Signal, Transport } from "@meterport/protocol/ports";
import {
  type EnableLine,
  type ModemLines,
  modemLines,
  pulseEnable,
  type SteadyLines,
  steadyLines,
} from "../enable-line.ts";
import { byteTimeOf, defaultBaudRate } from "../link-settings.ts";
import { Pipe } from "../pipe.ts";

/** The parts of the browser's `SerialPort` that are used; a port from `navigator.serial` fits. */
export interface WebSerialPort {
  /** Null while it is closed, and for good when the adapter is gone; another stream after each error of the line. */
  readonly readable: WebReadable | null;
  readonly writable: WebWritable | null;
  open(options: WebSerialSettings): Promise<void>;
  close(): Promise<void>;
  setSignals(signals: { readonly dataTerminalReady: boolean; readonly requestToSend: boolean }): Promise<void>;
  getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number };
}

export interface WebSerialSettings {
  readonly baudRate: number;
  readonly dataBits: 8;
  readonly stopBits: 1;
  readonly parity: "none";
  readonly flowControl: "none";
}

export interface WebReadable {
  getReader(): WebReader;
}
export interface WebReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
  releaseLock(): void;
}
export interface WebWritable {
  getWriter(): WebWriter;
}
export interface WebWriter {
  write(bytes: Uint8Array): Promise<void>;
  abort(): Promise<void>;
  releaseLock(): void;
}

export interface WebSerialOptions {
  readonly baudRate?: number | undefined;
  /** State of RTS and DTR while the port is open; if omitted, the browser decides. `headLines` is what optical heads need. */
  readonly lines?: SteadyLines | undefined;
  /** What RTS and DTR switch: nothing if omitted. */
  readonly enable?: EnableLine | undefined;
  readonly signal?: Signal | undefined;
}

const hex = (value: number): string => value.toString(16).padStart(4, "0");

const nameOf = (port: WebSerialPort): string => {
  const { usbVendorId, usbProductId } = port.getInfo();
  return usbVendorId === undefined || usbProductId === undefined
    ? "web-serial"
    : `web-serial ${hex(usbVendorId)}:${hex(usbProductId)}`;
};

/** Names of the browser's errors: what is wrong, and what helps. */
const troubles: Readonly<Record<string, string>> = {
  InvalidStateError: "this page has it open already; close it first",
  NetworkError: "the system refuses it; another program may have it open, or your user may lack permission",
  SecurityError: "the browser does not permit serial ports on this page",
};

const asError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));

const notOpen = (name: string, cause: unknown): LinkError => {
  const error = asError(cause);
  return new LinkError("not-open", name, `cannot open it: ${troubles[error.name] ?? error.message}`, { cause: error });
};

/**
 * Opens a port that the user has chosen, as `await navigator.serial.requestPort()` gives it.
 *
 * @throws LinkError not-open, aborted
 */
export const openWebSerial = async (port: WebSerialPort, options: WebSerialOptions = {}): Promise<Transport> => {
  const { baudRate = defaultBaudRate, lines: steady, enable, signal } = options;
  const name = nameOf(port);
  const giveUp = (): void => {
    if (signal?.aborted === true) throw new LinkError("aborted", name, "given up before it was open");
  };
  giveUp();
  try {
    await port.open({ baudRate, dataBits: 8, stopBits: 1, parity: "none", flowControl: "none" });
  } catch (cause) {
    throw notOpen(name, cause);
  }
  const setLines = ({ rts, dtr }: ModemLines): Promise<void> =>
    port.setSignals({ requestToSend: rts, dataTerminalReady: dtr });
  const off = async (): Promise<void> => {
    // A port that is gone cannot be switched any more.
    if (enable !== undefined) await setLines(modemLines(enable, false, steady)).catch(() => {});
  };
  const transport = overPort(port, name, off);
  try {
    if (enable !== undefined) await pulseEnable(enable, setLines, signal, steady);
    else if (steady !== undefined) {
      const set = setLines(steadyLines(steady));
      await (steady.optional === true ? set.catch(() => {}) : set);
    }
    giveUp();
  } catch (cause) {
    await transport.close();
    throw cause instanceof LinkError ? cause : notOpen(name, cause);
  }
  return { ...transport, timing: { byteTime: byteTimeOf(baudRate) } };
};

const overPort = (port: WebSerialPort, name: string, off: () => Promise<void>): Transport => {
  let reader: WebReader | undefined;
  let makeRoom = (): void => {};
  const writer = port.writable?.getWriter();
  const gone = (cause?: unknown): void =>
    pipe.end("the serial port is gone: the adapter was unplugged, or lost its power", cause);
  const pipe = new Pipe({
    name,
    unread: "lost",
    send: (bytes, done) => {
      if (writer === undefined) return gone();
      writer.write(bytes).then(
        () => done(),
        (cause: unknown) => {
          gone(cause);
          done(cause);
        },
      );
    },
    shut: async () => {
      makeRoom();
      await off();
      await reader?.cancel().catch(() => {});
      await pumping;
      // What the adapter does not take is thrown away: waiting for it could take forever.
      await writer?.abort().catch(() => {});
      writer?.releaseLock();
      // If the adapter is gone, it is closed already.
      await port.close().catch(() => {});
    },
    onRoom: () => makeRoom(),
  });

  /** Reads one stream to its end, or to an error of the line, after which the port has another. */
  const readFrom = async (stream: WebReadable): Promise<unknown> => {
    reader = stream.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        if (value !== undefined && !pipe.receive(Uint8Array.from(value)) && !pipe.ended)
          await new Promise<void>((resolve) => {
            makeRoom = resolve;
          });
      }
    } catch (error) {
      return error;
    } finally {
      reader.releaseLock();
      reader = undefined;
    }
  };
  const pump = async (): Promise<void> => {
    let last: unknown;
    // A framing error, a break, an overrun: noise, which is no reason to close the port.
    for (let stream = port.readable; stream !== null && !pipe.ended; ) {
      last = await readFrom(stream);
      const next = port.readable;
      if (next === stream) break;
      stream = next;
    }
    gone(last);
  };
  const pumping = pump();
  return pipe.transport();
};
