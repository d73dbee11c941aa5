/** Lets clients find a face by mDNS, through the optional package @homebridge/ciao. */
import type { Log } from "@meterport/engine/ports/log";

/** One service, as DNS-SD knows it. */
export interface Announcement {
  /** The name of the instance, which a network has once. */
  readonly name: string;
  /** Without underscore and protocol: "hwenergy" for `_hwenergy._tcp`. */
  readonly type: string;
  /** The host name without `.local`, which no other face of this gateway may have; the name of the instance if omitted. */
  readonly hostname?: string | undefined;
  /** One at least: without any the package takes its own announcement for that of another device, and begins again for ever. */
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
      readonly restrictedAddresses?: string[];
    }) => {
      readonly advertise: () => Promise<void>;
      readonly destroy: () => Promise<void>;
      readonly on: (event: "name-change", listener: (name: string) => void) => unknown;
    };
    readonly shutdown: () => Promise<void>;
  };
}

/** What is asked of an output that can be found. */
export interface Announcing {
  readonly announce?: boolean | undefined;
}

const isLoopback = (host: string): boolean => host === "::1" || host.startsWith("127.");

export type LoadCiao = () => Promise<Ciao>;

const load: LoadCiao = () => import("@homebridge/ciao");

/**
 * Announces services on a port. It takes seconds until the network knows them: a failure then is a line in the log, because the
 * face itself works.
 *
 * @param host where the face listens: the only address that is announced, unless it is every one
 * @returns takes them back
 * @throws Error with one sentence if the package is missing
 */
export const announce = async (
  announcements: readonly Announcement[],
  { host, port }: { readonly host: string; readonly port: number },
  log: Log,
  loadCiao: LoadCiao = load,
): Promise<() => Promise<void>> => {
  if (isLoopback(host)) {
    log.warn("announce is on, but only this machine may connect: list the networks of the clients in allow");
    return async () => {};
  }
  const ciao = await loadCiao().catch((cause: unknown) => {
    throw new Error("announce needs one more package: npm install @homebridge/ciao@1.3", { cause });
  });
  // All faces share one, which ends with the last of them.
  const responder = ciao.getResponder();
  const restricted = host === "0.0.0.0" ? {} : { restrictedAddresses: [host] };
  const services = announcements.map(({ name, type, hostname: own = name, txt }, n) => {
    // The package takes a second service of one host for another device of the same name, and renames it.
    const hostname = n === 0 ? own : `${own}-${n + 1}`;
    // Faces listen on IPv4.
    const service = responder.createService({ name, type, port, hostname, txt, disabledIpv6: true, ...restricted });
    service.on("name-change", (other) => {
      log.warn(`${name} is the name of something else on this network: it is announced as ${other}`);
    });
    service.advertise().catch((error: unknown) => {
      log.warn(`${name} could not be announced by mDNS: ${error instanceof Error ? error.message : String(error)}`);
    });
    return service;
  });
  return async () => {
    await Promise.allSettled(services.map((service) => service.destroy()));
    await responder.shutdown();
  };
};

/** Announces services if the settings of their face ask for it. */
export const announceIfAsked = (
  settings: Announcing,
  ...given: Parameters<typeof announce>
): Promise<() => Promise<void>> => (settings.announce === true ? announce(...given) : Promise.resolve(async () => {}));
