/**
 * The client's half of the NATS protocol as text, from "NATS client protocol" (docs.nats.io, 2026): what is sent, and what comes back in
 * any pieces. Own code because eight verbs are all that is used, and each message has a limit of size.
 */

/** What a server says. */
export type ServerWord =
  | { readonly verb: "INFO"; readonly info: Readonly<Record<string, unknown>> }
  | { readonly verb: "MSG"; readonly subject: string; readonly headers: string; readonly payload: string }
  | { readonly verb: "PING" | "PONG" | "OK" }
  | { readonly verb: "ERR"; readonly reason: string }
  /** What no server says. */
  | { readonly verb: "rubbish" };

/** The line of `INFO` of a large cluster has some kilobytes. */
const longestLine = 64 << 10;
/** Acknowledgements are all that is subscribed to. */
const largestMessage = 1 << 20;

interface Expected {
  readonly subject: string;
  readonly headers: number;
  readonly total: number;
}

const numberIn = (text: string | undefined): number => (/^\d{1,9}$/.test(text ?? "") ? Number(text) : Number.NaN);

/** Reads a connection. After rubbish it gives nothing more. */
export class ServerReader {
  #bytes: Buffer = Buffer.alloc(0);
  #expected: Expected | undefined;
  #broken = false;

  /** @param bytes as they came */
  take(bytes: Uint8Array): readonly ServerWord[] {
    if (this.#broken) return [];
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const words: ServerWord[] = [];
    for (;;) {
      const word = this.#expected === undefined ? this.#line() : this.#message(this.#expected);
      if (word === undefined) return words;
      if (word === "more") continue;
      words.push(word);
      if (word.verb !== "rubbish") continue;
      this.#broken = true;
      this.#bytes = Buffer.alloc(0);
      return words;
    }
  }

  #line(): ServerWord | "more" | undefined {
    const end = this.#bytes.indexOf("\r\n");
    if (end === -1) return this.#bytes.length > longestLine ? { verb: "rubbish" } : undefined;
    const line = this.#bytes.subarray(0, end).toString("utf8");
    this.#bytes = this.#bytes.subarray(end + 2);
    const [verb = "", ...rest] = line.split(/[ \t]+/);
    switch (verb.toUpperCase()) {
      case "PING":
        return { verb: "PING" };
      case "PONG":
        return { verb: "PONG" };
      case "+OK":
        return { verb: "OK" };
      case "-ERR":
        return { verb: "ERR", reason: rest.join(" ").replace(/^'|'$/g, "").slice(0, 200) };
      case "INFO":
        return infoOf(line.slice(5));
      case "MSG":
        return this.#expect(rest, 0);
      case "HMSG":
        return this.#expect(rest, numberIn(rest.at(-2)));
      default:
        return { verb: "rubbish" };
    }
  }

  #expect(words: readonly string[], headers: number): ServerWord | "more" {
    const total = numberIn(words.at(-1));
    if (!(total <= largestMessage) || !(headers <= total)) return { verb: "rubbish" };
    this.#expected = { subject: words[0] ?? "", headers, total };
    return "more";
  }

  #message({ subject, headers, total }: Expected): ServerWord | undefined {
    if (this.#bytes.length < total + 2) return undefined;
    const whole = this.#bytes.subarray(0, total);
    const isEnded = this.#bytes.subarray(total, total + 2).toString("latin1") === "\r\n";
    this.#bytes = this.#bytes.subarray(total + 2);
    this.#expected = undefined;
    if (!isEnded) return { verb: "rubbish" };
    const [head, payload] = [whole.subarray(0, headers), whole.subarray(headers)];
    return { verb: "MSG", subject, headers: head.toString("utf8"), payload: payload.toString("utf8") };
  }
}

const infoOf = (text: string): ServerWord => {
  try {
    const info: unknown = JSON.parse(text);
    if (typeof info === "object" && info !== null) return { verb: "INFO", info: info as Record<string, unknown> };
  } catch {
    // It is not a server.
  }
  return { verb: "rubbish" };
};

export interface Publication {
  readonly subject: string;
  readonly payload: string;
  /** Where an answer is expected. */
  readonly reply?: string | undefined;
  /** By it a stream tells that a message came twice. */
  readonly id?: string | undefined;
}

/** A message as it is sent. */
export const publication = ({ subject, payload, reply, id }: Publication): string => {
  const to = [subject, ...(reply === undefined ? [] : [reply])].join(" ");
  const length = Buffer.byteLength(payload);
  if (id === undefined) return `PUB ${to} ${length}\r\n${payload}\r\n`;
  const head = `NATS/1.0\r\nNats-Msg-Id: ${id}\r\n\r\n`;
  return `HPUB ${to} ${head.length} ${head.length + length}\r\n${head}${payload}\r\n`;
};

/** The part of a subject that an id makes: a dot would divide it. */
export const subjectPart = (id: string): string => id.replace(/[^A-Za-z0-9_-]/g, "_");
