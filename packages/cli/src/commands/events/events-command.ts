/** `meterport events`: both event logs as one list. */
import { type EventsOptions, type LogEvent, readEvents } from "@meterport/client/readers/events";
import { toHex } from "@meterport/protocol/bytes";
import type { EventUser } from "@meterport/protocol/meaning/events";
import { toJson } from "../../format/json.ts";
import { plainMoment, type Zone, zoneOf } from "../../format/moment.ts";
import { paintFor } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { parseSince } from "../../options/since-option.ts";
import type { EventsCommandOptions } from "./options.ts";

const userText = (user: EventUser): string => {
  if (user.kind === "optical") return `optical user ${user.id}`;
  return { nobody: "", network: "network", mep: "MEP client" }[user.kind];
};

const rowOf = (event: LogEvent, zone: Zone): Row => [
  event.sequence === null ? "?" : String(event.sequence),
  plainMoment(event.time),
  event.time === null ? "–" : zone.text(event.time),
  `${event.manufacturer ? "mfg " : ""}${event.event}`,
  event.name ?? "",
  userText(event.user),
  toHex(event.argument),
  [
    ...(event.logs.includes("alternate") ? [event.logs.join("+")] : []),
    ...event.doubts.map((doubt) => `${doubt}?`),
  ].join(" "),
];

/** A number is the last event that is known already. */
const sinceOf = (text: string | undefined, io: Io): EventsOptions => {
  if (text === undefined) return {};
  if (/^\d{1,10}$/.test(text)) return { since: { sequence: Number(text) } };
  return { since: { time: parseSince(text, io.clock.wall()) } };
};

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const eventsCommand = (options: EventsCommandOptions, io: Io): Promise<Exit> => {
  const zone = zoneOf(options.zone);
  const since = sinceOf(options.since, io);
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
    const rows: Row[] = [];
    for await (const event of events) {
      if (options.json === true) io.stdout.write(`${toJson(event)}\n`);
      else rows.push(rowOf(event, zone));
    }
    if (options.json !== true) tell(rows, zone, io);
    if (dropped > 0) say(io, `${dropped} older events were overwritten before they could be read`);
    return exit.done;
  });
};

const tell = (rows: readonly Row[], zone: Zone, io: Io): void => {
  if (rows.length === 0) {
    say(io, "the log holds no such event");
    return;
  }
  const paint = paintFor(io.stdout);
  const title = ["number", "UTC", zone.name, "event", "name (ANSI C12.19)", "user", "argument", ""];
  const head: Row = title.map((text) => ({ text, paint: (plain) => paint("bold", plain) }));
  io.stdout.write(alignedTable([head, ...rows], { right: [0, 3] }));
};
