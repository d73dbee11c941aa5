/** `meterport profile`: the load profile, line by line. */

import type { Meter } from "@meterport/client";
import { consumption } from "@meterport/client/readers/consumption";
import { type DiscardedBlock, type LoadProfile, openLoadProfile } from "@meterport/client/readers/load-profile";
import { readDataTypes, readDevices } from "@meterport/client/readers/mbus";
import { ResponseError, UsageError } from "@meterport/protocol/errors";
import { extendedSource } from "@meterport/protocol/meaning/extended-source";
import type { Millis } from "@meterport/protocol/ports";
import { type Zone, zoneOf } from "../../format/moment.ts";
import { intoFile } from "../../io/into-file.ts";
import { type Exit, exit, type Io, type OutputFile, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { parseWhole } from "../../options/option-values.ts";
import { parseSince, sayTimes } from "../../options/since-option.ts";
import type { ProfileOptions } from "./options.ts";
import { type Column, columnsOf, type KnownDevices, selectColumns } from "./profile-columns.ts";
import { csvLines, jsonLines, type Line, type Lines } from "./profile-lines.ts";

const reasons: Readonly<Record<DiscardedBlock["reason"], string>> = {
  overwritten: "overwritten while it was read",
  "no-date": "omitted, because its date is impossible",
};

interface Wanted {
  readonly since: Millis | undefined;
  readonly until: Millis | undefined;
  readonly channels: readonly number[];
  readonly consumption: boolean;
}

const clearLine = "\r\u001b[K";

/** A progress line on a terminal, cleared before anything else is printed. */
const progressLine = (io: Io) => {
  let shown = "";
  const show = (text: string): void => {
    if (io.stderr.isTerminal && text !== shown) {
      io.stderr.control(clearLine);
      io.stderr.write(text);
    }
    shown = text;
  };
  return { show, clear: () => show("") };
};

const intervalsOf = async (
  profile: LoadProfile,
  { since, until, channels, ...wanted }: Wanted,
  progress: ReturnType<typeof progressLine>,
  io: Io,
): Promise<AsyncIterable<Line>> => {
  const signal = io.interrupted;
  const { durationMinutes = 0 } = profile;
  // The consumption of the first interval is counted from the end of the one before.
  const from = since === undefined ? undefined : since - (wanted.consumption ? durationMinutes * 60_000 : 0);
  const intervals = profile.intervals({
    signal,
    channels,
    since: from,
    until,
    onProgress: ({ done, total }) => progress.show(`block ${done} of ${total}`),
    onDiscarded: ({ block, reason }) => {
      progress.clear();
      say(io, `block ${block} was ${reasons[reason]}`);
    },
  });
  return wanted.consumption ? consumption(intervals, { rollover: await profile.rollover({ signal }) }) : intervals;
};

/** A terminal has no use for the bytes of a Parquet file, and a pipe would mix our messages into it. */
const checkFormat = ({ format, json, output }: ProfileOptions): void => {
  if (format !== "parquet") return;
  if (json === true) throw new UsageError("format", "--format parquet and --json contradict each other; omit one");
  if (output === undefined) throw new UsageError("output", "--format parquet needs a file: --output profile.parquet");
};

/** Refused tables cost names and units, not the load profile. */
const knownDevices = async (meter: Meter, io: Io): Promise<KnownDevices> => {
  const call = { signal: io.interrupted };
  const types = await readDataTypes(meter, call);
  try {
    return { types, devices: await readDevices(meter, call) };
  } catch (error) {
    if (error instanceof ResponseError) return { types };
    throw error;
  }
};

/** Whose values a column of a device has: its title has only numbers. */
const sayDevice = ({ title, device }: Column, io: Io): void => {
  if (device === undefined) return;
  const { quantity, notes, medium, serialNumber, slot } = device;
  const what = [quantity ?? "an unknown quantity", ...notes].join(", ");
  const whose = serialNumber === null ? "" : `, ${medium ?? "medium unknown"}, serial number ${serialNumber}`;
  say(io, `${title}: ${what}, of the device in slot ${slot}${whose}`);
};

const linesOf = async ({ format, json }: ProfileOptions, columns: readonly Column[], zone: Zone): Promise<Lines> => {
  if (format === "parquet") return (await import("./profile-parquet.ts")).parquetLines(columns, zone);
  return (json === true || format === "json" ? jsonLines : csvLines)(columns, zone);
};

type Write = OutputFile["write"];

/** Writes to the named file, which is kept only if complete, or to standard output. */
const written = ({ output }: ProfileOptions, io: Io, work: (write: Write) => Promise<void>): Promise<void> =>
  output === undefined
    ? work((data) => io.stdout.data(String(data)))
    : intoFile(io, output, ({ write }) => work(write));

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const profileCommand = (options: ProfileOptions, io: Io): Promise<Exit> => {
  const now = io.clock.wall();
  const set = parseWhole(options.set, "--set", 1, 4);
  const zone = zoneOf(options.zone);
  const since = options.since === undefined ? undefined : parseSince(options.since, now, zone);
  const until = options.until === undefined ? undefined : parseSince(options.until, now, zone, "--until");
  if (since !== undefined && until !== undefined && until <= since)
    throw new UsageError("until", "--until is not later than --since, so no interval can lie between them");
  const ofConsumption = options.consumption === true;
  checkFormat(options);
  if (options.json !== true) sayTimes(io, zone, { since, until });
  return withOpenMeter(options, io, async (meter) => {
    const profile = await openLoadProfile(meter, { set, signal: io.interrupted });
    if (profile.channels.length === 0)
      throw new UsageError("no-such-data-set", `data set ${set} of this meter is not in use`);
    const ofDevices = profile.channels.some(({ source }) => extendedSource(source).kind === "mbus");
    const known = ofDevices ? await knownDevices(meter, io) : {};
    const columns = selectColumns(columnsOf(profile, ofConsumption, known), options.channel);
    for (const column of columns) sayDevice(column, io);
    if (profile.energyUnit === null)
      say(io, "the meter does not report the unit of its energy registers: values are raw");
    if (columns.length === 0) throw new UsageError("no-such-channel", "none of its channels is a register");
    const channels = columns.map(({ index }) => index);
    const progress = progressLine(io);
    const wanted = { since, until, channels, consumption: ofConsumption };
    const intervals = await intervalsOf(profile, wanted, progress, io);
    const { head, line, end } = await linesOf(options, columns, zone);
    try {
      await written(options, io, async (write) => {
        write(head);
        let count = 0;
        for await (const interval of intervals) {
          write(line(interval));
          count++;
        }
        if (end !== undefined) write(end());
        progress.clear();
        if (count === 0) say(io, "no intervals are recorded for that time");
      });
    } finally {
      progress.clear();
    }
    return exit.done;
  });
};
