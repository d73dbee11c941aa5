/** First contact: is there anybody, and in which way will they talk to us. */
import type { LinkFailure } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { KeyReading } from "@meterport/protocol/security/key-readings";
import type { SecurityName } from "@meterport/protocol/security/security-names";
import type { Sickness } from "./diagnosis.ts";
import { isOver, type Patient, type Probe, type Way } from "./patient.ts";
import type { Report } from "./report.ts";

export interface ContactOptions {
  /** The key as the user means it, first; then what else its text may stand for. Without any, a key that no meter has is shown. */
  readonly readings: readonly KeyReading[];
  readonly stranger: KeyReading["secret"];
  readonly security: SecurityName;
  /** Speeds to look for the meter at, where the link's can be set; the first is where it is expected. */
  readonly bauds: readonly number[];
}

/** How the meter was met. */
export interface Contact {
  readonly way: Way;
  /** Another key form than the user's own reading. */
  readonly form: KeyReading["form"] | undefined;
}

const tries = 6;
/** Silence for so long and then an answer is a pause, not loss. */
const pauseAfter: Millis = 3_000;
/** Longer than any bridge should need, there and back. */
const patience: Millis = 3_000;

/** Decisive where they come three times in a row. */
const decisive: readonly LinkFailure[] = ["wrong-key", "tls-required", "no-tls", "no-answer", "only-alerts", "echo"];

/** What was seen most, the telling before silence. */
const chief = (probes: readonly Probe[]): LinkFailure | undefined => {
  const counts = new Map<LinkFailure, number>();
  for (const { failure } of probes)
    if (failure !== undefined) counts.set(failure, (counts.get(failure) ?? 0) + (failure === "no-answer" ? 0.5 : 1));
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
};

export class FirstContact {
  readonly #patient: Patient;
  readonly #report: Report;
  readonly #options: ContactOptions;
  #silentSince: Millis | undefined;

  constructor(patient: Patient, report: Report, options: ContactOptions) {
    this.#patient = patient;
    this.#report = report;
    this.#options = options;
  }

  /** The way in; undefined where there is none, which the report then explains. @throws LinkError aborted */
  async find(): Promise<Contact | undefined> {
    const { security } = this.#options;
    return security === "tls" ? this.#overTls() : this.#overRc4();
  }

  /** Tries until something is certain. */
  async #knock(way: Way, most = tries): Promise<readonly Probe[]> {
    await this.#patient.begin(way);
    const probes: Probe[] = [];
    while (probes.length < most) {
      const probe = await this.#patient.ask();
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

  async #answers(way: Way, most = 2): Promise<boolean> {
    return (await this.#knock(way, most)).some(({ answered }) => answered);
  }

  get #first(): Pick<Way, "secret"> {
    return { secret: this.#options.readings[0]?.secret ?? this.#options.stranger };
  }

  async #overRc4(): Promise<Contact | undefined> {
    const kind = this.#options.security === "rc4-encrypted" ? "rc4-encrypted" : "rc4";
    const way: Way = { kind, ...this.#first };
    const probes = await this.#knock(way);
    if (probes.at(-1)?.answered === true) return this.#met(way);
    const failure = chief(probes);
    if (isOver(failure)) return this.#sick("hangs-up", "open", "hung-up");
    // One 0x0B among other things is what noise in a request looks like.
    if (probes.every((probe) => probe.failure === "wrong-key")) return this.#keyTrouble(way);
    if (failure === "tls-required") return this.#tlsWanted();
    if (failure === "no-answer" || failure === "only-alerts" || failure === undefined) return this.#silence(way);
    return this.#disturbed(way, failure);
  }

  async #overTls(): Promise<Contact | undefined> {
    const probes = await this.#knock({ kind: "tls", ...this.#first }, 3);
    if (probes.at(-1)?.answered === true) return this.#met({ kind: "tls", ...this.#first });
    const failure = chief(probes);
    if (isOver(failure)) return this.#sick("hangs-up", "open", "hung-up");
    if (failure === "wrong-key") return this.#tlsKey();
    if (failure === "no-tls") {
      this.#report.check("security", "bad", "lacks-tls");
      return this.#sick("no-tls");
    }
    if (await this.#answers({ kind: "rc4", ...this.#first })) {
      this.#report.check("security", "bad", "lacks-tls");
      return this.#sick("no-tls");
    }
    if (failure === "no-answer" || failure === "only-alerts") return this.#silence({ kind: "rc4", ...this.#first });
    if (failure === "tls") {
      this.#report.check("security", "bad", "tls-failed", { detail: probes.at(-1)?.detail ?? "" });
      return this.#sick("tls-fails");
    }
    return this.#disturbed({ kind: "tls", ...this.#first }, failure ?? "garbage");
  }

  /** The port will have nothing but TLS. */
  async #tlsWanted(): Promise<Contact | undefined> {
    this.#report.check("security", this.#options.security === "auto" ? "good" : "bad", "wants-tls");
    if (this.#options.security !== "auto") return this.#sick("tls-required");
    return this.#tlsKey();
  }

  /** Each reading of the key, as the basic and as the advanced one. */
  async #tlsKey(): Promise<Contact | undefined> {
    const { readings } = this.#options;
    for (const [index, { secret, form }] of readings.entries())
      for (const level of ["basic", "advanced"] as const) {
        const way: Way = { kind: "tls", secret, level };
        if (await this.#answers(way)) return this.#met(way, index === 0 ? undefined : form);
      }
    this.#report.check("security", "good", "speaks-tls");
    return this.#noKeyFits();
  }

