/** Counts frames on a line, of either of the meter's ports. */
import { Deframer } from "@meterport/protocol/mep/frame/frame";

/** Sees every byte, and counts whole frames. */
export interface FrameCounter {
  /** Whole frames, or packets, that came in. */
  readonly frames: number;
  /** Bytes that came in and belong to no frame. */
  readonly garbage: number;
  /** Alerts, which the MEP port sends unasked. */
  readonly alerts: number;
  readonly received: (bytes: Uint8Array) => void;
  readonly sent: (bytes: Uint8Array) => void;
}

/** The counter for a MEP port. */
export class MepFrames implements FrameCounter {
  readonly #deframer = new Deframer();
  #alerts = 0;
  #frames = 0;
  #garbage = 0;

  get frames(): number {
    return this.#frames;
  }

  get alerts(): number {
    return this.#alerts;
  }

  get garbage(): number {
    return this.#garbage + this.#deframer.pending;
  }

  readonly received = (bytes: Uint8Array): void => {
    for (const event of this.#deframer.push(bytes)) {
      if (event.type === "alert") this.#alerts++;
      else if (event.type === "frame") this.#frames++;
      else this.#garbage += event.length;
    }
  };

  readonly sent = (): void => {};
}
