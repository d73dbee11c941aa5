/** What the daemon says of its devices of the grid, and what it is told. */
import type { DeviceFilesAnswer, DevicePointsAnswer, DeviceStatusAnswer } from "@meterport/gateway/http/device/device";
import { UsageError } from "@meterport/protocol/errors";
import { GatewayError } from "../../failure/gateway-error.ts";
import { toJson } from "../../format/json.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { intoFile } from "../../io/into-file.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { waitUntil } from "../../io/wait-until.ts";
import { askDaemon, daemonAddress, downloadFrom, putToDaemon } from "../../options/ask-daemon.ts";
import { displayText, lineText, pointsText, statusText } from "./device-text.ts";
import type { DeviceOptions } from "./options.ts";

/** Time between two looks of `--follow`. */
const followEvery = 1_000;

const allPoints = async (io: Io, address: string): Promise<DevicePointsAnswer["points"]> => {
  const points: DevicePointsAnswer["points"][number][] = [];
  let path: string | undefined = "/api/v1/device-points";
  while (path !== undefined) {
    const page: DevicePointsAnswer = await askDaemon(io, address, path);
    points.push(...page.points);
    path =
      page.next === null || page.points.length === 0
        ? undefined
        : `/api/v1/device-points?cursor=${encodeURIComponent(page.next)}`;
  }
  return points;
};

interface Asked {
  readonly address: string;
  /** "/api/v1/points/home/device" */
  readonly path: string;
  readonly point: string;
}

/** The point that is meant: the only one that is a device, if none is named. @throws UsageError */
const askedOf = async (named: string | undefined, options: DeviceOptions, io: Io): Promise<Asked> => {
  const address = await daemonAddress(options, io);
  const at = (point: string): Asked => ({ address, point, path: `/api/v1/points/${encodeURIComponent(point)}/device` });
  if (named !== undefined) return at(named);
  const [first, second, ...more] = await allPoints(io, address);
  if (first === undefined)
    throw new UsageError(
      "no-device",
      "no point of this daemon is a device: grant rights under device in its configuration",
    );
  if (second === undefined) return at(first.id);
  const names = [first, second, ...more].slice(0, 10).map(({ id }) => id);
  throw new UsageError("arguments", `several points are devices: name one of ${names.join(", ")}`);
};

const statusOf = (io: Io, { address, path }: Asked): Promise<DeviceStatusAnswer> => askDaemon(io, address, path);

export const showStatus = async (named: string | undefined, options: DeviceOptions, io: Io): Promise<Exit> => {
  const { stdout } = io;
  if (named === undefined) {
    const points = await allPoints(io, await daemonAddress(options, io));
    if (options.json === true) print(io, toJson({ points }));
    else if (points.length === 0) say(io, "no point of this daemon is a device");
    else stdout.write(pointsText(points, stdout.columns));
    return exit.done;
  }
  const status = await statusOf(io, await askedOf(named, options, io));
  if (options.json === true) print(io, toJson(status));
  else stdout.write(statusText(status, stdout.columns));
  return exit.done;
};

export const showRequests = async (named: string | undefined, options: DeviceOptions, io: Io): Promise<Exit> => {
  const asked = await askedOf(named, options, io);
  let seen = 0;
  const tell = ({ lines }: DeviceStatusAnswer): void => {
    // A daemon that was started again counts from 1.
    if ((lines.at(-1)?.number ?? 0) < seen) seen = 0;
    for (const line of lines.filter(({ number }) => number > seen)) {
      if (options.json === true) print(io, toJson(line));
      else io.stdout.write(`${lineText(line)}\n`);
    }
    seen = lines.at(-1)?.number ?? seen;
  };
  tell(await statusOf(io, asked));
  let gone = false;
  while (options.follow === true && !io.interrupted.aborted) {
    await waitUntil(io.clock.now() + followEvery, io);
    if (io.interrupted.aborted) break;
    try {
      tell(await statusOf(io, asked));
      if (gone) say(io, "the daemon answers again");
      gone = false;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (!gone) say(io, error.message);
      gone = true;
    }
  }
  return exit.done;
};

