/** Makes something of what crosses a line, whichever of the meter's ports is at its end. */
import { Deframer } from "@meterport/protocol/mep/frame/frame";

/** Told of every byte, it counts what is whole. */
export interface FrameCounter {
  /** Whole frames, or packets, that came in. */
  readonly frames: number;
  /** Bytes that came in and belong to none. */
  readonly garbage: number;
  /** What the MEP port says of its own accord. */
  readonly alerts: number;
  readonly received: (bytes: Uint8Array) => void;
  readonly sent: (bytes: Uint8Array) => void;
}

/** On the MEP port. */
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
