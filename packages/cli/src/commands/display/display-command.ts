/** `meterport display`: what this client has on the meter's display. */
import type { Meter } from "@meterport/client";
import {
  type DisplayChange,
  type DisplayIcon,
  type DisplayValue,
  displayFields,
  displayIcons,
  readDisplay,
} from "@meterport/client/meter/write/display";
import { writeLabel } from "@meterport/client/meter/write/table-writer";
import { recordedClientSources } from "@meterport/device/display/recorded-sources";
import { UsageError } from "@meterport/protocol/errors";
import { ET50 } from "@meterport/protocol/tables/extended/et50-mep-inbound-data-space";
import { toJson } from "../../format/json.ts";
import { paintFor } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { didYouMean } from "../../options/nearest.ts";
import { changeMeter } from "../write/write-command.ts";
import type { DisplayCommandOptions } from "./options.ts";

const icons = Object.keys(displayIcons) as DisplayIcon[];

const parseIcons = (text: string): DisplayIcon[] =>
  text === "none"
    ? []
    : text.split(",").map((word) => {
        const icon = icons.find((name) => name.toLowerCase() === word.trim().toLowerCase());
        if (icon !== undefined) return icon;
        const meant = didYouMean(word, icons) || `; known: ${icons.join(", ")}, none`;
        throw new UsageError("icons", `--icons ${JSON.stringify(word.slice(0, 40))} is not an icon${meant}`);
      });

const parseValue = (text: string): { readonly place: number; readonly value: number } => {
  const [, place, value] = /^(\d{1,3})=(-?\d{1,10})$/.exec(text.trim()) ?? [];
  if (place !== undefined && value !== undefined) return { place: Number(place), value: Number(value) };
  throw new UsageError(
    "value",
    `--value ${JSON.stringify(text.slice(0, 40))} is not a place and a whole number as in 0=12345; places are numbered from 0`,
  );
};

const rowOf = ({ place, value, icons: shown, otherIcons }: DisplayValue): Row => [
  String(place),
  String(value),
  [...shown, ...(otherIcons === 0 ? [] : [`0x${otherIcons.toString(16)}`])].join(", "),
];

const show = async (meter: Meter, options: DisplayCommandOptions, io: Io): Promise<Exit> => {
  const values = await readDisplay(meter, { signal: io.interrupted });
  if (options.json === true) print(io, toJson(values));
  else
    io.stdout.write(
      alignedTable([["place", "value", "icons"], ...values.map(rowOf)], {
        right: [0, 1],
        head: true,
        width: paintFor(io.stdout).width,
      }),
    );
  return exit.done;
};

/** Who is asked to agree should know that the utility may read the value as a measured one. */
const warnIfRecorded = async (meter: Meter, io: Io): Promise<void> => {
  const recorded = await recordedClientSources(meter, { signal: io.interrupted });
  if (recorded !== null && recorded.length > 0)
    say(
      io,
      `the meter records values of MEP clients (source ${recorded.join(", ")}): what you show may be recorded too`,
    );
};

/** @throws UsageError, LayoutError, LinkError, ResponseError */
export const displayCommand = (options: DisplayCommandOptions, io: Io): Promise<Exit> => {
  const beside = options.icons === undefined ? {} : { icons: parseIcons(options.icons) };
  const changes: DisplayChange[] = options.value.map((text) => ({ ...parseValue(text), ...beside }));
  if (changes.length === 0 && options.icons !== undefined)
    throw new UsageError("value", "--icons needs a value: add --value, as in --value 0=12345");
  return withOpenMeter(
    options,
    io,
    async (meter) => {
      if (changes.length === 0) return show(meter, options, io);
      const places = (await meter.environment(ET50, { signal: io.interrupted })).ET11 as { mepDataSources?: number };
      const most = (places.mepDataSources ?? 0) - 1;
      for (const { place } of changes)
        if (place > most)
          throw new UsageError("value", `there is no place ${place}; this meter has places 0 to ${most}`);
      await warnIfRecorded(meter, io);
      const fields = displayFields(meter, changes);
      return changeMeter(meter, [{ table: ET50, fields, label: writeLabel(ET50, fields) }], options, io);
    },
    { writable: true },
  );
};
