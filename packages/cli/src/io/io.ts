/** What a command has of the world: everything that a test replaces. */
import type { Daemon, DaemonOptions } from "@meterport/gateway/daemon";
import { plainText } from "@meterport/protocol/plain-text";
import type { Clock, Entropy, Signal, Transport } from "@meterport/protocol/ports";
import type { SerialAdapter } from "@meterport/transports/serial/serial-adapters";

/** A stream of the process, which takes whatever it is given. */
export interface RawOutput {
  readonly write: (text: string) => void;
  /** Whether a person looks at it. */
  readonly isTerminal: boolean;
  /** Whether it takes colours. */
  readonly color: boolean;
  /** Whether the locale has more than ASCII. */
  readonly unicode: boolean;
  /** Characters in a line. */
  readonly columns: number;
  /** Lines on the screen. */
  readonly rows: number;
}

/** Standard output or standard error, as commands write to it. */
export interface Output extends RawOutput {
  /** Text for people: whatever could drive a terminal is taken out, whoever said it. */
  readonly write: (text: string) => void;
  /** A document for programs, to the byte: JSON by `toJson`, CSV, a capture, a page. */
  readonly data: (text: string) => void;
  /** A sequence of ours that moves the cursor or clears a line. */
  readonly control: (sequence: string) => void;
}

/** What survives between two runs of the command. */
export interface State {
  /** Parsed JSON, of whatever shape; undefined where there is none that can be read. */
  readonly load: (name: string) => unknown;
  /** Whether there is something of that name, readable or not. */
  readonly has: (name: string) => boolean;
  /** All or nothing, also where the power fails. @throws UsageError where it cannot be written */
  readonly save: (name: string, value: unknown) => void;
}

/** A file that is being written. */
export interface OutputFile {
  /** @throws UsageError where it cannot be written any more */
  readonly write: (data: string | Uint8Array) => void;
  /** Keeps it under its name. @throws UsageError where that cannot be done */
  readonly close: () => void;
  /** Gives it up: nothing is left, unless it grows. */
  readonly discard: () => void;
}

/** How a file comes about. */
export interface FileKind {
  /** Takes the place of one that is there. */
  readonly over: boolean;
  /** Stands under its name at once, as a capture, which is whole after each line; others when they are closed. */
  readonly growing: boolean;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of standard input as text. @throws UsageError for more than a command can use */
  readonly readStdin: () => Promise<string>;
  /** @throws UsageError where the file cannot be read */
  readonly readFile: (path: string) => string;
  /** A whole file of up to 64 MB. @throws UsageError where it cannot be read */
  readonly readText: (path: string) => string;
  /** Likewise, as bytes. @throws UsageError where it cannot be read */
  readonly readBytes: (path: string) => Uint8Array;
  /** A new file; folders that are missing are made. @throws UsageError for one that is there, without --force, or cannot be written */
  readonly createFile: (path: string) => OutputFile;
  /** Likewise, one that can be read while it grows. @throws UsageError */
  readonly createCapture: (path: string) => OutputFile;
  /** @throws UsageError for a file that is there, without --force */
  readonly checkNew: (path: string) => void;
  readonly state: State;
  /** Whether a sentence is another one than the last that was asked about, in this run or an earlier one. */
  readonly isNews: (sentence: string) => boolean;
  /** A person's answer to a question of yes or no; undefined where nobody sits in front. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** With `baud` at that speed, where the link's can be set. @throws LinkError, UsageError */
  readonly openLink: (link: string, signal?: Signal, baud?: number) => Promise<Transport>;
  /** The serial ports of this machine. @throws LinkError, UsageError */
  readonly listAdapters: () => Promise<readonly SerialAdapter[]>;
  /** The gateway's daemon. @throws UsageError for what is wrong with its configuration, folder or port */
  readonly startDaemon: (options: DaemonOptions) => Promise<Daemon>;
  /** Ends when the user interrupts. */
  readonly interrupted: AbortSignal;
  /** Takes what looks like a key out of a text that quotes what was given. */
  readonly hide: (text: string) => string;
}

/** The world before its edge: what `main` and tests provide. */
export interface RawIo extends Omit<Io, "stdout" | "stderr" | "hide" | "createFile" | "createCapture"> {
  /** The daemon on this machine that uses a link, if one does. */
  readonly daemonOn: (link: string) => Promise<{ readonly url: string; readonly pid: number } | undefined>;
  readonly createFile: (path: string, kind: FileKind) => OutputFile;
  readonly stdout: RawOutput;
  readonly stderr: RawOutput;
}

/** How a command ended. */
export const exit = { done: 0, failed: 1, usage: 2 } as const;
export type Exit = (typeof exit)[keyof typeof exit];

/** One line for people, whatever is in the sentence. */
export const say = (io: Io, sentence: string): void => io.stderr.write(`meterport: ${plainText(sentence)}\n`);

/** One JSON document, made by `toJson`, as a line of standard output. */
export const print = (io: Io, json: string): void => io.stdout.data(`${json}\n`);
