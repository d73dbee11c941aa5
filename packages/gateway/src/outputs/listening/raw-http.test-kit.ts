/** Requests as bytes, right and wrong ones, for tests of faces. */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Connects to a port of this machine. */
export type Dial = (port: number) => Socket;

export const plainly: Dial = (port) => connect(port, "127.0.0.1");
/** Whatever certificate it shows. */
export const byTls: Dial = (port) => connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });

/** Sends bytes, and gives what came back until the connection ended. */
export const exchange = (port: number, bytes: Uint8Array, patience = 2_000, dial = plainly): Promise<string> =>
  new Promise((resolve) => {
    const socket = dial(port);
    let text = "";
    const timer = setTimeout(() => socket.destroy(), patience);
    socket.on("data", (part) => {
      text += part.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(text);
    });
    // Nothing more comes: what is only half of a request ends at once.
    socket.end(bytes);
  });

/** A request as bytes. */
export const rawRequest = (method: string, path: string, body = ""): string =>
  `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${
    body === "" ? "" : `content-type: application/json\r\ncontent-length: ${body.length}\r\n`
  }\r\n${body}`;

/** The same numbers for the same seed, from 0 up to a limit. */
export const chances = (seed: number): ((limit: number) => number) => {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
};

const pieces = [
  "\r\n",
  "\r\n\r\n",
  "\0",
  "%00",
  "../",
  "?",
  "&id=",
  '"',
  "{",
  "}",
  "[",
  "1e999",
  "-1",
  "null",
  "\xff",
  "é",
];

/** One or a few changes: bytes that are other, missing, doubled, or of something else. */
export const mutated = (text: string, chance: (limit: number) => number): Buffer => {
  let bytes: Buffer<ArrayBuffer> = Buffer.from(text, "latin1");
  for (let n = chance(4); n >= 0; n--) {
    const at = chance(bytes.length + 1);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const piece = Buffer.from(pieces[chance(pieces.length)] ?? "", "latin1");
    const kinds: readonly (() => Buffer<ArrayBuffer>)[] = [
      () => Buffer.concat([before, Buffer.from([chance(256)]), after.subarray(1)]),
      () => Buffer.concat([before, after.subarray(1 + chance(8))]),
      () => Buffer.concat([before, piece, after]),
      () => Buffer.concat([before, after.subarray(0, 20), after]),
      () => before,
      () => Buffer.concat([before, Buffer.alloc(chance(2_000), 0x61), after]),
    ];
    bytes = kinds[chance(kinds.length)]?.() ?? bytes;
  }
  return bytes;
};

/** A request that is right as HTTP, so that the face itself has to read what was changed: its address and its body. */
const aimed = (text: string, chance: (limit: number) => number): Buffer<ArrayBuffer> => {
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const [method = "", target = ""] = head.split(" ");
  const other = body === "" ? "" : mutated(body, chance).toString("latin1");
  // What cannot be in an address would end at the parser.
  const bent =
    chance(2) === 0
      ? target
      : `/${mutated(target, chance)
          .toString("latin1")
          .replace(/[^!-~]/g, "")}`;
  const length = other === "" ? "" : `content-length: ${other.length}\r\n`;
  // Without it the face itself would read nothing.
  const token = /^authorization: .*\r\n/m.exec(head)?.[0] ?? "";
  return Buffer.from(`${method} ${bent} HTTP/1.1\r\nhost: 127.0.0.1\r\n${token}${length}\r\n${other}`, "latin1");
};

/** Whether a response is here to its end; one without a body, as to HEAD, says how long it would be. */
const isWhole = (text: string, hasBody: boolean): boolean => {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0 || !hasBody) return head >= 0;
  const fields = text.slice(0, head + 2);
  if (/^transfer-encoding: chunked\r$/im.test(fields)) return text.endsWith("\r\n0\r\n\r\n");
  const [, length] = /^content-length: (\d+)\r$/im.exec(fields) ?? [];
  return length !== undefined && text.length >= head + 4 + Number(length);
};

/** Asks one request after the other on one connection, as long as that stays open. */
class Asker {
  readonly #connect: () => Socket;
  #socket: Socket | undefined;
  #text = "";
  #hasBody = true;
  #done = (): void => {};

  constructor(connect: () => Socket) {
    this.#connect = connect;
  }

  /** Gives the response; empty if the connection ended without one. */
  ask(bytes: Uint8Array, patience = 2_000): Promise<string> {
    const socket = this.#open();
    this.#text = "";
    this.#hasBody = !Buffer.from(bytes.subarray(0, 5)).equals(Buffer.from("HEAD "));
    return new Promise((resolve) => {
      const timer = setTimeout(() => socket.destroy(), patience);
      this.#done = () => {
        clearTimeout(timer);
        this.#done = () => {};
        resolve(this.#text);
      };
      socket.write(bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    if (this.#socket?.writable === true) return this.#socket;
    const socket = this.#connect();
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("data", (part) => {
      if (this.#socket !== socket) return;
      this.#text += part.toString("latin1");
      if (isWhole(this.#text, this.#hasBody)) this.#done();
    });
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#done();
    });
    return socket;
  }
}

export interface Fuzzing {
  readonly dial?: Dial | undefined;
  /** Of so many requests one may be no HTTP any more, and then has a connection to itself. */
  readonly broken?: number | undefined;
}

/** What so many mutated requests did: status codes with their numbers, "silence" for none. */
export const fuzzHttp = async (
  port: number,
  samples: readonly string[],
  count: number,
  seed: number,
  { dial = plainly, broken = 2 }: Fuzzing = {},
): Promise<ReadonlyMap<string, number>> => {
  const chance = chances(seed);
  const seen = new Map<string, number>();
  let left = count;
  const worker = async (): Promise<void> => {
    const asker = new Asker(() => dial(port));
    while (left-- > 0) {
      const sample = samples[chance(samples.length)] ?? "";
      const text =
        chance(broken) === 0
          ? await exchange(port, mutated(sample, chance), undefined, dial)
          : await asker.ask(aimed(sample, chance));
      for (const [, status = ""] of text === "" ? [["", "silence"]] : text.matchAll(/^HTTP\/1\.1 (\d{3})/gm))
        seen.set(status, (seen.get(status) ?? 0) + 1);
    }
    asker.close();
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return seen;
};
