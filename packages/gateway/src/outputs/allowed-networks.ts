/** The networks from which an output that listens may be reached. */
import { BlockList, isIP } from "node:net";
import { listUpTo, quoted, text } from "../settings/leaves.ts";
import { setting } from "../settings/setting.ts";

/** Whether an address may connect, as a socket tells it: "192.168.1.7", "::ffff:192.168.1.7", "fe80::1%eth0". */
export type Allows = (address: string | undefined) => boolean;

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

const networkOf = (value: string): Network | undefined => {
  const [, address = "", bits] = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(value) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  return prefix > most ? undefined : { address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
};

const network = text.refine((value) => networkOf(value) !== undefined, {
  error: ({ input }) => `${quoted(String(input))} is not a network: write for example 192.168.1.0/24 or fd00::/8`,
});

/** The key of an output that listens. Without it only this machine may connect. */
export const allowSetting = setting(listUpTo(network, 100, "because a gateway has few networks"), {
  restart: false,
  text: "The networks from which it may be reached.",
  example: "[192.168.1.0/24]",
  fallback: "this machine alone",
}).optional();

const loopback = ["127.0.0.0/8", "::1"];

/**
 * Who may connect.
 *
 * @param networks as in the configuration, checked by its schema; this machine alone if omitted
 */
export const allowedNetworks = (networks: readonly string[] = []): Allows => {
  const list = new BlockList();
  for (const value of [...loopback, ...networks]) {
    const found = networkOf(value);
    if (found !== undefined) list.addSubnet(found.address, found.prefix, found.family);
  }
  return (address) => {
    // A socket for both families tells of IPv4 in the form of IPv6, and of the interface where the address is local to it.
    const plain = (address ?? "").replace(/^::ffff:(?=[\d.]+$)/i, "").replace(/%.*$/, "");
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? "ipv4" : "ipv6");
  };
};
