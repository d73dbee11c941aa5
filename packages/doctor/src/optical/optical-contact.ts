/** First contact through an optical head: is a NES meter under it, and does it begin a session. Without a key. */
import { LinkError, type LinkFailure } from "@meterport/protocol/errors";
import type { Millis, Transport } from "@meterport/protocol/ports";
import type { Sickness } from "../diagnosis.ts";
import { type ExaminedLink, isOver, type Probe } from "../mep/examined-link.ts";
import type { Report } from "../report.ts";
import { foreignMeter, iecSignOn, iecTimeout } from "./foreign-meter.ts";
import type { OpticalWatch } from "./optical-watch.ts";

/** Another state of RTS and DTR: many heads take their power from them. */
export interface HeadSupply {
  /** As written in a link: "dtr=on". */
  readonly setting: string;
  readonly open: () => Promise<Transport>;
}

export interface OpticalContactOptions {
  /** Baud rates to try if the link's can be set; the meter is expected at the first. */
  readonly bauds: readonly number[];
  readonly supplies: readonly HeadSupply[];
  /** The watch on the line as it is open now. */
  readonly watch: () => OpticalWatch;
  /** How many bytes came before the first request. */
  readonly stray: number;
  /** Whether the link wakes the meter before each session. */
  readonly woken: boolean;
}

/** How the meter was found. */
export interface OpticalContact {
  /** Delay of the line beyond the usual. */
  readonly delay?: Millis;
  /** How long it was silent before it answered. */
  readonly silent?: Millis;
}

interface Knocking {
  readonly most: number;
  readonly delay?: Millis;
  readonly fast?: boolean;
  readonly wake?: boolean;
}

const tries = 3;
/** Two unanswered requests are 16 s without a sound. */
const silentTries = 2;
/** At other speeds than the expected one, each packet is sent twice. */
const quick = { retries: 1, renewals: 0 } as const;
/** The usual wake-up for a meter. */
const waking = { wakeBytes: 4 } as const;
/** After this time a woken meter sleeps again. */
const sleepsAfter: Millis = 10_000;
/** Longer than any bridge should need for a round trip. */
const slowHead: Millis = 5_000;
/** A packet is repeated 2 s after it was sent. */
const nearlyLate: Millis = 1_800;
/** Bytes of a small request and its answer, with their acknowledgements. */
const smallExchange = 50;
/** How long a bridge may still hold bytes back. */
const aftermath: Millis = 1_500;
/** Fewer unrequested bytes come from plugging the head in. */
export const leastStray = 8;

export class OpticalFirstContact {
  readonly #examined: ExaminedLink;
  readonly #report: Report;
  readonly #options: OpticalContactOptions;
  #silentSince: Millis | undefined;

  constructor(examined: ExaminedLink, report: Report, options: OpticalContactOptions) {
    this.#examined = examined;
    this.#report = report;
    this.#options = options;
  }

  /** How to reach the meter; undefined if there is no way, and the report then says why. @throws LinkError aborted */
  async find(): Promise<OpticalContact | undefined> {
    const probes = await this.#knock({ most: tries });
    const last = probes.at(-1);
    if (last?.answered === true) return this.#inTime();
    const failure = last?.failure;
    if (isOver(failure)) return this.#hungUp();
    if (this.#explained()) return undefined;
    if (probes.every((probe) => probe.failure === "no-answer")) return this.#silence();
    return this.#disturbed(failure);
  }

  async #knock({ most, delay, fast = false, wake = false }: Knocking): Promise<readonly Probe[]> {
    const timing = fast || wake ? { timing: { ...(fast ? quick : {}), ...(wake ? waking : {}) } } : {};
    await this.#examined.begin({ kind: "optical", ...timing, delay });
    const probes: Probe[] = [];
    while (probes.length < most) {
      const probe = await this.#examined.ask();
      probes.push(probe);
      if (probe.answered || isOver(probe.failure)) break;
      if (probes.length >= silentTries && probes.every(({ failure }) => failure === "no-answer")) break;
    }
    return probes;
  }

  async #answers(how: Knocking): Promise<boolean> {
    return (await this.#knock(how)).some(({ answered }) => answered);
  }

  /** Behind a slow bridge, the answer to the first packet arrives after the packet has been repeated. */
  async #inTime(): Promise<OpticalContact> {
    if (!this.#isLate(await this.#examined.ask())) return {};
    await this.#knock({ most: 1, delay: slowHead });
    for (let attempt = 0; attempt < tries; attempt++) {
      const probe = await this.#examined.ask();
      // A repeated packet was lost, and says nothing about the delay.
      if (!probe.answered || probe.repeated) continue;
      if (!this.#isLate(probe)) break;
      this.#report.blame("slow-bridge");
      return { delay: slowHead };
    }
    return {};
  }

  #isLate({ answered, took }: Probe): boolean {
    const { delay = 0, byteTime = 0 } = this.#examined.session.transport.timing ?? {};
    return answered && took > nearlyLate + (delay === slowHead ? 0 : delay) + smallExchange * byteTime;
  }

