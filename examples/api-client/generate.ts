/**
 * Writes `meterport-api.ts`, a typed client, from the OpenAPI document of a daemon.
 * node generate.ts http://127.0.0.1:8765 > meterport-api.ts
 */

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | number | null)[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly description?: string;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}
export interface ApiDocument {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const comment = (text: string | undefined, indent: string): string =>
  text === undefined ? "" : `${indent}/** ${text.replaceAll("*/", "* /").replaceAll("\n", " ")} */\n`;

const nameOf = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key));

const plainTypes: Readonly<Record<string, string>> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  null: "null",
};

const objectOf = (schema: Schema, indent: string): string => {
  const { properties, additionalProperties, required = [] } = schema;
  if (properties === undefined)
    return `{ readonly [name: string]: ${additionalProperties === undefined ? "unknown" : typeOf(additionalProperties, indent)} }`;
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([key, each]) => {
    const optional = required.includes(key) || Object.keys(each).every((word) => word === "description") ? "" : "?";
    return `${comment(each.description, inner)}${inner}readonly ${nameOf(key)}${optional}: ${typeOf(each, inner)};\n`;
  });
  return `{\n${fields.join("")}${indent}}`;
};

const union = (types: readonly string[]): string => [...new Set(types)].join(" | ");

const typeOf = (schema: Schema, indent: string): string => {
  if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
  const several = schema.anyOf ?? schema.oneOf;
  if (several !== undefined) return union(several.map((each) => typeOf(each, indent)));
  if (schema.enum !== undefined) return union(schema.enum.map((each) => JSON.stringify(each)));
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  if (types.length === 0) return "unknown";
  return union(
    types.map((type) => {
      if (type === "array") return `readonly (${typeOf(schema.items ?? {}, indent)})[]`;
      return type === "object" ? objectOf(schema, indent) : (plainTypes[type] ?? "unknown");
    }),
  );
};

/** What a method gives: JSON as its type, anything else as the answer itself, whose body may be a stream. */
const resultOf = ({ responses }: Operation): { readonly type: string; readonly send: string } => {
  const schema = responses[200]?.content?.["application/json"]?.schema;
  return schema === undefined ? { type: "Response", send: "open" } : { type: typeOf(schema, "  "), send: "json" };
};

const methodOf = (path: string, method: string, operation: Operation): string => {
  const { operationId, summary, parameters = [], requestBody } = operation;
  const places = parameters.filter((each) => each.in === "path").map(({ name }) => name);
  const asked = parameters.filter((each) => each.in === "query");
  const body = requestBody?.content?.["application/json"]?.schema;
  const fields = asked.map(({ name, schema }) => `${nameOf(name)}?: ${typeOf(schema, "    ")} | undefined`);
  const inputs = [
    ...places.map((name) => `${name}: string`),
    ...(body === undefined ? [] : [`body: ${typeOf(body, "  ")}`]),
    ...(fields.length === 0 ? [] : [`query: { ${fields.join("; ")} } = {}`]),
    "init: RequestInit = {}",
  ];
  const { type, send } = resultOf(operation);
  const address = `\`${path.replace(/\{(\w+)\}/g, (_, name: string) => `\${encodeURIComponent(${name})}`)}\``;
  const rest = `${fields.length === 0 ? "{}" : "query"}, init${body === undefined ? "" : ", body"}`;
  return `${comment(summary, "  ")}  ${operationId}(${inputs.join(", ")}): Promise<${type}> {
    return this.${send}("${method.toUpperCase()}", ${address}, ${rest});
  }
`;
};

/** The client's source. */
export const generate = ({ info, paths, components }: ApiDocument): string => {
  const types = Object.entries(components.schemas).map(
    ([name, schema]) => `${comment(schema.description, "")}export type ${name} = ${typeOf(schema, "")};\n`,
  );
  const methods = Object.entries(paths).flatMap(([path, each]) =>
    Object.entries(each).map(([method, operation]) => methodOf(path, method, operation)),
  );
  const head = `/** A typed client of Meterport's API ${info.version}, written by generate.ts: do not edit it, generate it again. */
import { ApiConnection } from "./api-connection.ts";
`;
  return `${head}\n${types.join("\n")}\nexport class MeterportApi extends ApiConnection {\n${methods.join("\n")}}\n`;
};

if (import.meta.main) {
  const [daemon = "http://127.0.0.1:8765"] = process.argv.slice(2);
  process.stdout.write(generate((await (await fetch(`${daemon}/api/v1/openapi.json`)).json()) as ApiDocument));
}
