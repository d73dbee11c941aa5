/** Runs a virtual meter over any transport: a socket, a pseudo terminal, a serial port. */
import type { Clock, Transport } from "@meterport/protocol/ports";
import type { MeterOutput, MeterPort } from "../meter-port.ts";

/** A meter that is being served. */
export interface Served {
  /** Resolves when the transport has ended or broken, or after `close`; never rejects. */
  readonly closed: Promise<void>;
  /** Closes the transport; the meter can be served again. */
  readonly close: () => Promise<void>;
}

/** Pieces that may wait for a slow reader; any more are lost, as on a serial line. */
const mostWaiting = 64;

/** Plugs the meter into the transport and answers what comes. One meter has one line at a time. */
export const serve = (transport: Transport, clock: Clock, meter: MeterPort): Served => {
  let open = true;
  let waiting = 0;
  let sent: Promise<void> = Promise.resolve();
  let cancelWake = (): void => {};

  const end = async (): Promise<void> => {
    open = false;
    unwatch();
    cancelWake();
    try {
      await transport.close();
    } catch {
      // A transport that fails to close is closed already.
    }
  };
  const send = async (bytes: Uint8Array): Promise<void> => {
    try {
      if (open) await transport.write(bytes);
    } catch {
      await end();
    }
    waiting--;
  };
  /** Undefined is the line's own speed. A port whose line cannot change offers no other. */
  const changeSpeed = (baudRate: number | undefined): void => {
    const { speed } = transport;
    if (speed !== undefined) sent = sent.then(() => speed.change(baudRate ?? speed.baudRate)).catch(() => {});
  };
  const act = (outputs: readonly MeterOutput[]): void => {
    for (const output of outputs) {
      if (output.type === "speed") changeSpeed(output.baudRate);
      if (output.type !== "transmit" || waiting >= mostWaiting) continue;
      waiting++;
      const before = sent;
      sent = before.then(() => send(output.bytes));
    }
    arm();
  };
  const arm = (): void => {
    cancelWake();
    const at = open ? meter.wakeAt() : undefined;
    cancelWake = at === undefined ? () => {} : clock.at(at, () => act(meter.handle("tick", clock.now())));
  };
  const receive = async (): Promise<void> => {
    try {
      for await (const chunk of transport.chunks) {
        if (!open) break;
        act(meter.handle(chunk, clock.now()));
      }
    } catch {
      // The transport broke: for a meter that is the same as a client that has gone.
    }
    await end();
  };

  meter.plugIn();
  const unwatch = meter.watch(arm);
  arm();
  return { closed: receive(), close: end };
};
