/** A command's access to the world: everything that a test replaces. */
import type { ConfigTools } from "@meterport/gateway/config/config-tools";
import type { Daemon, DaemonOptions } from "@meterport/gateway/daemon";
import { plainText } from "@meterport/protocol/plain-text";
import type { Clock, Entropy, Signal, Transport } from "@meterport/protocol/ports";
import type { SerialAdapter } from "@meterport/transports/serial/serial-adapters";

export type Administration = typeof import("@meterport/gateway/administration");
export type FleetTools = typeof import("@meterport/fleet/administration");

/** An output stream of the process, unfiltered. */
export interface RawOutput {
  readonly write: (text: string) => void;
  /** Whether it is a terminal. */
  readonly isTerminal: boolean;
  /** Whether it supports colours. */
  readonly color: boolean;
  /** Whether the locale has more than ASCII characters. */
  readonly unicode: boolean;
  /** Characters in a line. */
  readonly columns: number;
  /** Lines on the screen. */
  readonly rows: number;
}

/** Standard output or standard error, as commands write to it. */
export interface Output extends RawOutput {
  /** Text for people: anything that could drive a terminal is removed, whatever its source. */
  readonly write: (text: string) => void;
  /** A document for programs, byte for byte: JSON by `toJson`, CSV, a capture, a page. */
  readonly data: (text: string) => void;
  /** One of our sequences that moves the cursor or clears a line. */
  readonly control: (sequence: string) => void;
}

/** State that is kept between runs of the command. */
export interface State {
  /** Parsed JSON of any shape; undefined if there is none that can be read. */
  readonly load: (name: string) => unknown;
  /** Whether that name exists, readable or not. */
  readonly has: (name: string) => boolean;
  /** All or nothing, even if the power fails. @throws UsageError if it cannot be written */
  readonly save: (name: string, value: unknown) => void;
}

/** A file that is being written. */
export interface OutputFile {
  /** @throws UsageError if it can no longer be written */
  readonly write: (data: string | Uint8Array) => void;
  /** Keeps it under its name. @throws UsageError if that fails */
  readonly close: () => void;
  /** Discards it: nothing is left, unless it grows. */
  readonly discard: () => void;
}

/** How a file is created. */
export interface FileKind {
  /** Replaces an existing file. */
  readonly over: boolean;
  /** Has its name at once, like a capture, which is complete after each line; others get theirs when closed. */
  readonly growing: boolean;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of standard input as text. @throws UsageError if it is longer than a command can use */
  readonly readStdin: () => Promise<string>;
  /** @throws UsageError if the file cannot be read */
  readonly readFile: (path: string) => string;
  /** A whole file of up to 64 MB. @throws UsageError if it cannot be read */
  readonly readText: (path: string) => string;
  /** The same, as bytes. @throws UsageError if it cannot be read */
  readonly readBytes: (path: string) => Uint8Array;
  /** A new file; missing folders are created. @throws UsageError if it exists, without --force, or cannot be written */
  readonly createFile: (path: string) => OutputFile;
  /** The same, for a file that can be read while it grows. @throws UsageError */
  readonly createCapture: (path: string) => OutputFile;
  /** @throws UsageError if the file exists, without --force */
  readonly checkNew: (path: string) => void;
  readonly state: State;
  /** Whether a sentence differs from the last one asked about, in this run or an earlier one. */
  readonly isNews: (sentence: string) => boolean;
  /** A person's answer to a yes/no question; undefined if there is no terminal. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  /** A password that a person types unseen; undefined if there is no terminal or they give up. */
  readonly askSecret: (question: string) => Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Opens at speed `baud`, if given and the link's speed can be set. @throws LinkError, UsageError */
  readonly openLink: (link: string, signal?: Signal, baud?: number) => Promise<Transport>;
  /** The serial ports of this machine. @throws LinkError, UsageError */
  readonly listAdapters: () => Promise<readonly SerialAdapter[]>;
  /** The gateway's daemon. @throws UsageError for what is wrong with its configuration, folder or port */
  readonly startDaemon: (options: DaemonOptions) => Promise<Daemon>;
  /** What works on the data of a daemon; loads the gateway. */
  readonly administration: () => Promise<Administration>;
  /** What works on a fleet; loads the driver of its database. @throws UsageError if the package is not installed */
  readonly fleetTools: () => Promise<FleetTools>;
  /** Who runs this command, for the logs of what people did: "anna@desk". */
  readonly operator: () => string;
  /** A request to a daemon, GET if omitted, with a document for PUT; within some seconds. @throws GatewayError */
  readonly fetchJson: (
    url: string,
    token?: string,
    method?: "GET" | "POST" | "PUT",
    document?: object,
  ) => Promise<JsonAnswer>;
  /** The same for a file: its bytes, or the JSON document of a refusal. @throws GatewayError */
  readonly fetchBytes: (url: string, token?: string) => Promise<JsonAnswer>;
  /** What knows the gateway's configuration. */
  readonly configTools: () => Promise<ConfigTools>;
  /** Takes over SIGHUP, which interrupts otherwise and whenever the listener returns false. */
  readonly onHangUp: (listener: () => boolean) => void;
  /** Ends when the user interrupts. */
  readonly interrupted: AbortSignal;
  /** Removes what looks like a key from a text that quotes the user's input. */
  readonly hide: (text: string) => string;
}

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Path of the next page, on the same host. */
  readonly next?: string | undefined;
}

/** The world outside the edge: what `main` and tests provide. */
export interface RawIo extends Omit<Io, "stdout" | "stderr" | "hide" | "createFile" | "createCapture"> {
  /** The daemon on this machine that uses a link, if one does. */
  readonly daemonOn: (link: string) => Promise<{ readonly url: string; readonly pid: number } | undefined>;
  readonly createFile: (path: string, kind: FileKind) => OutputFile;
  readonly stdout: RawOutput;
  readonly stderr: RawOutput;
}

/** How a command ended. */
export const exit = {
  ...{ done: 0, failed: 1, usage: 2 },
  /** The daemon asks to be started again: `restartCode` of the gateway, which no other command loads. */
  restart: 75,
} as const;
export type Exit = (typeof exit)[keyof typeof exit];

/** Prints one line for people, whatever the sentence contains. */
export const say = (io: Io, sentence: string): void => io.stderr.write(`meterport: ${plainText(sentence)}\n`);

/** Prints a JSON document, made by `toJson`, as a line on standard output. */
export const print = (io: Io, json: string): void => io.stdout.data(`${json}\n`);
