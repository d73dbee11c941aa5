/** How the lists of prices are asked for. */
import { mergedPrices } from "@meterport/engine/prices/price";
import type { Clock, Signal } from "@meterport/protocol/ports";
import { type AskHttp, askHttp, askPatiently, quoteOf } from "../requests/http-request.ts";
import type { MarketSettings } from "../settings/price-settings.ts";
import type { FeedOptions } from "./feed.ts";
import { chargeAddress, chargePrices, parseCharge, readCharge } from "./sources/datahub-charges.ts";
import { priceSources } from "./sources/list.ts";
import { AnswerError, largestAnswer, type SourceName } from "./sources/price-source.ts";

/** What a feed needs beside its name. */
export type FeedParts = Pick<FeedOptions, "fetch" | "mostDays">;

export interface FeedMaker {
  readonly market: (settings: MarketSettings) => FeedParts;
  readonly charge: (charge: string) => FeedParts;
}

/** The name of a market's list; also part of a file name. */
export const marketFeed = ({ source, area, currency }: MarketSettings): string => `${source}-${area}-${currency}`;

/** The name of a charge's list; also part of a file name. */
export const chargeFeed = (charge: string): string => `datahub-${charge.replace(/[^A-Za-z0-9_-]/g, "_")}`;

const answerTime = 60_000;

export interface RequestOptions {
  readonly clock: Clock;
  readonly signal: Signal;
  /** Stands in for the network. */
  readonly ask?: AskHttp | undefined;
}

/** The body of an answer, or one sentence. */
const answered = async (
  url: string,
  who: string,
  { clock, signal, ask = askHttp }: RequestOptions,
): Promise<string> => {
  const limits = { clock, signal, time: answerTime, size: largestAnswer };
  const { status, text } = await askPatiently(ask)({ url, method: "GET", headers: { accept: "*/*" } }, limits);
  if (text.length >= largestAnswer) throw new AnswerError(`the answer of ${who} is too long`);
  // ENTSO-E says in a document why it has no prices.
  if (status === 200 || text.includes("Acknowledgement_MarketDocument")) return text;
  if (status === 429) throw new AnswerError(`${who} asks to be left alone for a while (429)`);
  if (status === 401 || status === 403)
    throw new AnswerError(`${who} refuses the request (${status}): check the token`);
  throw new AnswerError(`${who} gives no prices (${status}): ${quoteOf(text).slice(0, 100)}`);
};

/** A source may repeat in its refusal what it was asked. */
const withoutToken = (error: unknown, secret: string | undefined): unknown =>
  secret !== undefined && error instanceof Error && error.message.includes(secret)
    ? new AnswerError(error.message.replaceAll(secret, "…"))
    : error;

/** Asks the real sources. */
export const feedMaker = (options: RequestOptions): FeedMaker => ({
  market: ({ source: name, area, currency, token }) => {
    const source = priceSources[name as SourceName];
    return {
      mostDays: source.mostDays,
      fetch: async (range) => {
        const secret = token === undefined ? undefined : new TextDecoder().decode(token.reveal());
        const ask = { area, currency, ...range, token: secret };
        try {
          return source.read(await answered(source.address(ask), source.credit, options), ask).prices;
        } catch (error) {
          throw withoutToken(error, secret);
        }
      },
    };
  },
  charge: (text) => {
    const charge = parseCharge(text) ?? { gln: "", code: "" };
    return {
      // One answer has all versions of the charge.
      mostDays: 366,
      fetch: async (range) => {
        const versions = readCharge(await answered(chargeAddress(charge), "Energi Data Service", options), charge);
        return mergedPrices([], chargePrices(versions, range));
      },
    };
  },
});
