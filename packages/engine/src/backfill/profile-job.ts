/**
 * Back-fill of intervals: what the store lacks, and the meter's load profile still has, is read from there, a few blocks at a time.
 *
 * A round begins with a look at the meter, which says from when to when it has intervals, and a scan of the store for what is
 * not settled in that time. Each run then reads one piece, stores it, and remembers how far it came, so a restart loses nothing. What the
 * meter was asked for and did not have is marked as missing and not asked for again.
 */
import type { LoadProfileInterval } from "@meterport/client/readers/load-profile";
import type { Millis } from "@meterport/protocol/ports";
import { clockPutsElsewhere } from "../clock/clock-share.ts";
import { usualProfileEvery } from "../intervals/grace.ts";
import type { Interval } from "../model/interval.ts";
import { foundEvent, type PointEvent } from "../model/point-event.ts";
import { installationOf } from "./installation.ts";
import { type BackfillDeps, type BackfillJob, JobTimer } from "./job.ts";
import { restWhileUnknown } from "./memory-job.ts";
import type { PieceRoom, Place } from "./piece-room.ts";
import { type EndGrid, endsIn, recentFirst, type Span, settledAfter, takeFirst } from "./profile-gaps.ts";
import type { ProfileKnown } from "./profile-known.ts";
import { clockOffset, type NoProfile, type OpenedProfile, openFilled, type ProfileLook } from "./profile-look.ts";
import { missingIn, readPiece } from "./profile-read.ts";
import { voidsWithin } from "./profile-replaces.ts";
import { type ScanOptions, scanStore } from "./profile-scan.ts";
import { isOther, memoName, memoText, type ProfileState, parseMemo } from "./profile-state.ts";
import { type ProfileTrouble, TroubleTeller, troubleOf } from "./trouble.ts";

export interface ProfileJobOptions extends BackfillDeps {
  /** Time between two rounds while nothing happens; an hour by default. */
  readonly every?: Millis | undefined;
  /** How far back the first contact reaches; all that the meter has by default. */
  readonly firstReach?: Millis | undefined;
  /** What the pieces of all points share; if omitted, this one has room for its own. */
  readonly room?: PieceRoom | undefined;
  /** What is known elsewhere, and so is neither read nor marked as missing; nothing if omitted. */
  readonly known?: ProfileKnown | undefined;
  /** Blocks that one run reads; 8 by default, 20 s at 9600 baud. */
  readonly blocksPerRun?: number | undefined;
  /** Blocks that may be read within a day; 300 by default, five times what a meter has. */
  readonly blocksPerDay?: number | undefined;
}

export interface ProfileProgress {
  readonly state: "unknown" | "filling" | "complete" | "waiting" | ProfileTrouble;
  /** Everything until here is settled, milliseconds since 1970; null before the first look. */
  readonly settled: Millis | null;
  /** Intervals that are still to be read, of each channel. */
  readonly open: number;
  /** How long the meter keeps an interval; null before the first look. */
  readonly keptFor: Millis | null;
}

interface Round {
  readonly look: ProfileLook;
  readonly grid: EndGrid;
  readonly clockDoubted: boolean;
  /** Nobody has these any more. */
  readonly gone: readonly Span[];
  /** In the order in which they are read. */
  readonly open: readonly Span[];
  /** All that was open when the round began. */
  readonly found: readonly Span[];
  /** The end of the newest interval. */
  readonly until: Millis;
  /** The last interval that was read. */
  readonly previous: LoadProfileInterval | undefined;
}

const minute: Millis = 60_000;
const day: Millis = 86_400_000;
const lookLimit = 2 * minute;
/** What is read before everything else: today and yesterday. */
const recent = 2 * day;
/** How long clocks may disagree before the meter's intervals are taken as they are, though in doubt. */
const clockPatience = day;
/** A round that fills less than this beyond its usual time is not told. */
const toldFrom = 60 * minute;
const restWhileClocksDisagree = 10 * minute;
const restWithoutProfile = day;
const restAfterConfusion = minute;
/** Confusions in a row that are no longer due to a change in progress. */
const mostConfusions = 3;
/** Marks that one transaction stores, of each channel. */
const marksPerRun = 500;

