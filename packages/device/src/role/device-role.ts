/**
 * A MEP device as a pure machine: registers at a meter, serves its alerts, answers what the grid asks. It owns no promise,
 * timer or random number. See docs/machines/device.md.
 */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { RoleAction, RoleInput, RoleOptions, Step, StepFailure } from "./actions.ts";
import { answerAlert, nextLook, readDownlink, serveFlags } from "./alerts.ts";
import { type Answered, Asks } from "./asks.ts";
import {
  type Duty,
  type DutyName,
  duties,
  newAlertState,
  newOnDemandState,
  type Reply,
  StepFailed,
  type Steps,
} from "./duty.ts";
import type { DeviceEvent } from "./events.ts";
import { emptyMemory, parseMemory } from "./memory.ts";
import { answerOnDemand } from "./on-demand.ts";
import { follow, look } from "./registration.ts";

const identificationLength = 30;
/** Alerts stay away for a second after each frame, so beside busy readings the flags are looked at without one. */
const longestRound: Millis = 10_000;
/** Defaults of ET51. */
const defaultSettings = { monitored: true, healthTimeout: 60_000, onDemandTimeout: 30_000 };
const firstRetry: Millis = 2_000;
const longestRetry: Millis = 60_000;
/** Where something here is in the way, such as a right: trying again soon changes nothing. */
const longestRetryHere: Millis = 3_600_000;
/** A doubt is looked into at most this often. */
const doubtRest: Millis = 10_000;
const lookEvery: Millis = 3_600_000;

/** `off`: not started; `searching`: not known to be registered; `blocked`: the port is another device's. */
export type RolePhase = "off" | "searching" | "blocked" | "registered";

interface Running {
  readonly name: DutyName;
  readonly steps: Steps<unknown>;
  readonly answered: Answered | undefined;
}

const labels: Readonly<Record<DutyName, string>> = {
  look: "looking at the registration",
  answers: "answering",
  flags: "serving alerts",
  follow: "following the registration",
  downlink: "reading data for the device",
};

/**
 * The device's part at one MEP port. Starts with the input `started`.
 *
 * @example
 * import { thirdPartyForms } from "@meterport/protocol/procedures/post-messages";
 * const role = new DeviceRole({ port: 1, identification: new Uint8Array(30).fill(0x81), forms: thirdPartyForms });
 * role.handle({ type: "started", wall: 0, meter: "12345678", memory: undefined }, 0)[0]?.type // "step"
 */
export class DeviceRole {
  readonly #duty: Duty;
  #out: RoleAction[] = [];
  #now: Millis = 0;
  /** Wall clock minus monotonic clock; undefined before the start. */
  #wallOffset: Millis | undefined;
  #up = true;
  #blocked = false;
  readonly #due = new Map<DutyName, Millis>();
  #running: Running | undefined;
  /** The step whose end is awaited, and those that were given up count no more. */
  #step: Step | undefined;
  readonly #asks = new Asks((action) => this.#out.push(action));
  #lastId = 0;
  /** Failures in a row, and when to try again. */
  #failures = 0;
  #retryAt: Millis = 0;
  #paused = false;
  /** When the meter last answered anybody here, as far as is known. */
  #answeredAt: Millis = 0;
  #roundAt: Millis = 0;
  #followSince: Millis | undefined;
  #lookedAt: Millis = Number.NEGATIVE_INFINITY;
  /** What was told last of what lasts. */
  #state = "";

  /** @throws UsageError (`identification`) unless it has 30 bytes */
  constructor(options: RoleOptions) {
    const { length } = options.identification;
    if (length !== identificationLength)
      throw new UsageError(
        "identification",
        `an identification has ${identificationLength} bytes, not ${length}; mepIdentification makes one`,
      );
    this.#duty = this.#newDuty(options);
  }

