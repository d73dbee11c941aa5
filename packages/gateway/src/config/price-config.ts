/** `prices` of a meter, checked as a whole. */
import type { EnergyPrice, FeedIn } from "@meterport/engine/prices/tariff";
import { UsageError } from "@meterport/protocol/errors";
import type { Secret } from "@meterport/protocol/mep/security/key";
import { chargesCurrency } from "../prices/sources/datahub-charges.ts";
import { priceSources } from "../prices/sources/list.ts";
import type { MarketSettings, PriceSettings } from "../settings/price-settings.ts";
import type { SecretPlace } from "../settings/secret-value.ts";
import type { PriceInput } from "./price-schema.ts";

const wrong = (message: string): UsageError => new UsageError("prices", message);

const feedInOf = ({ feed_in: given }: PriceInput): FeedIn => {
  if (given === undefined) return { kind: "none" };
  return given.market ? { kind: "market", fee: given.amount } : { kind: "fixed", price: given.amount };
};

/** The market of a tariff, or one sentence. */
const marketOf = (input: PriceInput, currency: string, token: Secret | undefined): MarketSettings | undefined => {
  const { source, area } = input;
  if (source === undefined) return undefined;
  const { areas, currencies, needsToken } = priceSources[source];
  if (area === undefined) throw wrong(`${source} needs an area: add one of ${areas.join(", ")}`);
  if (!areas.includes(area)) throw wrong(`${source} has no area ${area.slice(0, 20)}: it has ${areas.join(", ")}`);
  if (!currencies.includes(currency))
    throw wrong(`${source} has no prices in ${currency}: it has ${currencies.join(" and ")}`);
  if (needsToken && token === undefined) throw wrong(`${source} needs a token: add token`);
  return { source, area, currency, token };
};

/**
 * @param readToken finds the secret of its place
 * @throws UsageError (`prices`) for parts that contradict each other
 */
export const priceConfig = (input: PriceInput, readToken: (place: SecretPlace) => Secret): PriceSettings => {
  const { source, times, charges = [] } = input;
  if (source !== undefined && times !== undefined)
    throw wrong("source and times are two prices of the same energy: keep one of them");
  if (source === undefined && times === undefined) throw wrong("has no price: add source with area, or times");
  const currency = input.currency ?? (source === "energi_data_service" ? chargesCurrency : "EUR");
  if (charges.length > 0 && currency !== chargesCurrency)
    throw wrong(`charges are in ${chargesCurrency}, and the currency is ${currency}: use ${chargesCurrency}`);
  const feedIn = feedInOf(input);
  if (feedIn.kind === "market" && source === undefined)
    throw wrong("feed_in is market, and there is no source: add one");
  const energy: EnergyPrice = times === undefined ? { kind: "market" } : { kind: "times", rules: times };
  return {
    tariff: {
      ...{ currency, energy, feedIn },
      markupPercent: input.markup_percent ?? 0,
      additions: input.add ?? 0,
      gridTimes: input.grid_times ?? [],
      taxPercent: input.tax_percent ?? 0,
    },
    market: marketOf(input, currency, input.token === undefined ? undefined : readToken(input.token)),
    charges: [...new Set(charges)],
  };
};
