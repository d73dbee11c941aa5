/**
 * Judges a link as a pure machine: what was observed goes in, a state with its cause comes out. It owns no timer; call
 * `handle({ type: "tick" }, now)` when `wakeAt()` is reached.
 */
import type { Millis } from "@meterport/protocol/ports";
import { isUsable, type LinkCause, type LinkState } from "./link-status.ts";
import { LossWindow, type Symptom, type Traffic } from "./loss-window.ts";
import type { Trouble } from "./trouble.ts";

export type Observation =
  /** The transport could not be opened, or ended. */
  | { readonly type: "lost"; readonly trouble: Trouble }
  /** An authentic answer; `traffic` where it says something of how good the line is. */
  | { readonly type: "answered"; readonly traffic?: Traffic }
  | { readonly type: "failed"; readonly trouble: Trouble; readonly traffic?: Traffic }
  | { readonly type: "tick" };

const seen: Readonly<Record<Symptom, string>> = {
  "lost-replies": "replies do not come",
  "half-reply": "replies stop before their end",
  "bad-digest": "bytes arrive damaged",
  noise: "noise comes in between",
  "other-client": "another client seems to ask the same meter",
};

/** So many looks in a row have to agree before they say why a link is down: noise says something else each time. */
const agreeing = 3;

/** Heard, not guessed: its packets prove themselves. */
const heardOptical = "optical-session";
/** How long one that is heard is waited for on a meter that has not told. */
const usualPause: Millis = 610_000;

const opticalSession = (limit: Millis): LinkCause => ({
  code: heardOptical,
  text:
    "the meter fell silent on a line that is whole; most likely somebody reads it through its optical port, " +
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
  /** What the last looks say instead of the present cause, and how many of them. */
  #rival = { code: "", looks: 0 };
  #silences = 0;
  #pauseLimit: Millis | undefined;
  #pausedUntil: Millis | undefined;
  /** Whether all that was noticed since the last answer is silence; its beginning may have cut a reply. */
  #fellSilent = false;
  /** Whether the present cause is that there was no pipe. */
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

  /** Whether the last thing heard was an authentic answer, if only a refusal. */
  get answering(): boolean {
    return this.#answering;
  }

  get outages(): number {
    return this.#outages;
  }

  /** Since when no values can be had; undefined while they can. */
  get downSince(): Millis | undefined {
    return isUsable(this.#state) ? undefined : this.#downSince;
  }

  /** How long silence alone is taken for an optical session; undefined where the meter has a line for it. */
  pausable(limit: Millis | undefined): void {
    this.#pauseLimit = limit;
  }

  /** When a tick is due; undefined while there is nothing to wait for. */
  wakeAt(): Millis | undefined {
    return this.#pausedUntil;
  }

  /** Takes one observation. Whether the state or its cause is another one now. */
  handle(observation: Observation, now: Millis): boolean {
    const [state, code] = [this.#state, this.#cause?.code];
    const text = this.#cause?.text;
    if (observation.type === "answered") this.#answered(observation.traffic, now);
    else if (observation.type === "lost") this.#lost(observation.trouble, now);
    else if (observation.type === "failed") this.#failed(observation.trouble, observation.traffic, now);
    else if (this.#pausedUntil !== undefined && now >= this.#pausedUntil) this.#endPause();
    if (this.#state !== state || this.#cause?.code !== code) return true;
    // The same trouble in other words, as with another count of bytes, is no news.
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
    // On a line that loses much anyway one failure more is no news: look again before saying so.
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

  /** Whether a cause is to be believed: at once where nothing else was, or where the last one was the pipe's. */
  #agreed(code: string): boolean {
    // Silence in between does not contradict what is heard now and then, as alerts are.
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