  get phase(): RolePhase {
    if (this.#wallOffset === undefined) return "off";
    if (this.#blocked) return "blocked";
    return this.#duty.handle === null ? "searching" : "registered";
  }

  /** The handle that the meter gave; null while not registered. */
  get deviceHandle(): number | null {
    return this.#duty.handle;
  }

  /** When a tick is due; undefined while there is nothing to wait for but answers. */
  wakeAt(): Millis | undefined {
    const times = [...this.#asks.deadlines];
    if (this.#isReady) {
      const begins = [...this.#due].filter(([name]) => this.#mayBegin(name)).map(([, at]) => at);
      if (this.#asks.waiting) begins.push(this.#now);
      times.push(...begins.map((at) => Math.max(at, this.#retryAt)));
    }
    if (this.phase === "registered") times.push(this.#roundAt + this.#round);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Takes an input at time `now`, never running backwards, and says what is to be done, in this order. */
  handle(input: RoleInput, now: Millis): RoleAction[] {
    this.#now = Math.max(this.#now, now);
    this.#out = [];
    this.#take(input);
    this.#asks.expire(this.#now);
    this.#work();
    return this.#out;
  }

  #take(input: RoleInput): void {
    switch (input.type) {
      case "started":
        this.#start(input);
        return;
      case "link":
        this.#link(input.up);
        return;
      case "alert":
        this.#duty.due("flags", nextLook(this.#duty));
        return;
      case "doubt":
        this.#duty.due("look", Math.max(this.#now, this.#lookedAt + doubtRest));
        return;
      case "done":
        this.#reply(input.id, { ok: true, value: input.value });
        return;
      case "failed":
        this.#reply(input.id, { ok: false, failure: input.failure });
        return;
      case "answer":
        this.#asks.take(input.ask, { ok: true, answer: input.answer });
        return;
      case "refusal":
        this.#asks.take(input.ask, { ok: false, why: "refused", detail: input.reason });
        return;
      case "read-downlink":
        this.#duty.due("downlink", this.#now);
        return;
      case "tick":
        this.#tick(input.traffic);
        return;
      default:
        input satisfies never;
    }
  }

  #start({ wall, meter, memory }: Extract<RoleInput, { readonly type: "started" }>): void {
    if (this.#wallOffset !== undefined) return;
    this.#wallOffset = wall - this.#now;
    this.#duty.memory = parseMemory(memory, meter);
    this.#duty.due("look", this.#now);
    this.#answeredAt = this.#now;
    this.#roundAt = this.#now;
  }

  #link(up: boolean): void {
    if (up === this.#up) return;
    this.#up = up;
    if (up) {
      this.#retryAt = this.#now;
      this.#duty.due("look", this.#now);
    } else this.#pause("the link is down");
  }

  #pause(detail: string): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#duty.tell({ type: "paused", detail });
  }

  /** Silence counts as a failure of the device, and beside busy readings no alert comes through. */
  #tick(traffic: boolean): void {
    if (this.phase !== "registered" || this.#now < this.#roundAt + this.#round) return;
    const { settings, alerts } = this.#duty;
    if (traffic) this.#answeredAt = Math.max(this.#answeredAt, this.#roundAt);
    this.#roundAt = this.#now;
    const silent = settings.monitored && this.#now >= this.#answeredAt + settings.healthTimeout / 2;
    // Half a round: the look of the round before came a moment after its tick.
    const unheard = traffic && this.#now >= alerts.readAt + this.#round / 2;
    if (silent || unheard) this.#duty.due("flags", this.#now);
  }

  /** How often the role looks whether somebody else uses the line. */
  get #round(): Millis {
    const { monitored, healthTimeout } = this.#duty.settings;
    return monitored ? Math.max(1_000, Math.min(longestRound, healthTimeout / 4)) : longestRound;
  }

  /** Nobody waits for the application any more: the registration is gone. */
  #dropAsks(): void {
    const detail = "the registration is gone";
    for (const subject of this.#asks.drop()) {
      const transaction = subject.kind === "on-demand" ? subject.entry.transaction : null;
      this.#duty.tell({ type: "not-answered", kind: subject.kind, transaction, why: "gone", detail });
    }
  }

  /** Whether a duty could begin, but for its time. */
  get #isReady(): boolean {
    return this.#wallOffset !== undefined && this.#up && this.#running === undefined;
  }

  #mayBegin(name: DutyName): boolean {
    return name === "look" || name === "follow" || this.#duty.handle !== null;
  }

  #work(): void {
    while (this.#isReady && this.#now >= this.#retryAt) {
      if (this.#duty.handle === null) this.#dropAsks();
      const running = this.#next();
      if (running === undefined) return;
      this.#running = running;
      this.#advance(running, undefined);
    }
  }

  #next(): Running | undefined {
    for (const name of duties) {
      if (!this.#mayBegin(name)) continue;
      if (name === "answers") {
        const answered = this.#asks.next();
        if (answered !== undefined) return { name, steps: this.#answer(answered), answered };
        continue;
      }
      if ((this.#due.get(name) ?? Number.POSITIVE_INFINITY) > this.#now) continue;
      this.#due.delete(name);
      return { name, steps: this.#steps(name), answered: undefined };
    }
    return undefined;
  }

  #answer({ subject, outcome }: Answered): Steps<void> {
    return subject.kind === "on-demand"
      ? answerOnDemand(this.#duty, subject.entry, outcome)
      : answerAlert(this.#duty, subject.kind, outcome);
  }

  *#steps(name: Exclude<DutyName, "answers">): Steps<void> {
    if (name === "flags") yield* serveFlags(this.#duty);
    else if (name === "downlink") yield* readDownlink(this.#duty);
    else if (name === "follow") yield* follow(this.#duty, this.#followSince ?? this.#now);
    else {
      this.#lookedAt = this.#now;
      this.#blocked = (yield* look(this.#duty)).blocked;
      // A removal or a power failure tells nobody who is silent.
      this.#duty.due("look", this.#now + lookEvery);
    }
    this.#followSince = this.#due.has("follow") ? (this.#followSince ?? this.#now) : undefined;
  }

  #reply(id: number, reply: Reply): void {
    const running = this.#running;
    const step = this.#step;
    // An answer to nothing that is awaited.
    if (running === undefined || step === undefined || id !== this.#lastId) return;
    this.#step = undefined;
    const atMeter = step.type !== "remember" && step.type !== "file";
    if (atMeter && (reply.ok || reply.failure.kind === "refused")) this.#meterAnswered();
    this.#advance(running, reply);
  }

  #meterAnswered(): void {
    this.#answeredAt = this.#now;
    if (!this.#paused) return;
    this.#paused = false;
    this.#duty.tell({ type: "resumed" });
    // It may have lost power meanwhile.
    this.#duty.due("look", this.#now);
  }

  #advance(running: Running, reply: Reply | undefined): void {
    try {
      // The first `next` starts a generator and takes no reply.
      const { done, value } = running.steps.next(reply as Reply);
      if (done !== true) {
        this.#step = value;
        this.#out.push({ type: "step", id: ++this.#lastId, step: value });
        return;
      }
      this.#failures = 0;
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      this.#failed(running, error.failure);
    }
    this.#running = undefined;
  }

  #failed({ name, answered }: Running, { kind, detail }: StepFailure): void {
    const longest = kind === "here" ? longestRetryHere : longestRetry;
    const wait = Math.min(longest, firstRetry * 2 ** Math.min(this.#failures, 20));
    this.#failures++;
    if (kind === "link") {
      this.#pause(detail);
      this.#retryAt = this.#now + wait;
      if (answered !== undefined) this.#asks.putBack(answered);
      else this.#duty.due(name, this.#retryAt);
      return;
    }
    this.#duty.tell({ type: "failed", doing: labels[name], detail });
    if (answered === undefined) this.#duty.due(name, this.#now + wait);
    // The alert goes on, and so the request is found again.
    else this.#duty.due("flags", this.#now + wait);
  }

  #tellState(event: DeviceEvent): void {
    const state = JSON.stringify(event);
    if (state === this.#state) return;
    this.#state = state;
    this.#out.push({ type: "event", event });
  }

  #newDuty(options: RoleOptions): Duty {
    const now = (): Millis => this.#now;
    const offset = (): Millis => this.#wallOffset ?? 0;
    return {
      options,
      place: options.port === 2 ? { index: 1, slot: 5 } : { index: 0, slot: 4 },
      get now() {
        return now();
      },
      get wall() {
        return now() + offset();
      },
      memory: emptyMemory(""),
      settings: defaultSettings,
      handle: null,
      alerts: newAlertState(),
      onDemand: newOnDemandState(),
      tell: (event) => this.#out.push({ type: "event", event }),
      tellState: (event) => this.#tellState(event),
      due: (name, at) => this.#due.set(name, Math.min(at, this.#due.get(name) ?? at)),
      ask: (request, subject, time) => this.#asks.ask(request, subject, this.#now + time),
      isAsked: (subject) => this.#asks.has(subject),
    };
  }
}
