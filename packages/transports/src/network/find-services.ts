/** Searches the local network for services by mDNS: asks once or twice, and listens for a moment. */
import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { type DnsQuestion, type DnsRecord, dnsQuery, dnsRecords } from "./dns-message.ts";

/** A service that somebody in the network says there is. */
export interface FoundService {
  /** "_telnet._tcp" */
  readonly type: string;
  /** What its owner calls it. */
  readonly name: string;
  /** IPv4. */
  readonly address: string;
  readonly port: number;
  readonly texts: readonly string[];
}

/** A socket for datagrams, as far as the search uses it. */
export interface SearchPort {
  readonly send: (bytes: Uint8Array) => void;
  readonly close: () => void;
}

/** Opens one for each address of this machine; each answer goes to `heard`. @throws Error if the system refuses */
export type OpenSearchPorts = (heard: (bytes: Uint8Array, from: string) => void) => Promise<readonly SearchPort[]>;

export interface FindServicesOptions {
  readonly clock: Clock;
  readonly open?: OpenSearchPorts | undefined;
  /** How long it listens. */
  readonly time?: Millis | undefined;
}

const group = "224.0.0.251";
const port = 5353;
const usually: Millis = 2_500;
/** More in so short a time is noise, or an attack. */
const mostAnswers = 500;
const mostServices = 64;
const longestName = 63;

const privateOrLocal = /^(10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;

/** The answers so far. A later one about the same replaces an earlier one. */
class Heard {
  readonly #targets = new Map<string, { readonly type: string; readonly from: string }>();
  readonly #places = new Map<string, Extract<DnsRecord, { type: "srv" }>>();
  readonly #addresses = new Map<string, string>();
  readonly #texts = new Map<string, readonly string[]>();
  readonly #types: readonly string[];

  constructor(types: readonly string[]) {
    this.#types = types;
  }

  add(records: readonly DnsRecord[], from: string): void {
    for (const record of records) {
      const name = record.name.toLowerCase();
      if (record.type === "ptr") {
        const type = this.#types.find((each) => name === `${each}.local`);
        const isOfType = type !== undefined && record.target.toLowerCase().endsWith(`.${name}`);
        if (isOfType && this.#targets.size < mostServices) this.#targets.set(record.target, { type, from });
      } else if (this.#places.size + this.#addresses.size + this.#texts.size < 8 * mostServices) {
        if (record.type === "srv") this.#places.set(name, record);
        if (record.type === "a") this.#addresses.set(name, record.address);
        if (record.type === "txt") this.#texts.set(name, record.entries);
      }
    }
  }

  /** What is still to be asked: where the services are of which only the name is known. */
  missing(): DnsQuestion[] {
    return [...this.#targets.keys()].flatMap((target): DnsQuestion[] => {
      const place = this.#places.get(target.toLowerCase());
      if (place === undefined) return [{ name: target, type: "srv" }];
      return this.#addresses.has(place.target.toLowerCase()) ? [] : [{ name: place.target, type: "a" }];
    });
  }

  services(): FoundService[] {
    return [...this.#targets].flatMap(([target, { type, from }]) => {
      const place = this.#places.get(target.toLowerCase());
      if (place === undefined || place.port === 0) return [];
      // A device that does not say its address has answered from it.
      const address = this.#addresses.get(place.target.toLowerCase()) ?? from;
      if (!privateOrLocal.test(address)) return [];
      const name = target.slice(0, -`.${type}.local`.length).replaceAll("\\.", ".");
      const texts = this.#texts.get(target.toLowerCase()) ?? [];
      return [{ type, name: name.slice(0, longestName), address, port: place.port, texts }];
    });
  }
}

/** One on each IPv4 address; answers come back to it directly, because it does not ask from port 5353 (RFC 6762, 6.7). */
const onEachAddress: OpenSearchPorts = async (heard) => {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address)
    .slice(0, 16);
  const opened = await Promise.all(
    addresses.map(
      (address) =>
        new Promise<SearchPort | undefined>((resolve) => {
          const socket = createSocket("udp4");
          socket.on("error", () => {
            socket.close();
            resolve(undefined);
          });
          socket.on("message", (bytes, { address: from, port: fromPort }) => {
            if (fromPort === port) heard(bytes, from);
          });
          socket.bind({ address, port: 0 }, () => {
            socket.setMulticastInterface(address);
            resolve({
              send: (bytes) => socket.send(bytes, port, group, () => {}),
              close: () => {
                socket.removeAllListeners("error");
                socket.close();
              },
            });
          });
        }),
    ),
  );
  return opened.filter((each) => each !== undefined);
};

/**
 * The services of these types in the local network, sorted by name. What answers is untrusted: only addresses of local
 * networks are taken, and a bounded number of services.
 *
 * @param types as in "_telnet._tcp"
 */
export const findServices = async (
  types: readonly string[],
  { clock, open = onEachAddress, time = usually }: FindServicesOptions,
): Promise<readonly FoundService[]> => {
  const heard = new Heard(types);
  let left = mostAnswers;
  const ports = await open((bytes, from) => {
    if (left-- > 0) heard.add(dnsRecords(bytes) ?? [], from);
  });
  if (ports.length === 0) return [];
  const ask = (questions: readonly DnsQuestion[]): void => {
    if (questions.length === 0) return;
    const query = dnsQuery(questions.slice(0, mostServices));
    for (const each of ports) each.send(query);
  };
  const until = (end: Millis): Promise<void> => new Promise((resolve) => clock.at(end, resolve));
  const start = clock.now();
  const all = types.map((type): DnsQuestion => ({ name: `${type}.local`, type: "ptr" }));
  try {
    ask(all);
    await until(start + 0.4 * time);
    // A datagram may be lost, and answers do not always say where the service is.
    ask([...all, ...heard.missing()]);
    await until(start + time);
  } finally {
    for (const each of ports) each.close();
  }
  return heard.services().sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.port - b.port));
};
