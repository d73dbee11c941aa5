/** A transport over a serial port: 8 data bits, no parity, 1 stop bit. */
import { LinkError, UsageError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import { defaultBaudRate } from "./link-url.ts";
import { serialFailure } from "./open-failure.ts";
import { streamTransport } from "./stream-transport.ts";

export interface SerialOptions {
  /** "/dev/ttyUSB0", "COM3". */
  readonly path: string;
  readonly baudRate?: number;
  readonly signal?: AbortSignal;
}

/** Imports the two packages that talk to serial ports; they are optional, since not everybody has one. */
const load = async () => {
  const [{ autoDetect }, { SerialPortStream }] = await Promise.all([
    import("@serialport/bindings-cpp"),
    import("@serialport/stream"),
  ]);
  return { autoDetect, SerialPortStream };
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && /MODULE_NOT_FOUND$/.test(String(error.code));

/** `loadPort` stands in for the import of the two packages. */
export type LoadPort = typeof load;

/**
 * Opens a serial port for this program alone.
 *
 * @throws LinkError not-open, aborted
 * @throws UsageError where the packages for serial ports are not installed
 */
export const openSerial = async (options: SerialOptions, loadPort: LoadPort = load): Promise<Transport> => {
  const { path, baudRate = defaultBaudRate, signal } = options;
  const { autoDetect, SerialPortStream } = await loadPort().catch((cause: unknown) => {
    if (!isMissing(cause)) throw serialFailure(path, cause);
    throw new UsageError(
      "serial-missing",
      "serial ports need two more packages: npm install @serialport/bindings-cpp @serialport/stream",
      { cause },
    );
  });
  const port = new SerialPortStream({
    binding: autoDetect(),
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
  const transport = streamTransport({
    name: path,
    readable: port,
    writable: port,
    unread: "lost",
    shut: () =>
      new Promise((resolve) => {
        if (!port.isOpen) return resolve();
        port.close(() => resolve());
      }),
  });
  if (signal?.aborted === true) {
    await transport.close();
    throw new LinkError("aborted", path, "given up before it was open");
  }
  return transport;
};
