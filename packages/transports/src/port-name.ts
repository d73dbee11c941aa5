/** One name for what a link leads to, for everything that is remembered about it. */
import { parseLink } from "./link-url.ts";
import { adapterName } from "./serial/serial-adapters.ts";

/**
 * The port that a link leads to, however it is spelled: speed, timing and the bridge's protocol do not make it another port.
 *
 * @throws UsageError (`link`) if the text is not a link
 * @example
 * portName("tcp://Bridge:4001?delay=200ms") // "bridge:4001"
 * portName("serial:///dev/ttyUSB0?baud=9600") // "/dev/ttyUSB0"
 */
export const portName = (text: string): string => {
  const link = parseLink(text);
  // Behind one broker there are many meters.
  if (link.kind === "mqtt") return `${link.host.toLowerCase()}:${link.port}/${link.tx}`;
  if ("host" in link) return `${link.host.toLowerCase()}:${link.port}`;
  return link.kind === "usb" ? adapterName(link.adapter) : link.path;
};
