/** Bridges to serial ports that say in the network that they are there. */
import { plainText } from "@meterport/protocol/plain-text";
import type { FoundService } from "@meterport/transports/network/find-services";

/** A bridge that answered; what it says of itself is untrusted. */
export interface FoundBridge {
  /** The link to try. */
  readonly link: string;
  /** What its owner calls it. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly kind: "esphome" | "telnet" | "stream";
  /** Whether the port is only the usual one, because the bridge does not say it. */
  readonly guessed: boolean;
}

/** Where the component "stream server" of ESPHome usually listens; the device announces only the port of its own API. */
const streamServerPort = 6638;

const telnet = (texts: readonly string[]): boolean => texts.some((text) => /telnet|rfc2217/i.test(text));

/** The link of each type of service that may be a bridge. */
const kinds: Readonly<
  Record<
    string,
    (service: FoundService) => Pick<FoundBridge, "kind" | "guessed" | "port"> & { readonly scheme: string }
  >
> = {
  "_esphomelib._tcp": () => ({ kind: "esphome", guessed: true, port: streamServerPort, scheme: "tcp" }),
  // ser2net announces its ports under this type, and says in its texts what speaks there: "gensiostack=telnet(rfc2217),tcp".
  "_iostream._tcp": ({ port, texts }) =>
    telnet(texts)
      ? { kind: "telnet", guessed: false, port, scheme: "rfc2217" }
      : { kind: "stream", guessed: false, port, scheme: "tcp" },
  "_rfc2217._tcp": ({ port }) => ({ kind: "telnet", guessed: false, port, scheme: "rfc2217" }),
  "_telnet._tcp": ({ port }) => ({ kind: "telnet", guessed: false, port, scheme: "rfc2217" }),
};

export const bridgeTypes: readonly string[] = Object.keys(kinds);

const mostBridges = 50;

/** The bridges among services, each link once. */
export const bridgesOf = (services: readonly FoundService[]): readonly FoundBridge[] => {
  const found = new Map<string, FoundBridge>();
  for (const service of services) {
    const kind = kinds[service.type]?.(service);
    if (kind === undefined || found.size >= mostBridges) continue;
    const { scheme, ...rest } = kind;
    const link = `${scheme}://${service.address}:${rest.port}`;
    const name = plainText(service.name).trim();
    if (!found.has(link))
      found.set(link, { link, name: name === "" ? service.address : name, address: service.address, ...rest });
  }
  return [...found.values()];
};

/** One search at a time: who asks while it runs gets its answer. */
export const bridgeSearch = (
  find: (types: readonly string[]) => Promise<readonly FoundService[]>,
): (() => Promise<readonly FoundBridge[]>) => {
  let running: Promise<readonly FoundBridge[]> | undefined;
  return () => {
    running ??= find(bridgeTypes)
      .then(bridgesOf)
      .finally(() => {
        running = undefined;
      });
    return running;
  };
};
