/** `meterport billing`: the copies of the registers that a meter keeps. */
import { type BillingKind, type BillingSnapshot, billingKinds, readBilling } from "@meterport/client/readers/billing";
import type { RegisterBlock, RegisterValue } from "@meterport/client/readers/snapshot";
import { UsageError } from "@meterport/protocol/errors";
import { units } from "@meterport/protocol/meaning/units";
import type { BillingCommandOptions } from "../commands/memory-commands.ts";
import { toJson } from "../format/json.ts";
import { plainMoment } from "../format/moment.ts";
import { type Paint, paintFor } from "../format/paint.ts";
import { alignedTable, type Row } from "../format/table.ts";
import { type Exit, exit, type Io, say } from "../io.ts";
import { parseLocalSince } from "../since-option.ts";
import { withOpenMeter } from "../with-meter.ts";

const kindsOf = (text: string | undefined): readonly BillingKind[] => {
  if (text === undefined) return billingKinds;
  const kind = billingKinds.find((known) => known === text);
  if (kind !== undefined) return [kind];
  throw new UsageError("kind", `--kind ${JSON.stringify(text.slice(0, 40))} is none of ${billingKinds.join(", ")}`);
};

const titleOf = ({ kind, table, sequence, takenAt, season, reason, doubts }: BillingSnapshot): string =>
  [
    `${kind}${sequence === null ? "" : ` ${sequence}`} (${table})`,
    takenAt === null ? "at an unknown time" : `${plainMoment(takenAt)} by the meter's clock`,
    ...(season === null ? [] : [`season ${season}`]),
    ...(reason === null ? [] : [`by ${reason}`]),
    ...doubts.map((doubt) => `${doubt}?`),
  ].join(", ");

const amountOf = ({ value, raw }: RegisterValue): string => (value === null ? `raw ${raw}` : String(value));
const unitOf = ({ unit }: RegisterValue): string => (unit === null ? "" : units[unit].symbol);

/** One line for each register, with a column for each tier; tiers that counted nothing are left out. */
const textOf = (snapshot: BillingSnapshot, paint: Paint): string => {
  const counted = snapshot.tiers.flatMap((tier, index) => (isIdle(tier) ? [] : [{ tier, index }]));
  const head: Row = ["", "total", ...counted.map(({ index }) => `tier ${index}`), ""].map((text) => ({
    text,
    paint: (plain) => paint("dim", plain),
  }));
  const registers = snapshot.total.registers.map(
    (register, i): Row => [
      { text: register.name, paint: (text) => paint("cyan", text) },
      amountOf(register),
      ...counted.map(({ tier }) => amountOf(tier.registers[i] ?? register)),
      unitOf(register),
    ],
  );
  const demands = snapshot.total.demands.map(
    (demand, i): Row => [
      { text: `${demand.name}, ${demand.extreme}`, paint: (text) => paint("cyan", text) },
      amountOf(demand),
      ...counted.map(({ tier }) => amountOf(tier.demands[i] ?? demand)),
      [unitOf(demand), demand.at === null ? "" : `at ${plainMoment(demand.at)}`]
        .filter((text) => text !== "")
        .join(" "),
    ],
  );
  const right = Array.from({ length: counted.length + 1 }, (_, i) => i + 1);
  return `${paint("bold", titleOf(snapshot))}\n${alignedTable([head, ...registers, ...demands], { indent: "  ", right })}`;
};

const isIdle = ({ registers, demands }: RegisterBlock): boolean =>
  registers.every(({ raw }) => raw === 0) && demands.every(({ raw }) => raw === 0);

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const billingCommand = (options: BillingCommandOptions, io: Io): Promise<Exit> => {
  const kinds = kindsOf(options.kind);
  const since = options.since === undefined ? {} : { since: parseLocalSince(options.since, io.clock.wall()) };
  return withOpenMeter(options, io, async (meter) => {
    const paint = paintFor(io.stdout);
    let count = 0;
    for await (const snapshot of readBilling(meter, { kinds, ...since, signal: io.interrupted })) {
      const gap = count++ === 0 ? "" : "\n";
      io.stdout.write(options.json === true ? `${toJson(snapshot)}\n` : gap + textOf(snapshot, paint));
    }
    if (count === 0 && options.json !== true) say(io, "the meter keeps no such copy of its registers");
    return exit.done;
  });
};
