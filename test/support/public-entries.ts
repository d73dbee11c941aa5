/** What users may rely on: these entries and the names in them. `docs/programming.md` explains it, `test/api/` holds their reports. */

export interface PublicEntry {
  /** As it is imported. */
  readonly name: string;
  /** From the root of the checkout. */
  readonly path: string;
  /** Only the names, if the declarations are long and other tests cover them, as the vectors cover the tables. */
  readonly namesOnly?: boolean;
}

const entry = (name: string, inner: string, namesOnly = false): PublicEntry => ({
  name: inner === "index" ? name : `${name}/${inner}`,
  path: `packages/${name.replace("@meterport/", "")}/src/${inner}.ts`,
  namesOnly,
});

/** By package; each has a report. */
export const publicEntries: Readonly<Record<string, readonly PublicEntry[]>> = {
  protocol: [
    entry("@meterport/protocol", "index"),
    entry("@meterport/protocol", "tables/index", true),
    entry("@meterport/protocol", "procedures/index", true),
    entry("@meterport/protocol", "meaning/index"),
    entry("@meterport/protocol", "layout/index", true),
  ],
  client: [
    entry("@meterport/client", "index"),
    entry("@meterport/client", "readers/index"),
    entry("@meterport/client", "session/tls"),
    entry("@meterport/client", "security/auto"),
    entry("@meterport/client", "session/optical"),
    entry("@meterport/client", "supervision/supervisor"),
    entry("@meterport/client", "supervision/link-status"),
  ],
  device: [entry("@meterport/device", "index")],
  mbus: [entry("@meterport/mbus", "index")],
  simulator: [entry("@meterport/simulator", "index")],
  transports: [
    entry("@meterport/transports", "index"),
    entry("@meterport/transports", "clock"),
    entry("@meterport/transports", "web/web-serial"),
  ],
  doctor: [entry("@meterport/doctor", "index")],
  engine: [entry("@meterport/engine", "index")],
};
