/**
 * The output `upstream`: a gateway that no fleet can reach, since it is behind a router, brings its journal to the fleet, and does what the fleet
 * asks for on a stream that it opened itself.
 */
import type { Batch, Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis, Signal } from "@meterport/protocol/ports";
import { type AskHttp, askHttp, askPatiently, pause, quoteOf, shownUrl } from "../../requests/http-request.ts";
import { proofsOf } from "../entry-proofs.ts";
import type { OutputParts } from "../output-kind.ts";
import type { UpstreamSettings } from "./upstream-settings.ts";
import { gapsWanted, wireType, writeBody } from "./upstream-wire.ts";

/** After the stream of requests ended: nothing waits for it, since the fleet asks again. */
const againAfter: Millis = 10_000;
/** Bytes of a request of the fleet. */
const longestRequest = 16_384;

const path = "/api/v1/fleet/intake";

/** @param ask stands in for the network */
export const openUpstream =
  (settings: UpstreamSettings, parts: Pick<OutputParts, "readAgain">, ask?: AskHttp): Output["open"] =>
  async (context, signal) => {
    const session = new Session(settings, parts, context, askPatiently(ask ?? askHttp));
    await session.hello(signal);
    return session.running();
  };

class Session {
  readonly #settings: UpstreamSettings;
  readonly #parts: Pick<OutputParts, "readAgain">;
  readonly #context: OutputContext;
  readonly #ask: AskHttp;
  readonly #end = new AbortController();

  constructor(settings: UpstreamSettings, parts: Pick<OutputParts, "readAgain">, context: OutputContext, ask: AskHttp) {
    this.#settings = settings;
    this.#parts = parts;
    this.#context = context;
    this.#ask = ask;
  }

  get #url(): string {
    return `${this.#settings.url.replace(/\/+$/, "")}${path}`;
  }

  get #headers(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${new TextDecoder().decode(this.#settings.token.reveal())}` };
  }

  /** An empty delivery: a fleet that cannot be reached, or does not know us, is noticed before there is something to say. */
  hello(signal: Signal): Promise<void> {
    return this.#post("", signal);
  }

  running(): RunningOutput {
    void this.#listen();
    return {
      // Each request stands alone, so there is nothing that could end between two.
      ended: new Promise(() => {}),
      deliver: (batch, acknowledge, signal) => this.#deliver(batch, acknowledge, signal),
      test: async (signal) => {
        await this.hello(signal);
        return `${shownUrl(this.#settings.url)} knows this gateway, and takes its values`;
      },
      close: async () => this.#end.abort(),
    };
  }

  async #deliver({ entries, lost }: Batch, acknowledge: (number: number) => void, signal: Signal): Promise<void> {
    const { log, history } = this.#context;
    if (lost !== null) log.warn("the fleet finds what was lost, and asks for it again");
    const proofs = await proofsOf(history, entries);
    let left = entries.map((entry) => ({ entry, proof: proofs.get(entry) }));
    while (left.length > 0) {
      const { text, taken, last } = writeBody(left);
      await this.#post(text, signal);
      acknowledge(last);
      left = left.slice(taken);
    }
  }

  async #post(body: string, signal: Signal): Promise<void> {
    const { clock } = this.#context;
    const headers = { "content-type": wireType, ...this.#headers };
    const { status, text } = await this.#ask({ url: this.#url, headers, body }, { clock, signal });
    if (status >= 200 && status < 300) return;
    const shown = shownUrl(this.#settings.url);
    if (status >= 300 && status < 400)
      throw new Error(`${shown} sends on to another address (${status}): write that address`);
    if (status === 401) throw new Error(`${shown} does not know this token: ask the fleet for another one`);
    throw new Error(`${shown} did not take the values (${status}): ${quoteOf(text)}`);
  }

  /** Follows what the fleet asks for, as long as the output runs. */
  async #listen(): Promise<void> {
    const { clock } = this.#context;
    const { signal } = this.#end;
    while (!signal.aborted) {
      await this.#follow().catch(() => {});
      await pause(againAfter, { clock, signal }).catch(() => {});
    }
  }

  async #follow(): Promise<void> {
    const { signal } = this.#end;
    const headers = { ...this.#headers, accept: "text/event-stream" };
    const answer = await fetch(`${this.#url}/requests`, { headers, redirect: "manual", signal });
    if (!answer.ok || answer.body === null) {
      await answer.body?.cancel();
      return;
    }
    const decoder = new TextDecoder();
    let rest = "";
    for await (const piece of answer.body) {
      rest += decoder.decode(piece, { stream: true });
      for (let end = rest.indexOf("\n\n"); end !== -1; end = rest.indexOf("\n\n")) {
        this.#do(rest.slice(0, end));
        rest = rest.slice(end + 2);
      }
      if (rest.length > longestRequest) return;
    }
  }

  /** Does what one event asks for; what is not understood is for a newer gateway. */
  #do(event: string): void {
    const data = /^event: gaps\ndata: (.*)$/.exec(event)?.[1];
    if (data === undefined) return;
    let given: unknown;
    try {
      given = JSON.parse(data);
    } catch {
      return;
    }
    const wanted = gapsWanted.safeParse(given);
    if (!wanted.success) return;
    const { point, from } = wanted.data;
    const isOurs = this.#context.points().some(({ id }) => id === point);
    if (isOurs && this.#parts.readAgain?.(point, from) === true)
      this.#context.log.info(
        `the fleet lacks values of ${point} from ${new Date(from).toISOString()} on: reading them again`,
      );
  }
}
