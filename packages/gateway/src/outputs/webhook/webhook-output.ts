/** The output `webhook`: changes as signed requests, one after the other, until each is taken. */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { Batch, Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Signal } from "@meterport/protocol/ports";
import { type AskHttp, askHttp, askPatiently, quoteOf, shownUrl } from "../../requests/http-request.ts";
import { changeMessage } from "../change-payload.ts";
import { signatureHeaders } from "./signature.ts";
import type { WebhookSettings } from "./webhook-settings.ts";

const usualBatch = 100;

/** What one request says. */
interface Message {
  readonly id: string;
  readonly type: "changes" | "changes_lost" | "test";
  readonly data: object;
}

/** @param ask stands in for the network */
export const openWebhook =
  (settings: WebhookSettings, ask?: AskHttp): Output["open"] =>
  async (context, signal) => {
    const session = new Session(settings, context, signal, ask ?? askHttp);
    await session.hello();
    return session.running();
  };

class Session {
  readonly #settings: WebhookSettings;
  readonly #context: OutputContext;
  readonly #signal: Signal;
  readonly #ask: AskHttp;

  constructor(settings: WebhookSettings, context: OutputContext, signal: Signal, ask: AskHttp) {
    this.#settings = settings;
    this.#context = context;
    this.#signal = signal;
    this.#ask = ask;
  }

  /** A receiver that cannot be reached, or does not believe us, is noticed before there is something to say. */
  async hello(): Promise<void> {
    const id = `test-${Buffer.from(this.#context.entropy(8)).toString("hex")}`;
    await this.#post({ id, type: "test", data: { version: this.#context.version } });
  }

  running(): RunningOutput {
    return {
      // Each request stands alone, so there is nothing that could end between two.
      ended: new Promise(() => {}),
      deliver: (batch, acknowledge) => this.#deliver(batch, acknowledge),
      test: async () => {
        await this.hello();
        return `${shownUrl(this.#settings.url)} took a signed request`;
      },
      close: async () => {},
    };
  }

  async #deliver({ entries, lost }: Batch, acknowledge: (number: number) => void): Promise<void> {
    const { kinds, batch = usualBatch } = this.#settings;
    if (lost !== null) await this.#post({ id: `lost-${lost.after}`, type: "changes_lost", data: lost });
    for (let from = 0; from < entries.length; from += batch) {
      const some = entries.slice(from, from + batch);
      const wanted = some.filter(({ kind }) => kinds === undefined || (kinds as readonly string[]).includes(kind));
      if (wanted.length > 0) await this.#post(messageOf(wanted));
      acknowledge(some.at(-1)?.number ?? 0);
    }
  }

  async #post({ id, type, data }: Message): Promise<void> {
    const { url, secret, token } = this.#settings;
    const { clock } = this.#context;
    const body = JSON.stringify({ type, timestamp: new Date(clock.wall()).toISOString(), data });
    const bearer = token === undefined ? {} : { authorization: `Bearer ${new TextDecoder().decode(token.reveal())}` };
    // Each attempt has its own time: a receiver refuses what was signed minutes ago.
    const ask = askPatiently((question, limits) => {
      const signed = signatureHeaders(secret, { id, time: clock.wall(), body });
      return this.#ask({ ...question, headers: { "content-type": "application/json", ...signed, ...bearer } }, limits);
    });
    const { status, text } = await ask({ url, body }, { clock, signal: this.#signal });
    if (status >= 200 && status < 300) return;
    const shown = shownUrl(url);
    if (status >= 300 && status < 400)
      throw new Error(`${shown} sends on to another address (${status}): write that address`);
    if (status === 401 || status === 403)
      throw new Error(`${shown} refuses the request (${status}): check secret and token: ${quoteOf(text)}`);
    throw new Error(`${shown} did not take the request (${status}): ${quoteOf(text)}`);
  }
}

const messageOf = (entries: readonly JournalEntry[]): Message => ({
  id: `changes-${entries[0]?.number}-${entries.at(-1)?.number}`,
  type: "changes",
  data: { changes: entries.map(changeMessage) },
});
