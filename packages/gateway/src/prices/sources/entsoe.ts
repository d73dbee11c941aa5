/**
 * ENTSO-E's transparency platform: day-ahead prices (document type A44) of most of Europe, in XML. A curve of type A03 leaves out a
 * position whose price is that of the one before. Of several series for one time the one with the lowest classification counts, and of
 * those the finest. Documentation: "Transparency Platform RESTful API user guide", 4.2.10 and the guide to curve types.
 */
import { mergedPrices, type Price } from "@meterport/engine/prices/price";
import type { Millis } from "@meterport/protocol/ports";
import { AnswerError, type PriceSource, perKwh, utcOf } from "./price-source.ts";

/** Energy identification codes of bidding zones. */
const codes: Readonly<Record<string, string>> = {
  AT: "10YAT-APG------L",
  BE: "10YBE----------2",
  CH: "10YCH-SWISSGRIDZ",
  "DE-LU": "10Y1001A1001A82H",
  DK1: "10YDK-1--------W",
  DK2: "10YDK-2--------M",
  FI: "10YFI-1--------U",
  FR: "10YFR-RTE------C",
  NL: "10YNL----------L",
  NO1: "10YNO-1--------2",
  NO2: "10YNO-2--------T",
  NO3: "10YNO-3--------J",
  NO4: "10YNO-4--------9",
  NO5: "10Y1001A1001A48H",
  PL: "10YPL-AREA-----S",
  SE1: "10Y1001A1001A44P",
  SE2: "10Y1001A1001A45N",
  SE3: "10Y1001A1001A46L",
  SE4: "10Y1001A1001A47J",
};

const minutes: Readonly<Record<string, number>> = { PT15M: 15, PT30M: 30, PT60M: 60, PT1H: 60 };

/** "202608010000" in UTC */
const compact = (time: Millis): string => new Date(time).toISOString().replace(/[-:T]/g, "").slice(0, 12);

/** The contents of all elements of a name; those of the platform have no attributes that matter here. */
const elements = (xml: string, name: string): readonly string[] => {
  const found: string[] = [];
  const [open, close] = [`<${name}>`, `</${name}>`];
  for (let at = xml.indexOf(open); at !== -1; at = xml.indexOf(open, at)) {
    const end = xml.indexOf(close, at);
    if (end === -1) break;
    found.push(xml.slice(at + open.length, end));
    at = end + close.length;
  }
  return found;
};

const textOf = (xml: string, name: string): string => elements(xml, name)[0]?.trim() ?? "";

/** A day has 100 quarters at most, and a period of the platform a year of days. */
const mostPositions = 40_000;

const periodPrices = (period: string): readonly Price[] => {
  const [interval = ""] = elements(period, "timeInterval");
  const [start, end] = [utcOf(textOf(interval, "start")), utcOf(textOf(interval, "end"))];
  const step = 60_000 * (minutes[textOf(period, "resolution")] ?? Number.NaN);
  if (start === undefined || end === undefined || !(step > 0)) return [];
  const count = Math.min(mostPositions, Math.floor((end - start) / step));
  const values = new Map<number, number>();
  for (const point of elements(period, "Point")) {
    const [position, amount] = [textOf(point, "position"), textOf(point, "price.amount")];
    if (/^\d{1,6}$/.test(position) && /^-?\d+(\.\d+)?$/.test(amount)) values.set(Number(position), Number(amount));
  }
  const prices: Price[] = [];
  let last: number | undefined;
  for (let n = 1; n <= count; n++) {
    last = values.get(n) ?? last;
    // What comes before the first position is not known.
    if (last !== undefined) prices.push({ start: start + (n - 1) * step, end: start + n * step, value: perKwh(last) });
  }
  return prices;
};

interface Series {
  readonly order: number;
  readonly step: number;
  readonly currency: string;
  readonly prices: readonly Price[];
}

const seriesOf = (xml: string): Series => {
  const prices = elements(xml, "Period").flatMap(periodPrices);
  return {
    order: Number(textOf(xml, "classificationSequence_AttributeInstanceComponent.position") || "1"),
    step: prices[0] === undefined ? 0 : prices[0].end - prices[0].start,
    currency: textOf(xml, "currency_Unit.name") || "EUR",
    prices: prices.toSorted((a, b) => a.start - b.start),
  };
};

const refusal = (xml: string): string => {
  const said = textOf(xml, "text").slice(0, 200);
  return said === "" ? "ENTSO-E gives no prices and no reason" : `ENTSO-E gives no prices: ${said}`;
};

export const entsoe: PriceSource = {
  name: "entsoe",
  credit: "ENTSO-E Transparency Platform",
  areas: Object.keys(codes),
  currencies: ["EUR"],
  needsToken: true,
  mostDays: 31,
  address: ({ area, from, to, token = "" }) => {
    const url = new URL("https://web-api.tp.entsoe.eu/api");
    const code = codes[area] ?? "";
    const query = { securityToken: token, documentType: "A44", in_Domain: code, out_Domain: code };
    for (const [name, value] of Object.entries({ ...query, periodStart: compact(from), periodEnd: compact(to) }))
      url.searchParams.set(name, value);
    return url.href;
  },
  read: (text, { currency }) => {
    if (text.includes("<Acknowledgement_MarketDocument")) {
      // The day is not published yet.
      if (/No matching data found/i.test(text)) return { currency, prices: [] };
      throw new AnswerError(refusal(text));
    }
    if (!text.includes("<Publication_MarketDocument"))
      throw new AnswerError("the answer of ENTSO-E is not one of its documents");
    const all = elements(text, "TimeSeries")
      .map(seriesOf)
      .filter((series) => series.prices.length > 0);
    const other = all.find((series) => series.currency !== currency);
    if (other !== undefined)
      throw new AnswerError(`ENTSO-E gives prices in ${other.currency.slice(0, 3)}, not in ${currency}`);
    // What counts most comes last, over the others.
    const sorted = all.toSorted((a, b) => b.order - a.order || b.step - a.step);
    return { currency, prices: sorted.reduce<readonly Price[]>((sum, { prices }) => mergedPrices(sum, prices), []) };
  },
};
