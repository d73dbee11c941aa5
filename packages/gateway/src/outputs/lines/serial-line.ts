/** A serial port of this machine that something hangs on which reads us. */
import type { Signal } from "@meterport/protocol/ports";
import type { OpenLink } from "../output-kind.ts";

export interface SerialLine {
  /** Never waits: what does not leave is lost. */
  readonly write: (bytes: Uint8Array) => void;
  /** Rejects with one sentence when the port is gone. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
}

const hasSpeed = (link: string): boolean => /[?&]baud=/i.test(link);

/**
 * @param usualBaud unless the link names a speed
 * @param heard what the other side sends
 * @throws Error with one sentence if it cannot be opened
 */
export const listenSerial = async (
  link: string,
  usualBaud: number,
  signal: Signal,
  heard: (bytes: Uint8Array) => void,
  open: OpenLink,
): Promise<SerialLine> => {
  const transport = await open(link, signal, hasSpeed(link) ? undefined : usualBaud);
  const ended = (async (): Promise<void> => {
    for await (const bytes of transport.chunks) heard(bytes);
    throw new Error(`${transport.name}: the serial port is closed`);
  })();
  ended.catch(() => {});
  return {
    write: (bytes) => void transport.write(bytes).catch(() => {}),
    ended,
    close: () => transport.close(),
  };
};