export class ProfileJob implements BackfillJob {
  readonly name = "load profile";
  readonly #options: ProfileJobOptions;
  readonly #timer: JobTimer;
  readonly #teller: TroubleTeller;
  readonly #every: Millis;
  #opened: OpenedProfile | undefined;
  #round: Round | undefined;
  #state: ProfileState | undefined;
  #shown: ProfileProgress["state"] = "unknown";
  #keptFor: Millis | null = null;
  #confusions = 0;
  /** From when on somebody wants it looked at again. */
  #again: Millis | undefined;
  #endWait: () => void = () => {};
  #disagreeSince: Millis | undefined;
  #day = { began: Number.NEGATIVE_INFINITY, blocks: 0 };

  constructor(options: ProfileJobOptions) {
    this.#options = options;
    this.#timer = new JobTimer(options);
    this.#teller = new TroubleTeller(options, "load-profile");
    this.#every = options.every ?? usualProfileEvery;
  }

  due(): Millis | undefined {
    return this.#timer.due();
  }

  soon(): void {
    this.#timer.soon();
  }

  /** A piece that waits for room waits no longer. */
  stop(): void {
    this.#endWait();
  }

  /** Looks at everything that ended after this moment again in the next round, which begins soon. */
  readonly readAgainFrom = (time: Millis): void => {
    this.#again = Math.min(time, this.#again ?? time);
    this.#timer.soon();
  };

  /** How far it has come. */
  progress(): ProfileProgress {
    const round = this.#round;
    const open = round === undefined ? 0 : round.open.reduce((sum, span) => sum + endsIn(round.grid, span), 0);
    return { state: this.#shown, settled: this.#state?.settled ?? null, open, keptFor: this.#keptFor };
  }

  /** Length of the meter's intervals, once it is known: what `IntervalBuilder.follow` takes. */
  get seconds(): number | undefined {
    return this.#state?.seconds;
  }

  async run(): Promise<void> {
    this.#timer.after(this.#every);
    const round = this.#round;
    this.#round = undefined;
    try {
      const next = round ?? (await this.#begin());
      if (next === undefined) return;
      this.#round = await this.#step(next);
      this.#confusions = 0;
      if (this.#again !== undefined) this.#timer.soon();
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === undefined) {
        // The store or the link has failed: the runner of the job decides when it may try again.
        this.#timer.soon();
        throw error;
      }
      this.#opened = undefined;
      // A load profile that is being reconfigured contradicts itself for a moment.
      if (trouble === "unreadable" && ++this.#confusions < mostConfusions) this.#timer.after(restAfterConfusion);
      else await this.#stopFor(trouble, { problem: error instanceof Error ? error.message : String(error) });
    }
  }

  async #stopFor(trouble: ProfileTrouble, detail: object, rest = restWithoutProfile): Promise<undefined> {
    this.#shown = trouble;
    this.#timer.after(rest);
    await this.#teller.tell(trouble, detail);
  }

  /** Looks at the meter and scans the store. Undefined if there is nothing to do now. */
  async #begin(): Promise<Round | undefined> {
    const { point, store } = this.#options;
    const look = await this.#look();
    if (typeof look === "string") return this.#stopFor(look, {});
    if (look.extent === undefined) return undefined;
    this.#state ??= parseMemo(await store.memo(point, memoName));
    const clocks = this.#judgeClocks(look);
    if (clocks === "wait") {
      this.#shown = "waiting";
      this.#timer.after(restWhileClocksDisagree);
      return undefined;
    }
    const detail = { offset_ms: look.clockOffset, newest: new Date(look.extent.newest).toISOString() };
    if (clocks === "future") return this.#stopFor("future", detail, restWhileClocksDisagree);
    if (clocks === "doubted") await this.#teller.tell("clock", detail);
    else await this.#teller.settle();
    return this.#plan(look, look.extent, clocks === "doubted");
  }

  #look(): Promise<ProfileLook | NoProfile> {
    const { source, clock, before } = this.#options;
    return source.ask({
      label: "look at the load profile",
      limit: lookLimit,
      run: async (meter, signal) => {
        const opened = this.#opened?.meter === meter ? this.#opened : await openFilled(meter, signal);
        if (typeof opened === "string") return opened;
        this.#opened = opened;
        const extent = await opened.profile.extent({ signal, before });
        return { opened, extent, clockOffset: await clockOffset(meter, clock, signal) };
      },
    });
  }

