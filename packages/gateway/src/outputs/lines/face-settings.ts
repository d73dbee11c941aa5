/** Keys that several faces have. */
import { isIP } from "node:net";
import { quoted, shown, text, textUpTo, wholeNumber } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";

const live = { restart: false } as const;

/** A port beside the usual one, which is off until it is named. @param words what it is for */
export const furtherPort = (words: string, example: number) =>
  setting(wholeNumber(1, 65_535), {
    ...live,
    text: words,
    aside: true,
    example: String(example),
    fallback: "off",
  }).optional();

/** A serial port of this machine, for what hangs on its wire. Whether it is there shows when it is opened. */
const serialLink = shown(textUpTo(1_024, "because no link is longer")).superRefine((value, ctx) => {
  if (/^\/.*\?/.test(value))
    ctx.addIssue("has settings behind a plain path: write for example serial:///dev/ttyUSB1?baud=19200");
  else if (!/^(\/.|COM\d+$|serial:\/\/\/.|usb:\/\/.)/i.test(value))
    ctx.addIssue("must be a serial port, such as /dev/ttyUSB1 or usb://vendor:product:serial");
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
