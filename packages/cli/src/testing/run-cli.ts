/** For tests: runs a command line in process and keeps what it printed. */
import { LinkError, UsageError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Clock, Transport } from "@meterport/protocol/ports";
import { memoryLine, VirtualMeter, type VirtualMeterOptions } from "@meterport/simulator";
import type { SerialAdapter } from "@meterport/transports/serial/serial-adapters";
import { GatewayError } from "../failure/gateway-error.ts";
import type { Exit, Io, JsonAnswer, RawIo, RawOutput } from "../io/io.ts";
import { run } from "../run.ts";
import { eagerClock } from "./eager-clock.ts";

export interface Ran {
  readonly code: Exit;
  readonly out: string;
  readonly err: string;
}

export interface World {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** Binary files. */
  readonly binaries?: Readonly<Record<string, Uint8Array>> | undefined;
  readonly stdin?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly terminal?: boolean | undefined;
  readonly color?: boolean | undefined;
  /** Whether the locale has more than ASCII; true if omitted. */
  readonly unicode?: boolean | undefined;
  /** Daemons by the link that they use. */
  readonly daemons?: Readonly<Record<string, { readonly url: string; readonly pid: number }>> | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly interrupted?: AbortSignal | undefined;
  /** Receives what listens to SIGHUP. */
  readonly onHangUp?: Io["onHangUp"] | undefined;
  readonly openLink?: Io["openLink"] | undefined;
  /** The daemon; without one, starting it fails the test. */
  readonly startDaemon?: Io["startDaemon"] | undefined;
  /** Answers of daemons by address; any other address fails. */
  readonly answers?: Readonly<Record<string, JsonAnswer | (() => JsonAnswer)>> | undefined;
  /** Receives what is put to daemons, by address. */
  readonly puts?: Map<string, object> | undefined;
  /** What knows the configuration; without it, asking for it fails the test. */
  readonly configTools?: Io["configTools"] | undefined;
  /** The ports that are plugged in; none if omitted. */
  readonly adapters?: readonly SerialAdapter[] | undefined;
  /** Receives what is written to files, by path; bytes as one character each. */
  readonly written?: Map<string, string> | undefined;
  /** A file on a full disk: it can be opened but not written. */
  readonly unwritable?: string | undefined;
  /** The state of earlier runs, by name; changed by this one. */
  readonly state?: Map<string, unknown> | undefined;
  /** Sentences of earlier runs that need not be repeated; this one adds its own. */
  readonly said?: Set<string> | undefined;
  /** The person's answer; without one there is no terminal. */
  readonly answer?: boolean | undefined;
  /** What the person types unseen, one after the other; without it there is no terminal. */
  readonly secrets?: string[] | undefined;
  /** Sees each write to standard output. */
  readonly onWrite?: ((text: string) => void) | undefined;
}

const noLink = (link: string): Promise<Transport> => Promise.reject(new LinkError("not-open", link, "cannot open it"));

export const runCli = async (argv: readonly string[], world: World = {}): Promise<Ran> => {
  let out = "";
  let err = "";
  const { terminal = false, color = false, columns = 100, rows = 50, files = {} } = world;
  const { unicode = true } = world;
  const output = (write: (text: string) => void): RawOutput => ({
    write,
    isTerminal: terminal,
    color,
    unicode,
    columns,
    rows,
  });
  const checkNew = (path: string): void => {
    if (world.written?.has(path))
      throw new UsageError("exists", `${path} already exists: choose another name, or overwrite it with --force`);
  };
  const answerAt = (url: string): JsonAnswer => {
    const answer = world.answers?.[url];
    if (answer === undefined) throw new GatewayError(url, "no answer");
    return typeof answer === "function" ? answer() : answer;
  };
  const io: RawIo = {
    stdout: output((text) => {
      out += text;
      world.onWrite?.(text);
    }),
    stderr: output((text) => {
      err += text;
    }),
    readStdin: async () => world.stdin ?? "",
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw new UsageError("file", `${path}: no such file`);
      return text;
    },
    readText: (path) => {
      const text = files[path];
      if (text === undefined) throw new UsageError("file", `${path}: cannot be read`);
      return text;
    },
    readBytes: (path) => {
      const bytes =
        world.binaries?.[path] ?? (files[path] === undefined ? undefined : new TextEncoder().encode(files[path]));
      if (bytes === undefined) throw new UsageError("file", `${path}: cannot be read`);
      return bytes;
    },
    createFile: (path, { over }) => {
      if (!over) checkNew(path);
      let text = "";
      world.written?.set(path, "");
      const write = (data: string | Uint8Array) => {
        if (path === world.unwritable) throw new UsageError("file", `${path}: cannot be written`);
        text += typeof data === "string" ? data : Buffer.from(data).toString("latin1");
        world.written?.set(path, text);
      };
      return { write, close: () => {}, discard: () => void world.written?.delete(path) };
    },
    checkNew,
    state: {
      load: (name) => world.state?.get(name),
      has: (name) => world.state?.has(name) === true,
      save: (name, value) => world.state?.set(name, structuredClone(value)),
    },
    isNews: (sentence) => {
      const news = !world.said?.has(sentence);
      world.said?.add(sentence);
      return news;
    },
    confirm: async (question) => {
      if (world.answer !== undefined) err += `${question}\n`;
      return world.answer;
    },
    askSecret: async (question) => {
      if (world.secrets !== undefined) err += `${question}: \n`;
      return world.secrets?.shift();
    },
    env: world.env ?? {},
    clock: world.clock ?? eagerClock(),
    entropy: (length) => new Uint8Array(length).fill(7),
    openLink: world.openLink ?? noLink,
    daemonOn: async (link) => world.daemons?.[link],
    listAdapters: async () => world.adapters ?? [],
    administration: () => import("@meterport/gateway/administration"),
    fleetTools: () => import("@meterport/fleet/administration"),
    operator: () => "anna@desk",
    fetchJson: async (url, _token, _method, document) => {
      if (document !== undefined) world.puts?.set(url, document);
      return answerAt(url);
    },
    fetchBytes: async (url) => answerAt(url),
    startDaemon: world.startDaemon ?? (() => Promise.reject(new Error("no daemon in this world"))),
    configTools: world.configTools ?? (() => Promise.reject(new Error("no configuration in this world"))),
    onHangUp: world.onHangUp ?? (() => {}),
    interrupted: world.interrupted ?? new AbortController().signal,
  };
  const code = await run(argv, io);
  return { code, out, err };
};

export const key = "hex:01010101010101010101010101010101";

/** The quiet household, whose values do not change. */
export const quietMeter = (clock: Clock, options: Partial<VirtualMeterOptions> = {}): VirtualMeter =>
  new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
    epoch: clock.now(),
    keys: { basic: new Secret(new Uint8Array(16).fill(1)), advanced: new Secret(new Uint8Array(16).fill(2)) },
    ...options,
  });

/** A world with a meter behind any link. */
export const withMeter = (options: Partial<VirtualMeterOptions> = {}): World & { readonly meter: VirtualMeter } => {
  const clock = eagerClock();
  const meter = quietMeter(clock, options);
  return { clock, meter, env: { METERPORT_KEY: key }, openLink: async () => memoryLine({ meter, clock }) };
};
