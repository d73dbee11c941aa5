/** The settings after the question mark of a link, and the error sentences for wrong ones. */

import { deviceBaudRates } from "@meterport/protocol/baud-rates";
import { UsageError } from "@meterport/protocol/errors";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { Millis, TransportTiming } from "@meterport/protocol/ports";
import { defaultPulse, type EnableLine, headLines, type SteadyLines } from "./enable-line.ts";

/** The rate of the MEP port until it is changed. */
export const defaultBaudRate = 9600;

/** Rates that a meter can be set to, from 300 to 115200; any other is a typing error. */
export const knownBaudRates: readonly number[] = [...new Set(Object.values(deviceBaudRates).map(Number))].sort(
  (a, b) => a - b,
);

/** Bits of a byte on the line: a start bit, 8 data bits, a stop bit. */
export const byteTimeOf = (baudRate: number): Millis => 10_000 / baudRate;

export const forms =
  "/dev/ttyUSB0, serial:///dev/ttyUSB0?baud=9600, tcp://host:port, rfc2217://host:port?baud=9600 or unix:///path";
export const wrongLink = (detail: string): UsageError => new UsageError("link", detail);

export const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** @throws UsageError for settings that are not among the known ones, or that are given twice */
export const onlySettings = (url: URL, text: string, known: readonly string[]): void => {
  const seen = new Set<string>();
  for (const name of url.searchParams.keys()) {
    if (!known.includes(name))
      throw wrongLink(
        `link "${shown(text)}" has the unknown setting "${shown(name)}"${known.length > 0 ? `; known: ${known.join(", ")}` : ""}`,
      );
    if (seen.has(name)) throw wrongLink(`link "${shown(text)}" has the setting "${name}" twice`);
    seen.add(name);
  }
  if (url.hash !== "")
    throw wrongLink(`link "${shown(text)}" has parts that a link does not have; links look like ${forms}`);
};

export const timingNames = ["delay", "gap"] as const;
const longestTiming = 60_000;

const timeOf = (url: URL, text: string, name: string, longest: Millis): Millis | undefined => {
  const given = url.searchParams.get(name);
  if (given === null) return undefined;
  const time = parseDuration(given);
  if (time === undefined || time > longest)
    throw wrongLink(
      `link "${shown(text)}": ${name} "${shown(given)}" is not a time up to ${longest / 1000}s, like 200ms`,
    );
  return time;
};

/** What a slow bridge adds: "?delay=200ms&gap=1s". */
export const timingOf = (url: URL, text: string): { readonly timing?: TransportTiming } => {
  const timing: { delay?: number; gap?: number } = {};
  for (const name of timingNames) {
    const time = timeOf(url, text, name, longestTiming);
    if (time !== undefined) timing[name] = time;
  }
  return Object.keys(timing).length === 0 ? {} : { timing };
};

export const baudOf = (url: URL, text: string): number => {
  const baud = url.searchParams.get("baud") ?? String(defaultBaudRate);
  if (/^\d+$/.test(baud) && knownBaudRates.includes(Number(baud))) return Number(baud);
  throw wrongLink(
    `link "${shown(text)}": "${shown(baud)}" is not a baud rate of a meter; the rates are ${knownBaudRates.join(", ")}`,
  );
};

export const enableNames = ["enable", "pulse"] as const;
const longestPulse = 10_000;
const enableForms = "rts, dtr, rts-inverted, dtr-inverted, or two of them with a comma";

/** The line that powers the adapter: "?enable=rts&pulse=500ms". */
export const enableOf = (url: URL, text: string): { readonly enable?: EnableLine } => {
  const given = url.searchParams.get("enable");
  const pulse = timeOf(url, text, "pulse", longestPulse);
  if (given === null) {
    if (pulse !== undefined) throw wrongLink(`link "${shown(text)}" has pulse without enable=rts or enable=dtr`);
    return {};
  }
  const lines: { rts?: boolean; dtr?: boolean } = {};
  for (const part of given.split(",")) {
    const [, line, inverted] = /^(rts|dtr)(-inverted)?$/.exec(part) ?? [];
    if ((line !== "rts" && line !== "dtr") || lines[line] !== undefined)
      throw wrongLink(`link "${shown(text)}": enable "${shown(given)}" is not one of ${enableForms}`);
    lines[line] = inverted === undefined;
  }
  return { enable: { ...lines, pulse: pulse ?? defaultPulse } };
};

export const lineNames = ["rts", "dtr", "lines"] as const;

/** State of RTS and DTR: "?rts=on&dtr=off", or "?lines=head" as optical heads need them, if the port has such lines. */
export const linesOf = (url: URL, text: string, enable: EnableLine | undefined): { readonly lines?: SteadyLines } => {
  const kind = url.searchParams.get("lines");
  if (kind !== null && kind !== "head") throw wrongLink(`link "${shown(text)}": lines "${shown(kind)}" is not "head"`);
  const given: { rts?: boolean; dtr?: boolean } = {};
  for (const line of ["rts", "dtr"] as const) {
    const state = url.searchParams.get(line);
    if (state === null) continue;
    if (state !== "on" && state !== "off")
      throw wrongLink(`link "${shown(text)}": ${line} "${shown(state)}" is neither on nor off`);
    if (enable?.[line] !== undefined)
      throw wrongLink(
        `link "${shown(text)}" has ${line} and enable=${line}: a switched line has no steady state; keep one of them`,
      );
    given[line] = state === "on";
  }
  const explicit = given.rts !== undefined || given.dtr !== undefined;
  if (kind === null) return explicit ? { lines: given } : {};
  return { lines: explicit ? { ...headLines, ...given, optional: false } : headLines };
};

/** The certificate that is trusted in place of any authority. */
export const fingerprintOf = (url: URL, text: string): { readonly fingerprint?: string } => {
  const fingerprint = url.searchParams.get("fingerprint")?.replaceAll(":", "").toLowerCase();
  if (fingerprint === undefined) return {};
  if (!/^[0-9a-f]{64}$/.test(fingerprint))
    throw wrongLink(`link "${shown(text)}": a fingerprint has 64 hex digits, the SHA-256 of its certificate`);
  return { fingerprint };
};

/** "127.0.0.1:4059", "[::1]:4059" */
export const hostAndPort = (host: string, port: number): string => `${host.includes(":") ? `[${host}]` : host}:${port}`;
