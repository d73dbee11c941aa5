/** What an event is, in the reader's words. */
import type { LogEntry } from "@meterport/gateway/http/api";
import { type EventWords, eventText } from "../../i18n/events/event-words.ts";
import type { Formatter } from "../../i18n/format.ts";
import { type Loose, listOf, number, record, text, timeOf } from "../../state/loose.ts";
import { detailOf, isAlarm, isNote, type StoredEvent } from "./event-answer.ts";
import { LINE_KIND } from "./log-events.ts";
import type { EventsWords } from "./words.ts";

export interface Sentence {
  readonly title: string;
  /** More about it; empty if there is no more. */
  readonly more: string;
  /** Whether it has English words although the reader's language is another. */
  readonly english: boolean;
  readonly tone: "alarm" | "outage" | "finding" | "error" | "warning" | "plain";
}

/** What sentences are made of. */
export interface Speaker {
  readonly words: EventsWords;
  /** Words of the meter's own log; null in English, and until they are loaded. */
  readonly log: EventWords | null;
  readonly format: Formatter;
  readonly keyName: (key: string) => string;
  readonly isEnglish: boolean;
  /** Takes the argument of an entry of the meter's log apart; null until it is loaded. */
  readonly argumentOf: ((raw: number, hex: string) => LogEntry["argument"]) | null;
}

type Said = Pick<Sentence, "title" | "more"> & { readonly english?: boolean };

const MOST_PARTS = 32;

function named(names: Readonly<Record<string, string>>, key: string | null): string | null {
  return key !== null && Object.hasOwn(names, key) ? (names[key] ?? null) : null;
}

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== "").join(", ");
}

function amountText(key: string, value: number | null, { format }: Speaker): string {
  const unit = key.endsWith("_wh") ? "Wh" : key.endsWith("_varh") ? "varh" : "";
  return format.amount(value, 0, unit);
}

function logSaid(detail: Loose, speaker: Speaker): Said {
  const [code, raw, hex] = [number(detail.code), number(detail.raw), text(detail.hex)];
  const name = text(detail.name);
  const argument = text(detail.argument) ?? "";
  if (speaker.isEnglish || speaker.log === null || speaker.argumentOf === null || code === null)
    return { title: name ?? `${code ?? "?"}`, more: argument, english: true };
  const parsed = speaker.argumentOf(raw ?? code, hex ?? "");
  const entry = {
    code,
    raw: raw ?? code,
    name,
    argument: parsed,
    time: null,
    number: null,
    severity: null,
    source: null,
  };
  const said = eventText(entry, speaker.log);
  return { title: said.name ?? `${code}`, more: said.argument };
}

function alarmSaid(detail: Loose, { words, log }: Speaker): Said {
  const [key, name, handle] = [text(detail.key), text(detail.name), number(detail.handle)];
  const known = log === null ? null : named(log.alarms, key);
  return {
    title: known ?? name ?? key ?? words.alarm,
    more: handle === null ? "" : words.device(String(handle)),
    english: known === null,
  };
}

/** English names of what an M-Bus device says of itself; the others are those of ET14. */
const DEVICE_FLAGS: Readonly<Record<string, string>> = {
  powerLow: "Low battery",
  permanentError: "Permanent error",
  temporaryError: "Temporary error",
};

function childAlarmSaid(detail: Loose, { words, log }: Speaker): Said {
  const [alarm, serial] = [text(detail.alarm), text(detail.serial)];
  const known = log === null ? null : named(log.alarms, alarm);
  return {
    title: known ?? named(DEVICE_FLAGS, alarm) ?? alarm ?? words.alarm,
    more: serial === null ? "" : words.child(serial),
    english: known === null,
  };
}

function tierName(tier: unknown): string {
  const index = number(tier);
  return index === null ? "?" : `T${index + 1}`;
}

