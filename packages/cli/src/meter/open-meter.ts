/** Opens a meter by the link, key and profile of the command line. */
import { connect, type Meter, type Security } from "@meterport/client";
import { type RecordingOptions, recordTransport } from "@meterport/client/recording/recording";
import { findingText, type SecurityMemory, securityOf } from "@meterport/client/security/auto";
import { optical } from "@meterport/client/session/optical";
import { MeterportError, UsageError } from "@meterport/protocol/errors";
import { type Profile, profileName } from "@meterport/protocol/layout/index";
import type { ParsedKey } from "@meterport/protocol/mep/security/key";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { SecurityName } from "@meterport/protocol/mep/security/security-names";
import type { Signal, Transport } from "@meterport/protocol/ports";
import { portLinkOf } from "@meterport/transports/port-link";
import { portName } from "@meterport/transports/port-name";
import { beginCapture } from "../io/capture-files.ts";
import { type Io, say } from "../io/io.ts";
import { type WearName, wearStoreOf } from "../io/meter-wear.ts";
import { parseWhole } from "../options/option-values.ts";
import type { TraceDetail } from "../options/shared-options.ts";
import { tracing } from "./trace.ts";

export interface MeterAccess {
  readonly link: string;
  /** Without one, the optical port gives only what needs no key. */
  readonly key: ParsedKey | undefined;
  /** The profile, for a meter that does not identify itself. */
  readonly profile: Profile | undefined;
  readonly security: SecurityName;
  readonly clientId: string;
  /** A file that records what crosses the link. */
  readonly record?: string | undefined;
  /** Traces what crosses the link. */
  readonly trace?: TraceDetail | undefined;
  /** Permits writes and procedures; reads only if omitted. */
  readonly writable?: true | undefined;
}

/** @throws LinkError, UsageError */
export const openMeter = async (access: MeterAccess, io: Io): Promise<Meter> => {
  checkAccess(access, io);
  return meterOver(await openTransport(access, io, { signal: io.interrupted }), access, io, io.interrupted);
};

/** @throws UsageError if these options could never reach a meter, before anything is opened */
export const checkAccess = (access: MeterAccess, io: Io): void => void securityFor(access, io);

/** The link's pipe, which is recorded if requested. @throws LinkError, UsageError */
export const openTransport = async (
  { link, record }: MeterAccess,
  io: Io,
  { signal, baud }: { readonly signal: Signal; readonly baud?: number | undefined },
): Promise<Transport> => {
  const opened = await io.openLink(portLinkOf(link).link, signal, baud);
  return record === undefined ? opened : recorded(opened, record, link, io);
};

/** Connects over an open transport, which is closed if that fails. @throws LinkError, UsageError */
export const meterOver = async (transport: Transport, access: MeterAccess, io: Io, signal: Signal): Promise<Meter> => {
  const { link, profile, writable, trace } = access;
  let name: WearName = { full: link, former: link };
  const meter = await connect(transport, {
    security: securityFor(access, io),
    clock: io.clock,
    signal,
    ...(await tracing(trace, io)),
    profile,
    ...(writable === undefined ? {} : { writable, wear: wearStoreOf(io, () => name) }),
  });
  tellUnsure(meter, io);
  tellOfOthers(meter, io);
  if (writable !== undefined) {
    const { identity } = meter;
    const former = identity.serial ?? identity.utilitySerial ?? link;
    name = { full: [identity.manufacturer, identity.model, former].filter(Boolean).join("-"), former };
  }
  return meter;
};

/** Values of a meter that does not identify itself are only as certain as the profile. */
const tellUnsure = ({ profile, profileFrom }: Meter, io: Io): void => {
  const name = profileName(profile);
  if (profileFrom === "given")
    say(io, `the meter does not identify itself, so it is read as ${name}: on another firmware values may be wrong`);
  if (profileFrom === "guess")
    say(io, `the meter does not identify itself and is read as ${name}; give --profile if you know its firmware`);
};

