/** First contact: is a meter there, and how must it be addressed. */
import type { LinkFailure } from "@meterport/protocol/errors";
import type { KeyReading } from "@meterport/protocol/mep/security/key-readings";
import type { SecurityName } from "@meterport/protocol/mep/security/security-names";
import type { Millis } from "@meterport/protocol/ports";
import type { Sickness } from "../diagnosis.ts";
import type { Report } from "../report.ts";
import { type Approach, type ExaminedLink, isOver, type Probe } from "./examined-link.ts";

export interface ContactOptions {
  /** The key as the user means it, first; then the other readings of its text. If empty, a key that no meter has is used. */
  readonly readings: readonly KeyReading[];
  readonly stranger: KeyReading["secret"];
  readonly security: SecurityName;
  /** Baud rates to try if the link's can be set; the meter is expected at the first. */
  readonly bauds: readonly number[];
}

/** How the meter was found. */
export interface Contact {
  readonly way: Approach;
  /** The form of the key that fitted, if not the user's own reading. */
  readonly form: KeyReading["form"] | undefined;
  /** How long it was silent before it answered; undefined if it answered at once. */
  readonly silent?: Millis;
}

type Slowness = Pick<Approach, "delay">;

const tries = 6;
/** Silence of at least this length, then an answer, is a pause, not loss. */
const pauseAfter: Millis = 3_000;
/** Longer than any bridge should need for a round trip. */
const longestBridge: Millis = 3_000;
/** How long a bridge may still hold bytes back. */
const aftermath: Millis = 1_500;
/** Longer than a meter on a cable ever needs, even for a whole handshake. */
const slowAnswer: Millis = 1_500;

/** Refusals that rule out an accident: a request damaged by noise is refused too. */
const refusals = 2;
/** How often a key is tried before the line is to blame. */
const keyTries = 4;

/** Decisive if they come three times in a row. */
const decisive: readonly LinkFailure[] = ["wrong-key", "tls-required", "no-tls", "no-answer", "only-alerts", "echo"];

/** The most frequent failure; silence counts half, because it tells least. */
const mostFrequent = (probes: readonly Probe[]): LinkFailure | undefined => {
  const counts = new Map<LinkFailure, number>();
  for (const { failure } of probes)
    if (failure !== undefined) counts.set(failure, (counts.get(failure) ?? 0) + (failure === "no-answer" ? 0.5 : 1));
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
};

export class FirstContact {
  readonly #examined: ExaminedLink;
  readonly #report: Report;
  readonly #options: ContactOptions;
  #silentSince: Millis | undefined;

  constructor(examined: ExaminedLink, report: Report, options: ContactOptions) {
    this.#examined = examined;
    this.#report = report;
    this.#options = options;
  }

  /** How to reach the meter; undefined if there is no way, and the report then says why. @throws LinkError aborted */
  async find(): Promise<Contact | undefined> {
    const { security } = this.#options;
    return security === "tls" ? this.#overTls() : this.#overRc4();
  }

