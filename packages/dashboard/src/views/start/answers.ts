/** Reads what the gateway answers during the setup. */
import { distinct, listOf, number, oneOf, record, text } from "../../state/loose.ts";

/** A serial port of the gateway's machine. */
export interface PortRow {
  readonly link: string;
  readonly path: string;
  /** What the adapter calls itself; null if it says nothing. */
  readonly name: string | null;
  readonly usb: boolean;
  /** The point that uses it. */
  readonly usedBy: string | null;
}

export interface Links {
  readonly ports: readonly PortRow[];
  /** Why the system lists no ports. */
  readonly problem: string | null;
  /** The point of the simulated household; null if there is none. */
  readonly simulated: string | null;
}

const MOST_PORTS = 200;
const LONGEST = 200;

const short = (value: unknown): string | null => text(value)?.slice(0, LONGEST) ?? null;

function portOf(data: unknown): PortRow | null {
  const loose = record(data);
  const link = short(loose?.link);
  if (loose === null || link === null) return null;
  const named = [short(loose.maker), short(loose.name)].filter((part) => part !== null && part !== "");
  return {
    ...{ link, path: short(loose.path) ?? link, usb: short(loose.vendor) !== null },
    name: named.length === 0 ? null : named.join(" "),
    usedBy: short(loose.used_by),
  };
}

/** `GET /api/v1/links` */
export function linksOf(data: unknown): Links | null {
  const loose = record(data);
  const listed = listOf(loose?.ports, MOST_PORTS, portOf);
  if (loose === null || listed === null) return null;
  const ports = distinct(listed, ({ link, path }) => `${link} ${path}`);
  return { ports, problem: text(loose.problem), simulated: short(loose.simulated) };
}

const BRIDGE_KINDS = ["esphome", "telnet", "stream"] as const;

/** A bridge that answered in the network. */
export interface BridgeRow {
  readonly link: string;
  readonly name: string;
  /** Null if a newer gateway has another kind. */
  readonly kind: (typeof BRIDGE_KINDS)[number] | null;
  /** Whether its port is only the usual one. */
  readonly guessed: boolean;
  readonly usedBy: string | null;
}

export interface FoundBridges {
  readonly bridges: readonly BridgeRow[];
  /** Why the network could not be searched. */
  readonly problem: string | null;
}

/** `GET /api/v1/links/found` */
export function bridgesOf(data: unknown): FoundBridges | null {
  const loose = record(data);
  const listed = listOf(loose?.bridges, MOST_PORTS, (entry) => {
    const each = record(entry);
    const link = short(each?.link);
    if (each === null || link === null) return null;
    return {
      ...{ link, name: short(each.name) ?? link, kind: oneOf(BRIDGE_KINDS, each.kind) },
      ...{ guessed: each.guessed === true, usedBy: short(each.used_by) },
    };
  });
  if (loose === null || listed === null) return null;
  return { bridges: distinct(listed, ({ link }) => link), problem: text(loose.problem) };
}

/** The links of ports that were not there before. */
export function appeared(before: readonly PortRow[], now: readonly PortRow[]): readonly string[] {
  const known = new Set(before.map(({ link, path }) => `${link} ${path}`));
  return now.filter(({ link, path }) => !known.has(`${link} ${path}`)).map(({ link }) => link);
}

export const OUTCOMES = ["works", "wrong-key", "needs-key", "no-answer", "failed"] as const;

/** What the meter gives with the key; null is unknown. */
export interface Offer {
  readonly phases: number | null;
  readonly power: number | null;
  readonly days: number | null;
  readonly minutes: number | null;
}

export interface Verdict {
  readonly outcome: (typeof OUTCOMES)[number];
  readonly level: "none" | "basic" | "advanced" | null;
  readonly meter: string | null;
  readonly code: string | null;
  /** The gateway's English sentence. */
  readonly message: string | null;
  readonly offer: Offer | null;
}

export interface TestRecord {
  readonly state: "running" | "done" | "failed";
  /** When it began, which tells one test from another. */
  readonly started: string;
  readonly problem: string | null;
  readonly verdict: Verdict | null;
}

function offerOf(data: unknown): Offer | null {
  const loose = record(data);
  if (loose === null) return null;
  const [phases, days, minutes] = [loose.phases, loose.profile_days, loose.profile_minutes].map(number);
  return { phases: phases ?? null, power: number(loose.power_w), days: days ?? null, minutes: minutes ?? null };
}

function verdictOf(data: unknown): Verdict | null {
  const loose = record(data);
  const outcome = oneOf(OUTCOMES, loose?.outcome);
  if (loose === null || outcome === null) return null;
  return {
    outcome,
    level: oneOf(["none", "basic", "advanced"], loose.level),
    ...{ meter: short(loose.meter), code: short(loose.code), message: text(loose.message) },
    offer: offerOf(loose.offer),
  };
}

/** `GET` and `POST /api/v1/link/test` */
export function testOf(data: unknown): TestRecord | null {
  const loose = record(data);
  const state = oneOf(["running", "done", "failed"], loose?.state);
  const started = short(loose?.started);
  if (loose === null || state === null || started === null) return null;
  const verdict = verdictOf(loose.verdict);
  if (state === "done" && verdict === null) return null;
  return { state, started, problem: text(loose.problem), verdict };
}

/** A configuration that can be changed, or why it cannot. */
export interface Changeable {
  readonly unchangeable: string | null;
}

/** `GET /api/v1/configuration`, of which only this counts here. */
export function changeableOf(data: unknown): Changeable | null {
  const loose = record(data);
  return loose === null ? null : { unchangeable: text(loose.unchangeable) };
}

/** What a change of the configuration did. */
export interface Changed {
  readonly id: string | null;
  /** False if it was written and could not be carried out. */
  readonly ok: boolean;
  readonly problems: readonly string[];
}

/** `POST /api/v1/points` and `PATCH /api/v1/configuration` */
export function changedOf(data: unknown): Changed | null {
  const loose = record(data);
  if (loose === null) return null;
  return { id: short(loose.id), ok: loose.ok !== false, problems: listOf(loose.problems, 50, text) ?? [] };
}

/** `POST /api/v1/outputs/{name}/test` */
export function outputTestOf(data: unknown): { readonly ok: boolean; readonly text: string | null } | null {
  const loose = record(data);
  return loose === null || typeof loose.ok !== "boolean" ? null : { ok: loose.ok, text: text(loose.text) };
}

/** How much of the meter's memory is read already. */
export interface Recovered {
  readonly present: number;
  /** Intervals that should be there. */
  readonly expected: number;
  /** Those that may still come. */
  readonly open: number;
  /** Days that they cover. */
  readonly days: number;
}

const SECONDS_OF_A_DAY = 86_400;

/** `GET /api/v1/points/{id}/completeness` */
export function recoveredOf(data: unknown): Recovered | null {
  const periods = listOf(record(data)?.periods, 1000, record);
  if (periods === null) return null;
  const sum = (name: string): number =>
    periods.reduce((all, period) => all + Math.max(0, number(period[name]) ?? 0), 0);
  const days = sum("present_s") / SECONDS_OF_A_DAY;
  return { present: sum("present"), expected: sum("expected"), open: sum("open"), days };
}
