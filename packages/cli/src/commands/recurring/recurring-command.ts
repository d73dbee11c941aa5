/** `meterport recurring`: the scheduled reads of devices that the meter keeps for the head-end. */
import { meterLocalTime } from "@meterport/client/readers/meter-time";
import { ageOfRead } from "@meterport/client/readers/read-age";
import { type RecurringRead, readRecurring } from "@meterport/client/readers/recurring";
import { toJson } from "../../format/json.ts";
import { zoneOf } from "../../format/moment.ts";
import { paintFor } from "../../format/paint.ts";
import { plainValue } from "../../format/value.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { parseLocalSince } from "../../options/since-option.ts";
import { readText } from "../devices/device-text.ts";
import type { RecurringCommandOptions } from "./options.ts";

const titleOf = ({ table, sequence, handle, succeeded, afterPowerUp, doubts }: RecurringRead): string =>
  [
    `read ${sequence} (${table}) of the device with handle ${handle}`,
    ...(succeeded ? [] : ["failed"]),
    ...(afterPowerUp ? ["after a power-up"] : []),
    ...doubts.map((doubt) => `${doubt}?`),
  ].join(", ");

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const recurringCommand = (options: RecurringCommandOptions, io: Io): Promise<Exit> => {
  const since =
    options.since === undefined ? {} : { since: parseLocalSince(options.since, io.clock.wall(), zoneOf(options.zone)) };
  return withOpenMeter(options, io, async (meter) => {
    const paint = paintFor(io.stdout);
    const now = await meterLocalTime(meter, { signal: io.interrupted });
    let count = 0;
    for await (const read of readRecurring(meter, { ...since, signal: io.interrupted })) {
      const gap = count++ === 0 ? "" : "\n";
      // Only the values are shown; the raw bytes are for users of the library.
      const { response: _, ...document } = read;
      const age_s = ageOfRead(read.readTime, now);
      if (options.json === true) print(io, toJson({ ...document, age_s }));
      else io.stdout.write(`${gap}${paint("bold", titleOf(read))}\n${readText(plainValue(read), paint, age_s)}`);
    }
    if (count === 0 && options.json !== true) say(io, "the meter keeps no such read");
    return exit.done;
  });
};
