/** `meterport live`: readings in a steady rhythm until somebody stops it. */
import { type LiveReader, type Meter, openLive } from "@meterport/client";
import { MeterportError } from "@meterport/protocol/errors";
import { parseProfile, profileName } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import type { LiveOptions } from "../commands/reading-commands.ts";
import { tellFailure } from "../failure.ts";
import { type Exit, exit, type Io } from "../io.ts";
import { requiredKey } from "../key-option.ts";
import { type MeterAccess, openMeter } from "../open-meter.ts";
import { parseInterval, parseWhole } from "../option-values.ts";
import { openScreen } from "./live-screen.ts";

/** The guide advises one table read a second on average; one reading takes two. */
const mostReadings = 1_000_000_000;

/** Waits until `time`, or until the user interrupts. */
const waitUntil = (time: Millis, { clock, interrupted }: Io): Promise<void> =>
  new Promise((resolve) => {
    if (interrupted.aborted) return resolve();
    const done = (): void => {
      cancel();
      interrupted.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.at(time, done);
    interrupted.addEventListener("abort", done, { once: true });
  });

/** A meter that is connected again after its link has ended. */
class LiveSource {
  readonly #access: MeterAccess;
  readonly #io: Io;
  #meter: Meter | undefined;
  #reader: LiveReader | undefined;

  constructor(access: MeterAccess, io: Io) {
    this.#access = access;
    this.#io = io;
  }

  /** @throws MeterportError */
  async reader(): Promise<LiveReader> {
    if (this.#meter?.session.closed === true) await this.close();
    if (this.#reader !== undefined) return this.#reader;
    this.#meter ??= await openMeter(this.#access, this.#io);
    this.#reader = await openLive(this.#meter, { signal: this.#io.interrupted });
    return this.#reader;
  }

  async close(): Promise<void> {
    const meter = this.#meter;
    this.#meter = undefined;
    this.#reader = undefined;
    await meter?.close();
  }
}

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
  const key = requiredKey(options.key, io);
  const json = options.json === true;
  const source = new LiveSource({ ...options, key, profile }, io);
  try {
    // A meter that cannot be reached at all is an error; one that was reached may come back.
    const first = await source.reader();
    const screen = openScreen(io, json, titleOf(first.meter, options.link));
    try {
      return await poll({ source, screen, interval, count, io });
    } finally {
      screen.end();
    }
  } catch (error) {
    if (io.interrupted.aborted) return exit.done;
    throw error;
  } finally {
    await source.close();
  }
};

interface Poll {
  readonly source: LiveSource;
  readonly screen: ReturnType<typeof openScreen>;
  readonly interval: Millis;
  readonly count: number;
  readonly io: Io;
}

const poll = async ({ source, screen, interval, count, io }: Poll): Promise<Exit> => {
  let succeeded = false;
  let told = "";
  let due = io.clock.now();
  for (let n = 0; n < count && !io.interrupted.aborted; n++) {
    if (n > 0) await waitUntil(due, io);
    if (io.interrupted.aborted) break;
    try {
      screen.show(await (await source.reader()).read({ signal: io.interrupted }));
      succeeded = true;
      told = "";
    } catch (error) {
      if (io.interrupted.aborted) break;
      if (!(error instanceof MeterportError)) throw error;
      screen.stale(isoTime(io), error.message);
      // The same trouble each second is told once; on a terminal it stands in the panel.
      if (error.code !== told && !io.stdout.isTerminal) tellFailure(io, error);
      told = error.code;
    }
    due = Math.max(due + interval, io.clock.now());
  }
  return succeeded || io.interrupted.aborted ? exit.done : exit.failed;
};
