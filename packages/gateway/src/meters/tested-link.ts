/** A link that is examined, or tried with a key: how it is opened, and what is known of it. */

import { connect, type Security } from "@meterport/client";
import { type SecurityMemory, securityOf } from "@meterport/client/security/auto";
import { optical } from "@meterport/client/session/optical";
import type { Diagnosis } from "@meterport/doctor/diagnosis";
import { examine } from "@meterport/doctor/mep/examine";
import { modelOf } from "@meterport/doctor/mep/meter-check";
import { examineOptical } from "@meterport/doctor/optical/examine-optical";
import { LinkError, MeterportError, UsageError } from "@meterport/protocol/errors";
import { parseProfile, profileName } from "@meterport/protocol/layout/index";
import { keyLength } from "@meterport/protocol/mep/security/digest";
import { parseKey, Secret } from "@meterport/protocol/mep/security/key";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { SecurityName } from "@meterport/protocol/mep/security/security-names";
import { passwordLength } from "@meterport/protocol/optical/services";
import type { Clock, Entropy, Signal, Transport } from "@meterport/protocol/ports";
import { type MeterOffer, offerOf } from "./meter-offer.ts";

export interface TestedLink {
  /** For people: "serial", "optical+tcp". */
  readonly kind: string;
  readonly optical: boolean;
  readonly security: SecurityName;
  /** What the port was found to speak, so that a key is not shown over RC4 to a port that has TLS. */
  readonly spoken?: SecurityMemory["get"] | undefined;
  readonly clientId?: number | undefined;
  /** Bytes that wake the meter; optical links only. */
  readonly wake?: number | undefined;
  /** The profile of a meter that does not say what it is. */
  readonly profile?: string | undefined;
  /** The configured key, for the doctor. */
  readonly key?: Secret | undefined;
  /** Opens it; with a number, at that baud rate, if its speed can be set. */
  readonly open: (signal: Signal, baud: number | undefined) => Promise<Transport>;
  /** Speeds to try, its own first; empty if its speed cannot be set. */
  readonly bauds: readonly number[];
  /** Other states of RTS and DTR that may power an optical head. */
  readonly supplies?: readonly { readonly setting: string; readonly open: (signal: Signal) => Promise<Transport> }[];
}

