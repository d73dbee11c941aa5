/** Links as people write them: a device's path, or a URL. */
import { UsageError } from "@meterport/protocol/errors";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { TransportTiming } from "@meterport/protocol/ports";

export type Link = (
  | { readonly kind: "serial"; readonly path: string; readonly baudRate: number }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** A bridge that lets its serial port be set, by telnet's COM-PORT-OPTION. */
  | { readonly kind: "rfc2217"; readonly host: string; readonly port: number; readonly baudRate: number }
  /** TCP inside TLS, for bridges and tunnels; nothing to do with the meter's own TLS. */
  | { readonly kind: "tls"; readonly host: string; readonly port: number; readonly fingerprint?: string }
  | { readonly kind: "unix"; readonly path: string }
  /** Only to listen on: a terminal that others open as their serial port. */
  | { readonly kind: "pty"; readonly path: string }
) & { readonly timing?: TransportTiming };

/** What the MEP port speaks until somebody changes it. */
export const defaultBaudRate = 9600;

const forms =
  "/dev/ttyUSB0, serial:///dev/ttyUSB0?baud=9600, tcp://host:port, rfc2217://host:port?baud=9600 or unix:///path";
const wrong = (detail: string): UsageError => new UsageError("link", detail);

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

const parseUrl = (text: string): URL => {
  // A password has no place in a link, and none in a message.
  if (/^[a-z0-9+.-]+:\/\/[^/]*@/i.test(text))
    throw wrong(`a link has no user name or password; links look like ${forms}`);
  try {
    return new URL(text);
  } catch {
    if (Number(/:(\d+)\/?$/.exec(text)?.[1]) > 65_535)
      throw wrong(`link "${shown(text)}": a port is a number from 1 to 65535`);
    throw wrong(`link "${shown(text)}" is no URL; links look like ${forms}`);
  }
};

const pathOf = (url: URL, text: string): string => {
  // serial://dev/ttyUSB0 has two slashes where three are meant: "dev" would be a host.
  if (url.host !== "")
    throw wrong(`link "${shown(text)}" needs three slashes: ${url.protocol}///${url.host}${url.pathname}`);
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    throw wrong(`link "${shown(text)}" has a broken % sequence`);
  }
  if (path === "" || path === "/" || path.includes("\0")) throw wrong(`link "${shown(text)}" names no device`);
  return /^\/COM\d+$/i.test(path) ? path.slice(1) : path;
};

const only = (url: URL, text: string, known: readonly string[]): void => {
  for (const name of url.searchParams.keys())
    if (!known.includes(name))
      throw wrong(
        `link "${shown(text)}" has the unknown setting "${shown(name)}"${known.length > 0 ? `; known is ${known.join(", ")}` : ""}`,
      );
  if (url.hash !== "")
    throw wrong(`link "${shown(text)}" has parts that a link does not have; links look like ${forms}`);
};

const timingNames = ["delay", "gap"] as const;
const longestTiming = 60_000;

/** What a slow bridge adds: "?delay=200ms&gap=1s". */
const timingOf = (url: URL, text: string): { readonly timing?: TransportTiming } => {
  const timing: { delay?: number; gap?: number } = {};
  for (const name of timingNames) {
    const given = url.searchParams.get(name);
    if (given === null) continue;
    const time = parseDuration(given);
    if (time === undefined || time > longestTiming)
      throw wrong(`link "${shown(text)}": ${name} "${shown(given)}" is no time up to 60s, like 200ms`);
    timing[name] = time;
  }
  return Object.keys(timing).length === 0 ? {} : { timing };
};

const baudOf = (url: URL, text: string): number => {
  const baud = url.searchParams.get("baud") ?? String(defaultBaudRate);
  const baudRate = /^\d{2,7}$/.test(baud) ? Number(baud) : 0;
  if (baudRate < 50 || baudRate > 4_000_000) throw wrong(`link "${shown(text)}": "${shown(baud)}" is no baud rate`);
  return baudRate;
};

