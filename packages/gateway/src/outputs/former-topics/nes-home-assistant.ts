/** The form of NES-MEP-Reader for Home Assistant: a few messages in JSON, and its entities. Every key is in every message; unknown is null. */
import {
  allOf,
  live,
  type Mapping,
  oneWay,
  phaseCurrent,
  phaseFactor,
  phasePower,
  phases,
  phaseVoltage,
  rounded,
  type Source,
  totalKilo,
  whole,
} from "../listening/values.ts";
import { type FormerEntity, type FormerMessage, type FormerReader, meterTexts, type Telling } from "./former-reader.ts";
import { hoursAhead, momentText, type PriceHours } from "./price-hours.ts";
import { type Period, periods, type Way } from "./running-sums.ts";

const perPhase = (name: string, source: (phase: 1 | 2 | 3) => Source): Mapping =>
  Object.fromEntries(phases.map((phase) => [`${name}${phase}`, source(phase)]));

const power: Mapping = {
  P: whole(live("power_import_w")),
  Q: whole(live("reactive_power_import_var")),
  PO: whole(live("power_export_w")),
  QO: whole(live("reactive_power_export_var")),
  ...perPhase("I", (phase) => live(phaseCurrent(phase), 2)),
  ...perPhase("U", (phase) => live(phaseVoltage(phase), 2)),
  ...perPhase("PF", (phase) => live(phaseFactor(phase), 3)),
  ...perPhase("P", (phase) => oneWay(phasePower(phase), "import")),
  ...perPhase("PO", (phase) => oneWay(phasePower(phase), "export")),
  APP: whole(live("apparent_power_va")),
  FRQ: live("frequency_hz", 2),
  // Reactive power by quadrant: we do not read it.
  ...Object.fromEntries([1, 2, 3, 4].map((quadrant) => [`RQ${quadrant}`, (): null => null])),
};

const energy: Mapping = {
  tPI: totalKilo("energy_import_wh"),
  tPO: totalKilo("energy_export_wh"),
  tQI: totalKilo("reactive_energy_import_varh"),
  tQO: totalKilo("reactive_energy_export_varh"),
  // The meter's own clock, which is not part of a reading.
  rtc: () => null,
};

const kwh = (wh: number | null): number | null => (wh === null ? null : rounded(wh / 1_000, 3));

const realtimeOf = ({ sums }: Telling) => ({
  ...{ max: null, peaks: [], threshold: null },
  ...Object.fromEntries(
    periods.map((period) => {
      const { import: use, export: produced } = sums[period];
      return [period, { use: kwh(use), cost: null, produced: kwh(produced), income: null }];
    }),
  ),
});

const messages = (telling: Telling): readonly FormerMessage[] => {
  const { shown, counts, version } = telling;
  const { manufacturer, model, firmware, serial } = meterTexts(shown);
  const meter = { lv: null, id: manufacturer, type: model, fwr: firmware, hwr: null, ser: serial };
  const bodies = {
    "/power": { ...meter, ...allOf(power, shown) },
    "/energy": allOf(energy, shown),
    "/realtime": realtimeOf(telling),
    "/state": { up: Math.floor(counts.uptime), vcc: null, rssi: null, version },
  };
  return Object.entries(bodies).map(([path, body]) => ({ path, payload: JSON.stringify(body), retain: false }));
};

const perKwh = (price: number | null | undefined): number | null => (price == null ? null : rounded(price, 4));

const pricesOf = (prices: PriceHours | undefined): readonly FormerMessage[] => {
  const { hours, min, max, cheapest } = prices ?? {};
  const body = {
    ...Object.fromEntries(Array.from({ length: hoursAhead }, (_, n) => [String(n), perKwh(hours?.[n])])),
    ...{ min: perKwh(min), max: perKwh(max) },
    ...Object.fromEntries(
      ([1, 3, 6] as const).map((length) => [`cheapest${length}hr`, momentText(cheapest?.[length] ?? null)]),
    ),
  };
  return [{ path: "/prices", payload: JSON.stringify({ prices: body }), retain: true }];
};

type More = FormerEntity["more"];

interface Row {
  readonly name: string;
  /** The path of the value in its message, of which its ids were made without dots. */
  readonly value: string;
  readonly path: string;
  readonly more: More;
  readonly known: (telling: Telling) => boolean;
  /** If the value itself is not what is shown. */
  readonly template?: string;
}

const measured = (deviceClass: string, unit: string): More => ({
  device_class: deviceClass,
  unit_of_measurement: unit,
  state_class: "measurement",
});

