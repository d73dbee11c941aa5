/** The raw form of NES-MEP-Reader: a topic for each value. What is unknown is not published. */
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import {
  live,
  oneWay,
  phaseCurrent,
  phaseFactor,
  phasePower,
  phases,
  phaseVoltage,
  type Source,
  totalKilo,
} from "../listening/values.ts";
import {
  type Figure,
  type FormerMessage,
  type FormerReader,
  inDecimals,
  meterTexts,
  type Telling,
} from "./former-reader.ts";
import { momentText, type PriceHours } from "./price-hours.ts";
import { periods, ways } from "./running-sums.ts";

interface Row extends Figure {
  readonly paths: readonly string[];
  readonly retain?: true;
}

const row = (source: Source, digits: number, ...paths: readonly string[]): Row => ({ paths, source, digits });
const watts = (key: LiveKey, path: string): Row => row(live(key), 0, path);
const register = (key: Parameters<typeof totalKilo>[0], path: string): Row => ({
  ...row(totalKilo(key), 3, `${path}/accumulated`),
  retain: true,
});

/** A second path is the name in its documentation, which its code does not use. */
const rows: readonly Row[] = [
  watts("power_import_w", "/meter/import/active"),
  watts("power_export_w", "/meter/export/active"),
  watts("reactive_power_import_var", "/meter/import/reactive"),
  watts("reactive_power_export_var", "/meter/export/reactive"),
  register("energy_import_wh", "/meter/import/active"),
  register("energy_export_wh", "/meter/export/active"),
  register("reactive_energy_import_varh", "/meter/import/reactive"),
  register("reactive_energy_export_varh", "/meter/export/reactive"),
  ...phases.flatMap((phase) => [
    row(live(phaseVoltage(phase)), 2, `/meter/l${phase}/voltage`),
    row(live(phaseCurrent(phase)), 2, `/meter/l${phase}/current`),
    row(live(phaseFactor(phase)), 2, `/meter/l${phase}/powerfactor`),
    row(oneWay(phasePower(phase), "import"), 2, `/meter/import/l${phase}`),
    row(oneWay(phasePower(phase), "export"), 2, `/meter/export/l${phase}`),
  ]),
  row(live("frequency_hz"), 2, "/meter/power/frequency", "/meter/frequency"),
  row(live("apparent_power_va"), 0, "/meter/power/aparentpower", "/meter/appowerVA"),
];

const textsOf = ({ shown, counts: { uptime, readings } }: Telling): Readonly<Record<string, string | null>> => {
  const { manufacturer, model, serial, firmware } = meterTexts(shown);
  const { time } = shown.live;
  return {
    "/uptime": String(Math.floor(uptime)),
    "/meter/dlms/timestamp": time === null ? null : String(Math.floor(Date.parse(time) / 1000)),
    "/meter/id": manufacturer,
    "/meter/manufacturer": manufacturer,
    "/meter/type": model,
    "/meter/model": model,
    "/meter/serialnumber": serial,
    "/meter/firmwareversion": firmware,
    "/meter/mep_data_ready": "1",
    "/meter/mep_alivecounter": String(readings),
  };
};

/** kWh: the reader gave the hour with three decimals, the day with two and the month with one. */
const sumDigits = { hour: 3, day: 2, month: 1 } as const;

const sumsOf = ({ sums }: Telling): readonly FormerMessage[] =>
  ways.flatMap((way) =>
    periods.flatMap((period) => {
      const wh = sums[period][way];
      const payload = inDecimals(wh === null ? null : wh / 1_000, sumDigits[period]);
      return payload === undefined ? [] : [{ path: `/realtime/${way}/${period}`, payload, retain: false }];
    }),
  );

/** The reader had topics for so many hours. */
const pricedHours = 34;

/** An empty message takes back what the broker has kept of the topic. */
const pricesOf = (prices: PriceHours | undefined): readonly FormerMessage[] => {
  const { hours = [], min = null, max = null, cheapest } = prices ?? {};
  const kept = (path: string, payload: string | null | undefined): FormerMessage => ({
    ...{ path: `/price/${path}`, payload: payload ?? "", retain: true },
  });
  return [
    ...Array.from({ length: pricedHours }, (_, n) => kept(String(n), inDecimals(hours[n] ?? null, 4))),
    kept("min", inDecimals(min, 4)),
    kept("max", inDecimals(max, 4)),
    ...([1, 3, 6] as const).map((length) => kept(`cheapest/${length}hr`, momentText(cheapest?.[length] ?? null))),
  ];
};

export const nesRawReader: FormerReader = {
  messages: (telling) => [
    ...Object.entries(textsOf(telling)).flatMap(([path, payload]) =>
      payload === null ? [] : [{ path, payload, retain: false }],
    ),
    ...rows.flatMap(({ paths, source, digits, retain = false }) => {
      const payload = inDecimals(source(telling.shown), digits);
      return payload === undefined ? [] : paths.map((path) => ({ path, payload, retain }));
    }),
    ...sumsOf(telling),
  ],
  prices: pricesOf,
  availability: { path: "/lwt", online: "Online", offline: "Offline" },
  sums: true,
};
