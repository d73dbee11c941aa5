/** Finds out what a port requires: RC4 or TLS, and under TLS which of the two keys it was given. Never falls back from TLS. */
import { twoDigits } from "@meterport/protocol/digits";
import { LinkError } from "@meterport/protocol/errors";
import { type Profile, reaches, type Version } from "@meterport/protocol/layout/index";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { SecurityName } from "@meterport/protocol/mep/security/security-names";
import type { Entropy, Signal } from "@meterport/protocol/ports";
import { BT01 } from "@meterport/protocol/tables/basic/bt01-general-manufacturer-information";
import { firmwareOf } from "@meterport/protocol/tables/firmware";
import { readSlice, unlessRefused } from "../meter/read/table-bytes.ts";
import { rc4, type SealSecurity, type Security } from "../session/security.ts";
import type { Session } from "../session/session.ts";
import { tls } from "../session/tls.ts";

/** What a port was found to speak. */
export type FoundSecurity = "rc4" | "tls";

/** Remembers it for one meter, for as long as the caller wants. */
export interface SecurityMemory {
  readonly get: () => FoundSecurity | undefined;
  /** `level` is which key it was, under TLS. */
  readonly set: (found: FoundSecurity, level?: Level) => void;
  /** Which key it was last time. It is tried first, so that the meter need not refuse the same key each time. */
  readonly level?: () => Level | undefined;
}

/** One attempt, or the conclusion from all of them if there was a choice. */
export interface Finding {
  readonly tried: FoundSecurity;
  /** Under TLS. */
  readonly level?: Level;
  /** `chosen` says what is used from now on, and why. */
  readonly outcome: "works" | "refused" | "chosen";
  /** A sentence. */
  readonly detail: string;
}

/**
 * A finding in a sentence.
 *
 * @example
 * findingText({ tried: "tls", level: "basic", outcome: "works", detail: "the port answers, firmware 4.30" }) // "tried TLS with the basic key (MBK): the port answers, firmware 4.30"
 * findingText({ tried: "rc4", outcome: "refused", detail: "the port refuses RC4 and demands TLS" }) // "tried RC4: the port refuses RC4 and demands TLS"
 * findingText({ tried: "rc4", outcome: "chosen", detail: "the port has no TLS" }) // "goes on with RC4: the port has no TLS"
 */
export const findingText = ({ tried, level, outcome, detail }: Finding): string => {
  const key = level === "advanced" ? "advanced key (MAK)" : "basic key (MBK)";
  const what = tried === "rc4" ? "RC4" : `TLS with the ${key}`;
  return outcome === "chosen" ? `goes on with ${what}: ${detail}` : `tried ${what}: ${detail}`;
};

export interface AutoSecurity {
  readonly key: Secret;
  readonly entropy: Entropy;
  /** Which key it is, if its owner knows. */
  readonly level?: Level | undefined;
  readonly clientId?: number | undefined;
  readonly memory?: SecurityMemory | undefined;
  /** Called with each attempt and its outcome. */
  readonly onFinding?: ((finding: Finding) => void) | undefined;
}

/** Bytes of BT01 that hold the firmware (MEP guide 1.1, p. 205). */
const firmwareAt = { offset: 14, length: 2 };
const firstWithTls: Version = [4, 0];

type Tried =
  | { readonly ok: true; readonly firmware: Version | undefined }
  | { readonly ok: false; readonly error: LinkError };

/** A small read; a refusal is an answer too. */
const attempt = async (session: Session, signal: Signal | undefined): Promise<Tried> => {
  const options = { label: "read BT01", signal };
  try {
    const bytes = await unlessRefused(readSlice(session, BT01.number, firmwareAt, options));
    const [high, low] = bytes ?? [];
    const known = high !== undefined && low !== undefined;
    return { ok: true, firmware: known ? firmwareOf(high, low).version : undefined };
  } catch (error) {
    if (error instanceof LinkError && !["aborted", "closed", "not-open"].includes(error.code))
      return { ok: false, error };
    throw error;
  }
};