export interface LinkTestDeps {
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/**
 * - `works`: the meter answers with this key.
 * - `wrong-key`: it answers, and refuses the key.
 * - `needs-key`: it answers, and no key was given.
 * - `no-answer`: nothing trustworthy came.
 * - `failed`: something else, which the code names.
 */
export const keyOutcomes = ["works", "wrong-key", "needs-key", "no-answer", "failed"] as const;
export type KeyOutcome = (typeof keyOutcomes)[number];

export interface KeyVerdict {
  readonly outcome: KeyOutcome;
  /** What the key may do; null if it is unknown. */
  readonly level: Level | "none" | null;
  /** "NES 83331, firmware 3.70.12"; null if it is unknown. */
  readonly meter: string | null;
  /** "meter:3.70" */
  readonly profile: string | null;
  /** Stable code of the failure; null if it works. */
  readonly code: string | null;
  readonly message: string;
  /** What the meter gives with it; null if it does not work. */
  readonly offer: MeterOffer | null;
}

/** Closes whatever was opened, whether or not who opened it did, or came too late. */
const closingAll = async <T>(
  run: (keep: (opening: Promise<Transport>) => Promise<Transport>) => Promise<T>,
): Promise<T> => {
  const opened = new Set<Transport>();
  let over = false;
  const keep = async (opening: Promise<Transport>): Promise<Transport> => {
    const transport = await opening;
    opened.add(transport);
    if (over) await transport.close().catch(() => {});
    return transport;
  };
  try {
    return await run(keep);
  } finally {
    over = true;
    await Promise.allSettled([...opened].map((transport) => transport.close()));
  }
};

/** Examines a link from the adapter to the meter's clock. Takes half a minute, and more if the meter is silent. @throws LinkError (`aborted`) */
export const examineLink = (link: TestedLink, signal: Signal, { clock, entropy }: LinkTestDeps): Promise<Diagnosis> =>
  closingAll((keep) => {
    const { clientId, wake, key, security, bauds, supplies = [] } = link;
    const open = (baud: number | undefined) => keep(link.open(signal, baud));
    const common = { open, clock, entropy, clientId, wake, signal, bauds };
    const own = key === undefined ? undefined : ({ form: "hex", secret: key } as const);
    if (link.optical) {
      const others = supplies.map(({ setting, open }) => ({ setting, open: () => keep(open(signal)) }));
      return examineOptical({ ...common, key: own, supplies: others });
    }
    return examine({ ...common, security, readings: own === undefined ? [] : [own] });
  });

/** The key of a text, for the port of a link. @throws UsageError (`key`), which does not repeat it */
export const keyOf = (text: string, { optical }: Pick<TestedLink, "optical">): Secret =>
  parseKey(text, optical ? passwordLength : keyLength).secret;

const securityFor = (link: TestedLink, key: Secret | undefined, { entropy }: LinkTestDeps): Security => {
  const { clientId, wake, security, spoken } = link;
  if (link.optical) return optical({ key, userId: clientId, wake, fastest: 0 });
  // What is found is not remembered: this key may be that of another meter.
  const memory = spoken === undefined ? undefined : { get: spoken, set: () => {} };
  return securityOf(security, { key: key ?? new Secret(entropy(keyLength)), entropy, clientId, memory });
};

/** No trustworthy answer, as far as a person with a key is concerned. */
const silences: ReadonlySet<string> = new Set(["no-answer", "only-alerts", "echo"]);

const failureOf = (error: MeterportError, hasKey: boolean): KeyVerdict => {
  const unknown = { level: null, meter: null, profile: null, code: error.code, message: error.message, offer: null };
  if (error instanceof LinkError && error.code === "wrong-key")
    return hasKey
      ? { ...unknown, outcome: "wrong-key", message: "the meter answers, and refuses this key" }
      : { ...unknown, outcome: "needs-key", message: "a meter answers: give its key" };
  return { ...unknown, outcome: silences.has(error.code) ? "no-answer" : "failed" };
};

/**
 * A meter tells only under TLS which of its keys it was given. Under RC4 it tries both (MEP guide 1.1, p. 19), and both may read every table,
 * so that only a write would tell.
 */
const accepted = ({ optical }: TestedLink, key: Secret | undefined): string => {
  if (key === undefined) return "the meter answers without a key";
  return optical
    ? "the meter takes this key"
    : "the meter takes this key; whether it is the basic or the advanced one is unknown: under RC4 both read the same, and nothing is written to find out";
};

/** Whether the meter behind a link takes a key; without one, whether there is a meter. @throws UsageError, LinkError (`aborted`) */
export const tryKey = (
  link: TestedLink,
  key: Secret | undefined,
  signal: Signal,
  deps: LinkTestDeps,
): Promise<KeyVerdict> =>
  closingAll(async (keep) => {
    const { clock } = deps;
    try {
      const transport = await keep(link.open(signal, undefined));
      const profile = link.profile === undefined ? {} : { profile: parseProfile(link.profile) };
      const meter = await connect(transport, { security: securityFor(link, key, deps), clock, signal, ...profile });
      const level = meter.level ?? null;
      const described = modelOf(meter.identity);
      const offer = await offerOf(meter, signal);
      await meter.close().catch(() => {});
      return {
        ...{ outcome: "works", level, code: null, profile: profileName(meter.profile), offer },
        meter: described,
        message: level === null ? accepted(link, key) : `the meter answers, and the key is the ${level} one`,
      };
    } catch (error) {
      if (!(error instanceof MeterportError) || (error instanceof LinkError && error.code === "aborted")) throw error;
      if (error instanceof UsageError && error.code === "key") throw error;
      return failureOf(error, key !== undefined);
    }
  });
