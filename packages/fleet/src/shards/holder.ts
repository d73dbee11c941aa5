/** Holds shards of a fleet: takes its part, says that it lives, gives back what is too much, and hands over when it ends. */
import type { Clock, Millis } from "@meterport/protocol/ports";
import { givenBack, mostShards, takenAtOnce } from "./balance.ts";
import { ClockSteps } from "./clock-steps.ts";
import { type Claim, type HolderRow, heartbeatPeriod, heartbeatSeconds, type ShardEngine } from "./engine.ts";
import type { HolderEvent } from "./holder-event.ts";
import { Standstill } from "./standstill.ts";
import { type HeldShard, holdShard, type Tend } from "./stint.ts";

/** After a heartbeat that failed: when the database is back, those who hold must be heard before the first look at who was silent. */
const nextTry: Millis = 200;
/** How often it looks for free shards. */
const takePeriod: Millis = 500;
const lookPeriod: Millis = 1_000;
/** How often it makes sure that each shard has a job, whatever somebody deleted. */
const offerPeriod: Millis = 60_000;
/** Longest time that links may take to close before a shard is freed all the same. */
const closeTime: Millis = 10_000;
/** After a shard that could not be tended; doubles each time. */
const firstRest: Millis = 1_000;
const longestRest: Millis = 60_000;
/** The engine ends a stint after 23 hours without asking, so each ends itself before, not all at once. */
const longestStint: Millis = 20 * 3_600_000;
const spreadOfStints: Millis = 2 * 3_600_000;
/** Clocks that are set by a time service are never so far from each other. */
const mostApart: Millis = 60_000;

export interface HolderOptions {
  readonly engine: Pick<
    ShardEngine,
    "offer" | "take" | "keep" | "free" | "sayAlive" | "holders" | "sayEnd" | "mendTimes"
  >;
  /** Unique among the processes of the fleet, also between two lives of one. */
  readonly holder: string;
  /** Where this process answers others. */
  readonly address: string;
  readonly version: string;
  /** Lets other processes of the fleet pass requests on to it. */
  readonly pass?: string | undefined;
  /** Number of the fleet's key that this process was given. */
  readonly key?: number | undefined;
  /** Of the fleet. */
  readonly shards: number;
  /** Time before it takes its first shards, so that it does not take what belongs to those that start with it; none if omitted. */
  readonly takesAfter?: Millis | undefined;
  readonly clock: Clock;
  readonly tend: Tend;
  readonly onEvent: (event: HolderEvent) => void;
}

export class Holder {
  readonly #options: HolderOptions;
  readonly #held = new Map<string, HeldShard>();
  /** What becomes of a shard before its next stint here may begin. */
  readonly #closing = new Map<number, Promise<void>>();
  readonly #standstill: Standstill;
  readonly #steps = { machine: new ClockSteps(), database: new ClockSteps() };
  readonly #told = new Set<string>();
  readonly #timers = new Set<() => void>();
  readonly #working = new Set<Promise<void>>();
  #live: readonly HolderRow[] = [];
  #most = 0;
  #restUntil: Millis = 0;
  #rest: Millis = firstRest;
  #problem = "";
  #apart: Millis = 0;
  #ending: Promise<void> | undefined;

  private constructor(options: HolderOptions) {
    this.#options = options;
    this.#standstill = new Standstill(options.clock);
  }

  /**
   * Joins the fleet and begins to take shards. The caller has checked that the database holds its fleet (`checkFleet`).
   *
   * @throws PostgresError if the database is away at the start; later it may be
   */
  static async start(options: HolderOptions): Promise<Holder> {
    const holder = new Holder(options);
    await options.engine.offer(options.shards);
    await holder.#sayAlive();
    await holder.#look();
    holder.#standstill.watch();
    holder.#restUntil = options.clock.now() + (options.takesAfter ?? 0);
    holder.#repeat(heartbeatPeriod, () => holder.#beat(), nextTry);
    holder.#repeat(lookPeriod, () => holder.#look());
    holder.#repeat(takePeriod, () => holder.#take());
    holder.#repeat(offerPeriod, () => options.engine.offer(options.shards));
    return holder;
  }

