import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { StopSignal } from "@meterport/client/session/stop-signal";
import { Secret } from "@meterport/protocol/mep/security/key";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { AskHttp, HttpAnswer, HttpQuestion } from "../requests/http-request.ts";
import { chargeFeed, feedMaker, marketFeed } from "./price-requests.ts";
import { largestAnswer } from "./sources/price-source.ts";

const recorded = (name: string): string => readFileSync(new URL(`sources/recorded/${name}`, import.meta.url), "utf8");
const start = Date.UTC(2026, 6, 31, 22);
const range = { from: start, to: start + 86_400_000 };

const setup = (answer: Partial<HttpAnswer>) => {
  const asked: HttpQuestion[] = [];
  const ask: AskHttp = async (question) => {
    asked.push(question);
    return { status: 200, text: "", retryAfter: null, ...answer };
  };
  return { asked, make: feedMaker({ clock: new VirtualClock(), signal: new StopSignal(), ask }) };
};

const entsoe = {
  ...{ source: "entsoe", area: "AT", currency: "EUR" },
  token: new Secret(new TextEncoder().encode("canary")),
};

test("a market is asked by its address, and its answer read", async () => {
  const { asked, make } = setup({ text: recorded("awattar.json") });
  const prices = await make.market({ source: "awattar", area: "AT", currency: "EUR" }).fetch(range);
  assert.deepEqual(prices[0], { start: 1_785_535_200_000, end: 1_785_538_800_000, value: 0.0412 });
  assert.deepEqual(
    [asked[0]?.method, asked[0]?.url.startsWith("https://api.awattar.at/v1/marketdata?")],
    ["GET", true],
  );
});

test("a charge gives its prices of the range, by the hour", async () => {
  const { make } = setup({ text: recorded("datahub-pricelist.json") });
  const prices = await make.charge("5790000705689:DT_C_01").fetch(range);
  assert.equal(prices.length, 24);
  assert.equal(prices[17]?.value, 0.6);
});

test("what a source refuses is one sentence without the token, even if the source repeats it", async () => {
  for (const [answer, message] of [
    [{ status: 401, text: "canary" }, /refuses the request \(401\): check the token$/],
    [{ status: 429, text: "" }, /asks to be left alone for a while \(429\)/],
    [{ status: 500, text: "no\ncanary" }, /gives no prices \(500\): no …/],
    [{ status: 200, text: "x".repeat(largestAnswer) }, /the answer of ENTSO-E Transparency Platform is too long/],
    [
      { status: 400, text: "<Acknowledgement_MarketDocument><text>bad token canary</text>" },
      /^Error: ENTSO-E gives no prices: bad token …$/,
    ],
  ] as const) {
    const { asked, make } = setup(answer);
    await assert.rejects(make.market(entsoe).fetch(range), (error: Error) => {
      assert.match(String(error), message);
      assert.doesNotMatch(String(error), /canary/);
      return true;
    });
    assert.match(asked[0]?.url ?? "", /securityToken=canary/);
  }
});

test("a day that is not published is no failure", async () => {
  const { make } = setup({ status: 200, text: recorded("entsoe-nothing.xml") });
  assert.deepEqual(await make.market(entsoe).fetch(range), []);
});

test("names of lists can be file names", () => {
  assert.equal(marketFeed(entsoe), "entsoe-AT-EUR");
  assert.match(chargeFeed("5790000705689:../x y"), /^datahub-[A-Za-z0-9_-]+$/);
});
