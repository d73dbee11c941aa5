/** The other end of a connection, as the sockets know it: a header cannot change it. */
import type { Scope } from "../access/scope.ts";

/** A listener whose only client is another program that has already checked who its users are. */
export interface TrustedIngress {
  /** The header that holds the user's name. */
  readonly userHeader: string;
  /** What all of its users may do. */
  readonly scope: Scope;
}

export interface Peer {
  /** The address of the other end. */
  readonly address: string;
  /** Our address at which it reached us. */
  readonly reached: string;
  readonly tls: boolean;
  readonly ingress?: TrustedIngress | undefined;
}

/** For requests without a socket: a program in this process. */
export const noPeer: Peer = { address: "127.0.0.1", reached: "127.0.0.1", tls: false };

/** An IPv4 address that arrives at an IPv6 socket, without its prefix. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
