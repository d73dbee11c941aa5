/** The keys of `prices` of a meter. */
import { parseTimeRule } from "@meterport/engine/prices/time-of-use";
import { UsageError } from "@meterport/protocol/errors";
import { z } from "zod";
import { parseCharge } from "../prices/sources/datahub-charges.ts";
import { sourceNames } from "../prices/sources/price-source.ts";
import { listUpTo, oneOf, quoted, text, textUpTo } from "../settings/leaves.ts";
import { secretText } from "../settings/secret-value.ts";
import { formed, setting } from "../settings/setting.ts";

const live = { restart: false } as const;

const decimalPattern = /^-?\d{1,6}(\.\d{1,8})?$/;

const decimal = (low: number, high: number) =>
  formed(
    text.transform((value, ctx) => {
      const number = decimalPattern.test(value) ? Number(value) : Number.NaN;
      if (number >= low && number <= high) return number;
      ctx.addIssue(`${quoted(value)} is not a number from ${low} to ${high}`);
      return z.NEVER;
    }),
    { type: ["number", "string"], "x-kind": "number", "x-minimum": low, "x-maximum": high },
  );

/** Any currency per kWh. */
const amount = decimal(-100_000, 100_000);
const percent = decimal(-100, 1_000);

const rule = formed(
  text.transform((value, ctx) => {
    try {
      return parseTimeRule(value);
    } catch (error) {
      ctx.addIssue(error instanceof UsageError ? error.message : "is no price by the clock");
      return z.NEVER;
    }
  }),
  { type: ["number", "string"] },
);

const rules = listUpTo(rule, 100, "because a tariff has few times").min(1, "is empty: write a price, such as 0.35");

const charge = text.refine((value) => parseCharge(value) !== undefined, {
  error: ({ input }) =>
    `${quoted(String(input))} is not a charge: write the GLN of its company and its code, such as 5790000705689:DT_C_01`,
});

/** "market", "market - 0.01", "0.08". */
const feedIn = formed(
  text.transform((value, ctx): { readonly market: boolean; readonly amount: number } => {
    const [market, fee = "0"] = /^market(?:\s*-\s*(\d{1,6}(?:\.\d{1,8})?))?$/.exec(value) ?? [];
    if (market !== undefined) return { market: true, amount: Number(fee) };
    if (decimalPattern.test(value)) return { market: false, amount: Number(value) };
    ctx.addIssue(`${quoted(value)} is not what is paid: write a price such as 0.08, market, or market - 0.01`);
    return z.NEVER;
  }),
  { type: ["number", "string"] },
);

export const priceSchema = z.strictObject({
  source: setting(oneOf(sourceNames), {
    ...live,
    text: "Where the prices of the market come from: see [prices.md](prices.md). Each needs an `area`.",
    aside: true,
    example: "energi_data_service",
    fallback: "none: `times` has the prices",
  }).optional(),
  area: setting(textUpTo(20, "because no area has a longer name"), {
    ...live,
    text: "The bidding zone, as the source calls it.",
    aside: true,
    example: "DK1",
  }).optional(),
  token: setting(secretText, {
    ...live,
    text: "The token of ENTSO-E: as it is, `@FILE`, `@credential:NAME` or `sealed:…`.",
    aside: true,
    example: '"@entsoe.token"',
    fallback: "none",
  }).optional(),
  currency: setting(
    text.regex(/^[A-Z]{3}$/, { error: "is not a currency: write three capitals, such as DKK or EUR" }),
    {
      ...live,
      text: "The currency of all amounts of this tariff.",
      aside: true,
      example: "DKK",
      fallback: "DKK with Energi Data Service, else EUR",
    },
  ).optional(),
  times: setting(rules, {
    ...live,
    text: "Prices per kWh, in place of a market: one alone for all day, or several with their times, of which the first that holds counts.",
    aside: true,
    example: '["0.42 17:00-21:00 mon-fri oct-mar", "0.31"]',
    fallback: "none",
  }).optional(),
  markup_percent: setting(percent, {
    ...live,
    text: "What the supplier adds to the market's price.",
    aside: true,
    example: "3",
    unit: "%",
    fallback: "0",
  }).optional(),
  add: setting(amount, {
    ...live,
    text: "What is added to each kWh: the supplier's fee, a tax on energy.",
    aside: true,
    example: "0.05",
    fallback: "0",
  }).optional(),
  grid_times: setting(rules, {
    ...live,
    text: "Charges of the grid per kWh by the clock, written as `times`.",
    aside: true,
    example: '["0.30 17-21", "0.12"]',
    fallback: "none",
  }).optional(),
  charges: setting(listUpTo(charge, 20, "because a point has few charges"), {
    ...live,
    text: "Charges of Denmark's Datahub, in DKK: the GLN of the company and the code.",
    aside: true,
    example: '["5790000705689:DT_C_01"]',
    fallback: "none",
  }).optional(),
  tax_percent: setting(percent, {
    ...live,
    text: "Tax on everything before it.",
    aside: true,
    example: "25",
    unit: "%",
    fallback: "0",
  }).optional(),
  feed_in: setting(feedIn, {
    ...live,
    text: "What is paid per kWh that flows out: a price, `market`, or `market - FEE`.",
    aside: true,
    example: "market - 0.01",
    fallback: "nothing",
  }).optional(),
});

export type PriceInput = z.output<typeof priceSchema>;