/** What the meter says of its own state. */
function conditionSaid(kind: string, detail: Loose, { words }: Speaker): Said {
  const by = named(words.tierBy, text(detail.by));
  const season = number(detail.season);
  if (kind === "tier")
    return {
      title: words.tier(tierName(detail.tier)),
      more: joined([by, season === null ? null : words.season(String(season + 1))]),
    };
  if (kind === "calendar") return { title: words.calendar(String(number(detail.calendar_id) ?? "?")), more: "" };
  if (kind === "override") return { title: words.override(tierName(detail.tier)), more: "" };
  const [output, state] = [text(detail.output), text(detail.state)];
  return {
    title: `${named(words.outputs, output) ?? output ?? "?"}: ${named(words.states, state) ?? state ?? "?"}`,
    more: "",
  };
}

function exchangeSaid(detail: Loose, { words }: Speaker): Said {
  const [old = null, now = null] = Array.isArray(detail.serials) ? detail.serials.map(text) : [];
  return {
    title: words.exchanged,
    more: words.exchangedFrom(old ?? words.unknownSerial, now ?? words.unknownSerial),
  };
}

function unsteadySaid(detail: Loose, { words, format }: Speaker): Said {
  const serials = joined(listOf(detail.serials, MOST_PARTS, text) ?? []);
  return { title: words.unsteady, more: words.unsteadyBetween(serials, format.number(number(detail.times), 0)) };
}

function stepsSaid(kind: string, detail: unknown, speaker: Speaker): Said {
  const steps = listOf(detail, MOST_PARTS, (step) => {
    const loose = record(step);
    const key = text(loose?.key);
    if (loose === null || key === null) return null;
    const [from, to] = [number(loose.from), number(loose.to)].map((value) => amountText(key, value, speaker));
    return speaker.words.step(speaker.keyName(key), from ?? "", to ?? "");
  });
  return { title: named(speaker.words.steps, kind) ?? kind, more: joined(steps ?? []) };
}

function shiftText(ms: number, { words, format }: Speaker): string {
  return ms > 0 ? words.forward(format.duration(ms)) : words.back(format.duration(-ms));
}

function clockSaid(kind: string, detail: Loose, speaker: Speaker): Said {
  const { words, format } = speaker;
  const count = number(record(detail.intervals)?.count);
  const affected = count === null ? null : words.affected(format.number(count, 0));
  if (kind === "meter-clock-off") {
    const offset = number(detail.offset_ms);
    if (offset === null) return { title: words.clockImpossible, more: joined([affected]) };
    const apart = format.duration(Math.abs(offset));
    return { title: words.clockOff(offset > 0 ? words.ahead(apart) : words.behind(apart)), more: joined([affected]) };
  }
  const by = shiftText(number(detail.by_ms) ?? 0, speaker);
  const unsure = kind === "machine-clock-step" && detail.confirmed === false ? words.unconfirmed : null;
  return {
    title: kind === "machine-clock-step" ? words.machineClock(by) : words.meterClock(by),
    more: joined([unsure, affected]),
  };
}

function profileChangedSaid(detail: Loose, { words, format }: Speaker): Said {
  const [was, is] = [record(detail.was), record(detail.is)];
  const minutes = (shape: Loose | null) => format.number((number(shape?.seconds) ?? 0) / 60, 0);
  const channels = (shape: Loose | null) => String(Array.isArray(shape?.channels) ? shape.channels.length : 0);
  return {
    title: words.profileChanged,
    more: joined([
      number(was?.seconds) === number(is?.seconds) ? null : words.lengthChanged(minutes(was), minutes(is)),
      channels(was) === channels(is) ? null : words.channelsChanged(channels(was), channels(is)),
    ]),
  };
}

function troubleSaid(kind: string, detail: Loose, { words }: Speaker): Said | null {
  const what = Object.keys(words.memory).find((each) => kind.startsWith(`${each}-`));
  if (what === undefined) return null;
  const why = kind.slice(what.length + 1);
  return {
    title: words.trouble(words.memory[what] ?? what, named(words.troubles, why) ?? why),
    more: text(detail.problem) ?? "",
    english: text(detail.problem) !== null,
  };
}

