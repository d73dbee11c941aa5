/** What ESPHome publishes with the component osgp_meter: a topic for each entity, named as in the component's example. */
import { live, phaseCurrent, phaseFactor, phases, phaseVoltage, totalKilo } from "../listening/values.ts";
import {
  type Figure,
  type FormerEntity,
  type FormerReader,
  inDecimals,
  meterTexts,
  type Telling,
} from "./former-reader.ts";

type More = FormerEntity["more"];

interface Row {
  /** Behind what stands before each name. */
  readonly name: string;
  readonly value: Figure | keyof ReturnType<typeof meterTexts>;
  readonly more: More;
  /** A register, which stays true while nothing comes. */
  readonly lasts?: true;
}

/** The decimals and classes of the component. */
const energy = (name: string, key: Parameters<typeof totalKilo>[0]): Row => ({
  ...{ name, value: { source: totalKilo(key), digits: 3 }, lasts: true },
  // Not total_increasing as there, which would count everything again after a fall.
  more: { device_class: "energy", unit_of_measurement: "kWh", state_class: "total" },
});

const measure = (name: string, key: Parameters<typeof live>[0], digits: number, more: More): Row => ({
  ...{ name, value: { source: live(key), digits } },
  more: { ...more, state_class: "measurement" },
});

const inUnit = (deviceClass: string, unit: string): More => ({ device_class: deviceClass, unit_of_measurement: unit });

const textRow = (name: string, value: keyof ReturnType<typeof meterTexts>): Row => ({
  ...{ name, value, lasts: true },
  more: { entity_category: "diagnostic" },
});

const rows: readonly Row[] = [
  energy("Forward Active Energy", "energy_import_wh"),
  energy("Reverse Active Energy", "energy_export_wh"),
  measure("Forward Active Power", "power_import_w", 0, inUnit("power", "W")),
  measure("Reverse Active Power", "power_export_w", 0, inUnit("power", "W")),
  measure("Import Reactive Var", "reactive_power_import_var", 0, inUnit("reactive_power", "var")),
  measure("Export Reactive Var", "reactive_power_export_var", 0, inUnit("reactive_power", "var")),
  ...phases.flatMap((n) => [
    measure(`L${n} Current`, phaseCurrent(n), 3, inUnit("current", "A")),
    measure(`L${n} Voltage`, phaseVoltage(n), 3, inUnit("voltage", "V")),
    measure(`Power Factor L${n}`, phaseFactor(n), 3, { device_class: "power_factor" }),
  ]),
  measure("Frequency", "frequency_hz", 3, inUnit("frequency", "Hz")),
  textRow("Manufacturer", "manufacturer"),
  textRow("Model", "model"),
  textRow("Firmware Version", "firmware"),
  textRow("Manufacturer Serial", "makersSerial"),
  textRow("Utility Serial", "serial"),
];

/**
 * A name as ESPHome makes an id of it.
 *
 * @example
 * objectIdOf("OSGP Meter L1 Voltage") // "osgp_meter_l1_voltage"
 */
const objectIdOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9_-]/g, "_");

const textOf = ({ value }: Row, { shown }: Telling): string | undefined =>
  typeof value === "string" ? (meterTexts(shown)[value] ?? undefined) : inDecimals(value.source(shown), value.digits);

const pathOf = (object: string): string => `/sensor/${object}/state`;

export const osgpMeterReader: FormerReader = {
  messages: (telling) =>
    rows.flatMap((row) => {
      const payload = textOf(row, telling);
      if (payload === undefined) return [];
      const object = objectIdOf(`${telling.names} ${row.name}`);
      return [{ path: pathOf(object), payload, retain: row.lasts === true }];
    }),
  availability: { path: "/status", online: "online", offline: "offline" },
  entities: (telling, device) =>
    rows.map((row) => {
      const name = `${telling.names} ${row.name}`;
      const object = objectIdOf(name);
      return {
        ...{ name, path: pathOf(object), more: row.more, expires: row.lasts !== true },
        // The component's own, so that an entity which came by MQTT stays what it is.
        ...{ uniqueId: `ESPsensor${object}`, objectId: `${device}_${object}` },
        configTopic: `sensor/${device.replace(/[^a-zA-Z0-9_-]/g, "_")}/${object}/config`,
        known: textOf(row, telling) !== undefined,
      };
    }),
};
