/** How the API describes prices and costs. */
import { createRoute, z } from "@hono/zod-openapi";
import { choiceParam, momentParam, query, zoneParam } from "../query/params.ts";
import { periods } from "../query/zone-bounds.ts";
import { answer, noSuchPoint, pointParams, storeFails, wrongParameter } from "../route-parts.ts";
import { moment } from "../schemas.ts";

/** Days of prices in one answer. */
export const mostPriceDays = 32;
/** Days of single intervals in one answer. */
export const mostCostDays = 8;
/** Periods of one answer. */
export const mostPeriods = { day: 400, month: 36, year: 3 } as const;

const perKwh = (description: string) =>
  z
    .number()
    .nullable()
    .openapi({ description: `${description}, per kWh` });
const currency = z.string().openapi({ description: "ISO 4217; all amounts of this answer are in it" });

const pricePiece = z
  .object({
    start: moment("Start of the quarter of an hour"),
    end: moment("Its end"),
    energy: perKwh("The market's price, or that of the clock, before anything is added; null is unknown"),
    charges: perKwh("All that is added for grid, state and supplier; null is unknown"),
    total: perKwh("What a kWh costs that flows in, with tax; null if a part of it is unknown"),
    feed_in: perKwh("What is paid for a kWh that flows out; null is unknown or nothing"),
  })
  .openapi("PricePiece");

export const pricesAnswer = z
  .object({
    id: z.string(),
    currency,
    market: z
      .object({
        source: z.string(),
        area: z.string(),
        credit: z.string().openapi({ description: "Whose data it is; say so where you show it" }),
      })
      .nullable()
      .openapi({ description: "null for a tariff that needs no market" }),
    charges: z.array(z.string()).openapi({ description: "Charges of Datahub that are part of it" }),
    zone: z.string().openapi({ description: "By whose clock its times are meant" }),
    problem: z.string().nullable().openapi({ description: "Why prices may be missing, as one sentence" }),
    known_until: moment("End of the last quarter whose total is known").nullable(),
    prices: z.array(pricePiece).openapi({ description: "Oldest first" }),
  })
  .openapi("PricesAnswer");

const costSum = z
  .object({
    energy_wh: z.number().nullable().openapi({ description: "Energy that is known; null if none is" }),
    priced_wh: z.number().openapi({ description: "Energy of it whose price is known" }),
    seconds: z.number().openapi({ description: "Seconds whose energy is known" }),
    cost: z.number().nullable().openapi({ description: "What the priced energy cost; null if there is none" }),
  })
  .openapi("CostSum");

const peak = z
  .object({
    power_w: z.number().openapi({ description: "Mean power of the quarter of an hour" }),
    end: moment("Its end"),
    seconds: z.number().openapi({ description: "900, or more where the meter keeps only longer intervals" }),
  })
  .openapi("Peak");

export const costPeriod = z
  .object({
    from: moment("Start of the period"),
    to: moment("Its end"),
    import: costSum,
    export: costSum.openapi({ description: "Its cost is below 0 where it was paid for" }),
    cost: z.number().nullable().openapi({ description: "Both together; null if nothing is priced" }),
    peaks: z
      .array(peak)
      .openapi({ description: "The highest quarters of an hour, one of each day, at most three; the highest first" }),
  })
  .openapi("CostPeriod");

const intervalCost = z
  .object({
    end: moment("When it ended"),
    seconds: z.number(),
    channel: z.string(),
    energy_wh: z.number().nullable(),
    price: perKwh("Mean price of its time; null is unknown"),
    cost: z.number().nullable(),
  })
  .openapi("IntervalCost");

export const costsAnswer = z
  .object({
    id: z.string(),
    currency,
    zone: z.string().openapi({ description: "Zone of the periods" }),
    from: moment("Start"),
    to: moment("End"),
    problem: z.string().nullable().openapi({ description: "Why prices may be missing, as one sentence" }),
    sums: z.array(costPeriod).nullable().openapi({ description: "Oldest first; null if intervals were asked for" }),
    intervals: z.array(intervalCost).nullable().openapi({ description: "Oldest first; null without `sum=interval`" }),
  })
  .openapi("CostsAnswer");

const noPrices = { ...noSuchPoint, description: "No such point, or it has no prices" };
const problems = { 400: wrongParameter, 404: noPrices };

export const pricesRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/prices",
  summary: "What a kWh costs, by the quarter of an hour",
  description:
    "A day has 92, 96 or 100 quarters. A price that is not known yet is null, never 0; markets publish tomorrow's prices at about 13:00.",
  tags: ["prices"],
  request: {
    params: pointParams,
    query: query({
      from: momentParam("from", "Start; default: the beginning of today"),
      to: momentParam("to", "End; default: the end of tomorrow"),
    }),
  },
  responses: {
    200: answer(pricesAnswer, "Prices, oldest first", {
      id: "home",
      currency: "DKK",
      market: { source: "energi_data_service", area: "DK1", credit: "Energi Data Service, Energinet" },
      charges: ["5790000705689:DT_C_01"],
      zone: "Europe/Copenhagen",
      problem: null,
      known_until: "2026-01-01T12:15:00.000Z",
      prices: [
        {
          ...{ start: "2026-01-01T12:00:00.000Z", end: "2026-01-01T12:15:00.000Z", energy: 0.31, charges: 0.18 },
          ...{ total: 0.6125, feed_in: 0.3 },
        },
      ],
    }),
    ...problems,
  },
});

const sumExample = { energy_wh: 8_120, priced_wh: 8_120, seconds: 86_400, cost: 11.42 } as const;

export const costsRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/costs",
  summary: "What energy cost, by local day, month or year, or by interval",
  description:
    "Each interval costs the price of its own time. Costs are made of the stored intervals and prices when they are asked for, so what was corrected counts at once.",
  tags: ["prices"],
  request: {
    params: pointParams,
    query: query({
      from: momentParam("from", "Start; default: 30 days, 335 days, a year, or a day before `to`"),
      to: momentParam("to", "End; default: now"),
      sum: choiceParam("sum", ["interval", ...periods], {
        description: "What is added up; default: day",
        example: "month",
      }),
      zone: zoneParam(),
    }),
  },
  responses: {
    200: answer(costsAnswer, "Costs, oldest first", {
      id: "home",
      currency: "DKK",
      zone: "Europe/Copenhagen",
      from: "2025-12-31T23:00:00.000Z",
      to: "2026-01-01T23:00:00.000Z",
      problem: null,
      sums: [
        {
          ...{ from: "2025-12-31T23:00:00.000Z", to: "2026-01-01T23:00:00.000Z", import: sumExample },
          export: { energy_wh: null, priced_wh: 0, seconds: 0, cost: null },
          cost: 11.42,
          peaks: [{ power_w: 4_180, end: "2026-01-01T17:15:00.000Z", seconds: 900 }],
        },
      ],
      intervals: null,
    }),
    ...problems,
    503: storeFails,
  },
});
