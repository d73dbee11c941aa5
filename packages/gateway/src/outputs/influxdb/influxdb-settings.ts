/** The keys of the output `influxdb`. */

import { addressComplaint } from "../../requests/http-request.ts";
import { duration, oneOf, onOff, shown, textUpTo } from "../../settings/leaves.ts";
import { secretText } from "../../settings/secret-value.ts";
import { setting } from "../../settings/setting.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

const live = { restart: false } as const;

const address = shown(textUpTo(1_024, "because no address is longer")).superRefine((value, ctx) => {
  const complaint = addressComplaint(value, "InfluxDB", "http://192.168.1.5:8086");
  if (complaint !== undefined) ctx.addIssue(complaint);
});
const name = shown(textUpTo(256, "because no name is longer"));
/** InfluxDB keeps names that begin with _ for itself. */
const measurement = textUpTo(60, "because it is in every line").regex(/^[A-Za-z][A-Za-z0-9_.-]*$/, {
  error: "must begin with a letter and have letters, digits, _, . and - only",
});

export const influxdbSchema = outputSchema({
  url: setting(address, {
    ...live,
    text: "The address of InfluxDB, or of what takes its lines: VictoriaMetrics, QuestDB, Telegraf.",
    example: "http://192.168.1.5:8086",
  }),
  version: setting(oneOf(["1", "2"]), {
    ...live,
    text: "`1` writes to a `database`, `2` to a `bucket` of an `org`. InfluxDB 3 takes both.",
    example: '"1"',
    fallback: "2 with a `bucket`, else 1",
  }).optional(),
  database: setting(name, {
    ...live,
    text: "The database (version 1). It must exist.",
    example: "meterport",
    fallback: "meterport",
  }).optional(),
  retention_policy: setting(name, {
    ...live,
    text: "The retention policy in that database (version 1).",
    aside: true,
    example: "autogen",
    fallback: "that of the database",
  }).optional(),
  user: setting(name, {
    ...live,
    text: "The user (version 1).",
    aside: true,
    example: "meterport",
    fallback: "none",
  }).optional(),
  password: setting(secretText, {
    ...live,
    text: "The user's password: as it is, `@FILE`, `@credential:NAME` or `sealed:…`.",
    aside: true,
    example: '"@influxdb.password"',
    fallback: "none",
  }).optional(),
  bucket: setting(name, {
    ...live,
    text: "The bucket (version 2). It must exist.",
    aside: true,
    example: "meterport",
    fallback: "meterport",
  }).optional(),
  org: setting(name, {
    ...live,
    text: "The organization of the bucket (version 2).",
    aside: true,
    example: "home",
    fallback: "none",
  }).optional(),
  token: setting(secretText, {
    ...live,
    text: "A token that may write to the bucket (version 2): as it is, `@FILE`, `@credential:NAME` or `sealed:…`.",
    aside: true,
    example: '"@influxdb.token"',
    fallback: "none",
  }).optional(),
  prefix: setting(measurement, {
    ...live,
    text: "The first part of the names of measurements.",
    aside: true,
    example: "meterport",
    fallback: "meterport",
  }).optional(),
  live_values: setting(onOff, {
    ...live,
    text: "Whether each reading is written, not only intervals, registers and events.",
    example: "on",
    fallback: "on",
  }).optional(),
  batch: setting(duration("1s", "5m", '"10s"'), {
    ...live,
    text: "How long readings are collected before they are written together.",
    aside: true,
    example: "10s",
    fallback: "10s",
  }).optional(),
});

export type InfluxdbSettings = ReadSettings<typeof influxdbSchema>;
