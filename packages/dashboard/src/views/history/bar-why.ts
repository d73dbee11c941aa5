/** Where each number of the history's table comes from. */
import type { MadeRequest, WhyPart, WhyRequest } from "../../state/why.svelte.ts";
import type { Bar } from "./bars.ts";
import { netOf } from "./totals.ts";
import type { WhyWords } from "./why-words.ts";

export type Column = "imported" | "exported" | "net" | "cost" | "compared";

export interface BarWhyContext {
  readonly point: string;
  /** When the bar is, in words. */
  readonly when: string;
  /** The name of each column. */
  readonly names: Readonly<Record<Column, string>>;
  /** What is known of the bar's values, in words. */
  readonly state: string;
  readonly energy: (wh: number | null) => string;
  readonly money: (amount: number | null) => string;
  readonly words: WhyWords;
  /** The energy of the bar with which it is compared, Wh; null if unknown. */
  readonly compared: number | null;
}

const CHANNELS = { imported: "energy_import_wh", exported: "energy_export_wh" } as const;

/** The question about one cell; null where there is no number. */
export function whyOfBar(column: Column, bar: Bar, context: BarWhyContext): WhyRequest | null {
  const { words, energy } = context;
  if (column === "imported" || column === "exported") {
    if (bar[column] === null) return null;
    return energyWhy(column, bar, context);
  }
  if (column === "net") {
    const net = netOf(bar);
    return net === null
      ? null
      : made(context, column, words.net, [...energyParts(bar, context), [words.result, energy(net)]]);
  }
  if (column === "cost") {
    if (bar.cost === null) return null;
    const parts: Part[] = [...energyParts(bar, context), [words.result, context.money(bar.cost)]];
    // With both directions there is no one price.
    const mean = bar.imported !== null && bar.imported > 0 && !((bar.exported ?? 0) > 0);
    if (mean) parts.push([words.meanPrice, words.perKwh(context.money((1000 * bar.cost) / (bar.imported ?? 1)))]);
    return made(context, column, bar.partlyPriced ? words.costPartly : words.cost, parts);
  }
  return context.compared === null
    ? null
    : made(context, column, words.compared, [[context.names.imported, energy(bar.imported)]]);
}

type Part = readonly [name: string, text: string, ask?: WhyRequest];

function made(
  { point, names, when, state, words }: BarWhyContext,
  column: Column,
  rule: string,
  parts: readonly Part[],
): MadeRequest {
  const all: readonly Part[] = [...parts, [words.state, state]];
  return {
    ...{ point, value: "made", label: `${names[column]}, ${when}`, rule },
    parts: all.map(([name, text, ask]): WhyPart => ({ name, text, ...(ask === undefined ? {} : { ask }) })),
  };
}

function energyWhy(column: "imported" | "exported", bar: Bar, context: BarWhyContext): WhyRequest {
  const { point, names, when, words, energy } = context;
  if (bar.single === null) return made(context, column, words.sum, [[names[column], energy(bar[column])]]);
  const end = new Date(bar.single.end).toISOString();
  return { point, value: "interval", channel: CHANNELS[column], end, label: `${names[column]}, ${when}` };
}

function energyParts(bar: Bar, context: BarWhyContext): Part[] {
  return (["imported", "exported"] as const).flatMap((column): Part[] =>
    bar[column] === null ? [] : [[context.names[column], context.energy(bar[column]), energyWhy(column, bar, context)]],
  );
}
