/** `meterport events`: both event logs as one list. */
import { type EventsOptions, type LogEvent, readEvents } from "@meterport/client/readers/events";
import type { EventUser } from "@meterport/protocol/meaning/events";
import { toJson } from "../../format/json.ts";
import { type Zone, zoneOf } from "../../format/moment.ts";
import { paintFor } from "../../format/paint.ts";
import { alignedTable, type Cell, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { parseSince } from "../../options/since-option.ts";
import type { EventsCommandOptions } from "./options.ts";

type Painted = NonNullable<Cell["paint"]>;

/** The widest line, so that a log can be read, printed and quoted anywhere. */
const widest = 80;

const userText = (user: EventUser): string => {
  if (user.kind === "optical") return `by optical user ${user.id}`;
  return { nobody: "", network: "by the network", mep: "by a MEP client" }[user.kind];
};

const eventText = ({ name, decoded, user, logs, doubts }: LogEvent): string => {
  const what = name ?? "Not in a public list";
  const notes = [
    userText(user),
    logs.includes("alternate") ? `${logs.join(" and ")} log` : "",
    ...doubts.map((doubt) => `${doubt} in doubt`),
  ].filter((note) => note !== "");
  return `${what}${decoded.text === "" ? "" : `: ${decoded.text}`}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
};

const rowOf = (event: LogEvent, zone: Zone, paint: Painted): Row => [
  event.sequence === null ? "?" : String(event.sequence),
  event.time === null ? "–" : zone.text(event.time),
  `${event.manufacturer ? "mfg " : ""}${event.event}`,
  event.severity === "alarm" ? { text: "alarm", paint } : "",
  eventText(event),
];

/** "America/Argentina/ComodRivadavia" is too wide for a column. */
const shortZone = ({ name }: Zone): string =>
  (name.length <= 19 ? name : (name.split("/").at(-1) ?? name)).slice(0, 19);

/** A number is that of the last known event. */
const sinceOf = (text: string | undefined, zone: Zone, io: Io): EventsOptions => {
  if (text === undefined) return {};
  if (/^\d{1,10}$/.test(text)) return { since: { sequence: Number(text) } };
  return { since: { time: parseSince(text, io.clock.wall(), zone) } };
};

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const eventsCommand = (options: EventsCommandOptions, io: Io): Promise<Exit> => {
  const zone = zoneOf(options.zone);
  const since = sinceOf(options.since, zone, io);
  return withOpenMeter(options, io, async (meter) => {
    let dropped = 0;
    const events = readEvents(meter, {
      ...since,
      order: options.newestFirst === true ? "newest-first" : "oldest-first",
      signal: io.interrupted,
      progress: (progress) => {
        dropped = progress.dropped;
      },
    });
    const found: LogEvent[] = [];
    for await (const event of events) {
      if (options.json === true) print(io, toJson(event));
      else found.push(event);
    }
    if (options.json !== true) tell(found, zone, io);
    if (dropped > 0) say(io, `${dropped} older events were overwritten before they could be read`);
    return exit.done;
  });
};

const tell = (events: readonly LogEvent[], zone: Zone, io: Io): void => {
  if (events.length === 0) {
    say(io, "the log holds no such event");
    return;
  }
  const paint = paintFor(io.stdout);
  const title = ["number", shortZone(zone), "event", "", "what happened"];
  const head: Row = title.map((text) => ({ text, paint: (plain) => paint("bold", plain) }));
  const rows = events.map((event) => rowOf(event, zone, (plain) => paint("red", plain)));
  const width = io.stdout.isTerminal ? paint.width : widest;
  io.stdout.write(alignedTable([head, ...rows], { right: [0, 2], head: true, width }));
};