  /** The shards that it holds, ascending. */
  shards(): readonly number[] {
    return [...this.#held.values()].map(({ claim }) => claim.shard).sort((a, b) => a - b);
  }

  /** Most that it takes now. */
  get most(): number {
    return this.#most;
  }

  /** The holders that live, this one among them, as of about a second ago. */
  get live(): readonly HolderRow[] {
    return this.#live;
  }

  /** Hands over: closes all shards and frees each as soon as its links are closed. */
  /** How far this machine's clock is ahead of the database's; 0 while they agree within a minute. */
  get clocksApart(): Millis {
    return this.#apart;
  }

  stop(): Promise<void> {
    this.#ending ??= this.#stop();
    return this.#ending;
  }

  async #stop(): Promise<void> {
    // First, so that others have room for what is freed. The heartbeat goes on for shards that take their time to close.
    const { engine, holder } = this.#options;
    await Promise.allSettled([...this.#working]);
    await engine.sayEnd(holder).catch(this.#tellProblem);
    await Promise.all([...this.#held.values()].map((held) => this.#giveBack(held)));
    for (const cancel of this.#timers) cancel();
    this.#standstill.stop();
    await Promise.allSettled([...this.#working]);
    await Promise.all(this.#closing.values());
  }

  /** Once for all that fails for the same reason, until something succeeds again. */
  readonly #tellProblem = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error);
    if (text === this.#problem) return;
    this.#problem = text;
    this.#options.onEvent({ type: "problem", text });
  };

  /** Work that takes longer than its period is not begun twice; what failed is done again after `again`. */
  #repeat(period: Millis, work: () => Promise<void>, again = period): void {
    const { clock } = this.#options;
    let busy = false;
    let cancel = (): void => {};
    const run = async (): Promise<void> => {
      busy = true;
      try {
        await work();
      } catch (error) {
        this.#tellProblem(error);
        if (this.#ending === undefined) arm(again);
      }
      busy = false;
    };
    const arm = (wait: Millis): void => {
      cancel();
      this.#timers.delete(cancel);
      cancel = clock.at(clock.now() + wait, () => {
        arm(period);
        if (busy) return;
        const working = run();
        this.#working.add(working);
        void working.then(() => this.#working.delete(working));
      });
      this.#timers.add(cancel);
    };
    arm(period);
  }

  async #beat(): Promise<void> {
    const { clock, onEvent } = this.#options;
    const step = this.#steps.machine.look(clock.now(), clock.wall());
    if (step !== undefined) onEvent({ type: "clock-step", clock: "machine", by: step });
    await this.#keep();
    if (this.#ending === undefined) await this.#sayAlive();
    this.#endOld();
  }

  /** An error here says nothing about the claims: reading goes on, and what it reads waits for the database. */
  async #keep(): Promise<void> {
    const { engine, clock } = this.#options;
    const asked = clock.now();
    const held = [...this.#held.values()];
    let kept: ReadonlySet<string>;
    try {
      kept = await engine.keep(held.map(({ claim }) => claim));
    } catch (error) {
      for (const each of held) each.unanswered(asked);
      throw error;
    }
    for (const each of held) {
      if (kept.has(each.claim.id)) each.confirm(asked);
      else this.#lose(each);
    }
    // The answer was on its way while this process stood still, and may be older than that.
    if (asked < this.#standstill.over()) await this.#keep();
  }

  #lose(held: HeldShard): void {
    const { id, shard, attempt } = held.claim;
    // Given back meanwhile, or taken again.
    if (this.#held.get(id) !== held) return;
    this.#held.delete(id);
    this.#options.onEvent({ type: "lost", shard, attempt });
    void this.#close(held);
  }

  async #sayAlive(): Promise<void> {
    const { engine, clock, onEvent, holder, address, version, pass, key } = this.#options;
    const asked = clock.now();
    const there = await engine.sayAlive({ holder, address, version, pass, key });
    const took = clock.now() - asked;
    this.#problem = "";
    this.#compare(clock.wall() - took / 2 - there, took);
    const step = this.#steps.database.look(asked + took / 2, there, took);
    if (step === undefined) return;
    onEvent({ type: "clock-step", clock: "database", by: step });
    if (step < 0) await engine.mendTimes();
  }

  /** Told when it begins. */
  #compare(apart: Millis, doubt: Millis): void {
    const isApart = Math.abs(apart) > mostApart + doubt;
    if (isApart && this.#apart === 0) this.#options.onEvent({ type: "clocks-apart", by: Math.round(apart) });
    this.#apart = isApart ? Math.round(apart) : 0;
  }

  async #look(): Promise<void> {
    const { engine, shards, version, onEvent } = this.#options;
    this.#live = await engine.holders();
    this.#most = mostShards(shards, this.#live.length);
    for (const other of this.#live) {
      if (other.version === version || this.#told.has(other.holder)) continue;
      this.#told.add(other.holder);
      onEvent({ type: "other-version", holder: other.holder, version: other.version, own: version });
    }
    for (const name of this.#told) if (!this.#live.some(({ holder }) => holder === name)) this.#told.delete(name);
  }

  async #take(): Promise<void> {
    const { engine, clock } = this.#options;
    if (this.#ending !== undefined || clock.now() < this.#restUntil) return;
    const room = takenAtOnce(this.#held.size, this.#most);
    if (room === 0) return;
    const asked = clock.now();
    const claims = await engine.take(room);
    for (const claim of claims) this.#begin(claim, asked);
  }

  #begin(claim: Claim, asked: Millis): void {
    const { clock, tend, onEvent } = this.#options;
    const { shard, attempt } = claim;
    // After a pause it may take what it does not know yet that it lost.
    const former = this.#held.get(claim.id);
    if (former !== undefined) this.#lose(former);
    onEvent({ type: "taken", shard, attempt });
    const held = holdShard(claim, {
      ...{ clock, tend, asked, sureFor: 1_000 * heartbeatSeconds },
      standstillOver: () => this.#standstill.over(),
      // The same shard may come back while its last stint here still closes.
      after: this.#closing.get(shard),
      onEnd: (reason) => void this.#ended(held, reason),
    });
    this.#held.set(claim.id, held);
  }

  /** Nobody asked it to end: a key that is wrong here may be right elsewhere, so others get a chance. */
  async #ended(held: HeldShard, reason: string): Promise<void> {
    if (this.#held.get(held.claim.id) !== held || held.isClosing) return;
    const { clock, onEvent } = this.#options;
    const { shard, attempt } = held.claim;
    onEvent({ type: "failed", shard, attempt, reason });
    if (clock.now() - held.began > longestRest) this.#rest = firstRest;
    if (clock.now() >= this.#restUntil) {
      this.#restUntil = clock.now() + this.#rest;
      this.#rest = Math.min(2 * this.#rest, longestRest);
    }
    await this.#giveBack(held);
  }

  /** Gives back the youngest if it holds more than its part, and those that get old. */
  #endOld(): void {
    if (this.#ending !== undefined) return;
    const { clock, shards } = this.#options;
    const open = [...this.#held.values()].filter(({ isClosing }) => !isClosing);
    const youngest = open.toSorted((a, b) => b.began - a.began || b.claim.shard - a.claim.shard);
    const excess = youngest.slice(0, givenBack(open.length, this.#most));
    const age = ({ claim }: HeldShard): Millis => longestStint + (spreadOfStints * claim.shard) / shards;
    const old = open.filter((held) => clock.now() - held.began > age(held));
    for (const held of new Set([...excess, ...old])) void this.#giveBack(held);
  }

  /** Closes it, then frees it; until then its heartbeat goes on. */
  async #giveBack(held: HeldShard): Promise<void> {
    if (held.isClosing) return held.closed;
    const { engine, onEvent } = this.#options;
    await this.#close(held);
    if (this.#held.get(held.claim.id) !== held) return;
    // Before the claim is freed: its next heartbeat would find it gone, and call it lost.
    this.#held.delete(held.claim.id);
    onEvent({ type: "given-back", shard: held.claim.shard, attempt: held.claim.attempt });
    // If the database is away, the heartbeat's end frees it.
    await engine.free([held.claim]).catch(this.#tellProblem);
  }

  #close(held: HeldShard): Promise<void> {
    const { onEvent } = this.#options;
    const { shard, attempt } = held.claim;
    const closing = held.close(closeTime, () => onEvent({ type: "slow", shard, attempt }));
    this.#closing.set(shard, closing);
    void closing.then(() => {
      if (this.#closing.get(shard) === closing) this.#closing.delete(shard);
    });
    return closing;
  }
}
