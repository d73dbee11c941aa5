/** `meterport status`: asks the daemon of this machine how it is doing. */
import type { HealthAnswer, MeterSummary } from "@meterport/gateway/http/api";
import { LinkError, UsageError } from "@meterport/protocol/errors";
import { toJson } from "../../format/json.ts";
import { alignedTable } from "../../format/table.ts";
import { type Exit, exit, type Io } from "../../io/io.ts";
import type { StatusOptions } from "./options.ts";

/** Where the daemon's page is. @throws UsageError if no daemon uses the data folder */
const addressOf = async ({ url, config, data }: StatusOptions, io: Io): Promise<string> => {
  if (url !== undefined) return url.replace(/\/+$/, "");
  const { daemonRecord, readConfig } = await io.administration();
  const folder = readConfig({ config, data, env: io.env }).data;
  const found = daemonRecord(folder);
  if (found === undefined)
    throw new UsageError(
      "no-daemon",
      `no daemon uses the data folder ${folder}: start one with meterport serve, or give --data or --url`,
    );
  return found.url;
};

/** @throws LinkError if it does not answer, UsageError if it refuses */
const ask = async <T>(io: Io, address: string, path: string): Promise<T> => {
  const { status, body } = await io.fetchJson(`${address}${path}`, io.env.METERPORT_TOKEN);
  if (status === 200) return body as T;
  if (status === 401 || status === 403)
    throw new UsageError(
      "no-access",
      `${address} wants a token: make one with meterport token add, and set METERPORT_TOKEN to it`,
    );
  throw new LinkError("no-answer", `${address}${path}`, `the answer has status ${status}`);
};

/** "2 min" */
const ageOf = (time: string | null, now: number): string => {
  if (time === null) return "never";
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
};

/** Exit code 1 if a meter gives no values, so that scripts notice. */
export const statusCommand = async (options: StatusOptions, io: Io): Promise<Exit> => {
  const address = await addressOf(options, io);
  const health = await ask<HealthAnswer>(io, address, "/api/v1/health");
  const meters = await ask<readonly MeterSummary[]>(io, address, "/api/v1/meters");
  if (options.json === true) io.stdout.data(`${toJson({ url: address, health, meters })}\n`);
  else {
    const up = `${health.meters_up} of ${health.meters} meters give values`;
    io.stdout.write(
      `${address}  Meterport ${health.version}, running for ${Math.floor(health.uptime_s / 3_600)} h; ${up}\n`,
    );
    const now = io.clock.wall();
    const rows = meters.map(({ id, link }) => [id, link.state, ageOf(link.last_reading, now), link.problem ?? ""]);
    const head = ["meter", "link", "last reading", "problem"];
    io.stdout.write(alignedTable([head, ...rows], { head: true, width: io.stdout.columns }));
  }
  return health.meters_up === health.meters ? exit.done : exit.failed;
};
