/** A transport over a bridge that lets its serial port be set: RFC 2217, as ser2net and many serial servers speak it. */
import { concat } from "@meterport/protocol/bytes";
import { LinkError } from "@meterport/protocol/errors";
import type { Millis, Transport } from "@meterport/protocol/ports";
import { type EnableLine, type ModemLines, modemLines, pulseEnable, type SteadyLines } from "../enable-line.ts";
import { byteTimeOf, defaultBaudRate, hostAndPort } from "../link-settings.ts";
import { openTcp, type TcpOptions } from "./tcp.ts";
import { comPortCommand, escapeTelnet, Telnet, telnetGreeting } from "./telnet.ts";

export interface Rfc2217Options extends TcpOptions {
  readonly baudRate?: number | undefined;
  /** State of RTS and DTR while the port is open; if omitted, the bridge decides. */
  readonly lines?: SteadyLines | undefined;
  /** What RTS and DTR switch; nothing if omitted. */
  readonly enable?: EnableLine | undefined;
  /** For the whole negotiation; 3 s if omitted. */
  readonly negotiationTimeout?: Millis | undefined;
}

/** Commands of COM-PORT-OPTION; the other side confirms each with 100 more. */
const command = { baudRate: 1, dataSize: 2, parity: 3, stopSize: 4, control: 5, purge: 12 } as const;
const confirmed = 100;
const defaultNegotiation = 3_000;

const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

interface Setting {
  readonly command: number;
  readonly value: Uint8Array;
  readonly name: string;
}

/** 8 data bits, no parity, 1 stop bit. */
const settingsOf = (baudRate: number): readonly Setting[] => [
  { command: command.baudRate, value: u32(baudRate), name: `${baudRate} baud` },
  { command: command.dataSize, value: Uint8Array.of(8), name: "8 data bits" },
  { command: command.parity, value: Uint8Array.of(1), name: "no parity" },
  { command: command.stopSize, value: Uint8Array.of(1), name: "1 stop bit" },
];
/** No flow control, and empty buffers. Bridges differ in whether they confirm these, so no confirmation is awaited. */
const unconfirmed = [
  comPortCommand(command.control, Uint8Array.of(1)),
  comPortCommand(command.purge, Uint8Array.of(3)),
];

/** SET-CONTROL for the two lines (RFC 2217, section 3): 8 and 9 switch DTR on and off, 11 and 12 RTS. */
const lineCommands = ({ rts, dtr }: Partial<ModemLines>): Uint8Array =>
  concat(
    ...(dtr === undefined ? [] : [comPortCommand(command.control, Uint8Array.of(dtr ? 8 : 9))]),
    ...(rts === undefined ? [] : [comPortCommand(command.control, Uint8Array.of(rts ? 11 : 12))]),
  );

const numberOf = (value: Uint8Array): number => value.reduce((sum, byte) => sum * 256 + byte, 0);

/** The settings of the port and their confirmations. */
class Negotiation {
  readonly #settings: readonly Setting[];
  readonly #open: Set<Setting>;
  #agreed = false;

  constructor(baudRate: number) {
    this.#settings = settingsOf(baudRate);
    this.#open = new Set(this.#settings);
  }

  get done(): boolean {
    return this.#agreed && this.#open.size === 0;
  }

