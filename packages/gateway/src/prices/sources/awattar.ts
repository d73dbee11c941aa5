/** aWATTar's public market data of Austria and Germany. Documentation: awattar.at, "API". */
import type { Price } from "@meterport/engine/prices/price";
import { AnswerError, fieldsOf, listOf, numberOf, type PriceSource, parsedJson, perKwh } from "./price-source.ts";

const hosts: Readonly<Record<string, string>> = { AT: "https://api.awattar.at", DE: "https://api.awattar.de" };
const longest = 3_600_000;

export const awattar: PriceSource = {
  name: "awattar",
  credit: "aWATTar",
  areas: Object.keys(hosts),
  currencies: ["EUR"],
  needsToken: false,
  mostDays: 31,
  address: ({ area, from, to }) => `${hosts[area] ?? ""}/v1/marketdata?start=${from}&end=${to}`,
  read: (text, { currency }) => {
    const rows = listOf(fieldsOf(parsedJson(text, "aWATTar")).data, "data");
    const prices = rows.flatMap((row): Price[] => {
      const { start_timestamp, end_timestamp, marketprice, unit } = fieldsOf(row);
      const [start, end, value] = [numberOf(start_timestamp), numberOf(end_timestamp), numberOf(marketprice)];
      if (start === undefined || end === undefined || value === undefined) return [];
      if (String(unit).toLowerCase() !== "eur/mwh")
        throw new AnswerError(`aWATTar gives prices in ${String(unit).slice(0, 20)}, not in Eur/MWh`);
      return end > start && end - start <= longest ? [{ start, end, value: perKwh(value) }] : [];
    });
    return { currency, prices: prices.toSorted((a, b) => a.start - b.start) };
  },
};
