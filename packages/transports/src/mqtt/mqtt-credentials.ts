/** User and password for a broker: from the environment, so that they appear in no link and no list of processes. */
import { readFileSync } from "node:fs";
import { UsageError } from "@meterport/protocol/errors";

export interface MqttCredentials {
  readonly user?: string;
  readonly password?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const longestPassword = 4096;

const passwordIn = (path: string): string => {
  try {
    // Files usually end with a line feed that is not part of the password.
    return readFileSync(path, "utf8")
      .slice(0, longestPassword)
      .replace(/\r?\n$/, "");
  } catch (cause) {
    throw new UsageError("file", `METERPORT_MQTT_PASSWORD: the file ${path} cannot be read`, { cause });
  }
};

/**
 * METERPORT_MQTT_USER and METERPORT_MQTT_PASSWORD; a password that begins with @ names a file that holds it.
 *
 * @throws UsageError if that file cannot be read, or a password has no user
 */
export const mqttCredentials = (env: Environment): MqttCredentials => {
  const user = env.METERPORT_MQTT_USER ?? "";
  const given = env.METERPORT_MQTT_PASSWORD ?? "";
  if (user === "" && given === "") return {};
  if (user === "") throw new UsageError("mqtt", "METERPORT_MQTT_PASSWORD is set, but METERPORT_MQTT_USER is not");
  if (given === "") return { user };
  return { user, password: given.startsWith("@") ? passwordIn(given.slice(1)) : given };
};
