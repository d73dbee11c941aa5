import { SILENCE_LIMIT_MS } from "./freshness.ts";

/** The part of the browser's EventSource that we use. */
export interface EventSourceLike {
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

/** Runs `run` once after `ms` milliseconds; the answer cancels it. */
export type After = (ms: number, run: () => void) => () => void;

export interface StreamHandlers {
  /** A parsed event; data that is not JSON is dropped and is not a sign of life. */
  readonly event: (type: StreamEventType, data: unknown) => void;
  /** The stream delivers for the first time since it was opened; `again` is false for the very first time. */
  readonly contact: (again: boolean) => void;
}

export interface Stream {
  /** Ends it; nothing is called afterwards. */
  readonly close: () => void;
  /** Opens at once instead of waiting for the next attempt, as after a wake-up; does nothing while events flow. */
  readonly hurry: () => void;
}

const EVENT_TYPES = ["live", "link", "alive"] as const;
export type StreamEventType = (typeof EVENT_TYPES)[number];

const FIRST_PAUSE_MS = 250;
/** A gateway restarts within seconds, and one page is little load, so longer pauses are not needed. */
const LONGEST_PAUSE_MS = 4000;
/** Far above any event of the API; a longer one is dropped unparsed. */
const LONGEST_EVENT = 100_000;

/**
 * Keeps a stream of server-sent events open: reopens it with growing pauses when it fails, and also when it is silent,
 * which the browser does not notice.
 */
export function openStream(create: () => EventSourceLike, after: After, handlers: StreamHandlers): Stream {
  let source: EventSourceLike | null = null;
  let cancel: () => void = () => undefined;
  let pause = FIRST_PAUSE_MS;
  let contacts = 0;
  let delivering = false;
  let closed = false;

  const shut = (): void => {
    cancel();
    source?.close();
    source = null;
    delivering = false;
  };
  const watch = (): void => {
    cancel();
    cancel = after(SILENCE_LIMIT_MS, fail);
  };
  const fail = (): void => {
    shut();
    if (closed) return;
    cancel = after(pause, open);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };
  const receive = (type: StreamEventType, raw: unknown): void => {
    if (typeof raw !== "string" || raw.length > LONGEST_EVENT) return;
    let data: unknown;
    try {
      data = JSON.parse(raw);
    } catch {
      return;
    }
    watch();
    pause = FIRST_PAUSE_MS;
    if (!delivering) {
      delivering = true;
      handlers.contact(contacts++ > 0);
    }
    handlers.event(type, data);
  };
  const open = (): void => {
    shut();
    const own = create();
    source = own;
    for (const type of EVENT_TYPES) {
      own.addEventListener(type, (event) => {
        if (source === own) receive(type, event.data);
      });
    }
    own.addEventListener("error", () => {
      if (source === own) fail();
    });
    watch();
  };

  open();
  return {
    close: () => {
      closed = true;
      shut();
    },
    hurry: () => {
      if (closed || delivering) return;
      pause = FIRST_PAUSE_MS;
      open();
    },
  };
}
