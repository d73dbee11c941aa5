/**
 * Keeps one meter in reach over pipes that come and go. What is known about the meter outlives an outage: the same
 * session continues over the next pipe, so that values are back as soon as the line is.
 */
import { equalBytes } from "@meterport/protocol/bytes";
import { LinkError, UsageError } from "@meterport/protocol/errors";
import type { Clock, Entropy, Millis, Signal, Transport } from "@meterport/protocol/ports";
import type { Meter } from "../meter/meter.ts";
import type { Session } from "../session/session.ts";
import { StopSignal } from "../session/stop-signal.ts";
import { bounded } from "./bounded.ts";
import { followBaud } from "./follow-baud.ts";
import type { LastingTransport } from "./lasting-transport.ts";
import type { Observation } from "./link-judge.ts";
import type { LinkCondition, LinkStatus } from "./link-status.ts";
import { LinkWatch } from "./link-watch.ts";
import { askIdentity, askPauseLimit, lookForMeter } from "./meter-facts.ts";
import { type OpenOptions, PipeKeeper } from "./pipe-keeper.ts";
import { Rest } from "./rest.ts";
import { retryTime } from "./retry-times.ts";
import { SessionTraffic } from "./session-traffic.ts";
import { isOfCaller, type Trouble, troubleOf, withAlerts } from "./trouble.ts";

/** The result of connecting: a meter, and anything else that the caller keeps with it. */
export type Connected = { readonly meter: Meter };

export interface SupervisorOptions<C extends Connected> {
  /** For messages: "tcp://127.0.0.1:4059". */
  readonly name: string;
  /** Opens a pipe. @throws LinkError, UsageError */
  readonly open: (options: OpenOptions) => Promise<Transport>;
  /**
   * Makes a session on it and reads what is needed; closes the transport if that fails. A session passed to `onSession` is
   * counted from its first request on.
   *
   * @throws MeterportError
   */
  readonly connect: (transport: Transport, signal: Signal, onSession: (session: Session) => void) => Promise<C>;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** The link's speed, if it can be set. */
  readonly baud?: number | undefined;
  /** Whether looking for the meter each second costs nothing, as on a local port; false by default. */
  readonly near?: boolean | undefined;
  /** Waits until it may open the link or look for the meter; the function it gives ends that turn. See `Turns`. */
  readonly turn?: ((signal: Signal) => Promise<() => void>) | undefined;
}

export interface RunOptions {
  /** Name of the task, for messages: "read the live values". */
  readonly label: string;
  /** How long it may take. */
  readonly limit: Millis;
  readonly signal?: Signal | undefined;
}

/** First contact reads a dozen tables at 9600 baud, with repeats. */
const connectLimit: Millis = 30_000;
/** Times for a meter that may be at another speed: to send its first byte, and to answer if it is known. */
const strangeSpeedLimit: Millis = 1_200;
const otherSpeedLookLimit: Millis = 400;
/** In both directions, or in the first step of a handshake. */
const bytesOfLook = 100;
/** Looks in vain before silence may be due to the speed. */
const silentLooks = 2;
/** A refusal may be noise in our requests; one that lasts this long is real, and the meter is contacted as a new one. */
const refusalLimit: Millis = 60_000;

/** Supervises one link. Nothing happens before `start`. */
export class Supervisor<C extends Connected> {
  readonly #options: SupervisorOptions<C>;
  readonly #clock: Clock;
  readonly #watch: LinkWatch;
  readonly #pipe: PipeKeeper;
  readonly #rest: Rest;
  readonly #traffic = new SessionTraffic();
  readonly #stop = new StopSignal();
  #settleFirst: (error: unknown, connected?: C) => void = () => {};
  readonly #first: Promise<C>;
  #running: Promise<void> | undefined;
  #connected: C | undefined;
  /** Whether this meter has answered since the supervision began. */
  #known = false;
  #identity: Uint8Array | undefined;
  #learnt = false;
  #probes = 0;
  /** Whether the supervision rests because there is nothing to do. */
  #well = false;
  /** A failure that may be due to the speed, until the next look. */
  #mayTune: Trouble | undefined;
  /** Attempts of any kind since the last answer. */
  #failures = 0;
  /** Ends the present turn; undefined if there is none. */
  #endTurn: (() => void) | undefined;
  #pipeEnded: () => void = () => {};
  #unlisten: () => void = () => {};

