/** The two packages that talk to serial ports; they are optional, since not every user has one. */
import { UsageError } from "@meterport/protocol/errors";
import type { BindingInterface } from "@serialport/bindings-cpp";
import type { SerialPortStream } from "@serialport/stream";

/** The parts of them that are used. */
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

/** @throws UsageError (`serial-missing`) if the packages are not installed; and any other error of loading them */
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