const measure = (name: string, value: string, deviceClass: string, unit: string): Row => ({
  ...{ name, value, path: "/power", more: measured(deviceClass, unit) },
  known: ({ shown }) => power[value]?.(shown) != null,
});

/** A fall is taken back by the rise after it with `total`, and counted twice with the reader's `total_increasing`. */
const count = (name: string, value: string, deviceClass: string, unit: string): Row => ({
  ...{ name, value, path: "/energy" },
  more: { device_class: deviceClass, unit_of_measurement: unit, state_class: "total" },
  known: ({ shown }) => energy[value]?.(shown) != null,
});

const sum = (period: Period, way: Way): Row => ({
  name: `Current ${period} ${way === "import" ? "used" : "produced"}`,
  value: `${period}.${way === "import" ? "use" : "produced"}`,
  path: "/realtime",
  // It begins again with each hour, day and month.
  more: { device_class: "energy", unit_of_measurement: "kWh", state_class: "total_increasing" },
  known: ({ shown }) => totalKilo(way === "import" ? "energy_import_wh" : "energy_export_wh")(shown) !== null,
});

/** Its words, and as many as it had. */
const pricedHours = [
  ...["current hour", "next hour", "in two hour", "in three hour", "in four hour", "in five hour", "in six hour"],
  ...["in seven hour", "in eight hour", "in nine hour", "in ten hour", "in eleven hour"],
];

const priceRows = (prices: PriceHours | undefined): readonly Row[] => {
  if (prices === undefined) return [];
  const { currency, hours } = prices;
  // The class `monetary`, which the reader gave, is for amounts.
  const price = (name: string, value: string, isKnown: boolean): Row => ({
    ...{ name, value, path: "/prices", known: () => isKnown },
    more: { unit_of_measurement: `${currency}/kWh`, state_class: "measurement" },
  });
  return [
    ...pricedHours.map((words, n) => price(`Price ${words}`, `prices['${n}']`, hours[n] != null)),
    price("Minimum price ahead", "prices.min", prices.min !== null),
    price("Maximum price ahead", "prices.max", prices.max !== null),
    ...([1, 3, 6] as const).map(
      (length): Row => ({
        ...{ name: `Cheapest ${length}hr period ahead`, value: `prices.cheapest${length}hr`, path: "/prices" },
        ...{ more: { device_class: "timestamp" }, known: () => prices.cheapest[length] !== null },
      }),
    ),
  ];
};

/** The reader gave a factor between 0 and 1 as per cent. */
const perCent = (value: string): string =>
  `{{ (value_json.${value} * 100) | round(1) if value_json.${value} is number else None }}`;

const rows: readonly Row[] = [
  measure("Active import", "P", "power", "W"),
  measure("Active export", "PO", "power", "W"),
  measure("Reactive import", "Q", "reactive_power", "var"),
  measure("Reactive export", "QO", "reactive_power", "var"),
  ...phases.flatMap((n) => [
    measure(`L${n} current`, `I${n}`, "current", "A"),
    measure(`L${n} voltage`, `U${n}`, "voltage", "V"),
    { ...measure(`L${n} power factor`, `PF${n}`, "power_factor", "%"), template: perCent(`PF${n}`) },
    measure(`L${n} active export`, `PO${n}`, "power", "W"),
  ]),
  // The reader called both a power.
  measure("Aparent Power", "APP", "apparent_power", "VA"),
  measure("Frequency", "FRQ", "frequency", "Hz"),
  count("Accumulated active import", "tPI", "energy", "kWh"),
  count("Accumulated active export", "tPO", "energy", "kWh"),
  count("Accumulated reactive import", "tQI", "reactive_energy", "kvarh"),
  count("Accumulated reactive export", "tQO", "reactive_energy", "kvarh"),
  ...periods.flatMap((period) => [sum(period, "import"), sum(period, "export")]),
];

export const nesHomeAssistantReader: FormerReader = {
  messages,
  availability: { path: "/lwt", online: "Online", offline: "Offline" },
  deviceName: "AMS reader",
  prices: pricesOf,
  sums: true,
  entities: (telling, device) =>
    [...rows, ...priceRows(telling.prices)].map(
      ({ name, value, path, more, known, template = `{{ value_json.${value} }}` }) => {
        const id = `${device}_${value.replace(/[.[\]']/g, "")}`;
        return {
          ...{ name, path, template, more, uniqueId: id, objectId: id, configTopic: `sensor/${id}/config` },
          ...{ expires: path === "/power", known: known(telling) },
        };
      },
    ),
};
