/** The one schema of the configuration: every key with its kind, its limits, and what the documentation says of it. */
import { securityNames } from "@meterport/protocol/mep/security/security-names";
import { z } from "zod";
import { logFormats, logLevels } from "../log.ts";
import { outputKinds } from "../outputs/list.ts";
import {
  address,
  duration,
  hostName,
  listUpTo,
  oneOf,
  onOff,
  profile,
  quiet,
  rate,
  shown,
  slug,
  text,
  textUpTo,
  wholeNumber,
  zone,
} from "../settings/leaves.ts";
import { credentialName, keyValue, storeValue } from "../settings/secret-value.ts";
import { formed, setting, settingsOf } from "../settings/setting.ts";
import { deviceSchema } from "./device-schema.ts";
import { fleetSchema } from "./fleet-schema.ts";
import { priceSchema } from "./price-schema.ts";

/** Measured with 20,000 meters at 10 s in one process. */
export const mostMeters = 50_000;

const path = textUpTo(4_096, "because no path is longer");
const everyLive = duration("100ms", "1h", '"2s" or "500ms"');
const live = { restart: false } as const;
const atStart = { restart: true } as const;

/** How often each set of values is read. `live` is the same as `interval`. */
const ratesSchema = z.strictObject({
  power: setting(rate("100ms", "1h", '"250ms"'), {
    ...live,
    text: "How often power alone is read, between the full sets: for a battery or a charger that follows it.",
    example: "250ms",
    fallback: "off",
  }).optional(),
  live: setting(everyLive, {
    ...live,
    text: "How often all live values are read: another name for `interval` of the meter.",
    aside: true,
    example: "2s",
    fallback: "`interval`",
  }).optional(),
  quality: setting(rate("1m", "7d", '"1h"'), {
    ...live,
    text: "How often the meter's counters of bad voltage and current are read: what differs from the last time is an event.",
    example: "1h",
    fallback: "off",
  }).optional(),
  events: setting(rate("10s", "7d", '"15m"'), {
    ...live,
    text: "How often the meter's event log is looked at.",
    example: "15m",
    fallback: "5m",
  }).optional(),
  profile: setting(rate("1m", "7d", '"15m"'), {
    ...live,
    text: "How often the load profile is read for intervals that are missing.",
    example: "15m",
    fallback: "1h",
  }).optional(),
  clock: setting(rate("1m", "7d", '"1h"'), {
    ...live,
    text: "How often the meter's clock is compared with that of the machine. It is never set.",
    example: "1h",
    fallback: "1h",
  }).optional(),
  state: setting(rate("1m", "7d", '"5m"'), {
    ...live,
    text: "How often the meter's alarms, its tariff and its outputs are looked at: what begins and what ends are events.",
    example: "5m",
    fallback: "5m; 30m where there are more than eight meters",
  }).optional(),
  children: setting(rate("1m", "7d", '"1h"'), {
    ...live,
    text: "How often the meters behind the meter (water, heat, gas) are looked at: what it read from them, and their alarms.",
    example: "1h",
    fallback: "1h",
  }).optional(),
});