  /** Whether another protocol, or the meter's refusal of a session, already explains the failure. */
  #explained(): boolean {
    const watch = this.#options.watch();
    const protocol = foreignMeter(watch.sample);
    if (protocol !== undefined) {
      this.#foreign(protocol);
      return true;
    }
    const refused = (["identification", "logon"] as const).some((step) => watch.refusal(step) !== undefined);
    if (refused && !watch.passed("logon")) {
      this.#report.blame("no-session");
      return true;
    }
    return false;
  }

  #foreign(protocol: string): undefined {
    this.#report.check("identification", "bad", "foreign-words", { protocol });
    return this.#sick("other-meter");
  }

  /** No whole packet came: late answers, another speed, a head without power, another kind of meter, a pause, or no meter. */
  async #silence(): Promise<OpticalContact | undefined> {
    const { clock } = this.#examined;
    this.#silentSince ??= clock.now();
    await this.#examined.listen(aftermath);
    if (this.#examined.heard.bytes > 0 && (await this.#answers({ most: 1, delay: slowHead }))) {
      this.#report.blame("slow-bridge");
      return { delay: slowHead };
    }
    const found = (await this.#otherSpeed()) || (await this.#otherSupply()) || (await this.#otherKind());
    if (found) return undefined;
    if (await this.#answers({ most: 2 })) return { silent: clock.now() - this.#silentSince };
    if (this.#explained()) return undefined;
    if (!this.#options.woken && (await this.#answers({ most: 1, wake: true }))) return this.#awake();
    return this.#sick(this.#options.stray >= leastStray ? "stray-light" : "no-light");
  }

  /** It answered after a wake-up: a request without one shows whether it needs it. */
  async #awake(): Promise<OpticalContact | undefined> {
    const { clock } = this.#examined;
    await this.#examined.listen(sleepsAfter);
    if (await this.#answers({ most: 1 })) return { silent: clock.now() - (this.#silentSince ?? clock.now()) };
    this.#report.check("identification", "bad", "woken", { setting: `wake=${waking.wakeBytes}` });
    return this.#sick("asleep");
  }

  async #otherSpeed(): Promise<boolean> {
    const [home, ...others] = this.#options.bauds;
    for (const baud of others) {
      await this.#examined.open(baud);
      if (!(await this.#answers({ most: 1, fast: true }))) continue;
      this.#report.check("framing", "bad", "other-baud", { baud });
      this.#report.blame("wrong-baud");
      return true;
    }
    if (others.length > 0) await this.#examined.open(home);
    return false;
  }

  async #otherSupply(): Promise<boolean> {
    const { bauds, supplies } = this.#options;
    for (const { setting, open } of supplies) {
      // A port can be open only once.
      await this.#examined.close();
      try {
        await this.#examined.use(await open());
      } catch (error) {
        // Not every port has these lines.
        if (!(error instanceof LinkError) || error.code === "aborted") throw error;
        continue;
      }
      if (!(await this.#answers({ most: 1 }))) continue;
      this.#report.check("open", "warning", "other-supply", { setting });
      this.#report.blame("head-supply");
      return true;
    }
    if (supplies.length > 0) await this.#examined.open(bauds[0]);
    return false;
  }

  /** Asks in IEC 62056-21, which most meters with an optical port understand. */
  async #otherKind(): Promise<boolean> {
    const { bauds, watch } = this.#options;
    if (bauds.length === 0) return false;
    await this.#examined.open(300);
    await this.#examined.send(iecSignOn);
    await this.#examined.listen(iecTimeout);
    const protocol = foreignMeter(watch().sample);
    await this.#examined.open(bauds[0]);
    if (protocol === undefined) return false;
    this.#foreign(protocol);
    return true;
  }

  /** Bytes come, but no whole answer of a meter is among them. */
  async #disturbed(failure: LinkFailure | undefined): Promise<OpticalContact | undefined> {
    if (this.#examined.heard.only !== undefined || this.#options.stray >= leastStray) return this.#sick("stray-light");
    const { received, damaged } = this.#options.watch().counts;
    if (failure === "echo" && received === 0) return this.#sick("own-light");
    if (received === 0 && damaged === 0 && (await this.#otherSpeed())) return undefined;
    return this.#sick("loose-head");
  }

  #hungUp(): undefined {
    this.#report.check("open", "bad", "hung-up");
    return this.#sick("hangs-up");
  }

  /** Records the problem, and ends the search. */
  #sick(sickness: Sickness): undefined {
    this.#report.blame(sickness);
    return undefined;
  }
}
