import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { dayBounds } from "@meterport/engine/calendar/local-calendar";
import { type Price, quarter } from "@meterport/engine/prices/price";
import { computing } from "../../../../../test/support/stopwatch.ts";
import { chargeAddress, chargePrices, parseCharge, readCharge } from "./datahub-charges.ts";
import { priceSources } from "./list.ts";
import { AnswerError, type SourceAsk, type SourceName, sourceNames } from "./price-source.ts";

const recorded = (name: string): string => readFileSync(new URL(`recorded/${name}`, import.meta.url), "utf8");
/** Midnight of 1 August 2026 in Copenhagen and Vienna. */
const start = Date.UTC(2026, 6, 31, 22);
const ask = (more: Partial<SourceAsk> = {}): SourceAsk => ({
  ...{ area: "AT", currency: "EUR", from: start, to: start + 86_400_000, ...more },
});
/** Quarters after midnight, length in quarters, price per MWh. */
const shownPrices = (prices: readonly Price[]) =>
  prices.map((price) => [
    (price.start - start) / quarter,
    (price.end - price.start) / quarter,
    Number((1000 * price.value).toFixed(6)),
  ]);
const read = (name: SourceName, text: string, more: Partial<SourceAsk> = {}) =>
  priceSources[name].read(text, ask(more));

describe("answers of price sources", () => {
  test("Energi Data Service: quarters without a zone, of one area, in either currency; null is no price, and 0 is one", () => {
    const text = recorded("energi-data-service.json");
    const dkk = read("energi_data_service", text, { area: "DK1", currency: "DKK" });
    assert.equal(dkk.currency, "DKK");
    assert.deepEqual(shownPrices(dkk.prices), [
      [0, 1, 307.4],
      [1, 1, -38.05],
      [3, 1, 0],
    ]);
    assert.equal(read("energi_data_service", text, { area: "DK1" }).prices[0]?.value, 0.0412);
    assert.equal(read("energi_data_service", text, { area: "DK2", currency: "DKK" }).prices.length, 1);
  });

  test("ENTSO-E: positions that are missing repeat, and the first sequence counts over the others", () => {
    const { currency, prices } = read("entsoe", recorded("entsoe.xml"));
    assert.equal(currency, "EUR");
    assert.deepEqual(shownPrices(prices).slice(0, 10), [
      ...[0, 1, 2].map((n) => [n, 1, 41.2]),
      [3, 1, -5.1],
      ...[4, 5, 6, 7].map((n) => [n, 1, 0]),
      [8, 4, 77.7],
      [12, 4, 77.7],
    ]);
    assert.equal(prices.at(-1)?.end, start + 86_400_000);
  });

  test("ENTSO-E: a day that is not published has no prices, and other refusals are told", () => {
    assert.deepEqual(read("entsoe", recorded("entsoe-nothing.xml")).prices, []);
    const refused = recorded("entsoe-nothing.xml").replace(/No matching[^<]*/, "Unauthorized. Missing security token");
    assert.throws(() => read("entsoe", refused), /ENTSO-E gives no prices: Unauthorized\. Missing security token/);
    assert.throws(() => read("entsoe", "<html>"), /not one of its documents/);
    const pounds = recorded("entsoe.xml").replaceAll("EUR", "GBP");
    assert.throws(() => read("entsoe", pounds), /gives prices in GBP, not in EUR/);
  });

  test("aWATTar and Energy-Charts give prices per MWh with their unit", () => {
    assert.deepEqual(shownPrices(read("awattar", recorded("awattar.json")).prices), [
      [0, 4, 41.2],
      [4, 4, -5.1],
    ]);
    assert.deepEqual(shownPrices(read("energy_charts", recorded("energy-charts.json")).prices), [
      [0, 1, 41.2],
      [1, 1, -5.1],
      [3, 1, 0],
    ]);
    assert.throws(() => read("awattar", recorded("awattar.json").replaceAll("Eur/MWh", "ct/kWh")), /prices in ct\/kWh/);
    assert.throws(() => read("energy_charts", recorded("energy-charts.json").replace("EUR / MWh", "x")), /prices in x/);
  });

  test("days have 92, 96 and 100 quarters", () => {
    for (const [day, count] of [
      [Date.UTC(2026, 2, 29, 12), 92],
      [Date.UTC(2026, 2, 28, 12), 96],
      [Date.UTC(2026, 9, 25, 12), 100],
    ] as const) {
      const [from = 0, to = 0] = dayBounds("Europe/Copenhagen", day, day + 1);
      const records = Array.from({ length: (to - from) / quarter }, (_, n) => ({
        TimeUTC: new Date(from + n * quarter).toISOString().slice(0, 19),
        ...{ PriceArea: "DK1", DayAheadPriceEUR: n, DayAheadPriceDKK: n },
      }));
      const { prices } = read("energi_data_service", JSON.stringify({ records }), { area: "DK1" });
      assert.equal(prices.length, count);
      assert.equal(prices.at(-1)?.end, to);
    }
  });

  test("rubbish is one of our own errors or no price, and costs no time", () => {
    const texts = [
      ...["", "null", "[]", "{}", '{"records":{}}', '{"records":[null,1,"x",{"TimeUTC":"2026"}]}', '{"data":[{}]}'],
      ...['{"unix_seconds":[1e99,null],"price":["x"],"unit":"EUR/MWh"}', "<TimeSeries>".repeat(50_000)],
      `<Publication_MarketDocument><TimeSeries><Period><timeInterval><start>2026-01-01T00:00Z</start><end>9999-01-01T00:00Z</end></timeInterval><resolution>PT15M</resolution><Point><position>1</position><price.amount>1</price.amount></Point></Period></TimeSeries>`,
    ];
    const computed = computing();
    for (const name of sourceNames)
      for (const text of texts)
        try {
          const { prices } = read(name, text, { area: "DK1" });
          for (const price of prices) assert.ok(Number.isFinite(price.value) && price.end > price.start);
        } catch (error) {
          assert.ok(error instanceof AnswerError, `${name} ${text.slice(0, 40)}: ${String(error)}`);
        }
    assert.ok(computed() < 2_000);
  });
});

