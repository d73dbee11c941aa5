/** The keys of the output `modbus`. */
import { duration, listUpTo, oneOf, quoted, text, wholeNumber } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { furtherPort, serialSetting } from "../lines/face-settings.ts";
import { announceKey, listeningKeys } from "../listening/listening-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";
import { type MapName, mapNames } from "./maps/index.ts";

const live = { restart: false } as const;

/** A meter at a unit id. */
export interface UnitSetting {
  readonly point: string;
  readonly unit: number;
  /** That of the output if undefined. */
  readonly map?: MapName | undefined;
}

const mostUnits = 247;

const isMapName = (name: string): name is MapName => (mapNames as readonly string[]).includes(name);

/** "home=1", "home=2/sdm630" */
const unitText = text.transform((value, ctx): UnitSetting => {
  const [, point = "", number = "", map] = /^([a-z0-9][a-z0-9_-]*)=(\d{1,3})(?:\/(\w+))?$/.exec(value) ?? [];
  const unit = Number(number);
  if (point === "" || unit < 1 || unit > mostUnits) {
    ctx.addIssue(
      `${quoted(value)} is not a meter and its unit id from 1 to ${mostUnits}: write for example home=1 or home=2/sdm630`,
    );
    return { point, unit };
  }
  if (map !== undefined && !isMapName(map)) {
    ctx.addIssue(`${quoted(value)} names no map that there is: ${mapNames.join(", ")}`);
    return { point, unit };
  }
  return { point, unit, map };
});

const unitList = listUpTo(unitText, mostUnits, "because a line has no more unit ids").superRefine((units, ctx) => {
  const seen = new Set<number>();
  for (const { unit } of units) {
    if (seen.has(unit)) ctx.addIssue(`gives the unit id ${unit} twice: give each its own`);
    seen.add(unit);
  }
});

/** 502 is that of Modbus TCP, but needs a right. */
export const modbusPort = 5502;

export const modbusSchema = outputSchema({
  map: setting(oneOf(mapNames), {
    ...live,
    text: "The meter as which it answers: `sunspec_213`, `sunspec_203`, `fronius`, `sdm630`, `dtsu666` or `abb_b23`.",
    example: "sdm630",
    fallback: "sunspec_213",
  }).optional(),
  ...listeningKeys(modbusPort),
  rtu_port: furtherPort("A TCP port at which it speaks Modbus RTU, as serial servers do.", 5503),
  serial: serialSetting(
    "A serial port at which it answers as Modbus RTU, with 9600 baud unless the link says otherwise.",
    "serial:///dev/ttyUSB1?baud=19200",
  ),
  unit: setting(wholeNumber(1, mostUnits), {
    ...live,
    text: "The unit id of the meter, if the output sees one.",
    example: "1",
    fallback: "1",
  }).optional(),
  units: setting(unitList, {
    ...live,
    text: "The unit id of each meter, and its map if it is not the usual one.",
    aside: true,
    example: "[home=1, garage=2/sdm630]",
    fallback: "the key `unit`",
  }).optional(),
  max_age: setting(duration("1s", "1h", '"10s"'), {
    ...live,
    text: "The age at which values are refused, although the page may still show them.",
    aside: true,
    example: "10s",
    fallback: "10s",
  }).optional(),
  ...announceKey,
});

export type ModbusSettings = ReadSettings<typeof modbusSchema>;
