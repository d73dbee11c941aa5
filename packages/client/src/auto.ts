/** Finds out what a port wants: RC4 or TLS, and under TLS which of the two keys it was given. Never goes back from TLS by itself. */
import { LinkError } from "@meterport/protocol/errors";
import type { Version } from "@meterport/protocol/layout/index";
import type { Entropy, Signal } from "@meterport/protocol/ports";
import type { Secret } from "@meterport/protocol/security/key";
import type { Level } from "@meterport/protocol/security/seal";
import type { SecurityName } from "@meterport/protocol/security/security-names";
import { BT01 } from "@meterport/protocol/tables/basic/bt01-general-manufacturer-information";
import { firmwareOf } from "./identity.ts";
import { rc4, type Security } from "./security.ts";
import type { Session } from "./session.ts";
import { readSlice, unlessRefused } from "./table-bytes.ts";
import { tls } from "./tls.ts";

/** What a port was found to speak. */
export type FoundSecurity = "rc4" | "tls";

/** Remembers it for one meter, for as long as its owner likes. */
export interface SecurityMemory {
  readonly get: () => FoundSecurity | undefined;
  readonly set: (found: FoundSecurity) => void;
}

/** One thing that was tried. */
export interface Finding {
  readonly tried: FoundSecurity;
  /** Under TLS. */
  readonly level?: Level;
  readonly outcome: "works" | "refused";
  /** A sentence. */
  readonly detail: string;
}

/**
 * A finding in a sentence.
 *
 * @example
 * findingText({ tried: "tls", level: "basic", outcome: "works", detail: "the port answers, firmware 4.30" }) // "tried TLS with the basic key (MBK): the port answers, firmware 4.30"
 * findingText({ tried: "rc4", outcome: "refused", detail: "the port speaks TLS only" }) // "tried RC4: the port speaks TLS only"
 */
export const findingText = ({ tried, level, detail }: Finding): string => {
  if (tried === "rc4") return `tried RC4: ${detail}`;
  return `tried TLS with the ${level === "advanced" ? "advanced key (MAK)" : "basic key (MBK)"}: ${detail}`;
};

export interface AutoSecurity {
  readonly key: Secret;
  readonly entropy: Entropy;
  /** Which key it is, where its owner knows. */
  readonly level?: Level;
  readonly clientId?: number;
  readonly memory?: SecurityMemory;
  /** Is told each thing that was tried, and what came of it. */
  readonly onFinding?: (finding: Finding) => void;
}

/** Bytes of BT01 that hold the firmware (MEP guide 1.1, p. 205). */
const firmwareAt = { offset: 14, length: 2 };
const firstWithTls: Version = [4, 0];

type Tried =
  | { readonly ok: true; readonly firmware: Version | undefined }
  | { readonly ok: false; readonly error: LinkError };

