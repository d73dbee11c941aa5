/** Examines what a link leads to: a MEP port or an optical port. */

import { meterRates } from "@meterport/client/supervision/baud-search";
import type { Diagnosis } from "@meterport/doctor/diagnosis";
import { examine } from "@meterport/doctor/mep/examine";
import { examineOptical, opticalRates } from "@meterport/doctor/optical/examine-optical";
import { UsageError } from "@meterport/protocol/errors";
import { parseKey } from "@meterport/protocol/mep/security/key";
import { type KeyReading, keyReadings } from "@meterport/protocol/mep/security/key-readings";
import { parseMeterLink } from "@meterport/transports/link-url";
import { speedsOf, suppliesOf } from "@meterport/transports/link-variants";
import { portLinkOf } from "@meterport/transports/port-link";
import type { Io } from "../../io/io.ts";
import { checkAccess, recorded } from "../../meter/open-meter.ts";
import { tracing } from "../../meter/trace.ts";
import { keyText, meterKey } from "../../options/key-option.ts";
import { parseWhole } from "../../options/option-values.ts";
import type { DoctorOptions } from "./options.ts";

/** The link to examine, checked as far as possible without opening it. */
export interface Examination {
  /** For people: "serial", "optical+tcp". */
  readonly kind: string;
  readonly security: string;
  readonly run: () => Promise<Diagnosis>;
}

/** The possible readings of the key's text, the user's own first. @throws UsageError (`key`) if it is not a key in any form */
const readingsOf = (text: string | undefined): readonly KeyReading[] => {
  if (text === undefined) return [];
  const all = keyReadings(text);
  try {
    const { secret, encoding } = parseKey(text);
    const own = secret.reveal().join();
    return [{ form: encoding, secret }, ...all.filter((reading) => reading.secret.reveal().join() !== own)];
  } catch (error) {
    if (!(error instanceof UsageError) || all.length === 0) throw error;
    return all;
  }
};

/** @throws UsageError for what cannot be examined this way */
export const examinationOf = (options: DoctorOptions, io: Io): Examination =>
  portLinkOf(options.link).optical ? opticalExamination(options, io) : mepExamination(options, io);

const mepExamination = (options: DoctorOptions, io: Io): Examination => {
  const { link, security, record } = options;
  const parsed = parseMeterLink(link);
  const readings = readingsOf(keyText(options.key, io));
  const clientId = parseWhole(options.clientId, "--client-id", 0, 0xffff);
  const signal = io.interrupted;
  const open = async (baud: number | undefined) => {
    const transport = await io.openLink(link, signal, baud);
    return record === undefined ? transport : recorded(transport, record, link, io);
  };
  const bauds = speedsOf(parsed, meterRates);
  const { clock, entropy } = io;
  const run = async () =>
    examine({
      open,
      clock,
      entropy,
      clientId,
      signal,
      readings,
      security,
      bauds,
      ...(await tracing(options.trace, io)),
    });
  return { kind: parsed.kind, security, run };
};

const opticalExamination = (options: DoctorOptions, io: Io): Examination => {
  const { security, clientId, record } = options;
  const { link, wake } = portLinkOf(options.link);
  const parsed = parseMeterLink(link);
  // Other readings of the key are not tried: a wrong key raises an alarm.
  const key = meterKey(options, io);
  const access = { link: options.link, key, profile: undefined, security, clientId };
  checkAccess({ ...access, record }, io);
  const { clock, entropy, interrupted: signal } = io;
  const run = async () =>
    examineOptical({
      ...(await tracing(options.trace, io)),
      open: (baud) => io.openLink(link, signal, baud),
      clock,
      entropy,
      clientId: parseWhole(clientId, "--client-id", 0, 0xffff),
      signal,
      bauds: speedsOf(parsed, opticalRates),
      supplies: suppliesOf(link, parsed).map(({ setting, link }) => ({
        setting,
        open: () => io.openLink(link, signal, undefined),
      })),
      wake,
      ...(key === undefined ? {} : { key: { form: key.encoding, secret: key.secret } }),
    });
  return { kind: parsed.kind === "serial" ? "optical" : `optical+${parsed.kind}`, security: "C12.18", run };
};
