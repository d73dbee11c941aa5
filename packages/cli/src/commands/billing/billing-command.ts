/** `meterport billing`: the copies of the registers that a meter keeps. */
import { type BillingKind, type BillingSnapshot, billingKinds, readBilling } from "@meterport/client/readers/billing";
import { UsageError } from "@meterport/protocol/errors";
import { toJson } from "../../format/json.ts";
import { plainMoment, zoneOf } from "../../format/moment.ts";
import { paintFor } from "../../format/paint.ts";
import { registersText } from "../../format/registers.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { parseLocalSince } from "../../options/since-option.ts";
import { tierName } from "../tariffs/tariff-text.ts";
import type { BillingCommandOptions } from "./options.ts";

const kindsOf = (text: string | undefined): readonly BillingKind[] => {
  if (text === undefined) return billingKinds;
  const kind = billingKinds.find((known) => known === text);
  if (kind !== undefined) return [kind];
  throw new UsageError(
    "kind",
    `--kind ${JSON.stringify(text.slice(0, 40))} is unknown; known: ${billingKinds.join(", ")}`,
  );
};

const titleOf = ({ kind, table, sequence, takenAt, season, reason, doubts }: BillingSnapshot): string =>
  [
    `${kind}${sequence === null ? "" : ` ${sequence}`} (${table})`,
    takenAt === null ? "at an unknown time" : `${plainMoment(takenAt)} by the meter's clock`,
    ...(season === null ? [] : [`season ${season}`]),
    ...(reason === null ? [] : [`by ${reason}`]),
    ...doubts.map((doubt) => `${doubt}?`),
  ].join(", ");

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const billingCommand = (options: BillingCommandOptions, io: Io): Promise<Exit> => {
  const kinds = kindsOf(options.kind);
  const since =
    options.since === undefined ? {} : { since: parseLocalSince(options.since, io.clock.wall(), zoneOf(options.zone)) };
  return withOpenMeter(options, io, async (meter) => {
    const paint = paintFor(io.stdout);
    let count = 0;
    for await (const snapshot of readBilling(meter, { kinds, ...since, signal: io.interrupted })) {
      const gap = count++ === 0 ? "" : "\n";
      if (options.json === true) print(io, toJson(snapshot));
      else {
        const registers = registersText(snapshot, paint, { tierName });
        io.stdout.write(`${gap}${paint("bold", titleOf(snapshot))}\n${registers}`);
      }
    }
    if (count === 0 && options.json !== true) say(io, "the meter keeps no such register copy");
    return exit.done;
  });
};
