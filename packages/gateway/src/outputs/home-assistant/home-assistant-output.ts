/** The output `home_assistant`: the hours that a meter remembers, as statistics that the Energy dashboard shows. */
import type { Batch, Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis, Signal } from "@meterport/protocol/ports";
import { crossesInClear } from "../clear-text.ts";
import { HaRefusal, HaSocket, type OpenSocket } from "./ha-socket.ts";
import type { HomeAssistantSettings } from "./home-assistant-settings.ts";
import {
  type Counted,
  channels,
  floorHour,
  hour,
  isStatisticChannel,
  metadataOf,
  originOf,
  type Row,
  rowMessage,
  rowsOf,
  type StatisticChannel,
  statisticId,
} from "./statistics.ts";

/** How far back is compared when a connection is new. Whatever is older follows from it: all sums count from one beginning. */
const comparedHours = 8 * 24;
/** Statistics that are asked for at once. */
const comparedAtOnce = 20;
/** Entries of the journal that are acknowledged together. */
const slice = 100;
/** How soon an hour is sent whose last interval never came. */
const lookEvery: Millis = 600_000;

/** @param openSocket stands in for Node's own WebSocket */
export const openHomeAssistant = (settings: HomeAssistantSettings, openSocket?: OpenSocket): Output["open"] => {
  let told = false;
  return async (context, signal) => {
    const { clock } = context;
    if (!told && crossesInClear(settings.url))
      context.log.warn("the token crosses the network in the clear: use https:// if others can listen there");
    told = true;
    const token = (): string => new TextDecoder().decode(settings.token.reveal());
    const socket = new HaSocket({ url: settings.url, token, clock, openSocket });
    await socket.signIn(signal);
    return new Session(context, socket).running();
  };
};

const keyOf = ({ point, channel }: Counted): string => `${channel} ${point}`;

class Session {
  readonly #context: OutputContext;
  readonly #socket: HaSocket;
  /** The last work on each statistic: an older set of rows must not arrive after a newer one. */
  readonly #last = new Map<string, Promise<void>>();
  /** The first hour of each statistic that is not sent yet, because it is not over. */
  readonly #pending = new Map<string, { readonly counted: Counted; readonly from: Millis }>();
  #unlook = (): void => {};
  #broke: (error: unknown) => void = () => {};

  constructor(context: OutputContext, socket: HaSocket) {
    this.#context = context;
    this.#socket = socket;
  }

