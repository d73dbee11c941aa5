/** Starts a separate broker for a test: mosquitto on a free port of the loopback. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startListening } from "./free-port.ts";

export interface Broker {
  readonly port: number;
  /** Ends it as a lost power supply does. */
  readonly stop: () => Promise<void>;
}

export interface BrokerOptions {
  /** Who may connect; anyone if omitted. */
  readonly login?: { readonly user: string; readonly password: string } | undefined;
  /** Files of its certificate; no TLS if omitted. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Where it listens; a free port if omitted. */
  readonly port?: number | undefined;
  /** More lines for its configuration. */
  readonly more?: readonly string[] | undefined;
}

/** `program` is the path of mosquitto. */
export const startBroker = async (program: string, options: BrokerOptions = {}): Promise<Broker> => {
  const { login, tls, port = await freePort(), more = [] } = options;
  const folder = await mkdtemp(join(tmpdir(), "meterport-broker-"));
  // It would become another user, who may not read these files.
  const lines = [`listener ${port} 127.0.0.1`, "user root", `allow_anonymous ${login === undefined}`, ...more];
  if (login !== undefined) {
    const file = join(folder, "passwords");
    await writeFile(file, `${login.user}:${login.password}\n`, { mode: 0o600 });
    spawnSync("mosquitto_passwd", ["-U", file]);
    lines.push(`password_file ${file}`);
  }
  if (tls !== undefined) lines.push(`certfile ${tls.cert}`, `keyfile ${tls.key}`);
  const config = join(folder, "mosquitto.conf");
  await writeFile(config, `${lines.join("\n")}\n`);
  const stop = await startListening(program, ["-c", config], port);
  return {
    port,
    stop: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
