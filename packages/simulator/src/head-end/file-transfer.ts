/**
 * A file for a MEP client, in requests of types 7, 8 and 9 (MEP guide 1.1, pp. 97-98): each packet goes when the one before
 * has been acknowledged. The guide leaves open what the first packet's number is, here 0; what fills the last packet up to
 * the 56 bytes that every packet has, here zeros; and where ET15 has length and MAC of the image, here in the write message
 * of the switchover, as EP19 has them (p. 252).
 */
import type { FileState, GridRequest } from "./received.ts";
import { requestType } from "./received.ts";
import type { RequestOptions } from "./requests.ts";

/** Bytes of a packet with its number in front (p. 97). */
const packetLength = 56;
const numberLength = 2;
/** What of a packet is the file's. */
const codeLength: number = packetLength - numberLength;
const mostPackets = 0x10000;
/** A file that has more bytes has more packets than numbers. */
export const longestFile: number = mostPackets * codeLength;
/** How often a request is sent again before the file is given up. */
const mostRepeats = 3;

/** The packet of a number, with its number in front. */
export const filePacket = (file: Uint8Array, number: number): Uint8Array => {
  const out = new Uint8Array(packetLength);
  out[0] = number & 0xff;
  out[1] = number >> 8;
  out.set(file.subarray(number * codeLength, (number + 1) * codeLength), numberLength);
  return out;
};

/** What goes with the switchover: the length of the image, then its MAC. */
export const imageData = (length: number, mac: Uint8Array): Uint8Array => {
  const out = new Uint8Array(4 + 16);
  new DataView(out.buffer).setUint32(0, length, true);
  out.set(mac.subarray(0, 16), 4);
  return out;
};

export interface FileTransferOptions {
  readonly device: number;
  readonly file: Uint8Array;
  /** Of the image, 16 bytes; without it the switchover carries nothing. */
  readonly mac?: Uint8Array | undefined;
  readonly ask: (options: RequestOptions) => void;
  readonly changed: (state: FileState) => void;
}

export class FileTransfer {
  readonly #options: FileTransferOptions;
  readonly #packets: number;
  #next = 0;
  #repeats = 0;
  #state: FileState["state"] = "running";

  constructor(options: FileTransferOptions) {
    this.#options = options;
    this.#packets = Math.ceil(options.file.length / codeLength);
  }

  get state(): FileState {
    const { device, file } = this.#options;
    return { device, length: file.length, packets: this.#packets, sent: this.#next, state: this.#state };
  }

  start(): void {
    this.#ask({ type: requestType.fileStart }, () => this.#sendNext());
  }

  #sendNext(): void {
    const { file, mac } = this.#options;
    if (this.#next < this.#packets) {
      const multicast = filePacket(file, this.#next);
      this.#ask({ type: requestType.filePacket, multicast }, () => {
        this.#next++;
        this.#sendNext();
      });
      return;
    }
    const data = mac === undefined ? undefined : imageData(file.length, mac);
    this.#ask({ type: requestType.fileSwitchover, data }, () => this.#become("done"));
  }

  /** Asks until it is answered; a switchover that has failed is not repeated. */
  #ask(options: Omit<RequestOptions, "device" | "ended">, then: () => void): void {
    const ended = ({ outcome, type }: GridRequest): void => {
      if (outcome === "answered") {
        this.#repeats = 0;
        then();
        return;
      }
      const over = type === requestType.fileSwitchover && outcome === "failed";
      if (over || this.#repeats++ >= mostRepeats) this.#become("failed");
      else this.#ask(options, then);
    };
    this.#options.ask({ ...options, device: this.#options.device, ended });
  }

  #become(state: FileState["state"]): void {
    this.#state = state;
    this.#options.changed(this.state);
  }
}
