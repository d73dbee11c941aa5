/** What is known about a link before it is opened, for code that reopens it. */
import { parseMeterLink } from "./link-url.ts";

export interface LinkTraits {
  /**
   * Bits per second, if other rates can be tried; undefined if the far end decides, or if each attempt would
   * switch the adapter off and on.
   */
  readonly baud: number | undefined;
  /** Whether it leads to a port of this machine, so that checking for it each second costs nothing. */
  readonly near: boolean;
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);

/**
 * The traits of a link as people write it.
 *
 * @throws UsageError (`link`) if the text is not a link
 * @example
 * linkTraits("/dev/ttyUSB0") // { baud: 9600, near: true }
 * linkTraits("rfc2217://localhost:2217?baud=2400&enable=rts") // { baud: undefined, near: true }
 * linkTraits("tcp://192.0.2.7:4059") // { baud: undefined, near: false }
 */
export const linkTraits = (text: string): LinkTraits => {
  const link = parseMeterLink(text);
  const tunable = "baudRate" in link && link.enable === undefined;
  return { baud: tunable ? link.baudRate : undefined, near: !("host" in link) || isLoopback(link.host) };
};
