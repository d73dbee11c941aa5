/** Separates what a link says about the meter's port from the way there. */
import { opticalBaudRates } from "@meterport/protocol/baud-rates";
import { shown, wrongLink } from "./link-settings.ts";

/** The way to a meter, and which of its ports is at the end. */
export interface PortLink {
  readonly optical: boolean;
  /** A link for `openLink`. */
  readonly link: string;
  /** The highest speed to offer to the meter, in bits per second, 0 for none; undefined where the link does not say. */
  readonly fastest?: number;
  /** Bytes 0x55 to send before each session; none if omitted. */
  readonly wake?: number;
}

const rates = Object.values(opticalBaudRates);
/** More would take a second and a half before each session. */
const mostWakes = 32;

/** Removes one setting from those of a link. */
const without = (link: string, name: string, text: string): { readonly link: string; readonly value?: string } => {
  const [path = "", settings] = link.split(/\?(.*)/s);
  if (settings === undefined) return { link };
  const isIt = (setting: string): boolean => setting === name || setting.startsWith(`${name}=`);
  const all = settings.split("&");
  const [value, ...more] = all.filter(isIt).map((setting) => setting.slice(name.length + 1));
  if (value === undefined) return { link };
  if (more.length > 0) throw wrongLink(`link "${shown(text)}" has the setting "${name}" twice`);
  const others = all.filter((setting) => !isIt(setting)).join("&");
  return { link: others === "" ? path : `${path}?${others}`, value };
};

const fastestOf = (fast: string | undefined, text: string): { readonly fastest?: number } => {
  if (fast === undefined) return {};
  if (fast !== "off" && !rates.map(String).includes(fast))
    throw wrongLink(`link "${shown(text)}": fast "${shown(fast)}" is neither off nor one of ${rates.join(", ")}`);
  return { fastest: fast === "off" ? 0 : Number(fast) };
};

const wakeOf = (wake: string | undefined, text: string): { readonly wake?: number } => {
  if (wake === undefined) return {};
  if (!/^\d{1,2}$/.test(wake) || Number(wake) > mostWakes)
    throw wrongLink(`link "${shown(text)}": wake "${shown(wake)}" is not a number of bytes from 0 to ${mostWakes}`);
  return { wake: Number(wake) };
};

/**
 * Removes "optical" from a link: `optical://` stands for a serial port, `optical+` goes in front of any other kind. A serial port, near
 * or far, gets its RTS and DTR as heads need them, unless the link says otherwise.
 *
 * @example
 * portLinkOf("optical:///dev/ttyUSB0?baud=9600") // { optical: true, link: "serial:///dev/ttyUSB0?baud=9600&lines=head" }
 * portLinkOf("optical+tcp://127.0.0.1:4059?wake=4") // { optical: true, link: "tcp://127.0.0.1:4059", wake: 4 }
 * portLinkOf("optical:///dev/ttyUSB0?fast=57600") // { optical: true, link: "serial:///dev/ttyUSB0?lines=head", fastest: 57600 }
 * portLinkOf("/dev/ttyUSB0") // { optical: false, link: "/dev/ttyUSB0" }
 *
 * @throws UsageError (`link`) for a speed that the optical port does not know, and for an invalid wake-up
 */
export const portLinkOf = (text: string): PortLink => {
  const plain = text.trim();
  const [, other] = /^optical(?:\+([a-z][a-z0-9.-]*))?:\/\//i.exec(plain) ?? [];
  if (!/^optical[+:]/i.test(plain)) return { optical: false, link: text };
  const whole = other === undefined ? `serial${plain.slice("optical".length)}` : plain.slice("optical+".length);
  const { link, value: wake } = without(whole, "wake", plain);
  const woken = wakeOf(wake, plain);
  // Only serial ports have speeds and lines; elsewhere "fast" is not a setting.
  if (!/^(serial|usb|rfc2217):\/\//i.test(link)) return { optical: true, link, ...woken };
  const { link: settable, value: fast } = without(link, "fast", plain);
  const known = /[?&]lines(=|&|$)/.test(settable);
  const fed = known ? settable : `${settable}${settable.includes("?") ? "&" : "?"}lines=head`;
  return { optical: true, link: fed, ...fastestOf(fast, plain), ...woken };
};
