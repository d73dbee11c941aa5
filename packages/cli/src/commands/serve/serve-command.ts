/** `meterport serve`: the gateway, until it is interrupted. */
import { type Exit, exit, type Io } from "../../io/io.ts";
import type { ServeOptions } from "./options.ts";

const interruption = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** @throws UsageError for what is wrong with the configuration, the data folder or the port */
export const serveCommand = async ({ config, data, pair, demo }: ServeOptions, io: Io): Promise<Exit> => {
  const { env, stdout, stderr, interrupted } = io;
  let restart = (): void => {};
  const restarted = new Promise<void>((resolve) => {
    restart = resolve;
  });
  const daemon = await io.startDaemon({ config, data, pair, demo, env, restart, writeLog: stderr.write });
  io.onHangUp(daemon.hangUp);
  stdout.write(`dashboard ${daemon.url}\n`);
  void daemon.demoTable?.().then((table) => stdout.write(table));
  const ended = await Promise.race([
    interruption(interrupted).then(() => ({ why: "interrupted", code: exit.done })),
    restarted.then(() => ({ why: "restart", code: exit.restart })),
  ]);
  await daemon.stop(ended.why);
  return ended.code;
};