export const meterSchema = z.strictObject({
  id: setting(shown(slug), {
    ...live,
    text: "The name of the metering point in addresses: lower-case letters, digits, - and _. Its history belongs to it.",
    example: "home",
  }),
  name: setting(shown(textUpTo(80, "because it is a heading on the page")), {
    ...live,
    text: "The name on the page.",
    example: "Our house",
    fallback: "`id`",
  }).optional(),
  group: setting(shown(textUpTo(80, "because it is a heading on the page")), {
    ...live,
    text: "The group of meters that it belongs to, such as a building: the page and the API list and count by groups.",
    example: "North wing",
    fallback: "none",
  }).optional(),
  /** The transports know what a valid link is: `loadConfig` is given their check. */
  link: setting(textUpTo(1_024, "because no link is longer"), {
    ...live,
    text: "How the meter is reached: see [links.md](links.md).",
    example: "/dev/ttyUSB0",
  }),
  key: setting(keyValue, {
    ...live,
    text: "The key: 16 or 20 characters, 32 or 40 hex digits, `@FILE`, `@credential:NAME`, or `sealed:…`: see [Secrets](#secrets).",
    aside: true,
    example: '"@meter.key"',
  }).optional(),
  key_file: setting(path, {
    ...live,
    text: "A file that holds the key; a path is relative to the configuration.",
    example: "meter.key",
  }).optional(),
  key_credential: setting(credentialName, {
    ...live,
    text: "The systemd credential that holds the key (`LoadCredential=` or `LoadCredentialEncrypted=` of the unit).",
    aside: true,
    example: "home-key",
  }).optional(),
  profile: setting(profile, {
    ...live,
    text: "Only for a meter that does not say what it is. A profile that contradicts the meter is refused.",
    aside: true,
    example: "meter:3.70",
    fallback: "what the meter says",
  }).optional(),
  security: setting(oneOf(securityNames), {
    ...live,
    text: "How the link is protected: see [tls.md](tls.md).",
    example: "auto",
    fallback: "auto",
  }).optional(),
  client_id: setting(wholeNumber(0, 65_535), {
    ...live,
    text: "The client ID that the meter logs under TLS and at its optical port.",
    example: "0",
    fallback: "0",
  }).optional(),
  /** Faster than the guide's average of one read per second is the user's choice. */
  interval: setting(everyLive, {
    ...live,
    text: "How often all live values are read. Through an optical port the minimum is 10s.",
    example: "5s",
    fallback: "`interval` of all meters; `60s` through an optical port",
  }).optional(),
  rates: ratesSchema.optional(),
  zone: setting(zone, {
    ...live,
    text: "The time zone of the metering point: its days and months begin and end there.",
    example: "Europe/Copenhagen",
    fallback: "`zone` of all meters",
  }).optional(),
  fuse_amps: setting(wholeNumber(1, 10_000), {
    ...live,
    text: "The main fuse. A value beyond it is withheld until a second read confirms it.",
    example: "35",
    unit: "A",
    fallback: "a limit that no household exceeds",
  }).optional(),
  /** Quiet windows of the local day, in which the meter is not read. */
  quiet: setting(quiet, {
    ...live,
    text: "Windows of the day in which the meter is not read: see [gateway.md](gateway.md#windows-in-which-a-meter-is-left-alone).",
    example: "02:10-02:18",
    fallback: "none",
  }).optional(),
  back_fill: setting(onOff, {
    ...live,
    text: "Whether missing intervals are read from the memory of this meter.",
    example: "off",
    fallback: "`back_fill` of all meters",
  }).optional(),
  prices: priceSchema.optional(),
  device: deviceSchema.optional(),
});

const tlsSchema = z.strictObject({
  cert: setting(path, {
    ...atStart,
    text: "The certificate with its chain, in PEM. The page is then served by HTTPS only.",
    aside: true,
    example: "/etc/meterport/cert.pem",
  }),
  key: setting(path, {
    ...atStart,
    text: "The certificate's private key, in PEM.",
    aside: true,
    example: "/etc/meterport/cert.key",
  }),
});

const ingressSchema = z.strictObject({
  host: setting(shown(hostName), {
    ...atStart,
    text: "The address of a second listener, for a trusted proxy that has checked the user, such as that of Home Assistant.",
    aside: true,
    example: "172.30.33.5",
  }),
  port: setting(wholeNumber(1, 65_535), {
    ...atStart,
    text: "Its port.",
    aside: true,
    example: "8099",
    fallback: "8099",
  }).optional(),
  allowed: setting(address, {
    ...atStart,
    text: "The only address that may connect to it.",
    aside: true,
    example: "172.30.32.2",
  }),
  user_header: setting(text.regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, { error: "is not the name of an HTTP header" }), {
    ...atStart,
    text: "The header with the user's name.",
    aside: true,
    example: "X-Remote-User-Name",
    fallback: "X-Remote-User-Name",
  }).optional(),
  scope: setting(oneOf(["read", "operate", "admin"]), {
    ...atStart,
    text: "What these users may do.",
    aside: true,
    example: "read",
    fallback: "read",
  }).optional(),
});

