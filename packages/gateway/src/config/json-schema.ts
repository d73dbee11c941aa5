/** The configuration as JSON Schema, for editors that complete and check, and for forms. */
import { z } from "zod";
import { aboutOf, formOf, type Setting } from "../settings/setting.ts";
import { configSchema, settings } from "./config-schema.ts";
import { machineOnly } from "./edit/machine-only.ts";
import { variableOf } from "./environment.ts";

/** A link in Markdown as plain words. */
const plain = (text: string): string => text.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");

type Node = Record<string, unknown> & {
  properties?: Record<string, Node> | undefined;
  items?: Node | undefined;
};

const acronyms: Readonly<Record<string, string>> = {
  http: "HTTP",
  tls: "TLS",
  id: "ID",
  url: "URL",
  ca: "CA",
  mqtt: "MQTT",
  csv: "CSV",
  p1: "P1",
  nats: "NATS",
  influxdb: "InfluxDB",
  postgresql: "PostgreSQL",
};

/**
 * A name as words.
 *
 * @example
 * titleOf("allowed_hosts") // "Allowed hosts"
 */
const titleOf = (name: string): string => {
  const words = name.split("_").map((word) => acronyms[word] ?? word);
  const [first = "", ...rest] = words;
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(" ");
};

/** A default that is a value as in the file, not words about one. */
const defaultOf = ({ fallback }: Setting, node: Node): unknown => {
  if (fallback === undefined) return undefined;
  if (node["x-kind"] === "integer" || node["x-kind"] === "number")
    return /^-?\d+(\.\d+)?$/.test(fallback) ? Number(fallback) : undefined;
  if (Array.isArray(node.enum)) return node.enum.find((each) => String(each) === fallback);
  if (typeof node.pattern === "string") return new RegExp(node.pattern).test(fallback) ? fallback : undefined;
  return undefined;
};

/** What JSON Schema has no word for; a form needs it, and everything else ignores it. */
const further = (one: Setting, node: Node): Record<string, unknown> => {
  const given = {
    default: defaultOf(one, node),
    "x-default": one.fallback === undefined ? undefined : plain(one.fallback),
    "x-example": one.example,
    "x-unit": one.unit,
    "x-variable": variableOf(one.path),
    "x-only-on-machine": machineOnly(one.path),
  };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    "x-restart": one.restart,
    "x-secret": one.secret,
    // Few need it.
    "x-rare": one.aside === true,
    ...(one.secret ? { writeOnly: true } : {}),
  };
};

const withTitles = (node: Node, path: string, known: ReadonlyMap<string, Setting>): void => {
  for (const [name, part] of Object.entries(node.properties ?? {})) {
    const here = path === "" ? name : `${path}.${name}`;
    part.title = titleOf(name);
    const one = known.get(here);
    if (one !== undefined) Object.assign(part, further(one, part));
    withTitles(part, here, known);
    if (part.items?.properties !== undefined) withTitles(part.items, `${here}[]`, known);
  }
};

/**
 * A JSON Schema of draft 2020-12, in the form of the file. Keywords with `x-` say what a form needs beside it: `x-kind`
 * (`duration`, `duration-or-off`, `integer`, `number`, `on-off`, `zone`) with `x-minimum` and `x-maximum`, `x-default` in
 * words, `x-example`, `x-unit`, `x-restart`, `x-secret`, `x-variable`, `x-only-on-machine`, `x-rare`.
 */
export const configJsonSchema = (): Readonly<Record<string, unknown>> => {
  const schema = z.toJSONSchema(configSchema, {
    target: "draft-2020-12",
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const form = formOf(zodSchema);
      if (form !== undefined) {
        for (const name of Object.keys(jsonSchema)) delete jsonSchema[name as keyof typeof jsonSchema];
        Object.assign(jsonSchema, form);
      }
      // A name of digits is a number to an editor, and text to us.
      else if (jsonSchema.type === "string" && jsonSchema.pattern === undefined && jsonSchema.enum === undefined)
        Object.assign(jsonSchema, { type: ["string", "number"] });
      const about = aboutOf(zodSchema);
      if (about === undefined) return;
      const fallback = about.fallback === undefined ? "" : ` Default: ${about.fallback}.`;
      jsonSchema.description = plain(`${about.text}${fallback}${about.restart ? " A change needs a restart." : ""}`);
    },
  });
  withTitles(schema as Node, "", new Map(settings.map((one) => [one.path, one])));
  return { ...schema, title: "Meterport configuration" };
};
