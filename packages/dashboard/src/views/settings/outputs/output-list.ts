/** The outputs: those that run, those that are configured, and those that could be. */
import type { OutputSummary } from "@meterport/gateway/http/api";
import { record, text } from "../../../state/loose.ts";
import type { Entries } from "../form/changes.ts";
import type { Written } from "../form/config-answers.ts";
import { type Field, type FieldGroup, fieldsIn } from "../form/schema-form.ts";

/** An output of the configuration. */
export interface OutputItem {
  readonly name: string;
  readonly group: FieldGroup;
  /** How it is doing; null while it is off. */
  readonly status: OutputSummary | null;
  /** Whether the file says that it runs. */
  readonly isOn: boolean;
  /** Whether it is to be added, or to be removed, when the changes are saved. */
  readonly pending: "added" | "removed" | null;
}

/** The kinds of use, in which outputs are offered; another one is for programs of one's own. */
const USES = {
  systems: ["mqtt", "home_assistant", "p1", "modbus"],
  meters: ["homewizard", "homewizard_v2", "shelly", "sma_meter", "marstek_ct", "ecotracker", "tasmota", "vzlogger"],
  data: ["influxdb", "postgresql", "prometheus", "csv"],
  own: ["nats", "webhook", "hook", "upstream", "dabbler", "former_topics"],
} as const;

export type Use = keyof typeof USES;

/** What people call them; the name in the configuration for others. */
const NAMES: Readonly<Record<string, string>> = {
  mqtt: "MQTT",
  home_assistant: "Home Assistant",
  p1: "P1",
  modbus: "Modbus",
  prometheus: "Prometheus",
  influxdb: "InfluxDB",
  postgresql: "PostgreSQL",
  nats: "NATS",
  csv: "CSV",
  webhook: "Webhook",
  hook: "Hook",
  homewizard: "HomeWizard",
  homewizard_v2: "HomeWizard (API 2)",
  shelly: "Shelly",
  sma_meter: "SMA Energy Meter",
  marstek_ct: "Marstek CT",
  dabbler: "dabbler",
  former_topics: "Former topics",
  ecotracker: "EcoTracker",
  tasmota: "Tasmota",
  vzlogger: "vzlogger",
  upstream: "Upstream",
};

/** @example outputName("sma_meter") // "SMA Energy Meter" */
export function outputName(name: string): string {
  return (Object.hasOwn(NAMES, name) ? NAMES[name] : undefined) ?? name;
}

function nameOf({ path }: FieldGroup): string {
  return path.slice("outputs.".length);
}

function outputGroups(form: FieldGroup): readonly FieldGroup[] {
  return form.groups.find(({ path }) => path === "outputs")?.groups ?? [];
}

/** The key that turns an output on and off. */
export function switchOf(group: FieldGroup): Field | null {
  return group.fields.find(({ path }) => path === `${group.path}.enabled`) ?? null;
}

const OFF = ["off", "false", "no"];

/** Those that are configured or run, or are to be, in the order of the schema. */
export function outputItems(
  form: FieldGroup,
  written: Written,
  entries: Entries,
  running: readonly OutputSummary[],
): readonly OutputItem[] {
  return outputGroups(form).flatMap((group) => {
    const name = nameOf(group);
    const status = running.find((each) => each.name === name) ?? null;
    const isWritten = fieldsIn(group).some(({ path }) => (written.values.get(path) ?? null) !== null);
    const whole = entries.get(group.path);
    if (!isWritten && status === null && (whole === undefined || whole === null)) return [];
    const enabled = written.values.get(`${group.path}.enabled`) ?? null;
    const isOn = typeof enabled !== "string" || !OFF.includes(enabled);
    return [{ name, group, status, isOn, pending: whole === undefined ? null : whole === null ? "removed" : "added" }];
  });
}

/** Those that could be added, by use. */
export function offered(
  form: FieldGroup,
  items: readonly OutputItem[],
): readonly (readonly [Use, readonly FieldGroup[]])[] {
  const free = outputGroups(form).filter((group) => !items.some((item) => item.group.path === group.path));
  const uses = Object.keys(USES) as readonly Use[];
  const listed: readonly string[] = Object.values(USES).flat();
  return uses.flatMap((use) => {
    const names: readonly string[] = USES[use];
    const groups = free.filter(
      (group) => names.includes(nameOf(group)) || (use === "own" && !listed.includes(nameOf(group))),
    );
    return groups.length === 0 ? [] : [[use, groups] as const];
  });
}

/** What can be asked of an output that runs, as the API names it. */
export type OutputAction = "test" | "pair";

/** Those that act as a device whose button lets a program in. */
const PAIRED: readonly string[] = ["homewizard_v2"];

/** What a user of these rights can ask of an output. */
export function actionsOf(
  name: string,
  session: { readonly may: (scope: "operate" | "admin") => boolean },
): readonly OutputAction[] {
  return [
    ...(session.may("operate") ? (["test"] as const) : []),
    ...(PAIRED.includes(name) && session.may("admin") ? (["pair"] as const) : []),
  ];
}

export interface ActionAnswer {
  readonly ok: boolean;
  /** What was seen, in English. */
  readonly text: string;
}

export function actionAnswerOf(data: unknown): ActionAnswer | null {
  const loose = record(data);
  const words = text(loose?.text);
  return words === null || typeof loose?.ok !== "boolean" ? null : { ok: loose.ok, text: words };
}