const httpSchema = z.strictObject({
  host: setting(shown(hostName), {
    ...atStart,
    text: "The address to listen on. Read [SECURITY.md](../SECURITY.md) before you change it.",
    example: "127.0.0.1",
    fallback: "127.0.0.1",
  }).optional(),
  port: setting(wholeNumber(0, 65_535), {
    ...atStart,
    text: "The port; 0 takes a free one.",
    example: "8765",
    fallback: "8765, or a free one",
  }).optional(),
  allowed_hosts: setting(listUpTo(shown(hostName), 100, "because a gateway has few names"), {
    ...atStart,
    text: "Further names under which browsers may reach it.",
    example: "[meter.example.org]",
    fallback: "none",
  }).optional(),
  tls: tlsSchema.optional(),
  ingress: ingressSchema.optional(),
});

const historySchema = z.strictObject({
  commit: setting(duration("0s", "60s", '"5s"'), {
    ...atStart,
    text: "How much a power failure may cost: values are stored together once in this time, which spares the disk. 0s stores each at once.",
    example: "5s",
    fallback: "5s",
  }).optional(),
  raw: setting(duration("1h", "3650d", '"14d"'), {
    ...atStart,
    text: "How long every single reading is kept.",
    example: "14d",
    fallback: "14d",
  }).optional(),
  minutes: setting(duration("1d", "36500d", '"1825d"'), {
    ...atStart,
    text: "How long minutes are kept. Quarters of an hour and longer are kept for ever.",
    example: "1825d",
    fallback: "1825d",
  }).optional(),
  events: setting(duration("1d", "36500d", '"3650d"'), {
    ...atStart,
    text: "How long events are kept.",
    example: "3650d",
    fallback: "3650d",
  }).optional(),
  journal: setting(duration("1h", "3650d", '"30d"'), {
    ...atStart,
    text: "How long changes are kept for outputs that have delivered them all.",
    example: "30d",
    fallback: "30d",
  }).optional(),
  journal_at_most: setting(duration("1h", "3650d", '"90d"'), {
    ...atStart,
    text: "How long changes wait for an output that does not come back.",
    example: "90d",
    fallback: "90d",
  }).optional(),
});

const logSchema = z.strictObject({
  level: setting(oneOf(logLevels), {
    ...live,
    text: "How much is logged: error, warn, info, debug or trace, see [trace.md](trace.md). What crosses a link is logged from the next start of its meter.",
    example: "info",
    fallback: "info",
  }).optional(),
  format: setting(oneOf(logFormats), {
    ...live,
    text: "`text` for people, or `json` for programs that collect logs: an object a line.",
    example: "text",
    fallback: "text",
  }).optional(),
});

const outputsSchema = z.strictObject({
  mqtt: outputKinds.mqtt.schema.optional(),
  home_assistant: outputKinds.home_assistant.schema.optional(),
  p1: outputKinds.p1.schema.optional(),
  modbus: outputKinds.modbus.schema.optional(),
  prometheus: outputKinds.prometheus.schema.optional(),
  influxdb: outputKinds.influxdb.schema.optional(),
  postgresql: outputKinds.postgresql.schema.optional(),
  nats: outputKinds.nats.schema.optional(),
  csv: outputKinds.csv.schema.optional(),
  webhook: outputKinds.webhook.schema.optional(),
  hook: outputKinds.hook.schema.optional(),
  homewizard: outputKinds.homewizard.schema.optional(),
  homewizard_v2: outputKinds.homewizard_v2.schema.optional(),
  shelly: outputKinds.shelly.schema.optional(),
  sma_meter: outputKinds.sma_meter.schema.optional(),
  marstek_ct: outputKinds.marstek_ct.schema.optional(),
  dabbler: outputKinds.dabbler.schema.optional(),
  former_topics: outputKinds.former_topics.schema.optional(),
  ecotracker: outputKinds.ecotracker.schema.optional(),
  tasmota: outputKinds.tasmota.schema.optional(),
  vzlogger: outputKinds.vzlogger.schema.optional(),
  upstream: outputKinds.upstream.schema.optional(),
});

