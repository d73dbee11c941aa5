/** A meter whose line is used only while a gate is open: what is to be sent meanwhile ends the link, and another one waits for the gate. */
import { LinkError } from "@meterport/protocol/errors";
import type { Signal, Transport } from "@meterport/protocol/ports";
import type { MeterAccess } from "./meter-link.ts";

/** Asked before each write to a meter's line. */
export interface LinkGate {
  /** Whether the meter may be asked at this moment. */
  readonly isOpen: () => boolean;
  /** Settles as soon as `isOpen` may have changed. */
  readonly changed: () => Promise<void>;
}

/**
 * To hold back what is to be sent would not do: it would go out with all its repeats at once. And a link that is not used is better closed, since
 * many bridges serve one client.
 */
const gatedTransport = (transport: Transport, gate: LinkGate): Transport => ({
  ...transport,
  write: (bytes) =>
    gate.isOpen()
      ? transport.write(bytes)
      : Promise.reject(
          new LinkError("closed", transport.name, "given up, since another process may read this meter by now"),
        ),
});

/** @throws LinkError (`aborted`) */
const untilOpen = async (name: string, gate: LinkGate, signal: Signal): Promise<void> => {
  let giveUp = (): void => {};
  const end = new Promise<never>((_, reject) => {
    giveUp = () => reject(new LinkError("aborted", name, "given up before it was open"));
  });
  // As a rule nobody waits for it.
  end.catch(() => {});
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    while (!gate.isOpen()) await Promise.race([gate.changed(), end]);
  } finally {
    signal.removeEventListener("abort", giveUp);
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
