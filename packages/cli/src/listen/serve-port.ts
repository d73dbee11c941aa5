/** Puts a port of a meter behind whatever a link names. */
import { type MeterPort, serve } from "@meterport/simulator";
import type { ParsedLink } from "@meterport/transports/link-url";
import type { Io } from "../io/io.ts";
import { listenOn } from "./listening.ts";

/** Resolves when the user has had enough. */
export const interruption = ({ interrupted }: Io): Promise<void> =>
  new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    interrupted.addEventListener("abort", () => resolve(), { once: true });
  });

/** One port of the meter behind one link; gives what it listens on, and what ends it. */
export const servePort = async (
  link: ParsedLink,
  port: MeterPort,
  io: Io,
): Promise<{ url: string; close: () => Promise<void> }> => {
  const { line, url, ...listening } = await listenOn(link, io);
  const served = serve(line, io.clock, port);
  const close = async (): Promise<void> => {
    await served.close();
    await listening.close();
  };
  return { url, close };
};
