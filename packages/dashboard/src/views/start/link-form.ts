/** The link that the fields of the form make. */

export const KINDS = ["serial", "bridge", "optical", "other", "simulated"] as const;
export type LinkKind = (typeof KINDS)[number];
export const PROTOCOLS = ["tcp", "rfc2217", "tls"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface LinkFields {
  readonly kind: LinkKind | null;
  /** The link of the chosen serial port. */
  readonly port: string | null;
  /** Where the optical head is plugged in. */
  readonly head: "port" | "bridge";
  readonly protocol: Protocol;
  readonly host: string;
  readonly tcpPort: string;
  /** SHA-256 of a bridge's own certificate; empty for one that the machine trusts. */
  readonly fingerprint: string;
  readonly other: string;
}

export type LinkFault = "host" | "port" | "fingerprint" | "other";

/** No name of a machine is longer. */
const LONGEST_HOST = 253;

/** "host:port" and whole addresses may be pasted into the field for the host. */
export function pastedHost(text: string): {
  readonly host: string;
  readonly tcpPort?: string;
  readonly protocol?: Protocol;
} {
  const [, scheme, host = text.trim(), port] =
    /^\s*(?:([a-z][a-z0-9+.-]*):\/\/)?(\[[0-9a-f:.]+\]|[^\s:/?#@]+)(?::(\d{1,5}))?\/?\s*$/i.exec(text) ?? [];
  const protocol = PROTOCOLS.find((each) => each === scheme?.toLowerCase());
  return {
    host: scheme !== undefined && protocol === undefined ? text.trim() : host,
    ...(port === undefined ? {} : { tcpPort: port }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

const isHost = (host: string): boolean =>
  host.length <= LONGEST_HOST && (/^\[?[0-9a-f:.]*:[0-9a-f:.]*\]?$/i.test(host) || /^[\p{L}\p{N}._-]+$/u.test(host));

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

/** 32 bytes in hex, with or without colons. */
const isFingerprint = (text: string): boolean => /^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i.test(text);

function bridgeFaults({ protocol, host, tcpPort, fingerprint }: LinkFields): readonly LinkFault[] {
  const faults: LinkFault[] = [];
  if (!isHost(host.trim())) faults.push("host");
  if (!isPort(tcpPort.trim())) faults.push("port");
  if (protocol === "tls" && fingerprint.trim() !== "" && !isFingerprint(fingerprint.trim())) faults.push("fingerprint");
  return faults;
}

/** What is wrong with the fields that count. */
export function linkFaults(fields: LinkFields): readonly LinkFault[] {
  const { kind, head, other } = fields;
  if (kind === "bridge" || (kind === "optical" && head === "bridge")) return bridgeFaults(fields);
  if (kind === "other" && (other.trim() === "" || other.length > 500)) return ["other"];
  return [];
}

function bridgeLink({ protocol, host, tcpPort, fingerprint }: LinkFields): string {
  const plain = host.trim();
  const name = plain.includes(":") && !plain.startsWith("[") ? `[${plain}]` : plain;
  const settings =
    protocol === "tls" && fingerprint.trim() !== "" ? `?fingerprint=${fingerprint.trim().replaceAll(":", "")}` : "";
  return `${protocol}://${name}:${Number(tcpPort)}${settings}`;
}

/** The same way to an optical head. */
function throughHead(link: string): string {
  if (/^serial:\/\//i.test(link)) return link.replace(/^serial/i, "optical");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(link)) return `optical+${link}`;
  return `optical://${link.startsWith("/") ? "" : "/"}${link}`;
}

/**
 * The link in the form of the configuration; null while something is missing or wrong.
 *
 * @example linkOf({ ...EMPTY_LINK, kind: "bridge", host: "192.168.1.20", tcpPort: "4059" }) // "tcp://192.168.1.20:4059"
 */
export function linkOf(fields: LinkFields): string | null {
  if (linkFaults(fields).length > 0) return null;
  switch (fields.kind) {
    case "serial":
      return fields.port;
    case "bridge":
      return bridgeLink(fields);
    case "optical": {
      const way = fields.head === "bridge" ? bridgeLink(fields) : fields.port;
      return way === null ? null : throughHead(way);
    }
    case "other":
      return fields.other.trim();
    default:
      return null;
  }
}

/** Whether a link leads to a meter's optical port, which has other keys. */
export function isOptical(link: string): boolean {
  return /^optical[+:]/i.test(link.trim());
}

export const EMPTY_LINK: LinkFields = {
  ...{ kind: null, port: null, head: "port", protocol: "tcp" },
  ...{ host: "", tcpPort: "4059", fingerprint: "", other: "" },
};
