/** Keys that several faces have. */
import { isIP } from "node:net";
import { UsageError } from "@meterport/protocol/errors";
import { parseLink } from "@meterport/transports/link-url";
import { quoted, shown, text, textUpTo, wholeNumber } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";

const live = { restart: false } as const;

const address = text.refine((value) => isIP(value) !== 0, {
  error: ({ input }) => `${quoted(String(input))} is not an address: write for example 192.168.1.5`,
});

export const addressSetting = setting(address, {
  ...live,
  text: "The address of this machine at which it listens.",
  aside: true,
  example: "192.168.1.5",
  fallback: "127.0.0.1, or every address if `allow` is set",
}).optional();

/** @param usual the port if none is given, as words */
export const portSetting = (words: string, usual: number | string) =>
  setting(wholeNumber(1, 65_535), {
    ...live,
    text: words,
    example: typeof usual === "number" ? String(usual) : "502",
    fallback: String(usual),
  }).optional();

/** A serial port of this machine: others are no wire that a consumer hangs on. */
const serialLink = shown(textUpTo(1_024, "because no link is longer")).superRefine((value, ctx) => {
  try {
    const { kind } = parseLink(value);
    if (kind !== "serial" && kind !== "usb")
      ctx.addIssue("must be a serial port, such as /dev/ttyUSB1 or usb://vendor:product:serial");
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    ctx.addIssue(`is wrong: ${error.message}`);
  }
});

/** @param words what goes over it */
export const serialSetting = (words: string, example: string) =>
  setting(serialLink, {
    ...live,
    text: words,
    aside: true,
    example,
    fallback: "none",
  }).optional();

/** The interface of this machine from which something is sent to all of its network. */
export const interfaceSetting = setting(
  text.refine((value) => isIP(value) === 4, {
    error: ({ input }) => `${quoted(String(input))} is not an IPv4 address: write for example 192.168.1.5`,
  }),
  {
    ...live,
    text: "The IPv4 address of this machine in the network to which it sends.",
    example: "192.168.1.5",
  },
);