const version = formed(
  text.refine((value) => value === "1", { error: "must be 1: a file with a higher version needs a newer Meterport" }),
  { enum: [1, "1"] },
);

export const configSchema = z.strictObject({
  version: setting(version, {
    ...live,
    text: "The version of this file's form.",
    example: "1",
    fallback: "1",
  }).optional(),
  data: setting(shown(path), {
    ...atStart,
    text: "The data folder; a path is relative to the configuration.",
    example: "/var/lib/meterport",
    fallback: "`.data` in a checkout, `~/.local/state/meterport` elsewhere",
  }).optional(),
  zone: setting(zone, {
    ...live,
    text: "The time zone of all meters.",
    example: "Europe/Copenhagen",
    fallback: "that of the machine",
  }).optional(),
  interval: setting(everyLive, {
    ...live,
    text: "How often all live values of each meter are read. The guide advises one table a second on average, and the default keeps to it.",
    example: "2s",
    fallback: "2s",
  }).optional(),
  back_fill: setting(onOff, {
    ...live,
    text: "Whether intervals that are missing after an outage are read from the meters' memory.",
    example: "on",
    fallback: "on",
  }).optional(),
  store: setting(storeValue, {
    ...atStart,
    text: "A PostgreSQL database in place of the file in the data folder. It may hold a password: then write `@FILE`, `@credential:NAME` or `sealed:…`.",
    aside: true,
    example: "postgres://meterport@127.0.0.1:5432/meterport",
    fallback: "an SQLite file in the data folder",
  }).optional(),
  store_file: setting(path, {
    ...atStart,
    text: "A file that holds the address of the database.",
    aside: true,
    example: "store.url",
  }).optional(),
  http: httpSchema.optional(),
  history: historySchema.optional(),
  log: logSchema.optional(),
  outputs: outputsSchema.optional(),
  fleet: fleetSchema.optional(),
  meters: setting(
    listUpTo(
      meterSchema,
      mostMeters,
      "because one gateway was measured with up to 20,000 meters: distribute the others over more gateways",
    ),
    {
      ...live,
      text: "The meters. Without any, the gateway reads a simulated household.",
      example: "[]",
      fallback: "[]",
    },
  ).optional(),
});

/** The environment may change single settings of the meter in the file. */
export const overlaySchema = configSchema.extend({ meters: z.array(meterSchema.partial()).optional() });

export type ConfigInput = z.output<typeof configSchema>;
export type MeterInput = z.output<typeof meterSchema>;
export type MeterOverlay = NonNullable<z.output<typeof overlaySchema>["meters"]>[number];

/** All keys, in the order of the schema. */
export const settings = settingsOf(configSchema);

const inside = (schema: z.core.$ZodType, part: PropertyKey): z.core.$ZodType | undefined => {
  if (schema instanceof z.ZodOptional) return inside(schema.unwrap(), part);
  if (schema instanceof z.ZodArray) return typeof part === "number" ? schema.element : undefined;
  if (!(schema instanceof z.ZodObject) || !Object.hasOwn(schema.shape, part)) return undefined;
  return schema.shape[String(part)] as z.core.$ZodType;
};

/** The schema at a path of the file; undefined if there is no such key. */
export const schemaAt = (at: readonly PropertyKey[]): z.core.$ZodType | undefined => {
  let schema: z.core.$ZodType | undefined = configSchema;
  for (const part of at) schema = schema === undefined ? undefined : inside(schema, part);
  while (schema instanceof z.ZodOptional) schema = schema.unwrap();
  return schema;
};

/** The known names at a path of the file, for "did you mean". */
export const knownNames = (at: readonly PropertyKey[]): readonly string[] => {
  const schema = schemaAt(at);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
};
