/** The keys of the output `postgresql`. */
import { duration, onOff, textUpTo } from "../../settings/leaves.ts";
import { secretText } from "../../settings/secret-value.ts";
import { setting } from "../../settings/setting.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

const live = { restart: false } as const;

const schemaName = textUpTo(40, "because PostgreSQL cuts longer names").regex(/^[a-z_][a-z0-9_]*$/, {
  error: "must be lower-case letters, digits and _, and begin with a letter",
});

export const postgresqlSchema = outputSchema({
  url: setting(secretText, {
    ...live,
    text: "The address of the database, as `postgres://user:password@host:5432/database`. It may hold a password: then write `@FILE`, `@credential:NAME` or `sealed:…`.",
    aside: true,
    example: '"@values.url"',
  }),
  schema: setting(schemaName, {
    ...live,
    text: "The schema that gets the tables. It is made if it is not there, and is not that of the gateway's own store.",
    aside: true,
    example: "meter_values",
    fallback: "meter_values",
  }).optional(),
  live_values: setting(onOff, {
    ...live,
    text: "Whether each reading is written, not only intervals, registers and events.",
    aside: true,
    example: "on",
    fallback: "off",
  }).optional(),
  batch: setting(duration("1s", "5m", '"10s"'), {
    ...live,
    text: "How long readings are collected before they are written together.",
    aside: true,
    example: "10s",
    fallback: "10s",
  }).optional(),
});

export type PostgresqlSettings = ReadSettings<typeof postgresqlSchema>;
