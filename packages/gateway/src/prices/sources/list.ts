/** Every source of market prices. */
import { awattar } from "./awattar.ts";
import { energiDataService } from "./energi-data-service.ts";
import { energyCharts } from "./energy-charts.ts";
import { entsoe } from "./entsoe.ts";
import type { PriceSource, SourceName } from "./price-source.ts";

export const priceSources: Readonly<Record<SourceName, PriceSource>> = {
  energi_data_service: energiDataService,
  entsoe,
  awattar,
  energy_charts: energyCharts,
};
