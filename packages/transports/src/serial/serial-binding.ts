/** The two packages that talk to serial ports; they are optional, since not everybody has one. */
import { UsageError } from "@meterport/protocol/errors";
import type { BindingInterface } from "@serialport/bindings-cpp";
import type { SerialPortStream } from "@serialport/stream";

/** What is used of them. */
export interface SerialBinding {
  readonly autoDetect: () => BindingInterface;
  readonly SerialPortStream: typeof SerialPortStream;
}

/** Stands in for the import of the two packages. */
export type LoadPort = () => Promise<SerialBinding>;

const load: LoadPort = async () => {
  const [{ autoDetect }, { SerialPortStream }] = await Promise.all([
    import("@serialport/bindings-cpp"),
    import("@serialport/stream"),
  ]);
  return { autoDetect: autoDetect as () => BindingInterface, SerialPortStream };
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && /MODULE_NOT_FOUND$/.test(String(error.code));

/** @throws UsageError (`serial-missing`) where the packages are not installed; whatever else their loading throws */
export const loadBinding = async (loadPort: LoadPort = load): Promise<SerialBinding> => {
  try {
    return await loadPort();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new UsageError(
      "serial-missing",
      "serial ports need two more packages: npm install @serialport/bindings-cpp @serialport/stream",
      { cause },
    );
  }
};
