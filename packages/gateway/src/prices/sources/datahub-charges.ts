/**
 * Charges of the Danish grid and state: the set DatahubPricelist of Energi Data Service, in DKK per kWh. A record has a price for each
 * hour of the local day (`Price1` is 00:00 to 01:00; null is the same as `Price1`) and holds from `ValidFrom` until before `ValidTo`.
 */
import { localMillis, utcOfLocal } from "@meterport/engine/calendar/local-calendar";
import type { Price } from "@meterport/engine/prices/price";
import type { Millis } from "@meterport/protocol/ports";
import { dataSetAddress } from "./energi-data-service.ts";
import { AnswerError, fieldsOf, listOf, numberOf, parsedJson } from "./price-source.ts";

const chargesZone = "Europe/Copenhagen";
export const chargesCurrency = "DKK";

/** "5790000705689:DT_C_01": the GLN of the company, and the code of the charge. */
export interface Charge {
  readonly gln: string;
  readonly code: string;
}

/** @returns undefined if the text is no charge */
export const parseCharge = (text: string): Charge | undefined => {
  const [, gln, code] = /^(\d{13}):([A-Za-z0-9ÆØÅæøå_. -]{1,40})$/.exec(text) ?? [];
  return gln === undefined || code === undefined ? undefined : { gln, code };
};

export const chargeAddress = ({ gln, code }: Charge): string =>
  dataSetAddress("DatahubPricelist", {
    filter: JSON.stringify({ GLN_Number: [gln], ChargeType: ["D03"], ChargeTypeCode: [code] }),
    sort: "ValidFrom asc",
    limit: "0",
  });

/** One version of a charge. */
export interface ChargeVersion {
  readonly from: Millis;
  /** Undefined while it has no end. */
  readonly to: Millis | undefined;
  /** By the hour of the local day, 24 of them. */
  readonly hours: readonly number[];
}

/** Midnight or any other local time in Denmark. */
const localTime = (value: unknown): Millis | undefined => {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)) return undefined;
  const local = Date.parse(`${value.slice(0, 19)}Z`);
  return Number.isFinite(local) ? utcOfLocal(chargesZone, local) : undefined;
};

const hourCount = 24;

/** The versions of a charge, oldest first. @throws AnswerError if it has none: then its name is wrong */
export const readCharge = (text: string, { gln, code }: Charge): readonly ChargeVersion[] => {
  const records = listOf(fieldsOf(parsedJson(text, "Energi Data Service")).records, "records");
  const versions = records.flatMap((record): ChargeVersion[] => {
    const fields = fieldsOf(record);
    const [from, first] = [localTime(fields.ValidFrom), numberOf(fields.Price1)];
    if (from === undefined || first === undefined || String(fields.ChargeTypeCode) !== code) return [];
    const hours = Array.from({ length: hourCount }, (_, n) => numberOf(fields[`Price${n + 1}`]) ?? first);
    return [{ from, to: localTime(fields.ValidTo), hours }];
  });
  if (versions.length === 0) throw new AnswerError(`there is no charge ${code} of ${gln}: check the code and the GLN`);
  return versions.sort((a, b) => a.from - b.from);
};

const hour: Millis = 3_600_000;

/** Its prices in a range, by the hour. The version that began last holds. */
export const chargePrices = (
  versions: readonly ChargeVersion[],
  { from, to }: { readonly from: Millis; readonly to: Millis },
): readonly Price[] => {
  const prices: Price[] = [];
  for (let start = Math.floor(from / hour) * hour; start < to; start += hour) {
    const version = versions.findLast((each) => each.from <= start && start < (each.to ?? Number.POSITIVE_INFINITY));
    const value = version?.hours[new Date(localMillis(chargesZone, start)).getUTCHours()];
    if (value !== undefined) prices.push({ start, end: start + hour, value });
  }
  return prices;
};