  /** 0x0B: somebody is there, and this key is not theirs. A port that has both ways may mean the other one. */
  async #keyTrouble(refused: Way): Promise<Contact | undefined> {
    const { readings, security } = this.#options;
    for (const { secret, form } of readings.slice(1)) {
      const way: Way = { ...refused, secret };
      if (await this.#answers(way)) return this.#met(way, form);
    }
    if (security === "auto" && readings.length > 0) {
      const probes = await this.#knock({ kind: "tls", ...this.#first }, 1);
      if (probes.at(-1)?.answered === true) return this.#met({ kind: "tls", ...this.#first });
    }
    this.#report.check("security", "good", "speaks-rc4");
    return this.#noKeyFits();
  }

  #noKeyFits(): undefined {
    if (this.#options.readings.length === 0) {
      this.#report.check("key", "bad", "key-missing");
      return this.#sick("no-key");
    }
    this.#report.check("key", "bad", "key-refused", { readings: this.#options.readings.length });
    return this.#sick("wrong-key");
  }

  /** Nothing comes in time: late, another speed, TLS only, a pause, or nothing at all. */
  async #silence(way: Way): Promise<Contact | undefined> {
    this.#silentSince ??= this.#patient.clock.now();
    await this.#patient.listen(patience);
    if (this.#patient.observed.late > 0) {
      const slow: Way = { ...way, delay: patience };
      if (await this.#answers(slow, 3)) {
        this.#report.blame("slow-bridge");
        return this.#met(slow);
      }
    }
    if (await this.#answers(way, 2)) return this.#returned(way);
    if (this.#options.security === "auto") {
      const probes = await this.#knock({ kind: "tls", ...this.#first }, 1);
      const [probe] = probes;
      if (probe?.answered === true) return this.#met({ kind: "tls", ...this.#first });
      if (probe?.failure === "wrong-key") return this.#tlsKey();
    }
    return (await this.#otherSpeed(way)) ?? this.#stillSilent(way);
  }

  async #stillSilent(way: Way): Promise<Contact | undefined> {
    if (await this.#answers(way, 3)) return this.#returned(way);
    const { heard } = this.#patient;
    if (this.#patient.observed.echoes > 0) return this.#sick("echo");
    if (heard.only !== undefined) return this.#sick("stuck");
    if (heard.alerts > 0) return this.#sick("deaf");
    return this.#sick(heard.bytes > 0 ? "noise" : "silent");
  }

  #returned(way: Way): Contact {
    const silent = this.#patient.clock.now() - (this.#silentSince ?? this.#patient.clock.now());
    if (silent >= pauseAfter) this.#paused(silent);
    return this.#met(way);
  }

  #paused(silent: Millis): void {
    this.#report.check("line", "bad", "went-silent", { seconds: Math.round(silent / 1000) });
    this.#report.blame("paused");
  }

  /** Looks for the meter at other speeds, and says so where it is found. */
  async #otherSpeed(way: Way): Promise<Contact | undefined> {
    const [home, ...others] = this.#options.bauds;
    for (const baud of others) {
      await this.#patient.open(baud);
      // A meter that cannot be understood at one speed is met at another, whatever it thinks of the key.
      const probes = await this.#knock(way, 2);
      const failure = chief(probes);
      if (!probes.some(({ answered }) => answered) && failure !== "wrong-key" && failure !== "tls-required") continue;
      this.#report.check("framing", "bad", "other-baud", { baud });
      return this.#sick("wrong-baud");
    }
    if (others.length > 0) await this.#patient.open(home);
    return undefined;
  }

  /** Bytes come, and no trustworthy answer is among them. */
  async #disturbed(way: Way, failure: LinkFailure): Promise<Contact | undefined> {
    if (failure === "echo") return this.#sick("echo");
    if (this.#patient.heard.only !== undefined) return this.#sick("stuck");
    if (failure === "other-reply") {
      const slow: Way = { ...way, delay: patience };
      if (await this.#answers(slow, 3)) {
        this.#report.blame("slow-bridge");
        return this.#met(slow);
      }
    }
    if (failure === "half-reply") return this.#sick("sag");
    if (failure === "sequence") return this.#sick("other-client");
    const found = await this.#otherSpeed(way);
    if (found !== undefined || this.#report.sickness !== undefined) return found;
    if (await this.#answers(way, 3)) return this.#returned(way);
    return this.#sick(this.#patient.observed.otherClient >= 2 ? "other-client" : "noise");
  }

  #met(way: Way, form?: KeyReading["form"]): Contact {
    this.#report.check("security", "good", way.kind === "tls" ? "speaks-tls" : "speaks-rc4");
    if (form !== undefined) {
      this.#report.check("key", "warning", "key-in-other-form", { form });
      this.#report.blame("key-form");
    }
    return { way, form };
  }

  /** Blames, and ends the search. */
  #sick(sickness: Sickness, check?: "open", finding?: "hung-up"): undefined {
    this.#report.blame(sickness);
    if (check !== undefined && finding !== undefined) this.#report.check(check, "bad", finding);
    return undefined;
  }
}
