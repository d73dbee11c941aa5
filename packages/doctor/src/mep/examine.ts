/** Examines a link from the adapter to the meter's clock, and names the first thing that is wrong. */
import type { LinkFailure } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { KeyReading } from "@meterport/protocol/mep/security/key-readings";
import type { SecurityName } from "@meterport/protocol/mep/security/security-names";
import type { Millis } from "@meterport/protocol/ports";
import type { Diagnosis, Sickness } from "../diagnosis.ts";
import { Report } from "../report.ts";
import { describeBytes } from "./byte-check.ts";
import { FirstContact } from "./contact.ts";
import { ExaminedLink, type ExaminedLinkOptions } from "./examined-link.ts";
import { LineCheck } from "./line-check.ts";
import { MeterCheck, modelOf } from "./meter-check.ts";
import { opens } from "./open-check.ts";
import { persists } from "./persistence.ts";

export interface ExamineOptions extends ExaminedLinkOptions {
  /** The possible readings of the key's text, the user's own first; empty if no key is given. */
  readonly readings: readonly KeyReading[];
  readonly security: SecurityName;
  /** Baud rates to try if the link's can be set; the first is the link's own. */
  readonly bauds?: readonly number[] | undefined;
}

/** A meter that has something for us sends an alert each second (MEP guide 1.1, p. 23). */
const listening: Millis = 1_500;

/** What is to blame if that is never answered. */
const spoilers: Partial<Readonly<Record<LinkFailure, Sickness>>> = {
  closed: "hangs-up",
  "not-open": "hangs-up",
  "half-reply": "sag",
  "bad-digest": "noise",
  garbage: "noise",
};

const blamed = (failure: LinkFailure): Sickness => spoilers[failure] ?? "loses-replies";

/**
 * Walks the layers of a link and names the first that fails. Only reads, and closes everything that it opened.
 *
 * @throws UsageError for a malformed link; LinkError (`aborted`)
 */
export const examine = async (options: ExamineOptions): Promise<Diagnosis> => {
  const { clock, readings, security, entropy, bauds = [] } = options;
  const began = clock.now();
  const report = new Report();
  const examined = new ExaminedLink(options);
  let meter: string | null = null;
  let read = false;
  try {
    if (await opens(examined, report)) {
      await examined.listen(listening);
      const stranger = new Secret(entropy(16));
      const contact = await new FirstContact(examined, report, { readings, stranger, security, bauds }).find();
      if (contact !== undefined) {
        const line = new LineCheck(examined, report);
        const checks = new MeterCheck(examined, report);
        if ((await line.run(contact.silent)) && (await line.longReplies()))
          read = await persists({ examined, report, returns: () => line.returns(), blamed }, async () => {
            meter = modelOf((await checks.identify()).identity);
            await checks.access(contact);
            await checks.clock();
          });
      }
    }
    describeBytes(examined, report);
    return report.diagnosis({ read, meter }, examined.brokenAt, clock.now() - began);
  } finally {
    await examined.close().catch(() => {});
  }
};
