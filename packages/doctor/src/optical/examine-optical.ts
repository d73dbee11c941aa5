/** Examines a link to an optical port, from the head to the meter's clock, and names the first thing that is wrong. */
import { hexByte } from "@meterport/protocol/digits";
import type { LinkFailure } from "@meterport/protocol/errors";
import type { KeyReading } from "@meterport/protocol/mep/security/key-readings";
import type { Millis } from "@meterport/protocol/ports";
import type { Diagnosis, Sickness } from "../diagnosis.ts";
import { describeBytes } from "../mep/byte-check.ts";
import { ExaminedLink, type ExaminedLinkOptions, type OpticalApproach } from "../mep/examined-link.ts";
import { MeterCheck, modelOf } from "../mep/meter-check.ts";
import { opens } from "../mep/open-check.ts";
import { persists } from "../mep/persistence.ts";
import { opticalLayers } from "../optical-diagnosis.ts";
import { Report } from "../report.ts";
import { type HeadSupply, leastStray, OpticalFirstContact } from "./optical-contact.ts";
import { OpticalLine, pauseAfter } from "./optical-line.ts";
import { OpticalRights } from "./optical-rights.ts";
import { OpticalWatch } from "./optical-watch.ts";

export interface ExamineOpticalOptions extends Omit<ExaminedLinkOptions, "frames"> {
  /** The key as the user means it, shown to the meter once; if omitted, only tables that need no key are read. */
  readonly key?: KeyReading | undefined;
  /** Baud rates to try if the link's can be set; the first is the link's own. */
  readonly bauds?: readonly number[] | undefined;
  /** Other states of RTS and DTR to try. */
  readonly supplies?: readonly HeadSupply[] | undefined;
}

/** How long to listen for stray light. */
const listening: Millis = 1_500;

/** Baud rates at which an optical port may have been left, the likely ones first. */
export const opticalRates = [9600, 19_200, 2400, 4800, 1200, 300] as const;

/** What is to blame if the meter never says what it is. */
const blamed = (failure: LinkFailure): Sickness =>
  failure === "closed" || failure === "not-open" ? "hangs-up" : "loose-head";

/** This many short packets or more are a habit of the meter. */
const shortHabit = 2;

/** Packets that ended before their length, if nothing else is wrong with the line. */
const describeShort = (report: Report, { shortPackets, counts }: OpticalWatch): void => {
  if (shortPackets === 0) return;
  if (report.sickness === undefined && shortPackets >= shortHabit) report.blame("short-packets");
  if (report.bearable)
    report.check("framing", "warning", "packets-short", { short: shortPackets, of: counts.received });
};

/** The steps to a session, as they were seen on the line. */
const describeSteps = (report: Report, watch: OpticalWatch): void => {
  const { identified, negotiated, firstAnswers } = watch;
  const { nak, rubbish, zero } = firstAnswers;
  const late = nak + rubbish + zero > 0;
  const said = {
    identification:
      identified === undefined
        ? undefined
        : ([
            late ? "identified-late" : "identified",
            { version: `${identified.version}.${identified.revision}`, ...(late ? firstAnswers : {}) },
          ] as const),
    negotiation:
      negotiated === undefined
        ? undefined
        : (["negotiated", { size: negotiated.packetSize, packets: negotiated.packets }] as const),
    logon: watch.passed("logon") ? (["logged-on", {}] as const) : undefined,
  };
  for (const step of ["identification", "negotiation", "logon"] as const) {
    const [finding, facts] = said[step] ?? [];
    const refusal = watch.refusal(step);
    // That it did not answer unless woken says more than that it answered when woken.
    if (step === "identification" && report.sickness === "asleep") continue;
    if (finding !== undefined) report.check(step, "good", finding, facts);
    else if (refusal !== undefined) {
      // Without negotiation packets stay small, which only takes longer.
      const code = hexByte(refusal);
      report.check(step, step === "negotiation" ? "warning" : "bad", "service-refused", { code });
    }
  }
};

/**
 * Walks the layers of a link to an optical port. Only reads, shows a key at most once while it is not known to be right, and closes
 * what it opened.
 *
 * @throws UsageError for a malformed link, or a key longer than 20 bytes; LinkError (`aborted`)
 */
export const examineOptical = async (options: ExamineOpticalOptions): Promise<Diagnosis> => {
  const { clock, key, bauds = [], supplies = [] } = options;
  const began = clock.now();
  const report = new Report(opticalLayers);
  let watch = new OpticalWatch(clock.now);
  const frames = (): OpticalWatch => {
    watch = new OpticalWatch(clock.now);
    return watch;
  };
  const examined = new ExaminedLink({ ...options, frames });
  const now = (): OpticalWatch => watch;
  let meter: string | null = null;
  let read = false;
  let stray = 0;
  try {
    if (await opens(examined, report)) {
      await examined.listen(listening);
      stray = examined.heard.bytes;
      const woken = (options.wake ?? 0) > 0;
      const first = new OpticalFirstContact(examined, report, { bauds, supplies, watch: now, stray, woken });
      const contact = await first.find();
      if (contact !== undefined) {
        const { delay, silent } = contact;
        const way: OpticalApproach = {
          kind: "optical",
          timing: { renewals: 0 },
          delay,
        };
        const line = new OpticalLine(examined, report, now);
        const checks = new MeterCheck(examined, report);
        const rights = new OpticalRights(examined, report, checks);
        const persistence = { examined, report, returns: () => line.returns(), blamed };
        const told = async (): Promise<void> => {
          meter = modelOf((await checks.identify()).identity);
        };
        // The settings that first contact tried no longer apply.
        await examined.begin(way);
        if ((await line.run(silent)) && (await persists(persistence, told))) {
          const open = await rights.key(key, way);
          if ((await line.longReplies()) && open && key !== undefined)
            read = await persists(persistence, async () => {
              await rights.access(key);
              await checks.clock();
            });
          else if (!open) report.check("access", "warning", "open-tables-only");
          // With enough repetitions everything gets through, and a silence in between is easily overlooked.
          const silence = watch.longestSilence - (examined.session.transport.timing?.delay ?? 0);
          if (report.sickness === undefined && silence >= pauseAfter) line.paused(silence);
        }
      }
    }
    describeSteps(report, watch);
    describeBytes(examined, report);
    describeShort(report, watch);
    if (stray >= leastStray) report.check("bytes", "warning", "stray-bytes", { bytes: stray });
    return report.diagnosis({ read, meter }, examined.brokenAt, clock.now() - began);
  } finally {
    await examined.close().catch(() => {});
  }
};