describe("charges of Datahub", () => {
  const charge = { gln: "5790000705689", code: "DT_C_01" };
  const versions = readCharge(recorded("datahub-pricelist.json"), charge);

  test("a price belongs to an hour of the local day, and null is the first price", () => {
    const prices = chargePrices(versions, { from: start, to: start + 86_400_000 });
    assert.deepEqual(prices.map(({ value }) => value).slice(0, 8), [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.2]);
    assert.deepEqual([prices[17]?.value, prices[20]?.value, prices[21]?.value], [0.6, 0.6, 0.2]);
  });

  test("a new version holds from its local midnight, and one price is that of all hours", () => {
    const change = Date.UTC(2026, 8, 30, 22);
    const prices = chargePrices(versions, { from: change - 3_600_000, to: change + 7_200_000 });
    assert.deepEqual(
      prices.map(({ value }) => value),
      [0.2, 0.9, 0.9],
    );
    assert.deepEqual(chargePrices(versions, { from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 0, 2) }), []);
  });

  test("the hour that clocks repeat costs the same twice, and the one that they skip costs nothing", () => {
    const day = (month: number, date: number) => {
      const [from = 0, to = 0] = dayBounds(
        "Europe/Copenhagen",
        Date.UTC(2026, month, date, 12),
        Date.UTC(2026, month, date, 13),
      );
      return chargePrices(versions, { from, to }).length;
    };
    assert.deepEqual([day(2, 29), day(9, 25)], [23, 25]);
  });

  test("a name that is wrong is told", () => {
    assert.throws(() => readCharge('{"records":[]}', charge), /there is no charge DT_C_01 of 5790000705689: check/);
    assert.deepEqual(parseCharge("5790000705689:DT_C_01"), charge);
    for (const text of ["DT_C_01", "579:DT_C_01", "5790000705689:", '5790000705689:a"b'])
      assert.equal(parseCharge(text), undefined);
    assert.match(decodeURIComponent(chargeAddress(charge)), /"GLN_Number":\["5790000705689"\],"ChargeType":\["D03"\]/);
  });
});

/** The check character of an energy identification code: ENTSO-E's "EIC Reference Manual", 2.3. */
const checkOf = (code: string): string => {
  const symbols = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
  const sum = [...code.slice(0, 15)].reduce((total, symbol, n) => total + symbols.indexOf(symbol) * (16 - n), 0);
  return symbols[36 - ((sum - 1) % 37)] ?? "";
};

test("every code of an area of ENTSO-E has the right check character", () => {
  for (const area of priceSources.entsoe.areas) {
    const code = new URL(priceSources.entsoe.address(ask({ area }))).searchParams.get("in_Domain") ?? "";
    assert.equal(code.length, 16, area);
    assert.equal(code[15], checkOf(code), area);
  }
});

test("addresses ask for the area and the range", () => {
  const at = (name: SourceName, more: Partial<SourceAsk> = {}) =>
    decodeURIComponent(priceSources[name].address(ask(more)));
  assert.match(
    at("energi_data_service", { area: "DK1" }),
    /start=2026-07-30T00:00&end=2026-08-03T00:00&filter=\{"PriceArea":\["DK1"\]\}/,
  );
  assert.match(
    at("entsoe", { token: "t" }),
    /securityToken=t&documentType=A44&in_Domain=10YAT-APG------L&out_Domain=10YAT-APG------L&periodStart=202607312200&periodEnd=202608012200$/,
  );
  assert.equal(at("awattar"), `https://api.awattar.at/v1/marketdata?start=${start}&end=${start + 86_400_000}`);
  assert.equal(at("energy_charts"), "https://api.energy-charts.info/price?bzn=AT&start=1785535200&end=1785621600");
});
