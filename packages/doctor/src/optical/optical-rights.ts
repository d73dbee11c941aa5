/** Whether the meter accepts the key at its optical port, and what the key may read. The key is shown once: wrong ones raise an alarm and lock the port. */
import type { KeyReading } from "@meterport/protocol/mep/security/key-readings";
import type { TableId } from "@meterport/protocol/tables/identifiers";
import type { ExaminedLink, OpticalApproach } from "../mep/examined-link.ts";
import type { MeterCheck } from "../mep/meter-check.ts";
import type { Report } from "../report.ts";

/** Tables that live readings and most else need. */
const wanted = ["BT00", "BT01", "BT21", "BT22", "BT23", "BT27", "BT28", "BT52", "ET04", "ET11"] as const;
/** Without these there are no live readings. */
const needed: readonly string[] = ["BT23", "BT28"];
/** Tables that a read-only key may not read, but the others may (Optical guide 1.1, pp. 13, 16 and 40). */
const notForReadOnly = ["BT04", "ET21", "ET51"] as const;

export class OpticalRights {
  readonly #examined: ExaminedLink;
  readonly #report: Report;
  readonly #checks: MeterCheck;

  constructor(examined: ExaminedLink, report: Report, checks: MeterCheck) {
    this.#examined = examined;
    this.#report = report;
    this.#checks = checks;
  }

  /** Whether the key opens the port; if not, the current session is one without a key. @throws LinkError aborted */
  async key(key: KeyReading | undefined, way: OpticalApproach): Promise<boolean> {
    if (key === undefined) {
      this.#report.check("key", "bad", "password-missing");
      this.#report.blame("no-password");
      return false;
    }
    const { form, secret } = key;
    // Setting up the session again would show the key once more, before it is known to be right.
    await this.#examined.begin({ ...way, secret, timing: { ...way.timing, renewals: 0 } });
    const probe = await this.#examined.ask();
    if (probe.answered) {
      // Its rights will show which of the three it is.
      this.#report.check("key", "good", "password-accepted", { form, level: "MK / PK / RK" });
      return true;
    }
    const refused = probe.failure === "wrong-key";
    this.#report.check("key", "bad", refused ? "password-refused-once" : "password-unanswered", { form });
    this.#report.blame(refused ? "password-refused" : "password-unheard");
    await this.#examined.begin(way);
    return false;
  }

  /** Which tables are refused, and which of the meter's keys ours must therefore be. @throws LinkError */
  async access({ form }: KeyReading): Promise<void> {
    // BT00 comes first: it says which of the others are there.
    const refused = await this.#refused(wanted);
    const apart = await this.#refused(notForReadOnly);
    const serious = refused.some((id) => needed.includes(id));
    const there = [...wanted, ...notForReadOnly].filter((id) => this.#checks.has(id));
    const withheld = notForReadOnly.filter((id) => this.#checks.has(id));
    const readOnly = withheld.length > 0 && apart.length === withheld.length;
    this.#report.check("key", "good", "password-accepted", { form, level: readOnly ? "RK" : "MK / PK" });
    const tables = [...refused, ...apart].join(", ");
    if (refused.length === 0 && readOnly) this.#report.check("access", "good", "read-only-rights", { tables });
    else if (tables === "") this.#report.check("access", "good", "readable", { tables: there.length });
    else this.#report.check("access", serious ? "bad" : "warning", "refused", { tables });
    if (serious) this.#report.blame("locked");
  }

  async #refused(ids: readonly TableId[]): Promise<readonly TableId[]> {
    const refused: TableId[] = [];
    for (const id of ids) if (!(await this.#checks.reads(id))) refused.push(id);
    return refused;
  }
}
