/** `meterport calendar`: which tariff applies when. */
import { readCalendar } from "@meterport/client/readers/calendar";
import { nextSwitch } from "@meterport/client/readers/tariff-watch";
import { tariffOn, tierAt } from "@meterport/protocol/meaning/tariff-calendar";
import { toJson } from "../../format/json.ts";
import { zoneOf } from "../../format/moment.ts";
import { paintFor } from "../../format/paint.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { parseLocalSince } from "../../options/since-option.ts";
import { type Asked, calendarText } from "./calendar-text.ts";
import type { CalendarCommandOptions } from "./options.ts";

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const calendarCommand = (options: CalendarCommandOptions, io: Io): Promise<Exit> => {
  const time =
    options.on === undefined ? undefined : parseLocalSince(options.on, io.clock.wall(), zoneOf(options.zone), "--on");
  return withOpenMeter(options, io, async (meter) => {
    const reading = await readCalendar(meter, { pending: options.pending === true, signal: io.interrupted });
    if (reading === undefined) {
      if (options.json === true) print(io, toJson(null));
      else say(io, "no calendar is pending");
      return exit.done;
    }
    const { calendar, present } = reading;
    const asked: Asked | null =
      time === undefined ? null : { time, tier: tierAt(calendar, time), ...tariffOn(calendar, time) };
    // A calendar that is pending switches nothing yet.
    const now = reading.activation === null ? (present?.time ?? null) : null;
    const next = now === null ? null : nextSwitch(calendar, now);
    if (options.json === true) {
      print(io, toJson({ ...reading, on: asked, next }));
      return exit.done;
    }
    // Dates are shown for one year: the year asked for, or else the present one by the meter's clock.
    const year = Number((time ?? present?.time ?? new Date(io.clock.wall()).toISOString()).slice(0, 4));
    io.stdout.write(calendarText(reading, { asked, next, year }, paintFor(io.stdout)));
    return exit.done;
  });
};
