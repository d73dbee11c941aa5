/** How good a line is that works: loss each way, round trips, other clients, and whether long replies arrive whole. */
import { LayoutError, LinkError, ResponseError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { numberOf } from "@meterport/protocol/tables/catalogue";
import { exchange } from "../table-bytes.ts";
import type { Sickness } from "./diagnosis.ts";
import { isOver, type Patient, type Probe } from "./patient.ts";
import type { Report } from "./report.ts";

const probesWanted = 40;
/** A little more than the meter wants between two requests. */
const turn: Millis = 110;
/** A loss above this spoils readings; below it retries make up for it. */
const tolerable = 0.05;
/** So many in a row without any sign of life are a pause, not loss. */
const silentInARow = 6;
/** How long a pause is waited for. */
const pauseLimit: Millis = 60_000;
const pauseProbe: Millis = 2_000;

const longReads = 10;
/** A meter sends on after its supply sagged: what is asked meanwhile it answers late. */
const sendingOn: Millis = 1_000;
/** Longer than the first segment of a reply (117 bytes, MEP guide 1.1, p. 27), so that what a sag does shows. */
const leastLong = 150;
/** What is long on nearly every meter, the longest first: the calendar, the clients' data, the present values. */
const longTables = ["BT54", "ET13", "BT28"] as const;

/** Grades of loss as people understand them. */
export const gradeOf = (loss: number): "A" | "B" | "C" | "D" =>
  loss === 0 ? "A" : loss <= 0.02 ? "B" : loss <= tolerable ? "C" : "D";

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

interface Losses {
  readonly requests: number;
  readonly replies: number;
  readonly noise: number;
}

const lossesOf = (probes: readonly Probe[]): Losses => {
  let [requests, replies, noise] = [0, 0, 0];
  for (const { answered, repeated, failure, disturbed } of probes) {
    if (answered && !repeated) continue;
    if (disturbed || failure === "wrong-key" || failure === "bad-digest" || failure === "garbage") noise++;
    else if (failure === "reply-lost") replies++;
    else requests++;
  }
  return { requests, replies, noise };
};

const worst = ({ requests, replies, noise }: Losses): Sickness => {
  if (noise >= requests && noise >= replies) return "noise";
  return replies > requests ? "loses-replies" : "loses-requests";
};

export class LineCheck {
  readonly #patient: Patient;
  readonly #report: Report;

  constructor(patient: Patient, report: Report) {
    this.#patient = patient;
    this.#report = report;
  }

  /** Whether the link held. @throws LinkError aborted */
  async run(): Promise<boolean> {
    const probes: Probe[] = [];
    let inARow = 0;
    while (probes.length < probesWanted) {
      // What a request waits for its turn is no part of its round trip.
      await this.#patient.listen(turn);
      const probe = await this.#patient.ask({ careful: true });
      if (isOver(probe.failure)) {
        this.#report.check("line", "bad", "went-silent", { seconds: 0 });
        this.#report.blame("hangs-up");
        return false;
      }
      inARow = !probe.answered && probe.failure === "no-answer" ? inARow + 1 : 0;
      probes.push(probe);
      if (inARow < silentInARow) continue;
      if (!(await this.#waitForReturn())) return false;
      probes.splice(-inARow);
      inARow = 0;
    }
    this.#grade(probes);
    return true;
  }

  /** It worked and fell silent: somebody uses the optical port, or the meter starts anew. */
  async #waitForReturn(): Promise<boolean> {
    const { clock } = this.#patient;
    const began = clock.now();
    let back = false;
    while (!back && clock.now() - began < pauseLimit) {
      await this.#patient.listen(pauseProbe);
      back = (await this.#patient.ask()).answered;
    }
    this.#report.check("line", "bad", "went-silent", { seconds: Math.round((clock.now() - began) / 1000) });
    this.#report.blame("paused");
    return back;
  }

  #grade(probes: readonly Probe[]): void {
    const { otherClient } = this.#patient.observed;
    if (otherClient >= 2) {
      this.#report.check("sequence", "warning", "numbers-taken", { times: Math.round(otherClient) });
      this.#report.blame("other-client");
    } else this.#report.check("sequence", "good", "in-step");
    const losses = lossesOf(probes);
    const lost = losses.requests + losses.replies + losses.noise;
    const loss = lost / probes.length;
    const took = probes.filter(({ answered, repeated }) => answered && !repeated).map((probe) => probe.took);
    took.sort((a, b) => a - b);
    const excused = otherClient >= 2;
    if (loss > tolerable && !excused) this.#report.blame(worst(losses));
    if (this.#report.sickness === "paused") return;
    this.#report.check("line", loss === 0 ? "good" : loss > tolerable ? "bad" : "warning", "graded", {
      grade: gradeOf(loss),
      loss: Math.round(1000 * loss) / 10,
      requests: losses.requests,
      replies: losses.replies,
      noise: losses.noise,
      probes: probes.length,
      median: Math.round(quantile(took, 0.5)),
      slowest: Math.round(took.at(-1) ?? 0),
    });
  }

  /** @throws LinkError aborted */
  async longReplies(): Promise<void> {
    const { session } = this.#patient;
    const count = session.readLimit;
    for (const table of longTables) {
      const before = this.#patient.observed.brokenAt.length;
      let [whole, most] = [0, 0];
      let refused = false;
      for (let read = 0; read < longReads && !refused; read++) {
        const length = await this.#readLong(table, count);
        if (length === "refused") refused = true;
        else if (length === undefined) await this.#patient.listen(sendingOn);
        else {
          whole++;
          most = Math.max(most, length);
        }
      }
      if (refused || (whole > 0 && most < leastLong)) continue;
      const brokenAt = this.#patient.observed.brokenAt.slice(before);
      const cut = longReads - whole;
      const lasting = cut >= 3 && brokenAt.length >= cut / 2;
      this.#report.check(
        "long-replies",
        lasting ? "bad" : cut > 0 ? "warning" : "good",
        cut > 0 ? "long-cut" : "long-whole",
        {
          reads: longReads,
          cut,
          bytes: most,
          at: [...brokenAt].sort((a, b) => a - b)[Math.floor(brokenAt.length / 2)] ?? 0,
        },
      );
      if (lasting) this.#report.blame("sag");
      return;
    }
    this.#report.check("long-replies", "unknown", "long-unknown");
  }

  async #readLong(id: (typeof longTables)[number], count: number): Promise<number | "refused" | undefined> {
    const { session, signal } = this.#patient;
    const options = { label: `read ${id}`, attempts: 1, ...(signal === undefined ? {} : { signal }) };
    try {
      const request = { kind: "read-at", table: numberOf(id), offset: 0, count } as const;
      return (await exchange(session, request, options)).length;
    } catch (error) {
      if (error instanceof ResponseError || error instanceof LayoutError) return "refused";
      if (!(error instanceof LinkError) || error.code === "aborted") throw error;
      return undefined;
    }
  }
}
