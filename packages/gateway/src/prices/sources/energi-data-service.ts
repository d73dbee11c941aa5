/**
 * Energi Data Service of Energinet (Denmark): the set DayAheadPrices, which replaced Elspotprices in October 2025, in quarters of an
 * hour. Times have no zone, and a limit of 0 gives all rows. Documentation: "Energi Data Service API guide" (2026).
 */
import { pricesFrom } from "@meterport/engine/prices/price";
import { fieldsOf, listOf, numberOf, type PriceSource, parsedJson, perKwh, utcOf } from "./price-source.ts";

const day = 86_400_000;

/** Whether the times of a query are local or UTC is left open by asking for a day more at both ends. */
const dateOf = (time: number): string => `${new Date(time).toISOString().slice(0, 10)}T00:00`;

const columnOf: Readonly<Record<string, string>> = { DKK: "DayAheadPriceDKK", EUR: "DayAheadPriceEUR" };

export const dataSetAddress = (set: string, query: Readonly<Record<string, string>>): string => {
  const url = new URL(`https://api.energidataservice.dk/dataset/${set}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
};

export const energiDataService: PriceSource = {
  name: "energi_data_service",
  credit: "Energi Data Service, Energinet",
  areas: ["DK1", "DK2", "DE", "NO2", "SE3", "SE4"],
  currencies: ["DKK", "EUR"],
  needsToken: false,
  mostDays: 31,
  address: ({ area, from, to }) =>
    dataSetAddress("DayAheadPrices", {
      start: dateOf(from - day),
      end: dateOf(to + 2 * day),
      filter: JSON.stringify({ PriceArea: [area] }),
      columns: "TimeUTC,PriceArea,DayAheadPriceEUR,DayAheadPriceDKK",
      sort: "TimeUTC asc",
      limit: "0",
    }),
  read: (text, { area, currency }) => {
    const column = columnOf[currency] ?? "";
    const records = listOf(fieldsOf(parsedJson(text, "Energi Data Service")).records, "records");
    const moments = records.flatMap((record) => {
      const fields = fieldsOf(record);
      const [start, value] = [utcOf(fields.TimeUTC), numberOf(fields[column])];
      if (start === undefined || fields.PriceArea !== area) return [];
      return [{ start, value: value === undefined ? null : perKwh(value) }];
    });
    return { currency, prices: pricesFrom(moments) };
  },
};
