/** Where lines go, and how one is deleted, in both versions of InfluxDB's API (1.8 and 2.7, "API reference"). */
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import type { HttpQuestion } from "../../requests/http-request.ts";
import type { InfluxdbSettings } from "./influxdb-settings.ts";

type Headers = Readonly<Record<string, string>>;

export const isVersion2 = ({ version, bucket }: InfluxdbSettings): boolean =>
  version === undefined ? bucket !== undefined : version === "2";

const textOf = (secret: Secret): string => new TextDecoder().decode(secret.reveal());

const loginOf = ({ user, password, token }: InfluxdbSettings): Headers => {
  if (token !== undefined) return { authorization: `Token ${textOf(token)}` };
  if (user === undefined) return {};
  const pair = `${user}:${password === undefined ? "" : textOf(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
};

const addressOf = (
  settings: InfluxdbSettings,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): string => {
  const url = new URL(settings.url);
  url.pathname = `${url.pathname.replace(/\/$/, "")}${path}`;
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
};

/** Where lines are written, in nanoseconds. */
export const writeTarget = (settings: InfluxdbSettings): { readonly url: string; readonly headers: Headers } => {
  const { database = "meterport", retention_policy, bucket = "meterport", org } = settings;
  const url = isVersion2(settings)
    ? addressOf(settings, "/api/v2/write", { org, bucket, precision: "ns" })
    : addressOf(settings, "/write", { db: database, rp: retention_policy, precision: "n" });
  return { url, headers: loginOf(settings) };
};

export interface Deleted {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly time: Millis;
}

const quotedIdentifier = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
const quotedString = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;

/** The request that deletes what is written at one moment of one series. */
export const deletion = (settings: InfluxdbSettings, { measurement, tags, time }: Deleted): HttpQuestion => {
  const { database = "meterport", bucket = "meterport", org } = settings;
  const headers = loginOf(settings);
  if (!isVersion2(settings)) {
    const conditions = Object.entries(tags).map(([key, value]) => `${quotedIdentifier(key)} = ${quotedString(value)}`);
    const where = [...conditions, `time = ${time}ms`].join(" AND ");
    const q = `DELETE FROM ${quotedIdentifier(measurement)} WHERE ${where}`;
    return { url: addressOf(settings, "/query", { db: database, q }), headers };
  }
  const all = { _measurement: measurement, ...tags };
  const predicate = Object.entries(all)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(" AND ");
  // Both ends are part of what is deleted.
  const stop = new Date(time).toISOString().replace("Z", "000001Z");
  return {
    url: addressOf(settings, "/api/v2/delete", { org, bucket }),
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ start: new Date(time).toISOString(), stop, predicate }),
  };
};
