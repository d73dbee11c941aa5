/** Telnet as far as a serial port over it needs it: RFC 854 with COM-PORT-OPTION (RFC 2217), as a pure machine. */
import { concat } from "@meterport/protocol/bytes";

const iac = 255;
const verb = { se: 240, sb: 250, will: 251, wont: 252, do: 253, dont: 254 } as const;
/** BINARY, SUPPRESS-GO-AHEAD, COM-PORT-OPTION. */
const telnetOption = { binary: 0, suppressGoAhead: 3, comPort: 44 } as const;
const wanted: readonly number[] = Object.values(telnetOption);

/** Longest subnegotiation that is kept; those of serial ports have a handful of bytes, signatures a line. */
const subLimit = 256;

/** What received bytes contain. */
export interface TelnetReceived {
  /** Bytes of the serial port. */
  readonly data: Uint8Array;
  /** What telnet itself answers. */
  readonly reply: Uint8Array;
  /** Subnegotiations of COM-PORT-OPTION, without their option byte. */
  readonly comPort: readonly Uint8Array[];
  /** Whether the other side has said yes or no to COM-PORT-OPTION just now. */
  readonly agreed: boolean | undefined;
}

/**
 * Bytes of the serial port as telnet carries them: 255 stands for a command and is doubled.
 *
 * @example
 * escapeTelnet(Uint8Array.of(1, 255)) // Uint8Array [1, 255, 255]
 */
export const escapeTelnet = (bytes: Uint8Array): Uint8Array => {
  if (!bytes.includes(iac)) return bytes;
  return Uint8Array.from(Array.from(bytes).flatMap((byte) => (byte === iac ? [iac, iac] : [byte])));
};

/** A subnegotiation of COM-PORT-OPTION. */
export const comPortCommand = (command: number, value: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(iac, verb.sb, telnetOption.comPort, command), escapeTelnet(value), Uint8Array.of(iac, verb.se));

/** The client's first words: both ways binary and without go-ahead, and a serial port of ours to set. */
export const telnetGreeting = (): Uint8Array =>
  Uint8Array.from(
    [telnetOption.binary, telnetOption.suppressGoAhead]
      .flatMap((option) => [iac, verb.will, option, iac, verb.do, option])
      .concat([iac, verb.will, telnetOption.comPort]),
  );

/** Reads what a telnet server sends, however it is cut. */
export class Telnet {
  #state: "data" | "command" | "option" | "sub" | "sub-command" = "data";
  #verb = 0;
  #sub: number[] = [];
  /** The last answer to each option, so that two ends do not answer each other forever. */
  readonly #answered = new Map<string, number>();

  receive(bytes: Uint8Array): TelnetReceived {
    const data: number[] = [];
    const reply: number[] = [];
    const comPort: Uint8Array[] = [];
    let agreed: boolean | undefined;
    for (const byte of bytes) {
      switch (this.#state) {
        case "data":
          if (byte === iac) this.#state = "command";
          else data.push(byte);
          break;
        case "command":
          this.#state = "data";
          if (byte === iac) data.push(byte);
          else if (byte === verb.sb) {
            this.#sub = [];
            this.#state = "sub";
          } else if (byte >= verb.will) {
            this.#verb = byte;
            this.#state = "option";
          }
          break;
        case "option":
          this.#state = "data";
          if (byte === telnetOption.comPort && this.#verb >= verb.do) agreed = this.#verb === verb.do;
          this.#answer(this.#verb, byte, reply);
          break;
        case "sub":
          if (byte === iac) this.#state = "sub-command";
          else this.#keep(byte);
          break;
        case "sub-command":
          if (byte === iac) {
            this.#keep(byte);
            this.#state = "sub";
          } else {
            this.#state = "data";
            if (byte === verb.se && this.#sub[0] === telnetOption.comPort)
              comPort.push(Uint8Array.from(this.#sub.slice(1)));
          }
          break;
        default:
          this.#state satisfies never;
      }
    }
    return { data: Uint8Array.from(data), reply: Uint8Array.from(reply), comPort, agreed };
  }

  #keep(byte: number): void {
    if (this.#sub.length < subLimit) this.#sub.push(byte);
  }

  /** Agrees to what was offered in the greeting, refuses everything else. */
  #answer(said: number, option: number, reply: number[]): void {
    const asksUs = said === verb.do || said === verb.dont;
    const yes = said === verb.do ? verb.will : verb.do;
    const no = asksUs ? verb.wont : verb.dont;
    const answer = wanted.includes(option) && (said === verb.do || said === verb.will) ? yes : no;
    const key = `${asksUs} ${option}`;
    // What the greeting has said is not repeated; a refusal is.
    const before = this.#answered.get(key) ?? (wanted.includes(option) ? yes : undefined);
    this.#answered.set(key, answer);
    if (answer !== before) reply.push(iac, answer, option);
  }
}
