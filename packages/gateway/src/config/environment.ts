/** The environment as a configuration: the same schema, other names. */
import { UsageError } from "@meterport/protocol/errors";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where each variable belongs in the configuration. */
const places: Readonly<Record<string, string>> = {
  METERPORT_DATA: "data",
  METERPORT_ZONE: "zone",
  METERPORT_INTERVAL: "interval",
  METERPORT_STORE: "store",
  METERPORT_STORE_FILE: "store_file",
  METERPORT_HTTP_HOST: "http.host",
  METERPORT_HTTP_PORT: "http.port",
  METERPORT_HTTP_ALLOWED_HOSTS: "http.allowed_hosts",
  METERPORT_LOG_LEVEL: "log.level",
  METERPORT_LOG_FORMAT: "log.format",
  METERPORT_FLEET_DATABASE: "fleet.database",
  METERPORT_FLEET_ID: "fleet.id",
  METERPORT_FLEET_ROLES: "fleet.roles",
  METERPORT_FLEET_ADDRESS: "fleet.address",
  METERPORT_FLEET_KEY: "fleet.key",
  METERPORT_LINK: "meters[0].link",
  METERPORT_KEY: "meters[0].key",
  METERPORT_KEY_FILE: "meters[0].key_file",
  METERPORT_KEY_CREDENTIAL: "meters[0].key_credential",
  METERPORT_NAME: "meters[0].name",
  METERPORT_PROFILE: "meters[0].profile",
  METERPORT_SECURITY: "meters[0].security",
  METERPORT_FUSE_AMPS: "meters[0].fuse_amps",
  METERPORT_QUIET: "meters[0].quiet",
};

/** Lists, whose parts are separated by commas. */
const lists: ReadonlySet<string> = new Set(["http.allowed_hosts", "fleet.roles"]);

/** Every variable that Meterport reads. */
export const environmentNames: readonly string[] = [
  ...Object.keys(places),
  "METERPORT_CONFIG",
  // What starts the daemon again after it asked for that by its exit code.
  "METERPORT_RESTARTED_BY",
  // These two are read when an mqtt:// link is opened.
  "METERPORT_MQTT_USER",
  "METERPORT_MQTT_PASSWORD",
  // The command's, for the API of a gateway; a shell or a unit file may set it for both.
  "METERPORT_TOKEN",
];

/** Variables that say the same in different ways. */
const onlyOne = [
  ["METERPORT_KEY", "METERPORT_KEY_FILE", "METERPORT_KEY_CREDENTIAL"],
  ["METERPORT_STORE", "METERPORT_STORE_FILE"],
] as const;

/** The variable of a key, by its path in the table of keys. */
export const variableOf = (path: string): string | undefined =>
  Object.entries(places).find(([, place]) => place.replace("[0]", "[]") === path)?.[0];

/** The variables of this environment that are about the only meter. */
export const meterVariables = (env: Environment): readonly string[] =>
  Object.keys(places).filter((name) => (places[name] ?? "").startsWith("meters[") && (env[name] ?? "") !== "");

/** The environment without what it says of the only meter, for a configuration that is about to get more. */
export const withoutMeterVariables = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !(places[name] ?? "").startsWith("meters[")));

export interface Overlay {
  readonly value: unknown;
  /** The variable of a path. */
  readonly origin: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * The settings of the environment, in the shape of the configuration. A meter's variables apply to the only meter.
 *
 * @throws UsageError if the file lists several meters and a variable is for one of them
 */
export const overlay = (env: Environment, metersInFile: number): Overlay => {
  const said = Object.entries(places).filter(([name]) => (env[name] ?? "") !== "");
  const origin = new Map<string, string>(said.map(([name, place]) => [place, name]));
  const about = said.filter(([, place]) => place.startsWith("meters["));
  const value: Record<string, unknown> = {};
  const meter: Record<string, unknown> = { id: "home" };
  const warnings: string[] = [];
  for (const [name, place] of said) {
    const text = env[name] ?? "";
    const field = place.slice(place.lastIndexOf(".") + 1);
    const given = lists.has(place) ? text.split(",").map((part) => part.trim()) : text;
    const section = place.slice(0, -field.length - 1);
    if (place.startsWith("meters[")) meter[field] = given;
    else if (section === "") value[field] = given;
    else value[section] = { ...(value[section] as object | undefined), [field]: given };
  }
  const names = about.map(([name]) => name).join(", ");
  if (about.length > 0 && metersInFile > 1) {
    throw new UsageError(
      "config",
      `environment: ${names} can configure only one meter, but the configuration lists ${metersInFile}: set this there`,
    );
  }
  for (const alike of onlyOne) {
    const set = alike.filter((name) => (env[name] ?? "") !== "");
    if (set.length > 1)
      throw new UsageError("config", `environment: ${set.join(" and ")} are both set: keep one of them`);
  }
  if (about.length > 0 && (metersInFile === 1 || meter.link !== undefined)) value.meters = [meter];
  else if (about.length > 0) warnings.push(`${names} in the environment: ignored, because METERPORT_LINK is not set`);
  return { value, origin, warnings };
};