/** Warns once that another program uses the meter: the resulting errors look like noise. */
const tellOfOthers = ({ session }: Meter, io: Io): void => {
  const stop = session.listen((event) => {
    if (event.type !== "other-client" || !event.certain) return;
    stop();
    say(io, "another program talks to this meter at the same time: replies get lost until one of the two is stopped");
  });
};

/** An invalid link is reported when it is opened. */
const nameOf = (link: string): string => {
  try {
    return portName(link);
  } catch (error) {
    if (error instanceof UsageError) return link;
    throw error;
  }
};

/** Shared by all sessions of a command, so that a refused key is not sent again. */
const opticalSecurities = new WeakMap<MeterAccess, Security>();

/** @throws UsageError for options that the optical port does not have */
const opticalSecurity = (access: MeterAccess, io: Io): Security => {
  const known = opticalSecurities.get(access);
  if (known !== undefined) return known;
  const { link, key, security, clientId, record } = access;
  if (security !== "auto")
    throw new UsageError(
      "security",
      `--security ${security} is for the MEP port; the optical port offers no choice: omit it`,
    );
  // The key crosses this port in the clear, and a key must not be in a capture.
  if (record !== undefined)
    throw new UsageError(
      "record",
      "--record cannot be used on an optical port, because the key crosses it in the clear: omit it",
    );
  const userId = parseWhole(clientId, "--client-id", 0, 0xffff);
  const { fastest, wake } = portLinkOf(link);
  const made = optical({
    userId,
    key: key?.secret,
    fastest,
    wake,
    onSlow: () =>
      say(io, "the meter or optical head does not follow to another speed; fast=off in the link skips the attempt"),
  });
  opticalSecurities.set(access, made);
  return made;
};

/** Which key it was, if known: files of earlier versions do not record it. */
const levelIn = (saved: unknown): Level | undefined => {
  const level = typeof saved === "object" && saved !== null && "level" in saved ? saved.level : undefined;
  return level === "basic" || level === "advanced" ? level : undefined;
};

/** What a link speaks is remembered between runs, so that nobody on the line can downgrade it to RC4 later. */
const securityFor = (access: MeterAccess, io: Io): Security => {
  const { link, key, security, clientId } = access;
  if (portLinkOf(link).optical) return opticalSecurity(access, io);
  if (key === undefined) throw new UsageError("key", "a key is needed on the MEP port");
  const name = `security-${nameOf(link)}`;
  // Only TLS is ever stored, so an unreadable file also means TLS.
  const memory: SecurityMemory = {
    get: () => (io.state.has(name) ? "tls" : undefined),
    level: () => levelIn(io.state.load(name)),
    set: (found, level) => {
      if (found !== "tls") return;
      try {
        io.state.save(name, { security: found, level });
      } catch (error) {
        if (!(error instanceof MeterportError)) throw error;
        say(io, error.message);
      }
    },
  };
  return securityOf(security, {
    key: key.secret,
    entropy: io.entropy,
    clientId: parseWhole(clientId, "--client-id", 0, 0xffff),
    memory,
    onFinding: (finding) => {
      // RC4 at the first attempt is what most meters have, and needs no message.
      if (finding.tried === "tls" || finding.outcome !== "works") say(io, findingText(finding));
    },
  });
};

/** Captures of this run by file: a link that is reopened continues in the same file. */
const captures = new WeakMap<Io, Map<string, RecordingOptions>>();

/** @throws UsageError if the file cannot be written; then the transport is closed, since an open one keeps the command from ending */
export const recorded = async (transport: Transport, path: string, link: string, io: Io): Promise<Transport> => {
  const files = captures.get(io) ?? new Map<string, RecordingOptions>();
  captures.set(io, files);
  try {
    const recording = files.get(path) ?? beginCapture(io, path, link);
    files.set(path, recording);
    return recordTransport(transport, recording);
  } catch (error) {
    await transport.close();
    throw error;
  }
};