const serialLink = (url: URL, text: string): Link => {
  only(url, text, ["baud", ...timingNames]);
  return { kind: "serial", path: pathOf(url, text), baudRate: baudOf(url, text), ...timingOf(url, text) };
};

const hostOf = (url: URL, text: string): { readonly host: string; readonly port: number } => {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (host === "" || url.port === "" || !/^\/?$/.test(url.pathname))
    throw wrong(`link "${shown(text)}" is not of the form ${url.protocol}//host:port`);
  return { host, port: Number(url.port) };
};

const tcpLink = (url: URL, text: string): Link => {
  only(url, text, timingNames);
  return { kind: "tcp", ...hostOf(url, text), ...timingOf(url, text) };
};

const tlsLink = (url: URL, text: string): Link => {
  only(url, text, ["fingerprint", ...timingNames]);
  const given = url.searchParams.get("fingerprint");
  const fingerprint = given?.replaceAll(":", "").toLowerCase();
  if (fingerprint !== undefined && !/^[0-9a-f]{64}$/.test(fingerprint))
    throw wrong(`link "${shown(text)}": a fingerprint has 64 hex digits, the SHA-256 of its certificate`);
  const pinned = fingerprint === undefined ? {} : { fingerprint };
  return { kind: "tls", ...hostOf(url, text), ...pinned, ...timingOf(url, text) };
};

const rfc2217Link = (url: URL, text: string): Link => {
  only(url, text, ["baud", ...timingNames]);
  return { kind: "rfc2217", ...hostOf(url, text), baudRate: baudOf(url, text), ...timingOf(url, text) };
};

/**
 * The link that a text names.
 *
 * @throws UsageError (`link`) for what is no link, or is of a kind that is not built in yet
 * @example
 * parseLink("tcp://127.0.0.1:4059") // { kind: "tcp", host: "127.0.0.1", port: 4059 }
 * parseLink("serial:///dev/ttyUSB0?baud=19200") // { kind: "serial", path: "/dev/ttyUSB0", baudRate: 19200 }
 */
export const parseLink = (text: string): Link => {
  const plain = text.trim();
  if (/^(\.{0,2}\/|COM\d+$)/i.test(plain)) return { kind: "serial", path: plain, baudRate: defaultBaudRate };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(plain)?.[1]?.toLowerCase();
  switch (scheme) {
    case "serial":
      return serialLink(parseUrl(plain), plain);
    case "tcp":
      return tcpLink(parseUrl(plain), plain);
    case "pty": {
      const url = parseUrl(plain);
      only(url, plain, []);
      return { kind: "pty", path: pathOf(url, plain) };
    }
    case "rfc2217":
      return rfc2217Link(parseUrl(plain), plain);
    case "unix": {
      const url = parseUrl(plain);
      only(url, plain, timingNames);
      return { kind: "unix", path: pathOf(url, plain), ...timingOf(url, plain) };
    }
    case "tls":
      return tlsLink(parseUrl(plain), plain);
    case "mqtt":
      throw wrong(`${scheme}:// links are not built in yet; use ${forms}`);
    case undefined:
      throw wrong(
        /^[\w.-]+:\d+$/.test(plain)
          ? `link "${shown(plain)}" lacks its kind: write tcp://${plain}`
          : `"${shown(plain)}" is no link; links look like ${forms}`,
      );
    default:
      throw wrong(`${shown(scheme)}:// is no kind of link; links look like ${forms}`);
  }
};

/**
 * The link that a text names, where it can be opened and not only listened on.
 *
 * @throws UsageError (`link`) as `parseLink` does, and for what is only good to listen on
 */
export const parseMeterLink = (text: string): Exclude<Link, { readonly kind: "pty" }> => {
  const link = parseLink(text);
  if (link.kind === "pty") throw wrong(`pty:// is only good to listen on; open the terminal as ${link.path}`);
  if ((link.kind === "tcp" || link.kind === "rfc2217" || link.kind === "tls") && link.port === 0)
    throw wrong(`link "${shown(text)}" has port 0, which is only good to listen on`);
  return link;
};
