/** Serves a port of a meter at a link. */
import { type MeterPort, serve } from "@meterport/simulator";
import type { ParsedLink } from "@meterport/transports/link-url";
import type { Io } from "../io/io.ts";
import { listenOn } from "./listening.ts";

/** Resolves when the user interrupts. */
export const interruption = ({ interrupted }: Io): Promise<void> =>
  new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    interrupted.addEventListener("abort", () => resolve(), { once: true });
  });

/** Serves one port of the meter at one link; returns where it listens, and how to stop it. */
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