function deviceSaid(detail: Loose, { words }: Speaker): Said {
  const type = text(detail.type);
  const transaction = number(detail.transaction);
  const known = named(words.grid, type);
  const told = text(detail.detail);
  return {
    title: known ?? `${words.gridOther}: ${type ?? "?"}`,
    more: joined([transaction === null ? null : words.transaction(String(transaction)), told]),
    english: told !== null && told !== "",
  };
}

/** What is left: a kind that only a newer gateway knows. */
function otherSaid({ kind, detail }: StoredEvent): Said {
  return { title: kind, more: typeof detail === "string" ? detail.slice(0, 300) : "", english: true };
}

function said(event: StoredEvent, speaker: Speaker): Said {
  const { kind } = event;
  const { words, format, keyName } = speaker;
  const detail = detailOf(event);
  switch (kind) {
    case "log":
      return logSaid(detail, speaker);
    case "outage":
      return { title: words.powerOutage, more: named(words.causes, text(detail.cause)) ?? text(detail.cause) ?? "" };
    case "alarm":
      return alarmSaid(detail, speaker);
    case "child-alarm":
      return childAlarmSaid(detail, speaker);
    case "tier":
    case "calendar":
    case "override":
    case "control":
      return conditionSaid(kind, detail, speaker);
    case "meter-exchange":
      return exchangeSaid(detail, speaker);
    case "serial-unsteady":
      return unsteadySaid(detail, speaker);
    case "register-leap":
    case "register-fall":
    case "register-rollover":
      return stepsSaid(kind, event.detail, speaker);
    case "frozen":
      return { title: words.frozen, more: joined((listOf(detail.keys, MOST_PARTS, text) ?? []).map(keyName)) };
    case "sum-difference": {
      const channel = text(detail.channel) ?? "";
      return {
        title: words.sum,
        more: words.sumBy(keyName(channel), amountText(channel, number(detail.off), speaker)),
      };
    }
    case "intervals-missing":
      return {
        title: words.missing(format.number(number(detail.count), 0)),
        more: named(words.missingWhy, text(detail.reason)) ?? "",
      };
    case "machine-clock-step":
    case "meter-clock-step":
    case "meter-clock-off":
      return clockSaid(kind, detail, speaker);
    case "load-profile-changed":
      return profileChangedSaid(detail, speaker);
    case "device":
      return deviceSaid(detail, speaker);
    case LINE_KIND:
      return { title: text(detail.message) ?? "?", more: "", english: true };
    default:
      return troubleSaid(kind, detail, speaker) ?? otherSaid(event);
  }
}

function toneOf(event: StoredEvent): Sentence["tone"] {
  if (isNote(event)) return "plain";
  if (isAlarm(event)) return "alarm";
  if (event.kind === LINE_KIND) return detailOf(event).level === "error" ? "error" : "warning";
  if (event.kind === "outage") return "outage";
  return event.origin === "gateway" && event.kind !== "device" ? "finding" : "plain";
}

/** An event in the reader's words; whatever it holds, it never throws. */
export function sentenceOf(event: StoredEvent, speaker: Speaker): Sentence {
  const { title, more, english = false } = said(event, speaker);
  return { title, more, english: english && !speaker.isEnglish, tone: toneOf(event) };
}

/** How long it lasted, or that it lasts; empty if it has no length. */
export function lengthOf(event: StoredEvent, { words, format }: Speaker): string {
  const seconds = number(detailOf(event).duration_s);
  if (event.until !== null && event.until > event.time) return words.lasted(format.duration(event.until - event.time));
  if (event.kind === "outage" && event.until === null && seconds !== null)
    return words.lasted(format.duration(1000 * seconds));
  return "";
}

/** All that the page says of an event, for the search. */
export function searchText(event: StoredEvent, speaker: Speaker): string {
  const { title, more } = sentenceOf(event, speaker);
  return `${title} ${more} ${event.kind} ${event.number ?? ""}`;
}

/** When the thing was last seen, of one that ended while nobody looked. */
export function lastSeen(event: StoredEvent): number | null {
  return timeOf(detailOf(event).last_seen);
}