  running(): RunningOutput {
    const broken = new Promise<void>((_, reject) => {
      this.#broke = reject;
    });
    const { onPoints } = this.#context;
    onPoints(() => this.#guarded(this.#compareAll()));
    this.#guarded(this.#compareAll());
    this.#look();
    return {
      ended: Promise.race([this.#socket.ended, broken]),
      deliver: (batch, acknowledge, signal) => this.#deliver(batch, acknowledge, signal),
      test: () => this.#test(),
      close: async () => {
        this.#unlook();
        this.#socket.close();
      },
    };
  }

  async #deliver({ entries, lost }: Batch, acknowledge: (number: number) => void, signal: Signal): Promise<void> {
    // What was deleted from the journal is still in the store, and the comparison finds it.
    if (lost !== null) await this.#compareAll();
    for (let first = 0; first < entries.length && !signal.aborted; first += slice) {
      const some = entries.slice(first, first + slice);
      for (const entry of some) {
        if (entry.kind !== "interval" || !isStatisticChannel(entry.interval.channel)) continue;
        const { channel, end, seconds } = entry.interval;
        this.#mark({ point: entry.point, channel }, floorHour(end - 1000 * seconds));
      }
      await this.#sendPending();
      acknowledge(some.at(-1)?.number ?? 0);
    }
  }

  #mark(counted: Counted, from: Millis): void {
    const before = this.#pending.get(keyOf(counted));
    this.#pending.set(keyOf(counted), { counted, from: Math.min(from, before?.from ?? from) });
  }

  /** Sends the hours that are over. All later sums change with an hour, so they are sent as well. */
  async #sendPending(): Promise<void> {
    const now = floorHour(this.#context.clock.wall());
    for (const [key, { counted, from }] of [...this.#pending]) {
      if (from >= now) continue;
      this.#pending.delete(key);
      try {
        await this.#send(counted, from);
      } catch (error) {
        this.#mark(counted, from);
        throw error;
      }
    }
  }

  #send(counted: Counted, from: Millis): Promise<void> {
    return this.#inTurn(counted, async () => {
      const { history, clock, points } = this.#context;
      const point = points().find(({ id }) => id === counted.point);
      const origin = await originOf(history, counted);
      if (point === undefined || origin === undefined) return;
      const metadata = metadataOf(counted, point.name);
      const to = floorHour(clock.wall());
      for await (const rows of rowsOf(history, counted, { origin, from, to })) await this.#import(metadata, rows);
    });
  }

  async #import(metadata: ReturnType<typeof metadataOf>, rows: readonly Row[]): Promise<void> {
    const what = `the statistics ${metadata.statistic_id}`;
    try {
      await this.#socket.ask(what, "recorder/import_statistics", { metadata, stats: rows.map(rowMessage) });
    } catch (error) {
      if (error instanceof HaRefusal && error.code === "unauthorized")
        throw new Error("the token is not that of an administrator, who alone may import statistics", { cause: error });
      throw error;
    }
    this.#context.sent(rows.length);
  }

  /** Compares the last days of every statistic with those of Home Assistant, and sends all hours of those that differ. */
  async #compareAll(): Promise<void> {
    const all = this.#context
      .points()
      .flatMap(({ id }) =>
        (Object.keys(channels) as StatisticChannel[]).map((channel): Counted => ({ point: id, channel })),
      );
    for (let first = 0; first < all.length; first += comparedAtOnce)
      await this.#compare(all.slice(first, first + comparedAtOnce));
  }

  async #compare(some: readonly Counted[]): Promise<void> {
    const { clock, history } = this.#context;
    const to = floorHour(clock.wall());
    const from = to - comparedHours * hour;
    const theirs = await this.#theirRows(some, from, to);
    for (const counted of some) {
      const origin = await originOf(history, counted);
      if (origin === undefined) continue;
      const known = theirs.get(statisticId(counted)) ?? new Map<Millis, number>();
      const window = { origin, from: Math.max(from, origin), to };
      let differs = known.size === 0;
      for await (const rows of rowsOf(history, counted, window))
        differs ||= rows.some(
          ({ start, sum }) => Math.abs((known.get(start) ?? Number.NaN) - sum) > 1e-6 || !known.has(start),
        );
      if (differs) await this.#send(counted, origin);
    }
  }

  /** What Home Assistant has: by statistic, the sum of each hour. Whatever has another form counts as unknown. */
  async #theirRows(
    some: readonly Counted[],
    from: Millis,
    to: Millis,
  ): Promise<ReadonlyMap<string, ReadonlyMap<Millis, number>>> {
    const answer = await this.#socket.ask("its statistics", "recorder/statistics_during_period", {
      start_time: new Date(from).toISOString(),
      end_time: new Date(to).toISOString(),
      statistic_ids: some.map(statisticId),
      period: "hour",
      types: ["sum"],
      units: { energy: "kWh" },
    });
    const found = new Map<string, Map<Millis, number>>();
    if (typeof answer !== "object" || answer === null) return found;
    for (const [id, rows] of Object.entries(answer)) {
      if (!Array.isArray(rows)) continue;
      const sums = new Map<Millis, number>();
      for (const row of rows as readonly { readonly start?: unknown; readonly sum?: unknown }[]) {
        const start = typeof row?.start === "string" ? Date.parse(row.start) : Number(row?.start);
        if (Number.isFinite(start) && typeof row?.sum === "number") sums.set(start, row.sum);
      }
      found.set(id, sums);
    }
    return found;
  }

  async #test(): Promise<string> {
    const info = await this.#socket.ask("its recorder", "recorder/info");
    const isRecording = typeof info === "object" && info !== null && "recording" in info && info.recording === true;
    if (!isRecording) throw new Error("Home Assistant answers, but its recorder does not run: it keeps no statistics");
    return `Home Assistant ${this.#socket.version} answers, and its recorder runs`;
  }

  /** One work after the other on each statistic. */
  #inTurn(counted: Counted, work: () => Promise<void>): Promise<void> {
    const key = keyOf(counted);
    const done = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const settled = done.catch(() => {});
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return done;
  }

  #look(): void {
    const { clock } = this.#context;
    this.#unlook = clock.at(clock.now() + lookEvery, () => {
      this.#guarded(this.#sendPending());
      this.#look();
    });
  }

  #guarded(work: Promise<void>): void {
    work.catch((error: unknown) => this.#broke(error));
  }
}
