/** How the gateway came to know of an event. */
import { listOf, number, record, text } from "../../state/loose.ts";
import { hrefOf } from "../../state/route.ts";
import type { MadeRequest, WhyPart } from "../../state/why.svelte.ts";
import { detailOf, type StoredEvent } from "./event-answer.ts";
import { LINE_KIND } from "./log-events.ts";
import type { EventsWords } from "./words.ts";

export interface EventWhyContext {
  readonly point: string;
  readonly words: EventsWords;
  readonly dateTime: (time: number) => string;
  readonly keyName: (key: string) => string;
}

/** Tables of the meter in which the event is found, as long as the meter keeps it. */
function tableOf({ kind }: StoredEvent): string | null {
  if (kind === "log") return "BT76";
  if (kind === "outage") return "ET82";
  return kind === "alarm" ? "BT03" : null;
}

type Origin = keyof EventsWords["whyOrigins"];

function originOf(event: StoredEvent): Origin {
  return event.kind === LINE_KIND ? "log" : (event.origin ?? "unknown");
}

const MOST_STEPS = 32;

/** Registers that the event is about, each of which can be asked for. */
function registerParts(event: StoredEvent, { point, keyName, words }: EventWhyContext): WhyPart[] {
  const steps = listOf(event.detail, MOST_STEPS, (step) => {
    const loose = record(step);
    const [key, from, to] = [text(loose?.key), number(loose?.from), number(loose?.to)];
    return key === null || from === null || to === null ? null : { key, from, to };
  });
  return (steps ?? []).map(({ key, from, to }) => {
    const name = keyName(key);
    return { name, text: words.step(name, String(from), String(to)), ask: { point, value: "live", key, label: name } };
  });
}

/** The answer to "why" of an event, from what is stored of it. */
export function eventWhy(event: StoredEvent, title: string, context: EventWhyContext): MadeRequest {
  const { point, words, dateTime } = context;
  const [hex, table] = [text(detailOf(event).hex), tableOf(event)];
  const parts: (WhyPart | null)[] = [
    { name: words.began, text: dateTime(event.time) },
    event.until === null ? null : { name: words.ended, text: dateTime(event.until) },
    event.number === null ? null : { name: words.number, text: String(event.number) },
    ...registerParts(event, context),
    hex === null || hex === "" ? null : { name: words.whyBytes, text: hex.slice(0, 200) },
    table === null
      ? null
      : { name: words.whyTable, text: table, href: hrefOf({ view: "meter", point, section: table }) },
  ];
  return {
    ...{ point, value: "made", label: title, rule: words.whyOrigins[originOf(event)] },
    parts: parts.filter((part) => part !== null),
  };
}
