/** Energy-Charts of Fraunhofer ISE: day-ahead prices, under CC BY 4.0 with the name of the source. Documentation: api.energy-charts.info. */
import { pricesFrom } from "@meterport/engine/prices/price";
import { AnswerError, fieldsOf, listOf, numberOf, type PriceSource, parsedJson, perKwh } from "./price-source.ts";

export const energyCharts: PriceSource = {
  name: "energy_charts",
  credit: "Bundesnetzagentur | SMARD.de, Energy-Charts (CC BY 4.0)",
  areas: ["AT", "BE", "CH", "CZ", "DE-LU", "DK1", "DK2", "FR", "HU", "IT-North", "NL", "NO2", "PL", "SE4", "SI"],
  currencies: ["EUR"],
  needsToken: false,
  mostDays: 31,
  address: ({ area, from, to }) => {
    const url = new URL("https://api.energy-charts.info/price");
    url.searchParams.set("bzn", area);
    url.searchParams.set("start", String(Math.floor(from / 1000)));
    url.searchParams.set("end", String(Math.floor(to / 1000)));
    return url.href;
  },
  read: (text, { currency }) => {
    const { unix_seconds, price, unit } = fieldsOf(parsedJson(text, "Energy-Charts"));
    const [times, values] = [listOf(unix_seconds, "unix_seconds"), listOf(price, "price")];
    if (!/^EUR ?\/ ?MWh$/i.test(String(unit)))
      throw new AnswerError(`Energy-Charts gives prices in ${String(unit).slice(0, 20)}, not in EUR / MWh`);
    const moments = times.flatMap((time, n) => {
      const [seconds, value] = [numberOf(time), numberOf(values[n])];
      return seconds === undefined
        ? []
        : [{ start: 1000 * seconds, value: value === undefined ? null : perKwh(value) }];
    });
    return { currency, prices: pricesFrom(moments) };
  },
};
