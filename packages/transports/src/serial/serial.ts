/** A transport over a serial port: 8 data bits, no parity, 1 stop bit. */
import { LinkError, UsageError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import type { SerialPortStream } from "@serialport/stream";
import {
  type EnableLine,
  type ModemLines,
  modemLines,
  pulseEnable,
  type SteadyLines,
  steadyLines,
} from "../enable-line.ts";
import { byteTimeOf, defaultBaudRate } from "../link-settings.ts";
import { serialFailure } from "../open-failure.ts";
import { streamTransport } from "../stream-transport.ts";
import { noticingHangUps } from "./hung-up.ts";
import { type LoadPort, loadBinding } from "./serial-binding.ts";

export interface SerialOptions {
  /** "/dev/ttyUSB0", "COM3". */
  readonly path: string;
  readonly baudRate?: number | undefined;
  /** State of RTS and DTR while the port is open; both on if omitted. */
  readonly lines?: SteadyLines | undefined;
  /** What RTS and DTR switch: nothing if omitted. */
  readonly enable?: EnableLine | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a serial port exclusively.
 *
 * @throws LinkError not-open, aborted
 * @throws UsageError if the packages for serial ports are not installed
 */
export const openSerial = async (options: SerialOptions, loadPort?: LoadPort): Promise<Transport> => {
  const { path, baudRate = defaultBaudRate, lines: steady, enable, signal } = options;
  const { autoDetect, SerialPortStream } = await loadBinding(loadPort).catch((cause: unknown) => {
    throw cause instanceof UsageError ? cause : serialFailure(path, cause);
  });
  const port = new SerialPortStream({
    binding: noticingHangUps(autoDetect()),
    path,
    baudRate,
    dataBits: 8,
    parity: "none",
    stopBits: 1,
    lock: true,
    autoOpen: false,
  });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error === null ? resolve() : reject(serialFailure(path, error))));
  });
  const lines = (wanted: ModemLines): Promise<void> =>
    setLines(port, path, wanted, enable === undefined ? "rts and dtr" : "enable");
  const transport = streamTransport({
    name: path,
    readable: port,
    writable: port,
    unread: "lost",
    gone: "the serial port is gone: the adapter was unplugged, or lost its power",
    shut: async () => {
      // A port that is gone cannot be switched any more.
      if (enable !== undefined) await lines(modemLines(enable, false, steady)).catch(() => {});
      await new Promise<void>((resolve) => {
        if (!port.isOpen) return resolve();
        port.close(() => resolve());
      });
    },
  });
  try {
    if (enable !== undefined) await pulseEnable(enable, lines, signal, steady);
    else if (steady !== undefined) {
      const set = lines(steadyLines(steady));
      await (steady.optional === true ? set.catch(() => {}) : set);
    }
    if (signal?.aborted === true) throw new LinkError("aborted", path, "given up before it was open");
  } catch (error) {
    await transport.close();
    throw error;
  }
  const speed = { baudRate, change: (rate: number) => changeSpeed(port, path, rate) };
  return { ...transport, timing: { byteTime: byteTimeOf(baudRate) }, speed };
};

/** Everything written is sent first. @throws LinkError not-open */
const changeSpeed = (port: SerialPortStream, path: string, baudRate: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const failed = (error: Error): void =>
      reject(new LinkError("not-open", path, `it does not take ${baudRate} baud: ${error.message}`, { cause: error }));
    port.drain((undrained) => {
      if (undrained instanceof Error) return failed(undrained);
      port.update({ baudRate }, (error) => (error instanceof Error ? failed(error) : resolve()));
    });
  });

/** @throws LinkError not-open */
const setLines = (
  port: SerialPortStream,
  path: string,
  { rts, dtr }: ModemLines,
  setting: "enable" | "rts and dtr",
): Promise<void> =>
  new Promise((resolve, reject) => {
    port.set({ rts, dtr }, (error) => {
      if (error === null || error === undefined) return resolve();
      const what = setting === "enable" ? "its enable line" : "its lines";
      const detail = `cannot switch ${what}: this port has no RTS and DTR; remove the setting ${setting}`;
      reject(new LinkError("not-open", path, detail, { cause: error }));
    });
  });
