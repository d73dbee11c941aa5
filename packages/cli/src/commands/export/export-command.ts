/** `meterport export`: what a daemon has stored, as a file. */
import { UsageError } from "@meterport/protocol/errors";
import { zoneOf } from "../../format/moment.ts";
import { intoFile } from "../../io/into-file.ts";
import { type Administration, type Exit, exit, type Io, say } from "../../io/io.ts";
import { parseSince, sayTimes } from "../../options/since-option.ts";
import type { ExportOptions } from "./options.ts";

interface Source {
  /** A data folder or the address of a database. */
  readonly place: string;
  readonly points: readonly string[];
}

const addressIn = (text: string, io: Io): string => (text.startsWith("@") ? io.readFile(text.slice(1)).trim() : text);

/** Where the values are, and of which points they are. @throws UsageError */
const sourceOf = (options: ExportOptions, { placeOf, readConfig }: Administration, io: Io): Source => {
  if (options.store !== undefined) {
    const place = addressIn(options.store, io);
    if (!/^postgres(ql)?:/i.test(place))
      throw new UsageError(
        "store",
        "--store is for a PostgreSQL database, postgres://user@host/database; a folder is given by --data",
      );
    return { place, points: options.point };
  }
  const config = readConfig({ config: options.config, data: options.data, env: io.env });
  const place = placeOf(config);
  return { place, points: options.point.length > 0 ? options.point : config.meters.map(({ id }) => id) };
};

const kindOf = (what: string, { exportKinds }: Administration): Administration["exportKinds"][number] => {
  const kind = exportKinds.find((name) => name === what);
  if (kind === undefined)
    throw new UsageError(
      "kind",
      `${JSON.stringify(what.slice(0, 40))} cannot be exported: write ${exportKinds.join(", ")}`,
    );
  return kind;
};

/** @throws UsageError for wrong options, a store that is not there, or a file that cannot be written */
export const exportCommand = async (what: string, options: ExportOptions, io: Io): Promise<Exit> => {
  const { output, format } = options;
  const administration = await io.administration();
  const kind = kindOf(what, administration);
  const now = io.clock.wall();
  const zone = zoneOf(options.zone);
  const from = parseSince(options.since, now, zone);
  const to = options.until === undefined ? now : parseSince(options.until, now, zone, "--until");
  // A terminal has no use for the bytes of a Parquet file, and a pipe would mix our messages into it.
  if (format === "parquet" && output === undefined)
    throw new UsageError("output", `--format parquet needs a file: --output ${kind}.parquet`);
  const { place, points } = sourceOf(options, administration, io);
  if (points.length === 0)
    throw new UsageError(
      "no-points",
      "the configuration has no meter: name a metering point with --point, as in --point home",
    );
  sayTimes(io, zone, { since: from, until: to });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const store = await administration.openStoreToRead(place, log, io.clock.wall);
  try {
    const request = { kind, format, points, channels: options.channel, from, to, zone: zone.name };
    let rows = 0;
    const onRows = (count: number): void => {
      rows += count;
    };
    const work = async (write: (data: Uint8Array) => void): Promise<void> => {
      for await (const part of administration.exportStream(store, request, { onRows })) {
        io.interrupted.throwIfAborted();
        write(part);
      }
    };
    if (output === undefined) await work((data) => io.stdout.data(Buffer.from(data).toString()));
    else await intoFile(io, output, ({ write }) => work(write));
    if (rows === 0) say(io, `no ${kind} are stored for that: ${points.join(", ").slice(0, 200)}`);
  } finally {
    await store.close();
  }
  if (output !== undefined) say(io, `wrote ${output}`);
  return exit.done;
};
