/** `meterport demands`: the highest and lowest demands, and those in progress. */
import { type Demands, readDemands } from "@meterport/client/readers/registers";
import type { DemandValue } from "@meterport/client/readers/snapshot";
import { toJson } from "../../format/json.ts";
import { plainMoment, spanText } from "../../format/moment.ts";
import { type Paint, paintFor } from "../../format/paint.ts";
import { amountOf, unitText } from "../../format/registers.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import type { ReadOptions } from "../../options/shared-options.ts";
import { tierName } from "../tariffs/tariff-text.ts";

const sumText = (value: number | null): string => (value === null ? "–" : String(value));

const rowOf = (where: string, demand: DemandValue): Row => [
  `${demand.name}, ${demand.extreme}`,
  where,
  amountOf(demand),
  unitText(demand.unit),
  plainMoment(demand.at),
  sumText(demand.cumulative),
  sumText(demand.continuousCumulative),
  demand.doubts.map((doubt) => `${doubt}?`).join(" "),
];

const textOf = (demands: Demands, paint: Paint): string => {
  const { total, tiers, underWay, demandResets, interval_min, subInterval_min } = demands;
  const bold = (text: string) => ({ text, paint: (plain: string) => paint("bold", plain) });
  const head: Row = ["demand", "tariff", "value", "", "reached, meter's clock", "cumulative", "continuous", ""].map(
    bold,
  );
  const rows = total.demands.flatMap((demand, i): Row[] => [
    rowOf("all", demand),
    // A tier without a recorded demand has neither value nor time.
    ...tiers.flatMap((tier, t): Row[] => {
      const own = tier.demands[i];
      return own === undefined || (own.raw === 0 && own.at === null) ? [] : [rowOf(tierName(t), own)];
    }),
  ]);
  const coincidents = total.coincidents.map(
    (value): Row => [
      `${value.name}, coincident`,
      `with ${total.demands.find(({ demand }) => demand === value.demand)?.name ?? `demand ${value.demand}`}`,
      amountOf(value),
      unitText(value.unit),
    ],
  );
  const now = underWay.map(
    (value): Row => [
      value.name,
      amountOf(value),
      unitText(value.unit),
      value.remaining_s === null ? "" : `${spanText(value.remaining_s)} left`,
    ],
  );
  const facts = [
    ...(demandResets === null ? [] : [`demand resets: ${demandResets}`]),
    ...(interval_min === null ? [] : [`averages of ${interval_min} min, each ${subInterval_min} min`]),
  ];
  return [
    ...(facts.length === 0 ? [] : [`${facts.join("; ")}\n`]),
    alignedTable([head, ...rows], { right: [2, 5, 6], head: true, width: paint.width }),
    ...(coincidents.length === 0 ? [] : [alignedTable(coincidents, { right: [2], width: paint.width })]),
    ...(now.length === 0
      ? []
      : [`${paint("bold", "in progress")}\n${alignedTable(now, { right: [1], indent: "  ", width: paint.width })}`]),
  ].join("\n");
};

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const demandsCommand = (options: ReadOptions, io: Io): Promise<Exit> =>
  withOpenMeter(options, io, async (meter) => {
    const demands = await readDemands(meter, { signal: io.interrupted });
    const { present, demandResets, interval_min, subInterval_min, underWay, total, tiers } = demands;
    const ofDemand = ({ demands: reached, coincidents }: Demands["total"]) => ({ demands: reached, coincidents });
    if (options.json === true)
      print(
        io,
        toJson({
          present,
          demandResets,
          interval_min,
          subInterval_min,
          total: ofDemand(total),
          tiers: tiers.map(ofDemand),
          underWay,
        }),
      );
    else if (total.demands.length === 0 && underWay.length === 0) say(io, "no demand is configured in this meter");
    else io.stdout.write(textOf(demands, paintFor(io.stdout)));
    return exit.done;
  });
