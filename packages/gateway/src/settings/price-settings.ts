/** What a metering point pays, as the configuration says it. */
import type { Tariff } from "@meterport/engine/prices/tariff";
import type { Secret } from "@meterport/protocol/mep/security/key";

/** Where the prices of a market come from. */
export interface MarketSettings {
  /** Name of a source: "energi_data_service". */
  readonly source: string;
  readonly area: string;
  readonly currency: string;
  readonly token?: Secret | undefined;
}

export interface PriceSettings {
  readonly tariff: Tariff;
  /** Undefined for a tariff that needs no market. */
  readonly market?: MarketSettings | undefined;
  /** Danish charges: "5790000705689:DT_C_01". */
  readonly charges: readonly string[];
}
