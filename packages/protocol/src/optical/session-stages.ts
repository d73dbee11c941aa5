/** How far a client's session on the optical port has got, what keeps it alive, and which step is due. `OpticalLink` sends the steps. */
import type { Millis } from "../ports.ts";
import { type Channel, defaultLimits, wantedLimits } from "./channel.ts";
import { LineSpeed } from "./line-speed.ts";
import type { OpticalLinkOptions } from "./optical-link-ends.ts";
import type { Negotiated, PacketLimits } from "./services.ts";
import { type SessionStep, type SignOn, type Stage, type Step, stepAfter, stepMessage } from "./session-steps.ts";
import type { OpticalTiming } from "./timing.ts";

/** The stages of one optical port's sessions. Times are those of the link's inputs. */
export class SessionStages {
  readonly speed: LineSpeed;
  readonly #signOn: Omit<SignOn, "bauds">;
  readonly #timing: OpticalTiming;
  readonly #channel: Channel;
  #stage: Stage = "base";
  #limits: PacketLimits = defaultLimits;
  /** When the meter ends the channel if it hears nothing. */
  #aliveUntil: Millis = Number.NEGATIVE_INFINITY;
  /** When the last request was answered. */
  #lastAsked: Millis = Number.NEGATIVE_INFINITY;
  /** Whether this meter takes Wait services. */
  #waits = true;
  /** When this session began. */
  #began: Millis = 0;
  /** Whether it has brought an answer: one that has not is not worth its end. */
  #useful = false;

  /** @throws UsageError (`range`) for a password, user or time that does not fit its field */
  constructor(channel: Channel, options: Omit<OpticalLinkOptions, "timing">, timing: OpticalTiming) {
    const { password, userId = 0, user = "", speeds = { initial: 0, faster: [] } } = options;
    this.#signOn = {
      password: password?.slice(),
      userId,
      user,
      limits: wantedLimits,
      waitSeconds: timing.waitSeconds,
    };
    this.#timing = timing;
    this.#channel = channel;
    this.speed = new LineSpeed(speeds, channel, timing);
    // What does not fit its field is the caller's mistake, and must be reported at once.
    for (const step of ["logon", "security", "wait"] as const) this.message(step);
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** What was agreed on last. */
  get limits(): PacketLimits {
    return this.#limits;
  }

  /** The bytes of a step. */
  message(step: SessionStep): Uint8Array {
    return stepMessage(step, { ...this.#signOn, bauds: this.speed.offers });
  }

  /** The meter was heard, and keeps the channel for this many seconds of silence, or for the usual time. */
  alive(now: Millis, seconds = 0): void {
    this.#aliveUntil = now + Math.max(this.#timing.trafficTimeout, 1_000 * seconds);
  }

  /** A request was answered. */
  asked(now: Millis): void {
    this.#lastAsked = now;
    this.#useful = true;
  }

  /** Whether the session is older than a meter may like it. */
  #old(now: Millis): boolean {
    return this.#useful && now >= this.#began + this.#timing.sessionLimit;
  }

  /** A channel begins, or is to. */
  begin(stage: "base" | "unknown", now: Millis): void {
    this.#stage = stage;
    this.#channel.abandon();
    if (stage === "unknown") return;
    this.#useful = false;
    this.#channel.forget();
    this.speed.reset(now);
  }

  /** What brings a request on its way; undefined while the line changes its speed. */
  forRequest(now: Millis): Step | undefined {
    // A channel that went wrong is awaited for longer: what the meter still says to it must not meet the next one.
    const silence = this.#stage === "unknown" ? this.#timing.trafficTimeout : 0;
    if (this.#stage !== "base" && now >= this.#aliveUntil + silence) this.begin("base", now);
    if (this.speed.changeAt !== undefined) return undefined;
    return this.#stage !== "unknown" && this.#old(now) ? this.farewell() : stepAfter[this.#stage];
  }

  /** When something is due without a request: a little before the meter would end the channel, and not before `earliest`. */
  idleAt(earliest: Millis): Millis | undefined {
    if (this.#stage === "base" || this.#stage === "unknown") return undefined;
    if (this.#stage === "identified" || this.#stage === "negotiated") return earliest;
    return Math.max(earliest, this.#aliveUntil - this.#timing.trafficTimeout / 3);
  }

  /** The step that is due without a request. */
  whenIdle(now: Millis, earliest: Millis): Step | undefined {
    const at = this.idleAt(earliest);
    if (at === undefined || now < at) return undefined;
    if (now >= this.#aliveUntil) {
      this.begin("base", now);
      return undefined;
    }
    if (this.#stage !== "open" && this.#stage !== "logged-on") return "terminate";
    const kept = this.#waits && now < this.#lastAsked + this.#timing.holdTime && !this.#old(now);
    return kept ? "wait" : "logoff";
  }

  /** The next step to the end of the session; undefined where there is none. */
  farewell(): Step | undefined {
    if (this.#stage === "base") return undefined;
    return this.#stage === "open" || this.#stage === "logged-on" ? "logoff" : "terminate";
  }

  /** The meter did what a step asked for. */
  done(step: SessionStep, agreed: Negotiated | undefined, now: Millis): void {
    if (step === "terminate") this.begin("base", now);
    else if (step === "identification" || step === "logoff") this.#identified(step, now);
    else if (step === "negotiate") this.#negotiated(agreed ?? { ...defaultLimits, baud: 0 }, now);
    else if (step === "logon") this.#stage = this.#signOn.password === undefined ? "open" : "logged-on";
    else if (step === "security") this.#stage = "open";
    else this.alive(now, this.#timing.waitSeconds);
  }

  #identified(step: SessionStep, now: Millis): void {
    this.#stage = "identified";
    if (step === "identification") this.#began = now;
  }

  /** The meter takes no Wait services, or not now. */
  withoutWaits(): void {
    this.#waits = false;
  }

  /** The meter takes no Negotiate; it may be the speeds that it does not take: once more without them. */
  negotiationRefused(now: Millis): void {
    if (this.speed.offers.length > 0) this.speed.giveUp();
    else this.#negotiated({ ...defaultLimits, baud: 0 }, now);
  }

  /** The meter may take less than was offered, never more. */
  #negotiated({ packetSize, packets, baud }: Negotiated, now: Millis): void {
    const { packetSize: largest, packets: most } = wantedLimits;
    this.#stage = "negotiated";
    this.#limits = { packetSize: Math.min(packetSize, largest), packets: Math.min(packets, most) };
    this.#channel.limits = this.#limits;
    this.speed.choose(baud, now);
  }
}
