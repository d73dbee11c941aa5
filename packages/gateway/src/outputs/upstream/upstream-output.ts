/**
 * The output `upstream`: a gateway that no fleet can reach, since it is behind a router, brings its journal to the fleet, and does what the fleet
 * asks for on a stream that it opened itself.
 */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { Batch, Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis, Signal } from "@meterport/protocol/ports";
import { type AskHttp, askHttp, askPatiently, pause, quoteOf, shownUrl } from "../../requests/http-request.ts";
import { proofsOf } from "../entry-proofs.ts";
import type { OutputParts } from "../output-kind.ts";
import { FleetVisits } from "./fleet-visits.ts";
import { LinkWords } from "./link-words.ts";
import { storedAgain } from "./stored-again.ts";
import { type GapsWanted, gapsWanted, type LinkWord, leftOut, type Outcome, readsWanted } from "./upstream-requests.ts";
import type { UpstreamSettings } from "./upstream-settings.ts";
import { mostEntries, type ProvedEntry, wireType, writeBody } from "./upstream-wire.ts";

/** After the stream of requests ended: nothing waits for it, since the fleet asks again. */
const againAfter: Millis = 10_000;
/** Between two looks at what can be told. */
const tellEvery: Millis = 2_000;
/** Between two looks at the links. */
const linksEvery: Millis = 5_000;
/** Characters of a request of the fleet. */
const longestRequest = 65_536;

const path = "/api/v1/fleet/intake";

/** Entries of a request at least, however slow the line is. */
const fewestEntries = 8;

/** So much more is tried after each request that got through: one that does not costs more than it would gain. */
const moreEntries = 16;

/** How much goes into one request: half after one that did not get through, so that a slow line gets on. */
interface Pace {
  most: number;
}

type Parts = Pick<OutputParts, "readAgain" | "visit" | "journalOf">;

/** @param ask stands in for the network */
export const openUpstream = (settings: UpstreamSettings, parts: Parts, ask?: AskHttp): Output["open"] => {
  let visits: FleetVisits | undefined;
  const pace: Pace = { most: mostEntries };
  return async (context, signal) => {
    visits ??= visitsOf(parts, context);
    const session = new Session({ settings, parts, context, visits, pace, ask: askPatiently(ask ?? askHttp) });
    await session.hello(signal);
    return session.running();
  };
};

/** A gateway that lends no way to read, such as that of a test, reads nothing for the fleet. */
const visitsOf = ({ visit = () => undefined, journalOf }: Parts, { clock, log }: OutputContext): FleetVisits =>
  new FleetVisits({
    ...{ clock, log, visit },
    journal: async () => (await journalOf?.("upstream")) ?? { newest: 0, delivered: 0 },
  });

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

interface SessionOptions {
  readonly settings: UpstreamSettings;
  readonly parts: Parts;
  readonly context: OutputContext;
  readonly visits: FleetVisits;
  readonly pace: Pace;
  readonly ask: AskHttp;
}

class Session {
  readonly #settings: UpstreamSettings;
  readonly #parts: Parts;
  readonly #context: OutputContext;
  readonly #visits: FleetVisits;
  readonly #pace: Pace;
  readonly #ask: AskHttp;
  readonly #end = new AbortController();
  #saidWhy: string | undefined;

  constructor({ settings, parts, context, visits, pace, ask }: SessionOptions) {
    this.#settings = settings;
    this.#parts = parts;
    this.#context = context;
    this.#visits = visits;
    this.#pace = pace;
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
    void this.#repeat(againAfter, () => this.#follow());
    void this.#repeat(tellEvery, () => this.#visits.tell((outcomes) => this.#tell("outcomes", outcomes)));
    const { points, clock } = this.#context;
    const words = new LinkWords(clock);
    void this.#repeat(linksEvery, () => words.tell(points(), (links) => this.#tell("links", links)));
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
    if (lost !== null) this.#context.log.warn("the fleet finds what was lost, and asks for it again");
    await this.#bring(entries, signal, acknowledge);
  }