  /** What the bridge has not confirmed yet, as a sentence. */
  get missing(): string {
    if (!this.#agreed) return "it does not answer as an RFC 2217 bridge; if it passes bytes unchanged, use tcp://";
    return `the bridge does not confirm ${[...this.#open].map(({ name }) => name).join(", ")}`;
  }

  /** What to send after the other side has agreed. */
  agree(): readonly Uint8Array[] {
    this.#agreed = true;
    return [...this.#settings.map(({ command, value }) => comPortCommand(command, value)), ...unconfirmed];
  }

  /** @returns why the negotiation failed; undefined if it did not */
  confirm(sub: Uint8Array): string | undefined {
    const setting = this.#settings.find(({ command }) => sub[0] === command + confirmed);
    if (setting === undefined) return undefined;
    const value = numberOf(sub.subarray(1));
    if (value !== numberOf(setting.value)) return `the bridge does not take ${setting.name}, it stays at ${value}`;
    this.#open.delete(setting);
    return undefined;
  }
}

const hungUp = "cannot open it: the bridge closed the connection; check that its serial port exists and is free";

/** A bridge that cannot open its port drops the client, cleanly or not. */
const dropped = (error: unknown): string => {
  if (error instanceof LinkError && error.code === "closed") return hungUp;
  throw error;
};

/** The failure of the connection below, as one of this link. */
const renamed = (error: unknown, name: string): unknown =>
  error instanceof LinkError
    ? new LinkError(error.code, name, error.detail, { cause: error, reason: error.reason })
    : error;

/**
 * Connects to an RFC 2217 bridge and sets its port.
 *
 * @throws LinkError not-open, aborted
 */
export const openRfc2217 = async (options: Rfc2217Options): Promise<Transport> => {
  const { host, port, baudRate = defaultBaudRate, negotiationTimeout = defaultNegotiation, signal } = options;
  const { lines: steady, enable } = options;
  const name = `rfc2217://${hostAndPort(host, port)}`;
  const tcp = await openTcp(options).catch((error: unknown) => {
    throw renamed(error, name);
  });
  const telnet = new Telnet();
  const received = tcp.chunks[Symbol.asyncIterator]();
  const negotiation = new Negotiation(baudRate);

  let late = (_reason: string): void => {};
  const ended = new Promise<string>((resolve) => {
    late = resolve;
  });
  const timer = setTimeout(() => late(`cannot open it: ${negotiation.missing}`), negotiationTimeout);
  const abort = (): void => late("given up before it was open");
  signal?.addEventListener("abort", abort, { once: true });
  const negotiate = async (): Promise<string | undefined> => {
    await tcp.write(telnetGreeting());
    while (!negotiation.done) {
      const { value, done } = await received.next();
      if (done === true) return hungUp;
      const { reply, agreed, comPort } = telnet.receive(value);
      if (reply.length > 0) await tcp.write(reply);
      if (agreed === false) return "cannot open it: the bridge refuses RFC 2217; use tcp:// for unchanged bytes";
      if (agreed === true) for (const bytes of negotiation.agree()) await tcp.write(bytes);
      for (const sub of comPort) {
        const trouble = negotiation.confirm(sub);
        if (trouble !== undefined) return `cannot open it: ${trouble}`;
      }
    }
    return undefined;
  };
  const switchLines = (lines: Partial<ModemLines>): Promise<void> => tcp.write(lineCommands(lines));
  try {
    const trouble = await Promise.race([negotiate().catch(dropped), ended]);
    if (trouble !== undefined)
      throw new LinkError(signal?.aborted === true ? "aborted" : "not-open", name, trouble, {
        reason: trouble === hungUp ? "hung-up" : undefined,
      });
    clearTimeout(timer);
    if (enable !== undefined) await pulseEnable(enable, switchLines, signal, steady);
    else if (steady !== undefined) await switchLines(steady);
    if (signal?.aborted === true) throw new LinkError("aborted", name, "given up before it was open");
  } catch (error) {
    await tcp.close();
    throw renamed(error, name);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }

  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { value, done } = await received.next();
      if (done === true) return;
      const { data, reply } = telnet.receive(value);
      if (reply.length > 0) await tcp.write(reply);
      if (data.length > 0) yield data;
    }
  };
  const close = async (): Promise<void> => {
    // A lost port cannot be switched any more.
    if (enable !== undefined) await switchLines(modemLines(enable, false, steady)).catch(() => {});
    await tcp.close();
  };
  const timing = { byteTime: byteTimeOf(baudRate) };
  // Not every bridge confirms; if one stays at its speed, nothing is understood, which the caller has to notice anyway.
  const change = (rate: number): Promise<void> => tcp.write(comPortCommand(command.baudRate, u32(rate)));
  const speed = { baudRate, change };
  return { name, timing, speed, chunks: chunks(), write: (bytes) => tcp.write(escapeTelnet(bytes)), close };
};
