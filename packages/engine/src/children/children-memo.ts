/** What the memo of a point keeps of its children. */
import type { Millis } from "@meterport/protocol/ports";
import type { ChildMeter } from "./child-meter.ts";

/** Name of the memo. */
export const childrenMemoName = "children";

export interface ChildrenMark {
  readonly children: readonly ChildMeter[];
  /** When each alarm that lasts began, by child and name. */
  readonly active: ReadonlyMap<string, Millis>;
  /** When each child was read first, also of those that are gone. */
  readonly begins: ReadonlyMap<string, Millis>;
  /** Local time of the newest read in the logs. */
  readonly logged: string | null;
}

/** There are four slots, and each exchange of a child leaves a name behind. */
const mostBegins = 256;

const isChild = (value: unknown): value is ChildMeter => {
  const child = value as Partial<ChildMeter> | null;
  return (
    typeof child?.id === "string" &&
    typeof child.parent === "string" &&
    typeof child.serial === "string" &&
    Array.isArray(child.values) &&
    Array.isArray(child.alarms)
  );
};

const times = (value: unknown): ReadonlyMap<string, Millis> =>
  new Map(
    Object.entries((value ?? {}) as Readonly<Record<string, unknown>>).flatMap(([key, at]) =>
      typeof at === "number" ? [[key, at] as const] : [],
    ),
  );

const nothing: ChildrenMark = { children: [], active: new Map(), begins: new Map(), logged: null };

/**
 * Without a memo, or with one that cannot be read, nothing is known.
 *
 * @example
 * parseMark("rubbish").children // []
 */
export const parseMark = (text: string | undefined): ChildrenMark => {
  if (text === undefined) return nothing;
  try {
    const { children, active, begins, logged } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return {
      children: Array.isArray(children) ? children.filter(isChild) : [],
      active: times(active),
      begins: times(begins),
      logged: typeof logged === "string" ? logged : null,
    };
  } catch {
    return nothing;
  }
};

export const markText = ({ children, active, begins, logged }: ChildrenMark): string =>
  JSON.stringify({
    children,
    active: Object.fromEntries(active),
    begins: Object.fromEntries([...begins].slice(-mostBegins)),
    logged,
  });