const wrongAnswer = (what: string): UsageError =>
  new UsageError(
    "arguments",
    `${what}: write meterport device answer POINT SOURCE=VALUE, or SOURCE --telegram HEX; the value is a number in the unit of the source`,
  );

const alarmsIn = ({ alarms }: DeviceOptions): { readonly alarms?: number } => {
  if (alarms === undefined) return {};
  if (!/^\d{1,3}$/.test(alarms) || Number(alarms) > 255)
    throw new UsageError("arguments", "--alarms is not a whole number from 0 to 255: it has a bit for each alarm");
  return { alarms: Number(alarms) };
};

export const answerFor = async (words: readonly string[], options: DeviceOptions, io: Io): Promise<Exit> => {
  const { telegram } = options;
  const reading = words.at(-1);
  if (reading === undefined) throw wrongAnswer("there is no source");
  const [source = "", text, ...rest] = reading.split("=");
  if ((text === undefined) === (telegram === undefined) || rest.length > 0)
    throw wrongAnswer(`${JSON.stringify(io.hide(reading).slice(0, 60))} is no reading`);
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  if (telegram === undefined && !Number.isFinite(value))
    throw wrongAnswer(`${JSON.stringify(io.hide(text ?? "").slice(0, 40))} is not a number`);
  const told = alarmsIn(options);
  const asked = await askedOf(words.length > 1 ? words[0] : undefined, options, io);
  const body = { ...(telegram === undefined ? { value } : { telegram }), ...told };
  const path = `${asked.path}/sources/${encodeURIComponent(source)}`;
  const status: DeviceStatusAnswer = await putToDaemon(io, asked.address, path, body);
  if (options.json === true) print(io, toJson(status));
  else {
    const kept = status.sources.find(({ name }) => name === source);
    const what =
      kept?.telegram === null ? `${kept.value} ${kept.unit ?? ""}`.trim() : `${(telegram ?? "").length / 2} bytes`;
    io.stdout.write(`${source}: ${what}, sent when the head-end asks within the next ${kept?.max_age_s ?? "?"} s\n`);
  }
  return exit.done;
};

export const showFiles = async (words: readonly string[], options: DeviceOptions, io: Io): Promise<Exit> => {
  const [named, name] = words;
  const asked = await askedOf(named, options, io);
  if (name !== undefined) {
    if (options.output === undefined) throw new UsageError("arguments", "say where the file goes: add --output FILE");
    io.checkNew(options.output);
    const bytes = await downloadFrom(io, asked.address, `${asked.path}/files/${encodeURIComponent(name)}`);
    await intoFile(io, options.output, (file) => file.write(bytes));
    say(io, `${options.output}: ${bytes.length} bytes`);
    return exit.done;
  }
  const { files }: DeviceFilesAnswer = await askDaemon(io, asked.address, `${asked.path}/files`);
  if (options.json === true) print(io, toJson({ id: asked.point, files }));
  else if (files.length === 0) say(io, `the head-end has sent no file to ${asked.point}`);
  else {
    const rows = files.map(
      ({ name, bytes, time, verified, sha256 }): Row => [
        name,
        String(bytes),
        time.slice(0, 19).replace("T", " "),
        verified ? "yes" : "no",
        // Enough to compare by eye; --json has all of it.
        `${sha256.slice(0, 16)}…`,
      ],
    );
    const head = ["file", "bytes", "complete (UTC)", "MAC checked", "SHA-256"];
    io.stdout.write(alignedTable([head, ...rows], { head: true, right: [1], width: io.stdout.columns }));
  }
  return exit.done;
};

export const showDisplay = async (named: string | undefined, options: DeviceOptions, io: Io): Promise<Exit> => {
  const { id, display, rights } = await statusOf(io, await askedOf(named, options, io));
  if (options.json === true) print(io, toJson({ id, display }));
  else if (display.length > 0) io.stdout.write(displayText(display, io.stdout.columns));
  else if (!rights.includes("display")) say(io, `${id} has no right to the display`);
  else say(io, `${id} shows nothing: add display to its device in the configuration`);
  return exit.done;
};
