/** The form of the configuration, made from the gateway's JSON Schema: what it does not describe cannot be edited. */
import { type Loose, listOf, number, oneOf, record, text } from "../../../state/loose.ts";

const KINDS = ["duration", "duration-or-off", "integer", "number", "on-off", "zone"] as const;

/** How a value is edited. `other` is one that this page has no form for. */
export type FieldKind = (typeof KINDS)[number] | "choice" | "text" | "list" | "other";

export interface Field {
  /** Place in the file: "http.port", "meters[].rates.live". */
  readonly path: string;
  /** In English, as is everything that the schema says. */
  readonly title: string;
  /** What it is for; names of keys stand between backticks. */
  readonly text: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly secret: boolean;
  /** Whether a change waits for the next start. */
  readonly restart: boolean;
  /** Whether few need it. */
  readonly rare: boolean;
  /** What applies if it is omitted: a value, or words about one. */
  readonly fallback: string | null;
  /** As it is written in the file. */
  readonly example: string | null;
  readonly unit: string | null;
  /** Why only the file on the machine itself can set it, in English; null if this page can. */
  readonly onlyOnMachine: string | null;
  /** Limits of numbers and lengths of time, as they are written. */
  readonly minimum: string | null;
  readonly maximum: string | null;
  /** Characters of a text, or entries of a list. */
  readonly fewest: number | null;
  readonly most: number | null;
  readonly pattern: RegExp | null;
  readonly options: readonly string[];
  /** What an entry of a list is. */
  readonly entry: Field | null;
}

export interface FieldGroup {
  readonly path: string;
  readonly title: string;
  readonly fields: readonly Field[];
  readonly groups: readonly FieldGroup[];
}

const DEEPEST = 8;
const MOST_KEYS = 500;
const RESTART = " A change needs a restart.";

function limitOf(value: unknown): string | null {
  return typeof value === "number" || typeof value === "string" ? String(value) : null;
}

function patternOf(value: unknown): RegExp | null {
  if (typeof value !== "string") return null;
  try {
    return new RegExp(value, "u");
  } catch {
    // Of a newer gateway, which checks it itself.
    return null;
  }
}

/**
 * The parts of a list's example, as each is entered.
 *
 * @example partsOf('["0.42 17-21", "0.31"]') // ["0.42 17-21", "0.31"]
 */
export function partsOf(example: string): readonly string[] {
  try {
    const parts = listOf(JSON.parse(example), MOST_KEYS, text);
    if (parts !== null && parts.length > 0) return parts;
  } catch {
    // Of a newer gateway, or one part as it is.
  }
  return [example];
}

/** The description without what the form says beside it. */
function textOf(node: Loose): string {
  let words = text(node.description) ?? "";
  if (words.endsWith(RESTART)) words = words.slice(0, -RESTART.length);
  const fallback = typeof node["x-default"] === "string" ? ` Default: ${node["x-default"]}.` : "";
  return fallback !== "" && words.endsWith(fallback) ? words.slice(0, -fallback.length) : words;
}

function kindOf(node: Loose): FieldKind {
  const known = oneOf(KINDS, node["x-kind"]);
  if (known !== null) return known;
  if (Array.isArray(node.enum)) return "choice";
  if (node.type === "array") return record(record(node.items)?.properties) === null ? "list" : "other";
  return node.type === "object" || (node.type === undefined && !Array.isArray(node.anyOf)) ? "other" : "text";
}

function optionsOf(node: Loose): readonly string[] {
  const options = (listOf(node.enum, MOST_KEYS, (each) => each) ?? []).flatMap((each) => limitOf(each) ?? []);
  return [...new Set(options)];
}

function fieldOf(node: Loose, path: string, required: boolean): Field {
  const items = record(node.items);
  const kind = kindOf(node);
  return {
    path,
    title: text(node.title) ?? path,
    text: textOf(node),
    kind,
    required,
    secret: node["x-secret"] === true,
    restart: node["x-restart"] === true,
    // Where there is nothing to choose, nobody needs it.
    rare: node["x-rare"] === true || (Array.isArray(node.enum) && optionsOf(node).length === 1),
    fallback: text(node["x-default"]),
    example: text(node["x-example"]),
    unit: text(node["x-unit"]),
    onlyOnMachine: text(node["x-only-on-machine"]),
    minimum: limitOf(node["x-minimum"]),
    maximum: limitOf(node["x-maximum"]),
    fewest: number(node.minLength) ?? number(node.minItems),
    most: number(node.maxLength) ?? number(node.maxItems),
    pattern: patternOf(node.pattern),
    options: kind === "choice" ? optionsOf(node) : [],
    entry: kind === "list" && items !== null ? fieldOf(items, "", true) : null,
  };
}

function groupOf(node: Loose, path: string, depth: number): FieldGroup {
  const parts = Object.entries(record(node.properties) ?? {}).slice(0, MOST_KEYS);
  const needed: readonly unknown[] = Array.isArray(node.required) ? node.required : [];
  const fields: Field[] = [];
  const groups: FieldGroup[] = [];
  for (const [name, value] of parts) {
    const part = record(value);
    if (part === null) continue;
    const here = path === "" || path.endsWith(".") ? `${path}${name}` : `${path}.${name}`;
    if (record(part.properties) === null) fields.push(fieldOf(part, here, needed.includes(name)));
    else if (depth < DEEPEST) groups.push(groupOf(part, here, depth + 1));
  }
  return { path, title: text(node.title) ?? path, fields, groups };
}

/** All keys but those of metering points; null if this is no schema. */
export function gatewayForm(schema: unknown): FieldGroup | null {
  const root = record(schema);
  if (root === null || record(root.properties) === null) return null;
  const whole = groupOf(root, "", 0);
  return { ...whole, fields: whole.fields.filter(({ path }) => path !== "meters") };
}

/** The keys of one metering point, at paths such as "rates.live"; null if the schema has none. */
export function pointForm(schema: unknown): FieldGroup | null {
  const meters = record(record(record(schema)?.properties)?.meters);
  const one = record(meters?.items);
  return one === null || record(one.properties) === null ? null : groupOf(one, "", 0);
}

/** All fields of a group and of those within it. */
export function fieldsIn({ fields, groups }: FieldGroup): readonly Field[] {
  return [...fields, ...groups.flatMap(fieldsIn)];
}

/** Why only the file on the machine can set anything of a group; null if this page can set something. */
export function whyOnlyFile(group: FieldGroup): string | null {
  const fields = fieldsIn(group);
  const reason = fields[0]?.onlyOnMachine ?? null;
  return fields.every((field) => field.onlyOnMachine !== null) ? reason : null;
}

/** The part of a form in which keys say all of the words of themselves; null if none does. */
export function found(group: FieldGroup, search: string): FieldGroup | null {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return group;
  const has = ({ path, title, text: about, fallback, options }: Field): boolean => {
    const all = [path, path.replaceAll("_", " "), title, about, fallback ?? "", ...options].join("\n").toLowerCase();
    return words.every((word) => all.includes(word));
  };
  const fields = group.fields.filter(has);
  const groups = group.groups.flatMap((inner) => found(inner, search) ?? []);
  return fields.length === 0 && groups.length === 0 ? null : { ...group, fields, groups };
}
