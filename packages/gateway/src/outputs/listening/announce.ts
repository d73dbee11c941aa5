/** Lets clients find a face by mDNS, through the optional package @homebridge/ciao. */
import type { Log } from "@meterport/engine/ports/log";

/** One service, as DNS-SD knows it. */
export interface Announcement {
  /** The name of the instance, which a network has once. */
  readonly name: string;
  /** Without underscore and protocol: "hwenergy" for `_hwenergy._tcp`. */
  readonly type: string;
  /** The host name without `.local`; the name of the instance if omitted. */
  readonly hostname?: string | undefined;
  readonly txt: Readonly<Record<string, string>>;
}

/** What is used of the package. */
export interface Ciao {
  readonly getResponder: () => {
    readonly createService: (options: {
      readonly name: string;
      readonly type: string;
      readonly port: number;
      readonly hostname: string;
      readonly txt: Readonly<Record<string, string>>;
      readonly disabledIpv6: boolean;
    }) => { readonly advertise: () => Promise<void> };
    readonly shutdown: () => Promise<void>;
  };
}

export type LoadCiao = () => Promise<Ciao>;

// A name in a variable, because the package is optional and the compiler would ask for its types.
const packageName: string = "@homebridge/ciao";

const load: LoadCiao = async () => {
  const module = (await import(packageName)) as Ciao & { readonly default?: Ciao };
  return module.default ?? module;
};

/**
 * Announces services on a port. It takes seconds until the network knows them: a failure then is a line in the log, because the
 * face itself works.
 *
 * @returns takes them back
 * @throws Error with one sentence if the package is missing
 */
export const announce = async (
  announcements: readonly Announcement[],
  port: number,
  log: Log,
  loadCiao: LoadCiao = load,
): Promise<() => Promise<void>> => {
  const ciao = await loadCiao().catch((cause: unknown) => {
    throw new Error("announce needs one more package: npm install @homebridge/ciao@1.3", { cause });
  });
  const responder = ciao.getResponder();
  for (const { name, type, hostname = name, txt } of announcements) {
    // Faces listen on IPv4.
    const service = responder.createService({ name, type, port, hostname, txt, disabledIpv6: true });
    service.advertise().catch((error: unknown) => {
      log.warn(`${name} could not be announced by mDNS: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
  return () => responder.shutdown();
};
