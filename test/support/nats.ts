/** Starts a separate NATS server for a test, on a free port of the loopback. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startListening } from "./free-port.ts";

export interface NatsServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** `program` is the path of nats-server; `more` are arguments for it. JetStream is on. */
export const startNats = async (program: string, more: readonly string[] = []): Promise<NatsServer> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-nats-"));
  const port = await freePort();
  const stop = await startListening(
    program,
    ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", folder, ...more],
    port,
  );
  return {
    port,
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
