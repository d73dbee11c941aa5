/** Links as people write them: a device's path, or a URL. */
import type { TransportTiming } from "@meterport/protocol/ports";
import type { EnableLine, SteadyLines } from "./enable-line.ts";
import {
  baudOf,
  defaultBaudRate,
  enableNames,
  enableOf,
  fingerprintOf,
  forms,
  lineNames,
  linesOf,
  onlySettings,
  shown,
  timingNames,
  timingOf,
  wrongLink,
} from "./link-settings.ts";
import { type MqttLink, mqttLink } from "./mqtt/mqtt-link.ts";
import { type AdapterId, parseAdapterId } from "./serial/serial-adapters.ts";

/** What every serial port can be set to, near or far. */
interface SerialSettings {
  readonly baudRate: number;
  readonly lines?: SteadyLines;
  readonly enable?: EnableLine;
}

export type ParsedLink = (
  | ({ readonly kind: "serial"; readonly path: string } & SerialSettings)
  /** A USB adapter, whichever path the system gives it. */
  | ({ readonly kind: "usb"; readonly adapter: AdapterId } & SerialSettings)
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** A bridge that lets its serial port be set, by telnet's COM-PORT-OPTION. */
  | ({ readonly kind: "rfc2217"; readonly host: string; readonly port: number } & SerialSettings)
  /** TCP inside TLS, for bridges and tunnels; nothing to do with the meter's own TLS. */
  | { readonly kind: "tls"; readonly host: string; readonly port: number; readonly fingerprint?: string }
  | MqttLink
  | { readonly kind: "unix"; readonly path: string }
  /** Only to listen on: a terminal that others open as their serial port. */
  | { readonly kind: "pty"; readonly path: string }
) & { readonly timing?: TransportTiming };

const parseUrl = (text: string): URL => {
  // A password belongs neither in a link nor in a message.
  if (/^[a-z0-9+.-]+:\/\/[^/]*@/i.test(text))
    throw wrongLink(
      /^mqtts?:/i.test(text)
        ? "a link has no user name or password: set METERPORT_MQTT_USER and METERPORT_MQTT_PASSWORD"
        : `a link has no user name or password; links look like ${forms}`,
    );
  try {
    return new URL(text);
  } catch {
    if (Number(/:(\d+)\/?$/.exec(text)?.[1]) > 65_535)
      throw wrongLink(`link "${shown(text)}": a port is a number from 1 to 65535`);
    throw wrongLink(`link "${shown(text)}" is not a URL; links look like ${forms}`);
  }
};

const pathOf = (url: URL, text: string): string => {
  // serial://dev/ttyUSB0 has two slashes where three are meant: "dev" would be a host.
  if (url.host !== "")
    throw wrongLink(`link "${shown(text)}" needs three slashes: ${url.protocol}///${url.host}${url.pathname}`);
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    throw wrongLink(`link "${shown(text)}" has a broken % sequence`);
  }
  if (path === "" || path === "/" || path.includes("\0")) throw wrongLink(`link "${shown(text)}" names no device`);
  return /^\/COM\d+$/i.test(path) ? path.slice(1) : path;
};

/** The settings of a link to a serial port, checked. */
const serialSettings = (url: URL, text: string): SerialSettings & { readonly timing?: TransportTiming } => {
  onlySettings(url, text, ["baud", ...lineNames, ...enableNames, ...timingNames]);
  const switched = enableOf(url, text);
  const steady = linesOf(url, text, switched.enable);
  return { baudRate: baudOf(url, text), ...steady, ...switched, ...timingOf(url, text) };
};

const serialLink = (url: URL, text: string): ParsedLink => ({
  kind: "serial",
  path: pathOf(url, text),
  ...serialSettings(url, text),
});

