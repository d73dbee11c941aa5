/** A serial port as browsers give it (Web Serial, WICG draft), with the other end of its wire. */
import type { Transport } from "@meterport/protocol/ports";
import { ByteQueue } from "../byte-queue.ts";
import type { WebSerialPort, WebSerialSettings } from "../web/web-serial.ts";

export interface FakeWebSerial {
  readonly port: WebSerialPort & { readonly readable: ReadableStream<Uint8Array> | null };
  /** The other end of the wire; closing it goes unnoticed. */
  readonly wire: Transport;
  /** What was done: "open 9600", "rts on, dtr off", "close". */
  readonly log: readonly string[];
  /** A framing error, for example: the stream ends in this error, and the port has a new one. */
  readonly disturb: (name: "FramingError" | "BufferOverrunError" | "BreakError" | "ParityError") => void;
  readonly unplug: () => void;
}

/** As much as browsers buffer by default. */
const bufferSize = 255;

export const fakeWebSerial = (info: { usbVendorId?: number; usbProductId?: number } = {}): FakeWebSerial => {
  const log: string[] = [];
  const heard = new ByteQueue(() => {});
  let state: "closed" | "open" | "gone" = "closed";
  let source: ReadableStreamDefaultController<Uint8Array> | undefined;
  let sink: WritableStreamDefaultController | undefined;
  let readable: ReadableStream<Uint8Array> | null = null;
  let writable: WritableStream<Uint8Array> | null = null;
  const word = (on: boolean): string => (on ? "on" : "off");
  const lost = (): DOMException => new DOMException("The device has been lost.", "NetworkError");

  const port = {
    // A new stream where the last has ended, as long as the port is open.
    get readable() {
      if (state !== "open") return null;
      readable ??= new ReadableStream<Uint8Array>(
        {
          start: (controller) => {
            source = controller;
          },
          cancel: () => {
            readable = null;
          },
        },
        { highWaterMark: bufferSize, size: (piece) => piece?.length ?? 0 },
      );
      return readable;
    },
    get writable() {
      if (state !== "open") return null;
      writable ??= new WritableStream<Uint8Array>({
        start: (controller) => {
          sink = controller;
        },
        write: (bytes) => {
          heard.push(bytes.slice());
        },
        abort: () => {
          writable = null;
        },
      });
      return writable;
    },
    open: async ({ baudRate }: WebSerialSettings) => {
      if (state === "open") throw new DOMException("The port is already open.", "InvalidStateError");
      if (state === "gone") throw new DOMException("Failed to open serial port.", "NetworkError");
      state = "open";
      log.push(`open ${baudRate}`);
    },
    close: async () => {
      if (state !== "open") throw new DOMException("The port is already closed.", "InvalidStateError");
      // Both streams have to be given back first.
      if (readable?.locked === true || writable?.locked === true) throw new TypeError("Cannot cancel a locked stream");
      state = "closed";
      [readable, writable] = [null, null];
      log.push("close");
    },
    setSignals: async ({
      dataTerminalReady,
      requestToSend,
    }: {
      dataTerminalReady: boolean;
      requestToSend: boolean;
    }) => {
      if (state !== "open") throw new DOMException("The port is closed.", "InvalidStateError");
      log.push(`rts ${word(requestToSend)}, dtr ${word(dataTerminalReady)}`);
    },
    getInfo: () => info,
  };
  const wire: Transport = {
    name: "wire",
    chunks: heard.chunks(),
    write: async (bytes) => {
      void port.readable;
      if (state === "open" && readable !== null) source?.enqueue(bytes.slice());
    },
    close: async () => heard.end(),
  };
  return {
    port,
    wire,
    log,
    disturb: (name) => {
      source?.error(new DOMException(`A ${name}.`, name));
      readable = null;
    },
    unplug: () => {
      state = "gone";
      source?.error(lost());
      sink?.error(lost());
      [readable, writable] = [null, null];
    },
  };
};
