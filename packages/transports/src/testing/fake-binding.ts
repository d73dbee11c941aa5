/** A serial binding without hardware: it records what is done to the lines, which no pseudo-terminal has. */
import type {
  BindingInterface,
  BindingPortInterface,
  OpenOptions,
  PortInfo,
  SetOptions,
  UpdateOptions,
} from "@serialport/bindings-cpp";
import { SerialPortStream } from "@serialport/stream";
import type { LoadPort } from "../serial/serial-binding.ts";

export interface FakeBindingOptions {
  /** What is plugged in. */
  readonly ports?: readonly (Partial<PortInfo> & { readonly path: string })[] | undefined;
  /** What opening fails with. */
  readonly refusal?: string | undefined;
  /** What switching its lines fails with. */
  readonly lineless?: string | undefined;
  /** What changing its speed fails with. */
  readonly fixed?: string | undefined;
}

const unknownPort = {
  manufacturer: undefined,
  serialNumber: undefined,
  pnpId: undefined,
  locationId: undefined,
  productId: undefined,
  vendorId: undefined,
};

/** `log` has a line for each action: "open /dev/ttyUSB0 9600", "rts on, dtr off", "write 2", "close". */
export const fakeBinding = (
  options: FakeBindingOptions = {},
): { readonly loadPort: LoadPort; readonly log: readonly string[]; readonly unplug: () => void } => {
  const log: string[] = [];
  let unplug = (): void => {};
  const open = async (settings: OpenOptions): Promise<BindingPortInterface> => {
    if (options.refusal !== undefined) throw new Error(options.refusal);
    log.push(`open ${settings.path} ${settings.baudRate}${settings.lock === true ? "" : " unlocked"}`);
    let end = (_error: Error & { canceled?: boolean }): void => {};
    const gone = new Promise<never>((_, reject) => {
      end = reject;
    });
    gone.catch(() => {});
    unplug = () => end(new Error("Reading from COM port (ReadIOCompletion): Operation aborted"));
    const word = (on: boolean | undefined): string => (on === true ? "on" : "off");
    const port = {
      isOpen: true,
      openOptions: settings as Required<OpenOptions>,
      close: async () => {
        log.push("close");
        port.isOpen = false;
        end(Object.assign(new Error("canceled"), { canceled: true }));
      },
      read: () => gone,
      write: async (bytes: Buffer) => {
        log.push(`write ${bytes.length}`);
      },
      set: async ({ rts, dtr }: SetOptions) => {
        if (options.lineless !== undefined) throw new Error(options.lineless);
        log.push(`rts ${word(rts)}, dtr ${word(dtr)}`);
      },
      update: async ({ baudRate }: UpdateOptions) => {
        if (options.fixed !== undefined) throw new Error(options.fixed);
        log.push(`baud ${baudRate}`);
      },
      get: async () => ({ cts: false, dsr: false, dcd: false }),
      getBaudRate: async () => ({ baudRate: settings.baudRate }),
      flush: async () => {},
      drain: async () => {
        log.push("drain");
      },
    };
    return port;
  };
  const binding: BindingInterface = {
    list: async () => (options.ports ?? []).map((port) => ({ ...unknownPort, ...port })),
    open,
  };
  return { loadPort: async () => ({ autoDetect: () => binding, SerialPortStream }), log, unplug: () => unplug() };
};