  /** Whether the meter's times can be taken. A machine that has just started may not know the time yet, so it is given some. */
  #judgeClocks({ opened, extent, clockOffset }: ProfileLook): "right" | "wait" | "doubted" | "future" {
    const { clock } = this.#options;
    const offset = Math.abs(clockOffset ?? 0);
    const isFuture = (extent?.newest ?? 0) > clock.wall() + day || offset > day;
    if (!isFuture && !clockPutsElsewhere(offset, opened.duration / 1000)) {
      this.#disagreeSince = undefined;
      return "right";
    }
    this.#disagreeSince ??= clock.now();
    if (clock.now() - this.#disagreeSince < clockPatience) return "wait";
    return isFuture ? "future" : "doubted";
  }

  async #plan(
    look: ProfileLook,
    { oldest, newest }: NonNullable<ProfileLook["extent"]>,
    clockDoubted: boolean,
  ): Promise<Round | undefined> {
    const { point, store, clock, source } = this.#options;
    const { channels, duration } = look.opened;
    const known = this.#state;
    const noted = { now: clock.wall(), instead: known?.settled ?? null };
    const installed = installationOf(source.identity(), await store.devices(point), noted);
    if (installed === undefined) {
      this.#shown = "waiting";
      this.#timer.after(restWhileUnknown);
      return undefined;
    }
    const { serial } = installed;
    this.#keptFor = look.opened.keptFor;
    const grid: EndGrid = { anchor: newest, duration };
    // An exchange that nobody noted.
    const since = installed.since ?? (isOther(serial, known) ? clock.wall() : (known?.since ?? null));
    // An interval needs the register at its beginning, so the oldest one has no value.
    const first = since === null ? oldest : Math.max(oldest, since + duration - 1);
    const again = this.#again ?? Number.POSITIVE_INFINITY;
    const settled = Math.min(
      again,
      known?.settled ?? Math.max(first, newest - (this.#options.firstReach ?? Number.POSITIVE_INFINITY)),
    );
    const had = Math.max(settled, first);
    const scan = { store, point, channels, grid, known: this.#options.known };
    const gone = settled < had ? await this.#goneIn({ after: settled, until: had }, scan) : [];
    const names = channels.map(({ channel }) => channel);
    const state: ProfileState = { serial, since, settled, seconds: duration / 1000, channels: names };
    await store.write({
      events: known === undefined ? [] : this.#eventsSince(known, state, grid, gone),
      memos: [{ point, name: memoName, text: memoText(state) }],
    });
    this.#state = state;
    this.#again = undefined;
    const found = newest > had ? await scanStore({ after: had, until: newest }, scan) : [];
    const open = recentFirst(found, newest - Math.ceil(recent / duration) * duration);
    this.#shown = "filling";
    return { look, grid, clockDoubted, gone, open, found, until: Math.max(newest, had), previous: undefined };
  }

  /** What the meter has no more: all of it, unless some of it was settled before, here or elsewhere. */
  async #goneIn(span: Span, scan: ScanOptions): Promise<readonly Span[]> {
    return this.#again === undefined && scan.known === undefined ? [span] : scanStore(span, { ...scan, near: 0 });
  }

  /** What the user should know about what happened since the last look. */
  #eventsSince(before: ProfileState, now: ProfileState, grid: EndGrid, [gone]: readonly Span[]): PointEvent[] {
    const { point, clock } = this.#options;
    const events: PointEvent[] = [];
    const exchanged = isOther(now.serial, before);
    const count = gone === undefined ? 0 : endsIn(grid, gone);
    if (gone !== undefined && count > 0) {
      const { after: time, until } = gone;
      const detail = { count, reason: exchanged ? "meter-exchange" : "no-longer-in-the-meter" };
      events.push(foundEvent(point, "intervals-missing", time, detail, until));
    }
    const shape = ({ seconds, channels }: ProfileState) => ({ seconds, channels });
    const [was, is] = [shape(before), shape(now)];
    if (!exchanged && JSON.stringify(was) !== JSON.stringify(is))
      events.push(foundEvent(point, "load-profile-changed", clock.wall(), { was, is }));
    return events;
  }

  /** Does one piece of a round; undefined once it is complete, or has to begin again. */
  async #step(round: Round): Promise<Round | undefined> {
    const { point } = this.#options;
    const { opened } = round.look;
    const marks = takeFirst(round.gone, round.grid, marksPerRun);
    if (marks.piece !== undefined) {
      await this.#keep(missingIn(marks.piece, [], { point, opened, grid: round.grid }), marks.piece.until);
      return this.#goOn({ ...round, gone: marks.rest });
    }
    const allowed = this.#blocksAllowed();
    if (round.open.length > 0 && allowed === 0) {
      this.#timer.after(this.#day.began + day - this.#options.clock.now());
      return undefined;
    }
    if (round.open.length === 0) return this.#goOn(round);
    const place = await this.#room(allowed);
    if (place === undefined) return round;
    try {
      return await this.#readFirst(round, place.blocks);
    } finally {
      place.leave();
    }
  }

  /** Waits for room for a piece; undefined once the job is to stop. */
  #room(wanted: number): Promise<Place | undefined> {
    const { room } = this.#options;
    if (room === undefined) return Promise.resolve({ blocks: wanted, leave: () => {} });
    return new Promise((resolve) => {
      this.#endWait = room.take(wanted, resolve);
    });
  }

  /** Reads and stores the first piece of a round, of at most so many blocks. */
  async #readFirst(round: Round, blocks: number): Promise<Round | undefined> {
    const { opened } = round.look;
    const { piece, rest } = takeFirst(round.open, round.grid, blocks * opened.perBlock);
    if (piece === undefined) return this.#goOn({ ...round, open: rest });
    const read = await readPiece(piece, {
      ...this.#options,
      ...round,
      opened,
      before: this.#options.before,
      clockOffset: round.look.clockOffset,
      wall: this.#options.clock.wall,
    });
    if (read === undefined) {
      // Another session, perhaps with another meter: look again.
      this.#timer.soon();
      return undefined;
    }
    this.#day.blocks += Math.ceil(endsIn(round.grid, piece) / opened.perBlock);
    const voids = await voidsWithin(piece, read.intervals, this.#options.store);
    await this.#keep([...read.intervals, ...voids], settledAfter(piece, rest));
    return this.#goOn({ ...round, open: rest, previous: read.last });
  }

  async #goOn(round: Round): Promise<Round | undefined> {
    if (round.gone.length > 0 || round.open.length > 0) {
      this.#timer.soon();
      return round;
    }
    await this.#keep([], round.until);
    this.#shown = "complete";
    this.#tellFilled(round);
    return undefined;
  }

  /** A night that was filled is worth a line; the quarters of an hour between two rounds are not. */
  #tellFilled({ found, grid }: Round): void {
    const { point, log } = this.#options;
    const [oldest, newest] = [found[0]?.after, found.at(-1)?.until];
    const count = found.reduce((sum, span) => sum + endsIn(grid, span), 0);
    if (oldest === undefined || newest === undefined || count * grid.duration <= this.#every + toldFrom) return;
    const [from, to] = [new Date(oldest), new Date(newest)].map((time) => time.toISOString());
    log?.info(`${count} intervals from ${from} to ${to} are filled from the load profile`, { meter: point });
  }

  #blocksAllowed(): number {
    const { clock, blocksPerRun = 8, blocksPerDay = 300 } = this.#options;
    if (clock.now() - this.#day.began >= day) this.#day = { began: clock.now(), blocks: 0 };
    return Math.max(0, Math.min(blocksPerRun, blocksPerDay - this.#day.blocks));
  }

  /** Stores intervals, and that everything until a moment is settled, at once. */
  async #keep(intervals: readonly Interval[], settled: Millis): Promise<void> {
    const { point, store } = this.#options;
    const state = this.#state as ProfileState;
    if (intervals.length === 0 && state.settled >= settled) return;
    const next = { ...state, settled: Math.max(settled, state.settled) };
    await store.write({ intervals, memos: [{ point, name: memoName, text: memoText(next) }] });
    this.#state = next;
  }
}
