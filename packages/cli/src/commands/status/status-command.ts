/** `meterport status`: asks the daemon of this machine how it is doing. */
import type { HealthAnswer, MeterSummary } from "@meterport/gateway/http/api";
import type { OutputsAnswer } from "@meterport/gateway/http/outputs/outputs";
import { UsageError } from "@meterport/protocol/errors";
import { ageOf, spanText } from "../../format/age.ts";
import { toJson } from "../../format/json.ts";
import { outputRows } from "../../format/output-rows.ts";
import { alignedTable } from "../../format/table.ts";
import { type Exit, exit, type Io } from "../../io/io.ts";
import { askDaemon, askPage, type DaemonAnswer, daemonAddress } from "../../options/ask-daemon.ts";
import type { StatusOptions } from "./options.ts";

/** Up to here every meter has a line; of more meters, those that are not up. */
const fewMeters = 20;
/** Lines about meters, unless `--all` wants every one. */
const mostLines = 50;
/** States of a link, the worst first. */
const states = ["refused", "silent", "paused", "connecting", "degraded", "up"] as const;

/** All meters, page by page, as far as the daemon says that there are so many. */
const allMeters = async (io: Io, address: string, count: number): Promise<readonly MeterSummary[]> => {
  const meters: MeterSummary[] = [];
  let path: string | undefined = "/api/v1/meters";
  while (path !== undefined) {
    const answer: DaemonAnswer<readonly MeterSummary[]> = await askPage(io, address, path);
    meters.push(...answer.body);
    path = meters.length < count && answer.body.length > 0 ? answer.next : undefined;
  }
  return meters;
};

/** "3 refused, 12 silent, 985 up" */
const countText = (meters: readonly MeterSummary[]): string =>
  states
    .map((state) => ({ state, count: meters.filter(({ link }) => link.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
    .join(", ");

interface Listing {
  readonly lines: readonly MeterSummary[];
  /** What is left out, as a sentence. */
  readonly rest: string | undefined;
}

/** A few meters are all listed. Of many only those that are not up, the worst first. */
const listingOf = (meters: readonly MeterSummary[], all: boolean): Listing => {
  const rank = ({ link }: MeterSummary): number => states.indexOf(link.state);
  if (all || meters.length <= fewMeters) return { lines: meters, rest: undefined };
  const bad = meters.filter(({ link }) => link.state !== "up").sort((a, b) => rank(a) - rank(b));
  const left = bad.length - mostLines;
  return { lines: bad.slice(0, mostLines), rest: left > 0 ? `and ${left} more; --all lists every meter` : undefined };
};

/** A daemon of an earlier version has none. */
const outputsOf = async (io: Io, address: string): Promise<OutputsAnswer> => {
  try {
    return await askDaemon<OutputsAnswer>(io, address, "/api/v1/outputs");
  } catch (error) {
    if (error instanceof UsageError && error.code === "refused") return { outputs: [] };
    throw error;
  }
};

/** Exit code 1 if a meter gives no values, so that scripts notice. */
export const statusCommand = async (options: StatusOptions, io: Io): Promise<Exit> => {
  const address = await daemonAddress(options, io);
  const health = await askDaemon<HealthAnswer>(io, address, "/api/v1/health");
  const meters = await allMeters(io, address, health.meters);
  const { outputs } = await outputsOf(io, address);
  const { stdout } = io;
  if (options.json === true) stdout.data(`${toJson({ url: address, health, meters, outputs })}\n`);
  else {
    const up = `${health.meters_up} of ${health.meters} meters give values`;
    stdout.write(
      `${address}  Meterport ${health.version}, running for ${spanText(Math.floor(health.uptime_s))}; ${up}\n`,
    );
    if (meters.length > fewMeters) stdout.write(`${countText(meters)}\n`);
    const now = io.clock.wall();
    const { lines, rest } = listingOf(meters, options.all === true);
    const rows = lines.map(({ id, link }) => [id, link.state, ageOf(link.last_reading, now), link.problem ?? ""]);
    const head = ["meter", "link", "last reading", "problem"];
    if (rows.length > 0) stdout.write(alignedTable([head, ...rows], { head: true, width: stdout.columns }));
    if (rest !== undefined) stdout.write(`${rest}\n`);
    if (outputs.length > 0)
      stdout.write(`\n${alignedTable(outputRows(outputs, now), { head: true, width: stdout.columns })}`);
  }
  return health.meters_up === health.meters ? exit.done : exit.failed;
};
