/** Opens whatever a link names. */
import type { Transport } from "@meterport/protocol/ports";
import { parseMeterLink } from "./link-url.ts";

/**
 * Opens a link as people write it. What it needs is imported only then.
 *
 * @throws UsageError for what is no link
 * @throws LinkError not-open, aborted
 */
export const openLink = async (text: string, signal?: AbortSignal): Promise<Transport> => {
  const link = parseMeterLink(text);
  const options = signal === undefined ? {} : { signal };
  switch (link.kind) {
    case "tcp":
      return (await import("./tcp.ts")).openTcp({ ...link, ...options });
    case "serial":
      return (await import("./serial.ts")).openSerial({ ...link, ...options });
  }
};
