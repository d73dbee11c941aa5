/** Whether a request is meant for this gateway: protects against foreign pages that point their own name at it (DNS rebinding). */
import { plainAddress } from "./peer.ts";

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/** Whether an address to listen on is reachable from this machine only. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || /^\[?::1\]?$/.test(host) || /^127(\.\d{1,3}){3}$/.test(host);

/** "localhost:8765" -> "localhost"; undefined if it is not a host. */
const nameOf = (host: string): string | undefined =>
  /^(\[[0-9a-f:.]+\]|[^:/\s@[\]]+)(:\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase();

/** An address as a URL has it. */
const literalOf = (address: string): string => {
  const plain = plainAddress(address);
  if (!plain.includes(":")) return plain;
  // The shortest form, as browsers write it.
  return URL.canParse(`http://[${plain}]`) ? new URL(`http://[${plain}]`).hostname : `[${plain}]`;
};

export interface HostCheck {
  /** @param reached our address at which the connection arrived */
  readonly allows: (host: string, reached: string) => boolean;
  /** Whether the configuration lists this host. */
  readonly lists: (host: string) => boolean;
}

/**
 * Decides by the Host header. Names that the configuration lists pass; so do the names of loopback, the name to which the
 * gateway is bound, and the very address at which the connection arrived, none of which a foreign page can have. The
 * names of loopback count everywhere, because a container or a tunnel forwards to another address. The port does not
 * count, because it may be forwarded too.
 */
export const hostCheck = (bound: string, allowed: readonly string[]): HostCheck => {
  const listed = new Set(allowed.map((name) => name.toLowerCase()));
  const lists = (host: string): boolean => {
    const name = nameOf(host);
    return name !== undefined && (listed.has(name) || listed.has(host.toLowerCase()));
  };
  return {
    lists,
    allows: (host, reached) => {
      const name = nameOf(host);
      if (name === undefined) return false;
      if (lists(host) || loopback.includes(name)) return true;
      return name === bound.toLowerCase() || name === `[${bound.toLowerCase()}]` || name === literalOf(reached);
    },
  };
};