/** Failures without any sign of a port under TLS. */
const silent: readonly string[] = ["no-answer", "only-alerts", "echo"];

/** How a port without TLS may answer a handshake: the guide does not say, so silence counts too. */
const withoutTls: readonly string[] = ["no-tls", ...silent];

const isOf4 = (version: Version | undefined): boolean => version !== undefined && version[0] >= firstWithTls[0];

/** Why only TLS is tried. */
type TlsReason = "seen" | "asked";

/** The explanation if a port that spoke TLS before does not now. */
const remembered = (code: string): string =>
  code === "no-tls"
    ? "; it spoke TLS before, so going back to RC4 must be requested explicitly (security rc4)"
    : "; nothing but TLS was tried, because this link spoke it before";

const fallback =
  "this port does not answer a TLS handshake, though firmware 4.0 and later can; RC4 hardly protects, so ask the utility to switch TLS on";

/** The more informative error: that of RC4, unless the port demands TLS, or knows TLS but not the key. */
const tellingOf = (rc4Error: LinkError, tlsError: LinkError): LinkError =>
  tlsError.code === "wrong-key" || rc4Error.code === "tls-required" ? tlsError : rc4Error;

interface Settled {
  readonly options: AutoSecurity;
  /** Set if only TLS is acceptable. */
  readonly only?: TlsReason;
}

class Settling {
  readonly #options: AutoSecurity;
  readonly #only: TlsReason | undefined;
  readonly #session: Session;
  readonly #signal: Signal | undefined;

  constructor({ options, only }: Settled, session: Session, signal: Signal | undefined) {
    this.#options = options;
    this.#only = only;
    this.#session = session;
    this.#signal = signal;
  }

  async run(profile: Profile | undefined): Promise<Level | undefined> {
    const known = this.#options.memory?.get();
    const only = known === "tls" ? "seen" : this.#only;
    if (only !== undefined) return this.#onlyTls(only);
    // If the port is known to have TLS, RC4 is not tried first: its weak digest would expose the key.
    if (known === undefined && profile !== undefined && reaches(profile, { meter: firstWithTls }))
      return this.#tlsFirst();
    return this.#rc4First(known);
  }

