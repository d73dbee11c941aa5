/** The keys that every output with a port of its own has. */
import { address, onOff, shown, text, wholeNumber } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { allowSetting } from "../allowed-networks.ts";

const live = { restart: false } as const;

/** The settings of an output that listens, once they are read. */
export interface ListeningSettings {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly allow?: readonly string[] | undefined;
}

/** @param port the one that is taken if none is configured */
export const listeningKeys = (port: number) => ({
  port: setting(wholeNumber(1, 65_535), {
    ...live,
    text: "The port on which it listens. One below 1024 needs a right: see [faces.md](faces.md#ports-below-1024).",
    example: String(port),
    fallback: String(port),
  }).optional(),
  host: setting(address, {
    ...live,
    text: "The address of this machine on which it listens.",
    aside: true,
    example: "192.168.1.2",
    fallback: "127.0.0.1; with `allow` every IPv4 address",
  }).optional(),
  allow: allowSetting,
});

/** For outputs that can be found by mDNS. */
export const announceKey = {
  announce: setting(onOff, {
    ...live,
    text: "Whether clients find it by mDNS. Needs one more package: `npm install @homebridge/ciao@1.3`.",
    aside: true,
    example: "on",
    fallback: "off",
  }).optional(),
} as const;

const twelveDigits = text.regex(/^[0-9A-Fa-f]{12}$/, {
  error: "must have 12 hexadecimal digits, for example 3c39e7aabbcc",
});

/** For outputs that act as a device with a hardware address. */
export const deviceIdKey = {
  device_id: setting(shown(twelveDigits), {
    ...live,
    text: "The hardware address under which clients know the device. Give that of a device which this output replaces.",
    aside: true,
    example: '"3c39e7aabbcc"',
    fallback: "made of the meter's id",
  }).optional(),
} as const;

/** Where it listens: only this machine, unless others are allowed. */
export const hostOf = ({ host, allow }: ListeningSettings): string =>
  host ?? (allow === undefined || allow.length === 0 ? "127.0.0.1" : "0.0.0.0");
