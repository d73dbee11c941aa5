import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { UsageError } from "@meterport/protocol/errors";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { type Config, loadConfig } from "./config.ts";
import { planReload } from "./reload-plan.ts";

const load = (prices: string): Config =>
  loadConfig({
    file: "/etc/m/meterport.yaml",
    env: {},
    defaultData: "/data",
    checkLink: parseMeterLink,
    portLinkOf,
    readFile: (path) =>
      path === "/etc/m/meterport.yaml"
        ? `meters:\n  - { id: home, link: "tcp://h:1", key: 0123456789abcdef, prices: ${prices} }\n`
        : path === "/etc/m/token"
          ? "canary-token\n"
          : undefined,
  });

const refusal = (prices: string): string => {
  try {
    load(prices);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  assert.fail("the configuration was accepted");
};

test("a market with what is added to it", () => {
  const [home] = load(
    '{ source: energi_data_service, area: DK1, charges: ["5790000705689:DT_C_01"], add: 0.05, grid_times: ["0.3 17-21", 0.12], markup_percent: 3, tax_percent: 25, feed_in: market - 0.01 }',
  ).meters;
  const { tariff, market, charges } = home?.prices ?? assert.fail();
  assert.deepEqual(market, { source: "energi_data_service", area: "DK1", currency: "DKK", token: undefined });
  assert.deepEqual(charges, ["5790000705689:DT_C_01"]);
  assert.deepEqual(
    [tariff.currency, tariff.additions, tariff.markupPercent, tariff.taxPercent, tariff.feedIn],
    ["DKK", 0.05, 3, 25, { kind: "market", fee: 0.01 }],
  );
  assert.deepEqual(
    tariff.gridTimes.map(({ price }) => price),
    [0.3, 0.12],
  );
});

test("prices by the clock need no market", () => {
  const { tariff, market } =
    load('{ times: ["0.42 17-21 mon-fri", "0.31"], feed_in: 0.08 }').meters[0]?.prices ?? assert.fail();
  assert.equal(market, undefined);
  assert.equal(tariff.currency, "EUR");
  assert.equal(tariff.energy.kind === "times" ? tariff.energy.rules.length : 0, 2);
  assert.deepEqual(tariff.feedIn, { kind: "fixed", price: 0.08 });
});

test("a token is a secret, and another one changes the meter", () => {
  const config = load("{ source: entsoe, area: AT, token: '@token' }");
  const token = config.meters[0]?.prices?.market?.token;
  assert.equal(new TextDecoder().decode(token?.reveal()), "canary-token");
  assert.doesNotMatch(inspect(config, { depth: 9 }) + JSON.stringify(config), /canary/);
  assert.doesNotMatch(inspect(load("{ source: entsoe, area: AT, token: canary }"), { depth: 9 }), /canary/);
  assert.equal(planReload(config, load("{ source: entsoe, area: AT, token: other }")).changed.length, 1);
  assert.equal(planReload(config, load("{ source: entsoe, area: AT, token: '@token' }")).changed.length, 0);
});

test("what is wrong is one sentence with its place", () => {
  for (const [prices, message] of [
    ["{}", /meters\[0\]\.prices: has no price: add source with area, or times/],
    ["{ source: awattar }", /awattar needs an area: add one of AT, DE/],
    ["{ source: awattar, area: FR }", /awattar has no area FR: it has AT, DE/],
    ["{ source: awattar, area: AT, currency: DKK }", /awattar has no prices in DKK: it has EUR/],
    ["{ source: awattar, area: AT, times: [1] }", /source and times are two prices of the same energy/],
    ["{ source: entsoe, area: AT }", /entsoe needs a token: add token/],
    ["{ source: entsoe, area: AT, token: '@gone' }", /prices.*file \/etc\/m\/gone does not exist/],
    ["{ times: [0.3], feed_in: market }", /feed_in is market, and there is no source/],
    ["{ times: [0.3], feed_in: lots }", /feed_in.*"lots" is not what is paid: write a price/],
    ["{ times: [cheap] }", /times\[0\].*"cheap" does not begin with a price per kWh/],
    ["{ times: ['0,30'] }", /times\[0\].*"0,30" has a decimal comma in its price: write for example 0\.45/],
    ["{ times: [] }", /times.*is empty: write a price/],
    ["{ times: [0.3], charges: ['5790000705689:DT_C_01'] }", /charges are in DKK, and the currency is EUR: use DKK/],
    ["{ times: [0.3], charges: [DT_C_01] }", /is not a charge: write the GLN/],
    ["{ times: [0.3], currency: euro }", /currency.*is not a currency: write three capitals/],
    ["{ times: [0.3], tax_percent: much }", /tax_percent.*"much" is not a number from -100 to 1000/],
    ["{ source: awatar, area: AT }", /source must be one of energi_data_service, entsoe, awattar, energy_charts/],
  ] as const)
    assert.match(refusal(prices), message, prices);
});
