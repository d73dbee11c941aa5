/**
 * What Home Assistant accepts, written from its developer documentation of the sensor, the binary sensor and MQTT discovery (2026): a
 * message that breaks a rule makes an entity, or the whole device, fail.
 */
import assert from "node:assert/strict";

/** Units by device class; undefined for no unit. */
const units: Readonly<Record<string, readonly (string | undefined)[]>> = {
  apparent_power: ["mVA", "VA", "kVA"],
  current: ["A", "mA", "µA"],
  duration: ["d", "h", "min", "s", "ms", "µs"],
  energy: ["J", "kJ", "MJ", "GJ", "mWh", "Wh", "kWh", "MWh", "GWh", "TWh", "cal", "kcal", "Mcal", "Gcal"],
  enum: [undefined],
  frequency: ["mHz", "Hz", "kHz", "MHz", "GHz"],
  power: ["mW", "W", "kW", "MW", "GW", "TW"],
  power_factor: [undefined, "%"],
  pressure: ["Pa", "hPa", "kPa", "mbar", "bar", "mmHg", "psi"],
  reactive_energy: ["varh", "kvarh"],
  reactive_power: ["mvar", "var", "kvar"],
  gas: ["L", "m³", "ft³", "CCF", "MCF"],
  temperature: ["°C", "°F", "K"],
  timestamp: [undefined],
  volume: ["L", "mL", "gal", "m³", "ft³", "CCF", "MCF"],
  volume_flow_rate: ["m³/h", "m³/min", "m³/s", "L/h", "L/min", "L/s"],
  water: ["L", "gal", "m³", "ft³", "CCF", "MCF"],
  voltage: ["mV", "µV", "V", "kV", "MV"],
};

/** State classes by device class. */
const stateClasses: Readonly<Record<string, readonly (string | undefined)[]>> = {
  energy: ["total", "total_increasing"],
  reactive_energy: ["total", "total_increasing"],
  gas: ["total", "total_increasing"],
  volume: ["total", "total_increasing"],
  water: ["total", "total_increasing"],
  enum: [undefined],
  timestamp: [undefined],
};

const binaryClasses = ["connectivity", "problem", "power", "running", "safety", "tamper", "update"];

const common = [
  ...["platform", "unique_id", "default_entity_id", "name", "state_topic", "value_template", "availability"],
  ...["entity_category", "enabled_by_default", "device_class", "icon", "qos"],
];
const allowed: Readonly<Record<string, readonly string[]>> = {
  sensor: [
    ...common,
    ...["unit_of_measurement", "state_class", "suggested_display_precision", "expire_after", "options"],
  ],
  binary_sensor: [...common, "expire_after", "payload_on", "payload_off"],
  event: [...common, "event_types"],
};

type Fields = Readonly<Record<string, unknown>>;

const checkSensor = (key: string, fields: Fields): void => {
  const { device_class: deviceClass, unit_of_measurement: unit, state_class: stateClass } = fields;
  if (deviceClass !== undefined) {
    const fitting = units[String(deviceClass)];
    assert.ok(fitting, `${key}: unknown device class ${deviceClass}`);
    assert.ok(fitting.includes(unit as string | undefined), `${key}: unit ${unit} does not fit ${deviceClass}`);
    const classes = stateClasses[String(deviceClass)] ?? [undefined, "measurement"];
    assert.ok(classes.includes(stateClass as string | undefined), `${key}: ${stateClass} does not fit ${deviceClass}`);
  }
  assert.ok([undefined, "measurement", "total", "total_increasing"].includes(stateClass as string | undefined), key);
  if (deviceClass === "enum") assert.ok(Array.isArray(fields.options) && fields.options.length > 0, key);
  if (fields.expire_after !== undefined)
    assert.ok(Number.isInteger(fields.expire_after) && Number(fields.expire_after) > 0, key);
};

const checkComponent = (key: string, fields: Fields): void => {
  const platform = String(fields.platform);
  const names = allowed[platform];
  assert.ok(names, `${key}: unknown platform ${platform}`);
  for (const name of Object.keys(fields)) assert.ok(names.includes(name), `${key}: ${name} is no key of ${platform}`);
  for (const name of ["unique_id", "name", "state_topic"])
    assert.equal(typeof fields[name], "string", `${key}: ${name}`);
  // Removed in 2026.4 in favour of the identifier with its domain.
  assert.match(String(fields.default_entity_id), new RegExp(`^(?!.+__)${platform}\\.(?!_)[a-z0-9_]+(?<!_)$`), key);
  assert.ok([undefined, "diagnostic"].includes(fields.entity_category as string | undefined), key);
  if (platform === "sensor") checkSensor(key, fields);
  if (platform === "binary_sensor")
    assert.ok(fields.device_class === undefined || binaryClasses.includes(String(fields.device_class)), key);
  if (platform === "event") assert.ok(Array.isArray(fields.event_types) && fields.event_types.length > 0, key);
};

export interface DeviceMessage {
  readonly device: Fields;
  readonly origin: Fields;
  readonly components: Readonly<Record<string, Fields>>;
}

/** Checks a device message with its topic. */
export const checkDeviceMessage = (topic: string, message: DeviceMessage): void => {
  assert.match(topic, /^[^+#]+\/device\/[a-zA-Z0-9_-]+\/config$/);
  assert.ok(Array.isArray(message.device.identifiers) && message.device.identifiers.length > 0);
  assert.equal(typeof message.origin.name, "string");
  const ids = Object.values(message.components).map(({ unique_id: id }) => id);
  assert.equal(new Set(ids).size, ids.length, "each entity has an identifier of its own");
  for (const [key, fields] of Object.entries(message.components)) checkComponent(key, fields);
};

/** The keys that the templates of a message's components take from a topic. */
export const templateKeys = (message: DeviceMessage, topic: string): readonly string[] =>
  Object.values(message.components).flatMap(({ state_topic: from, value_template: template }) =>
    from === topic ? [...String(template ?? "").matchAll(/value_json\.(\w+)/g)].map(([, key = ""]) => key) : [],
  );
