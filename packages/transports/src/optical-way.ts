/** What a link says of the meter's port, told apart from the way there. */
import { baudRates } from "@meterport/protocol/optical/services";
import { shown, wrongLink } from "./link-settings.ts";

/** The way to a meter, and which of its ports is at the end. */
export interface Way {
  readonly optical: boolean;
  /** A link for `openLink`. */
  readonly link: string;
  /** The highest speed to offer to the meter, in bits per second, 0 for none; undefined where the link does not say. */
  readonly fastest?: number;
}

const rates = Object.values(baudRates);

/** Takes "fast" off the settings of a link whose speed can be changed; elsewhere it is no setting. */
const withoutFast = (link: string, text: string): Omit<Way, "optical"> => {
  const [path = "", settings] = link.split(/\?(.*)/s);
  if (settings === undefined || !/^(serial|usb|rfc2217):/i.test(link)) return { link };
  const isFast = (setting: string): boolean => /^fast(=|$)/.test(setting);
  const all = settings.split("&");
  const [fast, ...more] = all.filter(isFast).map((setting) => setting.slice("fast=".length));
  if (fast === undefined) return { link };
  if (more.length > 0) throw wrongLink(`link "${shown(text)}" has the setting "fast" twice`);
  const fastest = fast === "off" ? 0 : Number(fast);
  if (fast !== "off" && !rates.map(String).includes(fast))
    throw wrongLink(`link "${shown(text)}": fast "${shown(fast)}" is neither off nor one of ${rates.join(", ")}`);
  const others = all.filter((setting) => !isFast(setting)).join("&");
  return { link: others === "" ? path : `${path}?${others}`, fastest };
};

/**
 * Takes "optical" off a link: `optical://` stands for a serial port, `optical+` goes in front of any other kind.
 *
 * @example
 * wayOf("optical:///dev/ttyUSB0?baud=9600") // { optical: true, link: "serial:///dev/ttyUSB0?baud=9600" }
 * wayOf("optical+tcp://127.0.0.1:4059") // { optical: true, link: "tcp://127.0.0.1:4059" }
 * wayOf("optical:///dev/ttyUSB0?fast=57600") // { optical: true, link: "serial:///dev/ttyUSB0", fastest: 57600 }
 * wayOf("/dev/ttyUSB0") // { optical: false, link: "/dev/ttyUSB0" }
 *
 * @throws UsageError (`link`) for a speed that the optical port does not know
 */
export const wayOf = (text: string): Way => {
  const plain = text.trim();
  const [, other] = /^optical(?:\+([a-z][a-z0-9.-]*))?:\/\//i.exec(plain) ?? [];
  if (!/^optical[+:]/i.test(plain)) return { optical: false, link: text };
  const link = other === undefined ? `serial${plain.slice("optical".length)}` : plain.slice("optical+".length);
  return { optical: true, ...withoutFast(link, plain) };
};
