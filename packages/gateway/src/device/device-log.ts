/** What the grid asked and what was answered: the newest in memory, and as events of the point. */
import { type DeviceEvent, deviceEventText } from "@meterport/device";
import type { PointEvent } from "@meterport/engine/model/point-event";
import { toHex } from "@meterport/protocol/bytes";
import type { Millis } from "@meterport/protocol/ports";

/** One line of the list. */
export interface DeviceLine {
  /** Counts from 1 since the start. */
  readonly number: number;
  /** Unix milliseconds. */
  readonly time: Millis;
  readonly type: string;
  readonly text: string;
}

const mostLines = 200;
/** Follow the line, not the grid: worth a line of the log, and no event that is kept. */
const passing: ReadonlySet<string> = new Set(["paused", "resumed", "failed", "alert-stays"]);

/** Bytes become hex. */
const plain = (event: object): string =>
  JSON.stringify(event, (_, part: unknown) => (part instanceof Uint8Array ? toHex(part) : part));

export class DeviceLog {
  readonly #point: string;
  readonly #lines: DeviceLine[] = [];
  #count = 0;
  #said = 0;

  constructor(point: string) {
    this.#point = point;
  }

  /** The newest last. */
  get lines(): readonly DeviceLine[] {
    return this.#lines;
  }

  /** Notes an event; gives the one that is to be stored, if it is. */
  note(event: DeviceEvent, time: Millis): PointEvent | undefined {
    this.say(event.type, deviceEventText(event), time);
    return passing.has(event.type) ? undefined : this.pointEvent(event.type, event, time);
  }

  say(type: string, text: string, time: Millis): void {
    if (this.#lines.push({ number: ++this.#said, time, type, text }) > mostLines) this.#lines.shift();
  }

  /** An event of the point; several may come in one millisecond. */
  pointEvent(type: string, detail: object, time: Millis): PointEvent {
    const id = `device:${type}:${time}:${this.#count++ % 1_000}`;
    return {
      point: this.#point,
      id,
      time,
      until: null,
      kind: "device",
      number: null,
      origin: "gateway",
      detail: plain(detail),
    };
  }
}
