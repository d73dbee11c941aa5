/** What a meter lets us read, and whether its clock is right. */

import { type Capabilities, capabilitiesOf } from "@meterport/client/meter/capabilities";
import { type Identified, type Identity, identify } from "@meterport/client/meter/identity";
import { exchange, readSlice, readWhole, unlessRefused } from "@meterport/client/meter/read/table-bytes";
import { utcIso } from "@meterport/client/readers/quality";
import { LayoutError, ResponseError } from "@meterport/protocol/errors";
import { decode } from "@meterport/protocol/layout/index";
import { BT00 } from "@meterport/protocol/tables/basic/bt00-general-configuration";
import { BT52 } from "@meterport/protocol/tables/basic/bt52-utc-clock";
import { numberOf, type TableId } from "@meterport/protocol/tables/identifiers";
import type { Report } from "../report.ts";
import type { Contact } from "./contact.ts";
import type { ExaminedLink } from "./examined-link.ts";

/** Tables that live readings and most else need; a few bytes of each. */
const wanted = ["BT00", "BT01", "BT21", "BT22", "BT23", "BT27", "BT28", "ET04", "ET11", "ET13", "ET50"] as const;
/** Without these there are no live readings. */
const needed: readonly string[] = ["BT23", "BT28"];

/** A clock that is off by more harms everything that depends on time; seconds. */
const tolerable = 60;
/** Date and time. */
const clockAt = { offset: 0, length: 6 };

export class MeterCheck {
  readonly #examined: ExaminedLink;
  readonly #report: Report;
  /** What the meter has, once BT00 was read: a table that does not exist is not one that the key may not read. */
  #capabilities: Capabilities | undefined;

  constructor(examined: ExaminedLink, report: Report) {
    this.#examined = examined;
    this.#report = report;
  }

  /** @throws LinkError */
  identify(): Promise<Identified> {
    return identify(this.#examined.session, this.#examined.signal);
  }

  /** Which tables are refused, and which of the meter's keys is ours. @throws LinkError */
  async access({ way, form }: Contact): Promise<void> {
    const refused: string[] = [];
    for (const id of wanted) if (!(await this.reads(id))) refused.push(id);
    const there = wanted.filter((id) => this.has(id));
    if (form === undefined) {
      // Under RC4 a meter tries both of its keys and does not say which one fitted.
      const level = way.kind !== "tls" ? "MBK / MAK" : way.level === "advanced" ? "MAK" : "MBK";
      this.#report.check("key", "good", "key-accepted", { level });
    }
    if (refused.length === 0) {
      this.#report.check("access", "good", "readable", { tables: there.length });
      return;
    }
    const serious = refused.some((id) => needed.includes(id));
    this.#report.check("access", serious ? "bad" : "warning", "refused", { tables: refused.join(", ") });
    if (serious) this.#report.blame("locked");
  }

  /** Whether the meter has a table, as far as BT00 was read and says so. */
  has(id: TableId): boolean {
    return this.#capabilities?.has(id) !== false;
  }

  /**
   * Whether this key may read a table. BT00 is read whole, and tables that it does not name are then not read. A line with a
   * known problem may not carry so long an answer: then a missing table shows by its refusal.
   *
   * @throws LinkError
   */
  async reads(id: TableId): Promise<boolean> {
    const { session } = this.#examined;
    if (!this.has(id)) return true;
    try {
      if (id === "BT00" && this.#report.sickness === undefined)
        this.#learn(await readWhole(session, BT00.number, session.readLimit, this.#asked(id)));
      else {
        const request = { kind: "read-at", table: numberOf(id), offset: 0, count: 1 } as const;
        await exchange(session, request, this.#asked(id));
      }
      return true;
    } catch (error) {
      if (error instanceof ResponseError) return error.code !== "no-permission";
      throw error;
    }
  }

  /** @throws LinkError */
  async clock(): Promise<void> {
    const { session, clock } = this.#examined;
    const bytes = await unlessRefused(readSlice(session, numberOf("BT52"), clockAt, this.#asked("BT52")));
    const time = bytes === undefined ? null : utcIso(decode(BT52, padded(bytes), {}).clock);
    if (time === null) {
      this.#report.check("clock", "unknown", "clock-unknown");
      return;
    }
    const seconds = Math.round((Date.parse(time) - clock.wall()) / 1000);
    const right = Math.abs(seconds) <= tolerable;
    this.#report.check("clock", right ? "good" : "warning", right ? "clock-right" : "clock-wrong", { seconds });
    if (!right) this.#report.blame("clock-off");
  }

  #learn(bt00: Uint8Array): void {
    try {
      this.#capabilities = capabilitiesOf(decode(BT00, bt00, {}, { trailing: "keep" }));
    } catch (error) {
      if (!(error instanceof LayoutError)) throw error;
    }
  }

  #asked(id: string) {
    const { signal } = this.#examined;
    return { label: `read ${id}`, signal };
  }
}

const padded = (bytes: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(clockAt.length + 1);
  whole.set(bytes.subarray(0, clockAt.length));
  return whole;
};

/** "NES 83331-3I, firmware 3.70.12": without serial numbers, since a diagnosis is shown to others. */
export const modelOf = ({ manufacturer, model, firmware }: Identity): string | null => {
  const words = [manufacturer, model].filter((word) => word !== undefined).join(" ");
  const all = [words, firmware === undefined ? "" : `firmware ${firmware}`].filter((word) => word !== "");
  return all.length === 0 ? null : all.join(", ");
};