  async #bring(
    entries: readonly JournalEntry[],
    signal: Signal,
    acknowledge: (number: number) => void = () => {},
  ): Promise<void> {
    const proofs = await proofsOf(this.#context.history, entries);
    let left: readonly ProvedEntry[] = entries.map((entry) => ({ entry, proof: proofs.get(entry) }));
    while (left.length > 0) {
      const { most } = this.#pace;
      const { text, taken, last } = writeBody(left, most);
      this.#pace.most = Math.max(fewestEntries, Math.floor(most / 2));
      await this.#post(text, signal);
      this.#pace.most = Math.min(mostEntries, most + moreEntries);
      acknowledge(last);
      left = left.slice(taken);
    }
  }

  /** What has no place in the books counts as delivered, or it would hold up all that follows; so it is said, once for each reason. */
  #noteLeftOut(text: string): void {
    const { success, data } = leftOut.safeParse(jsonIn(text));
    if (!success || data.left_out === 0 || data.why === this.#saidWhy) return;
    this.#saidWhy = data.why;
    this.#context.log.warn(`the fleet left out ${data.left_out} values: ${quoteOf(data.why)}`);
  }

  /** What it refuses for good is told no more: it asks again if it still wants it. */
  async #tell(what: "outcomes" | "links", told: readonly Outcome[] | readonly LinkWord[]): Promise<void> {
    const { clock, log } = this.#context;
    const headers = { "content-type": "application/json", ...this.#headers };
    const question = { url: `${this.#url}/${what}`, headers, body: JSON.stringify({ [what]: told }) };
    const { status, text } = await this.#ask(question, { clock, signal: this.#end.signal });
    if (status >= 200 && status < 300) return;
    if (![400, 403, 404, 409, 413].includes(status)) throw new Error(`it did not take ${what} (${status})`);
    // A fleet of an older version knows no links, and asks for no reads.
    if (status !== 404) log.warn(`the fleet did not take ${told.length} ${what} (${status}): ${quoteOf(text)}`);
  }

  async #post(body: string, signal: Signal): Promise<void> {
    const { clock } = this.#context;
    const headers = { "content-type": wireType, ...this.#headers };
    const { status, text } = await this.#ask({ url: this.#url, headers, body }, { clock, signal });
    if (status >= 200 && status < 300) return this.#noteLeftOut(text);
    const shown = shownUrl(this.#settings.url);
    if (status >= 300 && status < 400)
      throw new Error(`${shown} sends on to another address (${status}): write that address`);
    if (status === 401) throw new Error(`${shown} does not know this token: ask the fleet for another one`);
    throw new Error(`${shown} did not take the values (${status}): ${quoteOf(text)}`);
  }

  /** As long as the output runs, whatever becomes of it. */
  async #repeat(every: Millis, work: () => Promise<void>): Promise<void> {
    const { clock } = this.#context;
    const { signal } = this.#end;
    while (!signal.aborted) {
      await work().catch(() => {});
      await pause(every, { clock, signal }).catch(() => {});
    }
  }

  /** Does what the fleet asks for, until its stream ends. */
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
        await this.#do(rest.slice(0, end));
        rest = rest.slice(end + 2);
      }
      if (rest.length > longestRequest) return;
    }
  }

  /** Does what one event asks for; what is not understood is for a newer gateway. */
  async #do(event: string): Promise<void> {
    const [, kind, data = ""] = /^event: (gaps|read)\ndata: (.*)$/.exec(event) ?? [];
    if (kind === undefined) return;
    const given = jsonIn(data);
    if (kind === "gaps") {
      const wanted = gapsWanted.safeParse(given);
      if (wanted.success && this.#isOurs(wanted.data.point)) await this.#fill(wanted.data);
      return;
    }
    const wanted = readsWanted.safeParse(given);
    // Of a point that is not read here the fleet is told so.
    if (wanted.success) this.#visits.take(wanted.data);
  }

  /** A meter behind a meter has the id of that one's point in front. */
  #isOurs(point: string): boolean {
    return this.#context.points().some(({ id }) => id === point || point.startsWith(`${id}.`));
  }

  async #fill(wanted: GapsWanted): Promise<void> {
    const { history, clock, log } = this.#context;
    const { point } = wanted;
    const { entries, lacking } = await storedAgain(wanted, history, clock);
    await this.#bring(entries, this.#end.signal);
    if (lacking !== undefined && this.#parts.readAgain?.(point, lacking) === true)
      log.info(`the fleet lacks values of ${point} from ${new Date(lacking).toISOString()} on: reading them again`);
  }
}
