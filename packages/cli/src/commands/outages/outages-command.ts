/** `meterport outages`: when the meter was without power. */
import { type Outage, readOutages } from "@meterport/client/readers/outages";
import { toJson } from "../../format/json.ts";
import { isUtc, plainMoment, spanText, type Zone, zoneOf } from "../../format/moment.ts";
import { paintFor } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import type { LogCommandOptions } from "../../options/shared-options.ts";
import { parseSince } from "../../options/since-option.ts";

const rowOf = (outage: Outage, zone: Zone): Row => [
  plainMoment(outage.start),
  plainMoment(outage.end),
  ...(isUtc(zone) ? [] : [outage.start === null ? "–" : zone.text(outage.start)]),
  plainMoment(outage.startLocal),
  outage.duration_s === null ? "–" : spanText(outage.duration_s),
  outage.cause ?? (outage.resetCause === null ? "" : `cause ${outage.resetCause}`),
  [outage.tables.join("+"), ...outage.doubts.map((doubt) => `${doubt}?`)].join(" "),
];

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const outagesCommand = (options: LogCommandOptions, io: Io): Promise<Exit> => {
  const zone = zoneOf(options.zone);
  const since = options.since === undefined ? {} : { since: parseSince(options.since, io.clock.wall(), zone) };
  return withOpenMeter(options, io, async (meter) => {
    const outages: Outage[] = [];
    for await (const outage of readOutages(meter, { ...since, signal: io.interrupted })) {
      if (options.json === true) print(io, toJson(outage));
      else outages.push(outage);
    }
    if (options.json === true) return exit.done;
    if (outages.length === 0) say(io, "the meter has no such outage on record");
    else {
      const paint = paintFor(io.stdout);
      const title = [
        "power off, UTC",
        "power on, UTC",
        ...(isUtc(zone) ? [] : [`power off, ${zone.name}`]),
        "meter's clock",
        "lasted",
        "cause",
        "",
      ];
      const head: Row = title.map((text) => ({ text, paint: (plain) => paint("bold", plain) }));
      io.stdout.write(
        alignedTable([head, ...outages.map((outage) => rowOf(outage, zone))], {
          right: [title.indexOf("lasted")],
          head: true,
          width: paint.width,
        }),
      );
    }
    return exit.done;
  });
};
