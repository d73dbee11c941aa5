/** The newest lines of the log, for the API. */
import type { LogSubject } from "@meterport/engine/ports/log";
import type { Millis } from "@meterport/protocol/ports";
import { type LogLevel, tells } from "./log.ts";

export interface LogLine {
  /** Counts up with each line since the start. */
  readonly number: number;
  readonly time: Millis;
  readonly level: LogLevel;
  /** Id of the meter that it is about; null if it is about none. */
  readonly meter: string | null;
  readonly message: string;
  /** Whether the same is stored as an event of that meter. */
  readonly isEvent: boolean;
}

export interface LogQuery {
  /** Lines of this level and of more severe ones. */
  readonly level: LogLevel;
  readonly meter?: string | undefined;
  /** Lines with a higher number. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Some hours of a gateway that works, at most 1 MB. */
const mostLines = 1_000;

export class LogMemory {
  readonly #lines: LogLine[] = [];
  #number = 0;

  note(time: Millis, level: LogLevel, message: string, { meter, isEvent = false }: LogSubject = {}): void {
    this.#lines.push({ number: ++this.#number, time, level, meter: meter ?? null, message, isEvent });
    if (this.#lines.length > mostLines) this.#lines.shift();
  }

  /** Newest first. */
  newest({ level, meter, after = 0, limit }: LogQuery): readonly LogLine[] {
    const found: LogLine[] = [];
    for (let n = this.#lines.length - 1; n >= 0 && found.length < limit; n--) {
      const line = this.#lines[n] as LogLine;
      if (line.number <= after) break;
      if (tells(level, line.level) && (meter === undefined || line.meter === meter)) found.push(line);
    }
    return found;
  }
}