/** A product number is not a port number, so URL parsers reject this. */
const usbLink = (text: string): ParsedLink => {
  const [, id = "", rest = ""] = /^usb:\/\/([^/?#]*)\/?(.*)$/i.exec(text) ?? [];
  const adapter = parseAdapterId(id);
  if (adapter === undefined)
    throw wrongLink(`link "${shown(text)}" is not of the form usb://vendor:product:serial; meterport ports shows them`);
  return { kind: "usb", adapter, ...serialSettings(parseUrl(`usb:///${rest}`), text) };
};

const hostOf = (url: URL, text: string): { readonly host: string; readonly port: number } => {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (host === "" || url.port === "" || !/^\/?$/.test(url.pathname))
    throw wrongLink(`link "${shown(text)}" is not of the form ${url.protocol}//host:port`);
  return { host, port: Number(url.port) };
};

const tcpLink = (url: URL, text: string): ParsedLink => {
  onlySettings(url, text, timingNames);
  return { kind: "tcp", ...hostOf(url, text), ...timingOf(url, text) };
};

const tlsLink = (url: URL, text: string): ParsedLink => {
  onlySettings(url, text, ["fingerprint", ...timingNames]);
  return { kind: "tls", ...hostOf(url, text), ...fingerprintOf(url, text), ...timingOf(url, text) };
};

const rfc2217Link = (url: URL, text: string): ParsedLink => ({
  kind: "rfc2217",
  ...hostOf(url, text),
  ...serialSettings(url, text),
});

/**
 * The link that a text names.
 *
 * @throws UsageError (`link`) if the text is not a link, such as a host without its kind
 * @example
 * parseLink("tcp://127.0.0.1:4059") // { kind: "tcp", host: "127.0.0.1", port: 4059 }
 * parseLink("serial:///dev/ttyUSB0?baud=19200") // { kind: "serial", path: "/dev/ttyUSB0", baudRate: 19200 }
 */
export const parseLink = (text: string): ParsedLink => {
  const plain = text.trim();
  if (/^(\.{0,2}\/|COM\d+$)/i.test(plain)) return { kind: "serial", path: plain, baudRate: defaultBaudRate };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(plain)?.[1]?.toLowerCase();
  switch (scheme) {
    case "serial":
      return serialLink(parseUrl(plain), plain);
    case "usb":
      return usbLink(plain);
    case "tcp":
      return tcpLink(parseUrl(plain), plain);
    case "pty": {
      const url = parseUrl(plain);
      onlySettings(url, plain, []);
      return { kind: "pty", path: pathOf(url, plain) };
    }
    case "rfc2217":
      return rfc2217Link(parseUrl(plain), plain);
    case "unix": {
      const url = parseUrl(plain);
      onlySettings(url, plain, timingNames);
      return { kind: "unix", path: pathOf(url, plain), ...timingOf(url, plain) };
    }
    case "tls":
      return tlsLink(parseUrl(plain), plain);
    case "mqtt":
    case "mqtts":
      return mqttLink(parseUrl(plain), plain);
    case undefined:
      throw wrongLink(
        /^[\w.-]+:\d+$/.test(plain)
          ? `link "${shown(plain)}" lacks its kind: write tcp://${plain}`
          : `"${shown(plain)}" is not a link; links look like ${forms}`,
      );
    default:
      if (/^optical(\+|$)/.test(scheme))
        throw wrongLink(`link "${shown(text)}" leads to an optical port, which only commands that ask a meter can use`);
      throw wrongLink(`${shown(scheme)}:// is not a kind of link; links look like ${forms}`);
  }
};

/**
 * The link that a text names, if it can be opened and not only listened on.
 *
 * @throws UsageError (`link`) as `parseLink` does, and for a link that can only be listened on
 */
export const parseMeterLink = (text: string): Exclude<ParsedLink, { readonly kind: "pty" }> => {
  const link = parseLink(text);
  if (link.kind === "pty") throw wrongLink(`pty:// can only be listened on; open the terminal as ${link.path}`);
  if ((link.kind === "tcp" || link.kind === "rfc2217" || link.kind === "tls") && link.port === 0)
    throw wrongLink(`link "${shown(text)}" has port 0, which can only be listened on`);
  return link;
};