  async #tlsFirst(): Promise<Level | undefined> {
    const inside = await this.#tryTls();
    if ("level" in inside) return this.#foundTls(inside.level);
    if (!withoutTls.includes(inside.error.code)) throw inside.error;
    this.#session.use(this.#rc4().seal);
    const plain = await this.#tryRc4();
    if (!plain.ok) throw tellingOf(plain.error, inside.error);
    // The profile may be wrong: an older meter has no TLS to switch on.
    const isOlder = plain.firmware !== undefined && !isOf4(plain.firmware);
    return isOlder ? this.#foundRc4() : this.#fallBack();
  }

  async #rc4First(known: FoundSecurity | undefined): Promise<Level | undefined> {
    const plain = await this.#tryRc4();
    if (plain.ok && (known === "rc4" || !isOf4(plain.firmware))) return this.#foundRc4();
    // A known port that has fallen silent is tried again soon: no time for a handshake that nobody hears.
    if (!plain.ok && known === "rc4" && silent.includes(plain.error.code)) throw plain.error;
    const inside = await this.#tryTls();
    if ("level" in inside) return this.#foundTls(inside.level);
    if (!plain.ok) throw tellingOf(plain.error, inside.error);
    // A port that answers a handshake has TLS: noise, or a man in the middle, must not downgrade it to RC4.
    if (!withoutTls.includes(inside.error.code)) throw inside.error;
    this.#session.use(this.#rc4().seal);
    return this.#fallBack();
  }

  async #onlyTls(why: TlsReason): Promise<Level> {
    const inside = await this.#tryTls();
    if ("level" in inside) return this.#foundTls(inside.level);
    const { code, request, detail } = inside.error;
    if (why === "asked" || !withoutTls.includes(code)) throw inside.error;
    throw new LinkError(code, request, detail + remembered(code), { cause: inside.error });
  }

  #foundTls(level: Level): Level {
    const { memory } = this.#options;
    if (memory === undefined) return level;
    const isNews = memory.get() !== "tls";
    if (isNews || (memory.level !== undefined && memory.level() !== level)) memory.set("tls", level);
    if (isNews)
      this.#tell({
        tried: "tls",
        level,
        outcome: "chosen",
        detail: "nothing weaker is accepted on this link any more",
      });
    return level;
  }

  #foundRc4(): Level | undefined {
    this.#options.memory?.set("rc4");
    return this.#options.level;
  }

  /** Chooses RC4 although TLS might be possible, and reports that. */
  #fallBack(): Level | undefined {
    this.#tell({ tried: "rc4", outcome: "chosen", detail: fallback });
    return this.#foundRc4();
  }

  #rc4(): SealSecurity {
    const { key, entropy } = this.#options;
    return rc4({ key, entropy });
  }

  async #tryRc4(): Promise<Tried> {
    const tried = await attempt(this.#session, this.#signal);
    this.#tell({ tried: "rc4", ...outcomeOf(tried) });
    return tried;
  }

  async #tryTls(): Promise<{ readonly level: Level } | { readonly error: LinkError }> {
    const { key, entropy, clientId, level, memory } = this.#options;
    let last: LinkError | undefined;
    const likely: readonly Level[] = memory?.level?.() === "advanced" ? ["advanced", "basic"] : ["basic", "advanced"];
    for (const each of level === undefined ? likely : [level]) {
      this.#session.use(tls({ key, entropy, level: each, clientId }).seal);
      const tried = await attempt(this.#session, this.#signal);
      this.#tell({ tried: "tls", level: each, ...outcomeOf(tried) });
      if (tried.ok) return { level: each };
      last = tried.error;
      // Only if the port knows TLS and refuses the key is it worthwhile to try it as the other one.
      if (tried.error.code !== "wrong-key") break;
    }
    const error = last as LinkError;
    if (level !== undefined || error.code !== "wrong-key") return { error };
    const detail = "the meter refuses the key, as the basic one (MBK) and as the advanced one (MAK)";
    return { error: new LinkError(error.code, error.request, detail, { cause: error }) };
  }

  #tell(finding: Finding): void {
    this.#options.onFinding?.(finding);
  }
}

const outcomeOf = (tried: Tried): Pick<Finding, "outcome" | "detail"> => {
  if (!tried.ok) return { outcome: "refused", detail: tried.error.detail };
  const { firmware } = tried;
  const told = firmware === undefined ? "" : `, firmware ${firmware[0]}.${twoDigits(firmware[1])}`;
  return { outcome: "works", detail: `the port answers${told}` };
};

const settling = (how: Settled): Security => {
  const { key, entropy, level } = how.options;
  const { seal } = rc4({ key, entropy });
  return { seal, level, settle: (session, signal, profile) => new Settling(how, session, signal).run(profile) };
};

/**
 * RC4 authentication for meters before firmware 4.0, TLS for those that speak it; TLS is tried first if the profile is
 * known to have it. A port that was once seen with TLS gets nothing else: a man in the middle must not be able to
 * downgrade it.
 *
 * @throws UsageError for a key of another length
 */
export const auto = (options: AutoSecurity): Security => settling({ options });

/** The security of that name. With `tls` and no level, both levels are tried. @throws UsageError as `auto` */
export const securityOf = (name: SecurityName, options: AutoSecurity): Security => {
  if (name === "auto") return auto(options);
  if (name === "tls") return settling({ options, only: "asked" });
  const { key, entropy, level } = options;
  return rc4({ key, entropy, encrypt: name === "rc4-encrypted", level });
};
