/** `meterport live`: readings at a steady interval until the user stops it. */
import { type LiveReader, type Meter, openLive } from "@meterport/client";
import { isUsable } from "@meterport/client/supervision/link-status";
import { Supervisor } from "@meterport/client/supervision/supervisor";
import { MeterportError } from "@meterport/protocol/errors";
import { parseProfile, profileName } from "@meterport/protocol/layout/index";
import { linkRemedy } from "@meterport/protocol/meaning/remedies";
import type { Millis } from "@meterport/protocol/ports";
import { linkTraits } from "@meterport/transports/link-traits";
import { portLinkOf } from "@meterport/transports/port-link";
import { type Exit, exit, type Io, say } from "../../io/io.ts";
import { waitUntil } from "../../io/wait-until.ts";
import { checkAccess, type MeterAccess, meterOver, openTransport } from "../../meter/open-meter.ts";
import { meterKey } from "../../options/key-option.ts";
import { parseInterval, parseWhole } from "../../options/option-values.ts";
import { openScreen } from "./live-screen.ts";
import type { LiveOptions } from "./options.ts";

/** The guide advises one table read per second on average; a reading takes two. */
const mostReadings = 1_000_000_000;
/** The link itself gives up earlier, with a better reason. */
const longestReading: Millis = 15_000;

/** A meter and the reader of its live values. */
interface LiveMeter {
  readonly meter: Meter;
  readonly live: LiveReader;
}

/** The meter, supervised for as long as the command runs. */
const superviseLive = (access: MeterAccess, io: Io): Supervisor<LiveMeter> => {
  const way = portLinkOf(access.link);
  const { baud, near } = linkTraits(way.link);
  return new Supervisor({
    name: access.link,
    // The optical port has one speed until another is negotiated.
    ...(baud === undefined || way.optical ? {} : { baud }),
    near,
    open: (options) => openTransport(access, io, options),
    connect: async (transport, signal) => {
      const meter = await meterOver(transport, access, io, signal);
      try {
        return { meter, live: await openLive(meter, { signal }) };
      } catch (error) {
        await meter.close();
        throw error;
      }
    },
    clock: io.clock,
    entropy: io.entropy,
  });
};

/** Reports each change between values and no values once; on a terminal the panel shows it. */
const tellChanges = (link: Supervisor<LiveMeter>, optical: boolean, io: Io): (() => void) => {
  let lostAt: Millis | undefined;
  let told = link.status.state;
  return link.listen(({ state, cause }) => {
    if (state === told || io.interrupted.aborted) return;
    told = state;
    if (isUsable(state)) {
      if (lostAt !== undefined)
        say(io, `the link is ${state} again after ${Math.round((io.clock.now() - lostAt) / 1000)} s`);
      lostAt = undefined;
    } else {
      lostAt ??= io.clock.now();
      say(io, `the link is ${state}: ${cause?.text}`);
      const remedy = linkRemedy(cause?.code ?? "", optical);
      if (remedy !== undefined) io.stderr.write(`  ${remedy}\n`);
    }
  });
};

const titleOf = ({ identity, profile }: Meter, link: string): string =>
  [identity?.manufacturer, identity?.model, identity?.serial, profileName(profile), link]
    .filter((part) => part !== undefined)
    .join("  ");

const isoTime = (io: Io): string => new Date(io.clock.wall()).toISOString();

/** @throws UsageError; LinkError and others of the first reading */
export const liveCommand = async (options: LiveOptions, io: Io): Promise<Exit> => {
  const interval = parseInterval(options.interval, "--interval");
  const count = options.count === undefined ? mostReadings : parseWhole(options.count, "--count", 1, mostReadings);
  const profile = options.profile === undefined ? undefined : parseProfile(options.profile);
  const key = meterKey(options, io);
  const json = options.json === true;
  const access: MeterAccess = { ...options, key, profile };
  checkAccess(access, io);
  const link = superviseLive(access, io);
  const interrupt = (): void => void link.close();
  io.interrupted.addEventListener("abort", interrupt, { once: true });
  link.start();
  try {
    // A meter that cannot be reached at all is an error; one that was reached may come back.
    const { meter } = await link.first();
    const screen = openScreen(io, json, titleOf(meter, options.link));
    const quiet = io.stdout.isTerminal && !json ? () => {} : tellChanges(link, portLinkOf(options.link).optical, io);
    try {
      return await poll({ link, screen, interval, count, io });
    } finally {
      quiet();
      screen.end();
    }
  } catch (error) {
    if (io.interrupted.aborted) return exit.done;
    throw error;
  } finally {
    io.interrupted.removeEventListener("abort", interrupt);
    await link.close();
  }
};

interface Poll {
  readonly link: Supervisor<LiveMeter>;
  readonly screen: ReturnType<typeof openScreen>;
  readonly interval: Millis;
  readonly count: number;
  readonly io: Io;
}

const poll = async ({ link, screen, interval, count, io }: Poll): Promise<Exit> => {
  const asking = { label: "live reading", limit: Math.max(longestReading, interval), signal: io.interrupted };
  let succeeded = false;
  let due = io.clock.now();
  for (let n = 0; n < count && !io.interrupted.aborted; n++) {
    if (n > 0) await waitUntil(due, io);
    if (io.interrupted.aborted) break;
    try {
      screen.show(await link.run(({ live }, signal) => live.read({ signal }), asking));
      succeeded = true;
    } catch (error) {
      if (io.interrupted.aborted) break;
      if (!(error instanceof MeterportError)) throw error;
      screen.stale(isoTime(io), link.status.cause?.text ?? error.message);
    }
    due = Math.max(due + interval, io.clock.now());
  }
  return succeeded || io.interrupted.aborted ? exit.done : exit.failed;
};
