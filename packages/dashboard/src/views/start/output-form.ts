/** The outputs that can be turned on while a meter is set up: those that most homes want. */

export const OUTPUTS = ["mqtt", "p1", "prometheus"] as const;
export type OutputName = (typeof OUTPUTS)[number];

export interface OutputFields {
  readonly chosen: readonly OutputName[];
  readonly broker: string;
  readonly user: string;
  readonly password: string;
  readonly homeAssistant: boolean;
  /** Networks that may read what listens; empty for this machine alone. */
  readonly allow: string;
}

export const NO_OUTPUTS: OutputFields = {
  ...{ chosen: [], broker: "", user: "", password: "", homeAssistant: true, allow: "" },
};

export interface Change {
  readonly path: string;
  readonly value: unknown;
}

/**
 * The address of a broker, of what people write.
 *
 * @example brokerUrl("192.168.1.5") // "mqtt://192.168.1.5"
 * @example brokerUrl("broker.example.org:8883") // "mqtts://broker.example.org:8883"
 */
export function brokerUrl(text: string): string {
  const plain = text.trim().replace(/\/+$/, "");
  if (plain === "" || /^[a-z][a-z0-9+.-]*:\/\//i.test(plain)) return plain;
  return `${/:8883$/.test(plain) ? "mqtts" : "mqtt"}://${plain}`;
}

/** "192.168.1.0/24" of the address of the page, if that is one of a home network; empty otherwise. */
export function networkOf(hostname: string): string {
  const [, a, b, c] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/.exec(hostname) ?? [];
  const isHome = a === "10" || (a === "192" && b === "168") || (a === "172" && Number(b) >= 16 && Number(b) <= 31);
  return isHome ? `${a}.${b}.${c}.0/24` : "";
}

const networksOf = (text: string): readonly string[] => text.split(/[\s,;]+/).filter((part) => part !== "");

/** The changes of `PATCH /api/v1/configuration`; those of outputs that are on already are not made. */
export function outputChanges(fields: OutputFields, on: readonly string[]): readonly Change[] {
  const { chosen, user, password, homeAssistant } = fields;
  const changes: Change[] = [];
  const allow = networksOf(fields.allow);
  for (const name of chosen) {
    if (on.includes(name)) continue;
    // It may be in the configuration already, turned off.
    changes.push({ path: `outputs.${name}.enabled`, value: "on" });
    if (name === "mqtt") {
      changes.push({ path: "outputs.mqtt.url", value: brokerUrl(fields.broker) });
      if (user.trim() !== "") changes.push({ path: "outputs.mqtt.user", value: user.trim() });
      if (password !== "") changes.push({ path: "outputs.mqtt.password", value: password });
      if (!homeAssistant) changes.push({ path: "outputs.mqtt.home_assistant", value: "off" });
    } else if (allow.length > 0) changes.push({ path: `outputs.${name}.allow`, value: allow });
  }
  return changes;
}

export type OutputFault = "broker";

export function outputFaults({ chosen, broker }: OutputFields, on: readonly string[]): readonly OutputFault[] {
  return chosen.includes("mqtt") && !on.includes("mqtt") && broker.trim() === "" ? ["broker"] : [];
}