  constructor(options: SupervisorOptions<C>) {
    const { name, open, clock, baud } = options;
    this.#options = options;
    this.#clock = clock;
    this.#rest = new Rest(clock);
    this.#pipe = new PipeKeeper({ name, open, clock, baud, stop: this.#stop, onEnd: (error) => this.#ended(error) });
    this.#watch = new LinkWatch(clock, () => ({
      baud: this.#pipe.home,
      counters: { ...this.#traffic.counters, ...this.#pipe.counts, probes: this.#probes },
    }));
    this.#first = new Promise<C>((resolve, reject) => {
      this.#settleFirst = (error, connected) => (connected === undefined ? reject(error) : resolve(connected));
    });
    // The caller need not wait for it.
    this.#first.catch(() => {});
  }

  /** Starts looking for the meter; further calls do nothing. */
  start(): void {
    this.#running ??= this.#keep();
  }

  /** The outcome of the first attempt to connect. @throws MeterportError */
  first(): Promise<C> {
    return this.#first;
  }

  /** The meter at the last contact; undefined before the first. */
  get connected(): C | undefined {
    return this.#connected;
  }

  get status(): LinkStatus {
    return this.#watch.status;
  }

  /** The same without its counters, for a look before and after each reading. */
  get condition(): LinkCondition {
    return this.#watch.condition;
  }

  /** Calls `listener` whenever the state or its cause changes, until the returned function is called. */
  listen(listener: (status: LinkStatus) => void): () => void {
    return this.#watch.listen(listener);
  }

  /** The status now and after each change, for a loop; a slow consumer gets the newest. Ends with `signal` and with `close`. */
  changes(signal?: Signal): AsyncGenerator<LinkStatus, void> {
    return this.#watch.changes(signal);
  }

  /**
   * Runs `task` on the meter, and judges the link by its outcome. Catch a refusal inside the task if it is harmless.
   *
   * @throws LinkError at once while the meter does not answer, and if the task takes too long; what the task throws
   */
  async run<T>(task: (connected: C, signal: Signal) => Promise<T>, { label, limit, signal }: RunOptions): Promise<T> {
    const connected = this.#connected;
    if (connected === undefined || !this.#watch.health.answering) throw this.#watch.away(label);
    const { responses } = this.#traffic;
    const heard = (): boolean => connected === this.#connected && this.#traffic.responses > responses;
    // If the meter has answered meanwhile, the task was too long, or too many were waiting: that is not silence.
    let slow = false;
    const onLimit = (): void => {
      slow = heard();
    };
    try {
      const bound = { clock: this.#clock, limit, signal, label, onLimit };
      const result = await bounded(bound, (own) => task(connected, own));
      if (heard()) this.#answered({ type: "answered", traffic: this.#traffic.look() });
      return result;
    } catch (error) {
      const given = signal?.aborted === true || this.#stop.aborted || connected !== this.#connected;
      const traffic = this.#traffic.look();
      if (!given && !slow && !isOfCaller(error))
        this.#watch.observe({ type: "failed", trouble: withAlerts(troubleOf(error), traffic.alerts), traffic });
      throw error;
    } finally {
      // If all was well and still is, there is nothing to wake up for.
      if (!this.#well || !this.#sound) this.#rest.end();
    }
  }

  /** Ends the supervision and closes the link. */
  async close(): Promise<void> {
    this.#watch.end();
    this.#stop.raise();
    this.#rest.end();
    await this.#running;
    this.#settleFirst(new LinkError("closed", this.#options.name, "the supervision was ended"));
    this.#watch.stop();
  }

  async #keep(): Promise<void> {
    while (!this.#stop.aborted) {
      const time = this.#needsTurn ? await this.#takeTurn() : await this.#step();
      if (time !== 0) this.#leaveTurn();
      this.#well = time === undefined;
      if (!this.#stop.aborted) await this.#rest.for(time);
      this.#well = false;
    }
    this.#leaveTurn();
    await this.#drop(this.#watch.health.answering);
  }

  /** Whether there is something to do, and no turn to do it. */
  get #needsTurn(): boolean {
    if (this.#options.turn === undefined || this.#endTurn !== undefined) return false;
    return !this.#pipe.attached || this.#connected === undefined || !this.#sound || !this.#learnt;
  }

  async #takeTurn(): Promise<Millis> {
    this.#endTurn = await this.#options.turn?.(this.#stop);
    // What is to be done may have changed meanwhile.
    return 0;
  }

  #leaveTurn(): void {
    this.#endTurn?.();
    this.#endTurn = undefined;
  }

  /** Does the one thing that is due. Returns how long to rest after it; undefined if all is well. */
  async #step(): Promise<Millis | undefined> {
    const { transport } = this.#pipe;
    if (transport?.attached !== true) return this.#pipe.takeRest() ? this.#retryTime({ kind: "silent" }) : this.#open();
    if (this.#connected === undefined) return this.#connect(transport);
    if (!this.#sound) return this.#look(this.#connected, transport);
    if (!this.#learnt) await this.#learn(this.#connected);
    // The pipe, or a task, may have failed during the requests.
    return this.#sound ? undefined : 0;
  }

  /** Whether there is nothing to do. A refusal by the meter itself is the caller's matter. */
  get #sound(): boolean {
    const { answering, failures, state } = this.#watch.health;
    return answering && (failures === 0 || state === "refused");
  }

  async #open(): Promise<Millis> {
    try {
      await this.#pipe.open();
      return 0;
    } catch (error) {
      this.#lost(error);
      this.#settleFirst(error);
      return this.#retryTime(troubleOf(error));
    }
  }

  #ended(error: LinkError): void {
    this.#lost(error);
    this.#pipeEnded();
    this.#rest.end();
  }

  #lost(error: unknown): void {
    // A link that cannot be opened at all, such as for want of a package, is not silence.
    const type = error instanceof UsageError ? "failed" : "lost";
    this.#watch.observe({ type, trouble: troubleOf(error) });
  }

  /** First contact, or contact with a replaced meter. */
  async #connect(transport: LastingTransport): Promise<Millis> {
    const { connect, name } = this.#options;
    const label = `connect to ${name}`;
    const abort = this.#untilPipeEnds();
    const otherSpeed = this.#pipe.isAtOtherSpeed;
    let unheard = false;
    const cancel = this.#clock.at(this.#clock.now() + strangeSpeedLimit, () => {
      unheard = this.#pipe.baud !== undefined && this.#failures >= silentLooks && transport.received === 0;
      if (unheard) this.#pipeEnded();
    });
    const late = ({ meter }: C): void => void meter.close().catch(() => {});
    try {
      const bound = { clock: this.#clock, limit: connectLimit, signal: abort, label, late };
      this.#met(
        await bounded(bound, (signal) => connect(transport, signal, (session) => this.#traffic.watch(session))),
      );
      return 0;
    } catch (error) {
      const reason = unheard ? new LinkError("no-answer", label, "no answer") : error;
      const trouble = troubleOf(reason);
      await this.#pipe.close();
      this.#pipe.takeRest(); // It is taken below.
      // The end of a pipe has been reported; and what is heard at another speed means nothing.
      if ((!abort.aborted || unheard) && !otherSpeed) this.#watch.observe({ type: "failed", trouble });
      this.#settleFirst(reason);
      this.#tune(trouble, otherSpeed);
      return this.#retryTime(trouble);
    } finally {
      cancel();
      this.#pipeEnded();
    }
  }

  #met(connected: C): void {
    const { session } = connected.meter;
    this.#connected = connected;
    this.#learnt = false;
    this.#identity = undefined;
    this.#traffic.watch(session);
    this.#unlisten = session.listen((event) => {
      if (event.type !== "written") return;
      void followBaud(connected.meter, event.apdu).then(async (baud) => {
        if (baud === undefined || connected !== this.#connected || !this.#pipe.follow(baud)) return;
        await this.#pipe.detach();
        this.#rest.end();
      });
    });
    // The traffic of first contact does not measure the line.
    this.#traffic.look();
    this.#watch.health.pausable(undefined);
    this.#answered({ type: "answered" });
    this.#settleFirst(undefined, connected);
  }

  /** Reads what is useful to know before the meter falls silent. It may fail. */
  async #learn({ meter }: C): Promise<void> {
    this.#learnt = true;
    const abort = this.#untilPipeEnds();
    try {
      const bound = { clock: this.#clock, limit: connectLimit, signal: abort, label: "learn about the meter" };
      await bounded(bound, async (signal) => {
        this.#identity ??= await askIdentity(meter.session, signal);
        this.#watch.health.pausable(await askPauseLimit(meter, signal));
      });
    } catch {
      // If the link has failed meanwhile, try again when it is back.
      this.#learnt = this.#sound;
    } finally {
      this.#pipeEnded();
    }
  }

  /** Raised when the pipe ends, at the stop, and by the next call of `#pipeEnded`. */
  #untilPipeEnds(): StopSignal {
    const signal = new StopSignal();
    const raise = (): void => signal.raise();
    this.#stop.addEventListener("abort", raise);
    this.#pipeEnded = () => {
      this.#pipeEnded = () => {};
      this.#stop.removeEventListener("abort", raise);
      raise();
    };
    if (this.#stop.aborted) raise();
    return signal;
  }

  /** Checks whether the meter is back, and whether it is still the same one. */
  async #look({ meter }: C, transport: LastingTransport): Promise<Millis> {
    const began = this.#clock.now();
    const { state, downSince = began } = this.#watch.health;
    if (state === "refused" && began - downSince >= refusalLimit) {
      await this.#drop();
      return 0;
    }
    const tuned = this.#mayTune !== undefined && this.#tune(this.#mayTune, false);
    this.#mayTune = undefined;
    if (tuned || this.#pipe.giveUpIfSilent()) {
      await this.#pipe.detach();
      return 0;
    }
    this.#probes++;
    const otherSpeed = this.#pipe.isAtOtherSpeed;
    const limit = otherSpeed ? this.#pipe.bytesTake(bytesOfLook) + otherSpeedLookLimit : connectLimit;
    try {
      const bound = { clock: this.#clock, limit, signal: this.#stop, label: "look for the meter" };
      const identity = await bounded(bound, (signal) => lookForMeter(meter.session, signal));
      // Another meter has other tables, so nothing known so far holds.
      if (this.#isAnother(identity)) await this.#drop();
      else this.#answered({ type: "answered" });
      return 0;
    } catch (error) {
      if (this.#stop.aborted || !transport.attached) return 0;
      const trouble = withAlerts(troubleOf(error), otherSpeed ? 0 : this.#traffic.newAlerts());
      // What is heard at a speed that is not the meter's says nothing about the line.
      if (!otherSpeed) this.#watch.observe({ type: "failed", trouble });
      const due = began + this.#retryTime(trouble);
      if (!otherSpeed) {
        // Not before the rest: alerts may come during it at the line's own speed.
        this.#mayTune = trouble;
        return Math.max(0, due - this.#clock.now());
      }
      if (this.#tune(trouble, otherSpeed)) await this.#pipe.detach();
      return 0;
    } finally {
      // Looks do not measure the line either.
      this.#traffic.look();
    }
  }

  #isAnother(identity: Uint8Array | undefined): boolean {
    if (identity === undefined) return false;
    this.#identity ??= identity;
    return !equalBytes(identity, this.#identity);
  }

  /** Sets another speed for the next attempt, if the speed may be wrong. Returns whether it changed. */
  #tune({ cause }: Trouble, otherSpeed: boolean): boolean {
    const unexplained = cause.code === "no-answer" || cause.code === "garbage";
    const likely = unexplained && this.#watch.health.state !== "paused" && this.#failures >= silentLooks;
    return (likely || otherSpeed) && this.#pipe.tune();
  }

  #answered(observation: Observation & { readonly type: "answered" }): void {
    this.#failures = 0;
    this.#known = true;
    this.#pipe.answered();
    this.#watch.observe(observation);
  }

  #retryTime({ kind }: Pick<Trouble, "kind">): Millis {
    const { near = false, entropy } = this.#options;
    const { downSince, state } = this.#watch.health;
    const outage = downSince === undefined ? 0 : this.#clock.now() - downSince;
    this.#failures++;
    const local = kind === "silent" && (near || state === "paused");
    const place = kind !== "silent" && !this.#known ? "stranger" : local ? "near" : "far";
    return retryTime({ failures: this.#failures, outage, kind: place }, entropy);
  }

  /** Closes everything, and forgets what was known about the meter. */
  async #drop(farewell = true): Promise<void> {
    const connected = this.#connected;
    this.#connected = undefined;
    this.#unlisten();
    await this.#pipe.close(connected?.meter.session, farewell);
    this.#traffic.end();
  }
}
