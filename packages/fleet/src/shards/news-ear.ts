/** Listens for news of the fleet on a connection of its own. A connection that hears nothing makes the fleet slower, and breaks nothing. */
import { poolOf, postgresDriver } from "@meterport/gateway/stores/postgres/postgres-driver";
import type { PostgresPlace } from "@meterport/gateway/stores/postgres/postgres-url";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { PoolClient } from "pg";
import { type News, newsChannel, newsIn, newsKinds } from "./news.ts";

/** A connection that listens. */
export interface Ear {
  readonly close: () => Promise<void>;
}

/** @param lost is called once if the connection ends by itself */
export type OpenEar = (heard: (text: string) => void, lost: () => void) => Promise<Ear>;

/** @throws UsageError, and errors of the driver */
export const postgresEar =
  (place: PostgresPlace): OpenEar =>
  async (heard, lost) => {
    const pool = poolOf(await postgresDriver(), place, 1);
    let client: PoolClient | undefined;
    const end = async (): Promise<void> => {
      client?.release(true);
      await pool.end();
    };
    try {
      client = await pool.connect();
      client.on("notification", ({ payload }) => heard(payload ?? ""));
      await client.query(`LISTEN "${newsChannel(place.schema)}"`);
    } catch (error) {
      await end().catch(() => {});
      throw error;
    }
    client.once("end", lost);
    return {
      close: async () => {
        client.off("end", lost);
        await end();
      },
    };
  };

export interface NewsEarOptions {
  readonly open: OpenEar;
  /** Sends a text to all ears on another connection, as news come. */
  readonly send: (text: string) => Promise<void>;
  /** Unique among the processes of the fleet. */
  readonly name: string;
  readonly clock: Pick<Clock, "now" | "at">;
  readonly onNews: (news: News) => void;
}

/** Between two tests of the connection: one that is half open, or leads to a pooler that shares it, says nothing by itself. */
const echoPeriod: Millis = 30_000;
const echoWithin: Millis = 5_000;
const firstRest: Millis = 1_000;
const longestRest: Millis = 120_000;

export class NewsEar {
  readonly #options: NewsEarOptions;
  #ear: Ear | undefined;
  #cancel: () => void = () => {};
  #working: Promise<void>;
  #rest: Millis = firstRest;
  #echoes = 0;
  #hears = false;
  #isStopped = false;

  /** Begins to listen. */
  constructor(options: NewsEarOptions) {
    this.#options = options;
    this.#working = this.#connect();
  }

  /** Whether news are heard at once. */
  get hears(): boolean {
    return this.#hears;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#working;
    await this.#close();
  }

  async #connect(): Promise<void> {
    const { open } = this.#options;
    try {
      this.#ear = await open(this.#heard, this.#lost);
    } catch {
      // The database is away, which others tell.
      return this.#tryAgain();
    }
    await this.#ask();
  }

  readonly #lost = (): void => {
    this.#working = this.#tryAgain();
  };

  async #tryAgain(): Promise<void> {
    this.#hears = false;
    this.#wait(this.#rest, () => this.#connect());
    this.#rest = Math.min(2 * this.#rest, longestRest);
    await this.#close();
  }

  /** Sends itself something, and listens for it. */
  async #ask(): Promise<void> {
    this.#echoes++;
    this.#wait(echoWithin, () => this.#tryAgain());
    // If it cannot be sent, it is not heard.
    await this.#options.send(this.#echo()).catch(() => {});
  }

  #echo(): string {
    return `echo ${this.#options.name} ${this.#echoes}`;
  }

  readonly #heard = (text: string): void => {
    if (this.#isStopped) return;
    if (text === this.#echo()) this.#confirm();
    const news = newsIn(text);
    if (news !== undefined) this.#options.onNews(news);
  };

  #confirm(): void {
    const { onNews } = this.#options;
    this.#wait(echoPeriod, () => this.#ask());
    this.#rest = firstRest;
    if (this.#hears) return;
    this.#hears = true;
    // Something may have been told while nobody listened.
    for (const kind of newsKinds) onNews({ kind });
  }

  #wait(time: Millis, work: () => Promise<void>): void {
    const { clock } = this.#options;
    this.#cancel();
    if (this.#isStopped) return;
    this.#cancel = clock.at(clock.now() + time, () => {
      this.#working = work();
    });
  }

  /** A connection that is broken may not close in order. */
  async #close(): Promise<void> {
    const ear = this.#ear;
    this.#ear = undefined;
    await ear?.close().catch(() => {});
  }
}
