/** Other settings of a link, for examinations that look for the right one. */
import type { ParsedLink } from "./link-url.ts";

/**
 * The speeds to try, the link's own first; none if its speed cannot be set.
 *
 * @example
 * speedsOf(parseLink("serial:///dev/ttyUSB0?baud=9600"), [2400, 9600]) // [9600, 2400]
 * speedsOf(parseLink("tcp://127.0.0.1:4059"), [2400, 9600]) // []
 */
export const speedsOf = (link: ParsedLink, rates: readonly number[]): readonly number[] =>
  "baudRate" in link ? [link.baudRate, ...rates.filter((rate) => rate !== link.baudRate)] : [];

/** The other states of RTS and DTR that power a head; by default RTS is on and DTR off. */
const supplySettings = ["dtr=on", "rts=off&dtr=on"] as const;

/** A link to an optical head with another supply. */
export interface SuppliedLink {
  /** "dtr=on" */
  readonly setting: string;
  readonly link: string;
}

/** Other supplies of a head, unless the link says which one it has. @param text the link as it was given */
export const suppliesOf = (text: string, link: ParsedLink): readonly SuppliedLink[] =>
  "baudRate" in link && link.enable === undefined && !/[?&](rts|dtr)=/.test(text)
    ? supplySettings.map((setting) => ({ setting, link: `${text}${text.includes("?") ? "&" : "?"}${setting}` }))
    : [];
