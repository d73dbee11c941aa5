/** A meter whose line is used only while a gate is open: what is to be sent waits, until the gate opens or the link is closed. */
import { LinkError } from "@meterport/protocol/errors";
import type { Signal, Transport } from "@meterport/protocol/ports";
import type { LinkGate } from "../operation/companion.ts";
import type { MeterAccess } from "./meter-link.ts";

/** Waits until the gate is open. @throws what `end` rejects with, if that comes first */
const passed = async (gate: LinkGate, end: Promise<never>): Promise<void> => {
  while (!gate.isOpen()) await Promise.race([gate.changed(), end]);
};

/** A promise that only rejects, and that nobody has to wait for. */
const ending = () => {
  let reject = (_: Error): void => {};
  const promise = new Promise<never>((_, fail) => {
    reject = fail;
  });
  promise.catch(() => {});
  return { promise, reject };
};

const gatedTransport = (transport: Transport, gate: LinkGate): Transport => {
  const end = ending();
  const late = async (bytes: Uint8Array): Promise<void> => {
    await passed(gate, end.promise);
    await transport.write(bytes);
  };
  return {
    ...transport,
    write: (bytes) => (gate.isOpen() ? transport.write(bytes) : late(bytes)),
    close: () => {
      end.reject(new LinkError("closed", transport.name, "the connection is closed"));
      return transport.close();
    },
  };
};

/** @throws LinkError (`aborted`) */
const untilOpen = async (name: string, gate: LinkGate, signal: Signal): Promise<void> => {
  const end = ending();
  const onAbort = (): void => end.reject(new LinkError("aborted", name, "given up before it was open"));
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await passed(gate, end.promise);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
};

/** The same way to a meter, through a gate if it has one. @param name of the link, for errors */
export const gatedMeter = (access: MeterAccess, name: string, gate: LinkGate | undefined): MeterAccess =>
  gate === undefined
    ? access
    : {
        ...access,
        open: async (how) => {
          await untilOpen(name, gate, how.signal);
          return gatedTransport(await access.open(how), gate);
        },
      };