/** A small read; a refusal is an answer as well. */
const attempt = async (session: Session, signal: Signal | undefined): Promise<Tried> => {
  const options = { label: "read BT01", ...(signal === undefined ? {} : { signal }) };
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

/** Nothing was said that a port under TLS would say. */
const silent: readonly string[] = ["no-answer", "only-alerts", "echo"];

/** How a port without TLS meets a handshake: the guide does not say, so silence counts as well. */
const withoutTls: readonly string[] = ["no-tls", ...silent];

const isOf4 = (version: Version | undefined): boolean => version !== undefined && version[0] >= firstWithTls[0];

/** A port that refuses TLS says less than what it said to RC4; one that knows TLS and not the key says more. */
const tellingOf = (rc4Error: LinkError, tlsError: LinkError): LinkError =>
  tlsError.code === "wrong-key" || rc4Error.code === "tls-required" ? tlsError : rc4Error;

class Settling {
  readonly #options: AutoSecurity;
  readonly #session: Session;
  readonly #signal: Signal | undefined;

  constructor(options: AutoSecurity, session: Session, signal: Signal | undefined) {
    this.#options = options;
    this.#session = session;
    this.#signal = signal;
  }

  async run(): Promise<Level | undefined> {
    const { memory, level } = this.#options;
    const known = memory?.get();
    if (known === "tls") return this.#onlyTls();
    const plain = await this.#tryRc4();
    if (plain.ok && (known === "rc4" || !isOf4(plain.firmware))) return this.#found("rc4", level);
    // A port that was known and has fallen silent is looked for again soon: no time for a handshake that nobody hears.
    if (!plain.ok && known === "rc4" && silent.includes(plain.error.code)) throw plain.error;
    const inside = await this.#tryTls();
    if ("level" in inside) return this.#found("tls", inside.level);
    if (!plain.ok) throw tellingOf(plain.error, inside.error);
    // A port that answers a handshake has TLS: noise, or somebody in between, must not make RC4 of it.
    if (!withoutTls.includes(inside.error.code)) throw inside.error;
    this.#session.use(this.#rc4().seal);
    return this.#found("rc4", level);
  }

  async #onlyTls(): Promise<Level> {
    const inside = await this.#tryTls();
    if ("level" in inside) return inside.level;
    const { code, request, detail } = inside.error;
    if (code !== "no-tls") throw inside.error;
    const advice = "it spoke TLS before, so going back to RC4 needs an explicit word (security rc4)";
    throw new LinkError(code, request, `${detail}; ${advice}`, { cause: inside.error });
  }

  #found(found: FoundSecurity, level: Level | undefined): Level | undefined {
    this.#options.memory?.set(found);
    return level;
  }

  #rc4(): Security {
    const { key, entropy } = this.#options;
    return rc4({ key, entropy });
  }

  async #tryRc4(): Promise<Tried> {
    const tried = await attempt(this.#session, this.#signal);
    this.#tell({ tried: "rc4", ...outcomeOf(tried) });
    return tried;
  }

  async #tryTls(): Promise<{ readonly level: Level } | { readonly error: LinkError }> {
    const { key, entropy, clientId, level } = this.#options;
    let last: LinkError | undefined;
    for (const each of level === undefined ? (["basic", "advanced"] as const) : [level]) {
      this.#session.use(tls({ key, entropy, level: each, ...(clientId === undefined ? {} : { clientId }) }).seal);
      const tried = await attempt(this.#session, this.#signal);
      this.#tell({ tried: "tls", level: each, ...outcomeOf(tried) });
      if (tried.ok) return { level: each };
      last = tried.error;
      // Only where the port knows TLS and refuses the key is it worth while to call it the other one.
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
  const told = firmware === undefined ? "" : `, firmware ${firmware[0]}.${String(firmware[1]).padStart(2, "0")}`;
  return { outcome: "works", detail: `the port answers${told}` };
};

/**
 * RC4 authentication where the meter is older than firmware 4.0, TLS where it speaks it. A port that was once seen with TLS
 * gets nothing else: whoever stands in between must not talk it down.
 *
 * @throws UsageError for a key of another length
 */
export const auto = (options: AutoSecurity): Security => {
  const { seal } = rc4({ key: options.key, entropy: options.entropy });
  return {
    seal,
    level: options.level,
    settle: (session, signal) => new Settling(options, session, signal).run(),
  };
};

/** The security of that name. With `tls` and no level the meter is asked under both. @throws UsageError as `auto` */
export const securityOf = (name: SecurityName, options: AutoSecurity): Security => {
  const { key, entropy, level, clientId } = options;
  const levelled = level === undefined ? {} : { level };
  if (name === "rc4" || name === "rc4-encrypted")
    return rc4({ key, entropy, encrypt: name === "rc4-encrypted", ...levelled });
  if (name === "auto") return auto(options);
  if (level !== undefined) return tls({ key, entropy, level, ...(clientId === undefined ? {} : { clientId }) });
  return auto({ ...options, memory: { get: () => "tls", set: () => {} } });
};
