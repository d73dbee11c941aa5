/** The output `nats`: readings and changes as messages on subjects, stored by JetStream if that is wanted. */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { Batch, Output, OutputContext, PointView, RunningOutput } from "@meterport/engine/ports/output";
import type { Signal } from "@meterport/protocol/ports";
import { changePayload } from "../change-payload.ts";
import { liveFields } from "../live-fields.ts";
import { connectNats, type NatsConnection } from "./nats-connection.ts";
import { type Publication, type ServerWord, subjectPart } from "./nats-protocol.ts";
import type { NatsSettings } from "./nats-settings.ts";

/** Messages on their way at once. */
const window = 250;
/** Bytes that wait for the server: beyond that live values are skipped. */
const mostWaiting = 256 << 10;

export const openNats =
  (settings: NatsSettings): Output["open"] =>
  async (context, signal) => {
    const session = new Session(settings, context);
    await session.connect(signal);
    return session.running();
  };

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class Session {
  readonly #settings: NatsSettings;
  readonly #context: OutputContext;
  readonly #prefix: string;
  readonly #inbox: string;
  #connection: NatsConnection | undefined;
  /** Answers of streams that are waited for, by the last part of their subject. */
  readonly #acks = new Map<string, Waiting>();
  #next = 0;
  readonly #stale = new Set<string>();

  constructor(settings: NatsSettings, context: OutputContext) {
    this.#settings = settings;
    this.#context = context;
    this.#prefix = settings.prefix ?? "meterport";
    this.#inbox = `_INBOX.${Buffer.from(context.entropy(12)).toString("hex")}`;
  }

  async connect(signal: Signal): Promise<void> {
    const { clock, version } = this.#context;
    const heard = (message: Extract<ServerWord, { readonly verb: "MSG" }>): void => this.#heard(message);
    this.#connection = await connectNats({ settings: this.#settings, clock, version, heard }, signal);
    if (this.#settings.jetstream === true) this.#connection.subscribe(`${this.#inbox}.*`);
  }

  running(): RunningOutput {
    const { onSnapshot } = this.#context;
    if (this.#settings.live_values ?? true) onSnapshot((point, live) => this.#note(point, live));
    const connection = this.#needConnection();
    connection.ended.catch((error: unknown) => {
      for (const { reject } of this.#acks.values()) reject(error as Error);
      this.#acks.clear();
    });
    return {
      ended: connection.ended,
      deliver: (batch, acknowledge) => this.#deliver(batch, acknowledge),
      test: () => this.#test(),
      close: async () => connection.close(),
    };
  }

  /** Stale values are said once, as nulls; then nothing until there are new ones. */
  #note(point: PointView, live: LiveAnswer): void {
    const isStale = live.quality === "stale";
    if (isStale && this.#stale.has(point.id)) return;
    const connection = this.#needConnection();
    if (connection.waiting() > mostWaiting) {
      this.#context.skipped(1);
      return;
    }
    if (isStale) this.#stale.add(point.id);
    else this.#stale.delete(point.id);
    const values = isStale ? { ...live, id: undefined } : { ...liveFields(point, live), quality: live.quality };
    const payload = JSON.stringify({ time: live.time, ...values });
    connection.publish([{ subject: this.#subject(point.id, "live"), payload }]);
    this.#context.sent(1);
  }

  async #deliver({ entries, lost }: Batch, acknowledge: (number: number) => void): Promise<void> {
    if (lost !== null) await this.#send([{ subject: `${this.#prefix}._gateway.lost`, payload: JSON.stringify(lost) }]);
    for (let from = 0; from < entries.length; from += window) {
      const some = entries.slice(from, from + window);
      await this.#send(some.map((entry) => this.#messageOf(entry)));
      acknowledge(some.at(-1)?.number ?? 0);
    }
  }

  #messageOf(entry: JournalEntry): Publication {
    const { kind, body } = changePayload(entry);
    return {
      // By its id a stream, which may listen although we do not ask for one, tells that a message came twice.
      subject: this.#subject(entry.point, kind),
      payload: JSON.stringify(body),
      id: `${this.#prefix}-${entry.number}`,
    };
  }

  #subject(id: string, kind: string): string {
    return `${this.#prefix}.${subjectPart(id)}.${kind}`;
  }

  /** Resolves when the server has all of them, or a stream has stored them. */
  async #send(messages: readonly Publication[]): Promise<void> {
    const connection = this.#needConnection();
    if (this.#settings.jetstream !== true) {
      connection.publish(messages);
      await connection.flush();
      return;
    }
    const stored = messages.map(
      (message) =>
        new Promise<void>((resolve, reject) => {
          const name = String(this.#next++);
          this.#acks.set(name, { resolve, reject });
          connection.publish([{ ...message, reply: `${this.#inbox}.${name}` }]);
        }),
    );
    await Promise.all(stored);
  }

  #heard({ subject, headers, payload }: Extract<ServerWord, { readonly verb: "MSG" }>): void {
    const name = subject.split(".").at(-1) ?? "";
    const waiting = this.#acks.get(name);
    if (waiting === undefined) return;
    this.#acks.delete(name);
    const problem = ackProblem(headers, payload, this.#prefix);
    if (problem === undefined) waiting.resolve();
    else waiting.reject(new Error(problem));
  }

  async #test(): Promise<string> {
    const subject = `${this.#prefix}._gateway.test`;
    await this.#send([{ subject, payload: JSON.stringify({ version: this.#context.version }) }]);
    const taken = this.#settings.jetstream === true ? "a stream stored" : "the server took";
    return `${taken} a message on ${subject}`;
  }

  #needConnection(): NatsConnection {
    if (this.#connection === undefined) throw new Error("there is no connection to the server yet");
    return this.#connection;
  }
}

/** What is wrong with a stream's answer; undefined if it has stored the message. */
export const ackProblem = (headers: string, payload: string, prefix: string): string | undefined => {
  if (/^NATS\/1\.0 503/.test(headers))
    return `no stream takes these subjects: create one, as with nats stream add --subjects "${prefix}.>"`;
  try {
    const answer = JSON.parse(payload) as {
      readonly stream?: unknown;
      readonly error?: { readonly description?: unknown };
    };
    if (answer.error !== undefined)
      return `the stream did not store a message: ${String(answer.error.description ?? "it gives no reason").slice(0, 160)}`;
    if (typeof answer.stream === "string") return undefined;
  } catch {
    // It is no answer of a stream.
  }
  return "what answers these subjects is not a stream of JetStream";
};