  /** Tries until the result is certain. */
  async #knock(way: Approach, most = tries): Promise<readonly Probe[]> {
    await this.#examined.begin(way);
    const probes: Probe[] = [];
    while (probes.length < most) {
      const probe = await this.#examined.ask();
      probes.push(probe);
      if (probe.answered || isOver(probe.failure)) break;
      const [a, b, c] = probes.slice(-3);
      if (
        c !== undefined &&
        a?.failure === b?.failure &&
        b?.failure === c.failure &&
        decisive.includes(c.failure ?? "tls")
      )
        break;
    }
    return probes;
  }

  async #answers(way: Approach, most = 2): Promise<boolean> {
    return (await this.#knock(way, most)).some(({ answered }) => answered);
  }

  /** The meter's verdict on a key: "answered", "wrong-key" if it said so twice, or the failure that came in between. */
  async #judged(way: Approach): Promise<"answered" | LinkFailure | undefined> {
    await this.#examined.begin(way);
    const probes: Probe[] = [];
    let refused = 0;
    while (probes.length < keyTries && refused < refusals) {
      const probe = await this.#examined.ask();
      if (probe.answered) return "answered";
      if (isOver(probe.failure)) return probe.failure;
      if (probe.failure === "wrong-key") refused++;
      probes.push(probe);
    }
    return refused >= refusals ? "wrong-key" : mostFrequent(probes.filter(({ failure }) => failure !== "wrong-key"));
  }

  get #first(): Pick<Approach, "secret"> {
    return { secret: this.#options.readings[0]?.secret ?? this.#options.stranger };
  }

  async #overRc4(): Promise<Contact | undefined> {
    const kind = this.#options.security === "rc4-encrypted" ? "rc4-encrypted" : "rc4";
    const way: Approach = { kind, ...this.#first };
    const probes = await this.#knock(way);
    if (probes.at(-1)?.answered === true) return this.#met(way);
    const failure = mostFrequent(probes);
    if (isOver(failure)) return this.#sick("hangs-up", "open", "hung-up");
    // A single 0x0B among other failures looks like noise in a request.
    const refused = probes.filter((probe) => probe.failure === "wrong-key").length;
    if (refused > refusals) {
      if (refused < probes.length && (await this.#judged(way)) === "answered") return this.#met(way);
      return this.#keyTrouble(way);
    }
    if (failure === "tls-required") return this.#tlsWanted();
    if (failure === "no-answer" || failure === "only-alerts" || failure === undefined) return this.#silence(way);
    return this.#disturbed(way, failure);
  }

  async #overTls(): Promise<Contact | undefined> {
    const probes = await this.#knock({ kind: "tls", ...this.#first }, 3);
    if (probes.at(-1)?.answered === true) return this.#met({ kind: "tls", ...this.#first });
    const failure = mostFrequent(probes);
    if (isOver(failure)) return this.#sick("hangs-up", "open", "hung-up");
    if (failure === "wrong-key") return this.#tlsKey({});
    if (failure === "no-tls") {
      this.#report.check("security", "bad", "lacks-tls");
      return this.#sick("no-tls");
    }
    if (await this.#answers({ kind: "rc4", ...this.#first })) {
      this.#report.check("security", "bad", "lacks-tls");
      return this.#sick("no-tls");
    }
    if (failure === "no-answer" || failure === "only-alerts") return this.#silence({ kind: "rc4", ...this.#first });
    if (failure === "tls") return this.#tlsFails(probes.at(-1)?.detail ?? "");
    return this.#disturbed({ kind: "tls", ...this.#first }, failure ?? "garbage");
  }

  #tlsFails(detail: string): undefined {
    this.#report.check("security", "bad", "tls-failed", { detail });
    return this.#sick("tls-fails");
  }

  /** The port accepts nothing but TLS. */
  async #tlsWanted(slow: Slowness = {}): Promise<Contact | undefined> {
    this.#report.check("security", this.#options.security === "auto" ? "good" : "bad", "wants-tls");
    if (this.#options.security !== "auto") return this.#sick("tls-required");
    return this.#tlsKey(slow);
  }

  /** Each reading of the key, as the basic and as the advanced one. */
  async #tlsKey(slow: Slowness): Promise<Contact | undefined> {
    const { readings, stranger } = this.#options;
    const tried = readings.length > 0 ? readings : [{ secret: stranger, form: undefined }];
    let trouble: LinkFailure | undefined;
    for (const [index, { secret, form }] of tried.entries())
      for (const level of ["basic", "advanced"] as const) {
        const way: Approach = { kind: "tls", secret, level, ...slow };
        const judged = await this.#judged(way);
        if (judged === "answered") return this.#met(way, index === 0 ? undefined : form);
        if (isOver(judged)) return this.#sick("hangs-up", "open", "hung-up");
        trouble ??= judged === "wrong-key" ? undefined : judged;
        // A handshake that never reaches the key says nothing about it, nor about any other key.
        if (judged !== "wrong-key" && index === 0 && level === "basic") return this.#tlsTrouble(way, trouble);
      }
    this.#report.check("security", "good", "speaks-tls");
    return trouble === undefined ? this.#noKeyFits() : this.#sick("noise");
  }

  /** A handshake gets no further: its messages come late, break off, or are damaged by the line. */
  async #tlsTrouble(way: Approach, failure: LinkFailure | undefined): Promise<Contact | undefined> {
    if (way.delay === undefined) {
      const late = { delay: longestBridge };
      const judged = await this.#judged({ ...way, ...late });
      if (judged === "answered" || judged === "wrong-key") {
        // If the line has no delay, the failure was an accident.
        if (this.#examined.slowest > slowAnswer) this.#report.blame("slow-bridge");
        return this.#tlsKey(late);
      }
    }
    this.#report.check("security", "good", "speaks-tls");
    if (failure === "half-reply" || this.#examined.observed.brokenAt.length >= refusals) return this.#sick("sag");
    if (failure === "tls" || failure === undefined) return this.#tlsFails("");
    return this.#sick("noise");
  }

  /** 0x0B: a meter is there, and this is not its key. A port that speaks RC4 and TLS may want the key for the other one. */
  async #keyTrouble(refused: Approach): Promise<Contact | undefined> {
    const { readings, security } = this.#options;
    if (refused.delay === undefined) {
      const { late } = this.#examined.observed;
      await this.#examined.listen(aftermath);
      // A refusal names no request: late ones would be taken for refusals of the next key.
      const found = this.#examined.observed.late > late ? await this.#withLongDelay(refused) : "no";
      if (found !== "no") return found;
    }
    for (const { secret, form } of readings.slice(1)) {
      const way: Approach = { ...refused, secret };
      if ((await this.#judged(way)) === "answered") return this.#met(way, form);
    }
    if (security === "auto" && readings.length > 0) {
      const way: Approach = { ...refused, kind: "tls", ...this.#first };
      const probes = await this.#knock(way, 1);
      if (probes.at(-1)?.answered === true) return this.#met(way);
    }
    this.#report.check("security", "good", "speaks-rc4");
    return this.#noKeyFits();
  }

  /** Answers came after the timeout: tries again with a longer one; "no" if that gives no usable answer either. */
  async #withLongDelay(way: Approach): Promise<Contact | undefined | "no"> {
    const slow: Approach = { ...way, delay: longestBridge };
    const judged = await this.#judged(slow);
    if (judged !== "answered" && judged !== "wrong-key" && judged !== "tls-required") return "no";
    this.#report.blame("slow-bridge");
    if (judged === "answered") return this.#met(slow);
    if (judged === "tls-required") return this.#tlsWanted({ delay: longestBridge });
    return slow.kind === "tls" ? this.#tlsKey({ delay: longestBridge }) : this.#keyTrouble(slow);
  }

  #noKeyFits(): undefined {
    if (this.#options.readings.length === 0) {
      this.#report.check("key", "bad", "key-missing");
      return this.#sick("no-key");
    }
    this.#report.check("key", "bad", "key-refused", { readings: this.#options.readings.length });
    return this.#sick("wrong-key");
  }

  /** Nothing comes in time: late answers, another speed, TLS only, a pause, or no meter at all. */
  async #silence(way: Approach): Promise<Contact | undefined> {
    this.#silentSince ??= this.#examined.clock.now();
    await this.#examined.listen(longestBridge);
    if (this.#examined.observed.late > 0) {
      const found = await this.#withLongDelay(way);
      if (found !== "no") return found;
    }
    if (await this.#answers(way, 2)) return this.#returned(way);
    if (this.#options.security === "auto") {
      const probes = await this.#knock({ kind: "tls", ...this.#first }, 1);
      const [probe] = probes;
      if (probe?.answered === true) return this.#met({ kind: "tls", ...this.#first });
      if (probe?.failure === "wrong-key") return this.#tlsKey({});
    }
    return (await this.#otherSpeed(way)) ?? this.#stillSilent(way);
  }

  async #stillSilent(way: Approach): Promise<Contact | undefined> {
    if (await this.#answers(way, 3)) return this.#returned(way);
    await this.#examined.listen(longestBridge);
    const { heard } = this.#examined;
    if (this.#examined.observed.echoes > 0) return this.#sick("echo");
    if (heard.only !== undefined) return this.#sick("stuck");
    if (this.#examined.observed.late > 0) return this.#sick("slow-bridge");
    if (heard.alerts > 0) return this.#sick("deaf");
    return this.#sick(heard.bytes > 0 ? "noise" : "silent");
  }

  #returned(way: Approach): Contact {
    const silent = this.#examined.clock.now() - (this.#silentSince ?? this.#examined.clock.now());
    return { ...this.#met(way), ...(silent >= pauseAfter ? { silent } : {}) };
  }

  /** Looks for the meter at other speeds, and reports the one where it is found. */
  async #otherSpeed(way: Approach): Promise<Contact | undefined> {
    const [home, ...others] = this.#options.bauds;
    for (const baud of others) {
      await this.#examined.open(baud);
      // The meter is at this speed if its bytes make sense here, even if it refuses the key.
      const probes = await this.#knock(way, 2);
      const failure = mostFrequent(probes);
      if (!probes.some(({ answered }) => answered) && failure !== "wrong-key" && failure !== "tls-required") continue;
      this.#report.check("framing", "bad", "other-baud", { baud });
      return this.#sick("wrong-baud");
    }
    if (others.length > 0) await this.#examined.open(home);
    return undefined;
  }

  /** Bytes come, but no trustworthy answer is among them. */
  async #disturbed(way: Approach, failure: LinkFailure): Promise<Contact | undefined> {
    if (failure === "echo") return this.#sick("echo");
    if (failure === "optical-session") return this.#sick("paused");
    if (this.#examined.heard.only !== undefined) return this.#sick("stuck");
    if (failure === "other-reply" || this.#examined.observed.late > 0) {
      const { late } = this.#examined.observed;
      // The refusals of earlier requests must not be taken for those of the next.
      await this.#examined.listen(longestBridge);
      const found = await this.#withLongDelay(way);
      if (found !== "no") return found;
      // Later than any timeout: the answers are good, but a bridge holds them back.
      if (failure === "other-reply" && late >= refusals) return this.#sick("slow-bridge");
    }
    if (failure === "half-reply") return this.#sick("sag");
    if (failure === "sequence") return this.#sick("other-client");
    const found = await this.#otherSpeed(way);
    if (found !== undefined || this.#report.sickness !== undefined) return found;
    if (await this.#answers(way, 3)) return this.#returned(way);
    return this.#sick(this.#examined.observed.otherClient >= 2 ? "other-client" : "noise");
  }

  #met(way: Approach, form?: KeyReading["form"]): Contact {
    this.#report.check("security", "good", way.kind === "tls" ? "speaks-tls" : "speaks-rc4");
    if (form !== undefined) {
      this.#report.check("key", "warning", "key-in-other-form", { form });
      this.#report.blame("key-form");
    }
    return { way, form };
  }

  /** Records the problem, and ends the search. */
  #sick(sickness: Sickness, check?: "open", finding?: "hung-up"): undefined {
    this.#report.blame(sickness);
    if (check !== undefined && finding !== undefined) this.#report.check(check, "bad", finding);
    return undefined;
  }
}
