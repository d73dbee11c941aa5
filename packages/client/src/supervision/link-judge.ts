/**
 * Judges a link as a pure machine: what was observed goes in, a state with its cause comes out. It owns no timer; call
 * `handle({ type: "tick" }, now)` when `wakeAt()` is reached.
 */
import type { Millis } from "@meterport/protocol/ports";
import { isUsable, type LinkCause, type LinkState } from "./link-status.ts";
import { LossWindow, type Symptom, type Traffic } from "./loss-window.ts";
import type { Trouble } from "./trouble.ts";

export type Observation =
  /** The transport could not be opened, or has ended. */
  | { readonly type: "lost"; readonly trouble: Trouble }
  /** An authentic answer; with `traffic` if that says something about the quality of the line. */
  | { readonly type: "answered"; readonly traffic?: Traffic }
  | { readonly type: "failed"; readonly trouble: Trouble; readonly traffic?: Traffic }
  | { readonly type: "tick" };

const seen: Readonly<Record<Symptom, string>> = {
  "lost-replies": "replies do not come",
  "half-reply": "replies stop before their end",
  "bad-digest": "bytes arrive damaged",
  noise: "noise comes in between",
  "other-client": "another client seems to be using the same meter",
};

/** This many looks in a row must agree on why a link is down: noise gives a different failure each time. */
const agreeing = 3;

/** Heard, not guessed: checksums prove its packets. */
const heardOptical = "optical-session";
/** The longest wait for one that is heard, on a meter that has not given its limit. */
const usualPause: Millis = 610_000;

const opticalSession = (limit: Millis): LinkCause => ({
  code: heardOptical,
  text:
    "the meter fell silent on an intact line; most likely it is being read through its optical port, " +
    `which shares the line and may keep it for ${Math.round(limit / 60_000)} min`,
});

/** The state of one link. */
export class LinkJudge {
  #state: LinkState = "connecting";
  #cause: LinkCause | null = null;
  #window = new LossWindow();
  #failures = 0;
  #answering = false;
  #outages = 0;
  /** The cause that the last looks give instead of the present one, and how many of them. */
  #rival = { code: "", looks: 0 };
  #silences = 0;
  #pauseLimit: Millis | undefined;
  #pausedUntil: Millis | undefined;
  /** Whether there has only been silence since the last answer; its beginning may have cut a reply. */
  #fellSilent = false;
  /** Whether the present cause is a missing pipe. */
  #pipeLost = false;
  #downSince: Millis;

  constructor(now: Millis) {
    this.#downSince = now;
  }

  get state(): LinkState {
    return this.#state;
  }

  get cause(): LinkCause | null {
    return this.#cause;
  }

  /** Failures since the last answer. */
  get failures(): number {
    return this.#failures;
  }

  /** Whether the last thing heard was an authentic answer, even if only a refusal. */
  get answering(): boolean {
    return this.#answering;
  }

  get outages(): number {
    return this.#outages;
  }

  /** Since when no values are available; undefined while they are. */
  get downSince(): Millis | undefined {
    return isUsable(this.#state) ? undefined : this.#downSince;
  }

  /** How long silence alone counts as an optical session; undefined if the meter has a separate line for it. */
  pausable(limit: Millis | undefined): void {
    this.#pauseLimit = limit;
  }

  /** When a tick is due; undefined while there is nothing to wait for. */
  wakeAt(): Millis | undefined {
    return this.#pausedUntil;
  }

  /** Takes one observation. Returns whether the state or its cause changed. */
  handle(observation: Observation, now: Millis): boolean {
    const [state, code] = [this.#state, this.#cause?.code];
    const text = this.#cause?.text;
    if (observation.type === "answered") this.#answered(observation.traffic, now);
    else if (observation.type === "lost") this.#lost(observation.trouble, now);
    else if (observation.type === "failed") this.#failed(observation.trouble, observation.traffic, now);
    else if (this.#pausedUntil !== undefined && now >= this.#pausedUntil) this.#endPause();
    if (this.#state !== state || this.#cause?.code !== code) return true;
    // The same trouble in other words, such as another count of bytes, is not a change.
    if (this.#cause !== null && text !== undefined && this.#state !== "degraded")
      this.#cause = { code: this.#cause.code, text };
    return false;
  }

  #answered(traffic: Traffic | undefined, now: Millis): void {
    this.#failures = 0;
    this.#answering = true;
    this.#pausedUntil = undefined;
    if (traffic !== undefined) this.#window.add(traffic, now);
    if (!this.#window.bad(this.#state === "degraded")) {
      this.#state = "up";
      this.#cause = null;
      return;
    }
    const symptom = this.#window.symptom(this.#state === "degraded" ? this.#cause?.code : undefined);
    const percent = Math.round(100 * this.#window.repeated);
    this.#state = "degraded";
    this.#cause = { code: symptom, text: `${percent} % of the latest requests were repetitions: ${seen[symptom]}` };
  }

  #lost({ cause }: Trouble, now: Millis): void {
    this.#fellSilent = false;
    this.#down("silent", cause, now);
    this.#pipeLost = true;
  }

  #failed(trouble: Trouble, traffic: Traffic | undefined, now: Millis): void {
    const { kind, cause } = trouble;
    this.#failures++;
    // On a line that loses much anyway, one more failure is nothing new: look again before reporting it.
    if (this.#state === "degraded" && this.#failures === 1 && kind === "silent") {
      if (traffic !== undefined) this.#window.add(traffic, now);
      return;
    }
    if (cause.code === heardOptical) {
      this.#fellSilent = true;
      this.#pausedUntil = now + (this.#pauseLimit ?? usualPause);
      this.#down("paused", cause, now);
      return;
    }
    const silence = cause.code === "no-answer";
    const believed = this.#agreed(cause.code) || kind === "answer";
    if (this.#state === "paused" && (silence || !believed)) return;
    this.#fellSilent = isUsable(this.#state) || (this.#fellSilent && silence);
    if (this.#fellSilent && this.#pauseLimit !== undefined && this.#failures >= agreeing) {
      this.#pausedUntil = now + this.#pauseLimit;
      this.#down("paused", opticalSession(this.#pauseLimit), now);
    } else if (believed) {
      this.#answering = kind === "answer";
      this.#down(kind === "silent" ? "silent" : "refused", cause, now);
    }
  }

  /** Whether to accept a cause: at once if there was none, or if the last one was a missing pipe. */
  #agreed(code: string): boolean {
    // Silence in between does not contradict what is heard only now and then, such as alerts.
    const silence = code === "no-answer";
    this.#silences = silence ? this.#silences + 1 : 0;
    if (!silence || this.#silences >= agreeing)
      this.#rival = { code, looks: code === this.#rival.code ? this.#rival.looks + 1 : 1 };
    const looks = silence ? this.#silences : this.#rival.looks;
    const known = !isUsable(this.#state) && this.#state !== "connecting";
    return !known || this.#pipeLost || looks >= agreeing || this.#cause?.code === code;
  }

  #down(state: "paused" | "refused" | "silent", cause: LinkCause, now: Millis): void {
    if (isUsable(this.#state)) {
      this.#outages++;
      this.#downSince = now;
    }
    this.#pipeLost = false;
    if (state !== "paused") this.#pausedUntil = undefined;
    if (state !== "refused") this.#answering = false;
    this.#state = state;
    this.#cause = cause;
  }

  #endPause(): void {
    this.#pausedUntil = undefined;
    this.#fellSilent = false;
    this.#state = "silent";
    this.#cause = { code: "no-answer", text: "the meter has been silent for longer than an optical session may last" };
  }
}
